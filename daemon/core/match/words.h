/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_WORDS_H
#define CORE_MATCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/error.h>
#include <cordon/record.h>
#include "proto/errmsg.h"

/*
 * What matching holds open: ICU's transliterator for scripts that ICAO's tables do
 * not cover.  One for each thread; not for several at a time.  Making the first
 * takes about 30 ms, later ones 0.1 ms.  CORDON_ENOMEM, CORDON_EINTERNAL (ICU's data is
 * missing).
 */
struct match_context;

int match_context_create(struct match_context **context, struct errmsg *msg);
void match_context_destroy(struct match_context *context);

/*
 * A name as it is compared: words, each by its sound (proto/MATCHING.md, sections 2 to
 * 4).  Sounds of one name spelled by any of the members' rules, old or new, and by
 * common western habits are the same or close, whatever script it was written in.
 * Everything that the index and the score know of a name is in here.  Plain data, no
 * pointers.
 */

/* Grows with every change of the rules that changes any sound, skeleton, flag or card:
 * an index of another version is made anew. */
#define MATCH_RULES_VERSION 3

#define SOUND_MAX 20      /* letters of a sound; what is longer is cut there */
#define NAME_WORDS_MAX 10 /* of one name; what comes after is left out (cut) */

/* The part of the name that a word was given in. */
enum word_part {
	WORD_ANY = 0, /* a whole name, its parts not told apart */
	WORD_SURNAME,
	WORD_GIVEN,
	WORD_PATRONYMIC
};

enum word_flag {
	WORD_INITIAL = 1,   /* one letter, perhaps with a stop */
	WORD_OF_FATHER = 2, /* made from a father's name; the sound is that name's */
	WORD_COUNTERPART =
		4,          /* another language's form; the sound is the common one's */
	WORD_TRUNCATED = 8, /* its end may be missing: a zone was full */
	WORD_NO_VOWELS = 16 /* from a script that leaves out short vowels */
};

struct name_word {
	uint8_t part;  /* enum word_part */
	uint8_t flags; /* enum word_flag */
	uint8_t size;  /* of sound, 1..SOUND_MAX */
	char sound[SOUND_MAX];
};

struct name_words {
	uint8_t count; /* 0: no letter that counts */
	bool cut;      /* there were more words */
	struct name_word words[NAME_WORDS_MAX];
};

/*
 * Titles and particles are left out, letters of another alphabet that stand for their
 * look-alikes are mended.  A name given in parts and whole yields the words of its
 * parts. CORDON_EFIELD (not UTF-8), CORDON_ETOOBIG (over MATCH_NAME_BYTES),
 * CORDON_ENOMEM, CORDON_EINTERNAL.
 */
int words_of_name(struct match_context *context, const struct cordon_name *name,
	struct name_words *words);

/*
 * The coarse form of a sound, under which a word is indexed: its consonants by class,
 * vowels left out but for a sign of a vowel at the beginning, up to 12 classes of 5
 * bits, first class in the highest bits used so that equal beginnings have equal
 * leading bits (layout and classes: MATCHING.md section 4).  0 only for a word without
 * any class.
 */
uint64_t word_skeleton(const struct name_word *word);

#endif
