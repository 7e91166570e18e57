/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "tests/lib/records.h"
#include "tests/unit/client/engine_case.h"
#include "proto/lookup_codec.h"
#include "proto/record_codec.h"

/* A node that breaks the protocol: the request fails, and the node is told why. */
static void broken(fake_request_fn *request, const char *words)
{
	struct lookup_request *lookup;
	struct engine_case c;

	case_init(&c, 1);
	c.nodes[0].request = request;
	lookup = case_ask(&c, "A");
	case_run(&c);
	case_failed(&c, lookup, CORDON_EPROTO, words);
	assert_int_equal(c.nodes[0].conns[0].told.error, CORDON_EPROTO);
	assert_non_null(strstr(c.nodes[0].conns[0].told_text, words));
	assert_int_equal(c.nodes[0].conns_count, 1);
	case_finish(&c);
}

/* ---- Hello ---- */

static void another_version_is_refused_with_both_ranges(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].hello.protocol_min = 2;
	c.nodes[0].hello.protocol_max = 5;
	lookup = case_ask(&c, "A");
	case_run(&c);
	case_failed(&c, lookup, CORDON_EVERSION, "speaks 1 to 1, the other 2 to 5");
	assert_int_equal(c.nodes[0].conns[0].told.error, CORDON_EVERSION);
	case_finish(&c);
}

static void a_newer_node_that_speaks_this_version_too_is_asked(void **state)
{
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].hello.protocol_max = 5;
	case_asked(&c, "A");
	assert_int_equal(session_version(c.engine.session), 1);
	case_finish(&c);
}

static void a_node_that_will_not_talk_says_why(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].mute = true;
	lookup = case_ask(&c, "A");
	case_run(&c);
	fake_refuse(&c.nodes[0].conns[0], 0, CORDON_EBUSY, "too many connections");
	case_run(&c);
	assert_int_equal(c.nodes[0].conns[0].told.error, 0);
	case_failed(&c, lookup, CORDON_EBUSY, "too many connections");
	case_finish(&c);
}

static void garbage_in_place_of_hello_is_refused(void **state)
{
	static const char garbage[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	struct lookup_request *lookup;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].mute = true;
	lookup = case_ask(&c, "A");
	case_run(&c);
	assert_int_equal(send(channel_fd(c.nodes[0].conns[0].channel), garbage,
				 sizeof(garbage) - 1, MSG_NOSIGNAL),
		sizeof(garbage) - 1);
	case_run(&c);
	/* "HTTP" read as a size */
	case_failed(&c, lookup, CORDON_ETOOBIG, "above 4096 bytes");
	case_finish(&c);
}

/* ---- after Hello ---- */

static void answer_another(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)decoded;
	fake_answer_one(conn, header->request + 1, "A");
}

static void answer_export(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	Cordon__ExportChunk message = CORDON__EXPORT_CHUNK__INIT;

	(void)decoded;
	fake_send(conn, MESSAGE_EXPORT_CHUNK, 0, header->request, &message.base);
}

static void answer_in_pieces(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	Cordon__LookupAnswer message = CORDON__LOOKUP_ANSWER__INIT;

	(void)decoded;
	fake_send(conn, MESSAGE_LOOKUP_ANSWER, FRAME_MORE, header->request,
		&message.base);
}

static void say_hello_again(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	struct arena arena;

	(void)header;
	(void)decoded;
	arena_init(&arena, 0);
	fake_send(conn, MESSAGE_HELLO, 0, 0,
		&hello_to_message(&conn->node->hello, &arena)->base);
	arena_finish(&arena);
}

static void answer_unknown_type(struct fake_conn *conn,
	const struct frame_header *header, const ProtobufCMessage *decoded)
{
	Cordon__ExportChunk message = CORDON__EXPORT_CHUNK__INIT;

	(void)decoded;
	fake_send(conn, 9999, 0, header->request, &message.base);
}

static void answer_without_freshness(struct fake_conn *conn,
	const struct frame_header *header, const ProtobufCMessage *decoded)
{
	(void)decoded;
	conn->said_freshness = true;
	fake_answer_one(conn, header->request, "A");
}

static void answer_twice_as_much(struct fake_conn *conn,
	const struct frame_header *header, const ProtobufCMessage *decoded)
{
	Cordon__LookupAnswer message = CORDON__LOOKUP_ANSWER__INIT;
	Cordon__Answer answer = CORDON__ANSWER__INIT;
	Cordon__Answer *answers[] = { &answer, &answer };

	(void)decoded;
	message.answers = answers;
	message.n_answers = 2;
	fake_send(conn, MESSAGE_LOOKUP_ANSWER, 0, header->request, &message.base);
}

static void say_bad_freshness(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	Cordon__ListFreshness row = CORDON__LIST_FRESHNESS__INIT;
	Cordon__ListFreshness *rows = &row;
	Cordon__Freshness message = CORDON__FRESHNESS__INIT;

	(void)header;
	(void)decoded;
	message.generation = 1;
	message.lists = &rows;
	message.n_lists = 1;
	fake_send(conn, MESSAGE_FRESHNESS, 0, 0, &message.base);
}

