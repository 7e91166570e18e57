/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FEED_ROWS_H
#define STORE_FEED_ROWS_H

#include "daemon/store/db.h"
#include "daemon/store/row.h"

/*
 * The rows of one list.  A row of live stands in feed under its reference, in ids under
 * its id, and in the indexes; one of the stage in stage and stage_ids.
 */
struct feed_context {
	struct feed_context *next;
	struct store_txn *txn;
	struct list_id list;
	uint16_t number; /* 0: not known yet; then none of the below is called */
	const struct store_prepared *prepared; /* NULL: none */
	bool deferred, deferred_known;         /* deferred.h */
};

int feed_row_get(struct feed_context *feed, enum feed_area area, uint64_t sequence,
	struct row *row, bool *found);
int feed_row_find(struct feed_context *feed, enum feed_area area, struct bytes id,
	struct row *row, bool *found);
/* The first row of the list behind after, which is less than REF_SEQUENCE_MAX. */
int feed_row_next(struct feed_context *feed, enum feed_area area, uint64_t after,
	struct row *row, bool *found);

/*
 * Both take rows and ids that borrow from the map: what they need is copied or derived
 * before the first write, since a write may move what is borrowed.  The
 * transaction's arena grows; the caller resets it before the first of a record.
 */
int feed_row_remove(
	struct feed_context *feed, enum feed_area area, const struct row *row);
int feed_row_remove_id(struct feed_context *feed, enum feed_area area, struct bytes id);
/* Replaces the id's row; a checked entry.  CORDON_ECONFLICT when another id has its
 * sequence. */
int feed_row_put(
	struct feed_context *feed, enum feed_area area, const struct entry *entry);

#endif
