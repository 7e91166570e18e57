/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SEARCH_H
#define CORE_MATCH_SEARCH_H

#include "daemon/core/match/compare.h"

/*
 * The index of persons and the search in it, pure: what a record is indexed under, and
 * which postings a question reads (proto/MATCHING.md, section 4).  The store holds the
 * postings and cards, tests and benches an array.
 */

/*
 * One posting: 16 bytes, sorted as memcmp sorts: born, signature, REF, big-endian.
 * Under the key of a word stand the postings of all names with that word, by birth
 * date; under the key of a whole date those of all persons born then.  A father's name
 * has a key of its own only in a name with fewer than two other words.
 */
struct posting {
	uint32_t born;      /* born_pack; 0 unknown; of an approximate date the year */
	uint32_t signature; /* of the name's first four (other) words, a byte each */
	uint64_t ref;       /* list's number and sequence of the row */
};

#define POSTING_BYTES 16
/* A list's number, in the upper bits of a REF, is each node's own. */
#define POSTING_LIST_BITS 16
#define POSTINGS_MAX 512 /* of one record */

struct record_posting {
	uint64_t key;
	struct posting posting; /* its ref is the store's to give */
};

struct record_postings {
	struct record_posting postings[POSTINGS_MAX]; /* each once, in no order */
	size_t count;
	bool cut;
};

void postings_of_card(const struct card *card, struct record_postings *postings);

void posting_pack(const struct posting *posting, uint8_t out[POSTING_BYTES]);
void posting_unpack(const uint8_t in[POSTING_BYTES], struct posting *posting);

/* Keys; never 0. */
uint64_t posting_key_word(const struct name_word *word);
uint64_t posting_key_date(uint32_t born);
/* A word's byte of a signature: its first class << 4, and of the rest a hash of 1..15,
 * of an initial 0; never 0. */
uint8_t posting_byte(const struct name_word *word);

/* Where the postings and cards are. */
struct posting_source {
	void *data;
	/* Shows the packed postings of a key with from <= born <= to, in order, in runs
	 * of count; visit returns false when it has enough.  0 or an error. */
	int (*scan)(void *data, uint64_t key, uint32_t from, uint32_t to,
		bool (*visit)(void *arg, const uint8_t *packed, size_t count),
		void *arg);
	/* Of all postings of a key; 0 when there are none. */
	int (*count)(void *data, uint64_t key, uint64_t *count);
	/* The first key that is not below from. */
	int (*next)(void *data, uint64_t from, uint64_t *key, bool *found);
	/* Borrowed until the snapshot ends.  size 0: not there any more. */
	int (*card)(void *data, uint64_t ref, struct bytes *card);
	uint64_t persons; /* cards in all */
};

#define SEARCH_FOUND_MAX 256
#define SEARCH_SCAN_MAX 200000 /* postings read for one question */
#define SEARCH_COMPARE_MAX 800 /* cards compared */

/* Room for one search after another of a thread; need not be set. */
#define SEARCH_CANDIDATES_MAX 8192
struct search_candidate {
	uint64_t ref;
	uint32_t rank;
};
struct search_compared {
	uint64_t ref;
	uint32_t score, name_permille, rank;
	int32_t evidence;
};
#define SEARCH_SEEN_SLOTS 2048
struct search_work {
	struct search_candidate candidates[SEARCH_CANDIDATES_MAX];
	uint16_t order[SEARCH_CANDIDATES_MAX];
	uint64_t seen[SEARCH_SEEN_SLOTS];
	struct search_compared compared[SEARCH_COMPARE_MAX];
};

struct search_found {
	uint64_t ref;
	struct person_score score;
};

struct search_result {
	struct search_found
		found[SEARCH_FOUND_MAX]; /* by score, evidence, sequence of the row */
	size_t count;
	uint64_t namesakes; /* persons whose name agrees as well as the best one's,
			       counted from postings where there are many */
	bool cut;           /* the question is too common: the best were chosen by their
			       postings; a birth date, patronymic or given name narrows it */
	bool more;          /* at min_score or more, beyond limit */
	size_t scanned, compared; /* postings read, cards compared */
};

/* Sets the weights of the name's words by how many persons have each.  An error of the
 * source. */
int search_weigh(const struct posting_source *source, struct compare_name *name);

/*
 * Everything at min_score or more, the best first, at most limit.  Bounded work; the
 * same whatever the order in which postings came.  asked's weights are the search's to
 * set.  An error of the source; CORDON_ECORRUPT for a card that is none.
 */
int search_person(const struct posting_source *source,
	const struct compare_person *asked, uint32_t min_score, size_t limit,
	struct search_work *work, struct search_result *result);

#endif
