/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/heads.h"
#include "daemon/core/repl/own_news.h"
#include "tests/unit/core/story.h"

/* An owner that lost its disk and begins its list anew, in a later epoch that knows
 * nothing of the earlier one. */

/* KAZ-900 … stand in it. */
static void begin_anew(struct owner *owner, uint64_t epoch_number)
{
	owner_init(owner, "KAZ", "BLR RUS");
	owner->copy.head.epoch.number = epoch_number;
	replcase_sign(&owner->copy.head);
	owner_add(owner, 900, 3);
}

static void what_is_held_is_not_dropped_for_it(void **state)
{
	static const enum copy_phase phases[] = { COPY_FOLLOWING, COPY_STAGING,
		COPY_MOVING, COPY_STOPPED };

	(void)state;
	for (size_t i = 0; i < COUNT(phases); i++) {
		struct owner anew, old;
		struct pair *pair;
		void *made;

		pair_setup(&made);
		pair = made;
		pair_reach(pair, phases[i], &old);
		begin_anew(&anew, 9);
		assert_int_equal(
			receiver_hear(&pair->receiver, &anew.copy.head), APPLY_STRANGE);
		assert_int_equal(take(&pair->receiver, &anew, 0, ALL), APPLY_STRANGE);
		assert_true(copy_answers(&pair->receiver.copy));
		owner_finish(&anew);
		owner_finish(&old);
		pair_teardown(&made);
	}
}

/* Else what an owner that is no longer itself says would still erase the list. */
static void neither_does_it_end_the_sharing(void **state)
{
	struct pair *pair = *state;
	struct owner anew;

	pair_fill(&pair->owner);
	pair_follow(pair);
	begin_anew(&anew, 9);
	owner_begin(&anew);
	owner_share(&anew, "");
	owner_publish(&anew);
	assert_int_equal(
		receiver_hear(&pair->receiver, &anew.copy.head), APPLY_STRANGE);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
	owner_finish(&anew);
}

static void who_holds_no_rows_follows_it(void **state)
{
	struct pair *pair = *state;
	struct receiver *receiver = &pair->receiver;
	struct owner anew;

	begin_anew(&anew, 9);
	receiver_follow(receiver, &pair->owner, ALL); /* it has none, too */
	receiver_follow(receiver, &anew, ALL);
	owner_finish(&anew);
}

static void an_epoch_is_known_by_any_of_its_bases(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct head first = owner->copy.head, left, right;

	pair_reopen(owner, 8);
	left = owner->copy.head;
	pair_reopen(owner, 9);
	assert_true(heads_related(&first, &owner->copy.head));
	assert_true(heads_related(&owner->copy.head, &first));
	assert_true(heads_related(&left, &owner->copy.head));
	/* two that took over from the same, each without the other */
	right = owner->copy.head;
	right.epoch.number = 12;
	right.bases[0] = left.bases[0];
	right.bases_count = 1;
	assert_true(heads_related(&left, &right));
	right.bases[0].epoch.number = 6;
	assert_false(heads_related(&left, &right));
	/* what goes back further than all that is held was there before it */
	right.bases[0].epoch.number = 1;
	assert_true(heads_related(&left, &right));
	assert_true(heads_related(&right, &left));
	right.bases_count = 0;
	assert_false(heads_related(&left, &right));
}

static void bases_that_gave_way_are_not_held_against_it(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct head first = owner->copy.head;

	for (uint64_t i = 0; i <= HEAD_BASES_MAX; i++) {
		assert_true(heads_related(&first, &owner->copy.head));
		pair_reopen(owner, 10 + i);
	}
	assert_int_equal(owner->copy.head.bases_count, HEAD_BASES_MAX);
	assert_true(owner->copy.head.bases[0].epoch.number > first.epoch.number);
	assert_true(heads_related(&first, &owner->copy.head));
}

static void its_owner_learns_of_it_from_who_held_on(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct owner anew;

	begin_anew(&anew, 9);
	/* nothing was lost with a list without rows */
	assert_int_equal(own_news(&anew.copy, &owner->copy.head), OWN_NEWS_NONE);
	pair_fill(owner);
	assert_int_equal(own_news(&anew.copy, &owner->copy.head), OWN_NEWS_LOST);
	assert_int_equal(own_news(&owner->copy, &anew.copy.head), OWN_NEWS_LATER);
	owner_finish(&anew);
}

