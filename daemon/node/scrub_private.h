/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SCRUB_PRIVATE_H
#define NODE_SCRUB_PRIVATE_H

#include "daemon/core/time.h"
#include "daemon/node/repairs.h"
#include "daemon/node/scrub.h"

struct scrub {
	struct node *node;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* under lock */
	bool stopping, wanted, hurry;
	struct scrub_state state;
	struct list_id waiting[ENGINE_LISTS_MAX]; /* for repair */

	/* the thread's */
	struct store_txn *txn;
	struct list_id last; /* the last list that was done */
	bool has_last;       /* else: from the beginning */
	struct mono slice_until;
	uint64_t rows_before,
		indexes_before; /* of node->scrubbed, when the run began */
};

/* After so many rows: pauses so that others have their turn.  False: the node stops. */
bool scrub_breathe(struct scrub *scrub, unsigned rows);

/* Reads one list; what is damaged is told to main.  0, CORDON_ESHUTDOWN, or what the
 * store failed with. */
int scrub_list(struct scrub *scrub, const struct list_id *list, struct errmsg *msg);

/* scrub_index.c: keys of all indexes that name no row are removed. */
int scrub_indexes(struct scrub *scrub, struct errmsg *msg);

/* scrub_keys.c: keys that rows of list lack are added. */
int scrub_keys(struct scrub *scrub, const struct list_id *list, struct errmsg *msg);

#endif
