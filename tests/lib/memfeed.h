/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MEMFEED_H
#define TESTS_MEMFEED_H

#include "daemon/core/repl/feed.h"

/*
 * The rows of one list in memory, behind struct feed_ops.  As treacherous as the
 * store may be: what find and next lent is scribbled over at the next change.  Rows
 * are shared between copies, so that a snapshot (of a commit, of what was signed) costs
 * a pointer a row.  Aborts when memory runs out.
 */
struct memfeed_row {
	size_t holders;
	/* of all of entry but its content, which may be erased; and of its id */
	uint64_t print, id_print;
	struct entry entry; /* its bytes are the row's own */
};

struct memfeed_area {
	struct memfeed_row **rows; /* by sequence */
	size_t count, room;
	uint64_t sum; /* of the rows' prints */
};

struct memfeed_loan;
struct memfeed_undo;

struct memfeed {
	struct memfeed_area areas[2];
	struct memfeed_loan *lent, *void_loans;
	size_t operations; /* so far */
	size_t fail_at;    /* the operation of this number fails, 1 the next; 0: none */
	int fail_error;
	struct memfeed_undo *undo; /* of a transaction */
	size_t undo_count, undo_room;
	bool noting;
};

/* With one holder, and its own bytes. */
struct memfeed_row *memfeed_row_create(const struct entry *entry);
void memfeed_row_release(struct memfeed_row *row);

/* Zeroed memory is an empty one as well. */
void memfeed_init(struct memfeed *memfeed);
void memfeed_finish(struct memfeed *memfeed);

/* *feed borrows memfeed. */
void memfeed_feed(
	struct memfeed *memfeed, const struct list_id *list, struct feed *feed);

/* to, an empty one, gets the rows of from; faults and loans are not copied. */
void memfeed_copy(struct memfeed *to, const struct memfeed *from);
/* Drops to's rows for from's: an aborted transaction. */
void memfeed_restore(struct memfeed *to, const struct memfeed *from);

/*
 * A transaction, which costs what it changes: abort puts back what was there at begin.
 */
void memfeed_begin(struct memfeed *memfeed);
void memfeed_commit(struct memfeed *memfeed);
void memfeed_abort(struct memfeed *memfeed);

/* Same rows, erased or not, by the sums of their prints?  At once. */
bool memfeed_same(
	const struct memfeed *a, const struct memfeed *b, enum feed_area area);
/* The same, looking at each. */
bool memfeed_equal(
	const struct memfeed *a, const struct memfeed *b, enum feed_area area);
/* Is there a row of exactly this content? */
bool memfeed_holds(
	const struct memfeed *memfeed, enum feed_area area, const struct entry *row);

/* The same row, erased or not? */
bool memfeed_knows(
	const struct memfeed *memfeed, enum feed_area area, const struct entry *row);
/* Is there a row, and not erased? */
bool memfeed_has_content(
	const struct memfeed *memfeed, enum feed_area area, uint64_t sequence);

#endif
