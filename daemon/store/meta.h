/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_META_H
#define STORE_META_H

#include "daemon/store/db.h"

/* What the store says of itself, in the table meta under names with a '.'. */
#define META_FORMAT ".format"   /* 4 bytes */
#define META_NODE ".node"       /* URI */
#define META_RULES ".rules"     /* what the indexes were made by (rebuild.c) */
#define META_PERSONS ".persons" /* and persons' (persons_rebuild.c) */
#define META_PERSONS_AT                                                                \
	".persons_at" /* how far they are, while they are being made                   \
		       */

int meta_put(struct store_txn *txn, const char *name, struct bytes value);
int meta_get(struct store_txn *txn, const char *name, struct bytes *value, bool *found);

/* A counter by that name: from 1, never the same again. */
int meta_next_number(struct store_txn *txn, const char *name, uint64_t *number);

#endif
