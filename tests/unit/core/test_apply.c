/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

/* The owner's list with two records that were changed and one withdrawn; 9 rows. */
static void fill(struct owner *owner)
{
	owner_add(owner, 1, 9);
	owner_change(owner, "KAZ-2", "second");
	owner_change(owner, "KAZ-5", "second");
	owner_drop(owner, "KAZ-7");
}

static void follow(struct pair *pair)
{
	receiver_follow(&pair->receiver, &pair->owner, ALL);
}

/* ---- the honest path
 * -------------------------------------------------------------------- */

static void a_list_is_loaded_in_chunks_of_every_size(void **state)
{
	struct pair *pair = *state;

	fill(&pair->owner);
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

	fill(&pair->owner);
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

	fill(&pair->owner);
	follow(pair);
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
		follow(pair);
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

	fill(&pair->owner);
	follow(pair);
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

	fill(&pair->owner);
	follow(pair);
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

/* ---- every phase meets every sort of chunk and head
 * ----------------------------------------- */

enum sort {
	NEXT,      /* where the receiver stands, to the owner's end */
	NEXT_PART, /* the same, not to the end */
	WHOLE,     /* from nothing to the end */
	GAP,       /* after a sequence that the receiver has not reached */
	OLD,       /* of an earlier head that the receiver has */
	REPEAT,    /* the verified head without rows */
	NEWS,      /* heads alone: a newer one, … */
	ENDED,     /* … one that names the receiver no longer, … */
	OTHER_LIST /* … one of another list */
};

/* Brings a receiver into phase; the owner has more than it. */
static void reach(struct pair *pair, enum copy_phase phase, struct owner *old)
{
	struct owner *owner = &pair->owner;
	struct receiver *receiver = &pair->receiver;

	fill(owner);
	owner_copy(old, owner);
	switch (phase) {
	case COPY_EMPTY:
		break;
	case COPY_LOADING:
		assert_int_equal(receiver_pull(receiver, owner, 2), APPLY_PARTIAL);
		break;
	case COPY_UNSHARED:
		follow(pair);
		owner_begin(owner);
		owner_share(owner, "RUS");
		owner_publish(owner);
		assert_int_equal(
			receiver_hear(receiver, &owner->copy.head), APPLY_UNSHARED);
		owner_begin(owner);
		owner_share(owner, "BLR RUS");
		owner_publish(owner);
		break;
	default:
		follow(pair);
		break;
	}
	owner_add(owner, 20, 4);
	if (phase == COPY_STAGING || phase == COPY_MOVING) {
		assert_int_equal(receiver_pull(receiver, owner, 2), APPLY_PARTIAL);
	}
	if (phase == COPY_MOVING) {
		assert_int_equal(receiver_pull(receiver, owner, 2), APPLY_MOVE);
		owner_add(owner, 30, 2);
	}
	if (phase == COPY_STOPPED) {
		receiver->copy.phase = COPY_STOPPED;
	}
	assert_int_equal(receiver->copy.phase, phase);
}

static enum apply_result meet(
	struct pair *pair, const struct owner *old, enum sort sort)
{
	struct receiver *receiver = &pair->receiver;
	uint64_t here = receiver->copy.phase == COPY_MOVING
				? receiver->copy.high.sequence
				: receiver->copy.head.sequence;
	struct copy_position position;
	struct head head = pair->owner.copy.head;

	copy_position(&receiver->copy, &position);
	switch (sort) {
	case NEXT:
		return take(receiver, &pair->owner, position.after, ALL);
	case NEXT_PART:
		return take(receiver, &pair->owner, position.after, 1);
	case WHOLE:
		return take(receiver, &pair->owner, 0, ALL);
	case GAP:
		return take(receiver, &pair->owner, here + 1, ALL);
	case OLD:
		return take(receiver, old, 0, ALL);
	case REPEAT:
		head = receiver->copy.head;
		head.time_s++;
		return receiver_hear(receiver, &head);
	case NEWS:
		return receiver_hear(receiver, &head);
	case ENDED:
		head.sequence++;
		head.shared_with_count = 0;
		replcase_sign(&head);
		return receiver_hear(receiver, &head);
	case OTHER_LIST:
		head.list.kind = CORDON_KIND_DEPORTATION;
		return receiver_hear(receiver, &head);
	}
	return APPLY_ERROR;
}

#define NONE (-1) /* does not apply */

static const struct {
	enum copy_phase phase;
	int results[OTHER_LIST + 1]; /* by sort */
} table[] = {
	{ COPY_EMPTY, { APPLY_VERIFIED, APPLY_PARTIAL, APPLY_VERIFIED, APPLY_STALE,
			      APPLY_VERIFIED, NONE, APPLY_PARTIAL, APPLY_UNSHARED,
			      APPLY_BROKEN } },
	{ COPY_LOADING, { APPLY_VERIFIED, APPLY_PARTIAL, APPLY_VERIFIED, APPLY_STALE,
				APPLY_VERIFIED, NONE, APPLY_PARTIAL, APPLY_UNSHARED,
				APPLY_BROKEN } },
	{ COPY_FOLLOWING,
		{ APPLY_VERIFIED, APPLY_PARTIAL, APPLY_MOVE, APPLY_STALE, APPLY_SAME,
			APPLY_SAME, APPLY_PARTIAL, APPLY_UNSHARED, APPLY_BROKEN } },
	{ COPY_STAGING,
		{ APPLY_MOVE, APPLY_PARTIAL, APPLY_MOVE, APPLY_STALE, APPLY_STALE,
			APPLY_SAME, APPLY_PARTIAL, APPLY_UNSHARED, APPLY_BROKEN } },
	{ COPY_MOVING,
		{ APPLY_STALE, APPLY_STALE, APPLY_STALE, APPLY_STALE, APPLY_STALE,
			APPLY_SAME, APPLY_PARTIAL, APPLY_UNSHARED, APPLY_BROKEN } },
	{ COPY_UNSHARED, { APPLY_VERIFIED, APPLY_PARTIAL, APPLY_VERIFIED, APPLY_STALE,
				 APPLY_STALE, APPLY_STALE, APPLY_PARTIAL, APPLY_SAME,
				 APPLY_BROKEN } },
	{ COPY_STOPPED,
		{ APPLY_STALE, APPLY_STALE, APPLY_STALE, APPLY_STALE, APPLY_STALE,
			APPLY_STALE, APPLY_STALE, APPLY_STALE, APPLY_BROKEN } },
};

static void every_phase_meets_every_sort_of_news(void **state)
{
	(void)state;
	for (size_t p = 0; p < COUNT(table); p++) {
		for (int sort = NEXT; sort <= OTHER_LIST; sort++) {
			struct owner old;
			void *pair;
			int result;

			if (table[p].results[sort] == NONE) {
				continue;
			}
			pair_setup(&pair);
			reach(pair, table[p].phase, &old);
			result = (int)meet(pair, &old, (enum sort)sort);
			if (result != table[p].results[sort]) {
				fail_msg("%s, sort %d: %d instead of %d",
					copy_phase_text(table[p].phase), sort, result,
					table[p].results[sort]);
			}
			owner_finish(&old);
			pair_teardown(&pair);
		}
	}
}

static void an_unshared_member_goes_on_as_the_head_says(void **state)
{
	struct pair *pair = *state;
	struct owner old;

	reach(pair, COPY_UNSHARED, &old);
	assert_int_equal(pair->receiver.rows.areas[FEED_LIVE].count, 0);
	assert_false(copy_answers(&pair->receiver.copy));
	receiver_follow(&pair->receiver, &pair->owner, 3);
	owner_finish(&old);
}

/* A relay that has not heard yet still serves the state in which BLR was named. */
static void a_state_from_before_the_end_is_not_taken_again(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner old;

	reach(pair, COPY_UNSHARED, &old);
	assert_int_equal(receiver_hear(receiver, &old.copy.head), APPLY_STALE);
	/* heard of alone, the new sharing changes nothing of that */
	assert_int_equal(
		receiver_hear(receiver, &pair->owner.copy.head), APPLY_PARTIAL);
	assert_int_equal(take(receiver, &old, 0, ALL), APPLY_STALE);
	/* nor when a load has begun and was begun again */
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	assert_int_equal(take(receiver, &old, 0, ALL), APPLY_STALE);
	assert_int_equal(
		apply_again(&receiver->copy, &receiver->feed, &receiver->error),
		APPLY_MISMATCH);
	assert_int_equal(receiver->copy.phase, COPY_LOADING);
	assert_int_equal(take(receiver, &old, 0, ALL), APPLY_STALE);
	receiver_follow(receiver, &pair->owner, ALL);
	owner_finish(&old);
}

static void an_old_end_of_the_sharing_does_not_end_a_new_one(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct head ended;
	struct owner old;

	reach(pair, COPY_UNSHARED, &old);
	ended = receiver->copy.head;
	receiver_follow(receiver, &pair->owner, ALL);
	assert_int_equal(receiver_hear(receiver, &ended), APPLY_STALE);
	/* nor while a stage is read whose snapshots are newer than it */
	ended = pair->owner.copy.head;
	ended.sequence++;
	ended.shared_with_count = 0;
	replcase_sign(&ended);
	owner_add(&pair->owner, 40, 4);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 1), APPLY_PARTIAL);
	assert_int_equal(receiver_hear(receiver, &ended), APPLY_STALE);
	owner_finish(&old);
}

