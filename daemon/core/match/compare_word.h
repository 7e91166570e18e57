/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_COMPARE_WORD_H
#define CORE_MATCH_COMPARE_WORD_H

#include "daemon/core/match/words.h"

/* More than any cost that is still a likeness. */
#define WORD_COST_NONE 10000

/*
 * What it costs to make one sound from the other: 0 for the same, WORD_COST_NONE for
 * what is beyond the limit that goes with their lengths.  In the units of weights.
 */
int32_t word_cost(const struct name_word *a, const struct name_word *b);

/* 1000 for no cost .. 0 for the limit or more. */
uint16_t word_permille(
	const struct name_word *a, const struct name_word *b, int32_t cost);

/* Whether one is, or may be, only the other's first letter. */
bool word_is_initial(const struct name_word *a, const struct name_word *b);

#endif
