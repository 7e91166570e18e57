/* SPDX-License-Identifier: Apache-2.0 */
/* A submitter is answered when other members hold what was entered, and told who does
 * not. */
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
#include <jansson.h>

#include "tests/lib/union.h"

static struct testunion *all;
static struct union_node *node[3];
static struct union_node *blr, *kaz, *rus;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	union_three(all, node);
	blr = node[0];
	kaz = node[1];
	rus = node[2];
	union_settle(all); /* the links are up: acknowledgements find their way */
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

/* cordonctl record put of one ban, with these words. */
static void put(const char *id, const char *number, const char *copies,
	const char *timeout, struct union_output *output)
{
	char *json = union_ban(id, "TESTOV", number);

	union_ctl(kaz, UNION_AGENCY, json, output, "record", "put", "-", "--copies",
		copies, "--timeout", timeout, NULL);
	free(json);
}

static void assert_status(const struct union_output *output, int status)
{
	if (output->status != status) {
		union_fail(all, "status %d, expected %d: %s%s", output->status, status,
			output->out, output->err);
	}
}

static void assert_says(const char *text, const char *words)
{
	if (strstr(text, words) == NULL) {
		union_fail(all, "\"%s\" was expected in: %s", words, text);
	}
}

/* What record show says, until it has these words. */
static void await_shown(const char *id, const char *words)
{
	struct union_waiting waiting = union_waiting(all, words);

	for (;;) {
		struct union_output output;
		bool found;

		union_ctl(kaz, UNION_AGENCY, NULL, &output, "record", "show", id, NULL);
		found = output.status == 0 && strstr(output.out, words) != NULL;
		union_output_finish(&output);
		if (found) {
			return;
		}
		union_pause(&waiting);
	}
}

static void what_all_have_is_on_their_disks(void **state)
{
	struct union_output output;

	(void)state;
	put("KAZ-1", "AA11111", "all", "60", &output);
	union_kill(rus);
	union_kill(blr);
	assert_status(&output, 0);
	assert_says(output.out, "1 created");
	assert_says(output.out, "(held by BLR, RUS)");
	union_output_finish(&output);
	/* nobody is there whom they could have it from */
	union_kill(kaz);
	union_start(rus);
	union_await_verdict(rus, "AA11111", CORDON_VERDICT_MATCH);
	union_kill(rus);
	union_start(blr);
	union_await_verdict(blr, "AA11111", CORDON_VERDICT_MATCH);
	union_start(kaz);
	union_start(rus);
	union_settle(all);
}

static void a_member_that_is_away_is_named_and_has_it_later(void **state)
{
	struct union_output output;
	json_t *json, *copies, *error;

	(void)state;
	union_signal(rus, SIGSTOP);
	put("KAZ-2", "AA22222", "2", "3", &output);
	assert_status(&output, 5);
	assert_says(output.out, "1 created");
	assert_says(output.out, "1 kept but short of copies");
	assert_says(output.err, "KAZ/entry_ban is held by BLR, not yet by RUS");
	assert_says(output.err, "RUS node-1: not yet (at sequence");
	union_output_finish(&output);
	await_shown("KAZ-2", "BLR node-1: arrived");
	await_shown("KAZ-2", "RUS node-1: not yet (at sequence");

	/* the same again is unchanged, and waits all the same */
	union_ctl(kaz, UNION_AGENCY, NULL, &output, "record", "withdraw", "KAZ-2",
		"--reason", "error", "--copies", "all", "--timeout", "3", "--json",
		NULL);
	assert_status(&output, 5);
	json = json_loads(output.out, 0, NULL);
	copies = json_object_get(json, "copies");
	error = json_object_get(copies, "error");
	assert_string_equal(
		json_string_value(json_object_get(json, "outcome")), "withdrawn");
	assert_false(json_is_true(json_object_get(copies, "reached")));
	assert_string_equal(
		json_string_value(json_object_get(error, "code")), "TIMEOUT");
	assert_int_equal(json_array_size(json_object_get(copies, "arrivals")), 2);
	json_decref(json);
	union_output_finish(&output);

	union_signal(rus, SIGCONT);
	await_shown("KAZ-2", "RUS node-1: arrived");
	union_ctl(kaz, UNION_AGENCY, NULL, &output, "record", "withdraw", "KAZ-2",
		"--reason", "error", "--copies", "all", "--timeout", "60", NULL);
	assert_status(&output, 0);
	union_output_finish(&output);
}

static void one_copy_needs_no_more_than_one_member(void **state)
{
	struct union_output output;

	(void)state;
	union_signal(rus, SIGSTOP);
	put("KAZ-3", "AA33333", "1", "60", &output);
	union_signal(rus, SIGCONT);
	assert_status(&output, 0);
	assert_says(output.out, "(held by BLR)");
	union_output_finish(&output);
}

static void more_members_than_there_are_are_refused_before_anything(void **state)
{
	struct union_output output;

	(void)state;
	put("KAZ-4", "AA44444", "3", "60", &output);
	assert_status(&output, 2);
	assert_says(output.err, "KAZ/entry_ban is shared with 2 (BLR, RUS)");
	assert_int_equal(union_verdict(kaz, "AA44444"), CORDON_VERDICT_CLEAR);
	union_output_finish(&output);
}

