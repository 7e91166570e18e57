/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/compare_private.h"
#include "daemon/core/match/compare_rules.h"
#include "daemon/core/match/compare_word.h"

/* Two words may be one of the other name's when the lengths are no further apart. */
#define JOIN_LETTERS 2

/*
 * Evidence fades from all that an equal word is worth, at no cost, to that of one that
 * differs, at the limit.  What is not better than EVIDENCE_PAIR_LEAST is no pair.
 */
static void add(struct pair_candidates *candidates, struct word_pair pair,
	const struct word_letters *asked, const struct word_letters *listed,
	int32_t role_evidence)
{
	int32_t limit = word_limit(asked, listed);
	int32_t whole = pair.weight - EVIDENCE_DIFFERS;
	int32_t spare = pair.weight + role_evidence - EVIDENCE_PAIR_LEAST;
	/* beyond this it is none, however it is rounded */
	int32_t most = limit * spare / whole + limit / 1000 + 2;
	int32_t cost = word_cost(asked, listed, most), evidence;

	if (cost >= limit) {
		return;
	}
	pair.permille = (uint16_t)(1000 - cost * 1000 / limit);
	evidence = pair.weight - whole * (1000 - pair.permille) / 1000 + role_evidence;
	if (evidence > EVIDENCE_PAIR_LEAST) {
		pair.evidence = (int16_t)evidence;
		candidates->pairs[candidates->count++] = pair;
	}
}

static void add_initial(struct pair_candidates *candidates, size_t i, size_t k)
{
	candidates->pairs[candidates->count++] =
		(struct word_pair){ .fate = WORD_AS_INITIAL,
			.asked = (int8_t)i,
			.listed = (int8_t)k,
			.permille = 1000,
			.weight = EVIDENCE_INITIAL,
			.evidence = EVIDENCE_INITIAL };
}

static bool may_join(const struct name_word *first, const struct name_word *second,
	const struct name_word *one)
{
	int apart = first->size + second->size - one->size;

	return !word_is_initial(first) && !word_is_initial(second) &&
	       !word_is_initial(one) && apart <= JOIN_LETTERS && apart >= -JOIN_LETTERS;
}

/* The asked word i and the next, written as one. */
static void add_asked_joined(const struct alignment *alignment, size_t i, size_t k,
	const struct word_letters *listed, struct pair_candidates *candidates)
{
	const struct name_word *words = alignment->asked->words.words;
	uint32_t weight =
		alignment->asked->weights[i] + alignment->asked->weights[i + 1];
	struct word_letters joined;

	if (may_join(&words[i], &words[i + 1], &alignment->listed->words[k]) &&
		word_letters_joined(&words[i], &words[i + 1], &joined)) {
		add(candidates,
			(struct word_pair){ .fate = WORD_JOINED,
				.asked = (int8_t)i,
				.listed = (int8_t)k,
				.joined = 1,
				.weight =
					(uint16_t)(weight < WEIGHT_MAX ? weight
								       : WEIGHT_MAX) },
			&joined, listed, 0);
	}
}

/* The listed word k and the next, written as one. */
static void add_listed_joined(const struct alignment *alignment, size_t i, size_t k,
	const struct word_letters *asked, struct pair_candidates *candidates)
{
	const struct name_word *words = alignment->listed->words;
	struct word_letters joined;

	if (may_join(&words[k], &words[k + 1], &alignment->asked->words.words[i]) &&
		word_letters_joined(&words[k], &words[k + 1], &joined)) {
		add(candidates,
			(struct word_pair){ .fate = WORD_JOINED,
				.asked = (int8_t)i,
				.listed = (int8_t)k,
				.joined = 2,
				.weight = (uint16_t)alignment->asked->weights[i] },
			asked, &joined, 0);
	}
}

static void add_single(const struct alignment *alignment, size_t i, size_t k,
	const struct word_letters *letters[2], struct pair_candidates *candidates)
{
	const struct name_word *asked = &alignment->asked->words.words[i];
	const struct name_word *listed = &alignment->listed->words[k];
	bool same_role = word_of_father(asked) == word_of_father(listed);

	if (word_is_initial(asked) || word_is_initial(listed)) {
		if (asked->sound[0] == listed->sound[0]) {
			add_initial(candidates, i, k);
		}
		return;
	}
	add(candidates,
		(struct word_pair){ .fate = WORD_CLOSE,
			.asked = (int8_t)i,
			.listed = (int8_t)k,
			.weight = (uint16_t)alignment->asked->weights[i] },
		letters[0], letters[1], same_role ? 0 : EVIDENCE_ROLE);
}

void pairs_collect(
	const struct alignment *alignment, struct pair_candidates *candidates)
{
	size_t asked = alignment->asked->words.count, listed = alignment->listed->count;
	struct word_letters listed_letters[NAME_WORDS_MAX], asked_letters;

	candidates->count = 0;
	for (size_t k = 0; k < listed; k++) {
		if (!alignment->listed_used[k]) {
			word_letters(&alignment->listed->words[k], &listed_letters[k]);
		}
	}
	for (size_t i = 0; i < asked; i++) {
		if (alignment->asked_used[i]) {
			continue;
		}
		word_letters(&alignment->asked->words.words[i], &asked_letters);
		for (size_t k = 0; k < listed; k++) {
			const struct word_letters *letters[] = { &asked_letters,
				&listed_letters[k] };

			if (alignment->listed_used[k]) {
				continue;
			}
			add_single(alignment, i, k, letters, candidates);
			if (i + 1 < asked && !alignment->asked_used[i + 1]) {
				add_asked_joined(
					alignment, i, k, letters[1], candidates);
			}
			if (k + 1 < listed && !alignment->listed_used[k + 1]) {
				add_listed_joined(
					alignment, i, k, letters[0], candidates);
			}
		}
	}
}
