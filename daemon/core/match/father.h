/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_FATHER_H
#define CORE_MATCH_FATHER_H

#include "daemon/core/match/sound.h"

/*
 * A father's name out of a patronymic (proto/MATCHING.md, section 3).
 */

/* The size of a name's sound without the vowels at its end, in which patronymics made
 * from one name differ. */
size_t father_stem(const char *sound, size_t size);

/* The size of the father's stem in a patronymic's sound; 0: it is none.
 * given_as_patronymic: endings count that surnames have too. */
size_t father_in_patronymic(const char *sound, size_t size, bool given_as_patronymic);

/* The tables of the above. */
struct father_ending {
	char text[8];
	uint8_t stem; /* letters that must stand before it */
	bool weak;    /* surnames have it too */
};

extern const struct father_ending father_endings[];
extern const size_t father_endings_count;
struct father_short {
	const char *text; /* the whole sound */
	uint8_t ending;   /* letters of it */
};

extern const struct father_short father_short_ones[];
extern const size_t father_short_ones_count;

#endif
