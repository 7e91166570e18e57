/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_FEED_H
#define CORE_REPL_FEED_H

#include "proto/entry.h"

/*
 * The rows of one list as replication sees them.  The store implements it inside a
 * write transaction, the simulator and the tests in memory.
 *
 * live: what lookups answer from.  stage: a catch-up that is not verified yet.
 * In each, at most one row per id and one per sequence.
 */
enum feed_area {
	FEED_LIVE = 0,
	FEED_STAGE = 1
};

struct feed_ops {
	/* Fills *row (borrowed until the next call that changes the feed); *found
	 * tells whether there is one. */
	int (*find)(void *context, enum feed_area area, struct bytes id,
		struct entry *row, bool *found);
	/* The row with the lowest sequence greater than after. */
	int (*next)(void *context, enum feed_area area, uint64_t after,
		struct entry *row, bool *found);
	/* Replaces the id's earlier row, with all that the store derives from it.
	 * row may not borrow from this feed. */
	int (*put)(void *context, enum feed_area area, const struct entry *row);
	/* No row of that id is no error. */
	int (*remove)(void *context, enum feed_area area, struct bytes id);
	/* Moves the stage's row of this sequence into live, replacing the id's row
	 * there; the same as put and remove, without a copy that borrows. */
	int (*promote)(void *context, uint64_t sequence);
	/* Removes every row of the area. */
	int (*clear)(void *context, enum feed_area area);

	/* The last three are for repair, of live.  They trust nothing that is stored:
	 * what is damaged is no error. */

	/* Where the id's row is said to stand; it need not be there. */
	int (*locate)(void *context, struct bytes id, uint64_t *sequence, bool *found);
	/* The row at sequence.  What stands there and is no row is not found. */
	int (*peek)(void *context, uint64_t sequence, struct entry *row, bool *found);
	/* Removes whatever stands at sequence (0: nothing), with all that can be known
	 * to be derived from it, and what says where the row of id (size 0: none)
	 * stands.  Neither has to be there.  id may not borrow from this feed. */
	int (*scrap)(void *context, struct bytes id, uint64_t sequence);
};

struct feed {
	const struct feed_ops *ops;
	void *context;
	struct list_id list;
};

#endif
