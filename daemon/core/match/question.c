/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/question.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "proto/bytes.h"
#include "proto/ident.h"
#include "proto/record.h"

/* A state that may be left out: "" then. */
static int take_state(
	const char *field, const char *code, char out[4], struct errmsg *msg)
{
	struct state state = { "" };

	if (code == NULL || *code == '\0') {
		out[0] = '\0';
		return 0;
	}
	/* only letters are fit to be repeated in a message */
	if (!ident_state_set(&state, code, strlen(code)) || !ident_state_known(code)) {
		return errmsg_set(msg, CORDON_EFIELD,
			"%s: \"%s\" is not a state; a code of ICAO 9303-3 section 5 in "
			"capital "
			"letters is expected, such as KAZ",
			field, state.code);
	}
	memcpy(out, state.code, sizeof(state.code));
	return 0;
}

/*
 * What is too long for a number is a sentence around one, as lists print it ("Russian
 * foreign travel passport number 515458008"): the last word with a digit is meant.
 */
static int number_in_words(const char *text, char number[CORDON_NUMBER_MAX + 1])
{
	char word[CORDON_NUMBER_MAX + 1];
	size_t size = 0;

	for (const char *at = text; *at != '\0';) {
		size_t length = strcspn(at, " ");

		if (length < sizeof(word) && strcspn(at, "0123456789") < length) {
			memcpy(word, at, length);
			size = length;
		}
		at += length;
		at += strspn(at, " ");
	}
	word[size] = '\0';
	return size == 0 ? CORDON_ETOOBIG : cordon_number_normalise(word, number);
}

static int take_number(const char *text, char number[CORDON_NUMBER_MAX + 1],
	char skeleton[CORDON_NUMBER_MAX + 1], struct errmsg *msg)
{
	int error =
		text == NULL ? CORDON_EFIELD : cordon_number_normalise(text, number);

	if (text == NULL || *text == '\0') {
		return errmsg_set(msg, CORDON_EFIELD, "number: is missing");
	}
	if (error == CORDON_ETOOBIG) {
		error = number_in_words(text, number);
	}
	if (error == CORDON_ETOOBIG) {
		return errmsg_set(msg, CORDON_EFIELD,
			"number: longer than %d letters and digits", CORDON_NUMBER_MAX);
	}
	if (error != 0) {
		return errmsg_set(msg, CORDON_EFIELD,
			"number: holds no letter or digit, or one that no document "
			"has");
	}
	document_skeleton(number, skeleton);
	return 0;
}

static int ask_document(
	const struct cordon_query *query, struct question *question, struct errmsg *msg)
{
	int error =
		take_number(query->number, question->number, question->skeleton, msg);

	if (error == 0) {
		error = take_state("issuer", query->issuer, question->issuer, msg);
	}
	if (error == 0 && query->document_type != 0 &&
		cordon_code_text(CORDON_CODES_DOCUMENT_TYPE, query->document_type) ==
			NULL) {
		error = errmsg_set(msg, CORDON_EFIELD,
			"document_type: %u is no type of document",
			query->document_type);
	}
	question->has_number = true;
	question->document_type = query->document_type;
	return error;
}

static int ask_personal_number(
	const struct cordon_query *query, struct question *question, struct errmsg *msg)
{
	int error = take_number(query->number, question->personal_number,
		question->personal_skeleton, msg);

	if (error == 0) {
		error = take_state(
			"issuer", query->issuer, question->personal_issuer, msg);
	}
	if (error == 0 && question->personal_issuer[0] == '\0') {
		error = errmsg_set(msg, CORDON_EFIELD,
			"issuer: is missing; a personal number is unique in its state "
			"only");
	}
	question->has_personal_number = true;
	return error;
}

int question_take_name(struct match_context *context, const struct cordon_name *name,
	struct question *question, struct errmsg *msg)
{
	struct name_words *words = &question->person.name.words;
	int error = words_of_name(context, name, words);

