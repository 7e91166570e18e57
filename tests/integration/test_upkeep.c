/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time does to lists, at real nodes: records end, content is erased, tombstones
 * go; withdrawals that are too many wait; the store is written anew.
 */
#include <glob.h>
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

#define LIBRARY "/usr/lib/*/faketime/libfaketimeMT.so.1"
#define SOON "upkeep_interval = 100ms\n"
#define NEVER "upkeep_interval = 1d\n"
#define SURNAME "ZHELTOKSANOVSKY"

static char library[160]; /* LD_PRELOAD=… */
static struct testunion *all;
static struct union_node *blr, *kaz, *rus;

/* Each node with its own lines of configuration; runs. */
static void start(const char *at_kaz, const char *at_others)
{
	kaz->extra = at_kaz;
	blr->extra = at_others;
	rus->extra = at_others;
	kaz->metrics = union_free_port(all);
	union_start(kaz);
	rus->metrics = union_free_port(all);
	union_start(rus);
	blr->metrics = union_free_port(all);
	union_start(blr);
}

static int setup(void **state)
{
	(void)state;
	all = union_create();
	blr = union_add(all, "BLR", "node-1");
	kaz = union_add(all, "KAZ", "node-1");
	rus = union_add(all, "RUS", "node-1");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	all = NULL;
	return 0;
}

/* ---- records --------------------------------------------------------------------- */

static void date_before(int days, char out[16])
{
	time_t at = time(NULL) - (time_t)days * 86400;
	struct tm tm;

	assert_non_null(gmtime_r(&at, &tm));
	assert_true(strftime(out, 16, "%Y-%m-%d", &tm) > 0);
}

/* A ban that ended so many days ago, as an old list would bring it. */
static void put_ended(const char *id, int days)
{
	char until[16], json[512], text[512];

	date_before(days, until);
	snprintf(json, sizeof(json),
		"{\"id\":\"%s\",\"kind\":\"entry_ban\",\"reason\":\"overstay\","
		"\"valid_from\":\"2020-01-01\",\"valid_until\":\"%s\",\"actions\":"
		"[\"refuse_entry\"],\"person\":{\"names\":[{\"type\":\"primary\","
		"\"surname\":\"" SURNAME "\",\"given\":\"AIZADA\"}],\"born\":"
		"\"1990-01-01\",\"documents\":[{\"type\":\"P\",\"number\":"
		"\"EE11111\",\"issuer\":\"UZB\"}]}}",
		id, until);
	if (union_try_put(kaz, UNION_AGENCY, json, text) != 0) {
		union_fail(all, "%s: %s", id, text);
	}
}

static struct cordon_record_entry *show(struct union_node *node, const char *id)
{
	struct cordon_record_entry *entry = NULL;
	int error = cordon_record_show(union_client(node, UNION_AGENCY), id, &entry);

	return error == 0 ? entry : NULL;
}

static bool is(struct union_node *node, const char *id, enum cordon_record_state state)
{
	struct cordon_record_entry *entry = show(node, id);
	bool yes = entry != NULL && entry->state == state;

	cordon_record_entry_destroy(entry);
	return yes;
}

static uint64_t floor_of(struct union_node *node)
{
	struct cordon_status *status;
	uint64_t floor = 0;

	if (cordon_status(union_client(node, UNION_ADMIN), &status) != 0) {
		return 0;
	}
	for (size_t i = 0; i < status->lists_count; i++) {
		if (strcmp(status->lists[i].list, "KAZ/entry_ban") == 0) {
			floor = status->lists[i].floor;
		}
	}
	cordon_status_destroy(status);
	return floor;
}

static void assert_equal_everywhere(void)
{
	struct union_node *nodes[] = { blr, kaz, rus };
	char first[65], other[65];

	union_settle(all);
	union_export_digest(kaz, NULL, first);
	for (size_t i = 0; i < 3; i++) {
		union_verify(nodes[i]);
		union_export_digest(nodes[i], NULL, other);
		assert_string_equal(first, other);
	}
}

/* ---- what ends ------------------------------------------------------------------- */

