/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/document.h"

#include <string.h>

#include <cordon/error.h>

/*
 * States that print their personal number in the zone's optional data, and its
 * form: 0 a digit, A a letter, and a space where a filler stands inside.  Only numbers
 * that outlive the document stand here; a state missing from the table costs a match by
 * number, a wrong entry would make one of something else.
 *
 *   BLR identification number: sex and century, DDMMYY, region, serial, citizenship,
 *       check digit; fills the optional field of the passport
 *   KAZ individual identification number (IIN): passport and identity card
 *   KGZ personal identification number (PIN): passport and identity card
 *   UZB PINFL: passport and identity card
 *   EST isikukood, GEO personal number, LTU asmens kodas: passport and identity card
 *   LVA personas kods, six and five digits, printed with a filler between them
 *   MDA IDNP; UKR UNZR (birth date and serial, with a filler between them on cards)
 *
 * Left out though tempting: TJK, whose optional field holds a taxpayer's number.
 */
static const struct form {
	char issuer[4];
	const char *pattern;
} forms[] = {
	{ "BLR", "0000000A000AA0" },
	{ "EST", "00000000000" },
	{ "GEO", "00000000000" },
	{ "KAZ", "000000000000" },
	{ "KGZ", "00000000000000" },
	{ "LTU", "00000000000" },
	{ "LVA", "00000000000" },
	{ "LVA", "000000 00000" },
	{ "MDA", "0000000000000" },
	{ "UKR", "0000000000000" },
	{ "UKR", "00000000 00000" },
	{ "UZB", "00000000000000" },
};

static bool in_class(char c, char class)
{
	switch (class) {
	case '0':
		return c >= '0' && c <= '9';
	case 'A':
		return c >= 'A' && c <= 'Z';
	default:
		return c == class;
	}
}

/* Reads the pattern at text up to the end of a word, without its spaces. */
static bool take(const char *text, const char *pattern, char *out)
{
	size_t used = 0;

	for (; *pattern != '\0'; text++, pattern++) {
		if (!in_class(*text, *pattern)) {
			return false;
		}
		if (*pattern != ' ') {
			out[used++] = *text;
		}
	}
	out[used] = '\0';
	return *text == '\0' || *text == ' ';
}

static bool take_anywhere(const char *text, const char *pattern, char *out)
{
	while (text != NULL && !take(text, pattern, out)) {
		text = strchr(text, ' ');
		text = text == NULL ? NULL : text + 1;
	}
	return text != NULL;
}

bool document_personal_number(const struct cordon_mrz *mrz, char *out)
{
	char found[CORDON_NUMBER_MAX + 1];

	/* a visa's optional data speaks of the visa */
	if (mrz->format == CORDON_MRZ_MRV_A || mrz->format == CORDON_MRZ_MRV_B) {
		return false;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].issuer, mrz->issuer) == 0 &&
			take_anywhere(mrz->optional, forms[i].pattern, found)) {
			memcpy(out, found, strlen(found) + 1);
			return true;
		}
	}
	return false;
}

int document_zone_number(const struct cordon_mrz *mrz, char *out)
{
	char joined[CORDON_NUMBER_MAX + 2];

	if (!mrz->cyrillic || strlen(mrz->number) != 9 || mrz->optional[0] < '0' ||
		mrz->optional[0] > '9') {
		return cordon_number_normalise(mrz->number, out);
	}
	memcpy(joined, mrz->number, 3);
	joined[3] = mrz->optional[0];
	memcpy(joined + 4, mrz->number + 3, 7);
	return cordon_number_normalise(joined, out);
}
