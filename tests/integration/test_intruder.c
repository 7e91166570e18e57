/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody with a good certificate who breaks the protocol: frames and messages as they
 * should not be, text that would write into a log, lists that a node may not have.  The
 * connection pays for it, nobody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/failure.h"
#include "proto/hello.h"
#include "tests/lib/crowd.h"
#include "tests/lib/liar.h"

static struct testunion *all;
static struct union_node *kaz, *rus;
static struct liar *liar;

/* RUS follows KAZ over BLR, a relay that passes on everything that it is served. */
static int setup(void **state)
{
	struct union_node *blr;

	(void)state;
	all = union_create();
	kaz = union_add(all, "KAZ", "node-1");
	blr = union_add(all, "BLR", "node-1");
	rus = union_add(all, "RUS", "node-1");
	kaz->peers = "RUS/node-1";
	kaz->metrics = union_free_port(all);
	kaz->extra = "frame_timeout = 1s\nlog_level = debug\n"
		     "handshakes_per_identity = 0\n";
	kaz->share_with[1] = "BLR"; /* deportations */
	rus->peers = "BLR/node-1";
	rus->follows = true;
	union_start(kaz);
	union_put(kaz, "KAZ-1", "AA11111");
	liar = liar_create(blr, kaz);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	liar_destroy(liar);
	union_destroy(all);
	return 0;
}

static void others_are_served(void)
{
	assert_int_equal(union_verdict(kaz, "AA11111"), CORDON_VERDICT_MATCH);
}

/* ---- a conversation in bytes ------------------------------------------------------
 */

/* The node's next frame; type 0: the end. */
struct heard {
	uint16_t type;
	uint32_t request;
	int error; /* of an Error */
};

static bool read_all(SSL *ssl, uint8_t *data, size_t size)
{
	while (size > 0) {
		int got = SSL_read(ssl, data, (int)size);

		if (got <= 0) {
			return false;
		}
		data += got;
		size -= (size_t)got;
	}
	return true;
}

static int error_of(const uint8_t *data, size_t size)
{
	struct failure failure;
	struct arena arena;
	ProtobufCMessage *message;

	arena_init(&arena, 0);
	assert_int_equal(message_decode(MESSAGE_ERROR, (struct bytes){ data, size },
				 &arena, &message, NULL),
		0);
	failure_from_message((const Cordon__Error *)message, &arena, &failure);
	arena_finish(&arena);
	return failure.error;
}

static struct heard hear(SSL *ssl)
{
	static uint8_t payload[1 << 16];
	uint8_t bytes[FRAME_HEADER_BYTES];
	struct frame_header header;
	struct heard heard = { 0 };

	if (!read_all(ssl, bytes, sizeof(bytes))) {
		return heard;
	}
	assert_int_equal(frame_header_read(bytes, sizeof(payload), &header), 0);
	assert_true(read_all(ssl, payload, header.size));
	heard.type = header.type;
	heard.request = header.request;
	heard.error = header.type == MESSAGE_ERROR ? error_of(payload, header.size) : 0;
	return heard;
}

static void say(SSL *ssl, const void *data, size_t size)
{
	/* the node may have closed in the middle of it */
	(void)SSL_write(ssl, data, (int)size);
}

/* A frame that claims size bytes and has those of payload. */
static void say_frame(
	SSL *ssl, struct frame_header header, const void *payload, size_t payload_bytes)
{
	uint8_t bytes[FRAME_HEADER_BYTES];

	frame_header_write(&header, bytes);
	say(ssl, bytes, sizeof(bytes));
	if (payload_bytes > 0) {
		say(ssl, payload, payload_bytes);
	}
}

static void say_hello(SSL *ssl, const char *software)
{
	uint8_t packed[4096];
	struct arena arena;
	struct hello hello;
	Cordon__Hello *message;
	size_t size;

	arena_init(&arena, 0);
	hello_init(&hello, FRAME_MAX_CLIENT, software);
	message = hello_to_message(&hello, &arena);
	assert_non_null(message);
	assert_true(cordon__hello__get_packed_size(message) <= sizeof(packed));
	size = cordon__hello__pack(message, packed);
	say_frame(ssl,
		(struct frame_header){ .size = (uint32_t)size, .type = MESSAGE_HELLO },
		packed, size);
	arena_finish(&arena);
}

