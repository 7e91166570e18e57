/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/records.h"
#include "tests/unit/client/talk.h"

static void answer_submission(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	const Cordon__SubmitRequest *request = (const Cordon__SubmitRequest *)decoded;
	const struct failure failure = { CORDON_EFIELD, "reason: 77", "reason", 0 };
	Cordon__SubmitAnswer message = CORDON__SUBMIT_ANSWER__INIT;
	Cordon__SubmitResult results[3];
	Cordon__SubmitResult *pointers[3];
	Cordon__Error error;

	failure_to_message(&failure, &error);
	for (size_t i = 0; i < 3; i++) {
		results[i] = (Cordon__SubmitResult)CORDON__SUBMIT_RESULT__INIT;
		pointers[i] = &results[i];
	}
	if (request->n_items != 3 || header->type != MESSAGE_SUBMIT ||
		request->items[0]->what_case != CORDON__SUBMIT_ITEM__WHAT_PUT ||
		!request->items[0]->from_public_list ||
		request->items[1]->what_case != CORDON__SUBMIT_ITEM__WHAT_WITHDRAW ||
		request->items[2]->what_case != CORDON__SUBMIT_ITEM__WHAT_CONFIRM ||
		request->items[2]->confirm->until.len != 10) {
		fake_refuse(conn, header->request, CORDON_EINTERNAL, "not as sent");
		return;
	}
	results[0].id = message_data("KAZ-1");
	results[0].outcome = CORDON_OUTCOME_CREATED;
	results[0].version = 1;
	results[0].sequence = 9;
	results[0].warning = message_data("already listed as KAZ-0");
	results[1].id = request->items[1]->withdraw->id;
	results[1].outcome = CORDON_OUTCOME_REFUSED;
	results[1].error = &error;
	results[2].id = request->items[2]->confirm->id;
	results[2].outcome = CORDON_OUTCOME_CHANGED;
	message.results = pointers;
	message.n_results = 3;
	fake_send(conn, MESSAGE_SUBMIT_ANSWER, 0, header->request, &message.base);
}

static void items_are_answered_one_by_one(void **state)
{
	struct cordon_record *record =
		records_make(records_entry_ban, NULL, NULL, &talk_arena);
	const struct cordon_item items[] = {
		{ .type = CORDON_ITEM_PUT, .record = record, .from_public_list = true },
		{ .type = CORDON_ITEM_WITHDRAW,
			.id = "KAZ-2",
			.reason = 77,
			.text = "x" },
		{ .type = CORDON_ITEM_CONFIRM,
			.id = "KAZ-3",
			.until = { 2027, 1, 31 } },
	};
	struct cordon_results *results;
	struct talk t;

	(void)state;
	talk_init(&t, answer_submission);
	if (cordon_submit(t.client, items, 3, &results) != 0) {
		fail_msg("%s", cordon_client_error_text(t.client));
	}
	assert_int_equal(results->count, 3);
	assert_int_equal(results->results[0].outcome, CORDON_OUTCOME_CREATED);
	assert_string_equal(results->results[0].warning, "already listed as KAZ-0");
	assert_int_equal(results->results[0].sequence, 9);
	assert_int_equal(results->results[1].error, CORDON_EFIELD);
	assert_string_equal(results->results[1].error_text, "reason: 77");
	assert_string_equal(results->results[1].field, "reason");
	assert_string_equal(results->results[1].id, "KAZ-2");
	assert_int_equal(results->results[2].error, 0);
	assert_string_equal(results->results[2].id, "KAZ-3");
	cordon_results_destroy(results);
	talk_finish(&t);
}

static void items_that_cannot_be_sent_are_named(void **state)
{
	static const struct {
		struct cordon_item item;
		const char *words;
	} cases[] = {
		{ { .type = CORDON_ITEM_PUT }, "item 1: no record is given" },
		{ { .type = CORDON_ITEM_WITHDRAW }, "item 1: no id is given" },
		{ { .type = CORDON_ITEM_CONFIRM,
			  .id = "KAZ-1",
			  .until = { 2027, 1, 0 } },
			"item 1: confirm: until" },
		{ { .id = "KAZ-1" }, "item 1: 0 is no type" },
	};
	struct cordon_results *results;
	struct talk t;

	(void)state;
	talk_init(&t, answer_submission);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(cordon_submit(t.client, &cases[i].item, 1, &results),
			CORDON_EINVAL);
		talk_says(t.client, cases[i].words);
	}
	assert_int_equal(cordon_submit(t.client, &cases[0].item, CORDON_SUBMIT_MAX + 1,
				 &results),
		CORDON_EINVAL);
	talk_finish(&t);
}

