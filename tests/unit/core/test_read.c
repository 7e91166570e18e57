/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

/* Reads of more than one transaction: base, position, high (core/repl/read.h). */

static void raise_floor(struct owner *owner)
{
	owner_begin(owner);
	owner_floor(owner, owner->copy.head.sequence);
	owner_publish(owner);
}

static void a_first_load_has_the_lowest_snapshot_as_its_base(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner behind;

	pair_fill(&pair->owner);
	owner_copy(&behind, &pair->owner);
	owner_add(&pair->owner, 20, 4);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 1), APPLY_PARTIAL);
	assert_int_equal(receiver->copy.base, pair->owner.copy.head.sequence);
	assert_int_equal(receiver_pull(receiver, &behind, 1), APPLY_PARTIAL);
	assert_int_equal(receiver->copy.base, behind.copy.head.sequence);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 1), APPLY_PARTIAL);
	assert_int_equal(receiver->copy.base, behind.copy.head.sequence);
	receiver_follow(receiver, &pair->owner, 3);
	owner_finish(&behind);
}

/* With a base of zero it would begin again for ever. */
static void a_floor_below_the_base_does_not_disturb_a_load(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	raise_floor(&pair->owner);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(
			receiver_pull(receiver, &pair->owner, 1), APPLY_PARTIAL);
	}
	assert_true(receiver->copy.position < pair->owner.copy.head.floor);
	receiver_follow(receiver, &pair->owner, 1);
}

static void a_floor_beyond_base_and_position_begins_a_load_again(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 1), APPLY_PARTIAL);
	owner_drop(&pair->owner, "KAZ-1"); /* read as live */
	raise_floor(&pair->owner);         /* its tombstone never comes */
	assert_int_equal(receiver_pull(receiver, &pair->owner, ALL), APPLY_RESTART);
	assert_int_equal(receiver->copy.position, 0);
	assert_int_equal(receiver->rows.areas[FEED_LIVE].count, 0);
	receiver_follow(receiver, &pair->owner, ALL);
}

static void a_floor_up_to_the_position_loses_nothing(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	uint64_t floor;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_add(&pair->owner, 20, 4);
	owner_drop(&pair->owner, "KAZ-1");
	floor = pair->owner.copy.head.sequence;
	owner_add(&pair->owner, 30, 4);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 6), APPLY_PARTIAL);
	assert_true(receiver->copy.position > floor);
	owner_begin(&pair->owner);
	owner_floor(&pair->owner, floor);
	owner_publish(&pair->owner);
	/* the tombstone that was staged goes, and so does the one in live */
	assert_int_equal(receiver_pull(receiver, &pair->owner, ALL), APPLY_MOVE);
	receiver_follow(receiver, &pair->owner, ALL);
}

static void a_floor_beyond_the_position_begins_a_catch_up_from_nothing(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_add(&pair->owner, 20, 4);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	owner_drop(&pair->owner, "KAZ-1");
	raise_floor(&pair->owner);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_RESTART);
	assert_true(receiver->copy.whole);
	assert_true(copy_answers(&receiver->copy));
	receiver_follow(receiver, &pair->owner, 2);
}

static void who_is_away_for_longer_than_the_tombstones_reads_from_nothing(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_drop(&pair->owner, "KAZ-1");
	raise_floor(&pair->owner);
	assert_int_equal(receiver_pull(receiver, &pair->owner, ALL), APPLY_RESTART);
	assert_true(copy_answers(&receiver->copy));
	assert_int_equal(receiver_pull(receiver, &pair->owner, ALL), APPLY_MOVE);
	receiver_follow(receiver, &pair->owner, ALL);
}

static void only_a_head_as_high_as_the_highest_seen_verifies(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner behind;

	pair_fill(&pair->owner);
	owner_copy(&behind, &pair->owner);
	owner_add(&pair->owner, 20, 4);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 1), APPLY_PARTIAL);
	/* all that the other has, but rows of the first one may be too new for it */
	assert_int_equal(receiver_pull(receiver, &behind, ALL), APPLY_PARTIAL);
	assert_int_equal(receiver->copy.position, behind.copy.head.sequence);
	assert_int_equal(receiver->copy.phase, COPY_LOADING);
	assert_int_equal(receiver_pull(receiver, &pair->owner, ALL), APPLY_VERIFIED);
	assert_true(receiver_equals(receiver, &pair->owner));
	owner_finish(&behind);
}

