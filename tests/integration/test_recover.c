/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A member loses the disk of its only node while records come in, and takes its lists
 * back from the others: everything that reached one of them is there again, the rest
 * was acknowledged as being on the lost disk only.
 */
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

#define SHARED 300 /* acknowledged before the peers stop */
#define ALONE 40   /* and after */

static struct testunion *all;
static struct union_node *node[3];
static struct union_node *blr, *kaz, *rus;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	node[0] = blr = union_add(all, "BLR", "node-1");
	node[1] = kaz = union_add(all, "KAZ", "node-1");
	node[2] = rus = union_add(all, "RUS", "node-1");
	kaz->share_with[2] = ""; /* illegal_stay */
	for (size_t i = 0; i < 3; i++) {
		union_start(node[i]);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

/* ---- what is there ------------------------------------------------------------------
 */

/* How many of the first count are there; fails unless they are the first ones. */
static unsigned first_held(
	const struct agency *agency, struct union_node *at, unsigned count)
{
	unsigned held = 0;

	while (held < count && agency_holds(agency, at, held)) {
		held++;
	}
	for (unsigned i = held; i < count; i++) {
		if (agency_holds(agency, at, i)) {
			union_fail(all, "%u is there, and %u is not", i, held);
		}
	}
	return held;
}

static void assert_equal_exports(const char *owner)
{
	char first[65], other[65];

	union_export_digest(node[0], owner, first);
	for (size_t i = 1; i < 3; i++) {
		union_export_digest(node[i], owner, other);
		assert_string_equal(first, other);
	}
}

/* ---- commands -----------------------------------------------------------------------
 */

static void assert_refused(struct union_node *at, const char *remedy,
	const char *command, const char *option, const char *value)
{
	struct union_output output;

	union_ctl(at, UNION_ADMIN, NULL, &output, command, option, value, NULL);
	if (output.status != 3 || strstr(output.err, remedy) == NULL) {
		union_fail(all, "%s: %d, %s", command, output.status, output.err);
	}
	union_output_finish(&output);
}

static json_t *assert_done(struct union_node *at, const char *command,
	const char *option, const char *value)
{
	struct union_output output;
	json_t *json;

	union_ctl(at, UNION_ADMIN, NULL, &output, "--json", command, "--wait", option,
		value, NULL);
	if (output.status != 0) {
		union_fail(all, "%s: %d, %s", command, output.status, output.err);
	}
	json = json_loads(output.out, 0, NULL);
	assert_non_null(json);
	assert_true(json_is_true(json_object_get(json, "done")));
	union_output_finish(&output);
	return json;
}

/* What is shared with nobody is lost, and said to be. */
static void assert_only_created(const json_t *answer, const char *name)
{
	const json_t *lists = json_object_get(answer, "lists");

	assert_int_equal(json_array_size(lists), UNION_KINDS);
	for (size_t i = 0; i < UNION_KINDS; i++) {
		const json_t *list = json_array_get(lists, i);
		bool is = strcmp(json_string_value(json_object_get(list, "list")),
				  name) == 0;

		assert_int_equal(json_is_true(json_object_get(list, "created")), is);
	}
}

/* ---- tests --------------------------------------------------------------------------
 */

static void lose_under_load(struct agency *agency)
{
	unsigned seen;

	agency_begin(agency, kaz, "AL");
	union_until(
		all, "records come in", atomic_load(&agency->acknowledged) >= SHARED);
	seen = atomic_load(&agency->acknowledged);
	union_until(all, "they arrive",
		agency_holds(agency, rus, seen - 1) &&
			agency_holds(agency, blr, seen - 1));
	union_signal(rus, SIGSTOP);
	union_signal(blr, SIGSTOP);
	seen = atomic_load(&agency->acknowledged);
	union_until(all, "some are on one disk only",
		atomic_load(&agency->acknowledged) >= seen + ALONE);
	union_kill(kaz);
	agency_end(agency);
	union_erase(kaz);
	union_signal(rus, SIGCONT);
	union_signal(blr, SIGCONT);
}

static void a_lost_disk_is_taken_back_from_the_peers(void **state)
{
	struct agency agency;
	struct union_list list;
	unsigned acknowledged, held;
	char text[512], *json;
	json_t *answer;

	(void)state;
	union_put(kaz, "KAZ-GONE", "AGONE01");
	union_settle(all);
	union_withdraw(kaz, "KAZ-GONE");
	lose_under_load(&agency);
	acknowledged = atomic_load(&agency.acknowledged);

	kaz->waits = true;
	union_start(kaz);
	union_await_log(kaz, kaz->log_from, "cordonctl recover");
	json = union_ban("KAZ-NEW", "TESTOV", "ANEW001");
	assert_int_equal(
		union_try_put(kaz, UNION_AGENCY, json, text), CORDON_ENOTSIGNER);
	assert_non_null(strstr(text, "cordonctl recover"));

	answer = assert_done(kaz, "recover", NULL, NULL);
	assert_only_created(answer, "KAZ/illegal_stay");
	json_decref(answer);
	kaz->waits = false;
	assert_int_equal(union_try_put(kaz, UNION_AGENCY, json, text), 0);
	free(json);
	union_await_verdict(rus, "ANEW001", CORDON_VERDICT_MATCH);
	union_settle(all);

	held = first_held(&agency, kaz, acknowledged);
	assert_in_range(held, SHARED, acknowledged - 1);
	assert_int_equal(first_held(&agency, rus, acknowledged), held);
	assert_int_equal(first_held(&agency, blr, acknowledged), held);
	assert_equal_exports("KAZ");
	list = union_list(kaz, "KAZ/entry_ban");
	assert_string_equal(list.state, "own");
	assert_int_equal(list.live, held + 1);
	assert_int_equal(union_list(rus, "KAZ/entry_ban").epoch, list.epoch);
	for (size_t i = 0; i < 3; i++) {
		union_verify(node[i]);
	}
	/* and after a restart it signs by itself */
	union_stop(kaz);
	union_start(kaz);
	union_put(kaz, "KAZ-LATER", "ALATER1");
	union_await_verdict(blr, "ALATER1", CORDON_VERDICT_MATCH);
}

static void without_a_member_it_goes_on_by_force_only(void **state)
{
	json_t *answer;

	(void)state;
	union_settle(all);
	union_stop(blr);
	union_kill(kaz);
	union_erase(kaz);
	kaz->waits = true;
	union_start(kaz);
	union_await_log(kaz, kaz->log_from, "cordonctl recover");
	assert_refused(kaz, "--force BLR", "recover", NULL, NULL);
	assert_refused(kaz, "--force BLR", "recover", "--force", "RUS");
	answer = assert_done(kaz, "recover", "--force", "BLR");
	json_decref(answer);
	kaz->waits = false;
	assert_refused(kaz, "signs the lists of KAZ already", "recover", NULL, NULL);
	union_put(kaz, "KAZ-FORCED", "AFORCED");
	union_start(blr);
	union_await_verdict(blr, "AFORCED", CORDON_VERDICT_MATCH);
	union_settle(all);
	assert_equal_exports("KAZ");
}

static void a_restored_backup_is_behind_and_recovers(void **state)
{
	json_t *answer;

	(void)state;
	union_settle(all);
	union_stop(kaz);
	union_save(kaz, "backup");
	union_start(kaz);
	union_put_many(kaz, "B", 50, 'B');
	union_settle(all);
	union_kill(kaz);
	union_restore(kaz, "backup");
	kaz->waits = true;
	union_start(kaz);
	union_await_log(kaz, kaz->log_from, "cordonctl recover");
	answer = assert_done(kaz, "recover", NULL, NULL);
	json_decref(answer);
	kaz->waits = false;
	union_put(kaz, "KAZ-RESTORED", "ARESTOR");
	union_await_verdict(rus, "ARESTOR", CORDON_VERDICT_MATCH);
	union_settle(all);
	assert_equal_exports("KAZ");
	assert_int_equal(union_verdict(kaz, "AB00049"), CORDON_VERDICT_MATCH);
}

static void assert_aside(struct union_node *at, const char *id)
{
	struct union_output output;

	union_ctl(at, UNION_ADMIN, NULL, &output, "--json", "aside", "list", NULL);
	if (output.status != 0 || strstr(output.out, id) == NULL) {
		union_fail(all, "%s is not put aside: %d, %s", id, output.status,
			output.out);
	}
	union_output_finish(&output);
}

/* Nobody is there to tell KAZ what it had, and it begins anew.  RUS, as empty, follows;
 * BLR does not, and tells. */
static void a_list_that_was_begun_anew_is_not_followed_by_who_holds_it(void **state)
{
	uint64_t epoch;
	json_t *answer;

	(void)state;
	union_put(kaz, "KAZ-HELD", "AHELD01");
	union_settle(all);
	epoch = union_list(blr, "KAZ/entry_ban").epoch;
	union_stop(blr);
	union_stop(rus);
	union_kill(kaz);
	union_erase(kaz);
	union_erase(rus);
	/* two epochs of one second would be a fork */
	union_until(all, "the clock goes on", (uint64_t)time(NULL) > epoch);
	union_start(kaz);
	union_start(rus);
	union_put(kaz, "KAZ-ANEW", "AANEW01");
	union_await_verdict(rus, "AANEW01", CORDON_VERDICT_MATCH);

	kaz->waits = true;
	union_start(blr);
	union_await_log(blr, blr->log_from, "is not followed");
	union_await_log(kaz, kaz->log_from, "cordonctl recover");
	assert_int_equal(union_verdict(blr, "AHELD01"), CORDON_VERDICT_MATCH);
	answer = assert_done(kaz, "recover", NULL, NULL);
	json_decref(answer);
	kaz->waits = false;
	assert_aside(kaz, "KAZ-ANEW");
	union_put(kaz, "KAZ-AFTER", "AAFTER1");
	for (size_t i = 0; i < 3; i++) {
		union_await_verdict(node[i], "AAFTER1", CORDON_VERDICT_MATCH);
		assert_int_equal(
			union_verdict(node[i], "AHELD01"), CORDON_VERDICT_MATCH);
	}
	union_settle(all);
	assert_equal_exports("KAZ");
	union_verify(kaz);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lost_disk_is_taken_back_from_the_peers),
		cmocka_unit_test(without_a_member_it_goes_on_by_force_only),
		cmocka_unit_test(a_restored_backup_is_behind_and_recovers),
		cmocka_unit_test(
			a_list_that_was_begun_anew_is_not_followed_by_who_holds_it),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