/* ---- malice and accidents
 * --------------------------------------------------------------------- */

/* The receiver stands behind the owner by five rows; what it has answers. */
static void stand_behind(struct pair *pair)
{
	fill(&pair->owner);
	follow(pair);
	owner_add(&pair->owner, 20, 4);
	owner_drop(&pair->owner, "KAZ-3");
}

static void alter_sequence(struct parcel *parcel)
{
	parcel->entries[1].sequence = parcel->entries[2].sequence;
	parcel->entries[2].sequence++;
	parcel->chunk.entries_count = 3;
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
	follow(pair);
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
	follow(pair);
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
	follow(pair);
}

/* ---- own damage
 * --------------------------------------------------------------------------- */

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

	fill(&pair->owner);
	follow(pair);
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

	fill(&pair->owner);
	follow(pair);
	assert_int_equal(
		apply_again(&receiver->copy, &receiver->feed, &receiver->error),
		APPLY_MISMATCH);
	assert_true(receiver_equals(receiver, &pair->owner));
}

/* ---- epochs
 * ------------------------------------------------------------------------------- */

static void reopen(struct owner *owner, uint64_t epoch_number)
{
	owner_begin(owner);
	owner_reopen(owner, epoch_number);
	owner_publish(owner);
}

static void a_new_epoch_goes_on_where_it_took_over(void **state)
{
	struct pair *pair = *state;

	fill(&pair->owner);
	follow(pair);
	reopen(&pair->owner, 8);
	owner_change(&pair->owner, "KAZ-1", "in the new epoch");
	assert_int_equal(
		receiver_pull(&pair->receiver, &pair->owner, ALL), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
}

static void who_stands_elsewhere_reads_a_new_epoch_from_nothing(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	fill(&pair->owner);
	follow(pair);
	owner_change(&pair->owner, "KAZ-1", "at the end of the old epoch");
	reopen(&pair->owner, 8);
	/* on from where it stands would leave out what the old epoch ended with */
	assert_int_equal(
		take(receiver, &pair->owner, receiver->copy.head.sequence, ALL),
		APPLY_STALE);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 3), APPLY_PARTIAL);
	assert_true(receiver->copy.whole);
	receiver_follow(receiver, &pair->owner, 3);
}

