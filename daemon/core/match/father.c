/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/father.h"

#include <string.h>

const struct father_ending father_endings[] = {
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

const size_t father_endings_count = sizeof(father_endings) / sizeof(father_endings[0]);

/* Patronymics of names in -a and -ya, without one of the endings above. */
const struct father_short father_short_ones[] = { { "iliC", 2 }, { "kuzmiC", 2 },
	{ "lukiC", 2 }, { "fomiC", 2 }, { "nikitiC", 2 }, { "saviC", 2 },
	{ "ilniCna", 5 }, { "nikitiCna", 4 } };

const size_t father_short_ones_count =
	sizeof(father_short_ones) / sizeof(father_short_ones[0]);

size_t father_stem(const char *sound, size_t size)
{
	while (size > 1 && sound_vowel(sound[size - 1])) {
		size--;
	}
	return size;
}

/* Its ending, 0: it is none of them. */
static size_t short_ending(const char *sound, size_t size)
{
	for (size_t i = 0; i < father_short_ones_count; i++) {
		const struct father_short *one = &father_short_ones[i];

		if (strlen(one->text) == size && memcmp(one->text, sound, size) == 0) {
			return one->ending;
		}
	}
	return 0;
}

size_t father_in_patronymic(const char *sound, size_t size, bool given_as_patronymic)
{
	size_t short_size = short_ending(sound, size);

	if (short_size > 0) {
		return father_stem(sound, size - short_size);
	}
	for (size_t i = 0; i < father_endings_count; i++) {
		size_t ending = strlen(father_endings[i].text);

		if ((!father_endings[i].weak || given_as_patronymic) &&
			size >= ending + father_endings[i].stem &&
			memcmp(sound + size - ending, father_endings[i].text, ending) ==
				0) {
			return father_stem(sound, size - ending);
		}
	}
	return 0;
}