static SSL *call(enum union_role role, const char *software)
{
	SSL *ssl = crowd_shake(kaz, NULL, TLS1_3_VERSION, "\x08" PROTOCOL_ALPN, role);

	assert_non_null(ssl);
	assert_int_equal(hear(ssl).type, MESSAGE_HELLO);
	say_hello(ssl, software);
	return ssl;
}

/* One frame of a checkpoint's is answered with this error, and ends the connection. */
static void assert_ends(
	int error, struct frame_header header, const void *payload, size_t size)
{
	SSL *ssl = call(UNION_CHECKPOINT, "intruder");
	struct heard heard;

	say_frame(ssl, header, payload, size);
	heard = hear(ssl);
	assert_int_equal(heard.type, MESSAGE_ERROR);
	assert_int_equal(heard.error, error);
	assert_int_equal(heard.request, 0);
	assert_int_equal(hear(ssl).type, 0);
	crowd_hang_up(ssl);
	others_are_served();
}

/* The same, and the connection stands: the next request is answered. */
static void assert_stands(int error, uint16_t type, const void *payload, size_t size)
{
	SSL *ssl = call(UNION_CHECKPOINT, "intruder");
	struct heard heard;

	say_frame(ssl,
		(struct frame_header){
			.size = (uint32_t)size, .type = type, .request = 7 },
		payload, size);
	heard = hear(ssl);
	assert_int_equal(heard.type, MESSAGE_ERROR);
	assert_int_equal(heard.error, error);
	assert_int_equal(heard.request, 7);
	say_frame(ssl, (struct frame_header){ .type = 60000, .request = 8 }, NULL, 0);
	assert_int_equal(hear(ssl).request, 8);
	crowd_hang_up(ssl);
	others_are_served();
}

/* ---- frames -----------------------------------------------------------------------
 */

static struct frame_header lookup(uint32_t size)
{
	return (struct frame_header){
		.size = size, .type = MESSAGE_LOOKUP, .request = 1
	};
}

static void frames_that_break_the_protocol_end_the_connection(void **state)
{
	uint64_t before = union_metric(kaz, "protocol_errors_total");
	struct frame_header header = lookup(0);

	(void)state;
	header.request = 0;
	assert_ends(CORDON_EPROTO, header, NULL, 0);
	header.flags = 0x8000;
	assert_ends(CORDON_EPROTO, header, NULL, 0);
	header.flags = FRAME_MORE;
	assert_ends(CORDON_EPROTO, header, NULL, 0);
	assert_ends(CORDON_EPROTO,
		(struct frame_header){ .type = MESSAGE_HELLO, .request = 1 }, NULL, 0);
	union_until(all, "they are counted",
		union_metric(kaz, "protocol_errors_total") >= before + 4);
	assert_stands(CORDON_EUNSUPPORTED, 60000, NULL, 0);
	assert_stands(CORDON_EUNSUPPORTED, MESSAGE_LOOKUP_ANSWER, NULL, 0);
	assert_stands(CORDON_EDENIED, MESSAGE_EXPORT, NULL, 0);
}

/* The header alone is enough. */
static void an_oversize_frame_is_refused_unread(void **state)
{
	(void)state;
	assert_ends(CORDON_ETOOBIG, lookup(FRAME_MAX_CLIENT + 1), NULL, 0);
	assert_ends(CORDON_ETOOBIG, lookup(UINT32_MAX), NULL, 0);
}

static void a_frame_that_never_ends_is_not_waited_for(void **state)
{
	(void)state;
	assert_ends(CORDON_ETIMEOUT, lookup(1000), "\x0a", 1);
}

