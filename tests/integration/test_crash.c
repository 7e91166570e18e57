/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes killed while records come in: what was acknowledged is there when the node is
 * started again, without repair, and the import goes on.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "tests/lib/union.h"

#define REQUESTS 40
#define ITEMS 50 /* in each */
#define IN_FLIGHT 4

static struct testunion *all;
static struct union_node *node[3];
static struct union_node *kaz;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	union_three(all, node);
	kaz = node[1];
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

/* An import that is under way, several requests at a time. */
struct import {
	struct event_base *base;
	struct cordon_async *async;
	struct union_node *victim; /* killed ... */
	unsigned kill_after; /* ... when so many requests are answered, 0: never */
	long kill_after_us;  /* ... or so long after the first answer, 0: never */
	struct event *timer;
	char generation;
	unsigned sent, answered;
	bool acknowledged[REQUESTS];
	bool over;
};

struct request {
	struct import *import;
	unsigned number;
};

static void id_of(char id[32], unsigned request, unsigned item)
{
	snprintf(id, 32, "KAZ-I-%03u-%02u", request, item);
}

static void send_next(struct import *import);

static void strike(evutil_socket_t fd, short what, void *context)
{
	struct import *import = context;

	(void)fd;
	(void)what;
	union_kill(import->victim);
	if (import->victim == kaz) {
		import->over = true;
		event_base_loopbreak(import->base);
	}
}

static void after_answer(struct import *import)
{
	if (import->answered == import->kill_after) {
		strike(-1, 0, import);
	}
	if (import->answered == 1 && import->kill_after_us > 0) {
		struct timeval after = { 0, import->kill_after_us };

		assert_int_equal(event_add(import->timer, &after), 0);
	}
	if (import->answered == REQUESTS) {
		event_base_loopbreak(import->base);
	}
	send_next(import);
}

static void on_done(
	void *data, int error, const char *text, struct cordon_results *results)
{
	struct request *request = data;
	struct import *import = request->import;

	if (error != 0 && !import->over && import->victim->pid != 0) {
		union_fail(all, "a request was not answered: %s", text);
	}
	if (error == 0) {
		for (size_t i = 0; i < results->count; i++) {
			assert_int_equal(results->results[i].error, 0);
		}
		import->acknowledged[request->number] = true;
		import->answered++;
		cordon_results_destroy(results);
	}
	free(request);
	if (error == 0 && !import->over) {
		after_answer(import);
	}
}

static void send_one(struct import *import)
{
	struct cordon_item items[ITEMS];
	struct cordon_record *records[ITEMS];
	struct request *request = calloc(1, sizeof(*request));

	assert_non_null(request);
	request->import = import;
	request->number = import->sent++;
	for (unsigned i = 0; i < ITEMS; i++) {
		char id[32], number[16];
		char *json;

		id_of(id, request->number, i);
		snprintf(number, sizeof(number), "%c%03u%02u", import->generation,
			request->number, i);
		json = union_ban(id, "TESTOV", number);
		records[i] = union_record(all, json);
		items[i] = (struct cordon_item){ .type = CORDON_ITEM_PUT,
			.record = records[i] };
		free(json);
	}
	assert_int_equal(cordon_async_submit(
				 import->async, items, ITEMS, on_done, request, NULL),
		0);
	for (unsigned i = 0; i < ITEMS; i++) {
		cordon_record_destroy(records[i]);
	}
}

static void send_next(struct import *import)
{
	while (!import->over && import->sent < REQUESTS &&
		import->sent - import->answered < IN_FLIGHT) {
		send_one(import);
	}
}

/* Until all is answered, or KAZ is killed. */
static void run(struct import *import)
{
	struct timeval guard = { UNION_PATIENCE_MS / 1000, 0 };

	import->base = event_base_new();
	assert_non_null(import->base);
	import->async = union_async(kaz, UNION_AGENCY, import->base);
	import->timer = event_new(import->base, -1, 0, strike, import);
	send_next(import);
	event_base_loopexit(import->base, &guard);
	event_base_dispatch(import->base);
	import->over = true;
	cordon_async_destroy(import->async);
	event_free(import->timer);
	event_base_free(import->base);
}

static void assert_kept(const struct import *import)
{
	for (unsigned r = 0; r < REQUESTS; r++) {
		for (unsigned i = 0; i < ITEMS && import->acknowledged[r]; i += 7) {
			char number[16];

			snprintf(number, sizeof(number), "%c%03u%02u",
				import->generation, r, i);
			if (union_verdict(kaz, number) != CORDON_VERDICT_MATCH) {
				union_fail(
					all, "%s was acknowledged and is lost", number);
			}
		}
	}
}

