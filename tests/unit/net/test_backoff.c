/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/net/backoff.h"

static void the_step_doubles_up_to_the_longest(void **state)
{
	static const uint32_t steps[] = { 100, 200, 400, 800, 1000, 1000 };
	struct backoff b;

	(void)state;
	backoff_init(&b, 100, 1000);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_int_equal(backoff_next_ms(&b, UINT32_MAX), steps[i]);
	}
}

static void chance_takes_away_up_to_half(void **state)
{
	static const uint32_t draws[] = { 0, 1, UINT32_MAX / 2, UINT32_MAX - 1,
		UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(draws) / sizeof(draws[0]); i++) {
		struct backoff b;
		uint32_t ms;

		backoff_init(&b, 1000, 1000);
		ms = backoff_next_ms(&b, draws[i]);
		assert_in_range(ms, 500, 1000);
		assert_int_equal(ms == 500, draws[i] <= 1);
	}
}

static void it_never_waits_for_nothing(void **state)
{
	struct backoff b;

	(void)state;
	backoff_init(&b, 1, 1);
	assert_int_equal(backoff_next_ms(&b, 0), 1);
}

static void a_success_starts_it_again(void **state)
{
	struct backoff b;

	(void)state;
	backoff_init(&b, 100, 1000);
	backoff_next_ms(&b, 0);
	backoff_next_ms(&b, 0);
	backoff_reset(&b);
	assert_int_equal(backoff_next_ms(&b, UINT32_MAX), 100);
}

static void years_of_failures_do_not_overflow(void **state)
{
	struct backoff b;

	(void)state;
	backoff_init(&b, 3, UINT32_MAX);
	b.failures = UINT32_MAX;
	assert_int_equal(backoff_next_ms(&b, UINT32_MAX), UINT32_MAX);
	assert_int_equal(b.failures, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_step_doubles_up_to_the_longest),
		cmocka_unit_test(chance_takes_away_up_to_half),
		cmocka_unit_test(it_never_waits_for_nothing),
		cmocka_unit_test(a_success_starts_it_again),
		cmocka_unit_test(years_of_failures_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
