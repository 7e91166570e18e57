/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/retire.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/repl/own.h"
#include "daemon/node/aside.h"

static enum signing of_news(enum own_news news, enum signing same)
{
	switch (news) {
	case OWN_NEWS_BEHIND:
	case OWN_NEWS_LOST:
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
	return news == OWN_NEWS_BEHIND || news == OWN_NEWS_LOST
		       ? signing
		       : of_news(news, signing);
}

bool retire_wanted(enum signing signing, enum own_news news)
{
	return news == OWN_NEWS_LOST
		       ? signing == SIGNING_YES || signing == SIGNING_BEHIND
		       : retire_signing(signing, news) != signing;
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

/* What this node alone has of its lists is not lost. */
static int put_aside(struct retire_job *job, struct store_txn *txn,
	const struct list_copy *copy, const struct feed *feed, struct errmsg *msg)
{
	int error = aside_mark(job->node, txn, job->signing == SIGNING_FORKED, msg);

	return error == 0 ? aside_settle(txn, copy, feed, &job->head, msg) : error;
}

/* What was signed for want of the peers' records makes room for them. */
static int give_up(struct store_txn *txn, const struct list_copy *copy,
	const struct feed *feed, struct errmsg *msg)
{
	struct list_copy after = *copy;
	int error = own_give_up(&after, feed);

	if (error == CORDON_EINVAL) {
		return 0; /* it is being moved: the peer tells again */
	}
	if (error == 0) {
		error = aside_all(txn, copy, feed);
	}
	if (error == 0) {
		error = store_list_put(txn, &feed->list, &after);
	}
	return error == 0 ? 0 : store_txn_error(txn, msg);
}

static int run(struct commit_job *base, struct store_txn *txn, struct errmsg *msg)
{
	struct retire_job *job = (struct retire_job *)base;
	enum signing signing = signing_of(job->node);
	struct list_copy copy;
	enum own_news news;
	struct feed feed;
	int error = 0;
	bool found;

	if (store_list_get(txn, &job->head.list, &copy, &found) != 0 ||
		store_feed(txn, &job->head.list, &feed) != 0) {
		return store_txn_error(txn, msg);
	}
	news = own_news(&copy, &job->head);
	job->signing = retire_signing(signing, news);
	if (!retire_wanted(signing, news)) {
		return 0;
	}
	if (signing_put(txn, job->signing) != 0) {
		return store_txn_error(txn, msg);
	}
	if (signing == SIGNING_YES) {
		error = put_aside(job, txn, &copy, &feed, msg);
	}
	return error == 0 && news == OWN_NEWS_LOST ? give_up(txn, &copy, &feed, msg)
						   : error;
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