/* ---- copies -----------------------------------------------------------------------
 */

/* What was asked for; the test looks at it when the answer has come. */
static uint32_t asked_copies, asked_timeout_ms;

static void put_result(Cordon__SubmitAnswer *message)
{
	static Cordon__SubmitResult result;
	static Cordon__SubmitResult *results = &result;

	cordon__submit_result__init(&result);
	result.id = message_data("KAZ-1");
	result.outcome = CORDON_OUTCOME_WITHDRAWN;
	result.version = 2;
	result.sequence = 43;
	message->results = &results;
	message->n_results = 1;
}

static void note_wish(const ProtobufCMessage *decoded)
{
	const Cordon__SubmitRequest *request = (const Cordon__SubmitRequest *)decoded;

	asked_copies = request->copies;
	asked_timeout_ms = request->timeout_ms;
}

static void answer_that_one_is_missing(struct fake_conn *conn,
	const struct frame_header *header, const ProtobufCMessage *decoded)
{
	const struct failure failure = { CORDON_ETIMEOUT, "not by RUS", NULL, 0 };
	Cordon__SubmitAnswer message = CORDON__SUBMIT_ANSWER__INIT;
	Cordon__Arrival blr = CORDON__ARRIVAL__INIT, rus = CORDON__ARRIVAL__INIT;
	Cordon__Arrival *arrivals[] = { &blr, &rus };
	Cordon__ListId list = CORDON__LIST_ID__INIT;
	Cordon__Epoch epoch = CORDON__EPOCH__INIT;
	Cordon__Error error;

	note_wish(decoded);
	put_result(&message);
	failure_to_message(&failure, &error);
	list.owner = message_data("KAZ");
	list.kind = CORDON_KIND_ENTRY_BAN;
	epoch.number = 1790000000;
	blr.member = message_data("BLR");
	blr.node = message_data("cordon://BLR/node/minsk-1");
	blr.arrived = true;
	blr.sequence = 44;
	blr.time_s = 1790000042;
	blr.epoch = &epoch;
	blr.list = rus.list = &list;
	blr.expected = rus.expected = 43;
	rus.member = message_data("RUS");
	message.arrivals = arrivals;
	message.n_arrivals = 2;
	message.copies = CORDON_COPIES_ALL;
	message.copies_error = &error;
	fake_send(conn, MESSAGE_SUBMIT_ANSWER, 0, header->request, &message.base);
}

static void answer_as_an_older_node(struct fake_conn *conn,
	const struct frame_header *header, const ProtobufCMessage *decoded)
{
	Cordon__SubmitAnswer message = CORDON__SUBMIT_ANSWER__INIT;

	note_wish(decoded);
	put_result(&message);
	fake_send(conn, MESSAGE_SUBMIT_ANSWER, 0, header->request, &message.base);
}

static const struct cordon_item withdraw_kaz_1 = {
	.type = CORDON_ITEM_WITHDRAW, .id = "KAZ-1", .reason = CORDON_WITHDRAWAL_ERROR
};

static struct cordon_results *submit_copies(
	struct talk *t, uint32_t copies, uint32_t timeout_ms)
{
	const struct cordon_submission submission = { .items = &withdraw_kaz_1,
		.count = 1,
		.copies = copies,
		.copies_timeout_ms = timeout_ms };
	struct cordon_results *results;

	if (cordon_submit_with(t->client, &submission, &results) != 0) {
		fail_msg("%s", cordon_client_error_text(t->client));
	}
	assert_int_equal(results->count, 1);
	assert_int_equal(results->results[0].outcome, CORDON_OUTCOME_WITHDRAWN);
	return results;
}

