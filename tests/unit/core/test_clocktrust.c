/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

#include "daemon/core/repl/clocktrust.h"

/* When the own clock is to be trusted, and what is made of stubs then. */

#define NOW_S INT64_C(1800000000)
#define SECOND_US INT64_C(1000000)

static struct clocktrust trust;
static struct mono mono;
static struct wall wall;

static int setup(void **state)
{
	(void)state;
	clocktrust_init(&trust);
	mono = (struct mono){ 77 * SECOND_US };
	wall = (struct wall){ NOW_S * SECOND_US };
	return 0;
}

static void pass(int64_t seconds)
{
	mono.us += seconds * SECOND_US;
	wall.us += seconds * SECOND_US;
}

/* A head that is ahead of the own clock by so much. */
static void hear(const char *owner, int64_t ahead_s)
{
	struct state state;

	assert_true(ident_state_set(&state, owner, 3));
	clocktrust_head(&trust, &state, wall_s(wall) + ahead_s, mono, wall);
}

static bool trusted(void)
{
	return clocktrust_ask(&trust, mono, wall);
}

static void a_clock_nobody_spoke_of_is_not_trusted(void **state)
{
	(void)state;
	assert_false(trusted());
}

static void a_live_head_that_agrees_makes_it_trusted(void **state)
{
	(void)state;
	hear("KAZ", CLOCKTRUST_AGREE_S);
	assert_true(trusted());
	hear("RUS", -CLOCKTRUST_AGREE_S);
	assert_true(trusted());
}

static void heads_of_another_time_do_not(void **state)
{
	(void)state;
	hear("KAZ", CLOCKTRUST_AGREE_S + 1);
	hear("RUS", -CLOCKTRUST_AGREE_S - 1);
	hear("BLR", -365 * 86400);
	assert_false(trusted());
}

static void a_head_heard_long_ago_does_not(void **state)
{
	(void)state;
	hear("KAZ", 0);
	pass(CLOCKTRUST_LIVE_MS / 1000);
	assert_true(trusted());
	pass(1);
	assert_false(trusted());
	hear("KAZ", 0);
	assert_true(trusted());
}

/* A relay that shows one head again and again keeps no clock alive. */
static void a_head_that_is_replayed_does_not(void **state)
{
	(void)state;
	hear("KAZ", 0);
	for (int i = 1; i <= 10; i++) {
		pass(60);
		hear("KAZ", -60 * i);
	}
	assert_false(trusted());
}

static void more_who_are_ahead_than_agree_speak_against_it(void **state)
{
	(void)state;
	hear("KAZ", 3600);
	hear("RUS", 0);
	assert_true(trusted());
	hear("BLR", 7200);
	assert_false(trusted());
}

static void a_jump_makes_everything_heard_void(void **state)
{
	(void)state;
	hear("KAZ", 0);
	wall.us += 100 * SECOND_US; /* still agrees, but it has jumped */
	assert_false(trusted());
	hear("KAZ", 0);
	assert_true(trusted());
	wall.us -= 6 * SECOND_US;
	assert_false(trusted());
	pass(10);
	assert_false(trusted());
}

static void a_clock_that_is_set_slowly_has_not_jumped(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		pass(30);
		wall.us += SECOND_US;
		hear("KAZ", 0);
		assert_true(trusted());
	}
}

static void more_owners_than_there_are_do_no_harm(void **state)
{
	char owner[4] = "AAA";

	(void)state;
	for (int i = 0; i < CLOCKTRUST_OWNERS_MAX + 20; i++) {
		owner[1] = (char)('A' + i / 26);
		owner[2] = (char)('A' + i % 26);
		hear(owner, -100000);
	}
	assert_false(trusted());
}

/* ---- stubs ---- */

static const struct apply_context sure = {
	.now_s = NOW_S, .trusted = true, .erase_after_s = 72 * 3600
};
static const struct apply_context unsure = { .now_s = NOW_S,
	.erase_after_s = 72 * 3600 };

static struct entry row(int64_t ends_at_s, bool stub)
{
	static const uint8_t bytes[] = "sealed";
	struct entry entry = {
		.sequence = 3, .version = 1, .state = ENTRY_LIVE, .ends_at_s = ends_at_s
	};

	entry.sealed = (struct bytes){ bytes, stub ? 0 : sizeof(bytes) };
	return entry;
}

static void a_stub_is_taken_when_its_record_has_ended(void **state)
{
	struct entry ended = row(NOW_S, true), holds = row(NOW_S + 1, true);

	(void)state;
	assert_int_equal(apply_stubs(&ended, 1, &sure), APPLY_PARTIAL);
	assert_int_equal(apply_stubs(&holds, 1, &sure), APPLY_BROKEN);
	assert_int_equal(apply_stubs(&ended, 1, &unsure), APPLY_UNSURE);
	assert_int_equal(apply_stubs(&holds, 1, &unsure), APPLY_UNSURE);
}

static void what_has_its_content_needs_no_clock(void **state)
{
	struct entry rows[2] = { row(NOW_S - 1000, false), row(NOW_S + 1000, false) };

	(void)state;
	rows[1].state = ENTRY_WITHDRAWN;
	assert_int_equal(apply_stubs(rows, 2, &unsure), APPLY_PARTIAL);
}

static void only_what_would_be_erased_is_stripped(void **state)
{
	struct entry rows[3] = { row(NOW_S - 72 * 3600, false),
		row(NOW_S - 72 * 3600 + 1, false), row(0, false) };

	(void)state;
	rows[2].state = ENTRY_WITHDRAWN;
	apply_strip(rows, 3, &unsure);
	assert_int_not_equal(rows[0].sealed.size, 0);
	apply_strip(rows, 3, &sure);
	assert_int_equal(rows[0].sealed.size, 0);
	assert_int_not_equal(rows[1].sealed.size, 0);
	assert_int_not_equal(rows[2].sealed.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_clock_nobody_spoke_of_is_not_trusted, setup),
		cmocka_unit_test_setup(a_live_head_that_agrees_makes_it_trusted, setup),
		cmocka_unit_test_setup(heads_of_another_time_do_not, setup),
		cmocka_unit_test_setup(a_head_heard_long_ago_does_not, setup),
		cmocka_unit_test_setup(a_head_that_is_replayed_does_not, setup),
		cmocka_unit_test_setup(
			more_who_are_ahead_than_agree_speak_against_it, setup),
		cmocka_unit_test_setup(a_jump_makes_everything_heard_void, setup),
		cmocka_unit_test_setup(
			a_clock_that_is_set_slowly_has_not_jumped, setup),
		cmocka_unit_test_setup(more_owners_than_there_are_do_no_harm, setup),
		cmocka_unit_test(a_stub_is_taken_when_its_record_has_ended),
		cmocka_unit_test(what_has_its_content_needs_no_clock),
		cmocka_unit_test(only_what_would_be_erased_is_stripped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
