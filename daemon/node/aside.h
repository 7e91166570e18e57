/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ASIDE_H
#define NODE_ASIDE_H

#include "daemon/core/repl/own_news.h"
#include "daemon/node/node.h"

/*
 * What a signer that gave way had accepted, and nobody else has, is kept aside.  On the
 * writer thread, inside its transactions:
 *
 *   1. When the node stops signing, each own list is marked with its epoch and with the
 *      sequence behind which rows may be its alone: what a peer has acknowledged has
 *      left it; in a fork, everything since its epoch began.
 *   2. As soon as a later epoch's head tells at which of our heads it took over, all
 *      rows behind that are put aside, and the mark goes.
 *   3. Where nothing tells, rows are put aside as a whole read or a patch takes them
 *      away or replaces them with others.  A list that goes on from our own head
 * without that has proved, by its digest, that it had all we had.
 */

/* 1; forked: by whatever role it stops for. */
int aside_mark(
	struct node *node, struct store_txn *txn, bool forked, struct errmsg *msg);

/* All rows of the list, whatever was acknowledged: its epoch is given up. */
int aside_all(
	struct store_txn *txn, const struct list_copy *copy, const struct feed *feed);

/* 2, of the list that copy and feed are of. */
int aside_settle(struct store_txn *txn, const struct list_copy *copy,
	const struct feed *feed, const struct head *later, struct errmsg *msg);

/* 3.  A feed as inner, which puts aside; in *outer, as long as inner and wrap. */
struct aside_wrap {
	struct feed inner;
	struct store_txn *txn;
	const struct list_copy *copy;
	struct epoch epoch;
	uint64_t from;
};
/* *marked false: the list has no mark, and *outer is inner. */
int aside_feed(struct aside_wrap *wrap, struct store_txn *txn,
	const struct list_copy *copy, const struct feed *inner, struct feed *outer,
	bool *marked);

/* The list is verified at another head than was marked, or signed here again. */
int aside_unmark(struct store_txn *txn, const struct list_id *list);
int aside_verified(struct store_txn *txn, const struct list_copy *copy);

#endif
