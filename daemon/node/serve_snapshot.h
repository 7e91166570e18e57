/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SERVE_SNAPSHOT_H
#define NODE_SERVE_SNAPSHOT_H

#include "daemon/node/session.h"

/*
 * A read transaction of its own for an answer that takes many turns of the worker
 * (export, verify, ranges, due): it sees one state from its first frame to its last.
 * An old snapshot keeps old pages from being used again, and the store has room for so
 * many readers only: hence a limit per worker.
 */
#define SNAPSHOTS_PER_WORKER 4

/* How long one turn may work, so that lookups on the same worker go on. */
#define SNAPSHOT_SLICE_US 10000

/* CORDON_EBUSY over the limit. */
int snapshot_open(struct service *service, struct store_txn **txn, struct errmsg *msg);
/* txn NULL is fine. */
void snapshot_close(struct service *service, struct store_txn *txn);

/* Over when clock_mono reaches it; whoever works in slices does something in each. */
struct mono snapshot_slice(void);
bool snapshot_slice_over(struct mono until);

#endif
