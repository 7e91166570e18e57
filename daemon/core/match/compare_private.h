/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_COMPARE_PRIVATE_H
#define CORE_MATCH_COMPARE_PRIVATE_H

#include "daemon/core/match/compare.h"

/* An alignment on its way. */
struct alignment {
	const struct compare_name *asked;
	const struct name_words *listed;
	struct comparison *comparison;
	bool asked_used[NAME_WORDS_MAX], listed_used[NAME_WORDS_MAX];
	uint64_t agreeing, whole; /* for name_permille */
};

static inline bool word_of_father(const struct name_word *word)
{
	return (word->flags & WORD_OF_FATHER) != 0 || word->part == WORD_PATRONYMIC;
}

static inline bool word_is_initial(const struct name_word *word)
{
	return (word->flags & WORD_INITIAL) != 0;
}

/* The asked word of a pair; the listed one where there is none. */
static inline const struct name_word *pair_word(const struct compare_name *asked,
	const struct name_words *listed, const struct word_pair *pair)
{
	return pair->asked >= 0 ? &asked->words.words[pair->asked]
				: &listed->words[pair->listed];
}

/* Pairs of the words left that could be each other, in the order of the words. */
struct pair_candidates {
	struct word_pair pairs[3 * NAME_WORDS_MAX * NAME_WORDS_MAX];
	size_t count;
};

void pairs_collect(
	const struct alignment *alignment, struct pair_candidates *candidates);

#endif
