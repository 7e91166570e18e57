/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/retire.h"

#include <stdlib.h>
#include <string.h>

static enum signing of_news(enum own_news news, enum signing same)
{
	switch (news) {
	case OWN_NEWS_BEHIND:
		return SIGNING_BEHIND;
	case OWN_NEWS_LATER:
		return SIGNING_SUPERSEDED;
	case OWN_NEWS_FORK:
		return SIGNING_FORKED;
	case OWN_NEWS_NONE:
		break;
	}
	return same;
}

/*
 * 1. Who never signed has nothing to give up.
 * 2. Who does not sign any more follows, and need not be behind for long; but a later
 *    epoch, or a fork, changes what is to be done.
 */
enum signing retire_signing(enum signing signing, enum own_news news)
{
	switch (signing) {
	case SIGNING_NEVER: /* 1 */
	case SIGNING_STANDBY:
		return signing;
	case SIGNING_NEW:
		return news == OWN_NEWS_NONE ? signing : SIGNING_BEHIND;
	case SIGNING_YES:
		return of_news(news, signing);
	case SIGNING_BEHIND: /* 2 */
	case SIGNING_SUPERSEDED:
	case SIGNING_FORKED:
		break;
	}
	return news == OWN_NEWS_BEHIND ? signing : of_news(news, signing);
}

struct retire_job *retire_create(
	struct node *node, const struct head *head, struct bytes packed)
{
	struct retire_job *job = calloc(1, sizeof(*job) + packed.size);

	if (job == NULL) {
		return NULL;
	}
	memcpy(job->data, packed.data, packed.size);
	job->node = node;
	job->head = *head;
	job->packed = (struct bytes){ job->data, packed.size };
	return job;
}

static int run(struct commit_job *base, struct store_txn *txn, struct errmsg *msg)
{
	struct retire_job *job = (struct retire_job *)base;
	enum signing signing = signing_of(job->node);
	struct list_copy copy;
	bool found;
	int error = store_list_get(txn, &job->head.list, &copy, &found);

	if (error == 0) {
		job->signing = retire_signing(signing, own_news(&copy, &job->head));
		error = job->signing == signing ? 0 : signing_put(txn, job->signing);
	}
	return error == 0 ? 0 : store_txn_error(txn, msg);
}

/* A node that could not write it down has stopped all the same. */
static void done(struct commit_job *base, int error, const char *text)
{
	struct retire_job *job = (struct retire_job *)base;

	job->error = error;
	if (error == 0) {
		signing_set(job->node, job->signing);
	} else {
		log_error(
			"own lists: nothing is signed any more, but that could not be "
			"kept: %s",
			text);
	}
	mailbox_post(job->node->mailbox, &job->letter);
}

static void deliver(struct letter *letter)
{
	struct retire_job *job =
		(struct retire_job *)((char *)letter -
				      offsetof(struct retire_job, letter));

	job->finished(job);
}

int retire_post(struct retire_job *job)
{
	job->job.run = run;
	job->job.done = done;
	job->letter.deliver = deliver;
	return committer_post(job->node->committer, &job->job);
}
