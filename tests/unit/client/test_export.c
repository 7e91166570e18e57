/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/client/talk.h"

#define CHUNKS 3
#define PER_CHUNK 2

static void send_chunk(struct fake_conn *conn, uint32_t request, bool more)
{
	Cordon__ExportChunk message = CORDON__EXPORT_CHUNK__INIT;
	Cordon__Entry entries[PER_CHUNK];
	Cordon__Entry *pointers[PER_CHUNK];
	struct entry entry;

	talk_entry(&entry);
	for (int i = 0; i < PER_CHUNK; i++) {
		entry_to_message(&entry, &entries[i]);
		pointers[i] = &entries[i];
	}
	message.entries = pointers;
	message.n_entries = PER_CHUNK;
	fake_send(conn, MESSAGE_EXPORT_CHUNK, more ? FRAME_MORE : 0, request,
		&message.base);
}

static void answer_export(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)decoded;
	for (int i = 1; i <= CHUNKS; i++) {
		send_chunk(conn, header->request, i < CHUNKS);
	}
}

static void break_off_export(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)decoded;
	send_chunk(conn, header->request, true);
	channel_shutdown(conn->channel);
}

static void break_off_at_once(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	if (conn == &conn->node->conns[0]) {
		channel_shutdown(conn->channel);
	} else {
		answer_export(conn, header, decoded);
	}
}

struct exported {
	unsigned count;
	unsigned stop_at; /* 0: never */
};

static int count_record(void *data, const struct cordon_record *record)
{
	struct exported *e = data;

	assert_int_equal(record->version, 2);
	e->count++;
	return e->count == e->stop_at ? 42 : 0;
}

static void an_export_hands_out_every_record(void **state)
{
	struct exported e = { 0, 0 };
	struct talk t;

	(void)state;
	talk_init(&t, answer_export);
	if (cordon_export(t.client, "KAZ", 0, count_record, &e) != 0) {
		fail_msg("%s", cordon_client_error_text(t.client));
	}
	assert_int_equal(e.count, CHUNKS * PER_CHUNK);
	talk_finish(&t);
}

static void an_export_ends_where_the_caller_wants(void **state)
{
	struct exported e = { 0, 3 };
	struct talk t;

	(void)state;
	talk_init(&t, answer_export);
	assert_int_equal(cordon_export(t.client, NULL, 0, count_record, &e), 42);
	assert_int_equal(e.count, 3);
	/* the client is as good as before */
	e = (struct exported){ 0, 0 };
	assert_int_equal(cordon_export(t.client, NULL, 0, count_record, &e), 0);
	assert_int_equal(e.count, CHUNKS * PER_CHUNK);
	talk_finish(&t);
}

static void an_export_that_breaks_off_is_not_begun_again(void **state)
{
	struct exported e = { 0, 0 };
	struct talk t;

	(void)state;
	talk_init(&t, break_off_export);
	assert_int_equal(
		cordon_export(t.client, NULL, 0, count_record, &e), CORDON_ECLOSED);
	assert_int_equal(e.count, PER_CHUNK);
	talk_finish(&t);
}

static void an_export_lost_before_its_first_record_is_asked_again(void **state)
{
	struct exported e = { 0, 0 };
	struct talk t;

	(void)state;
	talk_init(&t, break_off_at_once);
	assert_int_equal(cordon_export(t.client, NULL, 0, count_record, &e), 0);
	assert_int_equal(e.count, CHUNKS * PER_CHUNK);
	talk_finish(&t);
}

static void export_a_tombstone(struct fake_conn *conn,
	const struct frame_header *header, const ProtobufCMessage *decoded)
{
	Cordon__ExportChunk message = CORDON__EXPORT_CHUNK__INIT;
	Cordon__Entry entry_message;
	Cordon__Entry *pointer = &entry_message;
	struct entry entry;

	(void)decoded;
	talk_entry(&entry);
	entry.state = ENTRY_WITHDRAWN;
	entry.ends_at_s = 0;
	entry_to_message(&entry, &entry_message);
	message.entries = &pointer;
	message.n_entries = 1;
	fake_send(conn, MESSAGE_EXPORT_CHUNK, 0, header->request, &message.base);
}

static void only_live_records_are_exported(void **state)
{
	struct exported e = { 0, 0 };
	struct talk t;

	(void)state;
	talk_init(&t, export_a_tombstone);
	assert_int_equal(
		cordon_export(t.client, NULL, 0, count_record, &e), CORDON_EPROTO);
	assert_int_equal(e.count, 0);
	talk_says(t.client, "it is not live");
	talk_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_export_hands_out_every_record),
		cmocka_unit_test(an_export_ends_where_the_caller_wants),
		cmocka_unit_test(an_export_that_breaks_off_is_not_begun_again),
		cmocka_unit_test(an_export_lost_before_its_first_record_is_asked_again),
		cmocka_unit_test(only_live_records_are_exported),
	};

	return cmocka_run_group_tests(tests, talk_make_pki, talk_remove_pki);
}
