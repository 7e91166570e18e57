/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_BRAKE_PRIVATE_H
#define NODE_BRAKE_PRIVATE_H

#include "daemon/node/committer.h"
#include "daemon/node/served.h"

/* The inside of serve_brake.c, brake_list.c and brake_word.c. */

/* Tells what is held (brake_list.c). */
int brake_list(struct request *request, struct errmsg *msg);

/* Releasing or dropping a batch; first the worker's, then the writer's, then the
 * worker's again. */
struct brake_word {
	struct commit_job job; /* first */
	struct letter letter;
	struct service *service;
	struct held *held; /* NULL: the session is gone */
	bool release;
	uint64_t batch;
	bool answered;
	/* One group. */
	bool more;
	uint64_t group_withdrawn, group_passed, group_dropped;
	/* In all. */
	uint64_t withdrawn, passed, dropped;
	int error;
	struct errmsg text;
};

/* brake_word.c: one group; and again while there are more. */
int brake_word_run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg);
void brake_word_done(struct commit_job *job, int error, const char *text);

#endif
