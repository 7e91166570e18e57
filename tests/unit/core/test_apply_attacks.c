/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

/* The receiver stands behind the owner by five rows; what it has answers. */
static void stand_behind(struct pair *pair)
{
	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_add(&pair->owner, 20, 4);
	owner_drop(&pair->owner, "KAZ-3");
}

static void alter_sequence(struct parcel *parcel)
{
	struct entry first = parcel->entries[0];
	uint64_t second = parcel->entries[1].sequence;

	parcel->entries[0] = parcel->entries[1];
	parcel->entries[0].sequence = first.sequence;
	parcel->entries[1] = first;
	parcel->entries[1].sequence = second;
}

static void alter_id(struct parcel *parcel)
{
	parcel->entries[0].id = (struct bytes){ (const uint8_t *)"KAZ-99", 6 };
}

static void alter_version(struct parcel *parcel)
{
	parcel->entries[0].version++;
}

static void alter_state(struct parcel *parcel)
{
	parcel->entries[0].state = ENTRY_WITHDRAWN;
	parcel->entries[0].ends_at_s = 0;
}

static void alter_tombstone(struct parcel *parcel)
{
	parcel->entries[4].state = ENTRY_LIVE;
	parcel->entries[4].ends_at_s = 2000000000;
}

static void alter_end(struct parcel *parcel)
{
	parcel->entries[0].ends_at_s--;
}

static void alter_sealed(struct parcel *parcel)
{
	parcel->entries[0].sealed_hash[31] ^= 1;
}

static void leave_out(struct parcel *parcel)
{
	parcel->entries[1] = parcel->entries[2];
	parcel->entries[2] = parcel->entries[3];
	parcel->entries[3] = parcel->entries[4];
	parcel->chunk.entries_count--;
}

static void leave_out_all(struct parcel *parcel)
{
	parcel->chunk.entries_count = 0;
}

/* A row in the place of the sequence that the dropped record's earlier row had. */
static void put_in(struct parcel *parcel)
{
	struct entry *extra = &parcel->entries[5];

	*extra = parcel->entries[4];
	parcel->entries[4].sequence--;
	parcel->entries[4].id = (struct bytes){ (const uint8_t *)"KAZ-98", 6 };
	parcel->entries[3].sequence--;
	parcel->entries[2].sequence--;
	parcel->entries[1].sequence--;
	parcel->entries[0].sequence--;
	parcel->chunk.entries_count = 6;
	parcel->chunk.after--;
}

typedef void alter_fn(struct parcel *parcel);

static alter_fn *const alterations[] = {
	alter_sequence,
	alter_id,
	alter_version,
	alter_state,
	alter_tombstone,
	alter_end,
	alter_sealed,
	leave_out,
	leave_out_all,
};

/* Live is as it was before the attack, and still answers. */
static void assert_unharmed(const struct pair *pair, const struct memfeed *before,
	const struct list_copy *copy)
{
	const struct receiver *receiver = &pair->receiver;

	assert_true(copy_answers(&receiver->copy));
	assert_true(copy_serves(&receiver->copy));
	assert_true(memfeed_equal(&receiver->rows, before, FEED_LIVE));
	assert_memory_equal(receiver->copy.head.hash, copy->head.hash, HASH_BYTES);
	assert_memory_equal(
		&receiver->copy.digest, &copy->digest, sizeof(copy->digest));
	assert_int_equal(receiver->copy.live_count, copy->live_count);
}

static void nothing_altered_is_applied(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct memfeed before;
	struct list_copy copy;

	stand_behind(pair);
	memfeed_copy(&before, &receiver->rows);
	copy = receiver->copy;
	for (size_t i = 0; i < COUNT(alterations); i++) {
		struct parcel parcel;

		parcel_init(&parcel, &pair->owner, copy.head.sequence, ALL);
		assert_int_equal(parcel.chunk.entries_count, 5);
		alterations[i](&parcel);
		assert_int_equal(receiver_take(receiver, &parcel), APPLY_MISMATCH);
		assert_int_equal(receiver->again, APPLY_MISMATCH);
		assert_int_equal(receiver->copy.phase, COPY_FOLLOWING);
		assert_unharmed(pair, &before, &copy);
		parcel_finish(&parcel);
	}
	memfeed_finish(&before);
	pair_follow(pair);
}

