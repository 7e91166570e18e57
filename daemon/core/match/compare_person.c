/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/compare_private.h"

#include <string.h>

#include "daemon/core/match/compare_rules.h"
#include "daemon/core/match/evidence.h"

/*
 * From evidence to a score.  The code bears the same numbers.
 *
 * 1. The evidence of the names, of the type of the listed name, and of sex, nationality
 *    and birth date is added up, in the units of weights.
 * 2. The sum is mapped to permille, straight between the points of a table: by name
 *    alone at most 699, with a birth date that agrees at most 899.
 * 3. The best of the listed names counts; of equal ones the first.
 */

#define SCORE_PERSON_MAX (SCORE_MATCH - 1) /* a name is a question, never a verdict */

static const int32_t born_evidence[] = {
	[BORN_OTHER] = EVIDENCE_BORN_OTHER,
	[BORN_NOT_KNOWN] = 0,
	[BORN_CLOSE_YEAR] = EVIDENCE_BORN_CLOSE_YEAR,
	[BORN_DIGIT] = EVIDENCE_BORN_DIGIT,
	[BORN_SWAPPED] = EVIDENCE_BORN_SWAPPED,
	[BORN_YEAR] = EVIDENCE_BORN_YEAR,
	[BORN_MONTH] = EVIDENCE_BORN_MONTH,
	[BORN_DATE] = EVIDENCE_BORN_DATE,
};

struct point {
	int32_t evidence;
	uint32_t score;
};

/* By name alone, and where as much of the birth date as is known agrees or nearly so.
 */
#define POINTS 4
static const struct point by_name[POINTS] = { { 0, 0 }, { 400, SCORE_NAME },
	{ 1000, 630 }, { 1600, 699 } };
static const struct point dated[POINTS] = { { 0, 0 }, { 400, SCORE_NAME }, { 560, 700 },
	{ 1600, SCORE_PERSON_MAX } };

/* What takes from the evidence, or adds to it. */
static const struct {
	uint64_t reason;
	int32_t evidence;
} beside[] = {
	{ REASON(FORMER_NAME), EVIDENCE_FORMER_NAME },
	{ REASON(WEAK_ALIAS), EVIDENCE_WEAK_ALIAS },
	{ REASON(MISUSED_IDENTITY), EVIDENCE_MISUSED_IDENTITY },
	{ REASON(SEX_DIFFERS), EVIDENCE_SEX_DIFFERS },
	{ REASON(SAME_NATIONALITY), EVIDENCE_SAME_NATIONALITY },
	{ REASON(NATIONALITY_DIFFERS), EVIDENCE_NATIONALITY_DIFFERS },
	{ REASON(WEAK_RECORD), EVIDENCE_WEAK_RECORD },
};

static uint32_t to_score(int32_t evidence, enum born_likeness born)
{
	const struct point *points = born > BORN_NOT_KNOWN ? dated : by_name;

	if (evidence <= points[0].evidence) {
		return 0;
	}
	for (size_t i = 0; i + 1 < POINTS; i++) {
		int32_t span = points[i + 1].evidence - points[i].evidence;
		uint32_t rise = points[i + 1].score - points[i].score;

		if (evidence < points[i + 1].evidence) {
			return points[i].score +
			       (uint32_t)(evidence - points[i].evidence) * rise /
				       (uint32_t)span;
		}
	}
	return points[POINTS - 1].score;
}

static uint64_t type_reason(uint8_t type)
{
	switch (type) {
	case CORDON_NAME_PRIMARY:
		return 0;
	case CORDON_NAME_FORMER:
		return REASON(FORMER_NAME);
	case CORDON_NAME_WEAK_ALIAS:
		return REASON(WEAK_ALIAS);
	case CORDON_NAME_MISUSED:
		return REASON(MISUSED_IDENTITY);
	default:
		return REASON(ALIAS);
	}
}

