/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_COMPACTOR_H
#define NODE_COMPACTOR_H

#include "daemon/node/node.h"
#include "daemon/store/compact.h"

/*
 * Writes the store anew (store/compact.h) on an administrator's word and every
 * compact_interval: begun and ended on the writer's thread between two transactions,
 * copied on a thread of its own.  One at a time.
 */
struct compactor;

/* Before the writer. */
int compactor_create(
	struct node *node, struct compactor **compactor, struct errmsg *msg);
/* Gives up what is being copied and waits for its thread; before the writer stops. */
void compactor_stop(struct compactor *compactor);
/* After the writer has stopped. */
void compactor_destroy(struct compactor *compactor);

/* Any thread: begins, if none is under way.  CORDON_EBUSY, CORDON_ESHUTDOWN. */
int compactor_start(struct compactor *compactor, struct errmsg *msg);
/* Main's, now and then: is one due by the configuration? */
void compactor_look(struct compactor *compactor);

struct compactor_state {
	uint64_t runs; /* begun since the start */
	bool running;
	int error; /* of the last that ended */
	struct errmsg text;
	struct compact_progress progress; /* of the one that runs, or the last */
	uint64_t took_ms;
};

/* Any thread. */
void compactor_state(struct compactor *compactor, struct compactor_state *state);

#endif
