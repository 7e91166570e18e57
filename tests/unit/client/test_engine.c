/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/submit.h"
#include "tests/unit/client/engine_case.h"

static void requests_are_pipelined_on_one_connection(void **state)
{
	struct lookup_request *lookups[20];
	struct engine_case c;
	char number[16];

	(void)state;
	case_init(&c, 2);
	for (int i = 0; i < 20; i++) {
		snprintf(number, sizeof(number), "N%d", i);
		lookups[i] = case_ask(&c, number);
	}
	case_run(&c);
	for (int i = 0; i < 20; i++) {
		snprintf(number, sizeof(number), "N%d", i);
		case_answered(&c, lookups[i], number);
	}
	assert_int_equal(c.nodes[0].conns_count, 1);
	assert_int_equal(c.nodes[1].conns_count, 0);
	assert_int_equal(c.engine.waiting_count, 0);
	case_finish(&c);
}

/* Keeps requests until there are three, and answers the last first. */
static void answer_backward(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	static const char *const numbers[] = { "A", "B", "C" };

	(void)header;
	(void)decoded;
	for (uint32_t i = 3; conn->requests == 3 && i > 0; i--) {
		fake_answer_one(conn, i, numbers[i - 1]);
	}
}

static void answers_may_come_in_any_order(void **state)
{
	struct lookup_request *a, *b, *d;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].request = answer_backward;
	a = case_ask(&c, "A");
	b = case_ask(&c, "B");
	d = case_ask(&c, "C");
	case_run(&c);
	assert_ptr_equal(TAILQ_FIRST(&c.engine.finished), &d->request);
	case_answered(&c, a, "A");
	case_answered(&c, b, "B");
	case_answered(&c, d, "C");
	case_finish(&c);
}

static void a_node_that_is_gone_is_passed_over(void **state)
{
	struct engine_case c;

	(void)state;
	case_init(&c, 3);
	fake_node_vanish(&c.nodes[0]);
	fake_node_vanish(&c.nodes[1]);
	case_asked(&c, "A");
	assert_int_equal(c.nodes[2].requests, 1);
	/* and the connection stays where it is */
	case_asked(&c, "B");
	assert_int_equal(c.nodes[2].conns_count, 1);
	case_finish(&c);
}

static void where_all_are_gone_each_is_named(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;
	char *first;

	(void)state;
	case_init(&c, 2);
	fake_node_vanish(&c.nodes[0]);
	fake_node_vanish(&c.nodes[1]);
	lookup = case_ask(&c, "A");
	case_run(&c);
	first = strstr(lookup->request.msg.text, c.nodes[0].server);
	assert_non_null(first);
	assert_true(first < strstr(lookup->request.msg.text, c.nodes[1].server));
	case_failed(&c, lookup, CORDON_EUNREACHABLE, "No such file");
	case_finish(&c);
}

static void a_node_without_hello_has_the_connect_timeout(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;
	int64_t start_ms;

	(void)state;
	case_init(&c, 2);
	c.nodes[0].mute = true;
	start_ms = c.now_ms;
	lookup = case_ask(&c, "A");
	case_until_finished(&c, lookup);
	assert_int_equal(c.now_ms - start_ms, CORDON_CONNECT_TIMEOUT_DEFAULT_MS);
	case_answered(&c, lookup, "A");
	case_finish(&c);
}

static void a_silent_node_has_its_share_of_the_time(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;
	int64_t start_ms;

	(void)state;
	case_init(&c, 2);
	c.nodes[0].request = fake_ignore;
	start_ms = c.now_ms;
	lookup = case_ask(&c, "A");
	case_until_finished(&c, lookup);
	assert_int_equal(c.now_ms - start_ms, CASE_TIMEOUT_MS / 2);
	case_answered(&c, lookup, "A");
	case_finish(&c);
}

static void a_deadline_is_kept(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;
	int64_t start_ms;

	(void)state;
	case_init(&c, 2);
	c.nodes[0].request = fake_ignore;
	c.nodes[1].request = fake_ignore;
	start_ms = c.now_ms;
	lookup = case_ask(&c, "A");
	case_until_finished(&c, lookup);
	assert_int_equal(c.now_ms - start_ms, CASE_TIMEOUT_MS);
	case_failed(&c, lookup, CORDON_ETIMEOUT, "no answer within 10000 ms");
	/* who keeps silent is asked on a new connection next time */
	c.nodes[0].request = fake_answer;
	c.nodes[1].request = fake_answer;
	lookup = case_ask(&c, "B");
	case_until_finished(&c, lookup);
	case_answered(&c, lookup, "B");
	assert_int_equal(c.nodes[0].conns_count + c.nodes[1].conns_count, 3);
	case_finish(&c);
}

