/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_REBUILD_H
#define STORE_REBUILD_H

#include "daemon/store/db.h"

/*
 * The rules by which keys are made of records (skeletons of numbers, ranges)
 * live elsewhere and may change with a new version of this program.  A mark
 * made of INDEX_RULES and of the keys of a few samples is kept in meta; when it differs
 * at start, all indexes are made anew from the rows, in one transaction.
 */
#define INDEX_RULES 3

int rebuild_if_rules_changed(struct store_txn *txn);

/*
 * persons_rebuild.c: the same for postings and cards, with a mark made of
 * MATCH_RULES_VERSION and of a few samples.  These are emptied at start, and filled
 * afterwards by slices (store_persons_some).  Rows that come meanwhile are indexed at
 * once; of those that go nothing need be there.
 */
int persons_check_rules(struct store_txn *txn);
/* The rows with a reference up to *at are there; *partial false: all are. */
int persons_at(struct store_txn *txn, bool *partial, uint64_t *at);

#endif
