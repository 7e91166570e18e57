/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/client/engine_case.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void case_init(struct engine_case *c, size_t nodes)
{
	const char *servers[CASE_NODES_MAX];
	const struct cordon_options options = {
		.servers = servers,
		.servers_count = nodes,
		.software = "engine test",
	};

	*c = (struct engine_case){ .now_ms = 1000000, .nodes_count = nodes };
	for (size_t i = 0; i < nodes; i++) {
		fake_node_init(&c->nodes[i], NULL);
		servers[i] = c->nodes[i].server;
	}
	assert_int_equal(engine_init(&c->engine, &options, NULL), 0);
}

void case_finish(struct engine_case *c)
{
	engine_finish(&c->engine);
	for (size_t i = 0; i < c->nodes_count; i++) {
		fake_node_finish(&c->nodes[i]);
	}
}

static bool engine_ready(const struct engine_case *c)
{
	const struct engine_waits waits = engine_waits(&c->engine);
	struct pollfd p = {
		.fd = waits.fd,
		.events = (short)((waits.read ? POLLIN : 0) |
				  (waits.write ? POLLOUT : 0)),
	};

	return waits.until_ms <= c->now_ms || poll(&p, 1, 0) > 0;
}

void case_run(struct engine_case *c)
{
	bool moved = true;

	engine_step(&c->engine, c->now_ms);
	for (int i = 0; moved; i++) {
		assert_true(i < 10000);
		moved = engine_ready(c);
		if (moved) {
			engine_step(&c->engine, c->now_ms);
		}
		for (size_t n = 0; n < c->nodes_count; n++) {
			moved = fake_node_step(&c->nodes[n]) || moved;
		}
	}
}

void case_pass(struct engine_case *c, int64_t ms)
{
	c->now_ms += ms;
	case_run(c);
}

bool case_waits(const struct lookup_request *lookup)
{
	return lookup->request.place != REQUEST_FINISHED;
}

void case_until_finished(struct engine_case *c, const struct lookup_request *lookup)
{
	int64_t end_ms = c->now_ms + CASE_TIMEOUT_MS;

	case_run(c);
	while (case_waits(lookup)) {
		int64_t until_ms = engine_waits(&c->engine).until_ms;

		assert_true(until_ms > c->now_ms && until_ms <= end_ms);
		case_pass(c, until_ms - c->now_ms);
	}
}

struct lookup_request *case_ask(struct engine_case *c, const char *number)
{
	const struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT,
		.number = number,
	};
	struct lookup_request *lookup;

	assert_int_equal(lookup_request_create(NULL, &query, 1, 0, &lookup, NULL), 0);
	engine_add(&c->engine, &lookup->request, CASE_TIMEOUT_MS, c->now_ms);
	return lookup;
}

/* Out of the engine, wherever it stands among the finished. */
static void take(struct engine_case *c, struct lookup_request *lookup)
{
	assert_int_equal(lookup->request.place, REQUEST_FINISHED);
	engine_cancel(&c->engine, &lookup->request);
}

struct cordon_answer *case_answer(struct engine_case *c, struct lookup_request *lookup)
{
	struct cordon_answer *answer;

	take(c, lookup);
	if (lookup->request.error != 0) {
		fail_msg("%s", lookup->request.msg.text);
	}
	lookup_request_give(lookup, &answer);
	request_destroy(&lookup->request);
	return answer;
}

void case_answered(
	struct engine_case *c, struct lookup_request *lookup, const char *number)
{
	struct cordon_answer *answer = case_answer(c, lookup);

	assert_int_equal(answer->error, 0);
	assert_string_equal(answer->lookup, number);
	cordon_answer_destroy(answer);
}

void case_asked(struct engine_case *c, const char *number)
{
	struct lookup_request *lookup = case_ask(c, number);

	case_run(c);
	case_answered(c, lookup, number);
}

void case_failed(struct engine_case *c, struct lookup_request *lookup, int error,
	const char *words)
{
	take(c, lookup);
	assert_int_equal(lookup->request.error, error);
	if (strstr(lookup->request.msg.text, words) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", lookup->request.msg.text, words);
	}
	request_destroy(&lookup->request);
}
