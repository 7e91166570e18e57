/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

static void a_new_epoch_goes_on_where_it_took_over(void **state)
{
	struct pair *pair = *state;

	pair_fill(&pair->owner);
	pair_follow(pair);
	pair_reopen(&pair->owner, 8);
	owner_change(&pair->owner, "KAZ-1", "in the new epoch");
	assert_int_equal(
		receiver_pull(&pair->receiver, &pair->owner, ALL), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
}

static void who_stands_elsewhere_reads_a_new_epoch_from_nothing(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;

	pair_fill(&pair->owner);
	pair_follow(pair);
	owner_change(&pair->owner, "KAZ-1", "at the end of the old epoch");
	pair_reopen(&pair->owner, 8);
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

	pair_fill(&pair->owner);
	pair_follow(pair);
	pair_reopen(&pair->owner, 8);
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

	pair_fill(&pair->owner);
	owner_copy(&old, &pair->owner);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	pair_reopen(&pair->owner, 8);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	assert_int_equal(receiver->copy.read_epoch.number, 8);
	assert_int_equal(take(receiver, &old, receiver->copy.position, 2), APPLY_STALE);
	receiver_follow(receiver, &pair->owner, 2);
	owner_finish(&old);
}

static void another_content_of_one_sequence_is_a_fork(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner twin;

	pair_fill(&pair->owner);
	owner_copy(&twin, &pair->owner);
	owner_change(&twin, "KAZ-1", "on the twin");
	owner_change(&pair->owner, "KAZ-1", "on the first");
	pair_follow(pair);
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

	pair_fill(&pair->owner);
	pair_follow(pair);
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

	pair_fill(&pair->owner);
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
		pair_reach(pair, phases[i], &old);
		assert_int_equal(
			apply_stop(&receiver->copy, &receiver->feed,
				&pair->owner.copy.head.epoch, &receiver->error),
			APPLY_FORK);
		assert_int_equal(receiver->copy.phase, COPY_STOPPED);
		assert_int_equal(receiver->rows.areas[FEED_STAGE].count, 0);
		assert_int_equal(
			copy_answers(&receiver->copy), phases[i] != COPY_LOADING);
		assert_int_equal(
			receiver_hear(receiver, &pair->owner.copy.head), APPLY_STALE);
		pair_reopen(&pair->owner, 8);
		assert_int_equal(
			receiver_hear(receiver, &pair->owner.copy.head), APPLY_PARTIAL);
		assert_int_equal(receiver->copy.phase, COPY_STOPPED);
		receiver_follow(receiver, &pair->owner, 2);
		owner_finish(&old);
		pair_teardown(&made);
	}
}

static enum apply_result stop_at(struct receiver *receiver, uint64_t epoch_number)
{
	struct epoch epoch = { .number = epoch_number, .tag = 1 };

	return apply_stop(&receiver->copy, &receiver->feed, &epoch, &receiver->error);
}

/* Evidence may be older than the epoch that has put an end to it. */
static void evidence_of_an_earlier_epoch_stops_nothing(void **state)
{
	struct pair *pair = *state;

	pair_fill(&pair->owner);
	pair_reopen(&pair->owner, 8);
	pair_follow(pair);
	assert_int_equal(stop_at(&pair->receiver, 7), APPLY_SAME);
	assert_int_equal(pair->receiver.copy.phase, COPY_FOLLOWING);
	assert_int_equal(stop_at(&pair->receiver, 8), APPLY_FORK);
	assert_int_equal(pair->receiver.copy.phase, COPY_STOPPED);
}

/* It may be of one that this copy has not come to yet, and never will then. */
/* Else it would wait for a third epoch for ever. */
static void evidence_of_the_verified_epoch_does_not_stop_the_next(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct head twin;

	pair_fill(&pair->owner);
	pair_follow(pair);
	twin = pair->owner.copy.head;
	twin.floor++;
	replcase_sign(&twin);
	pair_reopen(&pair->owner, 9);
	owner_add(&pair->owner, 20, 5);
	assert_int_equal(receiver_pull(receiver, &pair->owner, 2), APPLY_PARTIAL);
	assert_int_equal(receiver_hear(receiver, &twin), APPLY_STALE);
	assert_int_equal(stop_at(receiver, twin.epoch.number), APPLY_SAME);
	receiver_follow(receiver, &pair->owner, ALL);
}

static void evidence_of_a_later_epoch_stops_that_too(void **state)
{
	struct pair *pair = *state;

	pair_fill(&pair->owner);
	pair_follow(pair);
	assert_int_equal(stop_at(&pair->receiver, 8), APPLY_FORK);
	pair_reopen(&pair->owner, 8);
	assert_int_equal(
		receiver_hear(&pair->receiver, &pair->owner.copy.head), APPLY_STALE);
	pair_reopen(&pair->owner, 9);
	receiver_follow(&pair->receiver, &pair->owner, ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(a_new_epoch_goes_on_where_it_took_over),
		PAIR_TEST(who_stands_elsewhere_reads_a_new_epoch_from_nothing),
		PAIR_TEST(a_base_with_another_hash_is_no_base),
		PAIR_TEST(a_read_begins_anew_in_a_newer_epoch_and_not_in_an_older),
		PAIR_TEST(another_content_of_one_sequence_is_a_fork),
		PAIR_TEST(another_tag_of_one_epoch_is_a_fork),
		PAIR_TEST(a_fork_is_seen_against_what_is_being_read),
		PAIR_TEST(evidence_of_an_earlier_epoch_stops_nothing),
		PAIR_TEST(evidence_of_the_verified_epoch_does_not_stop_the_next),
		PAIR_TEST(evidence_of_a_later_epoch_stops_that_too),
		cmocka_unit_test(a_list_stopped_in_any_phase_goes_on_in_a_new_epoch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