static void nothing_altered_leaves_the_stage(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct memfeed before;
	struct list_copy copy;

	stand_behind(pair);
	memfeed_copy(&before, &receiver->rows);
	copy = receiver->copy;
	for (size_t i = 0; i < COUNT(alterations); i++) {
		struct parcel parcel;

		parcel_init(&parcel, &pair->owner, copy.head.sequence, ALL);
		alterations[i](&parcel);
		parcel.chunk.up_to = parcel.head.sequence - 1;
		for (size_t n = parcel.chunk
					.entries_count; /* the last comes after it */
			n > 0 && parcel.entries[n - 1].sequence > parcel.chunk.up_to;
			n--) {
			parcel.chunk.entries_count = n - 1;
		}
		if (parcel.chunk.entries_count == 0 ||
			alterations[i] == alter_tombstone) {
			parcel_finish(&parcel);
			continue; /* no first part of a read */
		}
		assert_int_equal(receiver_take(receiver, &parcel), APPLY_PARTIAL);
		parcel_finish(&parcel);
		assert_int_equal(
			receiver_pull(receiver, &pair->owner, ALL), APPLY_MISMATCH);
		assert_int_equal(receiver->again, APPLY_MISMATCH);
		assert_unharmed(pair, &before, &copy);
		/* it is read from nothing, and comes out */
		assert_int_equal(receiver->copy.phase, COPY_STAGING);
		assert_true(receiver->copy.whole);
		receiver_follow(receiver, &pair->owner, 2);
		memfeed_restore(&receiver->rows, &before);
		receiver->copy = copy;
	}
	memfeed_finish(&before);
}

static void nothing_altered_is_loaded(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	owner_add(&pair->owner, 1, 4);
	owner_drop(&pair->owner, "KAZ-9"); /* a tombstone of what never was */
	for (size_t i = 0; i < COUNT(alterations); i++) {
		struct parcel parcel;

		parcel_init(&parcel, &pair->owner, 0, ALL);
		assert_int_equal(parcel.chunk.entries_count, 5);
		alterations[i](&parcel);
		assert_int_equal(receiver_take(receiver, &parcel), APPLY_MISMATCH);
		assert_int_equal(receiver->again, APPLY_MISMATCH);
		assert_false(copy_answers(&receiver->copy));
		parcel_finish(&parcel);
	}
	pair_follow(pair);
}

static void one_row_too_many_is_a_mismatch(void **state)
{
	struct pair *pair = *state;
	struct parcel parcel;

	owner_add(&pair->owner, 1, 4);
	owner_add(&pair->owner, 4, 2); /* KAZ-4 leaves its sequence free */
	parcel_init(&parcel, &pair->owner, 0, ALL);
	put_in(&parcel);
	parcel.chunk.after = 0;
	assert_int_equal(parcel.chunk.entries_count, 6);
	assert_int_equal(receiver_take(&pair->receiver, &parcel), APPLY_MISMATCH);
	parcel_finish(&parcel);
}

static void break_up_to_low(struct parcel *parcel)
{
	parcel->chunk.up_to = parcel->chunk.after - 1;
}

static void break_up_to_high(struct parcel *parcel)
{
	parcel->chunk.up_to = parcel->head.sequence + 1;
}

static void break_up_to_row(struct parcel *parcel)
{
	parcel->chunk.up_to = parcel->entries[3].sequence;
}

static void break_order(struct parcel *parcel)
{
	struct entry first = parcel->entries[0];

	parcel->entries[0] = parcel->entries[1];
	parcel->entries[1] = first;
}

static void break_twice(struct parcel *parcel)
{
	parcel->entries[1] = parcel->entries[0];
}