	if (error == CORDON_ETOOBIG) {
		return errmsg_set(msg, CORDON_EFIELD, "name: is too long");
	}
	if (error != 0) {
		return errmsg_set(msg, error, "name: cannot be read: %s",
			cordon_error_text(error));
	}
	question->has_name = words->count > 0;
	return 0;
}

/* What of the question is compared with persons. */
static void prepare_person(struct question *question)
{
	struct compare_person *person = &question->person;

	for (size_t i = 0; i < person->name.words.count; i++) {
		person->name.weights[i] =
			weight_without_list(&person->name.words.words[i]);
	}
	person->born = born_pack(&question->born);
	person->born_century_open = question->born_century_open;
	person->born_misread = question->type == CORDON_QUERY_MRZ &&
			       question->mrz.checks.born == CORDON_CHECK_WRONG;
	person->sex = (uint8_t)question->sex;
	memcpy(person->nationality, question->nationality, sizeof(person->nationality));
}

static bool has_letter(const char *text, size_t size)
{
	const uint8_t *in = (const uint8_t *)text;
	UChar32 c = 0;

	for (int32_t at = 0; at < (int32_t)size && !u_isalpha(c);) {
		U8_NEXT(in, at, (int32_t)size, c);
	}
	return u_isalpha(c);
}

static int ask_name(struct match_context *context, const char *text,
	struct question *question, struct errmsg *msg)
{
	struct cordon_name name = { .full = text };
	size_t size = text == NULL ? 0 : strlen(text);
	int error;

	if (size == 0) {
		return errmsg_set(msg, CORDON_EFIELD, "name: is missing");
	}
	if (size > MATCH_NAME_BYTES) {
		return errmsg_set(msg, CORDON_EFIELD,
			"name: longer than %d bytes of UTF-8", MATCH_NAME_BYTES);
	}
	if (!bytes_are_text(text, size)) {
		return errmsg_set(msg, CORDON_EFIELD,
			"name: is not UTF-8, or holds control characters");
	}
	error = question_take_name(context, &name, question, msg);
	if (error == 0 && (!question->has_name || !has_letter(text, size))) {
		error = errmsg_set(msg, CORDON_EFIELD, "name: holds no letter");
	}
	return error;
}

static int ask_person(struct match_context *context, const struct cordon_query *query,
	struct question *question, struct errmsg *msg)
{
	int error = ask_name(context, query->name, question, msg);

	if (error == 0) {
		error = take_state(
			"nationality", query->nationality, question->nationality, msg);
	}
	if (error == 0 && !date_absent(&query->born) && !date_valid(&query->born)) {
		error = errmsg_set(msg, CORDON_EFIELD,
			"born: %d-%02u-%02u: no such date", query->born.year,
			query->born.month, query->born.day);
	}
	if (error == 0 && query->sex > CORDON_SEX_X) {
		error = errmsg_set(msg, CORDON_EFIELD, "sex: %u: M, F or X is expected",
			query->sex);
	}
	question->born = query->born;
	question->sex = query->sex;
	return error;
}

int question_make(struct match_context *context, const struct cordon_query *query,
	struct cordon_date today, struct question *question, struct errmsg *msg)
{
	struct question new = { .type = query->type };
	int error;

	switch (query->type) {
	case CORDON_QUERY_DOCUMENT:
		error = ask_document(query, &new, msg);
		break;
	case CORDON_QUERY_PERSONAL_NUMBER:
		error = ask_personal_number(query, &new, msg);
		break;
	case CORDON_QUERY_MRZ:
		error = question_ask_zone(context, query, today, &new, msg);
		break;
	case CORDON_QUERY_PERSON:
		error = ask_person(context, query, &new, msg);
		break;
	default:
		error = errmsg_set(msg, CORDON_EFIELD, "type: %d is no type of query",
			(int)query->type);
		break;
	}
	if (error == 0 && query->min_score > SCORE_MAX) {
		error = errmsg_set(msg, CORDON_EFIELD, "min_score: %u is above %d",
			query->min_score, SCORE_MAX);
	}
	if (error == 0) {
		new.min_score = query->min_score;
		prepare_person(&new);
		*question = new;
	}
	return error;
}
