/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks that jump by hours and years, forwards and back (libfaketime): nodes go on
 * answering, nothing is destroyed or refused for it, and what certificates then look
 * like is said in words.  Says that it is skipped where libfaketime is not installed.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/union.h"

#define SKIPPED 77 /* to meson */
#define LIBRARY "/usr/lib/*/faketime/libfaketimeMT.so.1"

static char library[128];
static struct testunion *all;
static struct union_node *node[3];
static struct union_node *blr, *kaz, *rus;

/* The clock of one node. */
struct clock {
	struct union_node *node;
	char file[UNION_PATH_MAX];
	char variables[3][UNION_PATH_MAX + 32];
	const char *wrapper[8];
};

static struct clock clock_of_kaz, clock_of_rus;

/* "+2h", "-5y", "+0"; a running node sees it at once. */
static void set_clock(struct clock *clock, const char *offset)
{
	char next[UNION_PATH_MAX + 8];
	FILE *file;

	snprintf(next, sizeof(next), "%s.next", clock->file);
	file = fopen(next, "w");
	assert_non_null(file);
	fprintf(file, "%s\n", offset);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(next, clock->file), 0);
}

static void give_clock(struct clock *clock, struct union_node *at)
{
	size_t n = 0;

	clock->node = at;
	snprintf(clock->file, sizeof(clock->file), "%s/clock", at->dir);
	set_clock(clock, "+0");
	snprintf(clock->variables[0], sizeof(clock->variables[0]), "LD_PRELOAD=%s",
		library);
	snprintf(clock->variables[1], sizeof(clock->variables[1]),
		"FAKETIME_TIMESTAMP_FILE=%s", clock->file);
	clock->wrapper[n++] = "env";
	clock->wrapper[n++] = clock->variables[0];
	clock->wrapper[n++] = clock->variables[1];
	clock->wrapper[n++] = "FAKETIME_NO_CACHE=1";
	clock->wrapper[n++] = "FAKETIME_DONT_FAKE_MONOTONIC=1";
	clock->wrapper[n++] = "NO_FAKE_STAT=1";
	clock->wrapper[n] = NULL;
	at->wrapper = clock->wrapper;
	at->extra = "upkeep_interval = 100ms\n";
}

static int setup(void **state)
{
	static const char *const members[] = { "BLR", "KAZ", "RUS" };

	(void)state;
	all = union_create();
	for (size_t i = 0; i < 3; i++) {
		node[i] = union_add(all, members[i], "node-1");
	}
	blr = node[0];
	kaz = node[1];
	rus = node[2];
	give_clock(&clock_of_kaz, kaz);
	give_clock(&clock_of_rus, rus);
	for (size_t i = 0; i < 3; i++) {
		union_launch(node[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		union_await(node[i]);
	}
	union_put(kaz, "KAZ-1", "KK11111");
	union_put(rus, "RUS-1", "RR11111");
	union_put(blr, "BLR-1", "BB11111");
	union_settle(all);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

static void assert_all_as_before(void)
{
	static const char *const numbers[] = { "KK11111", "RR11111", "BB11111" };
	char first[65], other[65];

	union_settle(all);
	union_export_digest(node[0], NULL, first);
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 3; k++) {
			assert_int_equal(union_verdict(node[i], numbers[k]),
				CORDON_VERDICT_MATCH);
		}
		union_export_digest(node[i], NULL, other);
		assert_string_equal(first, other);
		union_verify(node[i]);
	}
}

static void put_and_find(struct union_node *at, struct union_node *found_at, unsigned n)
{
	char id[24], number[16];

	snprintf(id, sizeof(id), "%s-CLOCK-%u", at->member, n);
	snprintf(number, sizeof(number), "%c%c%05u", at->member[0], 'C', n);
	union_put(at, id, number);
	union_await_verdict(found_at, number, CORDON_VERDICT_MATCH);
}

static void hours_ahead_and_back_again_hold_nothing_up(void **state)
{
	static const char *const offsets[] = { "+3h", "-3h", "+0" };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		set_clock(&clock_of_rus, offsets[i]);
		/* what it owns arrives although its time went back */
		put_and_find(rus, kaz, i);
		put_and_find(kaz, rus, i);
	}
	assert_all_as_before();
}