static void break_after(struct parcel *parcel)
{
	parcel->entries[0].sequence = parcel->chunk.after;
}

static void break_id(struct parcel *parcel)
{
	parcel->entries[0].id = (struct bytes){ (const uint8_t *)"KAZ 1", 5 };
}

static void break_id_size(struct parcel *parcel)
{
	parcel->entries[0].id = (struct bytes){ NULL, 0 };
}

static void break_owner(struct parcel *parcel)
{
	parcel->entries[0].id = (struct bytes){ (const uint8_t *)"RUS-1", 5 };
}

static void break_floor(struct parcel *parcel)
{
	parcel->head.floor = parcel->entries[4].sequence;
}

static void break_progress(struct parcel *parcel)
{
	parcel->chunk.entries_count = 0;
	parcel->chunk.up_to = parcel->chunk.after;
}

static void break_count(struct parcel *parcel)
{
	parcel->chunk.entries_count = APPLY_ENTRIES_MAX + 1;
}

static void break_list(struct parcel *parcel)
{
	parcel->head.list.owner.code[0] = 'X';
}

static void what_breaks_the_protocol_is_called_so(void **state)
{
	static alter_fn *const breaks[] = { break_up_to_low, break_up_to_high,
		break_up_to_row, break_order, break_twice, break_after, break_id,
		break_id_size, break_owner, break_floor, break_progress, break_count,
		break_list };
	struct pair *pair = *state;

	stand_behind(pair);
	for (size_t i = 0; i < COUNT(breaks); i++) {
		struct parcel parcel;

		parcel_init(
			&parcel, &pair->owner, pair->receiver.copy.head.sequence, ALL);
		breaks[i](&parcel);
		assert_int_equal(receiver_take(&pair->receiver, &parcel), APPLY_BROKEN);
		parcel_finish(&parcel);
	}
	pair_follow(pair);
}

static void damage(struct receiver *receiver, size_t row)
{
	struct memfeed_row *damaged = receiver->rows.areas[FEED_LIVE].rows[row];

	assert_int_equal(damaged->holders, 1);
	damaged->entry.sealed_hash[0] ^= 1;
}

static void damaged_own_rows_are_nobodys_fault(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	stand_behind(pair);
	damage(receiver, 1);
	/* seen when a change touches the row */
	owner_change(&pair->owner, "KAZ-3", "second");
	owner_change(&pair->owner, "KAZ-4", "second");
	owner_change(&pair->owner, "KAZ-1", "second");
	assert_int_equal(receiver_pull(receiver, &pair->owner, ALL), APPLY_MISMATCH);
	assert_int_equal(receiver->again, APPLY_RESTART);
	assert_true(copy_answers(&receiver->copy));
	assert_false(copy_serves(&receiver->copy));
	receiver_follow(receiver, &pair->owner, 3);
	assert_true(copy_serves(&receiver->copy));
}

static void damage_is_repaired_from_the_very_head_that_is_held(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	pair_follow(pair);
	damage(receiver, 0);
	assert_int_equal(
		apply_again(&receiver->copy, &receiver->feed, &receiver->error),
		APPLY_RESTART);
	receiver_follow(receiver, &pair->owner, 3);
}

static void a_sound_copy_is_not_suspected(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	pair_follow(pair);
	assert_int_equal(
		apply_again(&receiver->copy, &receiver->feed, &receiver->error),
		APPLY_MISMATCH);
	assert_true(receiver_equals(receiver, &pair->owner));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(nothing_altered_is_applied),
		PAIR_TEST(nothing_altered_leaves_the_stage),
		PAIR_TEST(nothing_altered_is_loaded),
		PAIR_TEST(one_row_too_many_is_a_mismatch),
		PAIR_TEST(what_breaks_the_protocol_is_called_so),
		PAIR_TEST(damaged_own_rows_are_nobodys_fault),
		PAIR_TEST(damage_is_repaired_from_the_very_head_that_is_held),
		PAIR_TEST(a_sound_copy_is_not_suspected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
