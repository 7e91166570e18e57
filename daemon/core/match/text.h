/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_TEXT_H
#define CORE_MATCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <unicode/utypes.h>

#include "daemon/core/match/screen.h"
#include "proto/translit.h"

/*
 * Names as printed, in any script, to words of A-Z and 0-9.
 *
 * First a name is folded: compatibility forms and case (Unicode NFKC_Casefold), and
 * every word with a letter that ICAO 9303-3 §6 does not cover is romanised by ICU.
 * Then it is spelled, once for each way in which the covered letters may be printed.
 * As in an MRZ (9303-3 §4.6) apostrophes join what they part, and hyphens, blanks and
 * all other punctuation part words.  Memory is the caller's and bounded; time is
 * linear.
 */

#define TEXT_UNITS_MAX 2048 /* UTF-16 units of a folded name */
#define TEXT_LATIN_MAX 4    /* characters that one unit is spelled with, at most */
#define TEXT_BYTES_MAX (TEXT_UNITS_MAX * TEXT_LATIN_MAX)
#define TEXT_TOKENS_MAX 1024 /* every second unit at most begins one */

struct text_folded {
	UChar units[TEXT_UNITS_MAX];
	uint8_t classes[TEXT_UNITS_MAX]; /* enum letter_class, where a code point begins
					  */
	int32_t count;
	bool cyrillic;      /* languages differ in how they print these letters */
	bool several_forms; /* has a Latin letter that §6.A prints in several ways */
};

/*
 * text: size bytes of UTF-8.  Returns 0, CORDON_EFIELD (not UTF-8), CORDON_ETOOBIG,
 * CORDON_ENOMEM, CORDON_EINTERNAL.
 */
int text_fold(struct match_context *context, const char *text, size_t size,
	struct text_folded *out);

/* Which of the forms that 9303-3 §6.A allows for a Latin letter (Ä Å Ñ Ö Ø Ü). */
enum text_form {
	TEXT_PLAIN = 0, /* the letter without its marks: MULLER */
	TEXT_FIRST,     /* the form named first: MUELLER */
	TEXT_MARKED,    /* with XX behind the letter: MUXXLLER */
};

struct text_spelling {
	enum translit_language language; /* of Cyrillic letters */
	enum text_form form;
};

struct text_token {
	uint16_t start, size; /* in text */
};

/* Words in the order of the name. */
struct text_tokens {
	char text[TEXT_BYTES_MAX];
	size_t used;
	struct text_token tokens[TEXT_TOKENS_MAX];
	size_t count;
};

/*
 * Adds the words of a folded name to tokens.  CORDON_ETOOBIG when they do not fit
 * beside what is there already; one name alone always fits.
 */
int text_spell(const struct match_context *context, const struct text_folded *folded,
	struct text_spelling spelling, struct text_tokens *tokens);

#endif
