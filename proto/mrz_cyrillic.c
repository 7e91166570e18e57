/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/mrz.h>

#include <string.h>

#include <cordon/error.h>
#include "proto/bytes.h"
#include "proto/mrz_zone.h"

/*
 * The Russian internal passport writes names in a one-to-one code of Latin letters
 * and digits instead of a transliteration, so that they can be given back.
 */
static struct bytes uncode(const char *c)
{
	static const char codes[] = "ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678";
	static const char letters[][3] = { "А", "Б", "В", "Г", "Д", "Е", "Ё", "Ж", "З",
		"И", "Й", "К", "Л", "М", "Н", "О", "П", "Р", "С", "Т", "У", "Ф", "Х",
		"Ц", "Ч", "Ш", "Щ", "Ъ", "Ы", "Ь", "Э", "Ю", "Я" };
	const char *found = strchr(codes, *c);

	if (*c == MRZ_FILLER) {
		return (struct bytes){ (const uint8_t *)" ", 1 };
	}
	if (found == NULL) {
		return (struct bytes){ (const uint8_t *)c, 1 };
	}
	return (struct bytes){ (const uint8_t *)letters[found - codes], 2 };
}

int cordon_mrz_cyrillic_name(const char *code, char *out, size_t out_bytes)
{
	size_t needed = 1;
	struct writer w;

	for (const char *c = code; *c != '\0'; c++) {
		needed += uncode(c).size;
	}
	if (needed > out_bytes) {
		return CORDON_ETOOBIG;
	}
	writer_init(&w, out, out_bytes);
	for (const char *c = code; *c != '\0'; c++) {
		struct bytes letter = uncode(c);

		writer_bytes(&w, letter.data, letter.size);
	}
	writer_u8(&w, 0);
	return 0;
}
