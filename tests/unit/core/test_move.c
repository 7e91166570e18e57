/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/rows.h"
#include "tests/unit/core/repl.h"

/* The receiver has a verified stage of owner's changes to move in. */
static void stage(struct pair *pair)
{
	struct receiver *receiver = &pair->receiver;
	enum apply_result result = APPLY_PARTIAL;

	while (result == APPLY_PARTIAL || result == APPLY_RESTART) {
		result = receiver_pull(receiver, &pair->owner, 3);
	}
	assert_int_equal(result, APPLY_MOVE);
	assert_int_equal(receiver->copy.phase, COPY_MOVING);
}

/* As stage, with live rows that the stage lacks. */
static void stage_whole(struct pair *pair)
{
	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_drop(&pair->owner, "KAZ-1");
	owner_drop(&pair->owner, "KAZ-2");
	owner_add(&pair->owner, 20, 3);
	owner_begin(&pair->owner);
	owner_floor(&pair->owner, pair->owner.copy.head.sequence);
	owner_publish(&pair->owner);
	stage(pair);
	assert_true(pair->receiver.copy.whole);
}

/* Each row in live is one of the state before or of the one to come. */
static void assert_rows_signed(const struct receiver *receiver,
	const struct memfeed *before, const struct owner *owner)
{
	const struct memfeed_area *live = &receiver->rows.areas[FEED_LIVE];

	assert_true(copy_answers(&receiver->copy));
	for (size_t i = 0; i < live->count; i++) {
		const struct entry *row = &live->rows[i]->entry;

		assert_true(memfeed_holds(before, FEED_LIVE, row) ||
			    memfeed_holds(&owner->rows, FEED_LIVE, row));
	}
}

/* Moves in slices of max; each is a transaction, and its end a place to crash. */
static void move_in_slices(struct pair *pair, size_t max)
{
	struct receiver *receiver = &pair->receiver;
	enum apply_result result = APPLY_PARTIAL;
	struct memfeed before;
	size_t slices = 0;

	memfeed_copy(&before, &receiver->rows);
	while (result == APPLY_PARTIAL) {
		assert_false(copy_serves(&receiver->copy));
		result = receiver_move(receiver, max);
		assert_rows_signed(receiver, &before, &pair->owner);
		assert_true(++slices < 100);
	}
	assert_int_equal(result, APPLY_VERIFIED);
	assert_true(receiver_equals(receiver, &pair->owner));
	memfeed_finish(&before);
}

static void a_stage_is_moved_in_slices_of_every_size(void **state)
{
	(void)state;
	for (size_t max = 1; max < 12; max++) {
		struct pair *pair;
		void *made;

		pair_setup(&made);
		pair = made;
		pair_fill(&pair->owner);
		pair_follow(pair);
		owner_add(&pair->owner, 5, 6);
		owner_drop(&pair->owner, "KAZ-1");
		stage(pair);
		move_in_slices(pair, max);
		pair_teardown(&made);
	}
}

static void what_a_whole_stage_lacks_is_removed(void **state)
{
	(void)state;
	for (size_t max = 1; max < 16; max++) {
		void *made;

		pair_setup(&made);
		stage_whole(made);
		move_in_slices(made, max);
		pair_teardown(&made);
	}
}

static void what_a_catch_up_lacks_is_not_removed(void **state)
{
	struct pair *pair = *state;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_add(&pair->owner, 20, 4);
	stage(pair);
	assert_false(pair->receiver.copy.whole);
	move_in_slices(pair, 2);
	assert_int_equal(pair->receiver.copy.live_count, 12);
}

static void tombstones_up_to_the_new_floor_go_with_the_move(void **state)
{
	struct pair *pair = *state;
	struct owner *owner = &pair->owner;

	pair_fill(owner);
	pair_follow(pair); /* has KAZ-7's tombstone */
	owner_add(owner, 20, 4);
	owner_begin(owner);
	owner_floor(owner, pair->receiver.copy.head.sequence);
	owner_publish(owner);
	stage(pair);
	move_in_slices(pair, 3);
}

/* The owner's rows get other sequences, as after a recovery in a new epoch: the row of
 * sequence numbers[i] is now where the i-th was. */
static void renumber(struct owner *owner, const size_t *order, size_t count)
{
	struct memfeed old;
	struct feed feed;

	memfeed_copy(&old, &owner->rows);
	assert_int_equal(rows_clear(&owner->copy, &owner->feed), 0);
	memfeed_feed(&old, &owner->feed.list, &feed);
	for (size_t i = 0; i < count; i++) {
		struct entry row = old.areas[FEED_LIVE].rows[order[i]]->entry;

		row.sequence = old.areas[FEED_LIVE].rows[i]->entry.sequence;
		assert_int_equal(rows_replace(&owner->copy, &owner->feed, &row), 0);
	}
	memfeed_finish(&old);
	pair_reopen(owner, 8);
	owner->copy.head.bases[0].sequence = 0; /* it takes nothing over */
	replcase_sign(&owner->copy.head);
}

