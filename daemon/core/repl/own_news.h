/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_OWN_NEWS_H
#define CORE_REPL_OWN_NEWS_H

#include "daemon/core/repl/copy.h"

/*
 * What a peer's head of an own list means for the node that signs it: nobody else can
 * have signed it but another holder of the key, or this node before its store went back
 * in time.  Pure.
 */
enum own_news {
	OWN_NEWS_NONE,   /* what this node signed, or older */
	OWN_NEWS_BEHIND, /* more of this epoch than the store has */
	OWN_NEWS_LATER,  /* a later epoch: somebody else has taken over */
	/* Records of an earlier epoch that ours knows nothing of: it was begun with an
	 * empty store, and its heads are not followed where these records are. */
	OWN_NEWS_LOST,
	OWN_NEWS_FORK /* one number with two tags, or one sequence with two heads */
};

enum own_news own_news(const struct list_copy *copy, const struct head *head);

/* Where a later epoch's line left the epoch; NULL: it names no such base. */
const struct head_base *own_base(const struct head *later, const struct epoch *epoch);

/*
 * Up to which sequence the list of ours and that of theirs, a later epoch, are known to
 * be the same: where the latest epoch that both go back to was left by the first of
 * them.  False when they name none: nothing is known.  Whether the base in our own
 * epoch is a head of ours is for the caller to look up (own_base).
 */
bool own_common(const struct head *ours, const struct head *theirs, uint64_t *sequence);

/* Where the epoch of head began: every earlier row was there when it was opened. */
uint64_t own_opening(const struct head *head);

#endif
