/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_LOOKUP_PRIVATE_H
#define NODE_LOOKUP_PRIVATE_H

#include <cordon/lookup.h>
#include "daemon/core/audit/entry.h"
#include "daemon/node/lookup.h"

/* The inside of lookup.h, for lookup*.c. */

/* Rows that one query may screen; a name with more is answered in part, and says so. */
#define LOOKUP_CANDIDATES_MAX 4096
/* Rows that the queries of one request may screen before the rest of them are sent
 * back: a worker serves others, too. */
#define LOOKUP_REQUEST_SCREENED_MAX LOOKUP_CANDIDATES_MAX
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
	uint64_t refs[LOOKUP_CANDIDATES_MAX];
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
	size_t screened; /* candidates so far */
	/* for the access log: of each query, and of the one at hand */
	uint64_t (*all_tags)[AUDIT_TAGS];
	uint64_t *tags;
};

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
