/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_ROWS_H
#define CORE_REPL_ROWS_H

#include "daemon/core/repl/copy.h"

/*
 * Changes of live rows with the copy's digest and count kept true: what the owner
 * and every receiver do with one entry.  CORDON_E… of the feed or of libcrypto.
 */

/* A row in the copy's digest and count, where it is put and removed otherwise. */
int rows_count_in(
	struct list_copy *copy, const struct feed *feed, const struct entry *row);
int rows_count_out(
	struct list_copy *copy, const struct feed *feed, const struct entry *row);

/* Puts row into live in the place of its id's earlier row. */
int rows_replace(
	struct list_copy *copy, const struct feed *feed, const struct entry *row);

/* The same with count entries in order; sum: of all their elements, or NULL. */
int rows_replace_all(struct list_copy *copy, const struct feed *feed,
	const struct entry *entries, size_t count, const struct digest *sum);

/* Removes the id's live row, if there is one. */
int rows_remove(struct list_copy *copy, const struct feed *feed, struct bytes id);

/* Removes live's tombstones with from < sequence <= floor. */
int rows_purge(
	struct list_copy *copy, const struct feed *feed, uint64_t from, uint64_t floor);

/* Removes everything, live and stage, and what was counted of it. */
int rows_clear(struct list_copy *copy, const struct feed *feed);

/* Counts and digests live anew: what is stored may be damaged. */
int rows_recount(struct list_copy *copy, const struct feed *feed);

/* Does what live holds equal what head says?  *equal is set on 0. */
int rows_match(const struct digest *digest, uint64_t live_count,
	const struct head *head, bool *equal);

#endif