static void assert_equal_exports(void)
{
	char first[65], other[65];

	union_settle(all);
	union_export_digest(node[0], NULL, first);
	for (size_t i = 0; i < 3; i++) {
		union_verify(node[i]);
		union_export_digest(node[i], NULL, other);
		assert_string_equal(first, other);
	}
}

static void owner_killed_after(unsigned answers, long us, char generation)
{
	struct import import = { .victim = kaz,
		.kill_after = answers,
		.kill_after_us = us,
		.generation = generation };
	struct import rest = { .victim = kaz, .generation = generation };

	run(&import);
	assert_int_equal(kaz->pid, 0);
	assert_true(import.answered < REQUESTS);
	union_start(kaz);
	assert_kept(&import);
	run(&rest);
	assert_int_equal(rest.answered, REQUESTS);
	assert_equal_exports();
	assert_int_equal(union_list(node[2], "KAZ/entry_ban").live, REQUESTS * ITEMS);
}

static void an_owner_killed_at_the_first_answer_keeps_it(void **state)
{
	(void)state;
	owner_killed_after(1, 0, 'A');
}

static void an_owner_killed_in_the_middle_keeps_what_it_acknowledged(void **state)
{
	(void)state;
	owner_killed_after(REQUESTS / 2, 0, 'B');
}

static void an_owner_killed_between_two_answers_keeps_what_it_acknowledged(void **state)
{
	static const long moments_us[] = { 700, 2300, 5900 };

	(void)state;
	for (size_t i = 0; i < sizeof(moments_us) / sizeof(moments_us[0]); i++) {
		owner_killed_after(0, moments_us[i], (char)('C' + i));
	}
}

static void follower_killed_after(unsigned answers, long us, char generation)
{
	struct import import = { .victim = node[2],
		.kill_after = answers,
		.kill_after_us = us,
		.generation = generation };

	run(&import);
	assert_int_equal(import.answered, REQUESTS);
	assert_int_equal(node[2]->pid, 0);
	union_start(node[2]);
	assert_equal_exports();
}

static void a_receiver_killed_during_an_import_comes_back_whole(void **state)
{
	(void)state;
	follower_killed_after(3, 0, 'F');
	follower_killed_after(REQUESTS - 5, 0, 'G');
	follower_killed_after(0, 3100, 'H');
}

static void nodes_killed_while_they_catch_up_do_so_at_last(void **state)
{
	static const unsigned marks[] = { 1, 2000, 4500 };

	(void)state;
	union_put_many(kaz, "MANY", 6000, 'A');
	union_settle(all);
	union_stop(node[2]);
	union_put_many(kaz, "MANY", 6000, 'B');
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		/* somewhere on the way: it may be through already, which is no harm */
		union_launch(node[2]);
		union_await(node[2]);
		union_until(all, "the stage grows",
			union_list(node[2], "KAZ/entry_ban").sequence >= marks[i]);
		union_kill(node[2]);
	}
	union_start(node[2]);
	assert_equal_exports();
	assert_int_equal(union_verdict(node[2], "AA00000"), CORDON_VERDICT_CLEAR);
	assert_int_equal(union_verdict(node[2], "AB05999"), CORDON_VERDICT_MATCH);
}

static void cordonctl_says_that_the_node_has_gone_and_imports_again(void **state)
{
	char *text = malloc(3000 * 400), *end = text;
	const char *path;
	struct union_output output;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < 3000; i++) {
		char id[32], number[16];
		char *json;

		snprintf(id, sizeof(id), "KAZ-CTL-%04u", i);
		snprintf(number, sizeof(number), "Z%04u", i);
		json = union_ban(id, "TESTOV", number);
		end += sprintf(end, "%s\n", json);
		free(json);
	}
	path = union_file(all, "import.jsonl", text);
	free(text);
	union_kill(kaz);
	union_ctl(kaz, UNION_AGENCY, NULL, &output, "import", path, "--format", "jsonl",
		"--timeout", "2", NULL);
	assert_int_equal(output.status, 1);
	assert_non_null(strstr(output.err, "refused"));
	union_output_finish(&output);
	union_start(kaz);
	union_ctl(kaz, UNION_AGENCY, NULL, &output, "import", path, "--format", "jsonl",
		NULL);
	if (output.status != 0) {
		union_fail(all, "import: %s", output.err);
	}
	union_output_finish(&output);
	assert_equal_exports();
}

#define case_of(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_of(an_owner_killed_at_the_first_answer_keeps_it),
		case_of(an_owner_killed_in_the_middle_keeps_what_it_acknowledged),
		case_of(an_owner_killed_between_two_answers_keeps_what_it_acknowledged),
		case_of(a_receiver_killed_during_an_import_comes_back_whole),
		case_of(nodes_killed_while_they_catch_up_do_so_at_last),
		case_of(cordonctl_says_that_the_node_has_gone_and_imports_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
