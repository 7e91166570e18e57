/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_WRITER_H
#define NODE_WRITER_H

#include "daemon/node/node.h"

/*
 * The one thread with write transactions.  Submissions come first and share
 * transactions (group commit); every other job has one of its own, so that its failure
 * undoes nothing but itself.  A job is answered when it is on disk.
 */
struct writer_job {
	struct writer_job *next;
	/* Submissions: shared transaction; run must either change nothing and report its own
	 * refusal in the job, or succeed; a failure fails the whole group. */
	bool submission;
	size_t entries; /* at most so many rows are changed … */
	size_t bytes; /* … with so many bytes: how groups are bounded */
	/* On the writer thread, inside the transaction.  Non-zero aborts it. */
	int (*run)(struct writer_job *job, struct store_txn *txn, struct errmsg *msg);
	/* On the writer thread, after the commit (error 0) or the abort, once; the job is the
	 * callee's again.  It must not wait: it posts to a mailbox or frees. */
	void (*done)(struct writer_job *job, int error, const char *text);
};

int writer_create(struct node *node, struct writer **writer, struct errmsg *msg);

/* Any thread.  Fails with CORDON_ESHUTDOWN, CORDON_EBUSY (too many wait); done is not
 * called then. */
int writer_post(struct writer *writer, struct writer_job *job);

/* Runs what was posted, takes no more, joins the thread. */
void writer_stop(struct writer *writer);
void writer_destroy(struct writer *writer);

#endif
