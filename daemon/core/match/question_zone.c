/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/question.h"

#include <string.h>

#include "proto/ident.h"

/* A state as printed; a misread one is as good as none. */
static void take_state(const char *printed, char out[4])
{
	if (ident_state_known(printed)) {
		memcpy(out, printed, strlen(printed) + 1);
	}
}

/* The document code's first letter says what it is, but for a few whole codes. */
static uint32_t document_type(const struct cordon_mrz *mrz)
{
	const char letter[2] = { mrz->document_code[0], '\0' };

	if (mrz->cyrillic) {
		return CORDON_DOCUMENT_INTERNAL_PASSPORT;
	}
	/* 9303-5 appendix B: crew member certificate */
	if (strcmp(mrz->document_code, "AC") == 0) {
		return CORDON_DOCUMENT_CREW;
	}
	return cordon_code_number(CORDON_CODES_DOCUMENT_TYPE, letter);
}

static void take_document(const struct cordon_mrz *mrz, struct question *question)
{
	if (document_zone_number(mrz, question->number) != 0) {
		question->number[0] = '\0';
		return; /* nothing of it can be read; the rest still asks */
	}
	question->has_number = true;
	document_skeleton(question->number, question->skeleton);
	take_state(mrz->issuer, question->issuer);
	question->document_type = document_type(mrz);
}

static void take_personal_number(
	const struct cordon_mrz *mrz, struct question *question)
{
	if (document_personal_number(mrz, question->personal_number)) {
		question->has_personal_number = true;
		document_skeleton(
			question->personal_number, question->personal_skeleton);
		take_state(mrz->issuer, question->personal_issuer);
	}
}

/*
 * 9303-3 §4.6: names that do not fit are cut in each identifier from the back, and may
 * lose whole words: the last word of either may be a beginning only.
 */
static void mark_truncated(struct name_words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		if (i + 1 == words->count ||
			words->words[i].part != words->words[i + 1].part) {
			words->words[i].flags |= WORD_TRUNCATED;
		}
	}
}

static int take_name(struct match_context *context, const struct cordon_mrz *mrz,
	struct question *question, struct errmsg *msg)
{
	/* two bytes of UTF-8 for each letter of the code */
	char surname[2 * sizeof(mrz->surname)], given[2 * sizeof(mrz->given)];
	struct cordon_name name = { .surname = mrz->surname, .given = mrz->given };
	int error = 0;

	if (mrz->cyrillic) {
		error = cordon_mrz_cyrillic_name(
			mrz->surname, surname, sizeof(surname));
		if (error == 0) {
			error = cordon_mrz_cyrillic_name(
				mrz->given, given, sizeof(given));
		}
		name.surname = surname;
		name.given = given;
	}
	if (error != 0) {
		return errmsg_set(
			msg, error, "mrz: the name's letter code cannot be read");
	}
	error = question_take_name(context, &name, question, msg);
	if (error == 0 && mrz->names_truncated) {
		mark_truncated(&question->person.name.words);
	}
	return error;
}

static bool any_check_wrong(const struct cordon_mrz *mrz)
{
	return mrz->checks.number == CORDON_CHECK_WRONG ||
	       mrz->checks.born == CORDON_CHECK_WRONG ||
	       mrz->checks.expires == CORDON_CHECK_WRONG ||
	       mrz->checks.optional == CORDON_CHECK_WRONG ||
	       mrz->checks.composite == CORDON_CHECK_WRONG;
}

int question_ask_zone(struct match_context *context, const struct cordon_query *query,
	struct cordon_date today, struct question *question, struct errmsg *msg)
{
	const size_t lines_max = sizeof(query->mrz_lines) / sizeof(query->mrz_lines[0]);
	struct cordon_mrz *mrz = &question->mrz;
	char fault[96] = "";
	int error;

	if (query->mrz_line_count < 1 || query->mrz_line_count > lines_max) {
		return errmsg_set(msg, CORDON_EFIELD,
			"mrz: 1 to %zu lines are expected, not %zu", lines_max,
			query->mrz_line_count);
	}
	for (size_t i = 0; i < query->mrz_line_count; i++) {
		if (query->mrz_lines[i] == NULL) {
			return errmsg_set(
				msg, CORDON_EFIELD, "mrz: line %zu is missing", i + 1);
		}
	}
	error = cordon_mrz_parse(query->mrz_lines, query->mrz_line_count, today, mrz,
		fault, sizeof(fault));
	if (error == CORDON_EINVAL) {
		return errmsg_set(msg, CORDON_EFIELD,
			"reference_date: a whole date of the years 200 to 9900 is "
			"expected");
	}
	if (error != 0) {
		return errmsg_set(msg, error, "mrz: %s", fault);
	}
	take_document(mrz, question);
	take_personal_number(mrz, question);
	take_state(mrz->nationality, question->nationality);
	question->born = mrz->born;
	question->born_century_open = mrz->born_century_open;
	question->sex = mrz->sex;
	question->checkdigit_wrong = any_check_wrong(mrz);
	return take_name(context, mrz, question, msg);
}
