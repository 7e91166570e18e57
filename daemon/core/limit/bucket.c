/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/limit/bucket.h"

#define SECOND_US INT64_C(1000000)

void bucket_init(struct bucket *bucket, const struct bucket_rate *rate, struct mono now)
{
	*bucket = (struct bucket){ .level = (int64_t)rate->burst, .since = now };
}

/* What has come in since; whole seconds apart, so that no product overflows. */
static void fill(struct bucket *b, const struct bucket_rate *rate, struct mono now)
{
	int64_t elapsed = now.us - b->since.us;
	int64_t room = (int64_t)rate->burst - b->level;
	int64_t per_s = (int64_t)rate->per_s;
	int64_t parts;

	if (elapsed <= 0) {
		return;
	}
	b->since = now;
	if (elapsed / SECOND_US > room / per_s) {
		b->level = (int64_t)rate->burst;
		b->part = 0;
		return;
	}
	parts = elapsed % SECOND_US * per_s + b->part;
	b->level += elapsed / SECOND_US * per_s + parts / SECOND_US;
	b->part = parts % SECOND_US;
	if (b->level >= (int64_t)rate->burst) {
		b->level = (int64_t)rate->burst;
		b->part = 0;
	}
}

bool bucket_take(struct bucket *bucket, const struct bucket_rate *rate, struct mono now)
{
	if (rate->per_s == 0) {
		return true;
	}
	fill(bucket, rate, now);
	if (bucket->level < 1) {
		return false;
	}
	bucket->level--;
	return true;
}

void bucket_charge(struct bucket *bucket, const struct bucket_rate *rate,
	struct mono now, uint64_t count)
{
	int64_t least = -(int64_t)rate->burst;

	if (rate->per_s == 0) {
		return;
	}
	fill(bucket, rate, now);
	if (bucket->level > least) {
		bucket->level -=
			(int64_t)(count > BUCKET_PER_S_MAX ? BUCKET_PER_S_MAX : count);
	}
}

uint32_t bucket_wait_ms(
	struct bucket *bucket, const struct bucket_rate *rate, struct mono now)
{
	int64_t missing, seconds;

	if (rate->per_s == 0) {
		return 0;
	}
	fill(bucket, rate, now);
	if (bucket->level >= 1) {
		return 0;
	}
	missing = 1 - bucket->level;
	seconds = missing / (int64_t)rate->per_s;
	if (seconds >= UINT32_MAX / 1000) {
		return UINT32_MAX;
	}
	missing = missing % (int64_t)rate->per_s * 1000 - bucket->part / 1000;
	missing = missing < 0 ? 0 : missing;
	/* rounded up: whoever waits so long finds it */
	return (uint32_t)(seconds * 1000 + missing / (int64_t)rate->per_s + 1);
}

bool bucket_full(struct bucket *bucket, const struct bucket_rate *rate, struct mono now)
{
	if (rate->per_s == 0) {
		return true;
	}
	fill(bucket, rate, now);
	return bucket->level == (int64_t)rate->burst;
}
