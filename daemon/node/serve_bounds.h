/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SERVE_BOUNDS_H
#define NODE_SERVE_BOUNDS_H

#include "daemon/node/served.h"
#include "daemon/store/store.h"

/*
 * The ranges of ids that a RangesRequest names, and the rows in them.  All ranges
 * together are the whole list, which is read in the feed's order; where only some are
 * asked for, their rows are read by id, and the others' not at all.
 */
#define BOUNDS_MAX 1024

struct bounds {
	struct bytes *bounds; /* arena memory */
	size_t count;         /* one range more */
	bool *asked;          /* of each range; NULL: all */
	uint64_t up_to;
	/* Where the reading is. */
	uint64_t position;
	size_t range;
	uint8_t from[CORDON_ID_MAX];
	struct bytes at;
	bool after;
};

/* CORDON_EPROTO, CORDON_ETOOBIG, CORDON_ENOMEM. */
int bounds_read(struct bounds *bounds, const Cordon__RangesRequest *message,
	struct arena *arena, struct errmsg *msg);

/* *found false: there are no more.  *range is SIZE_MAX for a row that is not asked for.
 * A failure is the transaction's. */
int bounds_next(struct bounds *bounds, struct store_txn *txn,
	const struct list_id *list, struct entry *row, size_t *range, bool *found);

#endif