static uint64_t sex_reason(uint8_t asked, uint8_t listed)
{
	bool open = asked == 0 || listed == 0 || asked == CORDON_SEX_X ||
		    listed == CORDON_SEX_X;

	return !open && asked != listed ? REASON(SEX_DIFFERS) : 0;
}

static uint64_t nationality_reason(
	const struct compare_person *asked, const struct card *card)
{
	if (asked->nationality[0] == '\0' || card->states_count == 0) {
		return 0;
	}
	for (size_t i = 0; i < card->states_count; i++) {
		if (numbers_same_state(asked->nationality, card->states[i])) {
			return REASON(SAME_NATIONALITY);
		}
	}
	return REASON(NATIONALITY_DIFFERS);
}

static uint64_t born_reason(enum born_likeness born, bool same)
{
	switch (born) {
	case BORN_OTHER:
		return REASON(BIRTH_DATE_DIFFERS) |
		       (same ? REASON(SAME_NAME) : REASON(CLOSE_NAME));
	case BORN_NOT_KNOWN:
		return same ? REASON(NAME_ONLY) : REASON(CLOSE_NAME_ONLY);
	case BORN_YEAR:
		return same ? REASON(SAME_NAME_AND_BIRTH_YEAR)
			    : REASON(CLOSE_NAME_AND_BIRTH_YEAR);
	case BORN_MONTH:
		return same ? REASON(SAME_NAME_AND_BIRTH_MONTH)
			    : REASON(CLOSE_NAME_AND_BIRTH_MONTH);
	case BORN_DATE:
		return same ? REASON(SAME_NAME_AND_BIRTH_DATE)
			    : REASON(CLOSE_NAME_AND_BIRTH_DATE);
	default:
		return same ? REASON(SAME_NAME_AND_CLOSE_BIRTH_DATE)
			    : REASON(CLOSE_NAME_AND_CLOSE_BIRTH_DATE);
	}
}

/* How a close date is close. */
static uint64_t born_detail(enum born_likeness born)
{
	switch (born) {
	case BORN_CLOSE_YEAR:
		return REASON(BORN_CLOSE_YEAR);
	case BORN_DIGIT:
		return REASON(BORN_DIGIT);
	case BORN_SWAPPED:
		return REASON(BORN_SWAPPED);
	default:
		return 0;
	}
}

static uint64_t pair_reason(const struct compare_name *asked,
	const struct name_words *listed, const struct word_pair *pair)
{
	const struct name_word *word = pair_word(asked, listed, pair);

	switch (pair->fate) {
	case WORD_AS_INITIAL:
		return REASON(INITIALS);
	case WORD_JOINED:
		return REASON(WORDS_JOINED);
	case WORD_DIFFERS:
		return word_of_father(word) ? REASON(PATRONYMIC_DIFFERS)
					    : REASON(WORD_DIFFERS);
	case WORD_MISSING_ASKED:
	case WORD_MISSING_LISTED:
		return word_of_father(word) ? REASON(WITHOUT_PATRONYMIC)
					    : REASON(WORD_MISSING);
	default:
		return 0;
	}
}

static uint64_t word_flags(const struct name_words *words)
{
	uint64_t reasons = 0;

	for (size_t i = 0; i < words->count; i++) {
		uint8_t flags = words->words[i].flags;

		reasons |= (flags & WORD_TRUNCATED) != 0 ? REASON(NAME_TRUNCATED) : 0;
		reasons |= (flags & WORD_NO_VOWELS) != 0 ? REASON(NO_VOWELS) : 0;
	}
	return reasons;
}

/* The same, but for what the reasons then say. */
static bool same_name(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->pairs_count; i++) {
		uint8_t fate = comparison->pairs[i].fate;

		if (fate == WORD_DIFFERS ||
			(fate <= WORD_JOINED && comparison->pairs[i].permille < 1000)) {
			return false;
		}
	}
	return true;
}

