/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/repairs_private.h"

#include <stddef.h>

#include "daemon/node/aside.h"
#include "daemon/node/signing.h"
#include "daemon/node/upkeep.h"

/* The patch, through the writer. */

static bool is_own(const struct repairs *repairs)
{
	return ident_state_equal(
		&repairs->now.list.owner, &repairs->node->config->node.member);
}

/* A list that is signed here takes back damaged rows, and nothing else. */
static bool may(const struct repairs *repairs)
{
	return repairs->now.stands || !is_own(repairs) ||
	       signing_of(repairs->node) != SIGNING_YES;
}

/* An own list that this node has signed before: its rows do not go unseen. */
static int put_aside(struct repairs *repairs, struct store_txn *txn,
	struct aside_wrap *wrap, struct feed *feed, struct errmsg *msg)
{
	const struct head *head = repairs->repair->patch.head;
	struct feed inner = *feed;
	bool marked;

	if (repairs->now.stands || !is_own(repairs)) {
		return 0;
	}
	if (aside_settle(txn, &repairs->copy, &inner, head, msg) != 0 ||
		aside_feed(wrap, txn, &repairs->copy, &inner, feed, &marked) != 0) {
		return store_txn_error(txn, msg);
	}
	return 0;
}

static int keep(struct repairs *repairs, struct store_txn *txn, struct errmsg *msg)
{
	int error = store_list_put(txn, &repairs->now.list, &repairs->copy);

	if (error == 0 && !repairs->now.stands && is_own(repairs)) {
		error = aside_verified(txn, &repairs->copy);
	}
	if (error == 0 && !repairs->now.stands) {
		error = store_head_put(
			txn, repairs->repair->patch.head, repairs->packed);
	}
	return error == 0 ? 0 : store_txn_error(txn, msg);
}

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct repairs *repairs =
		(struct repairs *)((char *)job - offsetof(struct repairs, job));
	struct repair *repair = repairs->repair;
	struct aside_wrap wrap;
	struct feed feed;
	bool found;
	int error = 0;

	repairs->result = APPLY_STALE;
	if (store_feed(txn, &repairs->now.list, &feed) != 0 ||
		store_list_get(txn, &repairs->now.list, &repairs->copy, &found) != 0) {
		return store_txn_error(txn, msg);
	}
	if (!may(repairs)) {
		return CORDON_EMISMATCH;
	}
	error = put_aside(repairs, txn, &wrap, &feed, msg);
	if (error != 0) {
		return error;
	}
	apply_strip(repair->entries, repair->entries_count, &repairs->context);
	repairs->result = apply_patch(
		&repairs->copy, &feed, &repair->patch, &repairs->context, &error);
	if (repairs->result == APPLY_ERROR) {
		store_txn_error(txn, msg);
		return error;
	}
	return repairs->result == APPLY_VERIFIED ? keep(repairs, txn, msg)
						 : CORDON_EMISMATCH;
}

static void deliver(struct letter *letter)
{
	struct repairs *repairs =
		(struct repairs *)((char *)letter -
				   offsetof(struct repairs, job_letter));

	repairs->committing = false;
	repairs_turn(repairs);
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct repairs *repairs =
		(struct repairs *)((char *)job - offsetof(struct repairs, job));

	if (error != 0 && error != CORDON_EMISMATCH) {
		repairs->result = APPLY_ERROR;
		errmsg_set(&repairs->text, error, "%s", text);
	}
	mailbox_post(repairs->node->mailbox, &repairs->job_letter);
}

int repairs_patch(struct repairs *repairs)
{
	int error;

	repairs->job.run = run;
	repairs->job.done = done;
	repairs->job_letter.deliver = deliver;
	upkeep_context(repairs->node, &repairs->context);
	error = committer_post(repairs->node->committer, &repairs->job);
	repairs->committing = error == 0;
	return error;
}
