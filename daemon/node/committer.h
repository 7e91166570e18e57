/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_COMMITTER_H
#define NODE_COMMITTER_H

#include "daemon/node/node.h"

struct own_lists;

#define COMMITTER_PATIENCE_MS 50

/*
 * The one thread with write transactions.  Submissions come first and share
 * transactions (group commit); every other job has one of its own, so that its failure
 * undoes nothing but itself.  A job is answered when it is on disk.
 */
struct commit_job {
	struct commit_job *next;
	/* Submissions: shared transaction; run must either change nothing and report
	 * its own refusal in the job, or succeed; a failure fails the whole group. */
	bool submission;
	/* Nobody waits for it: it may wait for more of its kind, COMMITTER_PATIENCE_MS
	 * at most.  Not of submissions. */
	bool patient;
	size_t entries; /* at most so many rows are changed … */
	size_t bytes;   /* … with so many bytes: how groups are bounded */
	/* Submissions: the own lists, open inside the transaction; set by the writer.
	 */
	struct own_lists *lists;
	/* On the writer thread, inside the transaction.  Non-zero aborts it. */
	int (*run)(struct commit_job *job, struct store_txn *txn, struct errmsg *msg);
	/* On the writer thread, after the commit (error 0) or the abort, once; the job
	 * is the callee's again.  It must not wait: it posts to a mailbox or frees. */
	void (*done)(struct commit_job *job, int error, const char *text);
};

int committer_create(
	struct node *node, struct committer **committer, struct errmsg *msg);

/* Any thread.  Fails with CORDON_ESHUTDOWN, CORDON_EBUSY (too many wait); done is not
 * called then. */
int committer_post(struct committer *committer, struct commit_job *job);

/* Runs what was posted, takes no more, joins the thread. */
void committer_stop(struct committer *committer);
void committer_destroy(struct committer *committer);

#endif