static void a_base_with_another_hash_is_no_base(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct parcel parcel;

	fill(&pair->owner);
	follow(pair);
	reopen(&pair->owner, 8);
	parcel_init(&parcel, &pair->owner, receiver->copy.head.sequence, ALL);
	parcel.head.bases[0].hash[0] ^= 1;
	assert_int_equal(receiver_take(receiver, &parcel), APPLY_STALE);
	parcel_finish(&parcel);
}

static void a_read_begins_anew_in_a_newer_epoch_and_not_in_an_older(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner old;

	fill(&pair->owner);
	owner_copy(&old, &pair->owner);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	reopen(&pair->owner, 8);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	assert_int_equal(receiver->copy.read_epoch.number, 8);
	assert_int_equal(take(receiver, &old, receiver->copy.position, 2), APPLY_STALE);
	receiver_follow(receiver, &pair->owner, 2);
	owner_finish(&old);
}

/* ---- forks
 * -----------------------------------------------------------------------------------
 */

static void another_content_of_one_sequence_is_a_fork(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner twin;

	fill(&pair->owner);
	owner_copy(&twin, &pair->owner);
	owner_change(&twin, "KAZ-1", "on the twin");
	owner_change(&pair->owner, "KAZ-1", "on the first");
	follow(pair);
	assert_int_equal(receiver_hear(receiver, &twin.copy.head), APPLY_FORK);
	assert_int_equal(receiver->again, APPLY_FORK);
	assert_int_equal(receiver->copy.phase, COPY_STOPPED);
	assert_true(copy_answers(&receiver->copy));
	assert_true(memfeed_equal(&receiver->rows, &pair->owner.rows, FEED_LIVE));
	/* nothing more of this epoch, from neither */
	owner_change(&pair->owner, "KAZ-1", "goes on");
	assert_int_equal(
		take(receiver, &pair->owner, receiver->copy.head.sequence, ALL),
		APPLY_STALE);
	assert_int_equal(receiver_hear(receiver, &twin.copy.head), APPLY_STALE);
	owner_finish(&twin);
}