static void renumbered_rows_give_way_to_each_other(void **state)
{
	static const size_t orders[][5] = {
		{ 1, 0, 2, 3, 4 }, /* two that change places */
		{ 1, 2, 3, 4, 0 }, /* rings */
		{ 4, 0, 1, 2, 3 },
		{ 4, 3, 2, 1, 0 },
		{ 2, 0, 1, 4, 3 },
		{ 0, 1, 2, 3, 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(orders); i++) {
		for (size_t max = 1; max < 4; max++) {
			struct pair *pair;
			void *made;

			pair_setup(&made);
			pair = made;
			owner_add(&pair->owner, 1, 5);
			pair_follow(pair);
			renumber(&pair->owner, orders[i], 5);
			stage(pair);
			move_in_slices(pair, max);
			pair_teardown(&made);
		}
	}
}

/* Two rows of the stage sit on the sequence of one that is not renumbered but gone. */
static void a_renumbered_row_takes_the_place_of_one_that_is_gone(void **state)
{
	static const size_t order[] = { 4, 1, 2 };
	struct pair *pair = *state;

	owner_add(&pair->owner, 1, 5);
	pair_follow(pair);
	renumber(&pair->owner, order, COUNT(order));
	stage(pair);
	move_in_slices(pair, 1);
}

static void nothing_is_moved_when_nothing_is_staged(void **state)
{
	struct pair *pair = *state;

	assert_int_equal(receiver_move(&pair->receiver, 5), APPLY_STALE);
	pair_fill(&pair->owner);
	pair_follow(pair);
	assert_int_equal(receiver_move(&pair->receiver, 5), APPLY_STALE);
}

static void damage(struct memfeed_area *area, size_t row)
{
	struct entry copy = area->rows[row]->entry;

	assert_int_equal(area->rows[row]->holders, 1);
	copy.sealed_hash[0] ^= 1;
	area->rows[row]->entry = copy;
}

/* Half of the stage is in live when the rest of it turns out damaged. */
static void a_move_that_fails_is_not_served_and_starts_from_nothing(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_add(&pair->owner, 20, 5);
	stage(pair);
	assert_int_equal(receiver_move(receiver, 2), APPLY_PARTIAL);
	damage(&receiver->rows.areas[FEED_STAGE], 1);
	assert_int_equal(receiver_move(receiver, 10), APPLY_MISMATCH);
	assert_int_equal(receiver->again, APPLY_RESTART);
	assert_true(receiver->copy.mixed);
	assert_true(copy_answers(&receiver->copy));
	assert_false(copy_serves(&receiver->copy));
	/* not from the verified head: live is not what it says */
	assert_int_equal(take(receiver, &pair->owner, receiver->copy.head.sequence, 2),
		APPLY_STALE);
	receiver_follow(receiver, &pair->owner, 3);
	assert_false(receiver->copy.mixed);
	assert_true(copy_serves(&receiver->copy));
}

static void damage_before_a_whole_move_is_made_good_by_it(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	stage_whole(pair);
	/* counted in before, counted out damaged: the sum is wrong in the end */
	damage(&receiver->rows.areas[FEED_LIVE], 5);
	assert_int_equal(receiver_move(receiver, 100), APPLY_VERIFIED);
	assert_true(receiver_equals(receiver, &pair->owner));
}

static void every_failing_write_leaves_the_move_to_go_on(void **state)
{
	(void)state;
	for (size_t n = 1, moved = 0; moved == 0; n++) {
		enum apply_result result = APPLY_PARTIAL;
		struct receiver *receiver;
		struct pair *pair;
		void *made;

		pair_setup(&made);
		pair = made;
		receiver = &pair->receiver;
		stage_whole(pair);
		receiver->rows.fail_at = n;
		receiver->rows.fail_error = CORDON_EFULL;
		while (result == APPLY_PARTIAL) {
			result = receiver_move(receiver, 4);
		}
		if (result == APPLY_ERROR) {
			assert_int_equal(receiver->error, CORDON_EFULL);
			assert_int_equal(receiver->copy.phase, COPY_MOVING);
			move_in_slices(pair, 4);
		} else {
			assert_int_equal(result, APPLY_VERIFIED);
			moved = 1;
		}
		pair_teardown(&made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stage_is_moved_in_slices_of_every_size),
		cmocka_unit_test(what_a_whole_stage_lacks_is_removed),
		PAIR_TEST(what_a_catch_up_lacks_is_not_removed),
		PAIR_TEST(tombstones_up_to_the_new_floor_go_with_the_move),
		cmocka_unit_test(renumbered_rows_give_way_to_each_other),
		PAIR_TEST(a_renumbered_row_takes_the_place_of_one_that_is_gone),
		PAIR_TEST(nothing_is_moved_when_nothing_is_staged),
		PAIR_TEST(a_move_that_fails_is_not_served_and_starts_from_nothing),
		PAIR_TEST(damage_before_a_whole_move_is_made_good_by_it),
		cmocka_unit_test(every_failing_write_leaves_the_move_to_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
