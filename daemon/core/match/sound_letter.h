/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SOUND_LETTER_H
#define CORE_MATCH_SOUND_LETTER_H

#include <stdint.h>

#define LETTER_TEXT 4 /* with the NUL */

enum letter_script {
	SCRIPT_NONE = 0, /* not a letter of the tables */
	SCRIPT_LATIN,
	SCRIPT_CYRILLIC,
	SCRIPT_ARMENIAN,
	SCRIPT_GEORGIAN,
	SCRIPT_ARABIC,
	SCRIPT_GREEK,
	SCRIPT_SILENT /* a sign within a word that stands for nothing */
};

struct sound_letter {
	char text[LETTER_TEXT]; /* how it is spelt, see sound.h */
	uint8_t script;         /* enum letter_script */
	uint16_t habit;         /* enum sound_habit that it shows, or 0 */
};

/* Code points from 0x80; lower case only. */
#define LETTERS_END 0x700
#define GEORGIAN_FIRST 0x10d0
#define GEORGIAN_END 0x1100
#define LETTERS_COUNT (LETTERS_END + GEORGIAN_END - GEORGIAN_FIRST)

/* The rows of the tables by code point. */
struct sound_letters {
	struct sound_letter letters[LETTERS_COUNT];
};

void sound_letters_init(struct sound_letters *letters);

/* NULL: not of the tables.  Any case. */
const struct sound_letter *sound_letter_find(
	const struct sound_letters *letters, uint32_t c);

/* The letter of the other alphabet that looks like this one; 0 none.  Lower case. */
uint32_t sound_look_alike(uint32_t c);

#endif
