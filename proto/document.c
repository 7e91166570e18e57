/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/document.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cordon/error.h>
#include "proto/bytes.h"
#include "proto/translit.h"

/*
 * Letters of other alphabets that are typed for the Latin ones they look like:
 * Cyrillic, and Greek for the series of Greek identity cards.
 */
static const struct look_alike {
	uint32_t code_point;
	char latin[2];
} look_alikes[] = {
	{ U'А', "A" },
	{ U'В', "B" },
	{ U'Е', "E" },
	{ U'К', "K" },
	{ U'М', "M" },
	{ U'Н', "H" },
	{ U'О', "O" },
	{ U'Р', "P" },
	{ U'С', "C" },
	{ U'Т', "T" },
	{ U'У', "Y" },
	{ U'Х', "X" }, /* Cyrillic; from here on Greek */
	{ U'Α', "A" },
	{ U'Β', "B" },
	{ U'Ε', "E" },
	{ U'Ζ', "Z" },
	{ U'Η', "H" },
	{ U'Ι', "I" },
	{ U'Κ', "K" },
	{ U'Μ', "M" },
	{ U'Ν', "N" },
	{ U'Ο', "O" },
	{ U'Ρ', "P" },
	{ U'Τ', "T" },
	{ U'Υ', "Y" },
	{ U'Χ', "X" },
};

static const char *look_alike_latin(UChar32 capital)
{
	for (size_t i = 0; i < sizeof(look_alikes) / sizeof(look_alikes[0]); i++) {
		if (look_alikes[i].code_point == (uint32_t)capital) {
			return look_alikes[i].latin;
		}
	}
	return NULL;
}

static const char *digit_text(UChar32 c)
{
	static const char digits[10][2] = { "0", "1", "2", "3", "4", "5", "6", "7", "8",
		"9" };
	int32_t value = u_charDigitValue(c);

	return value >= 0 && value <= 9 ? digits[value] : NULL;
}

/* What stands for a character in a number; "" where it is dropped, NULL where it
 * must not stand in one. */
static const char *number_part(UChar32 c)
{
	const char *part = digit_text(c);

	if (part == NULL) {
		part = look_alike_latin(u_toupper(c));
	}
	if (part == NULL) {
		part = translit_letter((uint32_t)c, TRANSLIT_ANY, TRANSLIT_INSIDE);
	}
	if (part == NULL && !u_isalpha(c) &&
		(!u_iscntrl(c) || u_isUWhiteSpace(c) ||
			u_charType(c) == U_FORMAT_CHAR)) {
		part = "";
	}
	return part;
}

int cordon_number_normalise(const char *text, char *out)
{
	char number[CORDON_NUMBER_MAX];
	const uint8_t *in = (const uint8_t *)text;
	size_t size = strlen(text);
	int32_t at = 0;
	struct writer w;

	if (size > INT32_MAX) {
		return CORDON_ETOOBIG;
	}
	writer_init(&w, number, sizeof(number));
	while (at < (int32_t)size) {
		const char *part = NULL;
		UChar32 c;

		U8_NEXT(in, at, (int32_t)size, c);
		if (c >= 0) {
			part = number_part(c);
		}
		if (part == NULL) {
			return CORDON_EFIELD;
		}
		writer_bytes(&w, part, strlen(part));
	}
	if (w.bad) {
		return CORDON_ETOOBIG;
	}
	if (w.used == 0) {
		return CORDON_EFIELD;
	}
	memcpy(out, number, w.used);
	out[w.used] = '\0';
	return 0;
}

void document_skeleton(const char *normalised, char *out)
{
	static const char from[] = "OQDILZSBG";
	static const char to[] = "000112586";
	size_t i = 0;

	for (; normalised[i] != '\0' && i < CORDON_NUMBER_MAX; i++) {
		const char *found = strchr(from, normalised[i]);

		out[i] = found == NULL ? normalised[i] : to[found - from];
	}
	out[i] = '\0';
}