static void what_ended_is_withdrawn_everywhere(void **state)
{
	struct cordon_record_entry *entry;

	(void)state;
	/* its tombstone stays, to be looked at */
	rus->peers = "BLR/node-1";
	start(SOON, NEVER);
	union_put(kaz, "KAZ-1", "AA11111");
	union_stop(rus);
	put_ended("KAZ-E", 1);
	union_until(all, "its withdrawal", is(blr, "KAZ-E", CORDON_RECORD_WITHDRAWN));
	entry = show(blr, "KAZ-E");
	assert_non_null(entry);
	assert_int_equal(entry->withdrawal, CORDON_WITHDRAWAL_EXPIRED);
	cordon_record_entry_destroy(entry);
	assert_int_equal(union_metric(kaz, "ended_total"), 1);
	assert_int_equal(union_verdict(blr, "AA11111"), CORDON_VERDICT_MATCH);
	/* once the last has it, too, the tombstone goes */
	union_start(rus);
	union_until(all, "the floor", floor_of(rus) > 0 && floor_of(blr) > 0);
	assert_null(show(rus, "KAZ-E"));
	assert_int_equal(union_list(kaz, "KAZ/entry_ban").live, 1);
	assert_equal_everywhere();
}

static void date_after(int days, char out[16])
{
	date_before(-days, out);
}

static void put_reviewed(const char *id, int days)
{
	char by[16], until[16], json[512], text[512];

	date_after(days, by);
	date_after(400, until);
	snprintf(json, sizeof(json),
		"{\"id\":\"%s\",\"kind\":\"entry_ban\",\"reason\":\"overstay\","
		"\"valid_from\":\"2026-01-01\",\"valid_until\":\"%s\",\"review_by\":"
		"\"%s\",\"actions\":[\"refuse_entry\"],\"person\":{\"names\":[{"
		"\"type\":\"primary\",\"surname\":\"TESTOV\",\"given\":\"MARK\"}],"
		"\"born\":\"1990-01-01\"}}",
		id, until, by);
	if (union_try_put(kaz, UNION_AGENCY, json, text) != 0) {
		union_fail(all, "%s: %s", id, text);
	}
}

/* All of them, three days on (libfaketime). */
static bool three_days_pass(void)
{
	static const char *const wrapper[] = { "env", library, "FAKETIME=+3d",
		"FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1", NULL };
	struct union_node *nodes[] = { blr, kaz, rus };
	glob_t found;
	bool there = glob(LIBRARY, 0, NULL, &found) == 0;

	if (there) {
		snprintf(library, sizeof(library), "LD_PRELOAD=%s", found.gl_pathv[0]);
		globfree(&found);
	}
	for (size_t i = 0; there && i < 3; i++) {
		union_stop(nodes[i]);
	}
	for (size_t i = 0; there && i < 3; i++) {
		nodes[i]->wrapper = wrapper;
		union_start(nodes[i]);
	}
	return there;
}

static void what_nobody_confirmed_is_withdrawn(void **state)
{
	struct cordon_record_entry *entry;

	(void)state;
	start(SOON "compact_interval = 2d\n", NEVER);
	put_reviewed("KAZ-1", 1);
	put_reviewed("KAZ-2", 30);
	put_reviewed("KAZ-3", 200);
	union_settle(all);
	union_until(all, "the count", union_metric(kaz, "reviews_due") == 2);
	if (!three_days_pass()) {
		print_message("SKIPPED: no " LIBRARY ": install libfaketime\n");
		skip();
	}
	union_until(all, "the lapse", union_metric(kaz, "lapsed_total") == 1);
	union_until(all, "its arrival", union_list(rus, "KAZ/entry_ban").live == 2);
	entry = show(kaz, "KAZ-1");
	if (entry != NULL) { /* the tombstone goes when all have it */
		assert_int_equal(entry->withdrawal, CORDON_WITHDRAWAL_REVIEW_LAPSED);
	}
	cordon_record_entry_destroy(entry);
	union_until(all, "the count", union_metric(kaz, "reviews_due") == 1);
	assert_true(is(rus, "KAZ-2", CORDON_RECORD_LIVE));
	assert_true(is(rus, "KAZ-3", CORDON_RECORD_LIVE));
	/* and a compaction was due */
	union_await_log(kaz, 0, "the store was written anew");
	union_verify(kaz);
}

/* ---- who was away for longer than the tombstones --------------------------------- */

static void who_was_away_loses_nothing_and_brings_nothing_back(void **state)
{
	(void)state;
	start(SOON "tombstone_days = 0d\n", SOON);
	union_put(kaz, "KAZ-1", "AA11111");
	union_put(kaz, "KAZ-2", "AA22222");
	union_settle(all);
	union_kill(rus);
	union_withdraw(kaz, "KAZ-1");
	union_put(kaz, "KAZ-3", "AA33333");
	union_until(all, "the floor", floor_of(kaz) > 0 && floor_of(blr) > 0);
	assert_null(show(blr, "KAZ-1"));
	union_start(rus);
	union_await_verdict(rus, "AA33333", CORDON_VERDICT_MATCH);
	union_await_verdict(rus, "AA11111", CORDON_VERDICT_CLEAR);
	assert_int_equal(union_verdict(rus, "AA22222"), CORDON_VERDICT_MATCH);
	assert_equal_everywhere();
	assert_null(show(rus, "KAZ-1"));
	assert_null(show(kaz, "KAZ-1"));
}