static void copies_that_are_missing_are_no_failure(void **state)
{
	struct cordon_results *results;
	struct talk t;

	(void)state;
	talk_init(&t, answer_that_one_is_missing);
	results = submit_copies(&t, CORDON_COPIES_ALL, 1234);
	assert_int_equal(asked_copies, CORDON_COPIES_ALL);
	assert_int_equal(asked_timeout_ms, 1234);
	assert_int_equal(results->copies, CORDON_COPIES_ALL);
	assert_int_equal(results->copies_error, CORDON_ETIMEOUT);
	assert_string_equal(results->copies_text, "not by RUS");
	assert_int_equal(results->arrivals_count, 2);
	assert_true(results->arrivals[0].arrived);
	assert_string_equal(results->arrivals[0].node, "cordon://BLR/node/minsk-1");
	assert_string_equal(results->arrivals[0].member, "BLR");
	assert_string_equal(results->arrivals[0].list, "KAZ/entry_ban");
	assert_int_equal(results->arrivals[0].sequence, 44);
	assert_int_equal(results->arrivals[0].expected, 43);
	assert_int_equal(results->arrivals[0].epoch, 1790000000);
	assert_int_equal(results->arrivals[0].time_s, 1790000042);
	assert_false(results->arrivals[1].arrived);
	assert_null(results->arrivals[1].node);
	assert_string_equal(results->arrivals[1].member, "RUS");
	assert_int_equal(results->arrivals[1].time_s, 0);
	cordon_results_destroy(results);
	talk_finish(&t);
}

static void a_node_that_does_not_wait_has_no_copies(void **state)
{
	struct cordon_results *results;
	struct talk t;

	(void)state;
	talk_init(&t, answer_as_an_older_node);
	results = submit_copies(&t, 2, 0);
	assert_int_equal(results->copies, 0);
	assert_int_equal(results->copies_error, CORDON_EUNSUPPORTED);
	assert_non_null(strstr(results->copies_text, "own disk"));
	cordon_results_destroy(results);
	results = submit_copies(&t, CORDON_COPIES_LOCAL, 0);
	assert_int_equal(results->copies_error, 0);
	cordon_results_destroy(results);
	results = submit_copies(&t, CORDON_COPIES_DEFAULT, 0);
	assert_int_equal(results->copies_error, 0);
	cordon_results_destroy(results);
	talk_finish(&t);
}

static void waits_that_nobody_gave_fit_the_calls_own_time(void **state)
{
	struct talk t;

	(void)state;
	talk_init(&t, answer_as_an_older_node);
	cordon_client_set_timeout(t.client, 8000);
	cordon_results_destroy(submit_copies(&t, CORDON_COPIES_DEFAULT, 0));
	assert_int_equal(asked_timeout_ms, 6000); /* the answer has the rest */
	cordon_results_destroy(submit_copies(&t, 1, 0));
	assert_int_equal(asked_timeout_ms, 8000);
	cordon_results_destroy(submit_copies(&t, CORDON_COPIES_LOCAL, 99));
	assert_int_equal(asked_copies, CORDON_COPIES_LOCAL);
	assert_int_equal(asked_timeout_ms, 0);
	talk_finish(&t);
}

static void a_wish_that_is_none_is_refused_at_once(void **state)
{
	struct cordon_submission submission = { .items = &withdraw_kaz_1, .count = 1 };
	struct cordon_results *results;
	struct talk t;

	(void)state;
	talk_init(&t, answer_as_an_older_node);
	for (submission.copies = CORDON_COPIES_MAX + 1;
		submission.copies < CORDON_COPIES_LOCAL; submission.copies += 27) {
		assert_int_equal(cordon_submit_with(t.client, &submission, &results),
			CORDON_EINVAL);
		talk_says(t.client, "CORDON_COPIES_ALL");
	}
	submission.copies = CORDON_COPIES_ALL + 1;
	assert_int_equal(
		cordon_submit_with(t.client, &submission, &results), CORDON_EINVAL);
	talk_finish(&t);
}

