/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_BRAKE_PRIVATE_H
#define NODE_BRAKE_PRIVATE_H

#include "daemon/node/errand.h"
#include "daemon/node/served.h"

/* The inside of serve_brake.c, brake_list.c and brake_word.c. */

/* Tells what is held (brake_list.c). */
int brake_list(struct request *request, struct errmsg *msg);

/* Releasing or dropping a batch, group by group. */
struct brake_word {
	struct errand errand; /* first */
	bool release;
	uint64_t batch;
	/* One group. */
	uint64_t group_withdrawn, group_passed, group_dropped;
	/* In all. */
	uint64_t withdrawn, passed, dropped;
};

/* brake_word.c: one group; and what it did, once that is on disk. */
int brake_word_run(struct errand *errand, struct store_txn *txn, struct errmsg *msg);
void brake_word_committed(struct errand *errand);

#endif