/* ---- what is erased without its owner -------------------------------------------- */

static void content_is_erased_after_days_though_its_owner_does_nothing(void **state)
{
	struct union_output output;

	(void)state;
	/* what ended 10 days ago comes as if it had been there */
	start(NEVER, NEVER);
	union_put(kaz, "KAZ-1", "AA11111");
	put_ended("KAZ-2", 2);
	union_settle(all);
	assert_true(is(rus, "KAZ-2", CORDON_RECORD_LIVE)); /* not yet */
	assert_true(union_data_has(rus, SURNAME));
	put_ended("KAZ-2", 10);
	union_settle(all);
	union_stop(rus);
	rus->extra = SOON;
	union_start(rus);
	union_until(all, "its erasure", is(rus, "KAZ-2", CORDON_RECORD_ERASED));
	union_settle(all);
	union_verify(rus);
	assert_int_equal(union_list(rus, "KAZ/entry_ban").live, 2);
	union_ctl(rus, UNION_ADMIN, NULL, &output, "compact", NULL);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
	assert_false(union_data_has(rus, SURNAME));
	assert_int_equal(union_verdict(rus, "AA11111"), CORDON_VERDICT_MATCH);
	/* who loads it anew from one that has erased it takes the hash for it */
	union_stop(blr);
	union_erase(blr);
	union_stop(kaz);
	blr->peers = "RUS/node-1";
	blr->waits = true; /* for its own lists: it was lost */
	union_start(blr);
	union_await_verdict(blr, "AA11111", CORDON_VERDICT_MATCH);
	assert_int_equal(union_list(blr, "KAZ/entry_ban").live, 2);
	assert_true(is(blr, "KAZ-2", CORDON_RECORD_ERASED));
	union_verify(blr);
}

/* ---- the brake ------------------------------------------------------------------- */

static void withdraw_at_once(unsigned from, unsigned count, unsigned *held)
{
	struct cordon_item *items = calloc(count, sizeof(*items));
	char(*ids)[32] = calloc(count, sizeof(*ids));
	struct cordon_results *results;

	assert_non_null(items);
	assert_non_null(ids);
	for (unsigned i = 0; i < count; i++) {
		snprintf(ids[i], sizeof(ids[i]), "KAZ-M-%05u", from + i);
		items[i].type = CORDON_ITEM_WITHDRAW;
		items[i].id = ids[i];
		items[i].reason = CORDON_WITHDRAWAL_ERROR;
		items[i].text = "the wrong file";
	}
	assert_int_equal(
		cordon_submit(union_client(kaz, UNION_AGENCY), items, count, &results),
		0);
	*held = 0;
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(results->results[i].error, 0);
		*held += results->results[i].outcome == CORDON_OUTCOME_HELD;
	}
	cordon_results_destroy(results);
	free(items);
	free(ids);
}

static uint64_t live(void)
{
	return union_list(kaz, "KAZ/entry_ban").live;
}

static int brake(const char *what, const char *batch, const char *expected)
{
	struct union_output output;
	int status;

	union_ctl(kaz, UNION_ADMIN, NULL, &output, "brake", what, batch, NULL);
	status = output.status;
	if (strstr(output.out, expected) == NULL) {
		union_fail(all, "brake %s: %s%s", what, output.out, output.err);
	}
	union_output_finish(&output);
	return status;
}

static void so_many_withdrawals_wait_for_a_word(void **state)
{
	unsigned held;

	(void)state;
	start(SOON "brake_least = 5\nbrake_percent = 10\n", NEVER);
	union_put_many(kaz, "M", 100, 'A');
	withdraw_at_once(1, 30, &held);
	assert_int_equal(held, 30);
	assert_int_equal(live(), 100);
	assert_int_equal(brake("list", NULL, "batch 1: 30 withdrawals"), 0);
	withdraw_at_once(1, 30, &held); /* again: held once */
	assert_int_equal(brake("list", NULL, "batch 1: 30 withdrawals"), 0);
	union_until(all, "the metric", union_metric(kaz, "withdrawals_held") == 30);
	union_stop(kaz); /* they outlive the node's process */
	union_start(kaz);
	union_put(kaz, "KAZ-M-00030", "CHANGED"); /* meant to stay after all */
	assert_int_equal(brake("release", "1", "29 withdrawn"), 0);
	assert_int_equal(live(), 71);
	assert_int_equal(brake("release", "1", ""), 1);
	withdraw_at_once(40, 40, &held);
	assert_int_equal(held, 40);
	assert_int_equal(brake("drop", "2", "40 dropped"), 0);
	assert_int_equal(live(), 71);
	assert_int_equal(brake("list", NULL, "no withdrawals are held"), 0);
	assert_equal_everywhere();
}

