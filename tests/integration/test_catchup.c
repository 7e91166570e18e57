/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes that were away, or were never there, come to hold what the others hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/union.h"

/* More than one transaction takes (4,096): such a catch-up goes through the stage. */
#define MANY 6000
#define FEW 300

static struct testunion *all;
static struct union_node *blr, *kaz, *rus, *kgz;

static int setup(void **state)
{
	struct union_node *three[3];

	(void)state;
	all = union_create();
	union_three(all, three);
	blr = three[0];
	kaz = three[1];
	rus = three[2];
	kgz = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

/* Once all have all, their exports are the same and their digests are what is signed.
 */
static void assert_equal_exports(void)
{
	struct union_node *nodes[] = { blr, kaz, rus, kgz };
	char first[65], other[65];

	union_settle(all);
	union_export_digest(blr, NULL, first);
	for (size_t i = 0; i < 4; i++) {
		if (nodes[i] != NULL) {
			union_export_digest(nodes[i], NULL, other);
			assert_string_equal(first, other);
			union_verify(nodes[i]);
		}
	}
}

static void a_short_absence_is_caught_up(void **state)
{
	(void)state;
	union_put_many(kaz, "OLD", FEW, 'A');
	union_settle(all);
	union_stop(rus);
	union_put_many(kaz, "OLD", FEW / 2, 'B');
	union_put_many(blr, "NEW", FEW, 'C');
	union_withdraw(kaz, "KAZ-OLD-00299");
	union_start(rus);
	assert_equal_exports();
	assert_int_equal(union_verdict(rus, "AA00000"), CORDON_VERDICT_CLEAR);
	assert_int_equal(union_verdict(rus, "AB00000"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AC00000"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AA00299"), CORDON_VERDICT_CLEAR);
}

static void a_long_absence_is_caught_up_through_the_stage(void **state)
{
	(void)state;
	union_put_many(kaz, "MANY", MANY, 'A');
	union_settle(all);
	union_stop(rus);
	union_put_many(kaz, "MANY", MANY, 'B');
	union_put_many(kaz, "MORE", FEW, 'C');
	union_withdraw(kaz, "KAZ-MANY-00007");
	union_start(rus);
	assert_equal_exports();
	assert_int_equal(union_verdict(rus, "AA00000"), CORDON_VERDICT_CLEAR);
	assert_int_equal(union_verdict(rus, "AB05999"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AB00007"), CORDON_VERDICT_CLEAR);
	assert_int_equal(union_list(rus, "KAZ/entry_ban").live, MANY + FEW - 1);
}

static void a_first_load_during_changes_reaches_the_same(void **state)
{
	(void)state;
	union_put_many(kaz, "MANY", MANY, 'A');
	union_settle(all);
	kgz = union_add(all, "KGZ", "node-1");
	/* the others learn of the new member, and share with it */
	union_stop(blr);
	union_stop(kaz);
	union_stop(rus);
	union_launch(blr);
	union_launch(kaz);
	union_launch(rus);
	union_await(blr);
	union_await(kaz);
	union_await(rus);
	union_launch(kgz);
	union_put_many(kaz, "MANY", FEW, 'B');
	union_put_many(blr, "NEW", FEW, 'C');
	union_await(kgz);
	union_put_many(kaz, "LATER", FEW, 'D');
	assert_equal_exports();
	assert_int_equal(union_verdict(kgz, "AA05999"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(kgz, "AA00000"), CORDON_VERDICT_CLEAR);
	/* and what it enters itself is found elsewhere */
	union_put(kgz, "KGZ-1", "AZ99999");
	union_await_verdict(rus, "AZ99999", CORDON_VERDICT_MATCH);
}

static void a_list_comes_from_a_relay_while_its_owner_is_away(void **state)
{
	(void)state;
	union_put_many(kaz, "OLD", FEW, 'A');
	union_settle(all);
	union_stop(rus);
	union_put_many(kaz, "OLD", FEW, 'B');
	union_settle(all);
	union_stop(kaz);
	union_start(rus);
	union_await_verdict(rus, "AB00299", CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AA00299"), CORDON_VERDICT_CLEAR);
	union_start(kaz);
	assert_equal_exports();
}

#define case_of(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_of(a_short_absence_is_caught_up),
		case_of(a_long_absence_is_caught_up_through_the_stage),
		case_of(a_first_load_during_changes_reaches_the_same),
		case_of(a_list_comes_from_a_relay_while_its_owner_is_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
