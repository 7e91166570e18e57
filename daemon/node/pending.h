/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_PENDING_H
#define NODE_PENDING_H

#include "daemon/node/own_lists.h"

/*
 * The second pair of eyes: what the configuration says so of is not done but kept,
 * until another certificate of the member approves or rejects it, or its time is up.
 * What of one request waits is one change with a number.  An id waits once: submitted
 * again by the same certificate it is the same change, or the new one in its place.
 *
 * On the writer thread, inside a transaction.
 */

/* Of one request; zeroed at first. */
struct pending_change {
	uint64_t number; /* 0: nothing of it waits yet */
	uint32_t count;  /* items */
	uint32_t why;    /* of all of them */
};

/*
 * Keeps item (why, packed, by and change are set) instead of carrying it out; old: the
 * row that stands, or NULL.  result says which change it is in, or is refused because
 * somebody else's change of the record waits.  Sticky: non-zero only when the
 * transaction failed.
 */
int pending_keep(struct node *node, struct store_txn *txn, const struct own_item *item,
	const struct entry *old, struct own_result *result);

/* Does it still wait, and stands what stood when it was submitted?  Sticky. */
int pending_stands(struct store_txn *txn, uint64_t number, uint32_t position,
	bool *waits, bool *stands);

/* After the commit: that waits now; for the log and the metrics. */
void pending_told(
	struct node *node, const struct pending_change *change, const char *by);

/*
 * An export beyond the own lists, submitted by by: may it be done now?  *number is the
 * change that it waits in, new where it did not; 0: it was approved, and is done once.
 * Sticky.
 */
int pending_export(struct node *node, struct store_txn *txn, struct bytes by,
	struct bytes packed, uint64_t *number);

/* Removes what has expired at now_s, at most max items; *left: how many wait. */
int pending_expire(struct store_txn *txn, int64_t now_s, size_t max, size_t *removed,
	uint64_t *left);

#endif
