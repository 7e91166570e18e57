/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A member's second node takes over, the first one returns, both want to sign, and two
 * copies of one store have signed: what nobody else had is kept aside, and all end with
 * the same records.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/lib/agency.h"

#define NODES 4
#define ALONE 3 /* records that never leave the first node */
#define KILLS 6

static struct testunion *all;
static struct union_node *node[NODES];
static struct union_node *blr, *first, *second, *rus;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	node[0] = blr = union_add(all, "BLR", "node-1");
	node[1] = first = union_add(all, "KAZ", "node-1");
	node[2] = rus = union_add(all, "RUS", "node-1");
	node[3] = second = union_add(all, "KAZ", "node-2");
	second->standby = true;
	for (size_t i = 0; i < NODES; i++) {
		union_start(node[i]);
	}
	union_put(first, "KAZ-COMMON", "ACOMMON");
	union_settle(all);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

/* ---- commands -----------------------------------------------------------------------
 */

static void expect(struct union_node *at, int status, const char *text,
	const char *command, const char *option, const char *value)
{
	struct union_output output;

	union_ctl(
		at, UNION_ADMIN, NULL, &output, command, "--wait", option, value, NULL);
	if (output.status != status ||
		(text != NULL && strstr(output.err, text) == NULL)) {
		union_fail(all, "%s at %s: %d, %s%s", command, at->name, output.status,
			output.out, output.err);
	}
	union_output_finish(&output);
}

static void assert_not_signer(struct union_node *at, const char *remedy)
{
	char *json = union_ban("KAZ-NEVER", "TESTOV", "ANEVER1");
	char text[512];

	assert_int_equal(
		union_try_put(at, UNION_AGENCY, json, text), CORDON_ENOTSIGNER);
	if (strstr(text, remedy) == NULL) {
		union_fail(all, "%s", text);
	}
	free(json);
}

/* The ids that aside list tells, in order, a space behind each. */
static void assert_aside(struct union_node *at, const char *ids)
{
	struct union_output output;
	char told[512] = "";

	union_ctl(at, UNION_ADMIN, NULL, &output, "--json", "aside", "list", NULL);
	assert_int_equal(output.status, 0);
	for (char *rest = output.out, *line; (line = strtok_r(rest, "\n", &rest));) {
		json_t *json = json_loads(line, 0, NULL);

		strncat(told, json_string_value(json_object_get(json, "id")),
			sizeof(told) - strlen(told) - 2);
		strcat(told, " ");
		json_decref(json);
	}
	if (strcmp(told, ids) != 0) {
		union_fail(all, "put aside: %s, expected: %s", told, ids);
	}
	union_output_finish(&output);
}

static int count(void *data, const struct cordon_aside *change)
{
	uint64_t *aside = data;

	(void)change;
	++*aside;
	return 0;
}

static void drop_aside(struct union_node *at, const char *what, int status)
{
	struct union_output output;

	union_ctl(at, UNION_ADMIN, NULL, &output, "aside", "drop", what, NULL);
	assert_int_equal(output.status, status);
	union_output_finish(&output);
}

/* What is put aside is entered at the node that signs now. */
static void enter_again(struct union_node *from, struct union_node *at)
{
	struct union_output output, put;

	union_ctl(from, UNION_ADMIN, NULL, &output, "aside", "export", NULL);
	assert_int_equal(output.status, 0);
	union_ctl(at, UNION_AGENCY, output.out, &put, "record", "put", "-", NULL);
	assert_int_equal(put.status, 0);
	union_output_finish(&put);
	union_output_finish(&output);
}

static void assert_equal_exports(void)
{
	char one[65], other[65];

	union_settle(all);
	union_export_digest(node[0], "KAZ", one);
	for (size_t i = 1; i < NODES; i++) {
		union_export_digest(node[i], "KAZ", other);
		assert_string_equal(one, other);
	}
	for (size_t i = 0; i < NODES; i++) {
		union_verify(node[i]);
	}
}

static void freeze(bool yes)
{
	union_signal(blr, yes ? SIGSTOP : SIGCONT);
	union_signal(rus, yes ? SIGSTOP : SIGCONT);
	union_signal(second, yes ? SIGSTOP : SIGCONT);
}

