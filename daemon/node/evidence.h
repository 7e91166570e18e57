/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_EVIDENCE_H
#define NODE_EVIDENCE_H

#include "daemon/core/repl/apply.h"
#include "daemon/node/heads_set.h"

/*
 * Inside a write transaction: authentic heads contradict each other.  They are kept,
 * once, and said in the log; from: who brought the last of them.  The list is stopped
 * at their epoch, unless it has gone on in a later one, or follows says that this node
 * signs it: then only its administrator is told.
 * *result: APPLY_FORK, or APPLY_SAME where nothing was stopped.
 */
struct evidence_case {
	const struct evidence *evidence;
	const struct store_evidence *packed;
	const char *from;
	bool follows;
};

int evidence_keep(struct store_txn *txn, struct list_copy *copy,
	const struct evidence_case *found, enum apply_result *result,
	struct errmsg *msg);

#endif