/* The old records come back from who held on; who followed the new epoch, and who did
 * not, follow the third. */
static void the_old_list_comes_back_to_everybody(void **state)
{
	struct pair *held = *state;
	struct receiver followed;
	struct owner anew;

	receiver_init(&followed, "BLR", &held->owner);
	begin_anew(&anew, 9);
	receiver_follow(&followed, &anew, ALL);
	pair_fill(&held->owner);
	pair_follow(held);

	assert_int_equal(own_give_up(&anew.copy, &anew.feed), 0);
	assert_true(copy_answers(&anew.copy));
	assert_false(copy_serves(&anew.copy));
	assert_int_equal(anew.rows.areas[FEED_LIVE].count, 3);
	assert_true(heads_strange(
		&anew.copy.head, false, &anew.copy.left, &followed.copy.head));
	assert_int_equal(own_news(&anew.copy, &followed.copy.head), OWN_NEWS_NONE);

	/* taken from the peer: as held's owner has it, and what was left remembered */
	held->owner.copy.left = anew.copy.left;
	owner_begin(&held->owner);
	assert_int_equal(own_reopen(&held->owner.change,
				 (struct epoch){ .number = 9, .tag = 1 }),
		CORDON_EINVAL);
	owner_reopen(&held->owner, 10);
	owner_publish(&held->owner);
	assert_int_equal(held->owner.copy.left.number, 0);
	receiver_follow(&followed, &held->owner, ALL);
	receiver_follow(&held->receiver, &held->owner, ALL);
	owner_finish(&anew);
	receiver_finish(&followed);
}

static void a_list_begun_after_that_still_names_what_was_left(void **state)
{
	struct pair *pair = *state;
	struct owner anew, third;

	begin_anew(&anew, 9);
	receiver_follow(&pair->receiver, &anew, ALL);
	owner_init(&third, "KAZ", "BLR RUS");
	third.copy.head.sequence = 0; /* not published */
	third.copy.head.epoch.number = 10;
	owner_begin(&third);
	own_disown(&third.change, &anew.copy.head.epoch);
	owner_publish(&third);
	receiver_follow(&pair->receiver, &third, ALL);
	owner_finish(&anew);
	owner_finish(&third);
}

static struct head anew_head(uint64_t sequence)
{
	struct head head = story_head(sequence);

	head.epoch.number = EPOCH + 4;
	head.time_s = 1;
	replcase_sign(&head);
	return head;
}

static void who_tells_of_it_is_not_asked_and_named_once(void **state)
{
	struct head head = anew_head(90);

	(void)state;
	story.copy.live_count = 1;
	follow();
	up(1);
	hear(1, &head);
	EXPECT("strange 1");
	assert_int_equal(engine_peer_lag(story.engine, 1), 0);
	hear(1, &head);
	EXPECT("");
	head = anew_head(91);
	down(1);
	up(1);
	hear(1, &head);
	EXPECT("");
	holds(1, 25); /* it has come back to the list that is held */
	EXPECT("wake 250");
	head.bases[0].epoch = story.copy.head.epoch;
	head.bases_count = 1;
	head.epoch.number++;
	replcase_sign(&head);
	hear(1, &head);
	assert_int_not_equal(engine_peer_lag(story.engine, 1), 0);
}

/* The old list's last head, the one begun anew, and the one that took the old list back
 * (naming, or without knowing, what was begun anew) in all orders. */
static void in_every_order_all_come_to_what_was_taken_back(void **state)
{
	static const size_t orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	static const enum copy_phase starts[] = { COPY_EMPTY, COPY_FOLLOWING,
		COPY_STAGING };

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(orders) * COUNT(starts); i++) {
		const size_t *order = orders[i % COUNT(orders)];
		struct owner old, anew, back;
		struct pair *pair;
		void *made;

		pair_setup(&made);
		pair = made;
		pair_reach(pair, starts[i / COUNT(orders) % COUNT(starts)], &old);
		begin_anew(&anew, 9);
		owner_copy(&back, &pair->owner);
		if (i % 2 == 0) {
			back.copy.left = anew.copy.head.epoch;
		}
		pair_reopen(&back, 10);
		for (size_t k = 0; k < 3; k++) {
			const struct owner *from = order[k] == 0   ? &pair->owner
						   : order[k] == 1 ? &anew
								   : &back;

			for (unsigned n = 0; n < 40; n++) {
				receiver_hear(&pair->receiver, &from->copy.head);
				receiver_pull(&pair->receiver, from, 1 + n % 3);
				receiver_move(&pair->receiver, 2);
			}
		}
		receiver_follow(&pair->receiver, &back, 2);
		assert_true(receiver_equals(&pair->receiver, &back));
		owner_finish(&back);
		owner_finish(&anew);
		owner_finish(&old);
		pair_teardown(&made);
	}
}

