/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LIMIT_BUCKET_H
#define CORE_LIMIT_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/core/time.h"

/*
 * A token bucket: so many things a second in the long run, and as many at once as have
 * been saved up.  It may be overdrawn by what is only known afterwards; then nothing is
 * had until the debt is worked off.  Pure.
 */

#define BUCKET_PER_S_MAX (UINT64_C(1) << 40)

struct bucket_rate {
	uint64_t per_s; /* at most BUCKET_PER_S_MAX; 0: without limit */
	uint64_t burst; /* at most so many at once; at least 1, at most as per_s */
};

struct bucket {
	int64_t level; /* tokens; below 0: a debt */
	int64_t part;  /* of the next token, in 1/1,000,000 */
	struct mono since;
};

/* Full. */
void bucket_init(
	struct bucket *bucket, const struct bucket_rate *rate, struct mono now);

/* One token, if there is a whole one.  now may lie before an earlier one: nothing is
 * added then. */
bool bucket_take(
	struct bucket *bucket, const struct bucket_rate *rate, struct mono now);

/* Tokens that were used, whether they were there or not.  A debt is never more than one
 * burst and one count. */
void bucket_charge(struct bucket *bucket, const struct bucket_rate *rate,
	struct mono now, uint64_t count);

/* Until there is a whole token; 0: there is one. */
uint32_t bucket_wait_ms(
	struct bucket *bucket, const struct bucket_rate *rate, struct mono now);

/* Nothing of it is worth remembering. */
bool bucket_full(
	struct bucket *bucket, const struct bucket_rate *rate, struct mono now);

#endif
