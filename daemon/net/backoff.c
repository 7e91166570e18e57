/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/backoff.h"

#include <assert.h>

void backoff_init(struct backoff *backoff, uint32_t min_ms, uint32_t max_ms)
{
	assert(min_ms > 0 && max_ms >= min_ms);
	*backoff = (struct backoff){ min_ms, max_ms, 0 };
}

uint32_t backoff_next_ms(struct backoff *backoff, uint32_t random)
{
	uint64_t step = backoff->min_ms;
	uint32_t half;

	for (uint32_t i = 0; i < backoff->failures && step < backoff->max_ms; i++) {
		step *= 2;
	}
	if (step > backoff->max_ms) {
		step = backoff->max_ms;
	}
	if (backoff->failures < UINT32_MAX) {
		backoff->failures++;
	}
	half = (uint32_t)(step / 2);
	return (uint32_t)step - half +
	       (uint32_t)((uint64_t)random * (half + 1ULL) >> 32);
}

void backoff_reset(struct backoff *backoff)
{
	backoff->failures = 0;
}
