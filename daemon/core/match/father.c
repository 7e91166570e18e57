/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/father.h"

#include <string.h>

struct ending {
	char text[8];
	uint8_t stem; /* letters that must stand before it */
	bool weak;    /* surnames have it too */
};

static const struct ending endings[] = {
	{ "oviC", 2, false },
	{ "eviC", 2, false },
	{ "aviC", 3, false },
	{ "iviC", 2, false },
	{ "ovic", 2, false },
	{ "evic", 2, false },
	{ "ovna", 2, false },
	{ "evna", 2, false },
	{ "avna", 3, false },
	{ "ivna", 2, false },
	{ "iniCna", 2, false },
	{ "uli", 4, false },
	{ "ulu", 4, false },
	{ "kizi", 3, false },
	{ "ogli", 3, false },
	{ "oglu", 3, false },
	{ "ov", 3, true },
	{ "ev", 3, true },
	{ "ova", 3, true },
	{ "eva", 3, true },
};

/* Patronymics of names in -a and -ya, without one of the endings above. */
static const char *const short_ones[] = { "iliC", "kuzmiC", "lukiC", "fomiC", "nikitiC",
	"saviC", "ilniCna", "kuzminiCna", "nikitiCna", "lukiniCna" };

size_t father_stem(const char *sound, size_t size)
{
	while (size > 1 && sound_vowel(sound[size - 1])) {
		size--;
	}
	return size;
}

static bool short_one(const char *sound, size_t size)
{
	for (size_t i = 0; i < sizeof(short_ones) / sizeof(short_ones[0]); i++) {
		if (strlen(short_ones[i]) == size &&
			memcmp(short_ones[i], sound, size) == 0) {
			return true;
		}
	}
	return false;
}

size_t father_in_patronymic(const char *sound, size_t size, bool given_as_patronymic)
{
	if (short_one(sound, size)) {
		size_t end = sound[size - 1] == 'a' ? size - 4 : size - 2;

		return father_stem(sound, end);
	}
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = strlen(endings[i].text);

		if ((!endings[i].weak || given_as_patronymic) &&
			size >= ending + endings[i].stem &&
			memcmp(sound + size - ending, endings[i].text, ending) == 0) {
			return father_stem(sound, size - ending);
		}
	}
	return 0;
}