static void another_tag_of_one_epoch_is_a_fork(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct head head;

	fill(&pair->owner);
	follow(pair);
	for (int older = 0; older <= 1; older++) {
		head = pair->owner.copy.head;
		head.epoch.tag++;
		head.sequence += older ? -1 : 1;
		replcase_sign(&head);
		receiver->copy.phase = COPY_FOLLOWING;
		assert_int_equal(receiver_hear(receiver, &head), APPLY_FORK);
	}
}

static void a_fork_is_seen_against_what_is_being_read(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct head head;

	fill(&pair->owner);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	head = pair->owner.copy.head;
	head.floor++;
	replcase_sign(&head);
	assert_int_equal(receiver_hear(receiver, &head), APPLY_FORK);
	assert_int_equal(receiver->copy.phase, COPY_STOPPED);
	/* nothing was verified: nothing stays, and nothing answers */
	assert_false(copy_answers(&receiver->copy));
	assert_int_equal(receiver->rows.areas[FEED_LIVE].count, 0);
}

static void a_list_stopped_in_any_phase_goes_on_in_a_new_epoch(void **state)
{
	static const enum copy_phase phases[] = { COPY_LOADING, COPY_FOLLOWING,
		COPY_STAGING, COPY_MOVING };

	(void)state;
	for (size_t i = 0; i < COUNT(phases); i++) {
		struct receiver *receiver;
		struct pair *pair;
		struct owner old;
		void *made;

		pair_setup(&made);
		pair = made;
		receiver = &pair->receiver;
		reach(pair, phases[i], &old);
		assert_int_equal(
			apply_stop(&receiver->copy, &receiver->feed, &receiver->error),
			APPLY_FORK);
		assert_int_equal(receiver->copy.phase, COPY_STOPPED);
		assert_int_equal(receiver->rows.areas[FEED_STAGE].count, 0);
		assert_int_equal(
			copy_answers(&receiver->copy), phases[i] != COPY_LOADING);
		assert_int_equal(
			receiver_hear(receiver, &pair->owner.copy.head), APPLY_STALE);
		reopen(&pair->owner, 8);
		assert_int_equal(
			receiver_hear(receiver, &pair->owner.copy.head), APPLY_PARTIAL);
		assert_int_equal(receiver->copy.phase, COPY_STOPPED);
		receiver_follow(receiver, &pair->owner, 2);
		owner_finish(&old);
		pair_teardown(&made);
	}
}

