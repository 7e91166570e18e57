/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_EVIDENCE_H
#define CORE_MATCH_EVIDENCE_H

#include "daemon/core/match/screen.h"

/*
 * What agrees and what differs between a question and a record.
 *
 * A score ranks the matches of one answer; it is no probability.
 *   900..1000  a number and its issuer agree and nothing speaks against: a verdict of
 *              match, and never without it
 *   700..899   a name and birth date agree, or a number with something missing or in
 *              doubt
 *   500..699   a name without a birth date to compare, a look-alike number
 *   1..499     the same with something that differs, or from a weak source
 */
#define SCORE_MAX 1000
#define SCORE_MATCH 900 /* the least of a match */
#define SCORE_IN_RANGE 980
#define SCORE_IN_DOUBT 750 /* at most, where something speaks against a number */
#define SCORE_NO_ISSUER_IN_DOUBT 450 /* the same for a number of an unknown state */
#define SCORE_ISSUER_UNKNOWN 700
#define SCORE_TYPE_DIFFERS 650
#define SCORE_LOOK_ALIKE 600
#define SCORE_LOOK_ALIKE_NO_ISSUER 400
#define SCORE_BOTH_BONUS 40 /* name and number, neither of them enough alone */

/*
 * Why a record answers: X(symbol, code as in "because").  In the order of output; what
 * stands behind a colon is the detail of the code before it.
 */
#define MATCH_REASONS(X)                                                               \
	X(SAME_DOCUMENT_NUMBER, "same_document_number")                                \
	X(NUMBER_IN_RANGE, "number_in_range")                                          \
	X(LOOK_ALIKE_NUMBER, "look_alike_number")                                      \
	X(SAME_PERSONAL_NUMBER, "same_personal_number")                                \
	X(LOOK_ALIKE_PERSONAL_NUMBER, "look_alike_personal_number")                    \
	X(ISSUER_NOT_GIVEN, "issuer_not_given")                                        \
	X(ISSUER_NOT_LISTED, "issuer_not_listed")                                      \
	X(DOCUMENT_TYPE_DIFFERS, "document_type_differs")                              \
	/* name and birth date: one of these twelve where the name agrees */           \
	X(SAME_NAME_AND_BIRTH_DATE, "same_name_and_birth_date")                        \
	X(CLOSE_NAME_AND_BIRTH_DATE, "close_name_and_birth_date")                      \
	X(SAME_NAME_AND_BIRTH_MONTH, "same_name_and_birth_month")                      \
	X(CLOSE_NAME_AND_BIRTH_MONTH, "close_name_and_birth_month")                    \
	X(SAME_NAME_AND_BIRTH_YEAR, "same_name_and_birth_year")                        \
	X(CLOSE_NAME_AND_BIRTH_YEAR, "close_name_and_birth_year")                      \
	X(SAME_NAME_AND_CLOSE_BIRTH_DATE, "same_name_and_close_birth_date")            \
	X(CLOSE_NAME_AND_CLOSE_BIRTH_DATE, "close_name_and_close_birth_date")          \
	X(NAME_ONLY, "name_only") /* same; no birth date to compare */                 \
	X(CLOSE_NAME_ONLY, "close_name_only")                                          \
	X(SAME_NAME, "same_name") /* beside birth_date_differs */                      \
	X(CLOSE_NAME, "close_name")                                                    \
	/* how a close birth date is close */                                          \
	X(BORN_SWAPPED, "birth_date:day_and_month_swapped")                            \
	X(BORN_DIGIT, "birth_date:one_digit_differs")                                  \
	X(BORN_CLOSE_YEAR, "birth_date:year_close")                                    \
	/* how the names are not whole or not the same */                              \
	X(WITHOUT_PATRONYMIC, "without_patronymic") /* on one side */                  \
	X(PATRONYMIC_DIFFERS, "patronymic_differs")                                    \
	X(INITIALS, "initials")                                                        \
	X(WORDS_JOINED, "words_joined")                                                \
	X(WORD_MISSING, "word_missing") /* of the name, on one side */                 \
	X(WORD_DIFFERS, "word_differs") /* one side has another */                     \
	X(NAME_TRUNCATED, "name_truncated")                                            \
	X(NO_VOWELS, "without_vowels") /* as its script is written */                  \
	X(ALIAS, "alias")                                                              \
	X(FORMER_NAME, "former_name")                                                  \
	X(WEAK_ALIAS, "weak_alias")                                                    \
	X(MISUSED_IDENTITY, "misused_identity") /* an innocent person's name */        \
	X(NAME_NOT_SAME, "name_not_same")       /* beside a number */                  \
	X(SAME_BIRTH_DATE, "same_birth_date")   /* likewise */                         \
	X(BIRTH_DATE_DIFFERS, "birth_date_differs")                                    \
	X(SEX_DIFFERS, "sex_differs")                                                  \
	X(SAME_NATIONALITY, "same_nationality")                                        \
	X(NATIONALITY_DIFFERS, "nationality_differs")                                  \
	X(CHECK_DIGIT_NUMBER, "check_digit_wrong:number")                              \
	X(CHECK_DIGIT_OPTIONAL, "check_digit_wrong:optional")                          \
	X(CHECK_DIGIT_COMPOSITE, "check_digit_wrong:composite")                        \
	X(CHECK_DIGIT_BORN, "check_digit_wrong:born")                                  \
	X(RECORD_HAS_MISUSED_IDENTITY, "record_has_misused_identity")                  \
	X(WEAK_RECORD, "weak_record")

enum match_reason {
#define X(name, text) REASON_##name,
	MATCH_REASONS(X)
#undef X
	REASONS_COUNT
};

/* Reasons are kept as a set, one bit each. */
#define REASON(name) (UINT64_C(1) << REASON_##name)

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

/* By how much two birth dates agree, as far as both are known. */
enum born_agreement {
	BORN_DIFFERS = 0,
	BORN_UNKNOWN,
	BORN_NEAR, /* within BORN_NEAR_YEARS of an approximate date */
	BORN_SAME_YEAR,
	BORN_SAME_MONTH,
	BORN_SAME_DATE
};

#define BORN_NEAR_YEARS 2

/* The question's birth date (or the same a century earlier where that is open) with the
 * best of a person's dates. */
enum born_agreement person_born(
	const struct question *question, const struct cordon_person *person);

/* The question's birth date with one date. */
enum born_agreement person_born_on(
	const struct question *question, const struct cordon_date *born);

/*
 * *finding: the best agreement of the question's name with a name of the record,
 * together with the birth date, sex and nationality; never SCORE_MATCH or more.  Where
 * the birth dates differ the score is 0, but the reasons say that the name agrees.
 * CORDON_ENOMEM, CORDON_EINTERNAL.
 */
int person_name(const struct screening *screening, const struct cordon_record *record,
	enum born_agreement born, struct finding *finding);

/* Whether one of the names is the question's.  Returns 1, 0, or a negative error. */
int person_named(const struct screening *screening, const struct cordon_name *names,
	size_t count);

/* What of the person beside the name speaks for or against: sex, nationality. */
uint64_t person_traits(
	const struct question *question, const struct cordon_person *person);

#endif
