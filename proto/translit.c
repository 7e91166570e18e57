/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/translit.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cordon/error.h>
#include "proto/bytes.h"
#include "proto/translit_table.h"

#define SHADDA 0x0651

static uint32_t upper(uint32_t code_point)
{
	return (uint32_t)u_toupper((UChar32)code_point);
}

static const char *row_latin(uint32_t code_point)
{
	size_t low = 0, high = translit_rows_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (translit_rows[middle].code_point == code_point) {
			return translit_rows[middle].latin;
		}
		if (translit_rows[middle].code_point < code_point) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

static const char *exception_latin(
	uint32_t code_point, enum translit_language language, enum translit_place place)
{
	for (size_t i = 0; i < translit_exceptions_count; i++) {
		const struct translit_exception *e = &translit_exceptions[i];

		if (e->code_point == code_point &&
			(e->language == language || e->language == TRANSLIT_ANY) &&
			(!e->in_place || e->place == place)) {
			return e->latin;
		}
	}
	return NULL;
}

static const char *ascii_latin(uint32_t code_point)
{
	static const char letters[26][2] = { "A", "B", "C", "D", "E", "F", "G", "H",
		"I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V",
		"W", "X", "Y", "Z" };

	return code_point >= 'A' && code_point <= 'Z' ? letters[code_point - 'A']
						      : NULL;
}

static bool combining_accent(uint32_t code_point)
{
	return code_point >= 0x0300 && code_point <= 0x036f;
}

const char *translit_letter(
	uint32_t code_point, enum translit_language language, enum translit_place place)
{
	uint32_t capital = upper(code_point);
	const char *latin = ascii_latin(capital);

	if (latin == NULL && combining_accent(code_point)) {
		latin = "";
	}
	if (latin == NULL) {
		latin = exception_latin(capital, language, place);
	}
	return latin != NULL ? latin : row_latin(capital);
}

const char *translit_other(uint32_t code_point, unsigned which)
{
	uint32_t capital = upper(code_point);

	for (size_t i = 0; i < translit_others_count; i++) {
		if (translit_others[i].code_point == capital && which-- == 0) {
			return translit_others[i].latin;
		}
	}
	return NULL;
}

/* A letter, or a mark that belongs to one. */
static bool in_word(UChar32 c)
{
	return u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

/* Marks do not end a word: teh marbuta with a vowel sign is still the last letter. */
static enum translit_place place_of(
	const uint8_t *text, int32_t next, int32_t size, bool after_letter)
{
	UChar32 c = 0;

	if (!after_letter) {
		return TRANSLIT_FIRST;
	}
	do {
		if (next == size) {
			return TRANSLIT_LAST;
		}
		U8_NEXT(text, next, size, c);
	} while (c >= 0 && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0);
	return c >= 0 && u_isalpha(c) ? TRANSLIT_INSIDE : TRANSLIT_LAST;
}

int translit_text(const char *text, size_t bytes, enum translit_language language,
	char *out, size_t out_bytes, size_t *uncovered)
{
	const uint8_t *in = (const uint8_t *)text;
	const char *latin = "", *letter = ""; /* letter: what shadda repeats */
	bool after_letter = false;
	size_t left_as_is = 0;
	int32_t at = 0;
	struct writer w;

	if (bytes > INT32_MAX || out_bytes == 0) {
		return CORDON_ETOOBIG;
	}
	writer_init(&w, out, out_bytes - 1);
	while (at < (int32_t)bytes) {
		int32_t start = at;
		UChar32 c;

		U8_NEXT(in, at, (int32_t)bytes, c);
		if (c <= 0) {
			return CORDON_EFIELD;
		}
		latin = c == SHADDA ? letter
				    : translit_letter((uint32_t)c, language,
					      place_of(in, at, (int32_t)bytes,
						      after_letter));
		if (latin == NULL) {
			left_as_is += u_isalpha(c) ? 1 : 0;
			writer_bytes(&w, text + start, (size_t)(at - start));
		} else {
			writer_bytes(&w, latin, strlen(latin));
			letter = *latin != '\0' ? latin : letter;
		}
		/* an apostrophe joins what stands around it */
		after_letter = in_word(c) || (after_letter && latin != NULL);
	}
	if (w.bad) {
		return CORDON_ETOOBIG;
	}
	out[w.used] = '\0';
	if (uncovered != NULL) {
		*uncovered = left_as_is;
	}
	return 0;
}
