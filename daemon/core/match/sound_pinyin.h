/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SOUND_PINYIN_H
#define CORE_MATCH_SOUND_PINYIN_H

#include "daemon/core/match/sound.h"

/*
 * Chinese names: passports have pinyin (GB/T 28039), Cyrillic papers Palladius' system.
 * A word of whole syllables of pinyin is spelt here as Palladius would.
 */

/* Whether the word is pinyin and no other alphabet's. */
bool pinyin_sign(const struct spelt_word *word);

/* The letters as of a word that is not Latin, at most SPELT_MAX; 0: it is no pinyin. */
size_t pinyin_spell(const struct spelt_word *word, char letters[SPELT_MAX]);

/* The tables, for whoever prints them. */
struct pinyin_part {
	const char *pinyin, *spelt;
};

extern const struct pinyin_part pinyin_initials[], pinyin_finals[], pinyin_wholes[];
extern const size_t pinyin_initials_count, pinyin_finals_count, pinyin_wholes_count;
extern const char *const pinyin_signs[], *const pinyin_names[];
extern const size_t pinyin_signs_count, pinyin_names_count;

#endif
