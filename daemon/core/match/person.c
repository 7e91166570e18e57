/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/evidence.h"

#include <stdlib.h>

#include "daemon/core/match/keys.h"
#include "proto/record.h"

#define SCORE_NAME_MAX (SCORE_MATCH - 1) /* a name is a question, never a verdict */

/* What a name is worth together with the birth date. */
static const struct {
	uint32_t score;
	uint64_t reason;
} born_worth[] = {
	[BORN_DIFFERS] = { 500, REASON(SAME_NAME) },
	[BORN_UNKNOWN] = { 500, REASON(SAME_NAME) },
	[BORN_NEAR] = { 650, REASON(SAME_NAME_AND_CLOSE_BIRTH_DATE) },
	[BORN_SAME_YEAR] = { 720, REASON(SAME_NAME_AND_BIRTH_YEAR) },
	[BORN_SAME_MONTH] = { 780, REASON(SAME_NAME_AND_BIRTH_MONTH) },
	[BORN_SAME_DATE] = { 850, REASON(SAME_NAME_AND_BIRTH_DATE) },
};

/* What takes from it, or adds to it. */
static const struct {
	uint64_t reason;
	int points;
} worth[] = {
	{ REASON(WITHOUT_PATRONYMIC), -50 },
	{ REASON(FORMER_NAME), -20 },
	{ REASON(WEAK_ALIAS), -200 },
	{ REASON(MISUSED_IDENTITY), -200 },
	{ REASON(SEX_DIFFERS), -150 },
	{ REASON(SAME_NATIONALITY), 20 },
	{ REASON(NATIONALITY_DIFFERS), -50 },
	{ REASON(WEAK_RECORD), -50 },
};

static enum born_agreement compare_dates(
	const struct cordon_date *a, const struct cordon_date *b)
{
	if (a->year != b->year) {
		return BORN_DIFFERS;
	}
	if (a->month == 0 || b->month == 0) {
		return BORN_SAME_YEAR;
	}
	if (a->month != b->month) {
		return BORN_DIFFERS;
	}
	if (a->day == 0 || b->day == 0) {
		return BORN_SAME_MONTH;
	}
	return a->day == b->day ? BORN_SAME_DATE : BORN_DIFFERS;
}

enum born_agreement person_born_on(
	const struct question *question, const struct cordon_date *born)
{
	struct cordon_date earlier = question->born;
	enum born_agreement agreement;

	if (date_absent(&question->born) || date_absent(born)) {
		return BORN_UNKNOWN;
	}
	agreement = compare_dates(&question->born, born);
	if (agreement == BORN_DIFFERS && question->born_century_open) {
		earlier.year = (int16_t)(earlier.year - 100);
		agreement = compare_dates(&earlier, born);
	}
	return agreement;
}

static enum born_agreement near_date(
	const struct question *question, const struct cordon_date *born)
{
	enum born_agreement agreement = person_born_on(question, born);
	int apart = abs(question->born.year - born->year);

	if (question->born_century_open && abs(apart - 100) < apart) {
		apart = abs(apart - 100);
	}
	return agreement == BORN_DIFFERS && apart <= BORN_NEAR_YEARS ? BORN_NEAR
								     : agreement;
}

enum born_agreement person_born(
	const struct question *question, const struct cordon_person *person)
{
	enum born_agreement best = person->born_approximate
					   ? near_date(question, &person->born)
					   : person_born_on(question, &person->born);
	bool known = !date_absent(&person->born);

	for (size_t i = 0; i < person->born_alternatives_count; i++) {
		const struct cordon_date *date = &person->born_alternatives[i];
		enum born_agreement agreement = person_born_on(question, date);

		if (!date_absent(date) && (!known || agreement > best)) {
			best = agreement;
			known = true;
		}
	}
	/* a misread date does not speak against anybody */
	if (best == BORN_DIFFERS && question->type == CORDON_QUERY_MRZ &&
		question->mrz.checks.born == CORDON_CHECK_WRONG) {
		return BORN_UNKNOWN;
	}
	return best;
}

uint64_t person_traits(
	const struct question *question, const struct cordon_person *person)
{
	uint64_t reasons = 0;
	bool either_open = question->sex == 0 || person->sex == 0 ||
			   question->sex == CORDON_SEX_X || person->sex == CORDON_SEX_X;

	if (!either_open && question->sex != person->sex) {
		reasons |= REASON(SEX_DIFFERS);
	}
	if (question->nationality[0] == '\0' || person->nationalities_count == 0) {
		return reasons;
	}
	for (size_t i = 0; i < person->nationalities_count; i++) {
		if (numbers_same_state(
			    question->nationality, person->nationalities[i])) {
			return reasons | REASON(SAME_NATIONALITY);
		}
	}
	return reasons | REASON(NATIONALITY_DIFFERS);
}

static uint64_t type_reason(uint32_t type)
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

static int compare_name(const struct screening *screening,
	const struct cordon_name *name, enum keys_agreement *agreement)
{
	struct name_keys keys;
	int error = keys_of_name(screening->context, name, &keys);

	if (error == CORDON_EFIELD || error == CORDON_ETOOBIG) {
		*agreement = KEYS_DIFFER; /* it was not indexed either */
		return 0;
	}
	if (error == 0) {
		*agreement = keys_compare(&keys, screening->question);
	}
	return error;
}

static struct finding weigh(uint64_t reasons, enum born_agreement born)
{
	int score = (int)born_worth[born].score;

	for (size_t i = 0; i < sizeof(worth) / sizeof(worth[0]); i++) {
		if ((reasons & worth[i].reason) != 0) {
			score += worth[i].points;
		}
	}
	score = score < 1 ? 1 : score > SCORE_NAME_MAX ? SCORE_NAME_MAX : score;
	return (struct finding){ (uint32_t)score, reasons | born_worth[born].reason,
		CORDON_BASIS_NAME };
}

int person_name(const struct screening *screening, const struct cordon_record *record,
	enum born_agreement born, struct finding *finding)
{
	const struct cordon_person *person = record->person;
	uint64_t traits = person_traits(screening->question, person) |
			  (record->weak ? REASON(WEAK_RECORD) : 0);
	struct finding best = { 0 };

	for (size_t i = 0; i < person->names_count; i++) {
		enum keys_agreement agreement;
		int error = compare_name(screening, &person->names[i], &agreement);
		uint64_t reasons = traits | type_reason(person->names[i].type);

		if (error != 0) {
			return error;
		}
		reasons |= agreement == KEYS_AGREE_SHORTER ? REASON(WITHOUT_PATRONYMIC)
							   : 0;
		if (agreement != KEYS_DIFFER) {
			best = finding_better(best, weigh(reasons, born));
		}
	}
	if (born == BORN_DIFFERS) {
		best.score = 0;
	}
	*finding = best;
	return 0;
}

int person_named(const struct screening *screening, const struct cordon_name *names,
	size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum keys_agreement agreement;
		int error = compare_name(screening, &names[i], &agreement);

		if (error != 0) {
			return error;
		}
		if (agreement != KEYS_DIFFER) {
			return 1;
		}
	}
	return 0;
}