/* All that it holds has ended by that clock. */
static void ten_years_ahead_destroy_nothing(void **state)
{
	size_t log;

	(void)state;
	log = union_log_size(rus);
	/* connected before its certificate has ended by that clock */
	assert_int_equal(union_verdict(rus, "KK11111"), CORDON_VERDICT_MATCH);
	set_clock(&clock_of_rus, "+10y");
	union_until(all, "by its clock they have ended",
		union_verdict(rus, "KK11111") == CORDON_VERDICT_CLEAR);
	/* the others go on, meanwhile upkeep has many a chance to do harm */
	for (unsigned i = 0; i < 20; i++) {
		put_and_find(blr, kaz, i);
	}
	set_clock(&clock_of_rus, "+0");
	union_await_verdict(rus, "BC00019", CORDON_VERDICT_MATCH);
	assert_all_as_before();
	assert_int_equal(union_list(kaz, "RUS/entry_ban").live, 1);
	assert_false(union_log_has(rus, log, "is not asked for it"));
}

static void years_ahead_at_the_start_are_said_and_heal(void **state)
{
	size_t log;

	(void)state;
	union_stop(rus);
	set_clock(&clock_of_rus, "+30y");
	log = union_log_size(rus);
	union_launch(rus);
	union_await_log(rus, log, "expired");
	if (union_log_has(rus, log, "listening")) {
		union_kill(rus);
	} else {
		assert_int_equal(union_wait(rus), 1);
	}
	set_clock(&clock_of_rus, "+0");
	union_start(rus);
	put_and_find(rus, kaz, 1);
	assert_all_as_before();
}

static void years_back_at_the_start_are_said_and_heal(void **state)
{
	size_t log;

	(void)state;
	union_stop(kaz);
	set_clock(&clock_of_kaz, "-20y");
	log = union_log_size(kaz);
	union_launch(kaz);
	union_await_log(kaz, log, "not valid before");
	if (union_log_has(kaz, log, "listening")) {
		union_kill(kaz);
	} else {
		assert_int_equal(union_wait(kaz), 1);
	}
	set_clock(&clock_of_kaz, "+0");
	union_start(kaz);
	put_and_find(kaz, rus, 1);
	assert_all_as_before();
}

/* An owner that signed in the future comes back: it is still believed. */
static void an_owner_that_was_years_ahead_is_followed_again(void **state)
{
	(void)state;
	set_clock(&clock_of_kaz, "+2y");
	put_and_find(kaz, blr, 1);
	set_clock(&clock_of_kaz, "+0");
	put_and_find(kaz, blr, 2);
	put_and_find(kaz, rus, 3);
	union_withdraw(kaz, "KAZ-CLOCK-2");
	union_await_verdict(rus, "KC00002", CORDON_VERDICT_CLEAR);
	assert_all_as_before();
}

static void find_library(void)
{
	glob_t found;

	if (glob(LIBRARY, 0, NULL, &found) == 0) {
		snprintf(library, sizeof(library), "%s", found.gl_pathv[0]);
		globfree(&found);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hours_ahead_and_back_again_hold_nothing_up),
		TEST(ten_years_ahead_destroy_nothing),
		TEST(years_ahead_at_the_start_are_said_and_heal),
		TEST(years_back_at_the_start_are_said_and_heal),
		TEST(an_owner_that_was_years_ahead_is_followed_again),
	};

	find_library();
	if (library[0] == '\0') {
		print_message("SKIPPED: no " LIBRARY ": install libfaketime\n");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