static uint64_t name_reasons(const struct compare_name *asked,
	const struct name_words *listed, const struct comparison *comparison)
{
	uint64_t reasons = word_flags(&asked->words) | word_flags(listed);

	for (size_t i = 0; i < comparison->pairs_count; i++) {
		reasons |= pair_reason(asked, listed, &comparison->pairs[i]);
	}
	return reasons;
}

/* Some word is another one, more are missing than agree, or all that agrees is one word
 * that is not quite the same. */
static bool in_conflict(const struct comparison *comparison)
{
	size_t missing = 0, agreeing = 0, same = 0, unlike = 0;

	for (size_t i = 0; i < comparison->pairs_count; i++) {
		const struct word_pair *pair = &comparison->pairs[i];

		if (pair->fate == WORD_DIFFERS ||
			(pair->fate <= WORD_JOINED &&
				pair->permille < CONFLICT_WORST)) {
			return true;
		}
		unlike +=
			pair->fate <= WORD_JOINED && pair->permille < CONFLICT_PERMILLE;
		agreeing += pair->fate <= WORD_JOINED;
		same += pair->fate <= WORD_JOINED && pair->permille == 1000;
		missing +=
			pair->fate > WORD_DIFFERS && pair->evidence == EVIDENCE_MISSING;
	}
	if (unlike > 0 && (unlike > 1 || same < CONFLICT_SAME_LEAST)) {
		return true;
	}
	return missing > agreeing || (agreeing == 1 && same == 0);
}

/* Stays below the threshold, and in order. */
static int32_t dampened(int32_t evidence)
{
	if (evidence > EVIDENCE_CONFLICT_FROM) {
		evidence = EVIDENCE_CONFLICT_FROM +
			   (evidence - EVIDENCE_CONFLICT_FROM) / EVIDENCE_CONFLICT_PART;
	}
	return evidence < EVIDENCE_CONFLICT_MOST ? evidence : EVIDENCE_CONFLICT_MOST;
}

/* 1. */
static int32_t evidence_of(
	const struct comparison *comparison, uint64_t reasons, enum born_likeness born)
{
	int32_t evidence = comparison->evidence + born_evidence[born];

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		evidence += (reasons & beside[i].reason) != 0 ? beside[i].evidence : 0;
	}
	if (born == BORN_OTHER || (born == BORN_NOT_KNOWN && in_conflict(comparison))) {
		return dampened(evidence);
	}
	return evidence;
}

uint64_t compare_traits(const struct compare_person *asked, const struct card *card)
{
	return sex_reason(asked->sex, card->sex) | nationality_reason(asked, card);
}

void compare_person(const struct compare_person *asked, const struct card *card,
	struct person_score *score)
{
	uint64_t person =
		compare_traits(asked, card) | (card->weak ? REASON(WEAK_RECORD) : 0);
	enum born_likeness born = compare_born(asked, card);
	int32_t best = INT32_MIN;
	struct comparison comparison;
	struct card_name name;
	size_t at = 0;

	*score = (struct person_score){ .born = born };
	for (uint8_t index = 0; card_next_name(card, &at, &name); index++) {
		uint64_t reasons = person | type_reason(name.type);
		int32_t evidence;

		compare_names(&asked->name, &name.words, &comparison);
		evidence = evidence_of(&comparison, reasons, born);
		if (evidence > best) { /* 3. */
			best = evidence;
			score->name = comparison;
			score->name_type = name.type;
			score->name_index = index;
			score->name_score = to_score(
				evidence_of(&comparison, reasons, BORN_NOT_KNOWN),
				BORN_NOT_KNOWN);
			score->reasons = reasons | name_reasons(&asked->name,
							   &name.words, &comparison);
		}
	}
	if (best == INT32_MIN) {
		return;
	}
	score->evidence = best;
	score->score = to_score(best, born); /* 2. */
	if (score->name_score == 0) {
		/* whatever the birth date says: there is no likeness to speak of */
		score->reasons |= REASON(NAME_NOT_SAME);
		return;
	}
	score->reasons |=
		born_reason(born, same_name(&score->name)) | born_detail(born);
}