/* A proof for others: the acknowledgement, signed by the node's certificate. */
static void the_acknowledgement_itself_is_shown(void **state)
{
	struct union_output output;
	json_t *json, *arrival;

	(void)state;
	union_put(kaz, "KAZ-5", "AA55555");
	await_shown("KAZ-5", "RUS node-1: arrived");
	union_ctl(kaz, UNION_AGENCY, NULL, &output, "record", "show", "KAZ-5", "--json",
		NULL);
	json = json_loads(output.out, 0, NULL);
	assert_true(json_is_false(json_object_get(json, "not_understood")));
	arrival = json_array_get(json_object_get(json, "arrivals"), 1);
	assert_string_equal(
		json_string_value(json_object_get(arrival, "member")), "RUS");
	assert_true(json_string_length(json_object_get(arrival, "ack")) > 200);
	assert_true(json_is_null(json_object_get(arrival, "fault")));
	assert_true(json_integer_value(json_object_get(arrival, "epoch")) ==
		    json_integer_value(json_object_get(json, "epoch")));
	json_decref(json);
	union_output_finish(&output);
}

/* ---- a chain ----------------------------------------------------------------------
 */

/* KAZ - BLR - RUS: acknowledgements of RUS reach KAZ through BLR alone. */
static int set_up_chain(void **state)
{
	(void)state;
	all = union_create();
	blr = union_add(all, "BLR", "node-1");
	kaz = union_add(all, "KAZ", "node-1");
	rus = union_add(all, "RUS", "node-1");
	kaz->peers = "BLR/node-1";
	rus->peers = "BLR/node-1";
	union_start(blr);
	union_start(kaz);
	union_start(rus);
	union_settle(all);
	return 0;
}

static void copies_are_acknowledged_through_a_relay(void **state)
{
	struct union_output output;

	(void)state;
	put("KAZ-1", "AA11111", "all", "60", &output);
	assert_status(&output, 0);
	assert_says(output.out, "(held by BLR, RUS)");
	union_output_finish(&output);
}

/* The owner is away while RUS takes the record from the relay. */
static void an_acknowledgement_waits_at_the_relay_for_its_link(void **state)
{
	struct union_output output;

	(void)state;
	union_stop(rus);
	put("KAZ-2", "AA22222", "1", "60", &output);
	assert_status(&output, 0);
	union_output_finish(&output);
	union_stop(kaz);
	union_start(rus);
	union_await_verdict(rus, "AA22222", CORDON_VERDICT_MATCH);
	union_start(kaz);
	await_shown("KAZ-2", "RUS node-1: arrived");
}

/* ---- the stop ---------------------------------------------------------------------
 */

struct told {
	bool done;
	int error, copies_error;
};

static void on_results(
	void *data, int error, const char *text, struct cordon_results *results)
{
	struct told *told = data;

	(void)text;
	told->done = true;
	told->error = error;
	if (error == 0) {
		told->copies_error = results->copies_error;
		cordon_results_destroy(results);
	}
}

/* The stop is not held up, and the submitter hears what became of it. */
static void who_waits_is_answered_when_the_node_stops(void **state)
{
	char *json = union_ban("KAZ-6", "TESTOV", "AA66666");
	struct cordon_record *record = union_record(all, json);
	const struct cordon_item item = { .type = CORDON_ITEM_PUT, .record = record };
	const struct cordon_submission submission = { .items = &item,
		.count = 1,
		.copies = CORDON_COPIES_ALL,
		.copies_timeout_ms = 100000 };
	struct event_base *base = event_base_new();
	struct cordon_async *async = union_async(kaz, UNION_AGENCY, base);
	struct told told = { .done = false };
	struct union_waiting waiting = union_waiting(all, "the answer at the stop");

	(void)state;
	union_signal(rus, SIGSTOP);
	assert_int_equal(
		cordon_async_submit_with(async, &submission, on_results, &told, NULL),
		0);
	while (union_verdict(kaz, "AA66666") != CORDON_VERDICT_MATCH) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		union_pause(&waiting);
	}
	assert_false(told.done);
	union_signal(kaz, SIGTERM);
	while (!told.done) {
		event_base_loop(base, EVLOOP_ONCE);
	}
	assert_int_equal(told.error, 0);
	assert_int_equal(told.copies_error, CORDON_ESHUTDOWN);
	cordon_async_destroy(async);
	event_base_free(base);
	assert_int_equal(union_wait(kaz), 0);
	union_signal(rus, SIGCONT);
	union_start(kaz);
	union_await_verdict(rus, "AA66666", CORDON_VERDICT_MATCH);
	cordon_record_destroy(record);
	free(json);
}

int main(void)
{
	const struct CMUnitTest chain[] = {
		cmocka_unit_test(copies_are_acknowledged_through_a_relay),
		cmocka_unit_test(an_acknowledgement_waits_at_the_relay_for_its_link),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_all_have_is_on_their_disks),
		cmocka_unit_test(a_member_that_is_away_is_named_and_has_it_later),
		cmocka_unit_test(one_copy_needs_no_more_than_one_member),
		cmocka_unit_test(
			more_members_than_there_are_are_refused_before_anything),
		cmocka_unit_test(the_acknowledgement_itself_is_shown),
		cmocka_unit_test(who_waits_is_answered_when_the_node_stops),
	};

	return cmocka_run_group_tests(tests, setup, teardown) +
	       cmocka_run_group_tests(chain, set_up_chain, teardown);
}
