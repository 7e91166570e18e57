/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_VERIFY_LIST_H
#define NODE_VERIFY_LIST_H

#include "daemon/core/repl/copy.h"
#include "daemon/node/head_check.h"
#include "daemon/node/session.h"

/*
 * One list recomputed from its stored rows and compared:
 *
 *   1. A list that is still being loaded, or that was stopped, is not verified: said
 * so.
 *   2. Each row's sealed bytes with the hash beside them.
 *   3. The digest and the count of all rows with those kept with the list.
 *   4. The signed head: its owner's signature, and the digest and count that it states.
 *   5. What each peer that can be reached says that it holds: another digest of the
 *      same epoch and sequence is a difference; a later sequence is news on its way,
 *      and a difference when it has been for longer than VERIFY_NEWS_S.
 *
 * Each difference is a line for people; ok: there is none.
 */
#define VERIFY_NEWS_S 60

struct verify_list {
	struct store_txn *txn;
	struct list_id list;
	struct list_copy copy;
	struct digest digest;
	uint64_t live_count, entries, position;
	struct arena arena; /* lines */
	char **lines;
	size_t lines_count;
	size_t unsaid; /* differences beyond those that are listed */
	bool done;     /* all rows were read */
};

/* Begins with 1 and 4.  A zeroed one may be finished. */
int verify_list_begin(struct verify_list *v, struct store_txn *txn,
	struct head_check *check, const struct list_id *list, struct errmsg *msg);
void verify_list_finish(struct verify_list *v);

/* 2, until all rows are read or the time is reached. */
int verify_list_slice(struct verify_list *v, struct mono until, struct errmsg *msg);

/* 3 and 5, and sends the answer.  After CORDON_EBUSY it may be called again. */
int verify_list_answer(struct verify_list *v, struct node *node, struct held *held,
	uint16_t flags, struct errmsg *msg);

/*
 * 5: whoever holds the list at this epoch and sequence has news that this node should
 * have had by now: its own verified head is older than VERIFY_NEWS_S.
 */
bool verify_list_is_behind(const struct list_copy *copy, const struct epoch *epoch,
	uint64_t sequence, int64_t now_s);

#endif
