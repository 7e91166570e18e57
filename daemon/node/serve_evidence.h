/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SERVE_EVIDENCE_H
#define NODE_SERVE_EVIDENCE_H

#include "daemon/node/served.h"

/*
 * The proof for which a list is stopped here, for an asker's node of member: one is
 * enough.  Told to members that one of its heads names; they have that one's history,
 * and must learn of the other.  *out is NULL where there is nothing to tell, else in
 * the arena; its heads borrow from the transaction.
 */
int serve_evidence(struct store_txn *txn, const struct served *served,
	const struct state *member, struct arena *arena, Cordon__Evidence **out,
	struct errmsg *msg);

#endif
