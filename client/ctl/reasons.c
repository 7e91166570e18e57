/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/reasons.h"

#include <string.h>

#include "daemon/core/match/reasons.h"

static const char *const codes[REASONS_COUNT] = {
#define X(name, text) [REASON_##name] = text,
	MATCH_REASONS(X)
#undef X
};

/* clang-format off */
static const char *const words[REASONS_COUNT] = {
	[REASON_SAME_DOCUMENT_NUMBER] = "the document's number is listed",
	[REASON_NUMBER_IN_RANGE] = "the document's number is in a listed range",
	[REASON_LOOK_ALIKE_NUMBER] =
		"the document's number looks like a listed one (0 and O, 1 and I ...)",
	[REASON_SAME_PERSONAL_NUMBER] = "the personal number is listed",
	[REASON_LOOK_ALIKE_PERSONAL_NUMBER] = "the personal number looks like a listed one",
	[REASON_ISSUER_NOT_GIVEN] = "the issuer was not given: other states may use this number",
	[REASON_ISSUER_NOT_LISTED] = "the list does not say who issued the document",
	[REASON_DOCUMENT_TYPE_DIFFERS] = "the listed document is of another type",
	[REASON_SAME_NAME_AND_BIRTH_DATE] = "same name and same birth date",
	[REASON_CLOSE_NAME_AND_BIRTH_DATE] = "similar name and same birth date",
	[REASON_SAME_NAME_AND_BIRTH_MONTH] =
		"same name, born in the same month; no day is known",
	[REASON_CLOSE_NAME_AND_BIRTH_MONTH] =
		"similar name, born in the same month; no day is known",
	[REASON_SAME_NAME_AND_BIRTH_YEAR] =
		"same name, born in the same year; no more is known",
	[REASON_CLOSE_NAME_AND_BIRTH_YEAR] =
		"similar name, born in the same year; no more is known",
	[REASON_SAME_NAME_AND_CLOSE_BIRTH_DATE] = "same name and nearly the same birth date",
	[REASON_CLOSE_NAME_AND_CLOSE_BIRTH_DATE] =
		"similar name and nearly the same birth date",
	[REASON_NAME_ONLY] = "same name; there is no birth date to compare",
	[REASON_CLOSE_NAME_ONLY] = "similar name; there is no birth date to compare",
	[REASON_SAME_NAME] = "same name",
	[REASON_CLOSE_NAME] = "similar name",
	[REASON_BORN_SWAPPED] = "birth date: day and month are swapped",
	[REASON_BORN_DIGIT] = "birth date: one digit differs",
	[REASON_BORN_CLOSE_YEAR] = "birth date: the year is close",
	[REASON_WITHOUT_PATRONYMIC] = "one of the two names has no patronymic",
	[REASON_PATRONYMIC_DIFFERS] = "the patronymics differ",
	[REASON_INITIALS] = "initials stand for names",
	[REASON_WORDS_JOINED] = "two words of one name are one word of the other",
	[REASON_WORD_MISSING] = "one of the two names has a word more",
	[REASON_WORD_DIFFERS] = "a word of the name differs",
	[REASON_NAME_TRUNCATED] = "the name was cut short in the machine-readable zone",
	[REASON_NO_VOWELS] = "the name's script leaves out vowels",
	[REASON_ALIAS] = "it is an alias of the person listed",
	[REASON_FORMER_NAME] = "it is a former name of the person listed",
	[REASON_WEAK_ALIAS] = "it is a weak alias: not enough by itself",
	[REASON_MISUSED_IDENTITY] =
		"MISUSED IDENTITY: this name is an innocent person's, whose identity the "
		"person listed uses; read the note first",
	[REASON_NAME_NOT_SAME] = "the name is another one",
	[REASON_SAME_BIRTH_DATE] = "the birth date is the same",
	[REASON_BIRTH_DATE_DIFFERS] = "the birth date is another one",
	[REASON_SEX_DIFFERS] = "the sex differs",
	[REASON_SAME_NATIONALITY] = "the nationality is the same",
	[REASON_NATIONALITY_DIFFERS] = "the nationality differs",
	[REASON_CHECK_DIGIT_NUMBER] = "the check digit of the number is wrong: read again",
	[REASON_CHECK_DIGIT_OPTIONAL] =
		"the check digit of the personal number is wrong: read again",
	[REASON_CHECK_DIGIT_COMPOSITE] = "the overall check digit is wrong: read again",
	[REASON_CHECK_DIGIT_BORN] = "the check digit of the birth date is wrong: read again",
	[REASON_RECORD_HAS_MISUSED_IDENTITY] =
		"the person listed uses an innocent person's identity: whoever stands here "
		"may be that person; read the note first",
	[REASON_WEAK_RECORD] = "the owner calls what it knows of the person weak",
};

static const struct {
	const char *code, *words;
} narrowing[] = {
	{ "birth_date", "give a birth date (--born)" },
	{ "whole_birth_date", "give the whole birth date (--born YYYY-MM-DD)" },
	{ "another_name", "give one name more: given name, surname or patronymic" },
	{ "limit", "raise --limit" },
};
/* clang-format on */

const char *reason_text(const char *code)
{
	for (size_t i = 0; i < REASONS_COUNT; i++) {
		if (words[i] != NULL && strcmp(codes[i], code) == 0) {
			return words[i];
		}
	}
	return code;
}

const char *narrow_text(const char *code)
{
	for (size_t i = 0; i < sizeof(narrowing) / sizeof(narrowing[0]); i++) {
		if (strcmp(narrowing[i].code, code) == 0) {
			return narrowing[i].words;
		}
	}
	return code;
}
