/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/scrub_private.h"

#include <stdlib.h>

#include "daemon/core/repl/copy.h"
#include "daemon/node/committer.h"

/*
 * Index keys that whole rows lack.  The writer looks, whose rules for keys these are,
 * at a few rows at a time between its other work; where nothing is missing it writes
 * nothing.
 */

#define ROWS_PER_LOOK 128

struct keys_job {
	struct commit_job job;
	struct scrub *scrub;
	struct list_id list;
	struct store_mending mending;
	int error;
	struct errmsg text;
	bool done; /* under the scrub's lock */
};

/* A list that is loading gets its keys at the end. */
static int run(struct commit_job *base, struct store_txn *txn, struct errmsg *msg)
{
	struct keys_job *job = (struct keys_job *)base;
	struct list_copy copy;
	bool found;
	int error = store_list_get(txn, &job->list, &copy, &found);

	if (error == 0 && (!found || !copy_serves(&copy))) {
		job->mending.done = true;
		return 0;
	}
	if (error == 0) {
		error = store_mend_keys(txn, &job->list, &job->mending, ROWS_PER_LOOK);
	}
	return error == 0 ? 0 : store_txn_error(txn, msg);
}

static void done(struct commit_job *base, int error, const char *text)
{
	struct keys_job *job = (struct keys_job *)base;
	struct scrub *scrub = job->scrub;

	pthread_mutex_lock(&scrub->lock);
	job->error = error == 0 ? 0 : errmsg_set(&job->text, error, "%s", text);
	job->done = true;
	pthread_cond_broadcast(&scrub->wake);
	pthread_mutex_unlock(&scrub->lock);
}

/* The writer outlives the scrub: each job comes back. */
static int look(struct scrub *scrub, struct keys_job *job, struct errmsg *msg)
{
	int error;

	job->done = false;
	job->job.run = run;
	job->job.done = done;
	error = committer_post(scrub->node->committer, &job->job);
	if (error != 0) {
		return error == CORDON_EBUSY
			       ? 0 /* the next look is the same again */
			       : errmsg_set(msg, error, "look for index keys");
	}
	pthread_mutex_lock(&scrub->lock);
	while (!job->done) {
		pthread_cond_wait(&scrub->wake, &scrub->lock);
	}
	pthread_mutex_unlock(&scrub->lock);
	if (job->error != 0) {
		*msg = job->text;
	}
	return job->error;
}

int scrub_keys(struct scrub *scrub, const struct list_id *list, struct errmsg *msg)
{
	struct keys_job *job = calloc(1, sizeof(*job));
	char text[LIST_TEXT_MAX];
	int error = job == NULL ? CORDON_ENOMEM : 0;

	if (job != NULL) {
		job->scrub = scrub;
		job->list = *list;
	}
	while (error == 0 && !job->mending.done) {
		error = look(scrub, job, msg);
		if (error == 0 && !scrub_breathe(scrub, 0)) {
			error = CORDON_ESHUTDOWN;
		}
	}
	if (job != NULL && job->mending.rows > 0) {
		ident_list_text(list, text);
		log_warning("%s: %zu rows lacked index keys, which are there again",
			text, job->mending.rows);
		atomic_fetch_add(&scrub->node->scrubbed.indexes, job->mending.rows);
	}
	free(job);
	return error;
}
