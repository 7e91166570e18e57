/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/compare.h"

#include <string.h>

#include "daemon/core/match/compare_word.h"

/*
 * How two names are aligned.  The code bears the same numbers.
 *
 * 1. Equal words take each other, first those in the same role (a father's name, or
 *    not), then any.
 * 2. Of the words left, the two with the least cost take each other, as long as there
 *    are two within the limit; two words that are one of the other name's count as one.
 *    Of equal ones the first asked for, then the first listed.
 * 3. What is left on both sides differs: fathers' names with fathers' names, other
 *    words with other words.
 * 4. What is left then is missing on one side.
 */

#define ROLE_COST 60 /* a father's name for another kind of name */
#define INITIAL_WORTH (3 * WEIGHT_BIT)
#define DIFFERS (-9 * WEIGHT_BIT)
#define FATHER_DIFFERS (-6 * WEIGHT_BIT)
#define MISSING (-5 * WEIGHT_BIT / 2)
#define FATHER_MISSING (-WEIGHT_BIT / 4)
#define INITIAL_MISSING (-WEIGHT_BIT)

struct alignment {
	const struct compare_name *asked;
	const struct name_words *listed;
	struct comparison *comparison;
	bool asked_used[NAME_WORDS_MAX], listed_used[NAME_WORDS_MAX];
	uint64_t agreeing, whole; /* for name_permille */
};

static bool of_father(const struct name_word *word)
{
	return (word->flags & WORD_OF_FATHER) != 0 || word->part == WORD_PATRONYMIC;
}

static bool is_initial(const struct name_word *word)
{
	return (word->flags & WORD_INITIAL) != 0;
}

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

static int32_t role_cost(const struct name_word *a, const struct name_word *b)
{
	return of_father(a) != of_father(b) ? ROLE_COST : 0;
}

static void take_equal(struct alignment *alignment, size_t i, size_t k)
{
	const struct name_word *asked = &alignment->asked->words.words[i];
	const struct name_word *listed = &alignment->listed->words[k];
	uint32_t weight = alignment->asked->weights[i];
	struct word_pair pair = {
		.fate = is_initial(asked) ? WORD_AS_INITIAL : WORD_SAME,
		.asked = (int8_t)i,
		.listed = (int8_t)k,
		.permille = 1000,
		.weight = (uint16_t)weight,
		.evidence = (int16_t)((int32_t)weight - role_cost(asked, listed)),
	};

	take(alignment, &pair);
}

/* 1. */
static void align_equal(struct alignment *alignment, bool any_role)
{
	const struct name_words *asked = &alignment->asked->words;
	const struct name_words *listed = alignment->listed;

	for (size_t i = 0; i < asked->count; i++) {
		for (size_t k = 0; k < listed->count && !alignment->asked_used[i];
			k++) {
			const struct name_word *a = &asked->words[i];
			const struct name_word *b = &listed->words[k];

			if (!alignment->listed_used[k] && same_sound(a, b) &&
				(any_role || of_father(a) == of_father(b))) {
				take_equal(alignment, i, k);
			}
		}
	}
}

/* What two words would be to each other; evidence at most 0: nothing. */
static struct word_pair likeness(const struct alignment *alignment, size_t i, size_t k)
{
	const struct name_word *asked = &alignment->asked->words.words[i];
	const struct name_word *listed = &alignment->listed->words[k];
	int32_t weight = (int32_t)alignment->asked->weights[i];
	struct word_pair pair = { .fate = WORD_CLOSE,
		.asked = (int8_t)i,
		.listed = (int8_t)k,
		.weight = (uint16_t)weight };
	int32_t cost;

	if (is_initial(asked) || is_initial(listed)) {
		if (word_is_initial(asked, listed)) {
			pair.fate = WORD_AS_INITIAL;
			pair.weight = INITIAL_WORTH;
			pair.permille = 1000;
			pair.evidence = INITIAL_WORTH;
		}
		return pair;
	}
	cost = word_cost(asked, listed);
	if (cost < WORD_COST_NONE) {
		pair.permille = word_permille(asked, listed, cost);
		cost += role_cost(asked, listed);
		pair.evidence = cost < weight ? (int16_t)(weight - cost) : 0;
	}
	return pair;
}

