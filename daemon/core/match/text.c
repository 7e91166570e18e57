/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/text.h"

#include <stdio.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "daemon/core/match/context.h"
#include "daemon/core/match/letter.h"

/*
 * U+00B4 stands for an apostrophe on many keyboards, but normalises to a blank with an
 * accent, which would part the word.
 */
static void keep_apostrophes(UChar *units, int32_t count)
{
	for (int32_t i = 0; i < count; i++) {
		if (units[i] == 0x00b4) {
			units[i] = '\'';
		}
	}
}

static int append_units(struct text_folded *out, const UChar *units, int32_t count)
{
	if (count > TEXT_UNITS_MAX - out->count) {
		return CORDON_ETOOBIG;
	}
	memcpy(out->units + out->count, units, (size_t)count * sizeof(*units));
	out->count += count;
	return 0;
}

/* A letter that not even ICU romanises stays itself, by its number. */
static int append_number(struct text_folded *out, UChar32 c)
{
	char digits[16];
	UChar units[16];

	snprintf(digits, sizeof(digits), "x%04x", (unsigned)c);
	u_charsToUChars(digits, units, (int32_t)strlen(digits) + 1);
	return append_units(out, units, u_strlen(units));
}

static int append_romanised(
	const struct match_context *context, UChar32 c, struct text_folded *out)
{
	UChar pair[2];
	int32_t size = 0;

	switch (letter_class(context, c)) {
	case LETTER_SILENT:
		return 0;
	case LETTER_FOREIGN:
		return append_number(out, c);
	case LETTER_COVERED:
		U16_APPEND_UNSAFE(pair, size, c);
		return append_units(out, pair, size);
	case LETTER_BREAK:
		break;
	}
	return append_units(out, u" ", 1);
}

static int romanise(const struct match_context *context, const UChar *word,
	int32_t count, struct text_folded *out)
{
	UChar latin[TEXT_UNITS_MAX];
	int32_t size = count, limit = count;
	UErrorCode status = U_ZERO_ERROR;
	int error = 0;

	memcpy(latin, word, (size_t)count * sizeof(*word));
	utrans_transUChars(
		context->latin, latin, &size, TEXT_UNITS_MAX, 0, &limit, &status);
	if (U_FAILURE(status)) {
		return context_error(status);
	}
	for (int32_t i = 0; error == 0 && i < size;) {
		UChar32 c;

		U16_NEXT(latin, i, size, c);
		error = append_romanised(context, c, out);
	}
	return error;
}

struct word {
	int32_t end; /* the first unit behind it */
	bool foreign;
};

/* The word that begins at start, which may be empty. */
static struct word next_word(const struct match_context *context, const UChar *units,
	int32_t start, int32_t count)
{
	struct word word = { start, false };

	while (word.end < count) {
		int32_t next = word.end;
		enum letter_class class;
		UChar32 c;

		U16_NEXT(units, next, count, c);
		class = letter_class(context, c);
		if (class == LETTER_BREAK) {
			break;
		}
		word.foreign = word.foreign || class == LETTER_FOREIGN;
		word.end = next;
	}
	return word;
}

static int append_words(const struct match_context *context, const UChar *units,
	int32_t count, struct text_folded *out)
{
	int error = 0;

	for (int32_t at = 0; error == 0 && at < count;) {
		struct word word = next_word(context, units, at, count);

		if (word.foreign) {
			error = romanise(context, units + at, word.end - at, out);
		} else {
			error = append_units(out, units + at, word.end - at);
		}
		at = word.end;
		if (error == 0 && at < count) {
			U16_FWD_1(units, at, count);
			error = append_units(out, u" ", 1);
		}
	}
	return error;
}

/* What every spelling asks of each letter is found out once. */
static void note_letters(
	const struct match_context *context, struct text_folded *folded)
{
	for (int32_t i = 0; i < folded->count;) {
		int32_t start = i;
		UChar32 c;

		U16_NEXT(folded->units, i, folded->count, c);
		folded->classes[start] = (uint8_t)letter_class(context, c);
		folded->cyrillic = folded->cyrillic || letter_cyrillic(c);
		folded->several_forms =
			folded->several_forms || letter_several_forms(c);
	}
}

static bool ascii_copied(const char *text, size_t size, struct text_folded *out)
{
	if (size > TEXT_UNITS_MAX) {
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] >= 0x80) {
			return false;
		}
		out->units[i] = (UChar)text[i];
	}
	out->count = (int32_t)size;
	return true;
}

static int fold_unicode(const struct match_context *context, const char *text,
	size_t size, struct text_folded *out)
{
	UChar raw[TEXT_UNITS_MAX], folded[TEXT_UNITS_MAX];
	UErrorCode status = U_ZERO_ERROR;
	int32_t count = 0;

	u_strFromUTF8(raw, TEXT_UNITS_MAX, &count, text, (int32_t)size, &status);
	if (status == U_INVALID_CHAR_FOUND) {
		return CORDON_EFIELD;
	}
	if (U_SUCCESS(status)) {
		keep_apostrophes(raw, count);
		count = unorm2_normalize(
			context->fold, raw, count, folded, TEXT_UNITS_MAX, &status);
	}
	if (U_FAILURE(status)) {
		return context_error(status);
	}
	out->count = 0;
	return append_words(context, folded, count, out);
}

int text_fold(struct match_context *context, const char *text, size_t size,
	struct text_folded *out)
{
	int error = 0;

	out->cyrillic = false;
	out->several_forms = false;
	if (!ascii_copied(text, size, out)) {
		error = size > INT32_MAX ? CORDON_ETOOBIG
					 : fold_unicode(context, text, size, out);
	}
	if (error == 0) {
		note_letters(context, out);
	}
	return error;
}