static void what_breaks_the_protocol_ends_the_connection(void **state)
{
	(void)state;
	broken(answer_another, "request 2, which was never sent");
	broken(answer_export, "answers LOOKUP with EXPORT_CHUNK");
	broken(answer_in_pieces, "with LOOKUP_ANSWER and more");
	broken(say_hello_again, "sent HELLO without a request");
	broken(answer_unknown_type, "message type 9999 is not known");
	broken(answer_without_freshness, "a freshness that it did not send");
	broken(answer_twice_as_much, "answers 2 of 1 queries");
	broken(say_bad_freshness, "FRESHNESS is out of form: it names no list");
}

static void send_garbage(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	/* LOOKUP_ANSWER for request 1, five bytes that are no message */
	static const uint8_t bytes[] = { 0, 0, 0, 5, 0, MESSAGE_LOOKUP_ANSWER, 0, 0, 0,
		0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff };

	(void)header;
	(void)decoded;
	send(channel_fd(conn->channel), bytes, sizeof(bytes), MSG_NOSIGNAL);
}

static void garbage_in_an_answer_is_refused(void **state)
{
	(void)state;
	broken(send_garbage, "is not readable");
}

static void close_with_error(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)header;
	(void)decoded;
	fake_refuse(conn, 0, CORDON_EDENIED, "the certificate was revoked");
	channel_shutdown(conn->channel);
}

static void a_node_that_closes_says_why(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].request = close_with_error;
	lookup = case_ask(&c, "A");
	case_run(&c);
	assert_int_equal(c.nodes[0].conns[0].told.error, 0);
	case_failed(&c, lookup, CORDON_EDENIED, "the certificate was revoked");
	case_finish(&c);
}

/* ---- answers ---- */

/* Of one match, whose record this is. */
static void send_answer(struct fake_conn *conn, const struct frame_header *header,
	const struct cordon_record *record, const struct cordon_answer *answer)
{
	static const uint8_t salt[RECORD_SALT_BYTES] = { 7 };
	struct arena *arena = conn->node->data;
	Cordon__LookupAnswer message = CORDON__LOOKUP_ANSWER__INIT;
	Cordon__Answer *one;
	struct bytes sealed;

	assert_int_equal(record_seal(record, salt, arena, &sealed), 0);
	assert_int_equal(lookup_answer_to_message(answer, &sealed, arena, &one), 0);
	message.answers = &one;
	message.n_answers = 1;
	message.freshness_generation = 1;
	fake_freshness(conn);
	fake_send(conn, MESSAGE_LOOKUP_ANSWER, 0, header->request, &message.base);
}

/* Answers with one match, of numbers that this version does not know. */
static void answer_from_the_future(struct fake_conn *conn,
	const struct frame_header *header, const ProtobufCMessage *decoded)
{
	static const char *const because[] = { "number", "iris:left" };
	static const uint32_t actions[] = { CORDON_ACTION_REFER, 4711 };
	struct arena *arena = conn->node->data;
	struct cordon_record *record =
		records_make(records_entry_ban, NULL, NULL, arena);
	struct cordon_match match = {
		.id = record->id,
		.kind = 17,
		.score = 900,
		.verdict = CORDON_VERDICT_POSSIBLE,
		.basis = (enum cordon_basis)77,
		.effect = (enum cordon_effect)99,
		.because = because,
		.because_count = 2,
		.actions = actions,
		.actions_count = 2,
	};
	struct cordon_answer answer = {
		.lookup = "L1",
		.verdict = CORDON_VERDICT_POSSIBLE,
		.complete = true,
		.matches = &match,
		.matches_count = 1,
	};

	(void)decoded;
	record->reason = 999;
	send_answer(conn, header, record, &answer);
}

static void codes_of_a_newer_node_are_kept(void **state)
{
	struct lookup_request *lookup;
	struct cordon_answer *answer;
	const struct cordon_match *match;
	struct engine_case c;

	case_init(&c, 1);
	c.nodes[0].request = answer_from_the_future;
	c.nodes[0].data = *state;
	lookup = case_ask(&c, "A");
	case_run(&c);
	answer = case_answer(&c, lookup);
	case_finish(&c);
	/* what is left needs no connection */
	assert_int_equal(answer->matches_count, 1);
	match = &answer->matches[0];
	assert_int_equal(match->kind, 17);
	assert_string_equal(cordon_basis_text(match->basis), "unknown");
	assert_string_equal(cordon_effect_text(match->effect), "unknown");
	assert_int_equal(match->effect, 99);
	assert_string_equal(match->because[1], "iris:left");
	assert_int_equal(match->actions[1], 4711);
	assert_int_equal(match->record->reason, 999);
	assert_string_equal(match->record->id, match->id);
	cordon_answer_destroy(answer);
}

