/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/core/limit/bucket.h"

static const struct bucket_rate ten = { .per_s = 10, .burst = 20 };

static struct mono at_ms(int64_t ms)
{
	return (struct mono){ 5000000 + ms * 1000 };
}

static struct bucket full(const struct bucket_rate *rate)
{
	struct bucket bucket;

	bucket_init(&bucket, rate, at_ms(0));
	return bucket;
}

/* How many can be had at once. */
static unsigned drain(struct bucket *bucket, const struct bucket_rate *rate, int64_t ms)
{
	unsigned count = 0;

	while (count < 1000 && bucket_take(bucket, rate, at_ms(ms))) {
		count++;
	}
	return count;
}

static void a_burst_is_had_at_once_and_no_more(void **state)
{
	struct bucket bucket = full(&ten);

	(void)state;
	assert_int_equal(drain(&bucket, &ten, 0), 20);
	assert_int_equal(drain(&bucket, &ten, 0), 0);
}

static void it_fills_at_the_rate_and_not_above_the_burst(void **state)
{
	struct bucket bucket = full(&ten);

	(void)state;
	drain(&bucket, &ten, 0);
	assert_int_equal(drain(&bucket, &ten, 99), 0);
	assert_int_equal(drain(&bucket, &ten, 100), 1);
	assert_int_equal(drain(&bucket, &ten, 1100), 10);
	assert_int_equal(drain(&bucket, &ten, 3600 * 1000), 20);
}

static void parts_of_tokens_are_not_lost(void **state)
{
	struct bucket bucket = full(&ten);
	unsigned count = 0;

	(void)state;
	drain(&bucket, &ten, 0);
	for (int64_t ms = 1; ms <= 10000; ms++) {
		count += bucket_take(&bucket, &ten, at_ms(ms));
	}
	assert_int_equal(count, 100);
}

static void a_debt_is_worked_off_before_anything_is_had(void **state)
{
	struct bucket bucket = full(&ten);

	(void)state;
	bucket_charge(&bucket, &ten, at_ms(0), 25);
	assert_false(bucket_take(&bucket, &ten, at_ms(500)));
	assert_int_equal(drain(&bucket, &ten, 600), 1);
}

static void a_debt_has_a_bound(void **state)
{
	struct bucket bucket = full(&ten);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		bucket_charge(&bucket, &ten, at_ms(0), 30);
	}
	/* -10, -40, and from there no further: at most a burst and one count */
	assert_true(bucket_wait_ms(&bucket, &ten, at_ms(0)) <= 4101);
	assert_int_equal(drain(&bucket, &ten, 4100), 1);
}

static void who_waits_as_long_as_told_finds_a_token(void **state)
{
	static const struct bucket_rate rates[] = { { 1, 1 }, { 3, 7 }, { 1000, 2000 },
		{ 1000003, 5 }, { UINT64_C(1) << 40, UINT64_C(1) << 40 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct bucket bucket = full(&rates[i]);
		uint32_t wait;

		assert_int_equal(bucket_wait_ms(&bucket, &rates[i], at_ms(0)), 0);
		bucket_charge(&bucket, &rates[i], at_ms(0), rates[i].burst * 2 + 1);
		wait = bucket_wait_ms(&bucket, &rates[i], at_ms(0));
		assert_true(wait > 0);
		assert_true(bucket_take(&bucket, &rates[i], at_ms(wait)));
	}
}

static void without_a_rate_there_is_no_end(void **state)
{
	const struct bucket_rate none = { 0, 0 };
	struct bucket bucket = full(&none);

	(void)state;
	bucket_charge(&bucket, &none, at_ms(0), UINT64_MAX);
	assert_int_equal(drain(&bucket, &none, 0), 1000);
	assert_int_equal(bucket_wait_ms(&bucket, &none, at_ms(0)), 0);
	assert_true(bucket_full(&bucket, &none, at_ms(0)));
}

static void nothing_overflows(void **state)
{
	const struct bucket_rate most = { BUCKET_PER_S_MAX, BUCKET_PER_S_MAX };
	struct bucket bucket = full(&most);

	(void)state;
	bucket_charge(&bucket, &most, at_ms(0), UINT64_MAX);
	assert_false(bucket_take(&bucket, &most, at_ms(0)));
	assert_true(bucket_take(&bucket, &most, (struct mono){ INT64_MAX / 2 }));
	assert_int_equal(bucket.level, (int64_t)BUCKET_PER_S_MAX - 1);
}

static void a_clock_that_goes_back_gives_nothing(void **state)
{
	struct bucket bucket = full(&ten);

	(void)state;
	drain(&bucket, &ten, 1000);
	assert_false(bucket_take(&bucket, &ten, at_ms(0)));
	assert_int_equal(drain(&bucket, &ten, 1100), 1);
}

static void it_is_worth_forgetting_once_full_again(void **state)
{
	struct bucket bucket = full(&ten);

	(void)state;
	assert_true(bucket_full(&bucket, &ten, at_ms(0)));
	assert_true(bucket_take(&bucket, &ten, at_ms(0)));
	assert_false(bucket_full(&bucket, &ten, at_ms(99)));
	assert_true(bucket_full(&bucket, &ten, at_ms(100)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_had_at_once_and_no_more),
		cmocka_unit_test(it_fills_at_the_rate_and_not_above_the_burst),
		cmocka_unit_test(parts_of_tokens_are_not_lost),
		cmocka_unit_test(a_debt_is_worked_off_before_anything_is_had),
		cmocka_unit_test(a_debt_has_a_bound),
		cmocka_unit_test(who_waits_as_long_as_told_finds_a_token),
		cmocka_unit_test(without_a_rate_there_is_no_end),
		cmocka_unit_test(nothing_overflows),
		cmocka_unit_test(a_clock_that_goes_back_gives_nothing),
		cmocka_unit_test(it_is_worth_forgetting_once_full_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
