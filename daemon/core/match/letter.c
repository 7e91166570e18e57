/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/letter.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

#include "daemon/core/match/context.h"

#define PARTS_MAX 8 /* no canonical decomposition is longer than 4 code points */
#define LATIN_O_STROKE 0x00d8

static bool ascii_alnum(UChar32 c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* A letter of §6 with further marks, or with marks that §6 does not have: ễ is e. */
static int32_t decompose(
	const struct match_context *context, UChar32 c, UChar parts[PARTS_MAX])
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t count = unorm2_getDecomposition(
		context->decompose, c, parts, PARTS_MAX, &status);

	return U_SUCCESS(status) && count > 0 ? count : 0;
}

static bool parts_covered(const struct match_context *context, UChar32 c)
{
	UChar parts[PARTS_MAX];
	int32_t count = decompose(context, c, parts);

	for (int32_t i = 0; i < count;) {
		UChar32 part;

		U16_NEXT(parts, i, count, part);
		if (translit_letter((uint32_t)part, TRANSLIT_ANY, TRANSLIT_INSIDE) ==
			NULL) {
			return false;
		}
	}
	return count > 0;
}

/* Signs like an apostrophe, and marks that go with letters of any script. */
static bool silent(UChar32 c)
{
	UErrorCode status = U_ZERO_ERROR;

	if ((c >= 0x02b0 && c <= 0x02ff) || c == 0x201b || c == 0x2032 || c == 0x05f3 ||
		c == 0xa78c) {
		return true;
	}
	return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 &&
	       uscript_getScript(c, &status) == USCRIPT_INHERITED;
}

enum letter_class letter_class(const struct match_context *context, UChar32 c)
{
	const char *latin;

	if (ascii_alnum(c)) {
		return LETTER_COVERED;
	}
	latin = translit_letter((uint32_t)c, TRANSLIT_ANY, TRANSLIT_INSIDE);
	if (latin != NULL) {
		return *latin == '\0' ? LETTER_SILENT : LETTER_COVERED;
	}
	if (c < 0x80) {
		return LETTER_BREAK;
	}
	if (silent(c)) {
		return LETTER_SILENT;
	}
	if (u_charDigitValue(c) >= 0 || parts_covered(context, c)) {
		return LETTER_COVERED;
	}
	return u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 ? LETTER_FOREIGN
								     : LETTER_BREAK;
}

bool letter_cyrillic(UChar32 c)
{
	UErrorCode status = U_ZERO_ERROR;

	return c >= 0x80 && uscript_getScript(c, &status) == USCRIPT_CYRILLIC;
}

bool letter_several_forms(UChar32 c)
{
	return c >= 0x80 && (translit_other((uint32_t)c, 0) != NULL ||
				    u_toupper(c) == LATIN_O_STROKE);
}

static bool form_wanted(const char *latin, enum text_form form)
{
	size_t size = strlen(latin);

	return form == TEXT_PLAIN ? size == 1
				  : size == 3 && strcmp(latin + 1, "XX") == 0;
}

/* The form of a letter of §6.A, or its first form where it has no such. */
static const char *latin_form(UChar32 c, const char *first, enum text_form form)
{
	const char *latin;

	if (form == TEXT_FIRST || form_wanted(first, form)) {
		return first;
	}
	/* §6.A prints OE alone; registers and keyboards without the letter print O */
	if (form == TEXT_PLAIN && u_toupper(c) == LATIN_O_STROKE) {
		return "O";
	}
	for (unsigned i = 0; (latin = translit_other((uint32_t)c, i)) != NULL; i++) {
		if (form_wanted(latin, form)) {
			return latin;
		}
	}
	return first;
}

static bool spell_whole(UChar32 c, struct text_spelling spelling,
	enum translit_place place, struct writer *out)
{
	const char *latin = translit_letter((uint32_t)c, spelling.language, place);

	if (latin == NULL) {
		return false;
	}
	latin = latin_form(c, latin, spelling.form);
	writer_bytes(out, latin, strlen(latin));
	return true;
}

void letter_spell(const struct match_context *context, UChar32 c,
	struct text_spelling spelling, enum translit_place place, struct writer *out)
{
	UChar parts[PARTS_MAX];
	int32_t count;

	if (c >= 'a' && c <= 'z') {
		writer_u8(out, (uint8_t)(c - 'a' + 'A'));
		return;
	}
	if (u_charDigitValue(c) >= 0) {
		writer_u8(out, (uint8_t)('0' + u_charDigitValue(c)));
		return;
	}
	if (spell_whole(c, spelling, place, out)) {
		return;
	}
	count = decompose(context, c, parts);
	for (int32_t i = 0; i < count;) {
		UChar32 part;

		U16_NEXT(parts, i, count, part);
		spell_whole(part, spelling, place, out);
	}
}
