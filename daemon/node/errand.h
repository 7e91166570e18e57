/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ERRAND_H
#define NODE_ERRAND_H

#include "daemon/node/committer.h"
#include "daemon/node/session.h"

/*
 * A request that the writer carries out in a transaction of its own (or several), and
 * that is answered when that is on disk.  The worker's until errand_begin; the writer's
 * until it is done; then the worker's again.  If the session ends in between, nobody is
 * told.
 */
struct errand;

struct errand_ops {
	/* On the writer thread, inside a transaction; non-zero aborts it, and is the
	 * answer.  Sets errand->more: once again, in another transaction. */
	int (*run)(struct errand *errand, struct store_txn *txn, struct errmsg *msg);
	/* On the writer thread, after each commit.  May be NULL. */
	void (*committed)(struct errand *errand);
	/* On the worker, when all is done or has failed, for the log.  May be NULL. */
	void (*done)(const struct errand *errand);
	/* On the worker, unless it has failed: sends the answer. */
	void (*answer)(
		struct errand *errand, struct session *session, uint32_t request);
	void (*destroy)(struct errand *errand);
};

struct errand {
	struct commit_job job; /* first */
	struct letter letter;
	const struct errand_ops *ops;
	struct service *service;
	struct held *held; /* NULL: the session is gone */
	bool more;
	bool is_done;
	int error;
	struct errmsg text;
};

/* Takes errand (zeroed but for what its ops know of), also on failure. */
int errand_begin(
	struct request *request, struct errand *errand, const struct errand_ops *ops);

#endif
