/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

static void a_list_is_loaded_in_chunks_of_every_size(void **state)
{
	struct pair *pair = *state;

	pair_fill(&pair->owner);
	for (size_t max = 1; max <= 10; max++) {
		struct receiver receiver;

		receiver_init(&receiver, "BLR", &pair->owner);
		receiver_follow(&receiver, &pair->owner, max);
		receiver_finish(&receiver);
	}
}

static void a_list_that_changes_while_it_is_read_is_caught_up(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	for (unsigned i = 0; i < 12; i++) {
		char id[16];

		assert_int_equal(
			receiver_pull(receiver, &pair->owner, 1), APPLY_PARTIAL);
		assert_false(copy_answers(&receiver->copy));
		snprintf(id, sizeof(id), "KAZ-%u", 1 + i % 9);
		if (i % 3 == 0) {
			owner_drop(&pair->owner, id);
		} else {
			owner_change(&pair->owner, id, "while it is read");
		}
	}
	receiver_follow(receiver, &pair->owner, 2);
}

static void a_change_is_applied_directly(void **state)
{
	struct pair *pair = *state;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_change(&pair->owner, "KAZ-1", "third");
	assert_int_equal(
		receiver_pull(&pair->receiver, &pair->owner, ALL), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
}

static void a_longer_absence_is_caught_up_in_the_stage(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	for (size_t max = 1; max <= 5; max++) {
		pair_follow(pair);
		owner_add(&pair->owner, (unsigned)(10 * max), 6);
		owner_drop(&pair->owner, "KAZ-10");
		assert_int_equal(
			receiver_pull(receiver, &pair->owner, max), APPLY_PARTIAL);
		assert_int_equal(receiver->copy.phase, COPY_STAGING);
		assert_true(copy_answers(&receiver->copy));
		assert_true(copy_serves(&receiver->copy));
		receiver_follow(receiver, &pair->owner, max);
		owner_change(&pair->owner, "KAZ-10", "back");
	}
}

static void floor_and_sharing_come_without_rows(void **state)
{
	struct pair *pair = *state;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_begin(&pair->owner);
	owner_floor(&pair->owner, pair->owner.copy.head.sequence);
	owner_share(&pair->owner, "BLR");
	owner_publish(&pair->owner);
	assert_int_equal(
		receiver_pull(&pair->receiver, &pair->owner, ALL), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
}

static void the_same_again_moves_the_time_and_nothing_else(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct head old;

	pair_fill(&pair->owner);
	pair_follow(pair);
	old = pair->owner.copy.head;
	owner_begin(&pair->owner);
	owner_publish(&pair->owner);
	assert_int_equal(receiver_hear(receiver, &pair->owner.copy.head), APPLY_SAME);
	assert_int_equal(receiver->copy.head.time_s, pair->owner.copy.head.time_s);
	assert_int_equal(receiver_hear(receiver, &pair->owner.copy.head), APPLY_STALE);
	assert_int_equal(receiver_hear(receiver, &old), APPLY_STALE);
	assert_int_equal(receiver->copy.head.time_s, pair->owner.copy.head.time_s);
	assert_int_equal(take(receiver, &pair->owner, old.sequence, ALL), APPLY_SAME);
	assert_int_equal(receiver->copy.head.time_s, pair->owner.copy.head.time_s);
	assert_true(receiver_equals(receiver, &pair->owner));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(a_list_is_loaded_in_chunks_of_every_size),
		PAIR_TEST(a_list_that_changes_while_it_is_read_is_caught_up),
		PAIR_TEST(a_change_is_applied_directly),
		PAIR_TEST(a_longer_absence_is_caught_up_in_the_stage),
		PAIR_TEST(floor_and_sharing_come_without_rows),
		PAIR_TEST(the_same_again_moves_the_time_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
