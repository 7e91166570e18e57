/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_TIME_H
#define CORE_TIME_H

#include <stdint.h>

/* Monotonic time since an arbitrary start; for intervals. */
struct mono {
	int64_t us;
};

/* Wall-clock time since 1970-01-01T00:00:00Z. */
struct wall {
	int64_t us;
};

static inline int64_t wall_s(struct wall t)
{
	return t.us / 1000000;
}

static inline struct mono mono_after_ms(struct mono t, int64_t ms)
{
	return (struct mono){ t.us + ms * 1000 };
}

#endif
