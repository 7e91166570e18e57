/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/scrub_private.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/node/committer.h"

/* Index keys that name no row: a lookup that comes upon one has no answer.  They are
 * found in a read transaction and removed by the writer, a few at a time. */

#define KEYS_PER_LOOK 512

struct mend_job {
	struct commit_job job;
	struct node *node;
	size_t count, removed;
	struct store_stray strays[];
};

static int mend_run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct mend_job *mend = (struct mend_job *)job;

	for (size_t i = 0; i < mend->count; i++) {
		bool removed;

		if (store_stray_remove(txn, &mend->strays[i], &removed) != 0) {
			return store_txn_error(txn, msg);
		}
		mend->removed += removed;
	}
	return 0;
}

/* The writer ends after the scrub: what is counted is the node's. */
static void mend_done(struct commit_job *job, int error, const char *text)
{
	struct mend_job *mend = (struct mend_job *)job;

	if (error != 0) {
		log_warning("scrub: index keys that name no row stay: %s", text);
	} else if (mend->removed > 0) {
		log_warning("scrub: %zu index keys that named no row are removed",
			mend->removed);
		atomic_fetch_add(&mend->node->scrubbed.indexes, mend->removed);
	}
	free(mend);
}

static int mend(struct scrub *scrub, const struct store_strays *strays)
{
	size_t bytes = strays->count * sizeof(strays->found[0]);
	struct mend_job *job = calloc(1, sizeof(*job) + bytes);
	int error = CORDON_ENOMEM;

	if (job != NULL) {
		job->node = scrub->node;
		job->count = strays->count;
		memcpy(job->strays, strays->found, bytes);
		job->job.run = mend_run;
		job->job.done = mend_done;
		error = committer_post(scrub->node->committer, &job->job);
	}
	if (error != 0) {
		free(job);
	}
	return error;
}

int scrub_indexes(struct scrub *scrub, struct errmsg *msg)
{
	struct store_strays *strays = calloc(1, sizeof(*strays));
	int error = strays == NULL ? CORDON_ENOMEM : 0;

	while (error == 0 && !strays->done) {
		if (store_read_renew(scrub->txn) != 0 ||
			store_strays_look(scrub->txn, strays, KEYS_PER_LOOK) != 0) {
			error = store_txn_error(scrub->txn, msg);
		} else if (strays->count > 0) {
			error = mend(scrub, strays);
		}
		store_read_reset(scrub->txn);
		if (error == 0 && !scrub_breathe(scrub, 0)) {
			error = CORDON_ESHUTDOWN;
		}
	}
	free(strays);
	return error;
}
