/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_BACKOFF_H
#define NET_BACKOFF_H

#include <stdint.h>

/*
 * How long to wait before the next attempt: doubles from min_ms to max_ms, and
 * half of it is left to chance, so that the clients of a node that comes back do
 * not all return at once.  Pure: randomness is the caller's.
 */
struct backoff {
	uint32_t min_ms;   /* at least 1 */
	uint32_t max_ms;   /* not below min_ms */
	uint32_t failures; /* since the last success */
};

void backoff_init(struct backoff *backoff, uint32_t min_ms, uint32_t max_ms);

/* Counts a failure.  random: any 32 random bits.  Returns milliseconds, between
 * half of the step and the whole. */
uint32_t backoff_next_ms(struct backoff *backoff, uint32_t random);

/* After a success that lasted. */
void backoff_reset(struct backoff *backoff);

#endif
