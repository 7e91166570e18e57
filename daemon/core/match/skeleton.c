/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/words.h"

#include "daemon/core/match/sound.h"

#define CLASSES_MAX 12
#define CLASS_BITS 5

/* 0: no class of its own, as the vowels inside a word. */
static unsigned class_of(char c)
{
	switch (c) {
	case 'b':
	case 'p':
		return 1;
	case 'v':
	case 'f':
		return 2;
	case 'm':
		return 3;
	case 'n':
		return 4;
	case 'l':
		return 5;
	case 'r':
		return 6;
	case 'd':
	case 't':
		return 7;
	case 's':
	case 'z':
	case 'c':
	case 'S':
	case 'Z':
	case 'C':
	case 'W':
	case 'j':
		return 8;
	case 'k':
		return 9;
	case 'g':
	case 'h':
	case 'x':
		return 10;
	default:
		return 0;
	}
}

#define CLASS_VOWEL 11 /* at the beginning only */

uint64_t word_skeleton(const struct name_word *word)
{
	uint64_t skeleton = 0;
	unsigned last = 0, count = 0;

	for (uint8_t i = 0; i < word->size && count < CLASSES_MAX; i++) {
		unsigned class = class_of(word->sound[i]);

		if (i == 0 && class == 0) {
			class = CLASS_VOWEL;
		}
		if (class != 0 && class != last) {
			skeleton |= (uint64_t) class << (CLASS_BITS *
							 (CLASSES_MAX - 1 - count));
			count++;
		}
		last = class;
	}
	return skeleton;
}
