/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SPELL_H
#define CORE_MATCH_SPELL_H

#include "daemon/core/match/screen.h"
#include "daemon/core/match/sound.h"

/*
 * A text to its words as spelt (sound.h): letters of Latin, Cyrillic, Armenian,
 * Georgian and Arabic script by their tables, of any other script by ICU.  Apostrophes
 * join, everything else that is no letter parts words.
 */

#define SPELT_WORDS_MAX 32 /* of one text; what comes after is left out (cut) */

struct spelt_words {
	size_t count;
	bool cut;
	struct spelt_word words[SPELT_WORDS_MAX];
};

/* Adds the words of a text.  CORDON_EFIELD (not UTF-8), CORDON_ETOOBIG, CORDON_ENOMEM,
 * CORDON_EINTERNAL. */
int spell_text(struct match_context *context, const char *text, size_t size,
	struct spelt_words *words);

/* The same for a text that spell_text does not cover alone: folded by ICU, with its
 * foreign words romanised. */
int spell_folded(struct match_context *context, const char *text, size_t size,
	char *folded, size_t folded_bytes, size_t *folded_size);

#endif