/* Two words written as one; false when they are too long for it. */
static bool join(const struct name_word *first, struct name_word *joined)
{
	const struct name_word *second = first + 1;
	size_t size = (size_t)first->size + second->size;

	if (size > SOUND_MAX || is_initial(first) || is_initial(second)) {
		return false;
	}
	*joined = *first;
	joined->flags |= second->flags;
	memcpy(joined->sound + first->size, second->sound, second->size);
	joined->size = (uint8_t)size;
	return true;
}

static struct word_pair joined_likeness(
	const struct alignment *alignment, size_t i, size_t k, uint8_t side)
{
	const struct name_word *asked = &alignment->asked->words.words[i];
	const struct name_word *listed = &alignment->listed->words[k];
	const struct name_word *one = side == 1 ? listed : asked;
	uint32_t weight = alignment->asked->weights[i];
	struct name_word joined;
	struct word_pair pair = { .fate = WORD_JOINED,
		.asked = (int8_t)i,
		.listed = (int8_t)k,
		.joined = side };
	int32_t cost;

	if (!join(side == 1 ? asked : listed, &joined) || joined.size > one->size + 2 ||
		one->size > joined.size + 2) {
		return pair;
	}
	cost = word_cost(&joined, one);
	weight += side == 1 ? alignment->asked->weights[i + 1] : 0;
	weight = weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
	if (cost < (int32_t)weight) {
		pair.weight = (uint16_t)weight;
		pair.permille = word_permille(&joined, one, cost);
		pair.evidence = (int16_t)((int32_t)weight - cost);
	}
	return pair;
}

static struct word_pair better(struct word_pair a, struct word_pair b)
{
	return b.evidence > a.evidence ? b : a;
}

/* The best pair of words left. */
static struct word_pair best_left(const struct alignment *alignment)
{
	const struct name_words *asked = &alignment->asked->words;
	const struct name_words *listed = alignment->listed;
	const bool *asked_used = alignment->asked_used;
	const bool *listed_used = alignment->listed_used;
	struct word_pair best = { 0 };

	for (size_t i = 0; i < asked->count; i++) {
		for (size_t k = 0; k < listed->count && !asked_used[i]; k++) {
			if (listed_used[k]) {
				continue;
			}
			best = better(best, likeness(alignment, i, k));
			if (i + 1u < asked->count && !asked_used[i + 1]) {
				best = better(
					best, joined_likeness(alignment, i, k, 1));
			}
			if (k + 1u < listed->count && !listed_used[k + 1]) {
				best = better(
					best, joined_likeness(alignment, i, k, 2));
			}
		}
	}
	return best;
}

/* 3. */
static void align_different(struct alignment *alignment, bool fathers)
{
	const struct name_words *asked = &alignment->asked->words;
	const struct name_words *listed = alignment->listed;
	size_t k = 0;

	for (size_t i = 0; i < asked->count; i++) {
		struct word_pair pair = { .fate = WORD_DIFFERS, .asked = (int8_t)i };

		if (alignment->asked_used[i] ||
			of_father(&asked->words[i]) != fathers) {
			continue;
		}
		while (k < listed->count &&
			(alignment->listed_used[k] ||
				of_father(&listed->words[k]) != fathers)) {
			k++;
		}
		if (k == listed->count) {
			return;
		}
		pair.listed = (int8_t)k;
		pair.weight = (uint16_t)alignment->asked->weights[i];
		pair.evidence = fathers ? FATHER_DIFFERS : DIFFERS;
		take(alignment, &pair);
	}
}

static void add_missing(struct alignment *alignment, const struct name_word *word,
	struct word_pair pair)
{
	if (of_father(word)) {
		pair.evidence = FATHER_MISSING;
		pair.weight /= 8;
	} else {
		pair.evidence = is_initial(word) ? INITIAL_MISSING : MISSING;
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

void compare_names(const struct compare_name *asked, const struct name_words *listed,
	struct comparison *comparison)
{
	struct alignment alignment = {
		.asked = asked, .listed = listed, .comparison = comparison
	};

	comparison->evidence = 0;
	comparison->pairs_count = 0;
	align_equal(&alignment, false);
	align_equal(&alignment, true);
	for (;;) { /* 2. */
		struct word_pair pair = best_left(&alignment);

		if (pair.evidence <= 0) {
			break;
		}
		take(&alignment, &pair);
	}
	align_different(&alignment, true);
	align_different(&alignment, false);
	align_missing(&alignment);
	comparison->name_permille =
		alignment.whole == 0 ? 0
				     : (uint32_t)(alignment.agreeing / alignment.whole);
}
