/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/screen.h"

#include <string.h>

#include "daemon/core/match/evidence.h"
#include "proto/record.h"

/*
 * How a candidate is screened.  The code bears the same numbers.
 *
 * 1. A record that is not in force, or of a kind that this version does not know,
 *    answers nothing.
 * 2. Findings: the document's number, the personal number, the name with the birth
 *    date (numbers.c, person.c).
 * 3. What speaks against a number:
 *    3.1 a wrong check digit over it;
 *    3.2 another birth date, another sex, or a name that is the record's only as an
 *        innocent person's whose identity is misused.
 *    A look-alike number counts for nothing then, any other is in doubt.
 * 4. Without any finding left the record answers nothing.
 * 5. A distinguished person's own document, name and birth date clear, unless the
 *    number asked for is listed itself.  Document and date are to be the same, the name
 *    only close: nobody is stopped again for a transliteration.
 * 6. The best finding gives basis and score; a name and a number that agree but are
 *    not enough, each alone, raise it together.
 * 7. A score of SCORE_MATCH or more, which only a number reaches, is a match; all else
 *    is possible, for an officer to decide.
 */

struct findings {
	struct finding document, personal, name;
	enum born_likeness born;
	const struct person_score *score; /* NULL: no name was compared */
	struct person_score own_score;    /* where no search has found it */
	uint64_t beside;                  /* reasons of none of them alone */
};

#define LOOK_ALIKE (REASON(LOOK_ALIKE_NUMBER) | REASON(LOOK_ALIKE_PERSONAL_NUMBER))
#define ISSUER_UNKNOWN (REASON(ISSUER_NOT_GIVEN) | REASON(ISSUER_NOT_LISTED))

bool screen_in_force(const struct cordon_record *record, int64_t now_s)
{
	return record_begins_s(record) <= now_s && now_s < record_ends_s(record);
}

static void doubt(struct finding *number, uint64_t reasons)
{
	uint32_t most = (number->reasons & ISSUER_UNKNOWN) != 0
				? SCORE_NO_ISSUER_IN_DOUBT
				: SCORE_IN_DOUBT;

	if (number->score == 0 || reasons == 0) {
		return;
	}
	number->score = number->score < most ? number->score : most;
	number->reasons |= reasons;
}

/* 3.1 */
static void doubt_misread(const struct question *question, struct findings *found)
{
	const struct cordon_mrz *mrz = &question->mrz;

	if (question->type != CORDON_QUERY_MRZ) {
		return;
	}
	if (mrz->checks.number == CORDON_CHECK_WRONG) {
		doubt(&found->document, REASON(CHECK_DIGIT_NUMBER));
	}
	if (mrz->checks.optional == CORDON_CHECK_WRONG) {
		doubt(&found->personal, REASON(CHECK_DIGIT_OPTIONAL));
	} else if (mrz->checks.optional == CORDON_CHECK_NONE &&
		   mrz->checks.composite == CORDON_CHECK_WRONG) {
		doubt(&found->personal, REASON(CHECK_DIGIT_COMPOSITE));
	}
	if (mrz->checks.born == CORDON_CHECK_WRONG && found->name.reasons != 0) {
		found->name.reasons |= REASON(CHECK_DIGIT_BORN);
	}
}

/* A whole birth date that is not the same, even if nearly so. */
static uint64_t born_against(enum born_likeness born)
{
	switch (born) {
	case BORN_OTHER:
		return REASON(BIRTH_DATE_DIFFERS);
	case BORN_DIGIT:
		return REASON(BORN_DIGIT);
	case BORN_SWAPPED:
		return REASON(BORN_SWAPPED);
	default:
		return 0;
	}
}

/* 3.2 */
static void doubt_other_person(const struct question *question,
	const struct cordon_record *record, struct findings *found)
{
	uint64_t against = person_traits(question, record) & REASON(SEX_DIFFERS);

	against |= found->name.reasons & REASON(MISUSED_IDENTITY);
	against |= born_against(found->born);
	if (against == 0) {
		return;
	}
	if ((found->document.reasons & LOOK_ALIKE) != 0) {
		found->document = (struct finding){ 0 };
	}
	if ((found->personal.reasons & LOOK_ALIKE) != 0) {
		found->personal = (struct finding){ 0 };
	}
	doubt(&found->document, against);
	doubt(&found->personal, against);
}

static bool has_misused_name(const struct cordon_person *person)
{
	for (size_t i = 0; i < person->names_count; i++) {
		if (person->names[i].type == CORDON_NAME_MISUSED) {
			return true;
		}
	}
	return false;
}

/* What an officer wants to know of the person beside a number that agrees. */
static uint64_t reasons_beside_number(const struct question *question,
	const struct cordon_record *record, const struct findings *found)
{
	const struct cordon_person *person = record->person;
	uint64_t reasons = person_traits(question, record);

	if (question->has_name && person->names_count > 0 && found->name.reasons == 0) {
		reasons |= REASON(NAME_NOT_SAME);
	}
	if (found->born == BORN_DATE && found->name.score == 0) {
		reasons |= REASON(SAME_BIRTH_DATE);
	}
	if (!question->has_name && has_misused_name(person)) {
		reasons |= REASON(RECORD_HAS_MISUSED_IDENTITY);
	}
	return reasons;
}

/* 2. */
static int find_person(const struct screening *screening,
	const struct cordon_record *record, const struct person_score *scored,
	struct findings *found)
{
	const struct question *question = screening->question;
	int error = 0;

	found->personal = numbers_personal(question, record);
	found->born = person_born(question, record);
	if (question->has_name && scored == NULL) {
		error = person_compare(screening, record, &found->own_score);
		scored = &found->own_score;
	}
	if (question->has_name && error == 0) {
		found->score = scored;
		found->name =
			person_finding(scored, screen_least(screening, record->kind));
	}
	return error;
}