static void answer_record(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	const Cordon__RecordRequest *request = (const Cordon__RecordRequest *)decoded;
	Cordon__RecordAnswer message = CORDON__RECORD_ANSWER__INIT;
	Cordon__Withdrawal withdrawal = CORDON__WITHDRAWAL__INIT;
	Cordon__Arrival arrival = CORDON__ARRIVAL__INIT;
	Cordon__Arrival *arrivals = &arrival;
	Cordon__ListId list = CORDON__LIST_ID__INIT;
	Cordon__Entry entry_message;
	struct entry entry;
	uint8_t packed[64];

	talk_entry(&entry);
	if (request->id.len == 5) { /* a withdrawn one was asked for */
		withdrawal.id = message_data_bytes(entry.id);
		withdrawal.reason = CORDON_WITHDRAWAL_ERROR;
		withdrawal.at_s = 1234;
		entry.state = ENTRY_WITHDRAWN;
		entry.ends_at_s = 0;
		entry.sealed = (struct bytes){ packed,
			protobuf_c_message_pack(&withdrawal.base, packed) };
	}
	entry_to_message(&entry, &entry_message);
	list.owner = message_data("KAZ");
	list.kind = CORDON_KIND_ENTRY_BAN;
	arrival.node = message_data("cordon://RUS/node/moscow-1");
	arrival.arrived = true;
	arrival.sequence = 18;
	arrival.ack = message_data("signed");
	arrival.fault = message_data("revoked since");
	message.list = &list;
	message.entry = &entry_message;
	message.internal_note = message_data("file 7");
	message.arrivals = &arrivals;
	message.n_arrivals = 1;
	fake_send(conn, MESSAGE_RECORD_ANSWER, 0, header->request, &message.base);
}

static void a_record_is_shown_with_its_arrivals(void **state)
{
	struct cordon_record_entry *entry;
	struct talk t;

	(void)state;
	talk_init(&t, answer_record);
	if (cordon_record_show(t.client, "KAZ-2026-000123", &entry) != 0) {
		fail_msg("%s", cordon_client_error_text(t.client));
	}
	assert_int_equal(entry->state, CORDON_RECORD_LIVE);
	assert_string_equal(entry->list, "KAZ/entry_ban");
	assert_int_equal(entry->sequence, 17);
	assert_int_equal(entry->version, 2);
	assert_string_equal(entry->record->id, entry->id);
	assert_string_equal(entry->record->internal_note, "file 7");
	assert_false(entry->not_understood);
	assert_int_equal(entry->arrivals_count, 1);
	assert_true(entry->arrivals[0].arrived);
	assert_string_equal(entry->arrivals[0].member, "RUS"); /* from its URI */
	assert_int_equal(entry->arrivals[0].ack_bytes, 6);
	assert_memory_equal(entry->arrivals[0].ack, "signed", 6);
	assert_string_equal(entry->arrivals[0].fault, "revoked since");
	cordon_record_entry_destroy(entry);
	assert_int_equal(cordon_record_show(t.client, "KAZ-1", &entry), 0);
	assert_int_equal(entry->state, CORDON_RECORD_WITHDRAWN);
	assert_null(entry->record);
	assert_int_equal(entry->withdrawal, CORDON_WITHDRAWAL_ERROR);
	assert_int_equal(entry->withdrawn_s, 1234);
	cordon_record_entry_destroy(entry);
	talk_finish(&t);
}

static void answer_due(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	Cordon__DueAnswer message = CORDON__DUE_ANSWER__INIT;
	Cordon__DueRecord record = CORDON__DUE_RECORD__INIT;
	Cordon__DueRecord *records = &record;

	if (((const Cordon__DueRequest *)decoded)->within_days == 30) {
		record.review_by = message_data("2026-04-01");
	}
	record.id = message_data("KAZ-1");
	message.records = &records;
	message.n_records = 1;
	message.more = true;
	fake_send(conn, MESSAGE_DUE_ANSWER, 0, header->request, &message.base);
}

static void what_is_due_is_listed(void **state)
{
	struct cordon_due *due;
	struct talk t;

	(void)state;
	talk_init(&t, answer_due);
	assert_int_equal(cordon_due(t.client, 30, &due), 0);
	assert_int_equal(due->count, 1);
	assert_true(due->more);
	assert_string_equal(due->records[0].id, "KAZ-1");
	assert_int_equal(due->records[0].review_by.month, 4);
	assert_int_equal(due->records[0].valid_until.year, 0);
	cordon_due_destroy(due);
	talk_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_answered_one_by_one),
		cmocka_unit_test(items_that_cannot_be_sent_are_named),
		cmocka_unit_test(copies_that_are_missing_are_no_failure),
		cmocka_unit_test(a_node_that_does_not_wait_has_no_copies),
		cmocka_unit_test(waits_that_nobody_gave_fit_the_calls_own_time),
		cmocka_unit_test(a_wish_that_is_none_is_refused_at_once),
		cmocka_unit_test(a_record_is_shown_with_its_arrivals),
		cmocka_unit_test(what_is_due_is_listed),
	};

	return cmocka_run_group_tests(tests, talk_make_pki, talk_remove_pki);
}