/* ---- failing writes
 * --------------------------------------------------------------------------- */

static void whatever_write_fails_the_copy_stays_as_it_was(void **state)
{
	static const enum copy_phase phases[] = { COPY_EMPTY, COPY_LOADING,
		COPY_FOLLOWING, COPY_STAGING, COPY_UNSHARED };
	static const enum sort sorts[] = { NEXT, NEXT_PART, WHOLE, ENDED };

	(void)state;
	for (size_t i = 0; i < COUNT(phases) * COUNT(sorts); i++) {
		enum apply_result result = APPLY_ERROR;
		struct pair *pair;
		struct owner old;
		void *made;

		pair_setup(&made);
		pair = made;
		reach(pair, phases[i / COUNT(sorts)], &old);
		for (size_t n = 1; result == APPLY_ERROR; n++) {
			struct list_copy before = pair->receiver.copy;

			pair->receiver.rows.fail_at = n;
			pair->receiver.rows.fail_error = CORDON_EFULL;
			result = meet(pair, &old, sorts[i % COUNT(sorts)]);
			if (result == APPLY_ERROR) {
				assert_int_equal(pair->receiver.error, CORDON_EFULL);
				assert_memory_equal(
					&pair->receiver.copy, &before, sizeof(before));
			}
		}
		pair->receiver.rows.fail_at = 0;
		assert_false(apply_failed(result));
		owner_finish(&old);
		pair_teardown(&made);
	}
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
		cmocka_unit_test(every_phase_meets_every_sort_of_news),
		PAIR_TEST(an_unshared_member_goes_on_as_the_head_says),
		PAIR_TEST(a_state_from_before_the_end_is_not_taken_again),
		PAIR_TEST(an_old_end_of_the_sharing_does_not_end_a_new_one),
		PAIR_TEST(nothing_altered_is_applied),
		PAIR_TEST(nothing_altered_leaves_the_stage),
		PAIR_TEST(nothing_altered_is_loaded),
		PAIR_TEST(one_row_too_many_is_a_mismatch),
		PAIR_TEST(what_breaks_the_protocol_is_called_so),
		PAIR_TEST(damaged_own_rows_are_nobodys_fault),
		PAIR_TEST(damage_is_repaired_from_the_very_head_that_is_held),
		PAIR_TEST(a_sound_copy_is_not_suspected),
		PAIR_TEST(a_new_epoch_goes_on_where_it_took_over),
		PAIR_TEST(who_stands_elsewhere_reads_a_new_epoch_from_nothing),
		PAIR_TEST(a_base_with_another_hash_is_no_base),
		PAIR_TEST(a_read_begins_anew_in_a_newer_epoch_and_not_in_an_older),
		PAIR_TEST(another_content_of_one_sequence_is_a_fork),
		PAIR_TEST(another_tag_of_one_epoch_is_a_fork),
		PAIR_TEST(a_fork_is_seen_against_what_is_being_read),
		cmocka_unit_test(a_list_stopped_in_any_phase_goes_on_in_a_new_epoch),
		cmocka_unit_test(whatever_write_fails_the_copy_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