/* 2. and 3. */
static int find(const struct screening *screening, const struct cordon_record *record,
	const struct person_score *scored, struct findings *found)
{
	const struct question *question = screening->question;
	bool about_person = record_about_person(record);
	int error = 0;

	found->document = numbers_document(question, record);
	found->personal = found->name = (struct finding){ 0 };
	found->born = BORN_NOT_KNOWN;
	found->score = NULL;
	found->beside = 0;
	if (about_person) {
		error = find_person(screening, record, scored, found);
	}
	doubt_misread(question, found);
	if (about_person) {
		doubt_other_person(question, record, found);
	}
	if (about_person && (found->document.score > 0 || found->personal.score > 0)) {
		found->beside = reasons_beside_number(question, record, found);
	}
	return error;
}

/* 5.  The subject's own number, whatever else is unknown of it, is not cleared. */
static bool number_listed(const struct findings *found)
{
	uint64_t reasons = found->document.reasons | found->personal.reasons;

	return (reasons & (REASON(SAME_DOCUMENT_NUMBER) | REASON(NUMBER_IN_RANGE) |
				  REASON(SAME_PERSONAL_NUMBER))) != 0;
}

static bool own_document(
	const struct question *question, const struct cordon_distinguished *person)
{
	for (size_t i = 0; i < person->documents_count; i++) {
		if (numbers_same_document(question, &person->documents[i])) {
			return true;
		}
	}
	return false;
}

/* 5.  Returns 1 when one of the distinguished persons is the question's, 0, or an
 * error. */
static int clear(const struct screening *screening, const struct cordon_record *record,
	struct cordon_cleared *cleared)
{
	for (size_t i = 0; i < record->distinguished_count; i++) {
		const struct cordon_distinguished *person = &record->distinguished[i];
		int named;

		if (!own_document(screening->question, person)) {
			continue;
		}
		named = person_distinguished(screening, person);
		if (named < 0) {
			return named;
		}
		if (named > 0) {
			const char *why = person->why == NULL ? "" : person->why;

			cleared->id = arena_text(
				screening->arena, record->id, strlen(record->id));
			cleared->why = arena_text(screening->arena, why, strlen(why));
			return screening->arena->failed ? CORDON_ENOMEM : 1;
		}
	}
	return 0;
}

static void fill_name(const struct findings *found, struct cordon_match *match)
{
	const struct person_score *score = found->score;

	if (score == NULL || found->name.reasons == 0) {
		return;
	}
	match->name_place = score->name_index + 1u;
	match->name_permille = score->name.name_permille;
	match->born = (enum cordon_born_likeness)(score->born + CORDON_BORN_OTHER);
	if (score->name_index < match->record->person->names_count) {
		match->name = &match->record->person->names[score->name_index];
	}
}

/* 6. and 7. */
static int fill(const struct screening *screening, const struct cordon_record *record,
	const struct findings *found, struct cordon_match *match)
{
	struct finding number = finding_better(found->document, found->personal);
	struct finding best = finding_better(number, found->name);
	struct cordon_match new = { .id = record->id,
		.kind = record->kind,
		.record = record,
		.basis = best.basis };
	int error;

	new.score = best.score;
	if (best.score < SCORE_MATCH && number.score > 0 && found->name.score > 0) {
		new.score += SCORE_BOTH_BONUS;
		new.score = new.score < SCORE_MATCH ? new.score : SCORE_MATCH - 1;
	}
	new.verdict = new.score >= SCORE_MATCH ? CORDON_VERDICT_MATCH
					       : CORDON_VERDICT_POSSIBLE;
	fill_name(found, &new);
	error = screen_reasons(screening->arena,
		found->document.reasons | found->personal.reasons |
			found->name.reasons | found->beside,
		&new.because, &new.because_count);
	if (error == 0) {
		*match = new;
	}
	return error;
}

static bool kind_known(uint32_t kind)
{
	return kind >= CORDON_KIND_ENTRY_BAN && kind <= CORDON_KIND_INVALID_DOCUMENT;
}

uint32_t screen_least(const struct screening *screening, uint32_t kind)
{
	uint32_t least = UINT32_MAX;

	if (screening->question->min_score > 0) {
		return screening->question->min_score;
	}
	for (uint32_t k = CORDON_KIND_ENTRY_BAN; k < SCREEN_KINDS; k++) {
		uint32_t own =
			screening->name_least == NULL ? 0 : screening->name_least[k];

		own = own == 0 ? SCORE_NAME : own;
		if ((kind == 0 || kind == k) && own < least) {
			least = own;
		}
	}
	return least;
}

int screen_record(const struct screening *screening, const struct cordon_record *record,
	const struct person_score *scored, struct cordon_match *match,
	struct cordon_cleared *cleared)
{
	struct findings found;
	int result;

	if (!kind_known(record->kind) ||
		!screen_in_force(record, screening->now_s)) { /* 1. */
		return SCREEN_NOTHING;
	}
	result = find(screening, record, scored, &found); /* 2., 3. */
	if (result < 0) {
		return result;
	}
	if (found.document.score == 0 && found.personal.score == 0 &&
		found.name.score == 0) { /* 4. */
		return SCREEN_NOTHING;
	}
	if (!screening->document_listed && !number_listed(&found)) { /* 5. */
		result = clear(screening, record, cleared);
		if (result != 0) {
			return result < 0 ? result : SCREEN_CLEARED;
		}
	}
	result = fill(screening, record, &found, match); /* 6., 7. */
	return result < 0 ? result : SCREEN_MATCH;
}
