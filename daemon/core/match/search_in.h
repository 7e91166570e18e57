/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SEARCH_IN_H
#define CORE_MATCH_SEARCH_IN_H

#include "daemon/core/match/search.h"

/* Parts of search_person. */

#define SEARCH_WORDS_MAX (2 * NAME_WORDS_MAX)
#define WORD_NONE SEARCH_WORDS_MAX
#define SIGNATURE_BYTES 256
#define RANKS 1024 /* ranks are below */

/* A word asked for, or two of them written as one. */
struct search_word {
	uint64_t key;
	uint64_t count; /* persons with it, about */
	uint32_t worth; /* what it adds to a rank when it agrees */
	uint8_t byte;
	uint8_t at, parts; /* which words of the name it is */
	bool keyed;        /* is looked for by its key */
	bool initial, truncated, father;
};

struct looking {
	const struct posting_source *source;
	struct compare_person asked; /* with weights */
	/* Of the name, in its order; behind them the joined ones. */
	struct search_word words[SEARCH_WORDS_MAX];
	size_t name_count, words_count;
	size_t order[SEARCH_WORDS_MAX]; /* the keyed ones, the rarest first */
	size_t keyed_count;
	/* What a byte of a signature is worth beside a word, once for many probes. */
	uint32_t worth[SIGNATURE_BYTES];
	uint8_t promise[SIGNATURE_BYTES]; /* not less than what it is worth */
	size_t worth_beside;              /* the word; SEARCH_WORDS_MAX + 1: none yet */
	uint32_t others;                  /* how many others are asked for */
	uint32_t fathers;                 /* which of them are fathers' names */
	struct search_work *work;
	size_t candidates;
	uint32_t floor; /* candidates of a lower rank are left out by now */
	size_t scanned;
	uint32_t ranks[RANKS]; /* of the rarest word's postings, how many of each */
	bool cut;
};

/* One reading of postings. */
struct probe {
	uint64_t key;
	uint32_t from, to; /* birth dates */
	size_t word;       /* of looking's words, that the key is of; or WORD_NONE */
	int32_t base;      /* what the key adds to a rank */
	bool rarest;       /* of the rarest word, as it was asked for */
	/* What the signature must be worth: where the birth date does not speak
	 * against, and where it does. */
	int32_t needed, needed_against;
};

#define NEVER INT32_MAX
#define NOTHING INT32_MIN
#define BORN_LAST UINT32_MAX

/* What agreement adds to a rank, an eighth of what it is as evidence. */
#define WORTH_OF(weight) ((weight) / 8)
#define WORTH_SOME 16 /* as a common given name */
#define WORTH_INITIAL 12
#define WORTH_CLASS 6    /* the first class of a word */
#define WORTH_DIFFERS 40 /* against, for a word that is another on both sides */
#define WORTH_FATHER_DIFFERS 24
#define WORTH_NEIGHBOUR_LESS 24
#define WORTH_STRANGER_LESS 36
#define WORTH_DATE 64
#define RANK_ZERO 128

/* search_scan.c: postings become candidates. */
int search_probe(struct looking *looking, const struct probe *probe);
/* Sets work->order: by rank, of equal ones first what came first. */
void search_order(struct looking *looking);

/* search_near.c: the probe's word as the list may have it. */
/* With one class wrong, missing or more, at one of the first places. */
#define ALL_PLACES 12
struct neighbours {
	size_t places;
	bool usual; /* those alone that spellings and ears bring about */
};
int search_neighbours(
	struct looking *looking, struct probe probe, struct neighbours which);
/* With its end. */
int search_longer(struct looking *looking, struct probe probe);

/* search_born.c: which birth dates are read. */
int search_with_date(struct looking *looking, uint32_t born);
int search_with_year(struct looking *looking, uint32_t born);
int search_without_date(struct looking *looking);

#endif
