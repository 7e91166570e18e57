/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_COMPARE_WORD_H
#define CORE_MATCH_COMPARE_WORD_H

#include "daemon/core/match/words.h"

/* More than any cost. */
#define WORD_COST_NONE 100000

/* A sound, or two of them as one, with what its letters cost. */
struct word_letters {
	uint8_t size, flags; /* as of the words */
	uint8_t index[SOUND_MAX];
	uint16_t left_out[SOUND_MAX];           /* what it costs to leave it out */
	uint16_t left_out_unwritten[SOUND_MAX]; /* where vowels are not written */
};

void word_letters(const struct name_word *word, struct word_letters *letters);

/* Two words written as one; false when that is longer than a sound. */
bool word_letters_joined(const struct name_word *first, const struct name_word *second,
	struct word_letters *letters);

/* What two sounds of such lengths cost when they are not alike at all. */
int32_t word_limit(const struct word_letters *a, const struct word_letters *b);

/*
 * What it costs to make one sound from the other: 0 for the same, WORD_COST_NONE for
 * most or more.  In the units of weights.
 */
int32_t word_cost(
	const struct word_letters *a, const struct word_letters *b, int32_t most);

#endif
