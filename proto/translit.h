/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TRANSLIT_H
#define PROTO_TRANSLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Letters to A-Z as an MRZ prints them: ICAO 9303-3 §6.A (Latin with diacritics),
 * §6.B (Cyrillic) and §6.C (Arabic), with the languages that §6.B tells apart.
 * Letters of Kazakh, Kyrgyz, Tajik, Turkmen, Uzbek, Azerbaijani and others that §6
 * lacks follow those states' passports.  Armenian, Georgian, Greek, Hebrew and
 * every other script are not covered: those are the caller's (ICU).
 * Text is expected composed (NFC).  Pure tables, any thread.
 */
enum translit_language {
	TRANSLIT_ANY = 0, /* §6's rule without its exceptions (Russian among others) */
	TRANSLIT_BELARUSIAN,
	TRANSLIT_BULGARIAN,
	TRANSLIT_KAZAKH,
	TRANSLIT_MACEDONIAN,
	TRANSLIT_SERBIAN,
	TRANSLIT_TAJIK,
	TRANSLIT_UKRAINIAN,
	TRANSLIT_UZBEK
};

/* Where in its word a letter stands; §6 asks it of a few. */
enum translit_place {
	TRANSLIT_INSIDE = 0,
	TRANSLIT_FIRST,
	TRANSLIT_LAST
};

/*
 * What stands for a letter, upper case; the letter may be of either case.  ""
 * where a letter or mark is not printed (soft sign, apostrophe, combining accent,
 * Arabic vowel sign; also shadda, which repeats the letter before it).
 * NULL: not covered (digits and punctuation are not either).  Static text.
 */
const char *translit_letter(uint32_t code_point, enum translit_language language,
	enum translit_place place);

/*
 * The other forms that §6.A allows: which 0, 1, … ("A" for Ä, whose first form is
 * "AE"; "UXX" and "U" for Ü).  NULL: no more.
 */
const char *translit_other(uint32_t code_point, unsigned which);

/*
 * A text of UTF-8: its letters as by translit_letter, everything else as it is.
 * out: NUL-terminated; 2 * bytes + 1 always suffice; content lost on failure.
 * uncovered (may be NULL): how many letters were left as they are.
 * Returns 0, CORDON_EFIELD (no UTF-8, or a NUL) or CORDON_ETOOBIG.
 */
int translit_text(const char *text, size_t bytes, enum translit_language language,
	char *out, size_t out_bytes, size_t *uncovered);

#endif
