/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_LOOKUP_PRIVATE_H
#define NODE_LOOKUP_PRIVATE_H

#include <cordon/lookup.h>
#include "daemon/core/audit/entry.h"
#include "daemon/core/match/screen.h"
#include "daemon/core/match/search.h"
#include "daemon/node/lookup.h"

/* The inside of lookup.h, for lookup*.c. */

/* Rows of one number that a query may screen; one with more is answered in part, and
 * says so. */
#define LOOKUP_CANDIDATES_MAX 4096
/* What the queries of one request may cost before the rest of them are sent back: a
 * worker serves others, too.  In comparisons of persons, about a microsecond each. */
#define LOOKUP_REQUEST_COST_MAX 32768
#define LOOKUP_COST_RECORD 8    /* opened */
#define LOOKUP_COST_POSTINGS 64 /* so many read are one comparison */
/* Persons that are found by name beyond the limit, since some may have ended. */
#define LOOKUP_SPARE 44
/* So much memory for their records, read one after the other. */
#define LOOKUP_RECORDS_BYTES ((size_t)32 * 1024 * 1024)
#define LOOKUP_SCRATCH_BYTES ((size_t)64 * 1024 * 1024)

/* The lists as of one snapshot. */
struct lookup_lists {
	struct arena arena;
	struct store_list_info *infos; /* in order */
	size_t count;
};

struct lookups {
	struct lookup_lists lists, spare;
	uint64_t snapshot;    /* service's, of which lists is */
	uint64_t generation;  /* of lists; grows when they are others */
	struct arena scratch; /* of one query */
	bool names_partial;   /* the index of names is being made anew */
	uint64_t refs[LOOKUP_CANDIDATES_MAX];
	struct search_work work; /* of one query by name, as what follows */
	struct search_result found;
};

/* One request on its way through its queries. */
struct lookup_run {
	struct request *request;
	const struct config *config;
	struct lookups *lookups;
	struct store_txn *txn;
	struct cordon_context context;
	struct cordon_date today; /* of two-digit years */
	int64_t now_s;
	const char *const *missing;
	size_t missing_count;
	size_t cost; /* so far */
	struct store_persons persons;
	bool persons_open;
	/* for the access log: of each query, and of the one at hand */
	uint64_t (*all_tags)[AUDIT_TAGS];
	uint64_t *tags;
};

/* A record that may answer; all in the scratch arena, but for the sealed bytes, which
 * are the snapshot's, and for scores of persons found by name. */
struct lookup_candidate {
	struct list_id list;
	struct bytes sealed;
};

struct lookup_candidates {
	struct lookup_candidate *all;
	const struct cordon_record **records; /* the same, for screening … */
	const struct person_score **scores;   /* … with what was compared, or NULL */
	size_t count;
	bool cut;  /* there were more that were not looked at */
	bool more; /* found by name, and not looked at */
	uint64_t namesakes;
};

/* Who asks and why, as the node demands it; snapshot and lists; now and today. */
int lookup_begin(
	struct lookup_run *run, const Cordon__Context *context, struct errmsg *msg);
/* Reads the lists once per snapshot. */
int lookup_lists_read(
	struct service *service, struct store_txn *txn, struct errmsg *msg);
/* Do rows of the list count? */
bool lookup_lists_answer(const struct lookups *lookups, const struct list_id *list);
/* Which lists cannot be searched as asked; in the request's arena.  CORDON_ENOMEM. */
int lookup_lists_missing(struct lookup_run *run);
/* The table behind the generation; NULL: out of memory. */
Cordon__Freshness *lookup_lists_freshness(
	const struct lookups *lookups, int64_t now_s, struct arena *arena);

/* Of one question, by its numbers and by its name; more than limit only where they may
 * go before others. */
int lookup_candidates_find(struct lookup_run *run, const struct screening *screening,
	uint32_t limit, struct lookup_candidates *candidates, struct errmsg *msg);
/* The index of persons, opened at the first call. */
int lookup_persons(struct lookup_run *run, struct errmsg *msg);
/* Once for each run. */
void lookup_run_finish(struct lookup_run *run);
/* The store's error, which there must be. */
int lookup_store_failed(struct lookup_run *run, struct errmsg *msg);

/* The first matches, up to the limit, with their effects, in the request's arena, and
 * what of each record is shown; who is cleared; what would narrow the question. */
int lookup_take(struct lookup_run *run, const struct question *question,
	const struct lookup_candidates *candidates, const struct screened *screened,
	uint32_t limit, struct cordon_answer *answer, struct bytes **shown);

/* May the certificate ask that, and so often today?  The whole request is denied. */
int lookup_may(struct lookup_run *run, const Cordon__LookupRequest *message,
	struct errmsg *msg);
/* What of a record the asker is shown: its sealed bytes, or less, in the request's
 * arena. */
int lookup_sight(
	const struct lookup_run *run, struct bytes sealed, struct bytes *shown);

/*
 * Answers one query into *message, in the request's arena and borrowing sealed bytes
 * from the snapshot.  What is wrong with the query itself is said in its answer;
 * an error is the whole request's.
 */
int lookup_query(struct lookup_run *run, const Cordon__Query *query,
	Cordon__Answer **message, struct errmsg *msg);

#endif