/* Answers all but the first request. */
static void forget_the_first(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	if (header->request != 1) {
		fake_answer(conn, header, decoded);
	}
}

static void a_late_answer_is_ignored(void **state)
{
	struct lookup_request *a;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].request = forget_the_first;
	a = case_ask(&c, "A");
	case_run(&c);
	case_pass(&c, CASE_TIMEOUT_MS / 2);
	case_asked(&c, "B");
	case_pass(&c, CASE_TIMEOUT_MS / 2);
	case_failed(&c, a, CORDON_ETIMEOUT, c.nodes[0].server);
	fake_answer_one(&c.nodes[0].conns[0], 1, "A");
	case_asked(&c, "C");
	assert_int_equal(c.nodes[0].conns_count, 1);
	case_finish(&c);
}

static void a_cancelled_request_is_forgotten(void **state)
{
	struct lookup_request *a, *queued;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].request = forget_the_first;
	a = case_ask(&c, "A");
	case_run(&c);
	queued = case_ask(&c, "Q");
	engine_cancel(&c.engine, &a->request);
	engine_cancel(&c.engine, &queued->request);
	request_destroy(&a->request);
	request_destroy(&queued->request);
	assert_int_equal(c.engine.waiting_count, 0);
	fake_answer_one(&c.nodes[0].conns[0], 1, "A");
	case_asked(&c, "B");
	assert_int_equal(c.nodes[0].conns_count, 1);
	case_finish(&c);
}

static void a_kept_connection_that_was_closed_is_replaced(void **state)
{
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	case_asked(&c, "A");
	channel_shutdown(c.nodes[0].conns[0].channel);
	case_run(&c);
	assert_int_equal(c.engine.phase, ENGINE_IDLE);
	case_asked(&c, "B");
	assert_int_equal(c.nodes[0].conns_count, 2);
	case_finish(&c);
}

/* Hangs up on the first connection's requests. */
static void hang_up_once(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	if (conn == &conn->node->conns[0]) {
		conn->cut = true;
	} else {
		fake_answer(conn, header, decoded);
	}
}

static void hang_up(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)header;
	(void)decoded;
	conn->cut = true;
}

static void a_request_lost_on_a_stale_connection_is_sent_again(void **state)
{
	struct lookup_request *a, *b;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].request = hang_up_once;
	a = case_ask(&c, "A");
	b = case_ask(&c, "B");
	case_run(&c);
	case_answered(&c, a, "A");
	case_answered(&c, b, "B");
	assert_int_equal(c.nodes[0].conns_count, 2);
	case_finish(&c);
}

static void a_node_that_hangs_up_again_has_failed(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].request = hang_up;
	lookup = case_ask(&c, "A");
	case_run(&c);
	assert_int_equal(c.nodes[0].conns_count, 2);
	case_failed(&c, lookup, CORDON_ECLOSED, c.nodes[0].server);
	case_finish(&c);
}

static void who_hangs_up_is_followed_by_the_next(void **state)
{
	struct engine_case c;

	(void)state;
	case_init(&c, 2);
	c.nodes[0].request = hang_up;
	case_asked(&c, "A");
	assert_int_equal(c.nodes[1].requests, 1);
	case_finish(&c);
}

static void failures_make_pauses_that_grow_to_a_second(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;
	int64_t start_ms, pause_ms = 0;

	(void)state;
	case_init(&c, 1);
	fake_node_vanish(&c.nodes[0]);
	for (int i = 0; i < 8; i++) {
		start_ms = c.now_ms;
		lookup = case_ask(&c, "A");
		case_until_finished(&c, lookup);
		case_failed(&c, lookup, CORDON_EUNREACHABLE, "No such file");
		assert_true(c.now_ms - start_ms >= pause_ms);
		pause_ms = c.now_ms - start_ms;
	}
	assert_int_equal(pause_ms, 1000);
	case_finish(&c);
}

static void a_request_too_large_for_the_node_fails_alone(void **state)
{
	struct lookup_request *small, *large;
	struct engine_case c;
	char number[FRAME_MAX_HELLO + 1];

	(void)state;
	case_init(&c, 1);
	c.nodes[0].hello.frame_max = FRAME_MAX_HELLO;
	memset(number, 'A', sizeof(number) - 1);
	number[sizeof(number) - 1] = '\0';
	large = case_ask(&c, number);
	small = case_ask(&c, "A");
	case_run(&c);
	case_failed(&c, large, CORDON_ETOOBIG, "the node takes 4096");
	case_answered(&c, small, "A");
	case_finish(&c);
}

