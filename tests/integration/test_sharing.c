/* SPDX-License-Identifier: Apache-2.0 */
/* A list travels only to and through the members that it is shared with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/union.h"

static struct testunion *all;
static struct union_node *blr, *kaz, *rus;

/* A chain: KAZ - BLR - RUS.  KAZ shares its entry bans with BLR alone. */
static int setup(void **state)
{
	(void)state;
	all = union_create();
	blr = union_add(all, "BLR", "node-1");
	kaz = union_add(all, "KAZ", "node-1");
	rus = union_add(all, "RUS", "node-1");
	kaz->peers = "BLR/node-1";
	rus->peers = "BLR/node-1";
	kaz->share_with[0] = "BLR";
	union_start(blr);
	union_start(kaz);
	union_start(rus);
	union_put(kaz, "KAZ-1", "AA11111");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	all = NULL;
	return 0;
}

/* KAZ starts again with another sharing. */
static void share_bans_with(const char *members)
{
	union_stop(kaz);
	kaz->share_with[0] = members;
	union_start(kaz);
}

static bool data_file_names(struct union_node *node, const char *id)
{
	char path[UNION_PATH_MAX];
	const char *grep[] = { "grep", "-c", "-a", "-F", id, path, NULL };
	struct union_output output;
	bool found;

	snprintf(path, sizeof(path), "%s/data/data.mdb", node->dir);
	union_run(all, NULL, grep, &output);
	found = output.status == 0;
	union_output_finish(&output);
	return found;
}

static void what_is_not_shared_never_arrives_not_even_through_a_relay(void **state)
{
	(void)state;
	union_await_verdict(blr, "AA11111", CORDON_VERDICT_MATCH);
	/* the relay passes on what is shared with both: once that is there, all is */
	union_until(all, "KAZ's deportations at RUS",
		union_list(rus, "KAZ/deportation").present);
	union_settle(all);
	assert_false(union_list(rus, "KAZ/entry_ban").present);
	assert_int_equal(union_verdict(rus, "AA11111"), CORDON_VERDICT_CLEAR);
	assert_true(data_file_names(blr, "KAZ-1"));
	assert_false(data_file_names(rus, "KAZ-1"));
}

static void what_is_shared_with_both_arrives_through_the_relay(void **state)
{
	(void)state;
	share_bans_with("BLR, RUS");
	union_await_verdict(rus, "AA11111", CORDON_VERDICT_MATCH);
	union_settle(all);
	union_verify(rus);
}

static void taken_out_of_the_sharing_it_is_erased(void **state)
{
	(void)state;
	union_await_verdict(blr, "AA11111", CORDON_VERDICT_MATCH);
	share_bans_with("RUS");
	union_until(all, "the end of the sharing at BLR",
		strcmp(union_list(blr, "KAZ/entry_ban").state, "unshared") == 0);
	assert_int_equal(union_verdict(blr, "AA11111"), CORDON_VERDICT_CLEAR);
	assert_int_equal(union_list(blr, "KAZ/entry_ban").live, 0);
	/* shared again it comes again */
	share_bans_with("BLR");
	union_await_verdict(blr, "AA11111", CORDON_VERDICT_MATCH);
}

static void a_relay_tells_the_end_of_a_sharing_on(void **state)
{
	(void)state;
	share_bans_with("BLR, RUS");
	union_await_verdict(rus, "AA11111", CORDON_VERDICT_MATCH);
	share_bans_with("BLR");
	union_until(all, "the end of the sharing at RUS",
		strcmp(union_list(rus, "KAZ/entry_ban").state, "unshared") == 0);
	assert_int_equal(union_verdict(rus, "AA11111"), CORDON_VERDICT_CLEAR);
	assert_int_equal(union_verdict(blr, "AA11111"), CORDON_VERDICT_MATCH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_shared_never_arrives_not_even_through_a_relay),
		TEST(what_is_shared_with_both_arrives_through_the_relay),
		TEST(taken_out_of_the_sharing_it_is_erased),
		TEST(a_relay_tells_the_end_of_a_sharing_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
