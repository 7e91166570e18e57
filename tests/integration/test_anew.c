/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gravest mistake of an administrator: the disk of a member's only node is gone,
 * and the node is started with an empty one while no peer can be reached.  It begins
 * its lists anew.  The others keep what they have, the owner learns of it, and takes it
 * back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/lib/union.h"

#define RECORDS 200

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
	for (size_t i = 0; i < 3; i++) {
		node[i]->metrics = union_free_port(all);
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

static void assert_answers_as_before(struct union_node *at, uint64_t epoch)
{
	struct union_list list = union_list(at, "KAZ/entry_ban");

	assert_int_equal(list.epoch, epoch);
	assert_int_equal(list.live, RECORDS + 1);
	assert_int_equal(list.verified, 1);
	assert_int_equal(union_verdict(at, "AA00000"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(at, "AA00199"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(at, "ANEWONE"), CORDON_VERDICT_CLEAR);
}

static void ask(struct union_node *at, const char *text, const char *command,
	const char *option)
{
	struct union_output output;

	union_ctl(at, UNION_ADMIN, NULL, &output, command, option, NULL);
	if (output.status != 0 || strstr(output.out, text) == NULL) {
		union_fail(all, "%s %s: %d, %s, %s", command, option, output.status,
			output.out, output.err);
	}
	union_output_finish(&output);
}

/* KAZ alone, with an empty disk, opens its lists after its grace. */
static void lose_the_disk_alone(void)
{
	uint64_t epoch = union_list(kaz, "KAZ/entry_ban").epoch;

	union_stop(blr);
	union_stop(rus);
	union_kill(kaz);
	union_erase(kaz);
	/* two epochs of one second would be a fork */
	union_until(all, "the clock goes on", (uint64_t)time(NULL) > epoch);
	union_start(kaz);
}

static void peers_keep_what_an_owner_has_lost(void **state)
{
	char text[512], *json = union_ban("KAZ-LATER", "TESTOV", "ALATER1");
	uint64_t epoch;

	(void)state;
	union_put(kaz, "KAZ-FIRST", "AFIRST1");
	union_put_many(kaz, "A", RECORDS, 'A');
	union_settle(all);
	epoch = union_list(rus, "KAZ/entry_ban").epoch;
	lose_the_disk_alone();
	union_put(kaz, "KAZ-NEWONE", "ANEWONE");
	kaz->waits = true;
	union_start(blr);
	union_start(rus);
	assert_answers_as_before(blr, epoch);
	assert_answers_as_before(rus, epoch);
	union_await_log(kaz, kaz->log_from, "run \"cordonctl recover\" here");
	assert_int_equal(
		union_try_put(kaz, UNION_AGENCY, json, text), CORDON_ENOTSIGNER);
	assert_non_null(strstr(text, "cordonctl recover"));
	free(json);
	/* a restart changes nothing */
	union_stop(rus);
	union_start(rus);
	assert_answers_as_before(rus, epoch);
	assert_answers_as_before(blr, epoch);
}

static void recover_takes_it_back_and_puts_the_rest_aside(void **state)
{
	char mine[65], theirs[65];

	(void)state;
	ask(kaz, "", "recover", "--wait");
	kaz->waits = false;
	union_settle(all);
	for (size_t i = 0; i < 3; i++) {
		struct union_list list = union_list(node[i], "KAZ/entry_ban");

		assert_int_equal(list.live, RECORDS + 1);
		assert_int_equal(list.verified, 1);
		assert_int_equal(
			union_verdict(node[i], "AA00199"), CORDON_VERDICT_MATCH);
		assert_int_equal(
			union_verdict(node[i], "ANEWONE"), CORDON_VERDICT_CLEAR);
		union_verify(node[i]);
	}
	ask(kaz, "KAZ-NEWONE", "aside", "list");
	union_export_digest(kaz, "KAZ", mine);
	union_export_digest(rus, "KAZ", theirs);
	assert_string_equal(mine, theirs);
	/* it signs again, and after a restart */
	union_put(kaz, "KAZ-AFTER", "AAFTER1");
	union_await_verdict(rus, "AAFTER1", CORDON_VERDICT_MATCH);
	union_stop(kaz);
	union_start(kaz);
	union_put(kaz, "KAZ-NEWONE", "ANEWONE"); /* entered again */
	union_await_verdict(blr, "ANEWONE", CORDON_VERDICT_MATCH);
}

/* One that held nothing has followed the list that was begun anew. */
static void who_followed_the_wrong_epoch_comes_back(void **state)
{
	(void)state;
	union_settle(all);
	lose_the_disk_alone();
	union_put(kaz, "KAZ-AGAIN", "AAGAIN1");
	union_erase(blr);
	union_start(blr);
	union_await_verdict(blr, "AAGAIN1", CORDON_VERDICT_MATCH);
	kaz->waits = true;
	union_start(rus);
	union_await_log(rus, rus->log_from,
		"KAZ/entry_ban: what cordon://BLR/node/node-1 holds is not followed");
	assert_in_range(union_metric(rus, "strange_epochs_total"), 1, UNION_KINDS);
	union_await_log(kaz, kaz->log_from, "run \"cordonctl recover\" here");
	assert_int_equal(union_verdict(rus, "AA00199"), CORDON_VERDICT_MATCH);
	ask(kaz, "", "recover", "--wait");
	kaz->waits = false;
	union_settle(all);
	for (size_t i = 0; i < 3; i++) {
		union_await_verdict(node[i], "AA00199", CORDON_VERDICT_MATCH);
		union_await_verdict(node[i], "AAGAIN1", CORDON_VERDICT_CLEAR);
		union_verify(node[i]);
	}
	ask(kaz, "KAZ-AGAIN", "aside", "list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peers_keep_what_an_owner_has_lost),
		cmocka_unit_test(recover_takes_it_back_and_puts_the_rest_aside),
		cmocka_unit_test(who_followed_the_wrong_epoch_comes_back),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
