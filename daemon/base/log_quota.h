/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_QUOTA_H
#define BASE_LOG_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/core/time.h"

/*
 * A bound on log lines that others can provoke at will: so many in each window of
 * time, the rest counted.  Neither a full disk nor the journal's own limit, which
 * would take other lines along, must be had for a flood of refused requests.  One
 * thread at a time.
 */
#define LOG_QUOTA_WINDOW_S 10

struct log_quota {
	uint32_t max; /* lines in a window */
	uint32_t written;
	uint64_t left_out; /* not told yet */
	struct mono since; /* the window's start */
};

void log_quota_init(struct log_quota *quota, uint32_t max);

/*
 * May a line be written now?  Then *left_out is how many were not since it was told
 * last: say so first, when it is not 0.  Otherwise this one is counted.
 */
bool log_quota_take(struct log_quota *quota, struct mono now, uint64_t *left_out);

#endif
