/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

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
			APPLY_STALE, APPLY_PARTIAL, APPLY_UNSHARED, APPLY_BROKEN } },
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
			pair_reach(pair, table[p].phase, &old);
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

	pair_reach(pair, COPY_UNSHARED, &old);
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

	pair_reach(pair, COPY_UNSHARED, &old);
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

	pair_reach(pair, COPY_UNSHARED, &old);
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
		pair_reach(pair, phases[i / COUNT(sorts)], &old);
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
		cmocka_unit_test(every_phase_meets_every_sort_of_news),
		PAIR_TEST(an_unshared_member_goes_on_as_the_head_says),
		PAIR_TEST(a_state_from_before_the_end_is_not_taken_again),
		PAIR_TEST(an_old_end_of_the_sharing_does_not_end_a_new_one),
		cmocka_unit_test(whatever_write_fails_the_copy_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
