/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_OWN_LISTS_STATE_H
#define NODE_OWN_LISTS_STATE_H

#include "daemon/node/own_lists.h"

/* The inside of own_lists.h, for own_lists.c, own_change.c and own_open.c. */

#define OWN_KINDS CORDON_KIND_INVALID_DOCUMENT

struct own_list {
	bool loaded;
	struct list_copy copy;
	struct feed feed;
	struct own_change change;
	uint64_t withdrawn; /* by submissions in this transaction */
};

struct own_lists {
	struct node *node;
	struct store_txn *txn;
	bool opening;       /* in this transaction the node begins to sign */
	struct arena arena; /* packed heads, until the commit */
	struct own_list kinds[OWN_KINDS + 1]; /* by kind; [0] is unused */
};

/* Reads a list's state once per transaction; *found false: it was never created. */
int own_lists_load(struct own_lists *lists, uint16_t kind, struct own_list **list,
	bool *found, struct errmsg *msg);

/* own_open.c: begins a list that was not found, in this epoch. */
void own_lists_create(
	struct own_lists *lists, uint16_t kind, const struct epoch *epoch);
/* Applies the configured sharing to a loaded list. */
void own_lists_share(struct own_lists *lists, uint16_t kind);

#endif