/* A common name, of which one is shown. */
static void answer_by_name(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	static const char *const narrow[] = { "birth_date", "limit" };
	struct arena *arena = conn->node->data;
	struct cordon_record *record =
		records_make(records_entry_ban, NULL, NULL, arena);
	struct cordon_match match = { .id = record->id,
		.kind = CORDON_KIND_ENTRY_BAN,
		.score = 610,
		.verdict = CORDON_VERDICT_POSSIBLE,
		.basis = CORDON_BASIS_NAME,
		.effect = CORDON_EFFECT_INFORM,
		.name_place = 1,
		.name_permille = 870,
		.born = CORDON_BORN_SWAPPED };
	struct cordon_answer answer = { .lookup = "L1",
		.verdict = CORDON_VERDICT_POSSIBLE,
		.matches = &match,
		.matches_count = 1,
		.more = true,
		.cut = true,
		.namesakes = 4711,
		.narrow = narrow,
		.narrow_count = 2 };

	(void)decoded;
	send_answer(conn, header, record, &answer);
}

static void an_answer_by_name_says_how_far_it_goes(void **state)
{
	struct lookup_request *lookup;
	struct cordon_answer *answer;
	const struct cordon_match *match;
	struct engine_case c;

	case_init(&c, 1);
	c.nodes[0].request = answer_by_name;
	c.nodes[0].data = *state;
	lookup = case_ask(&c, "A");
	case_run(&c);
	answer = case_answer(&c, lookup);
	case_finish(&c);
	assert_true(answer->cut);
	assert_true(answer->more);
	assert_int_equal(answer->namesakes, 4711);
	assert_int_equal(answer->narrow_count, 2);
	assert_string_equal(answer->narrow[0], "birth_date");
	match = &answer->matches[0];
	assert_ptr_equal(match->name, &match->record->person->names[0]);
	assert_int_equal(match->name_permille, 870);
	assert_string_equal(cordon_born_text(match->born), "day_and_month_swapped");
	cordon_answer_destroy(answer);
}

static void refuse_one_query(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	const struct failure failure = { -4711, "not before tomorrow", NULL, 0 };
	Cordon__LookupAnswer message = CORDON__LOOKUP_ANSWER__INIT;
	Cordon__Answer answer = CORDON__ANSWER__INIT;
	Cordon__Answer *answers = &answer;
	Cordon__Error error;

	(void)decoded;
	failure_to_message(&failure, &error);
	answer.error = &error;
	message.answers = &answers;
	message.n_answers = 1;
	message.freshness_generation = 1;
	fake_freshness(conn);
	fake_send(conn, MESSAGE_LOOKUP_ANSWER, 0, header->request, &message.base);
}

static void an_unknown_error_of_one_query_is_its_answer(void **state)
{
	struct lookup_request *lookup;
	struct cordon_answer *answer;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].request = refuse_one_query;
	lookup = case_ask(&c, "A");
	case_run(&c);
	answer = case_answer(&c, lookup);
	assert_int_equal(answer->error, -4711);
	assert_string_equal(answer->error_text, "not before tomorrow");
	assert_int_equal(answer->freshness_count, 0);
	assert_int_equal(answer->verdict, 0);
	cordon_answer_destroy(answer);
	case_finish(&c);
}

static void freshness_ages_while_it_is_not_said_anew(void **state)
{
	struct lookup_request *lookup;
	struct cordon_answer *answer;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	for (int i = 0; i < 2; i++) {
		lookup = case_ask(&c, "A");
		case_run(&c);
		answer = case_answer(&c, lookup);
		assert_int_equal(answer->freshness_count, 1);
		assert_string_equal(answer->freshness[0].list, "KAZ/entry_ban");
		assert_int_equal(answer->freshness[0].epoch, 3);
		assert_int_equal(answer->freshness[0].sequence, 17);
		assert_int_equal(answer->freshness[0].verified, CORDON_VERIFIED_YES);
		assert_int_equal(answer->freshness[0].age_s, 5 + 60 * i);
		cordon_answer_destroy(answer);
		case_pass(&c, 60000);
	}
	case_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_version_is_refused_with_both_ranges),
		cmocka_unit_test(a_newer_node_that_speaks_this_version_too_is_asked),
		cmocka_unit_test(a_node_that_will_not_talk_says_why),
		cmocka_unit_test(garbage_in_place_of_hello_is_refused),
		cmocka_unit_test(what_breaks_the_protocol_ends_the_connection),
		cmocka_unit_test(garbage_in_an_answer_is_refused),
		cmocka_unit_test(a_node_that_closes_says_why),
		cmocka_unit_test(codes_of_a_newer_node_are_kept),
		cmocka_unit_test(an_answer_by_name_says_how_far_it_goes),
		cmocka_unit_test(an_unknown_error_of_one_query_is_its_answer),
		cmocka_unit_test(freshness_ages_while_it_is_not_said_anew),
	};

	return cmocka_run_group_tests(tests, records_setup, records_teardown);
}
