/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DEFERRED_H
#define STORE_DEFERRED_H

#include "daemon/store/feed_rows.h"
#include "daemon/store/index.h"

/*
 * The index keys of a list that is loaded from nothing.  Nobody is answered from it
 * until it is verified, so its keys are collected in memory and go into the indexes in
 * the order of the tables: one by one, in the order of the feed, each transaction would
 * rewrite most of their pages.
 *
 *   1. It begins when live is cleared (a mark in the table parts), and ends in the
 *      transaction in which the list gets a phase that answers.
 *   2. Keys go in by slices (store_index_some), so that the writer is not held up.
 *      Which ones are in already nothing on disk says: to add one again changes
 *      nothing, and to remove a row is no error where its keys are missing.
 *   3. What is in memory is lost with the process and with an aborted transaction; then
 *      the keys are derived again from the rows.
 */

/* Memory for keys, of all lists together; a slice is due beyond. */
#define DEFERRED_KEYS_MAX ((size_t)6 * 1024 * 1024) /* of 32 bytes */

/* feed->number is known.  Is the list loaded in this way? */
int deferred_check(struct feed_context *feed, bool *yes);
/* Live was cleared. */
int deferred_begin(struct feed_context *feed);
int deferred_add(
	struct feed_context *feed, uint64_t ref, const struct index_keys *keys);
int deferred_remove(
	struct feed_context *feed, uint64_t ref, const struct index_keys *keys);
/* All that is left; the list is an ordinary one from now on. */
int deferred_end(struct feed_context *feed);

/* The transaction ended so. */
void deferred_committed(struct store *store);
void deferred_aborted(struct store *store);
void deferred_free(struct store *store);

#endif
