/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORDON_MRZ_H
#define CORDON_MRZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/record.h>

#pragma GCC visibility push(default)

/*
 * Machine-readable zones (ICAO Doc 9303, 8th edition: part 3 for what all share,
 * 4 TD3, 5 TD1, 6 TD2, 7 visas) and document-number rules.  No connection, no
 * state, no allocation; any thread.
 */

enum cordon_mrz_format {
	CORDON_MRZ_TD1 = 1, /* 3 lines of 30; 9303-5 §4.2 */
	CORDON_MRZ_TD2,     /* 2 of 36; 9303-6 §4.2 */
	CORDON_MRZ_TD3,     /* 2 of 44; 9303-4 §4.2 */
	CORDON_MRZ_MRV_A,   /* 2 of 44; 9303-7 §4.2 */
	CORDON_MRZ_MRV_B    /* 2 of 36; 9303-7 §7.2 */
};

enum cordon_check {
	CORDON_CHECK_NONE = 0, /* the format has no such digit, or it may be left out */
	CORDON_CHECK_RIGHT,
	CORDON_CHECK_WRONG
};

/* What a zone holds.  Text is ASCII as printed, without the fillers around it;
 * fillers between parts (of a name, a number, optional data) are one space. */
struct cordon_mrz {
	enum cordon_mrz_format format;
	char document_code[3]; /* "P", "PM", "ID", "V" … */
	char issuer[4];        /* "D" for Germany, as printed */
	char number[41];  /* whole, also where it continues in the optional field; the
			   * Russian internal passport's fourth digit of the series
			   * stays first in optional */
	char surname[64]; /* primary identifier */
	char given[64];   /* secondary identifier */
	bool names_truncated; /* 9303-3 §4.6: names fill the field to its end */
	bool cyrillic;        /* names stand in the letter code of the Russian internal
			       * passport; cordon_mrz_cyrillic_name gives them back */
	struct cordon_date born; /* partial where printed so; year by the rule below */
	bool born_century_open;  /* both centuries are possible */
	char born_text[7];       /* YYMMDD as printed */
	enum cordon_sex sex;
	struct cordon_date expires; /* all zero when the zone has none that exists */
	char expires_text[7];
	char nationality[4];
	char optional[43];        /* optional data, without a number's continuation; the
				   * second element of TD1 follows after a space */
	char personal_number[43]; /* where the issuing state prints it there (BLR,
				   * KAZ, …: document_personal_number in proto/) */
	struct {
		enum cordon_check number, born, expires, optional, composite;
	} checks;
	bool valid;     /* every digit right, every field well formed */
	char fault[96]; /* the first fault in words; empty when valid */
};

/*
 * Reads a zone given as lines (2 or 3) or as one line holding all of them.
 * Blanks inside and around lines are ignored, lower case is read as upper.
 * reference: "today" for the century of two-digit years: a birth is never after
 * it; where both centuries give a person of 0..125 years the later is in born
 * and born_century_open is set.  An expiry lies from 50 years before
 * to 49 years after it.
 * Returns 0 (also with faults: see valid), CORDON_ENOTMRZ when line lengths or
 * characters are no MRZ's, *mrz then untouched; fault_text (may be NULL) says why.
 * CORDON_EINVAL: reference is no whole date of the years 200 to 9900.
 */
int cordon_mrz_parse(const char *const *lines, size_t line_count,
	struct cordon_date reference, struct cordon_mrz *mrz, char *fault_text,
	size_t fault_text_bytes);

/* 9303-3 §4.9: the check digit '0'..'9' of text, or 0 when it is empty or a character
 * has no value. */
char cordon_mrz_check_digit(const char *text, size_t bytes);

const char *cordon_mrz_format_text(enum cordon_mrz_format format); /* "TD1" … */

/*
 * The Russian internal passport's letter code back to Cyrillic ("ZDRIL7K" is
 * ЗДРИЛЮК).  out: UTF-8, NUL-terminated, 2 * strlen(code) + 1 bytes suffice.
 * Returns 0 or CORDON_ETOOBIG.
 */
int cordon_mrz_cyrillic_name(const char *code, char *out, size_t out_bytes);

/* Longest normalised document or personal number in bytes, without the NUL. */
#define CORDON_NUMBER_MAX 40

/*
 * Normalises a document's or person's number the way an MRZ prints it: letters
 * upper case, A-Z and 0-9 only; blanks, hyphens, '<', '/', '.', '№' and the like
 * dropped; Cyrillic letters that look like Latin ones (А В Е К М Н О Р С Т У Х)
 * replaced, other letters transliterated by ICAO 9303-3 §6.
 * out: CORDON_NUMBER_MAX + 1 bytes.  Returns 0, CORDON_EFIELD (nothing remains,
 * or not UTF-8), CORDON_ETOOBIG.
 */
int cordon_number_normalise(const char *text, char *out);

#pragma GCC visibility pop

#endif
