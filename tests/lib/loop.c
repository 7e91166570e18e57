/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TOO_LONG_S 20
#define SETTLE_TURNS 20

static void on_guard(evutil_socket_t fd, short what, void *context)
{
	int *too_late = context;

	(void)fd;
	(void)what;
	*too_late = 1;
}

void loop_init(struct loop *loop)
{
	loop->too_late = 0;
	loop->base = event_base_new();
	assert_non_null(loop->base);
	loop->guard = evtimer_new(loop->base, on_guard, &loop->too_late);
	assert_non_null(loop->guard);
}

void loop_finish(struct loop *loop)
{
	event_free(loop->guard);
	event_base_free(loop->base);
}

void loop_start(struct loop *loop)
{
	const struct timeval limit = { TOO_LONG_S, 0 };

	loop->too_late = 0;
	assert_int_equal(event_add(loop->guard, &limit), 0);
}

void loop_turn(struct loop *loop, const char *condition)
{
	assert_true(event_base_loop(loop->base, EVLOOP_ONCE) >= 0);
	if (loop->too_late) {
		fail_msg("waited too long for: %s", condition);
	}
}

void loop_settle(struct loop *loop)
{
	for (int i = 0; i < SETTLE_TURNS; i++) {
		assert_true(event_base_loop(loop->base, EVLOOP_NONBLOCK) >= 0);
	}
}
