/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/loop.h"
#include "tests/lib/records.h"
#include "tests/unit/client/talk.h"

/* The API on the caller's loop, against a node on a local socket, in a thread. */

struct setting {
	struct loop loop;
	struct fake_node node;
	struct cordon_async *async;
};

static struct cordon_async *connect_to(struct setting *s, const char *server)
{
	const struct cordon_options options = { .servers = &server,
		.servers_count = 1 };
	struct cordon_async *async;
	char message[512];

	if (cordon_async_create(
		    s->loop.base, &options, &async, message, sizeof(message)) != 0) {
		fail_msg("%s", message);
	}
	return async;
}

static void begin(struct setting *s, fake_request_fn *request)
{
	loop_init(&s->loop);
	fake_node_init(&s->node, NULL);
	if (request != NULL) {
		s->node.request = request;
	}
	fake_node_start(&s->node);
	s->async = connect_to(s, s->node.server);
}

static void end(struct setting *s)
{
	cordon_async_destroy(s->async);
	fake_node_finish(&s->node);
	loop_finish(&s->loop);
}

/* What a callback was told. */
struct told {
	unsigned calls;
	int error;
	char text[512];
	char lookup[64];                 /* of the first answer */
	struct cordon_async *destroys;   /* inside the callback; NULL: nothing */
	struct cordon_async *asks_again; /* inside the callback; NULL: nothing */
	int asked;                       /* with that result */
	struct cordon_request *cancels;  /* inside the callback; NULL: nothing */
};

static void on_lookup(void *data, int error, const char *error_text,
	struct cordon_answer *const *answers, size_t count);

static int ask(struct cordon_async *async, const char *number, struct told *told,
	struct cordon_request **request)
{
	const struct cordon_query query = { .type = CORDON_QUERY_DOCUMENT,
		.number = number };

	return cordon_async_lookup(async, NULL, &query, 1, on_lookup, told, request);
}

static void on_lookup(void *data, int error, const char *error_text,
	struct cordon_answer *const *answers, size_t count)
{
	struct told *told = data;

	told->calls++;
	told->error = error;
	assert_true((error == 0) == (answers != NULL) && (error == 0) == (count == 1));
	if (error != 0) {
		snprintf(told->text, sizeof(told->text), "%s", error_text);
	} else {
		snprintf(told->lookup, sizeof(told->lookup), "%s", answers[0]->lookup);
		cordon_answer_destroy(answers[0]);
	}
	if (told->cancels != NULL) {
		cordon_request_cancel(told->cancels);
	}
	if (told->asks_again != NULL) {
		struct cordon_async *async = told->asks_again;

		told->asks_again = NULL;
		told->asked = ask(async, "again", told, NULL);
	}
	cordon_async_destroy(told->destroys);
}

static void lookups_are_pipelined_on_one_connection(void **state)
{
	struct told told[200] = { 0 };
	struct setting s;
	char number[16];

	(void)state;
	begin(&s, NULL);
	for (unsigned i = 0; i < 200; i++) {
		snprintf(number, sizeof(number), "N%u", i);
		assert_int_equal(ask(s.async, number, &told[i], NULL), 0);
		assert_int_equal(told[i].calls, 0);
	}
	assert_int_equal(cordon_async_waiting(s.async), 200);
	loop_until(&s.loop, cordon_async_waiting(s.async) == 0);
	for (unsigned i = 0; i < 200; i++) {
		snprintf(number, sizeof(number), "N%u", i);
		assert_int_equal(told[i].calls, 1);
		assert_int_equal(told[i].error, 0);
		assert_string_equal(told[i].lookup, number);
	}
	fake_node_stop(&s.node);
	assert_int_equal(s.node.conns_count, 1);
	end(&s);
}

static void a_callback_may_ask_again(void **state)
{
	struct told told = { 0 };
	struct setting s;

	(void)state;
	begin(&s, NULL);
	told.asks_again = s.async;
	assert_int_equal(ask(s.async, "first", &told, NULL), 0);
	loop_until(&s.loop, told.calls == 2);
	assert_int_equal(told.asked, 0);
	assert_string_equal(told.lookup, "again");
	end(&s);
}

