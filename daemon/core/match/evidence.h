/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_EVIDENCE_H
#define CORE_MATCH_EVIDENCE_H

#include "daemon/core/match/screen.h"

/* What agrees and what differs between a question and a record. */

#define SCORE_IN_RANGE 980
#define SCORE_IN_DOUBT 750 /* at most, where something speaks against a number */
#define SCORE_NO_ISSUER_IN_DOUBT 450 /* the same for a number of an unknown state */
#define SCORE_ISSUER_UNKNOWN 700
#define SCORE_TYPE_DIFFERS 650
#define SCORE_LOOK_ALIKE 600
#define SCORE_LOOK_ALIKE_NO_ISSUER 400
#define SCORE_BOTH_BONUS 40 /* name and number, neither of them enough alone */

/* One way in which a record answers; score 0: it does not, by this alone. */
struct finding {
	uint32_t score; /* 0..SCORE_MAX */
	uint64_t reasons;
	enum cordon_basis basis;
};

/* The one with the higher score, the first when they are equal. */
struct finding finding_better(struct finding a, struct finding b);

/* The best agreement of the question's document with the record's documents, of its
 * personal number with the record's. */
struct finding numbers_document(
	const struct question *question, const struct cordon_record *record);
struct finding numbers_personal(
	const struct question *question, const struct cordon_record *record);

/* The very document, both sides naming the same issuer; no range. */
bool numbers_same_document(
	const struct question *question, const struct cordon_document *document);

/* State codes as records and zones write them: D and DEU are the same. */
bool numbers_same_state(const char *a, const char *b);

/* The best of the record's names with the rest of the person.  CORDON_ENOMEM,
 * CORDON_EINTERNAL. */
int person_compare(const struct screening *screening,
	const struct cordon_record *record, struct person_score *score);

/* Score 0 below the least that a name must have; the reasons stay where the name alone
 * agrees. */
struct finding person_finding(const struct person_score *score, uint32_t least);

/* The question's birth date with the best of the record's. */
enum born_likeness person_born(
	const struct question *question, const struct cordon_record *record);

/* What of the person beside the name speaks for or against: sex, nationality. */
uint64_t person_traits(
	const struct question *question, const struct cordon_record *record);

/* Whether name and birth date are a distinguished person's.  Returns 1, 0, or a
 * negative error. */
int person_distinguished(
	const struct screening *screening, const struct cordon_distinguished *person);

#endif
