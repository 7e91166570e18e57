/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/own_news.h"
#include "tests/unit/core/repl.h"

static enum own_news news(const struct owner *ours, const struct owner *theirs)
{
	return own_news(&ours->copy, &theirs->copy.head);
}

static void what_this_node_signed_is_no_news(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct owner old;

	owner_copy(&old, owner);
	pair_fill(owner);
	assert_int_equal(news(owner, owner), OWN_NEWS_NONE);
	assert_int_equal(news(owner, &old), OWN_NEWS_NONE);
	pair_reopen(owner, 8);
	assert_int_equal(news(owner, &old), OWN_NEWS_NONE);
	owner_finish(&old);
}

static void a_store_that_went_back_is_behind(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct list_copy empty = { .phase = COPY_EMPTY };
	struct owner old;

	owner_copy(&old, owner);
	pair_fill(owner);
	assert_int_equal(news(&old, owner), OWN_NEWS_BEHIND);
	assert_int_equal(own_news(&empty, &owner->copy.head), OWN_NEWS_BEHIND);
	owner_finish(&old);
}

static void a_later_epoch_is_told_from_a_fork(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct owner other, third;

	pair_fill(owner);
	owner_copy(&other, owner);
	owner_copy(&third, owner);
	owner_add(owner, 50, 1);
	pair_reopen(&other, 8);
	assert_int_equal(news(owner, &other), OWN_NEWS_LATER);
	assert_int_equal(news(&other, owner), OWN_NEWS_NONE);

	owner_add(&third, 60, 1); /* the same sequence, another content */
	assert_int_equal(news(owner, &third), OWN_NEWS_FORK);
	pair_reopen(&third, 8);
	third.copy.head.epoch.tag++; /* the same number, another tag */
	assert_int_equal(news(&other, &third), OWN_NEWS_FORK);
	owner_add(&third, 70, 1); /* whatever its sequence */
	assert_int_equal(news(&other, &third), OWN_NEWS_FORK);
	owner_finish(&other);
	owner_finish(&third);
}

static void assert_common(
	const struct owner *ours, const struct owner *theirs, uint64_t expected)
{
	uint64_t sequence = 0;

	assert_true(own_common(&ours->copy.head, &theirs->copy.head, &sequence));
	assert_int_equal(sequence, expected);
}

static void what_two_nodes_share_ends_where_one_took_over(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	uint64_t sequence = 77, base;
	struct owner other, early;

	pair_fill(owner);
	owner_copy(&early, owner);
	owner_add(owner, 40, 2);
	owner_copy(&other, owner);
	base = owner->copy.head.sequence;
	owner_add(owner, 50, 3);
	pair_reopen(&other, 8);
	assert_common(owner, &other, base);

	/* both took over: from where the first of them did */
	pair_reopen(owner, 7);
	assert_common(owner, &other, base);
	owner_add(&other, 70, 2);
	pair_reopen(&other, 9);
	assert_common(owner, &other, base);

	/* a store that has not even reached their base may have gone its own way */
	assert_false(own_common(&early.copy.head, &other.copy.head, &sequence));
	assert_int_equal(sequence, 77);
	owner_finish(&early);
	owner_finish(&other);
}

static void a_list_begun_anew_shares_nothing(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct owner other;
	uint64_t sequence = 77;

	pair_fill(owner);
	owner_init(&other, "KAZ", "BLR RUS");
	other.copy.head.epoch.number = 9;
	assert_false(own_common(&owner->copy.head, &other.copy.head, &sequence));
	assert_int_equal(sequence, 77);
	owner_finish(&other);
}

static void an_epoch_begins_where_it_took_over(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	uint64_t base;

	assert_int_equal(own_opening(&owner->copy.head), 0);
	pair_fill(owner);
	base = owner->copy.head.sequence;
	pair_reopen(owner, 8);
	owner_add(owner, 50, 3);
	assert_int_equal(own_opening(&owner->copy.head), base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(what_this_node_signed_is_no_news),
		PAIR_TEST(a_store_that_went_back_is_behind),
		PAIR_TEST(a_later_epoch_is_told_from_a_fork),
		PAIR_TEST(what_two_nodes_share_ends_where_one_took_over),
		PAIR_TEST(a_list_begun_anew_shares_nothing),
		PAIR_TEST(an_epoch_begins_where_it_took_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
