/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_BRAKE_H
#define NODE_BRAKE_H

#include "daemon/node/own_lists.h"

/*
 * The brake on mass withdrawal: what a submission withdraws beyond brake_percent of a
 * list within an hour (and beyond brake_least) is not done but kept, until an
 * administrator releases or drops it.  What was withdrawn is counted per list over a
 * sliding hour since the start, so that many small requests count like one large.
 * The whole of a request's withdrawals from the list waits, not a part of them.  What
 * ends by itself is never braked.
 *
 * The writer thread's.
 */
struct brake;

struct brake *brake_create(void); /* NULL: out of memory */
void brake_destroy(struct brake *brake);

/* Of one request, in its transaction: its withdrawals by kind, and which are to wait.
 */
struct brake_request {
	uint64_t count[CORDON_KIND_INVALID_DOCUMENT + 1];
	bool hold[CORDON_KIND_INVALID_DOCUMENT + 1];
};

/* Counts what item would withdraw.  CORDON_E… sticky. */
int brake_count(struct brake_request *request, struct store_txn *txn,
	const struct own_item *item);
/* After all of the items, before any is carried out. */
int brake_judge(struct node *node, struct brake_request *request,
	struct own_lists *lists, struct errmsg *msg);
/* After the commit: so many were withdrawn. */
void brake_withdrawn(struct node *node, uint16_t kind, uint64_t count);

/* After the commit: so many are held; for the log. */
void brake_warn(struct node *node, uint64_t count);

/* Keeps the withdrawal of a live row instead of carrying it out.  Sticky. */
int brake_hold(struct store_txn *txn, const struct list_id *list,
	const struct entry *row, const struct own_item *item);

#endif
