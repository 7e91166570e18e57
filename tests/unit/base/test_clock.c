/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "daemon/base/clock.h"

static void monotonic_time_never_goes_back(void **state)
{
	struct mono last = clock_mono();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct mono now = clock_mono();

		assert_true(now.us >= last.us);
		last = now;
	}
}

static void wall_time_counts_microseconds_since_1970(void **state)
{
	int64_t before_s = (int64_t)time(NULL);
	struct wall now = clock_wall();

	(void)state;
	/* time() may read a coarser clock, a tick behind */
	assert_in_range(wall_s(now), before_s, before_s + 60);
}

static void work_of_this_thread_shows_in_its_cpu_time(void **state)
{
	int64_t start_us = clock_thread_cpu_us();

	(void)state;
	while (clock_thread_cpu_us() - start_us < 1000) {
	}
	assert_true(clock_thread_cpu_us() >= start_us + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(monotonic_time_never_goes_back),
		cmocka_unit_test(wall_time_counts_microseconds_since_1970),
		cmocka_unit_test(work_of_this_thread_shows_in_its_cpu_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
