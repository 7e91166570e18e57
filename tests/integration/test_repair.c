/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a stored row change on the disk; the row is taken anew from a peer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/union.h"

/* Rows of the list; a reload of it takes over 1 MB. */
#define ROWS 4000
#define SURNAME "Zweifelhaft"
#define DAMAGED "Zweifelhagt"

static struct testunion *all;
static struct union_node *blr, *kaz, *rus;

static int setup(void **state)
{
	struct union_node *three[3];

	(void)state;
	all = union_create();
	union_three(all, three);
	blr = three[0];
	kaz = three[1];
	rus = three[2];
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

/* Every place of the data file that has text: pages that LMDB has freed, too. */
static size_t alter(struct union_node *node, const char *text, const char *to)
{
	char path[UNION_PATH_MAX];
	size_t size = strlen(text), found = 0, at = 0, got;
	static char block[1 << 16];
	FILE *file;

	snprintf(path, sizeof(path), "%s/data/data.mdb", node->dir);
	file = fopen(path, "r+b");
	assert_non_null(file);
	for (;;) {
		assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
		got = fread(block, 1, sizeof(block), file);
		for (size_t i = 0; i + size <= got; i++) {
			if (memcmp(block + i, text, size) == 0) {
				fseek(file, (long)(at + i), SEEK_SET);
				assert_int_equal(fwrite(to, 1, size, file), size);
				found++;
			}
		}
		if (got < sizeof(block)) {
			break;
		}
		at += sizeof(block) - size;
	}
	assert_int_equal(fclose(file), 0);
	return found;
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
	assert_true(alter(node, text, to) > 0);
	union_start(node);
}

static void scrub(struct union_node *node, int status)
{
	struct union_output output;

	union_ctl(node, UNION_ADMIN, NULL, &output, "scrub", "--now", "--json", NULL);
	if (output.status != status) {
		union_fail(all, "scrub: %d: %s%s", output.status, output.out,
			output.err);
	}
	union_output_finish(&output);
}

static uint64_t received(struct union_node *node)
{
	return union_metric(node, "repaired_rows_total");
}

static void fill(void)
{
	static bool filled;

	if (!filled) {
		union_put_many(kaz, "FULL", ROWS, 'A');
		put_named(kaz, "KAZ-MARK-1", "ZZ00001");
		put_named(rus, "RUS-MARK-1", "ZZ00002");
		union_settle(all);
		filled = true;
	}
}

static void a_row_whose_bytes_changed_is_taken_from_a_peer(void **state)
{
	(void)state;
	fill();
	damage(rus, SURNAME, DAMAGED);
	scrub(rus, 0);
	union_verify(rus);
	assert_true(received(rus) >= 1);
	assert_true(received(rus) < 10);
	assert_int_equal(union_verdict(rus, "ZZ00001"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "ZZ00002"), CORDON_VERDICT_MATCH);
	scrub(rus, 0); /* nothing is left */
	assert_int_equal(union_metric(rus, "mismatches_total"), 0);
}

static void a_row_with_another_id_is_taken_from_a_peer(void **state)
{
	(void)state;
	fill();
	damage(blr, "KAZ-MARK-1", "KAZ-MARQ-1");
	scrub(blr, 0);
	union_verify(blr);
	assert_int_equal(union_verdict(blr, "ZZ00001"), CORDON_VERDICT_MATCH);
	union_settle(all);
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
		cmocka_unit_test(a_row_with_another_id_is_taken_from_a_peer),
		cmocka_unit_test(changes_go_on_after_a_repair),
	};

	return cmocka_run_group_tests_name("repair", tests, setup, teardown);
}
