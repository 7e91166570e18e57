/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/node/verify_list.h"

/* When a peer's later sequence is a difference, and when it is news on its way. */

enum {
	signed_s = 1800000000
};

static const struct epoch epoch = { .number = 7, .tag = 1 };

static struct list_copy copy_at(enum copy_phase phase, uint64_t sequence)
{
	struct list_copy copy = { .phase = phase };

	copy.head.epoch = epoch;
	copy.head.sequence = sequence;
	copy.head.time_s = signed_s;
	return copy;
}

static bool is_behind(
	enum copy_phase phase, struct epoch of, uint64_t sequence, int64_t age_s)
{
	struct list_copy copy = copy_at(phase, 100);

	return verify_list_is_behind(&copy, &of, sequence, signed_s + age_s);
}

static void fresh_news_are_on_their_way(void **state)
{
	(void)state;
	assert_false(is_behind(COPY_FOLLOWING, epoch, 101, 1));
	assert_false(is_behind(COPY_FOLLOWING, epoch, 101, VERIFY_NEWS_S));
}

static void news_that_do_not_arrive_are_a_difference(void **state)
{
	(void)state;
	assert_true(is_behind(COPY_FOLLOWING, epoch, 101, VERIFY_NEWS_S + 1));
	/* say, the disk is full and the catch-up cannot be stored */
	assert_true(is_behind(COPY_STAGING, epoch, 50000, VERIFY_NEWS_S + 1));
}

static void an_owner_that_is_away_is_no_difference(void **state)
{
	(void)state;
	assert_false(is_behind(COPY_FOLLOWING, epoch, 100, 86400));
}

static void a_peer_that_is_behind_is_no_difference_here(void **state)
{
	(void)state;
	assert_false(is_behind(COPY_FOLLOWING, epoch, 99, 86400));
}

static void a_later_epoch_is_news_at_any_sequence(void **state)
{
	const struct epoch later = { .number = 8, .tag = 9 };
	const struct epoch earlier = { .number = 6, .tag = 9 };

	(void)state;
	assert_true(is_behind(COPY_FOLLOWING, later, 1, VERIFY_NEWS_S + 1));
	assert_false(is_behind(COPY_FOLLOWING, earlier, 500, VERIFY_NEWS_S + 1));
}

/* That it is being loaded is said otherwise. */
static void a_list_that_does_not_serve_is_not_compared(void **state)
{
	(void)state;
	assert_false(is_behind(COPY_LOADING, epoch, 101, VERIFY_NEWS_S + 1));
	assert_false(is_behind(COPY_MOVING, epoch, 101, VERIFY_NEWS_S + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_news_are_on_their_way),
		cmocka_unit_test(news_that_do_not_arrive_are_a_difference),
		cmocka_unit_test(an_owner_that_is_away_is_no_difference),
		cmocka_unit_test(a_peer_that_is_behind_is_no_difference_here),
		cmocka_unit_test(a_later_epoch_is_news_at_any_sequence),
		cmocka_unit_test(a_list_that_does_not_serve_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
