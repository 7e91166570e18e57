/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/compare_private.h"

#include <string.h>

#include "daemon/core/match/compare_rules.h"

/*
 * How two names are aligned.  The code bears the same numbers.
 *
 * 1. Equal words in the same role (a father's name, or not) take each other, in order.
 * 2. Of the words left, the two with the most evidence take each other, as long as that
 *    is not too much against them; two words that are one of the other name's count as
 *    one.  Of equal ones the first asked for, then the first listed.
 * 3. What is left on both sides differs: fathers' names with fathers' names first, then
 *    other words with other words, then any.
 * 4. What is left then is missing on one side.
 * 5. A whole name is worth EVIDENCE_WHOLE_NAME at least.
 */

static bool same_sound(const struct name_word *a, const struct name_word *b)
{
	return a->size == b->size && memcmp(a->sound, b->sound, a->size) == 0;
}

static void add(struct alignment *alignment, struct word_pair pair)
{
	struct comparison *comparison = alignment->comparison;

	comparison->evidence += pair.evidence;
	comparison->pairs[comparison->pairs_count++] = pair;
	alignment->whole += pair.weight;
	alignment->agreeing += (uint64_t)pair.weight * pair.permille;
}

static void take(struct alignment *alignment, const struct word_pair *pair)
{
	alignment->asked_used[pair->asked] = true;
	alignment->listed_used[pair->listed] = true;
	if (pair->joined == 1) {
		alignment->asked_used[pair->asked + 1] = true;
	} else if (pair->joined == 2) {
		alignment->listed_used[pair->listed + 1] = true;
	}
	add(alignment, *pair);
}

/* 1. */
static void align_equal(struct alignment *alignment)
{
	const struct name_words *asked = &alignment->asked->words;
	const struct name_words *listed = alignment->listed;

	for (size_t i = 0; i < asked->count; i++) {
		for (size_t k = 0; k < listed->count && !alignment->asked_used[i];
			k++) {
			const struct name_word *a = &asked->words[i];
			const struct name_word *b = &listed->words[k];
			uint32_t weight = alignment->asked->weights[i];
			struct word_pair pair = {
				.fate = word_is_initial(a) ? WORD_AS_INITIAL
							   : WORD_SAME,
				.asked = (int8_t)i,
				.listed = (int8_t)k,
				.permille = 1000,
				.weight = (uint16_t)weight,
				.evidence = (int16_t)weight,
			};

			if (!alignment->listed_used[k] && same_sound(a, b) &&
				word_of_father(a) == word_of_father(b)) {
				take(alignment, &pair);
			}
		}
	}
}

static bool still_free(const struct alignment *alignment, const struct word_pair *pair)
{
	return !alignment->asked_used[pair->asked] &&
	       !alignment->listed_used[pair->listed] &&
	       (pair->joined != 1 || !alignment->asked_used[pair->asked + 1]) &&
	       (pair->joined != 2 || !alignment->listed_used[pair->listed + 1]);
}

/* 2. */
static void align_alike(struct alignment *alignment)
{
	struct pair_candidates candidates; /* count and that many pairs are set */
	const struct word_pair *best;

	pairs_collect(alignment, &candidates);
	do {
		best = NULL;
		for (size_t i = 0; i < candidates.count; i++) {
			const struct word_pair *pair = &candidates.pairs[i];

			if (still_free(alignment, pair) &&
				(best == NULL || pair->evidence > best->evidence)) {
				best = pair;
			}
		}
		if (best != NULL) {
			take(alignment, best);
		}
	} while (best != NULL);
}

enum role {
	ROLE_FATHER,
	ROLE_OTHER,
	ROLE_ANY
};

static bool in_role(const struct name_word *word, enum role role)
{
	return role == ROLE_ANY || word_of_father(word) == (role == ROLE_FATHER);
}

/* 3. */
static void align_different(struct alignment *alignment, enum role role)
{
	const struct name_words *asked = &alignment->asked->words;
	const struct name_words *listed = alignment->listed;
	size_t k = 0;

	for (size_t i = 0; i < asked->count; i++) {
		struct word_pair pair = { .fate = WORD_DIFFERS, .asked = (int8_t)i };

		if (alignment->asked_used[i] || !in_role(&asked->words[i], role)) {
			continue;
		}
		while (k < listed->count &&
			(alignment->listed_used[k] ||
				!in_role(&listed->words[k], role))) {
			k++;
		}
		if (k == listed->count) {
			return;
		}
		pair.listed = (int8_t)k;
		pair.weight = (uint16_t)alignment->asked->weights[i];
		pair.evidence = role == ROLE_FATHER ? EVIDENCE_FATHER_DIFFERS
						    : EVIDENCE_DIFFERS;
		take(alignment, &pair);
	}
}

static void add_missing(struct alignment *alignment, const struct name_word *word,
	struct word_pair pair)
{
	if (word_of_father(word)) {
		pair.evidence = EVIDENCE_FATHER_MISSING;
		pair.weight /= 8;
	} else {
		pair.evidence = word_is_initial(word) ? EVIDENCE_INITIAL_MISSING
						      : EVIDENCE_MISSING;
		pair.weight /= 2;
	}
	add(alignment, pair);
}

/* 4. */
static void align_missing(struct alignment *alignment)
{
	const struct name_words *asked = &alignment->asked->words;
	const struct name_words *listed = alignment->listed;

	for (size_t i = 0; i < asked->count; i++) {
		if (!alignment->asked_used[i]) {
			add_missing(alignment, &asked->words[i],
				(struct word_pair){ .fate = WORD_MISSING_LISTED,
					.asked = (int8_t)i,
					.listed = -1,
					.weight = (uint16_t)alignment->asked
							  ->weights[i] });
		}
	}
	for (size_t k = 0; k < listed->count; k++) {
		if (!alignment->listed_used[k]) {
			add_missing(alignment, &listed->words[k],
				(struct word_pair){ .fate = WORD_MISSING_ASKED,
					.asked = -1,
					.listed = (int8_t)k,
					.weight = (uint16_t)weight_without_list(
						&listed->words[k]) });
		}
	}
}

/* Every word of the one is a word of the other, but for a father's name that one of
 * them lacks. */
static bool whole_name(const struct compare_name *asked,
	const struct name_words *listed, const struct comparison *comparison)
{
	size_t same = 0;

	for (size_t i = 0; i < comparison->pairs_count; i++) {
		const struct word_pair *pair = &comparison->pairs[i];
		bool father = word_of_father(pair_word(asked, listed, pair));

		if (pair->fate != WORD_SAME &&
			(pair->fate <= WORD_DIFFERS || !father)) {
			return false;
		}
		same += !father;
	}
	return same >= WHOLE_NAME_LEAST;
}

void compare_names(const struct compare_name *asked, const struct name_words *listed,
	struct comparison *comparison)
{
	struct alignment alignment = {
		.asked = asked, .listed = listed, .comparison = comparison
	};

	comparison->evidence = 0;
	comparison->pairs_count = 0;
	align_equal(&alignment);
	align_alike(&alignment);
	align_different(&alignment, ROLE_FATHER);
	align_different(&alignment, ROLE_OTHER);
	align_different(&alignment, ROLE_ANY);
	align_missing(&alignment);
	if (comparison->evidence < EVIDENCE_WHOLE_NAME &&
		whole_name(asked, listed, comparison)) { /* 5. */
		comparison->evidence = EVIDENCE_WHOLE_NAME;
	}
	comparison->name_permille =
		alignment.whole == 0 ? 0
				     : (uint32_t)(alignment.agreeing / alignment.whole);
}
