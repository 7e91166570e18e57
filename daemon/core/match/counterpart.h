/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_COUNTERPART_H
#define CORE_MATCH_COUNTERPART_H

#include "daemon/core/match/sound.h"

/*
 * Given names that the languages have each in their own form, and words that are no
 * names (proto/MATCHING.md, section 3).  Found by their sounds, so every spelling of a
 * form counts.
 */

#define COUNTERPART_SOUND 20

enum counterpart_kind {
	COUNTERPART_NAME = 1, /* to: the common form's sound */
	COUNTERPART_FATHER,   /* the same for what a patronymic is made from */
	COUNTERPART_TITLE,    /* left out */
	COUNTERPART_PARTICLE, /* left out */
	COUNTERPART_WESTERN,  /* left out where it is written in Latin letters */
	COUNTERPART_CHILD,    /* son or daughter of the word before */
	COUNTERPART_PREFIX,   /* goes with the word behind */
	COUNTERPART_SUFFIX    /* goes with the word before */
};

struct counterpart {
	uint8_t kind; /* enum counterpart_kind; 0 none */
	uint8_t from_size, to_size;
	char from[COUNTERPART_SOUND], to[COUNTERPART_SOUND];
};

#define COUNTERPARTS_SLOTS 8192 /* a power of two, well above the rows */

struct counterparts {
	size_t count;
	struct counterpart slots[COUNTERPARTS_SLOTS];
};

struct match_context;

/* CORDON_EINTERNAL when a table does not fit or contradicts itself. */
int counterparts_init(struct match_context *context);

/* kind: one of COUNTERPART_NAME, COUNTERPART_FATHER, or 0 for any of the others.  NULL
 * none. */
const struct counterpart *counterpart_find(const struct counterparts *counterparts,
	enum counterpart_kind kind, const char *sound, size_t size);

/* The tables, spelled as they are written. */
struct counterpart_row {
	char sex;          /* 'm', 'f' */
	const char *forms; /* blanks between, the common one first */
};

struct counterpart_word {
	enum counterpart_kind kind;
	const char *forms;
};

extern const struct counterpart_row counterpart_rows[];
extern const size_t counterpart_rows_count;
extern const struct counterpart_word counterpart_words[];
extern const size_t counterpart_words_count;

#endif
