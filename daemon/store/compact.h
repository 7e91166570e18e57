/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_COMPACT_H
#define STORE_COMPACT_H

#include "daemon/store/store.h"

/*
 * The store written anew while work goes on, so that nothing is left of what was erased
 * from it: freed pages keep their bytes until they are used again.
 *
 *   1. begin: from the next write transaction on, what commits change is kept in a
 *      journal as well.
 *   2. copy: all keys and values go into a file beside the old one, and then the
 * journal, in rounds, until little is left of it.
 *   3. swap: the rest of the journal, and the new file takes the place of the old one.
 *      Transactions that are open go on reading the old one, which has no name any
 * more; it is closed when the last of them has been renewed or ended.
 *
 * At each point a stop leaves either the old file or the new one, whole, and what is
 * beside it is removed at the next start or by end.  Until the swap nothing has
 * changed.
 */
struct compaction;

/* No write transaction is open (the writer's thread).  CORDON_EBUSY: one is under way.
 */
int store_compact_begin(
	struct store *store, struct compaction **compaction, struct errmsg *msg);
/* On a thread of its own; takes as long as the file takes to be written.  CORDON_EFULL,
 * also when so much is written meanwhile that it does not catch up; CORDON_ESHUTDOWN
 * after store_compact_stop. */
int store_compact_copy(struct compaction *compaction, struct errmsg *msg);
/* After a copy; no write transaction is open. */
int store_compact_swap(struct compaction *compaction, struct errmsg *msg);
/* Frees, and removes what was not swapped in. */
void store_compact_end(struct compaction *compaction);

/* Any thread. */
void store_compact_stop(struct compaction *compaction);
struct compact_progress {
	uint64_t done_bytes, total_bytes; /* of the copy */
	uint64_t before_bytes, after_bytes;
};
void store_compact_progress(
	const struct compaction *compaction, struct compact_progress *progress);

#endif