static void a_cancelled_request_is_not_called_back(void **state)
{
	struct told cancelled = { 0 }, other = { 0 };
	struct cordon_request *request;
	struct setting s;

	(void)state;
	begin(&s, NULL);
	assert_int_equal(ask(s.async, "A", &cancelled, &request), 0);
	cordon_request_cancel(request);
	assert_int_equal(cordon_async_waiting(s.async), 0);
	/* and from another's callback, when its own answer has come perhaps */
	assert_int_equal(ask(s.async, "B", &other, NULL), 0);
	assert_int_equal(ask(s.async, "C", &cancelled, &other.cancels), 0);
	loop_until(&s.loop, other.calls == 1);
	loop_settle(&s.loop);
	assert_int_equal(cancelled.calls, 0);
	end(&s);
}

static void what_waits_is_called_back_at_the_end(void **state)
{
	struct told told[3] = { 0 };
	struct setting s;

	(void)state;
	begin(&s, fake_ignore);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(s.async, "A", &told[i], NULL), 0);
	}
	/* nothing new is taken meanwhile */
	told[0].asks_again = s.async;
	loop_settle(&s.loop);
	cordon_async_destroy(s.async);
	s.async = NULL;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(told[i].calls, 1);
		assert_int_equal(told[i].error, CORDON_ECLOSED);
	}
	assert_int_equal(told[0].asked, CORDON_ECLOSED);
	end(&s);
}

static void it_may_be_destroyed_inside_a_callback(void **state)
{
	struct told told[3] = { 0 };
	struct setting s;

	(void)state;
	begin(&s, NULL);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(s.async, "A", &told[i], NULL), 0);
	}
	told[0].destroys = s.async;
	loop_until(&s.loop, told[0].calls == 1);
	s.async = NULL;
	assert_int_equal(told[0].error, 0);
	assert_int_equal(told[1].error, CORDON_ECLOSED);
	assert_int_equal(told[2].error, CORDON_ECLOSED);
	assert_int_equal(told[2].calls, 1);
	end(&s);
}

static void requests_beyond_the_limit_are_refused(void **state)
{
	struct told *told = calloc(CORDON_ASYNC_REQUESTS_MAX + 1, sizeof(*told));
	struct setting s;

	(void)state;
	assert_non_null(told);
	begin(&s, NULL);
	for (unsigned i = 0; i < CORDON_ASYNC_REQUESTS_MAX; i++) {
		assert_int_equal(ask(s.async, "A", &told[i], NULL), 0);
	}
	assert_int_equal(ask(s.async, "A", &told[CORDON_ASYNC_REQUESTS_MAX], NULL),
		CORDON_EBUSY);
	loop_until(&s.loop, cordon_async_waiting(s.async) == 0);
	for (unsigned i = 0; i < CORDON_ASYNC_REQUESTS_MAX; i++) {
		assert_int_equal(told[i].calls, 1);
		assert_int_equal(told[i].error, 0);
	}
	assert_int_equal(told[CORDON_ASYNC_REQUESTS_MAX].calls, 0);
	end(&s);
	free(told);
}

static void a_node_that_is_gone_is_reported_from_the_loop(void **state)
{
	struct told told = { 0 };
	struct setting s;

	(void)state;
	begin(&s, NULL);
	fake_node_stop(&s.node);
	fake_node_vanish(&s.node);
	assert_int_equal(ask(s.async, "A", &told, NULL), 0);
	assert_int_equal(told.calls, 0);
	loop_until(&s.loop, told.calls == 1);
	assert_int_equal(told.error, CORDON_EUNREACHABLE);
	assert_non_null(strstr(told.text, s.node.server));
	end(&s);
}

