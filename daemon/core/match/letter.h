/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_LETTER_H
#define CORE_MATCH_LETTER_H

#include <stdbool.h>

#include <unicode/utypes.h>

#include "daemon/core/match/text.h"
#include "proto/bytes.h"

/* Single characters of names. */
enum letter_class {
	LETTER_BREAK = 0, /* blank, hyphen, punctuation: parts words */
	LETTER_COVERED,   /* A-Z, 0-9, or spelled by ICAO 9303-3 §6 */
	LETTER_SILENT,    /* apostrophe, mark, soft sign: not printed, parts nothing */
	LETTER_FOREIGN    /* a letter of a script that §6 does not cover */
};

/* c: a code point after folding; a lone surrogate is a break. */
enum letter_class letter_class(const struct match_context *context, UChar32 c);

bool letter_cyrillic(UChar32 c);
/* §6.A prints it in several ways. */
bool letter_several_forms(UChar32 c);

/* Writes what a covered letter is spelled with: at most TEXT_LATIN_MAX for each of
 * its UTF-16 units. */
void letter_spell(const struct match_context *context, UChar32 c,
	struct text_spelling spelling, enum translit_place place, struct writer *out);

#endif
