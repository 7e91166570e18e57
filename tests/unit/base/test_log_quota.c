/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/base/log_quota.h"

static const struct mono start = { 7000000 };

static struct mono after_s(int64_t seconds)
{
	return mono_after_ms(start, seconds * 1000);
}

static void takes(struct log_quota *quota, struct mono now, uint64_t left_out)
{
	uint64_t told = UINT64_MAX;

	assert_true(log_quota_take(quota, now, &told));
	assert_int_equal(told, left_out);
}

static void leaves_out(struct log_quota *quota, struct mono now)
{
	uint64_t told = 4711;

	assert_false(log_quota_take(quota, now, &told));
	assert_int_equal(told, 4711);
}

static void so_many_lines_are_written_in_a_window(void **state)
{
	struct log_quota quota;

	(void)state;
	log_quota_init(&quota, 2);
	takes(&quota, after_s(0), 0);
	takes(&quota, after_s(LOG_QUOTA_WINDOW_S - 1), 0);
	leaves_out(&quota, after_s(LOG_QUOTA_WINDOW_S - 1));
}

static void the_next_window_tells_what_was_left_out_once(void **state)
{
	struct log_quota quota;

	(void)state;
	log_quota_init(&quota, 2);
	takes(&quota, after_s(0), 0);
	takes(&quota, after_s(0), 0);
	leaves_out(&quota, after_s(1));
	leaves_out(&quota, after_s(2));
	takes(&quota, after_s(LOG_QUOTA_WINDOW_S), 2);
	takes(&quota, after_s(LOG_QUOTA_WINDOW_S), 0);
	leaves_out(&quota, after_s(LOG_QUOTA_WINDOW_S));
	assert_int_equal(quota.left_out, 1);
}

/* A steady trickle below the bound loses nothing. */
static void a_window_begins_with_its_first_line(void **state)
{
	struct log_quota quota;

	(void)state;
	log_quota_init(&quota, 1);
	for (int i = 0; i < 5; i++) {
		takes(&quota, after_s(i * (int64_t)LOG_QUOTA_WINDOW_S), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_lines_are_written_in_a_window),
		cmocka_unit_test(the_next_window_tells_what_was_left_out_once),
		cmocka_unit_test(a_window_begins_with_its_first_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
