/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_REBUILD_H
#define STORE_REBUILD_H

#include "daemon/store/db.h"

/*
 * The rules by which keys are made of records (skeletons, transliteration, name keys)
 * live elsewhere and may change with a new version of this program or of ICU.  A mark
 * made of INDEX_RULES and of the keys of a few samples is kept in meta; when it differs
 * at start, all indexes are made anew from the rows, in one transaction.
 */
#define INDEX_RULES 2

int rebuild_if_rules_changed(struct store_txn *txn);

#endif
