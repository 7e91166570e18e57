/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_OWN_LISTED_H
#define NODE_OWN_LISTED_H

#include "daemon/store/store.h"

/*
 * Does another live record of the same owner name a document or personal number of this
 * one?  The first one's id to *id (arena memory), else NULL there.  An owner may mean
 * it (two decisions on one person), so it is worth a warning and no more.
 */
int own_listed_already(struct store_txn *txn, const struct cordon_record *record,
	struct arena *arena, const char **id);

#endif
