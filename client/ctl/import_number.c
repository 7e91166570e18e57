/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_number.h"

#include <ctype.h>
#include <string.h>

#include <cordon/mrz.h>
#include "client/ctl/import_draft.h"
#include "client/ctl/import_text.h"

#define SERIES_LETTERS 4 /* the longest series that stands apart: "TR-P 914 166" */
#define DIGITS_FEWEST 4  /* a number with fewer is a part of one */

struct word {
	const char *text;
	size_t size;
	bool digit, lower;
};

static bool next_word(const char **text, struct word *word)
{
	const char *at = *text + strspn(*text, " ");

	*word = (struct word){ .text = at, .size = strcspn(at, " ") };
	for (size_t i = 0; i < word->size; i++) {
		word->digit = word->digit || isdigit((unsigned char)at[i]);
		word->lower = word->lower || islower((unsigned char)at[i]);
	}
	*text = at + word->size;
	return word->size > 0;
}

static bool word_is(const struct word *word, const char *text)
{
	return word->size == strlen(text) && import_text_starts(word->text, text);
}

/* "No.", "No.:", "N°", "№", "#" */
static bool number_sign(const struct word *word)
{
	static const char *const signs[] = { "No", "No.", "No.:", "No:", "N°", "№", "#",
		"nr.", "JMB" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (word_is(word, signs[i])) {
			return true;
		}
	}
	return false;
}

/* A word of the sentence around, not a part of the number. */
static bool talk(const struct word *word)
{
	return number_sign(word) ||
	       (!word->digit && (word->lower || word->size > SERIES_LETTERS));
}

/* "(Expired 25 Jan. 2016)" and what else stands in brackets is no number; nor what
 * follows a comma or " - " behind digits. */
static void drop_asides(char *text)
{
	char *out = text;
	bool digit = false;
	int depth = 0;

	for (const char *at = text; *at != '\0'; at++) {
		bool dash = strncmp(at, " - ", 3) == 0;

		if (depth == 0 && digit && (*at == ',' || *at == ';' || dash)) {
			break;
		}
		depth += *at == '(';
		if (depth == 0) {
			digit = digit || isdigit((unsigned char)*at);
			*out++ = *at;
		} else {
			depth -= *at == ')';
		}
	}
	*out = '\0';
}

/* Behind the last word of talk before the first word with a digit. */
static const char *skip_talk(const char *text)
{
	const char *begin = text, *at = text;
	struct word word;

	while (next_word(&at, &word)) {
		if (word.digit) {
			return begin;
		}
		if (talk(&word)) {
			begin = at;
		}
	}
	return NULL;
}

/* "N°935", "#H9044232": the sign alone is no part of it. */
static void drop_sign(struct word *word)
{
	static const char *const signs[] = { "N°", "№", "#" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (word->size > strlen(signs[i]) &&
			strncmp(word->text, signs[i], strlen(signs[i])) == 0) {
			word->text += strlen(signs[i]);
			word->size -= strlen(signs[i]);
		}
	}
}

static const char *join_number(struct arena *arena, const char *text)
{
	char *out = arena_alloc(arena, strlen(text) + 1);
	size_t used = 0;
	struct word word;

	while (out != NULL && next_word(&text, &word)) {
		if (number_sign(&word)) {
			continue; /* between series and number */
		}
		if (talk(&word) && used > 0) {
			break;
		}
		drop_sign(&word);
		if (used > 0) {
			out[used++] = ' ';
		}
		memcpy(out + used, word.text, word.size);
		used += word.size;
	}
	while (used > 0 && strchr(".,:;", out[used - 1]) != NULL) {
		out[--used] = '\0';
	}
	return out;
}

static size_t digits_in(const struct word *word)
{
	size_t count = 0;

	for (size_t i = 0; i < word->size; i++) {
		count += isdigit((unsigned char)word->text[i]) != 0;
	}
	return count;
}

static size_t digits_in_text(const char *text)
{
	const struct word whole = { .text = text, .size = strlen(text) };

	return digits_in(&whole);
}

const char *import_number(struct arena *arena, const char *text)
{
	char *copy = arena_text(arena, text, strlen(text));
	const char *begin, *number;

	if (copy == NULL) {
		return NULL;
	}
	drop_asides(copy);
	begin = skip_talk(copy);
	if (begin == NULL) {
		return NULL;
	}
	number = join_number(arena, begin);
	if (number != NULL && digits_in_text(number) < DIGITS_FEWEST &&
		digits_in_text(number) < digits_in_text(text)) {
		return text; /* "13/Ta Ta Na (Abc)919077": no words, a part of it */
	}
	return number;
}

bool import_number_usable(const char *number)
{
	char normalised[CORDON_NUMBER_MAX + 1];

	return import_text_length(number) <= DRAFT_NUMBER_LONGEST &&
	       cordon_number_normalise(number, normalised) == 0;
}

bool import_number_same(const char *a, const char *b)
{
	char left[CORDON_NUMBER_MAX + 1], right[CORDON_NUMBER_MAX + 1];

	return cordon_number_normalise(a, left) == 0 &&
	       cordon_number_normalise(b, right) == 0 && strcmp(left, right) == 0;
}

/* Cuts "93825239," and "915215;" to the number. */
static void trim(struct word *word)
{
	while (word->size > 0 && strchr(".,:;()", word->text[word->size - 1]) != NULL) {
		word->size--;
	}
	if (import_text_starts(word->text, "no.")) { /* "no.93825239" */
		word->text += 3;
		word->size -= word->size < 3 ? word->size : 3;
	}
}

/* Behind "passport": signs and "number" are passed, then series and number follow. */
static const char *number_behind(struct arena *arena, const char *text)
{
	struct word series = { NULL, 0, false, false }, word;

	while (next_word(&text, &word)) {
		bool passed = number_sign(&word) || word_is(&word, "number") ||
			      word_is(&word, "number:") || word_is(&word, ":");

		if (passed) {
			continue;
		}
		trim(&word);
		if (digits_in(&word) >= DIGITS_FEWEST) {
			return series.size == 0
				       ? arena_text(arena, word.text, word.size)
				       : arena_printf(arena, "%.*s %.*s",
						 (int)series.size, series.text,
						 (int)word.size, word.text);
		}
		if (word.lower || word.size > SERIES_LETTERS || series.size > 0) {
			return NULL;
		}
		series = word;
	}
	return NULL;
}

const char *import_number_next_passport(struct arena *arena, const char **text)
{
	const char *at;

	while ((at = import_text_find(*text, "passport")) != NULL) {
		const char *number = number_behind(arena, at + strlen("passport"));

		*text = at + strlen("passport");
		if (number != NULL) {
			return number;
		}
	}
	return NULL;
}