static void more_than_the_output_holds_goes_out_bit_by_bit(void **state)
{
	enum {
		COUNT = 40,
		BYTES = 100000
	};
	struct lookup_request *lookups[COUNT];
	struct engine_case c;
	char *number = malloc(BYTES + 1);

	(void)state;
	assert_non_null(number);
	memset(number, 'A', BYTES);
	number[BYTES] = '\0';
	case_init(&c, 1);
	for (int i = 0; i < COUNT; i++) {
		lookups[i] = case_ask(&c, number);
	}
	case_run(&c);
	for (int i = 0; i < COUNT; i++) {
		case_answered(&c, lookups[i], number);
	}
	assert_int_equal(c.nodes[0].conns_count, 1);
	case_finish(&c);
	free(number);
}

static void the_oldest_is_taken_first(void **state)
{
	struct lookup_request *sent, *queued;
	struct engine_case c;

	(void)state;
	case_init(&c, 1);
	c.nodes[0].request = fake_ignore;
	sent = case_ask(&c, "A");
	case_run(&c);
	queued = case_ask(&c, "B");
	assert_ptr_equal(engine_take(&c.engine), &sent->request);
	assert_ptr_equal(engine_take(&c.engine), &queued->request);
	assert_null(engine_take(&c.engine));
	request_destroy(&sent->request);
	request_destroy(&queued->request);
	case_finish(&c);
}

/* A node that waits for copies is silent for as long as it was told. */
static void a_node_that_waits_itself_is_given_the_time(void **state)
{
	const struct cordon_item item = { .type = CORDON_ITEM_WITHDRAW, .id = "KAZ-1" };
	const struct cordon_submission submission = { .items = &item,
		.count = 1,
		.copies = CORDON_COPIES_ALL,
		.copies_timeout_ms = 20000 };
	struct submit_request *submit;
	struct engine_case c;

	(void)state;
	case_init(&c, 2);
	c.nodes[0].request = c.nodes[1].request = fake_ignore;
	assert_int_equal(
		submit_request_create(&submission, CASE_TIMEOUT_MS / 2, &submit, NULL),
		0);
	engine_add(&c.engine, &submit->request, CASE_TIMEOUT_MS, c.now_ms);
	case_run(&c);
	case_pass(&c, 24000); /* the wait, and half of the time for an answer */
	assert_int_equal(atomic_load(&c.nodes[0].requests), 1);
	assert_int_equal(atomic_load(&c.nodes[1].requests), 0);
	case_pass(&c, 2000);
	assert_int_equal(atomic_load(&c.nodes[1].requests), 1);
	case_pass(&c, 3000);
	assert_int_equal(submit->request.place, REQUEST_SENT);
	case_pass(&c, 2000);
	assert_ptr_equal(engine_finished(&c.engine), &submit->request);
	assert_int_equal(submit->request.error, CORDON_ETIMEOUT);
	request_destroy(&submit->request);
	case_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_that_waits_itself_is_given_the_time),
		cmocka_unit_test(requests_are_pipelined_on_one_connection),
		cmocka_unit_test(answers_may_come_in_any_order),
		cmocka_unit_test(a_node_that_is_gone_is_passed_over),
		cmocka_unit_test(where_all_are_gone_each_is_named),
		cmocka_unit_test(a_node_without_hello_has_the_connect_timeout),
		cmocka_unit_test(a_silent_node_has_its_share_of_the_time),
		cmocka_unit_test(a_deadline_is_kept),
		cmocka_unit_test(a_late_answer_is_ignored),
		cmocka_unit_test(a_cancelled_request_is_forgotten),
		cmocka_unit_test(a_kept_connection_that_was_closed_is_replaced),
		cmocka_unit_test(a_request_lost_on_a_stale_connection_is_sent_again),
		cmocka_unit_test(a_node_that_hangs_up_again_has_failed),
		cmocka_unit_test(who_hangs_up_is_followed_by_the_next),
		cmocka_unit_test(failures_make_pauses_that_grow_to_a_second),
		cmocka_unit_test(a_request_too_large_for_the_node_fails_alone),
		cmocka_unit_test(more_than_the_output_holds_goes_out_bit_by_bit),
		cmocka_unit_test(the_oldest_is_taken_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
