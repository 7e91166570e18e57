/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/clock.h"

#include <stdlib.h>
#include <time.h>

/*
 * These clocks exist on every Linux and the pointer is good: a failure means that
 * somebody forbade the call (seccomp).  A node that does not know the time would
 * answer with expired records, so it stops.
 */
static int64_t read_us(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0) {
		abort();
	}
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct mono clock_mono(void)
{
	return (struct mono){ read_us(CLOCK_MONOTONIC) };
}

struct wall clock_wall(void)
{
	return (struct wall){ read_us(CLOCK_REALTIME) };
}

int64_t clock_thread_cpu_us(void)
{
	return read_us(CLOCK_THREAD_CPUTIME_ID);
}
