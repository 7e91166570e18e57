/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/upkeep_private.h"

/*
 * Content of records that ended long ago and that their owner has not withdrawn: what
 * stays are the hashes, so that digests do too.  What this node signs it withdraws.
 */

static bool collect(void *context, int64_t when, struct bytes id)
{
	(void)when;
	return upkeep_ids_add(context, id);
}

static int erase(struct store_txn *txn, struct bytes id)
{
	struct store_row row;
	struct entry stub;
	struct feed feed;
	bool found;
	int error = store_find(txn, (const char *)id.data, id.size, &row, &found);

	if (error != 0 || !found) {
		return error;
	}
	error = store_feed(txn, &row.list, &feed);
	stub = row.entry;
	stub.sealed = (struct bytes){ NULL, 0 };
	return error == 0 ? feed.ops->put(feed.context, FEED_LIVE, &stub) : error;
}

static int erase_of(struct upkeep_job *job, struct store_txn *txn,
	const struct state *owner, struct errmsg *msg)
{
	int64_t until_s = job->context.now_s - job->context.erase_after_s;
	struct upkeep_ids ids;
	int error = upkeep_ids_init(&ids, msg);

	if (error == 0 && store_ended(txn, owner, until_s, collect, &ids) != 0) {
		error = store_txn_error(txn, msg);
	}
	for (size_t i = 0; error == 0 && i < ids.count; i++) {
		error = erase(txn, upkeep_ids_get(&ids, i));
		if (error != 0) {
			store_txn_error(txn, msg);
		}
		job->done += error == 0;
	}
	job->more |= ids.count == UPKEEP_BATCH;
	upkeep_ids_finish(&ids);
	return error;
}

static int erase_all(struct upkeep_job *job, struct store_txn *txn, struct arena *arena,
	struct errmsg *msg)
{
	const struct state *self = &job->node->config->node.member;
	bool signs = atomic_load(&job->node->signs);
	struct list_id *lists;
	size_t count;
	int error = 0;

	if (store_lists(txn, arena, &lists, &count) != 0) {
		return store_txn_error(txn, msg);
	}
	for (size_t i = 0; error == 0 && !job->more && i < count; i++) {
		const struct state *owner = &lists[i].owner;
		bool own = signs && ident_state_equal(owner, self);

		/* they come in order: each owner once */
		if (!own &&
			(i == 0 || !ident_state_equal(&lists[i - 1].owner, owner))) {
			error = erase_of(job, txn, owner, msg);
		}
	}
	return error;
}

int upkeep_erase(struct upkeep_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct arena arena;
	int error;

	if (!job->context.trusted) {
		return 0;
	}
	arena_init(&arena, 0);
	error = erase_all(job, txn, &arena, msg);
	arena_finish(&arena);
	return error;
}
