/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/evidence.h"

#include <string.h>

struct finding finding_better(struct finding a, struct finding b)
{
	return b.score > a.score ? b : a;
}

bool numbers_same_state(const char *a, const char *b)
{
	a = strcmp(a, "DEU") == 0 ? "D" : a;
	b = strcmp(b, "DEU") == 0 ? "D" : b;
	return strcmp(a, b) == 0;
}

static bool given(const char *state)
{
	return state != NULL && *state != '\0';
}

static bool issuers_differ(const char *asked, const char *listed)
{
	return given(asked) && given(listed) && !numbers_same_state(asked, listed);
}

/*
 * The papers that a zone's document code alone cannot tell apart: 9303-5 §4.2.2.1
 * leaves A, C and I to the issuer, for residence permits and crew papers too.
 */
static bool is_card(uint32_t type)
{
	return type == CORDON_DOCUMENT_IDENTITY_CARD ||
	       type == CORDON_DOCUMENT_ACCESS_CARD || type == CORDON_DOCUMENT_CREW ||
	       type == CORDON_DOCUMENT_RESIDENCE_PERMIT;
}

static bool types_compatible(uint32_t a, uint32_t b)
{
	return a == 0 || b == 0 || a == b || (is_card(a) && is_card(b));
}

/* How a number alone agrees; score 0 when it does not. */
static struct finding compare_number(
	const char *asked, const char *asked_skeleton, const char *listed)
{
	struct finding finding = { 0, 0, CORDON_BASIS_DOCUMENT };
	char number[CORDON_NUMBER_MAX + 1], skeleton[CORDON_NUMBER_MAX + 1];

	if (cordon_number_normalise(listed, number) != 0) {
		return finding;
	}
	document_skeleton(number, skeleton);
	if (strcmp(number, asked) == 0) {
		finding.score = SCORE_MAX;
		finding.reasons = REASON(SAME_DOCUMENT_NUMBER);
	} else if (strcmp(skeleton, asked_skeleton) == 0) {
		finding.score = SCORE_LOOK_ALIKE;
		finding.reasons = REASON(LOOK_ALIKE_NUMBER);
	}
	return finding;
}

/* The number as it would stand in the range if letters were read as the digits, and
 * the other way round, that they look like. */
static bool range_holds_look_alike(
	const struct document_range *range, const struct question *question)
{
	size_t prefix = strlen(range->prefix);
	char skeleton[CORDON_NUMBER_MAX + 1], number[CORDON_NUMBER_MAX + 1];

	document_skeleton(range->prefix, skeleton);
	if (strncmp(skeleton, question->skeleton, prefix) != 0) {
		return false;
	}
	memcpy(number, question->skeleton, strlen(question->skeleton) + 1);
	memcpy(number, range->prefix, prefix);
	return document_range_holds(range, number);
}

static struct finding compare_range(
	const struct question *question, const struct cordon_document *document)
{
	struct finding finding = { 0, 0, CORDON_BASIS_RANGE };
	struct document_range range;

	if (document_range_parse(document->number, document->number_to, &range, NULL) !=
		0) {
		return finding;
	}
	if (document_range_holds(&range, question->number)) {
		finding.score = SCORE_IN_RANGE;
		finding.reasons = REASON(NUMBER_IN_RANGE);
	} else if (range_holds_look_alike(&range, question)) {
		finding.score = SCORE_LOOK_ALIKE;
		finding.reasons = REASON(LOOK_ALIKE_NUMBER);
	}
	return finding;
}

/* A number without its state may be any state's. */
static void weigh_issuers(
	struct finding *finding, const char *asked, const char *listed)
{
	if (given(asked) && given(listed)) {
		return;
	}
	finding->reasons |= given(asked) ? 0 : REASON(ISSUER_NOT_GIVEN);
	finding->reasons |= given(listed) ? 0 : REASON(ISSUER_NOT_LISTED);
	finding->score = finding->score >= SCORE_MATCH ? SCORE_ISSUER_UNKNOWN
						       : SCORE_LOOK_ALIKE_NO_ISSUER;
}

static struct finding compare_document(
	const struct question *question, const struct cordon_document *document)
{
	struct finding finding = { 0 };

	if (document->number == NULL ||
		issuers_differ(question->issuer, document->issuer)) {
		return finding;
	}
	finding = document->number_to == NULL
			  ? compare_number(question->number, question->skeleton,
				    document->number)
			  : compare_range(question, document);
	if (finding.score == 0) {
		return finding;
	}
	weigh_issuers(&finding, question->issuer, document->issuer);
	if (!types_compatible(question->document_type, document->type)) {
		finding.reasons |= REASON(DOCUMENT_TYPE_DIFFERS);
		finding.score = finding.score < SCORE_TYPE_DIFFERS ? finding.score
								   : SCORE_TYPE_DIFFERS;
	}
	return finding;
}

static struct finding best_document(const struct question *question,
	const struct cordon_document *documents, size_t count)
{
	struct finding best = { 0 };

	for (size_t i = 0; i < count; i++) {
		best = finding_better(best, compare_document(question, &documents[i]));
	}
	return best;
}

struct finding numbers_document(
	const struct question *question, const struct cordon_record *record)
{
	if (!question->has_number) {
		return (struct finding){ 0 };
	}
	if (record->kind == CORDON_KIND_INVALID_DOCUMENT) {
		return best_document(
			question, record->documents, record->documents_count);
	}
	return record->person == NULL
		       ? (struct finding){ 0 }
		       : best_document(question, record->person->documents,
				 record->person->documents_count);
}

static struct finding compare_personal(
	const struct question *question, const struct cordon_personal_number *listed)
{
	struct finding finding = { 0 };

	if (listed->number == NULL ||
		issuers_differ(question->personal_issuer, listed->issuer)) {
		return finding;
	}
	finding = compare_number(
		question->personal_number, question->personal_skeleton, listed->number);
	if (finding.score == 0) {
		return finding;
	}
	finding.basis = CORDON_BASIS_PERSONAL_NUMBER;
	finding.reasons = finding.score == SCORE_MAX
				  ? REASON(SAME_PERSONAL_NUMBER)
				  : REASON(LOOK_ALIKE_PERSONAL_NUMBER);
	weigh_issuers(&finding, question->personal_issuer, listed->issuer);
	return finding;
}

struct finding numbers_personal(
	const struct question *question, const struct cordon_record *record)
{
	struct finding best = { 0 };
	const struct cordon_person *person = record->person;
	size_t count = person == NULL ? 0 : person->personal_numbers_count;

	for (size_t i = 0; question->has_personal_number && i < count; i++) {
		best = finding_better(
			best, compare_personal(question, &person->personal_numbers[i]));
	}
	return best;
}

bool numbers_same_document(
	const struct question *question, const struct cordon_document *document)
{
	char number[CORDON_NUMBER_MAX + 1];

	return question->has_number && document->number != NULL &&
	       document->number_to == NULL && given(question->issuer) &&
	       given(document->issuer) &&
	       numbers_same_state(question->issuer, document->issuer) &&
	       cordon_number_normalise(document->number, number) == 0 &&
	       strcmp(number, question->number) == 0;
}
