/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_RETIRE_H
#define NODE_RETIRE_H

#include "daemon/core/repl/own_news.h"
#include "daemon/node/committer.h"
#include "daemon/node/signing.h"

/*
 * A node that hears of a head of its own lists which it did not sign: a signer stops,
 * at once (node->signs) and for good in a transaction of the writer's, which looks
 * again; others learn where they stand.
 */
struct retire_job {
	struct commit_job job;
	struct letter letter;
	struct node *node;
	/* On main, when it is on disk or failed; the job is its own again. */
	void (*finished)(struct retire_job *job);
	void *context;
	size_t peer;      /* who told it */
	struct head head; /* authentic */
	struct bytes packed;
	enum signing signing; /* after it */
	int error;
	uint8_t data[]; /* packed's */
};

/* What such a head makes of a node in this role; the same: nothing. */
enum signing retire_signing(enum signing signing, enum own_news news);
/* Is anything to be done about it?  Lists that were begun for want of records that a
 * peer turns out to hold are given up, one by one, by a node that has stopped already.
 */
bool retire_wanted(enum signing signing, enum own_news news);

/* Copies head and packed; NULL without memory. */
struct retire_job *retire_create(
	struct node *node, const struct head *head, struct bytes packed);
/* Hands it to the writer.  Main. */
int retire_post(struct retire_job *job);

#endif