static void a_first_frame_that_is_no_hello_ends_it(void **state)
{
	SSL *ssl = crowd_shake(
		kaz, NULL, TLS1_3_VERSION, "\x08" PROTOCOL_ALPN, UNION_CHECKPOINT);

	(void)state;
	assert_non_null(ssl);
	assert_int_equal(hear(ssl).type, MESSAGE_HELLO);
	say_frame(ssl, lookup(0), NULL, 0);
	assert_int_equal(hear(ssl).error, CORDON_EPROTO);
	assert_int_equal(hear(ssl).type, 0);
	crowd_hang_up(ssl);
	others_are_served();
}

/* ---- messages ---------------------------------------------------------------------
 */

/* A group or message within another, 16,000 deep. */
static void nesting_without_an_end_is_no_message(void **state)
{
	static uint8_t groups[32000], messages[64 * 1024];
	struct heard heard;
	size_t size = 0;
	SSL *ssl;

	(void)state;
	memset(groups, 0x7b, sizeof(groups)); /* field 15 begins a group */
	assert_ends(CORDON_EPROTO, lookup(sizeof(groups)), groups, sizeof(groups));
	/* field 2, a query, whose rest is again field 2 and the rest */
	while (size + 4 <= sizeof(messages)) {
		size_t left = sizeof(messages) - size - 4;

		messages[size++] = 0x12;
		messages[size++] = (uint8_t)(0x80 | (left & 0x7f));
		messages[size++] = (uint8_t)(0x80 | ((left >> 7) & 0x7f));
		messages[size++] = (uint8_t)(left >> 14);
	}
	/* read as what the schema knows of it, two messages deep, and refused as a
	 * query */
	ssl = call(UNION_CHECKPOINT, "intruder");
	say_frame(ssl, lookup((uint32_t)size), messages, size);
	do {
		heard = hear(ssl);
	} while (heard.type == MESSAGE_FRESHNESS);
	assert_true(heard.type == MESSAGE_ERROR || heard.type == MESSAGE_LOOKUP_ANSWER);
	assert_int_equal(heard.request, 1);
	crowd_hang_up(ssl);
	others_are_served();
}

