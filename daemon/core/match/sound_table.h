/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SOUND_TABLE_H
#define CORE_MATCH_SOUND_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/core/match/sound_letter.h"

/*
 * The tables that proto/MATCHING.md prints; a test compares the two.  A change here is
 * a change of MATCH_RULES_VERSION.
 */

struct letter_row {
	uint32_t letter; /* lower case */
	char text[LETTER_TEXT];
	uint16_t habit;
};

struct letter_table {
	const char *name;
	enum letter_script script;
	const struct letter_row *rows;
	size_t count;
};

extern const struct letter_table letter_tables[];
extern const size_t letter_tables_count;

/* Apostrophes and what is typed for them, and marks of vowels. */
extern const uint32_t silent_signs[];
extern const size_t silent_signs_count;

/* Latin and Cyrillic letters that look alike, as capitals or as small letters. */
extern const uint32_t look_alikes[][2];
extern const size_t look_alikes_count;

/*
 * Letters of Latin words by their neighbours.  The first row that fits counts; the
 * rows of one letter stand together.
 */
struct latin_rule {
	char from[8];
	char to[6];
	char before, after;     /* classes of letters, see sound_latin.c; 0 any */
	uint16_t with, without; /* with: one of these habits; without: none */
};

extern const struct latin_rule latin_rules[];
extern const size_t latin_rules_count;

/* Signs of a habit: a part of a word. */
struct latin_sign {
	char part[8];
	char before, after; /* as of a rule */
	uint16_t habits;
};

extern const struct latin_sign latin_signs[];
extern const size_t latin_signs_count;
/* Of words in other scripts, as spelt. */
extern const struct latin_sign other_signs[];
extern const size_t other_signs_count;

#endif
