/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a stored row change on the disk; the row is taken anew from a peer.
 *
 * By hand, with a list of a million rows: CORDON_REPAIR_ROWS=1000000 and this program;
 * it prints what travelled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/lines.h"

/* Rows of the list; a reload of it takes over half a million bytes. */
#define ROWS 4000
#define PART 50000 /* entered at a time */
#define RELOAD_BYTES 500000
/* A repair, with what idle heads travel meanwhile; one that compares. */
#define FETCH_BYTES 40000
#define COMPARE_BYTES 80000
#define SURNAME "Zweifelhaft"
#define DAMAGED "Zweifelhagt"

static struct testunion *all;
static struct lines *lines;
static struct union_node *blr, *kaz, *rus;

static int setup(void **state)
{
	struct union_node *nodes[3];

	(void)state;
	all = union_create();
	lines = lines_create(all);
	lines_join(all, lines, LINES_MESH, nodes, 3);
	blr = nodes[0];
	kaz = nodes[1];
	rus = nodes[2];
	for (size_t i = 0; i < 3; i++) {
		nodes[i]->metrics = union_free_port(all);
	}
	lines_start(nodes, 3);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	lines_destroy(lines);
	return 0;
}

/* What node has asked of the others and was answered, so far. */
static uint64_t traffic(const struct union_node *node)
{
	struct union_node *const others[] = { blr, kaz, rus };
	uint64_t bytes = 0;

	for (size_t i = 0; i < 3; i++) {
		if (others[i] != node) {
			struct lines_counts counts =
				lines_counts(lines, lines_find(lines, node, others[i]));

			bytes += counts.up_bytes + counts.down_bytes;
		}
	}
	return bytes;
}

static void put_named(struct union_node *node, const char *id, const char *number)
{
	char *json = union_ban(id, SURNAME, number), text[512];

	assert_int_equal(union_try_put(node, UNION_AGENCY, json, text), 0);
	free(json);
}

static void damage(struct union_node *node, const char *text, const char *to)
{
	union_stop(node);
	assert_true(union_data_alter(node, text, to) > 0);
	union_start(node);
}

static void scrub(struct union_node *node, int status)
{
	struct union_output output;

	union_ctl(node, UNION_ADMIN, NULL, &output, "scrub", "--now", "--json", NULL);
	if (output.status != status) {
		union_fail(
			all, "scrub: %d: %s%s", output.status, output.out, output.err);
	}
	union_output_finish(&output);
}

static unsigned rows(void)
{
	const char *wanted = getenv("CORDON_REPAIR_ROWS");

	return wanted == NULL ? ROWS : (unsigned)strtoul(wanted, NULL, 10);
}

/* Of a repair; a scrub of many rows takes a while, and heads travel meanwhile. */
static uint64_t limit(uint64_t bytes)
{
	return rows() == ROWS ? bytes : 1 << 20;
}

static void fill(void)
{
	static bool filled;

	if (!filled) {
		for (unsigned i = 0; i < rows(); i += PART) {
			char prefix[16];

			snprintf(prefix, sizeof(prefix), "FULL%u", i / PART);
			union_put_many(kaz, prefix,
				rows() - i < PART ? rows() - i : PART, 'A');
		}
		put_named(kaz, "KAZ-MARK-1", "ZZ00001");
		put_named(rus, "RUS-MARK-1", "ZZ00002");
		union_settle(all);
		filled = true;
	}
}

/* Damages, scrubs and has repaired; the traffic of the repair. */
static uint64_t repair(struct union_node *node, const char *text, const char *to)
{
	uint64_t before, after;

	damage(node, text, to);
	union_settle(all);
	before = traffic(node);
	scrub(node, 0);
	after = traffic(node);
	print_message(
		"repaired with %llu bytes\n", (unsigned long long)(after - before));
	union_verify(node);
	assert_int_equal(union_metric(node, "mismatches_total"), 0);
	return after - before;
}

static void a_row_whose_bytes_changed_is_taken_from_a_peer(void **state)
{
	(void)state;
	fill();
	print_message("loaded with %llu bytes\n", (unsigned long long)traffic(rus));
	assert_true(traffic(rus) > RELOAD_BYTES);
	assert_true(repair(rus, SURNAME, DAMAGED) < limit(FETCH_BYTES));
	/* its own, too */
	assert_int_equal(union_metric(rus, "repaired_rows_total"), 2);
	assert_int_equal(union_metric(rus, "damaged_rows_total"), 2);
	assert_int_equal(union_verdict(rus, "ZZ00001"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "ZZ00002"), CORDON_VERDICT_MATCH);
	scrub(rus, 0); /* nothing is left */
	assert_int_equal(union_metric(rus, "damaged_rows_total"), 2);
}

static void a_row_with_another_id_is_found_by_comparing(void **state)
{
	(void)state;
	fill();
	assert_true(repair(blr, "KAZ-MARK-1", "KAZ-MARQ-1") < limit(COMPARE_BYTES));
	assert_int_equal(union_verdict(blr, "ZZ00001"), CORDON_VERDICT_MATCH);
}

static void changes_go_on_after_a_repair(void **state)
{
	(void)state;
	fill();
	put_named(kaz, "KAZ-MARK-1", "ZZ00003");
	union_withdraw(rus, "RUS-MARK-1");
	union_settle(all);
	union_await_verdict(rus, "ZZ00003", CORDON_VERDICT_MATCH);
	union_await_verdict(blr, "ZZ00001", CORDON_VERDICT_CLEAR);
	union_await_verdict(blr, "ZZ00002", CORDON_VERDICT_CLEAR);
	union_verify(blr);
	union_verify(rus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_whose_bytes_changed_is_taken_from_a_peer),
		cmocka_unit_test(a_row_with_another_id_is_found_by_comparing),
		cmocka_unit_test(changes_go_on_after_a_repair),
	};

	return cmocka_run_group_tests_name("repair", tests, setup, teardown);
}