/* The node that began anew is a receiver of its own list. */
static void what_was_begun_anew_answers_until_the_old_list_is_here(void **state)
{
	struct pair *pair = *state;
	struct receiver *node = &pair->receiver;
	struct owner anew, other;

	pair_fill(&pair->owner);
	begin_anew(&anew, 9);
	begin_anew(&other, 7); /* an earlier mistake of the same kind, at a peer */
	assert_int_equal(own_give_up(&node->copy, &node->feed), CORDON_EINVAL);
	receiver_follow(node, &anew, ALL);
	assert_int_equal(own_give_up(&node->copy, &node->feed), 0);
	assert_int_equal(own_give_up(&node->copy, &node->feed), CORDON_EINVAL);
	assert_int_equal(receiver_hear(node, &anew.copy.head), APPLY_STRANGE);
	assert_int_equal(receiver_pull(node, &anew, ALL), APPLY_STRANGE);

	receiver_follow(node, &other, ALL);
	assert_int_equal(own_news(&node->copy, &anew.copy.head), OWN_NEWS_NONE);
	assert_int_equal(own_news(&node->copy, &pair->owner.copy.head), OWN_NEWS_LOST);
	assert_int_equal(own_give_up(&node->copy, &node->feed), 0);
	assert_int_equal(receiver_hear(node, &anew.copy.head), APPLY_STRANGE);
	assert_int_equal(receiver_hear(node, &other.copy.head), APPLY_STRANGE);

	assert_int_equal(receiver_pull(node, &pair->owner, 2), APPLY_PARTIAL);
	assert_true(copy_answers(&node->copy));
	assert_true(memfeed_equal(&node->rows, &other.rows, FEED_LIVE));
	receiver_follow(node, &pair->owner, 2);
	assert_true(receiver_equals(node, &pair->owner));
	owner_finish(&other);
	owner_finish(&anew);
}

/* A standby that holds the old list takes over while a stray one is about: who followed
 * that comes back although the new epoch does not know of it, and the new signer does
 * not take the stray one for what it has lost. */
static void who_is_told_of_a_stray_list_does_not_give_its_own_up(void **state)
{
	struct pair *pair = *state;
	struct receiver followed;
	struct owner anew;

	pair_fill(&pair->owner);
	begin_anew(&anew, 9);
	receiver_init(&followed, "BLR", &anew);
	receiver_follow(&followed, &anew, ALL);
	pair_reopen(&pair->owner, 10);
	assert_int_equal(
		own_news(&pair->owner.copy, &followed.copy.head), OWN_NEWS_NONE);
	receiver_follow(&followed, &pair->owner, 2);
	receiver_finish(&followed);
	owner_finish(&anew);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_held_is_not_dropped_for_it),
		PAIR_TEST(neither_does_it_end_the_sharing),
		PAIR_TEST(who_holds_no_rows_follows_it),
		PAIR_TEST(an_epoch_is_known_by_any_of_its_bases),
		PAIR_TEST(bases_that_gave_way_are_not_held_against_it),
		PAIR_TEST(its_owner_learns_of_it_from_who_held_on),
		PAIR_TEST(the_old_list_comes_back_to_everybody),
		PAIR_TEST(a_list_begun_after_that_still_names_what_was_left),
		cmocka_unit_test(in_every_order_all_come_to_what_was_taken_back),
		PAIR_TEST(what_was_begun_anew_answers_until_the_old_list_is_here),
		PAIR_TEST(who_is_told_of_a_stray_list_does_not_give_its_own_up),
		STORY(who_tells_of_it_is_not_asked_and_named_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
