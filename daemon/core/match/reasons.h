/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_REASONS_H
#define CORE_MATCH_REASONS_H

#include <stdint.h>

/*
 * Why a record answers, and how its score is to be read.  It ranks the matches of one
 * answer; it is no probability.
 *   900..1000  a number and its issuer agree and nothing speaks against: a verdict of
 *              match, and never without it
 *   500..899   possible: a name as proto/MATCHING.md, section 6 says, or a number with
 *              something missing or in doubt
 *   1..499     too little for an answer by a name; a number that looks alike
 */
#define SCORE_MAX 1000
#define SCORE_MATCH 900 /* the least of a match */
#define SCORE_NAME 500  /* the least of a name, unless configured otherwise */

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

#endif
