/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SEARCH_IN_H
#define CORE_MATCH_SEARCH_IN_H

#include "daemon/core/match/search.h"

/* Parts of search_person. */

#define SEARCH_WORDS_MAX (2 * NAME_WORDS_MAX)
#define WORD_NONE SEARCH_WORDS_MAX
#define RANKS 512 /* ranks are below */

/* A word asked for, or two of them written as one. */
struct search_word {
	uint64_t key;
	uint64_t count; /* persons with it, about */
	uint32_t worth; /* what it adds to a rank when it agrees */
	uint8_t byte;
	uint8_t at, parts; /* which words of the name it is */
	bool keyed;        /* is looked for by its key */
	bool initial, truncated;
};

struct looking {
	const struct posting_source *source;
	struct compare_person asked; /* with weights */
	/* Of the name, in its order; behind them the joined ones. */
	struct search_word words[SEARCH_WORDS_MAX];
	size_t name_count, words_count;
	size_t order[SEARCH_WORDS_MAX]; /* the keyed ones, the rarest first */
	size_t keyed_count;
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
	uint32_t base;     /* what the key adds to a rank */
	bool rarest;       /* of the rarest word, as it was asked for */
	/* What the signature must be worth: where the birth date does not speak
	 * against, and where it does. */
	uint32_t needed, needed_against;
};

#define NEVER UINT32_MAX
#define BORN_LAST UINT32_MAX

/* What agreement adds to a rank. */
#define WORTH_EXACT 16 /* a word, and by how rare it is up to … more */
#define WORTH_RARITY_MAX 40
#define WORTH_INITIAL 10
#define WORTH_CLASS 5 /* the first class of a word */
#define WORTH_NEIGHBOUR_LESS 14
#define WORTH_DATE 48

/* search_scan.c: postings become candidates. */
int search_probe(struct looking *looking, const struct probe *probe);
/* The best max candidates, each person once, by rank, then by REF. */
void search_choose(struct looking *looking, size_t max);

/* search_near.c: the probe's word as the list may have it. */
/* With one class wrong, missing or more. */
int search_neighbours(struct looking *looking, struct probe probe);
/* With its end. */
int search_longer(struct looking *looking, struct probe probe);

/* search_born.c: which birth dates are read. */
int search_with_date(struct looking *looking, uint32_t born);
int search_with_year(struct looking *looking, uint32_t born);
int search_without_date(struct looking *looking);

#endif