static void small_requests_count_together_and_ends_are_not_braked(void **state)
{
	unsigned held, all_held = 0;

	(void)state;
	start(SOON "brake_least = 5\nbrake_percent = 10\n", NEVER);
	union_put_many(kaz, "M", 100, 'A');
	for (unsigned i = 1; i <= 20; i++) {
		withdraw_at_once(i, 1, &held);
		all_held += held;
	}
	assert_int_equal(all_held, 10); /* a tenth of what it was may go */
	assert_int_equal(live(), 90);
	for (int i = 0; i < 30; i++) {
		char id[24];

		snprintf(id, sizeof(id), "KAZ-E-%d", i);
		put_ended(id, 5);
	}
	union_until(all, "the ends", union_metric(kaz, "ended_total") == 30);
	assert_int_equal(live(), 90);
}

static void an_agency_has_no_word(void **state)
{
	struct union_output output;

	(void)state;
	start(NEVER, NEVER);
	union_ctl(kaz, UNION_AGENCY, NULL, &output, "brake", "list", NULL);
	assert_int_not_equal(output.status, 0);
	union_output_finish(&output);
	union_ctl(kaz, UNION_AGENCY, NULL, &output, "compact", NULL);
	assert_int_not_equal(output.status, 0);
	union_output_finish(&output);
}

/* ---- the store written anew ------------------------------------------------------ */

/* Of several records, so that no later page is laid over all of them at once. */
static void a_withdrawn_name_is_gone_after_compact(void **state)
{
	struct union_output output;
	unsigned held;

	(void)state;
	start(NEVER, NEVER);
	union_put_many(kaz, "N", 100, 'B');
	for (unsigned i = 1; i <= 40; i++) {
		char id[24];

		snprintf(id, sizeof(id), "KAZ-M-%05u", i);
		put_ended(id, 1);
	}
	union_settle(all);
	withdraw_at_once(1, 40, &held);
	assert_int_equal(held, 0);
	union_settle(all);
	assert_true(union_data_has(kaz, SURNAME));
	for (size_t i = 0; i < 3; i++) {
		struct union_node *node = i == 0 ? kaz : i == 1 ? rus : blr;

		union_ctl(node, UNION_ADMIN, NULL, &output, "--json", "compact", NULL);
		assert_int_equal(output.status, 0);
		assert_non_null(strstr(output.out, "\"after_bytes\""));
		union_output_finish(&output);
		assert_false(union_data_has(node, SURNAME));
	}
	union_put(kaz, "KAZ-2", "AA22222");
	union_await_verdict(rus, "AA22222", CORDON_VERDICT_MATCH);
	assert_equal_everywhere();
}

static void begin_compaction(struct union_node *node)
{
	struct cordon_compaction *compaction;

	assert_int_equal(
		cordon_compact(union_client(node, UNION_ADMIN), true, &compaction), 0);
	cordon_compaction_destroy(compaction);
}

static void killed_in_the_middle_it_starts_as_before(void **state)
{
	char number[16];

	(void)state;
	start(NEVER, NEVER);
	union_put_many(kaz, "M", 500, 'A');
	for (unsigned i = 0; i < 8; i++) {
		begin_compaction(kaz);
		snprintf(number, sizeof(number), "BB0000%u", i);
		union_put(kaz, i % 2 == 0 ? "KAZ-1" : "KAZ-2", number);
		nanosleep(&(struct timespec){ .tv_nsec = 2000000L * i }, NULL);
		union_kill(kaz);
		union_start(kaz);
		assert_int_equal(union_verdict(kaz, number), CORDON_VERDICT_MATCH);
		union_await_verdict(rus, number, CORDON_VERDICT_MATCH);
	}
	assert_int_equal(live(), 502);
	assert_equal_everywhere();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_ended_is_withdrawn_everywhere),
		TEST(what_nobody_confirmed_is_withdrawn),
		TEST(who_was_away_loses_nothing_and_brings_nothing_back),
		TEST(content_is_erased_after_days_though_its_owner_does_nothing),
		TEST(so_many_withdrawals_wait_for_a_word),
		TEST(small_requests_count_together_and_ends_are_not_braked),
		TEST(an_agency_has_no_word),
		TEST(a_withdrawn_name_is_gone_after_compact),
		TEST(killed_in_the_middle_it_starts_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