static void a_bad_request_is_refused_at_once(void **state)
{
	const struct cordon_query query = { .type = (enum cordon_query_type)9 };
	const struct cordon_item item = { .type = CORDON_ITEM_PUT };
	struct told told = { 0 };
	struct setting s;

	(void)state;
	begin(&s, NULL);
	assert_int_equal(
		cordon_async_lookup(s.async, NULL, &query, 1, on_lookup, &told, NULL),
		CORDON_EINVAL);
	assert_int_equal(cordon_async_submit(s.async, &item, 1, NULL, &told, NULL),
		CORDON_EINVAL);
	assert_int_equal(cordon_async_waiting(s.async), 0);
	loop_settle(&s.loop);
	assert_int_equal(told.calls, 0);
	end(&s);
}

static void answer_submission(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	Cordon__SubmitAnswer message = CORDON__SUBMIT_ANSWER__INIT;
	Cordon__SubmitResult result = CORDON__SUBMIT_RESULT__INIT;
	Cordon__SubmitResult *results = &result;

	(void)decoded;
	result.id = message_data("KAZ-1");
	result.outcome = CORDON_OUTCOME_WITHDRAWN;
	message.results = &results;
	message.n_results = 1;
	fake_send(conn, MESSAGE_SUBMIT_ANSWER, 0, header->request, &message.base);
}

static void on_submit(
	void *data, int error, const char *error_text, struct cordon_results *results)
{
	struct told *told = data;

	told->calls++;
	assert_int_equal(error, 0);
	assert_null(error_text);
	assert_int_equal(results->count, 1);
	assert_int_equal(results->results[0].outcome, CORDON_OUTCOME_WITHDRAWN);
	cordon_results_destroy(results);
}

static void submissions_are_answered_too(void **state)
{
	const struct cordon_item item = {
		.type = CORDON_ITEM_WITHDRAW,
		.id = "KAZ-1",
		.reason = CORDON_WITHDRAWAL_ERROR,
	};
	struct told told = { 0 };
	struct setting s;

	(void)state;
	begin(&s, answer_submission);
	assert_int_equal(
		cordon_async_submit(s.async, &item, 1, on_submit, &told, NULL), 0);
	loop_until(&s.loop, told.calls == 1);
	end(&s);
}

/* A name is looked up by a thread, TLS shaken hands on the loop. */
static void a_host_is_found_by_its_name(void **state)
{
	char server[64], *port;
	const char *const servers[] = { server };
	const struct cordon_options options = {
		.servers = servers,
		.servers_count = 1,
		.certificate = testpki_path(talk_pki, "desk.pem"),
		.key = testpki_path(talk_pki, "desk.key"),
		.ca = testpki_path(talk_pki, "KAZ-ca.pem"),
	};
	struct told told = { 0 };
	struct setting s;

	(void)state;
	loop_init(&s.loop);
	fake_node_init(&s.node, talk_node_profile);
	fake_node_start(&s.node);
	port = strrchr(s.node.server, ':');
	snprintf(server, sizeof(server), "localhost%s", port);
	assert_int_equal(
		cordon_async_create(s.loop.base, &options, &s.async, NULL, 0), 0);
	assert_int_equal(ask(s.async, "A", &told, NULL), 0);
	loop_until(&s.loop, told.calls == 1);
	if (told.error != 0) {
		fail_msg("%s", told.text);
	}
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups_are_pipelined_on_one_connection),
		cmocka_unit_test(a_callback_may_ask_again),
		cmocka_unit_test(a_cancelled_request_is_not_called_back),
		cmocka_unit_test(what_waits_is_called_back_at_the_end),
		cmocka_unit_test(it_may_be_destroyed_inside_a_callback),
		cmocka_unit_test(requests_beyond_the_limit_are_refused),
		cmocka_unit_test(a_node_that_is_gone_is_reported_from_the_loop),
		cmocka_unit_test(a_bad_request_is_refused_at_once),
		cmocka_unit_test(submissions_are_answered_too),
		cmocka_unit_test(a_host_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, talk_make_pki, talk_remove_pki);
}