static void a_repeat_while_it_is_read_gives_the_later_time(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_add(&pair->owner, 20, 4);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	owner_begin(&pair->owner);
	owner_publish(&pair->owner);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_MOVE);
	receiver_follow(receiver, &pair->owner, 2);
	assert_int_equal(receiver->copy.head.time_s, pair->owner.copy.head.time_s);
}

/* Read in turns from peers that stand at different heads. */
static void a_read_from_several_peers_comes_out(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner peers[3];

	pair_fill(&pair->owner);
	pair_follow(pair);
	for (unsigned i = 0; i < COUNT(peers); i++) {
		owner_add(&pair->owner, 20 + 3 * i, 3);
		owner_change(&pair->owner, "KAZ-1", i % 2 == 0 ? "one" : "other");
		owner_copy(&peers[i], &pair->owner);
	}
	assert_int_equal(receiver_pull(receiver, &peers[2], 2), APPLY_PARTIAL);
	assert_int_equal(receiver_pull(receiver, &peers[0], 2), APPLY_PARTIAL);
	assert_int_equal(receiver_pull(receiver, &peers[1], 2), APPLY_PARTIAL);
	receiver_follow(receiver, &peers[2], 2);
	for (unsigned i = 0; i < COUNT(peers); i++) {
		owner_finish(&peers[i]);
	}
}

static void a_chunk_at_another_place_is_stale(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	uint64_t first;

	pair_fill(&pair->owner);
	pair_follow(pair);
	first = receiver->copy.head.sequence;
	owner_add(&pair->owner, 20, 6);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	assert_int_equal(take(receiver, &pair->owner, receiver->copy.position + 1, ALL),
		APPLY_STALE);
	assert_int_equal(take(receiver, &pair->owner, receiver->copy.position - 1, ALL),
		APPLY_STALE);
	/* but from the verified head it begins anew: the first source is gone */
	assert_int_equal(take(receiver, &pair->owner, first, 3), APPLY_PARTIAL);
	assert_int_equal(receiver->copy.position, first + 3);
	assert_int_equal(receiver->rows.areas[FEED_STAGE].count, 3);
	assert_int_equal(take(receiver, &pair->owner, first, ALL), APPLY_VERIFIED);
	assert_true(receiver_equals(receiver, &pair->owner));
}

static void a_load_is_given_up_for_a_peer_that_is_behind(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner behind;

	pair_fill(&pair->owner);
	owner_copy(&behind, &pair->owner);
	owner_add(&pair->owner, 20, 4);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 11), APPLY_PARTIAL);
	assert_true(receiver->copy.position > behind.copy.head.sequence);
	assert_int_equal(take(receiver, &behind, 0, 5), APPLY_PARTIAL);
	receiver_follow(receiver, &behind, 5);
	receiver_follow(receiver, &pair->owner, 2);
	owner_finish(&behind);
}

/* The verified rows are never replaced by an older state, whoever sends it. */
static void a_restarted_read_never_ends_below_the_verified_head(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner behind;
	enum apply_result result;

	pair_fill(&pair->owner);
	owner_copy(&behind, &pair->owner);
	owner_change(&pair->owner, "KAZ-1", "newer");
	pair_follow(pair);
	owner_add(&pair->owner, 20, 4);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	result = apply_again(&receiver->copy, &receiver->feed, &receiver->error);
	assert_int_equal(result, APPLY_MISMATCH);
	assert_int_equal(receiver_pull(receiver, &behind, ALL), APPLY_STALE);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 5), APPLY_PARTIAL);
	receiver_follow(receiver, &pair->owner, 2);
	owner_finish(&behind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(a_first_load_has_the_lowest_snapshot_as_its_base),
		PAIR_TEST(a_floor_below_the_base_does_not_disturb_a_load),
		PAIR_TEST(a_floor_beyond_base_and_position_begins_a_load_again),
		PAIR_TEST(a_floor_up_to_the_position_loses_nothing),
		PAIR_TEST(a_floor_beyond_the_position_begins_a_catch_up_from_nothing),
		PAIR_TEST(
			who_is_away_for_longer_than_the_tombstones_reads_from_nothing),
		PAIR_TEST(only_a_head_as_high_as_the_highest_seen_verifies),
		PAIR_TEST(a_repeat_while_it_is_read_gives_the_later_time),
		PAIR_TEST(a_read_from_several_peers_comes_out),
		PAIR_TEST(a_chunk_at_another_place_is_stale),
		PAIR_TEST(a_load_is_given_up_for_a_peer_that_is_behind),
		PAIR_TEST(a_restarted_read_never_ends_below_the_verified_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