static void lengths_that_lie_are_no_message(void **state)
{
	static const uint8_t longer[] = { 0x12, 0x7f, 0x0a };
	static const uint8_t endless[] = { 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t huge[] = { 0x12, 0xff, 0xff, 0xff, 0xff, 0x0f };

	(void)state;
	assert_ends(CORDON_EPROTO, lookup(sizeof(longer)), longer, sizeof(longer));
	assert_ends(CORDON_EPROTO, lookup(sizeof(endless)), endless, sizeof(endless));
	assert_ends(CORDON_EPROTO, lookup(sizeof(huge)), huge, sizeof(huge));
}

/* A LOOKUP for a person by this name. */
static size_t pack_person(const char *name, uint8_t *out, size_t room)
{
	Cordon__LookupRequest message = CORDON__LOOKUP_REQUEST__INIT;
	Cordon__PersonQuery person = CORDON__PERSON_QUERY__INIT;
	Cordon__Query query = CORDON__QUERY__INIT, *queries = &query;

	person.name = (ProtobufCBinaryData){ strlen(name), (uint8_t *)name };
	query.what_case = CORDON__QUERY__WHAT_PERSON;
	query.person = &person;
	message.queries = &queries;
	message.n_queries = 1;
	assert_true(cordon__lookup_request__get_packed_size(&message) <= room);
	return cordon__lookup_request__pack(&message, out);
}

static void text_that_is_none_is_answered_and_not_searched(void **state)
{
	static const char *const names[] = { "\xff\xfe", "\xc0\xaf", "\xed\xa0\x80",
		"IVANOU\x1b[2J", "IVANOU\nDROP", "\xf8\x88\x80\x80\x80" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		SSL *ssl = call(UNION_CHECKPOINT, "intruder");
		uint8_t packed[512];
		size_t size = pack_person(names[i], packed, sizeof(packed));
		struct heard heard;

		say_frame(ssl, lookup((uint32_t)size), packed, size);
		do {
			heard = hear(ssl);
		} while (heard.type == MESSAGE_FRESHNESS);
		/* an answer whose one query is an error, or the error itself */
		assert_true(heard.type == MESSAGE_LOOKUP_ANSWER ||
			    heard.error == CORDON_EFIELD);
		assert_int_equal(heard.request, 1);
		crowd_hang_up(ssl);
		others_are_served();
	}
}

static void a_request_id_is_one_requests_while_it_lasts(void **state)
{
	Cordon__HeadsRequest watch = CORDON__HEADS_REQUEST__INIT;
	uint8_t packed[64];
	size_t size = cordon__heads_request__pack(&watch, packed);
	struct frame_header header = {
		.size = (uint32_t)size, .type = MESSAGE_HEADS_WATCH, .request = 5
	};
	SSL *ssl;
	struct heard heard;

	(void)state;
	/* a checkpoint may not watch: refused each time, and the id is free again */
	ssl = call(UNION_CHECKPOINT, "intruder");
	for (int i = 0; i < 3; i++) {
		say_frame(ssl, header, packed, size);
		heard = hear(ssl);
		assert_int_equal(heard.error, CORDON_EDENIED);
		assert_int_equal(heard.request, 5);
	}
	crowd_hang_up(ssl);
	others_are_served();
}

/* ---- what reaches the log ---------------------------------------------------------
 */

#define FORGED "2026-01-01T00:00:00.000Z error the border is open"

static void nobody_writes_a_line_of_the_log(void **state)
{
	SSL *ssl = call(UNION_CHECKPOINT, "soft\n" FORGED "\x1b[2J\xe2\x80\xaeware");
	Cordon__Error error = CORDON__ERROR__INIT;
	static const char said[] = "bye\r\n" FORGED "\x1b]0;owned\x07";
	uint8_t packed[512];
	size_t size;

	(void)state;
	error.code = 33;
	error.text = (ProtobufCBinaryData){ sizeof(said) - 1, (uint8_t *)said };
	size = cordon__error__pack(&error, packed);
	say_frame(ssl,
		(struct frame_header){ .size = (uint32_t)size, .type = MESSAGE_ERROR },
		packed, size);
	while (hear(ssl).type != 0) {
	}
	crowd_hang_up(ssl);
	others_are_served();
	union_await_log(kaz, 0, "cordon://KAZ/checkpoint/");
	assert_false(union_log_has(kaz, 0, "\n" FORGED));
	assert_false(union_log_has(kaz, 0, "\x1b"));
	assert_false(union_log_has(kaz, 0, "\r"));
	assert_false(union_log_has(kaz, 0, "\xe2\x80\xae"));
}

/* ---- a peer with lists that it may not pass on -------------------------------------
 */

/* KAZ serves BLR its deportations, truly signed, and BLR offers them to RUS. */
static void a_list_that_one_may_not_have_is_not_taken(void **state)
{
	struct union_list list;

	(void)state;
	union_start(rus);
	union_await_verdict(rus, "AA11111", CORDON_VERDICT_MATCH);
	union_put(kaz, "KAZ-2", "AA22222");
	union_await_verdict(rus, "AA22222", CORDON_VERDICT_MATCH);
	assert_true(liar_heard(liar, MESSAGE_PULL) > 0);
	list = union_list(rus, "KAZ/deportation");
	assert_true(!list.present || strcmp(list.state, "following") != 0);
	assert_int_equal(list.live, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_that_break_the_protocol_end_the_connection),
		cmocka_unit_test(an_oversize_frame_is_refused_unread),
		cmocka_unit_test(a_frame_that_never_ends_is_not_waited_for),
		cmocka_unit_test(a_first_frame_that_is_no_hello_ends_it),
		cmocka_unit_test(nesting_without_an_end_is_no_message),
		cmocka_unit_test(lengths_that_lie_are_no_message),
		cmocka_unit_test(text_that_is_none_is_answered_and_not_searched),
		cmocka_unit_test(a_request_id_is_one_requests_while_it_lasts),
		cmocka_unit_test(nobody_writes_a_line_of_the_log),
		cmocka_unit_test(a_list_that_one_may_not_have_is_not_taken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