/* ---- tests --------------------------------------------------------------------------
 */

static void a_standby_follows_and_waits_for_its_turn(void **state)
{
	(void)state;
	assert_int_equal(union_verdict(second, "ACOMMON"), CORDON_VERDICT_MATCH);
	assert_not_signer(second, "cordonctl promote");
	expect(second, 3, "another node of KAZ signs now", "promote", NULL, NULL);
	expect(first, 3, "signs the lists of KAZ already", "promote", NULL, NULL);
	union_stop(second);
	union_start(second);
	assert_not_signer(second, "cordonctl promote");
}

static void a_promoted_node_goes_on_and_the_old_one_follows(void **state)
{
	char id[32], number[16];

	(void)state;
	union_settle(all);
	freeze(true);
	union_put(first, "KAZ-LEFT", "ALEFT01"); /* answers the pulls that were held */
	for (unsigned i = 0; i < ALONE; i++) {
		snprintf(id, sizeof(id), "KAZ-ALONE-%u", i);
		snprintf(number, sizeof(number), "ALONE%u", i);
		union_put(first, id, number);
	}
	union_withdraw(first, "KAZ-ALONE-2");
	union_kill(first);
	freeze(false);

	expect(second, 0, NULL, "promote", NULL, NULL);
	union_put(second, "KAZ-SECOND", "ASECOND");
	union_await_verdict(rus, "ASECOND", CORDON_VERDICT_MATCH);

	first->waits = true;
	union_start(first);
	union_await_log(first, first->log_from, "another node has taken over");
	union_await_verdict(first, "ASECOND", CORDON_VERDICT_MATCH);
	assert_not_signer(first, "cordonctl aside list");
	assert_equal_exports();
	assert_int_equal(union_verdict(first, "ALEFT01"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(first, "ALONE0"), CORDON_VERDICT_CLEAR);
	assert_aside(first, "KAZ-ALONE-0 KAZ-ALONE-1 KAZ-ALONE-2 ");
	assert_aside(second, "");

	drop_aside(first, "KAZ-ALONE-2", 0);
	drop_aside(first, "KAZ-ALONE-2", 3);
	enter_again(first, second);
	drop_aside(first, "--all", 0);
	assert_aside(first, "");
	union_await_verdict(first, "ALONE1", CORDON_VERDICT_MATCH);
	assert_equal_exports();

	union_stop(first);
	union_start(first);
	assert_not_signer(first, "cordonctl aside list");
	union_stop(second); /* a standby that was promoted signs after a restart */
	union_start(second);
	union_await_log(second, second->log_from, "own lists are open");
}

static void of_two_that_sign_the_later_epoch_goes_on(void **state)
{
	size_t at = union_log_size(second);

	(void)state;
	expect(first, 3, "another node of KAZ signs now", "promote", NULL, NULL);
	expect(first, 0, NULL, "promote", "--force", "KAZ");
	union_await_log(second, at, "another node has taken over");
	union_put(first, "KAZ-BACK", "ABACK01");
	union_await_verdict(second, "ABACK01", CORDON_VERDICT_MATCH);
	assert_not_signer(second, "cordonctl aside list");
	assert_equal_exports();
	first->waits = false;
}

/* The old signer works on until it hears of the epoch: what it acknowledged is in the
 * list, or put aside at it. */
static void a_takeover_under_load_loses_nothing(void **state)
{
	struct agency agency;
	unsigned acknowledged, held = 0;
	uint64_t aside = 0;

	(void)state;
	assert_aside(first, "");
	agency_begin(&agency, first, "LD");
	union_until(all, "records come in", atomic_load(&agency.acknowledged) >= 200);
	expect(second, 0, NULL, "promote", "--force", "KAZ");
	agency_end(&agency);
	assert_not_signer(first, "cordonctl aside list");
	assert_equal_exports();
	acknowledged = atomic_load(&agency.acknowledged);
	for (unsigned i = 0; i < acknowledged; i++) {
		held += agency_holds(&agency, rus, i);
	}
	assert_int_equal(
		cordon_aside(union_client(first, UNION_ADMIN), NULL, count, &aside), 0);
	assert_int_equal(held + aside, acknowledged);
	enter_again(first, second);
	drop_aside(first, "--all", aside == 0 ? 3 : 0);
	assert_equal_exports();
	expect(first, 0, NULL, "promote", "--force", "KAZ");
	assert_equal_exports();
	second->waits = true;
}

struct killer {
	pthread_t thread;
	pid_t pid;
	long after_us;
};

static void *strike(void *context)
{
	struct killer *killer = context;
	struct timespec pause = { 0, killer->after_us * 1000 };

	nanosleep(&pause, NULL);
	kill(killer->pid, SIGKILL);
	return NULL;
}

/* Which of the two signs is left open; all of its lists have one epoch. */
static void a_takeover_that_is_cut_short_is_whole_or_none(void **state)
{
	static const char *const lists[] = { "KAZ/entry_ban", "KAZ/deportation",
		"KAZ/illegal_stay", "KAZ/invalid_document" };
	struct union_output output;

	(void)state;
	second->waits = true;
	for (unsigned i = 0; i < KILLS; i++) {
		struct killer killer = { .pid = second->pid,
			.after_us = 5000 + 5000L * i };
		uint64_t epoch;

		assert_int_equal(
			pthread_create(&killer.thread, NULL, strike, &killer), 0);
		union_ctl(second, UNION_ADMIN, NULL, &output, "--timeout", "2",
			"promote", "--force", "KAZ", NULL);
		union_output_finish(&output);
		assert_int_equal(pthread_join(killer.thread, NULL), 0);
		assert_int_equal(union_wait(second), 128 + SIGKILL);
		union_start(second);
		epoch = union_list(second, lists[0]).epoch;
		for (size_t k = 1; k < 4; k++) {
			assert_int_equal(union_list(second, lists[k]).epoch, epoch);
		}
	}
	expect(second, 0, NULL, "reopen", "--force", "KAZ");
	union_until(all, "the other one stops",
		union_list(first, lists[0]).epoch ==
			union_list(second, lists[0]).epoch);
	assert_not_signer(first, "cordonctl aside list");
	assert_equal_exports();
	expect(first, 0, NULL, "promote", "--force", "KAZ");
	assert_equal_exports();
}

/* Two copies of one store sign, one of them out of sight of its own peers. */
static void a_forked_history_is_reopened_on_one_side(void **state)
{
	(void)state;
	assert_aside(first, "");
	union_stop(first);
	union_save(first, "copy");
	union_start(first);
	union_put(first, "KAZ-ONE", "AONE001");
	assert_equal_exports();
	union_stop(first);
	union_save(first, "one");

	union_restore(first, "copy");
	first->peers = "";
	union_start(first);
	union_put(first, "KAZ-TWO", "ATWO001");
	union_until(all, "the fork is seen",
		strcmp(union_list(rus, "KAZ/entry_ban").state, "stopped") == 0 &&
			strcmp(union_list(blr, "KAZ/entry_ban").state, "stopped") == 0);
	union_stop(first);
	union_save(first, "two");

	union_restore(first, "one");
	first->peers = NULL;
	union_start(first);
	union_put(first, "KAZ-THREE", "ATHREE1");
	expect(first, 0, NULL, "reopen", "--force", "KAZ");
	union_await_verdict(rus, "ATHREE1", CORDON_VERDICT_MATCH);
	assert_equal_exports();
	assert_string_equal(union_list(blr, "KAZ/entry_ban").state, "following");
	assert_int_equal(union_verdict(blr, "ATWO001"), CORDON_VERDICT_CLEAR);

	/* the other side returns: what it alone has is not lost */
	union_stop(first);
	union_restore(first, "two");
	first->waits = true;
	union_start(first);
	union_await_verdict(first, "ATHREE1", CORDON_VERDICT_MATCH);
	assert_aside(first, "KAZ-TWO ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_standby_follows_and_waits_for_its_turn),
		cmocka_unit_test(a_promoted_node_goes_on_and_the_old_one_follows),
		cmocka_unit_test(of_two_that_sign_the_later_epoch_goes_on),
		cmocka_unit_test(a_takeover_under_load_loses_nothing),
		cmocka_unit_test(a_takeover_that_is_cut_short_is_whole_or_none),
		cmocka_unit_test(a_forked_history_is_reopened_on_one_side),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
