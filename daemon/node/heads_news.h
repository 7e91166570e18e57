/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_HEADS_NEWS_H
#define NODE_HEADS_NEWS_H

#include "daemon/node/served.h"

/* When a head was signed, and of what. */
struct heads_mark {
	struct epoch epoch;
	uint64_t sequence;
	int64_t time_s;
};

/* What the asker has of a list. */
struct heads_known {
	bool any;  /* it has something: it said so, or it was sent … */
	bool sent; /* … from here, as its own to have */
	struct heads_mark mark;
	uint8_t hash[HASH_BYTES];
};

/*
 * Does a list's head go out to an asker?
 *
 *   1. It is shared with the asker and passed on here: its head, where it is news to
 *      the asker by (epoch, sequence, time).
 *   2. It is not shared with the asker, and the head that says so is good here (passed
 *      on, or kept after the sharing with this node ended too): that head, once, and
 *      only to those who hold an earlier state of the list.  That they do is not taken
 *      from their word alone, which would tell anybody the size of any list: the head
 *      that they name must be one that is remembered here and that named them, or they
 *      must have acknowledged it while the list was theirs.
 *   3. Its sharing with this node has ended, and the asker is still named: the head
 *      that ended it, where the asker holds an older one, or is of the owner's member.
 *   4. Anything else: nothing, not even that the list exists.
 *
 * served: list and copy are set; its packed head is set for the answer.  member: the
 * asker's.  0 with *yes, or the transaction's error.
 */
int heads_news(struct store_txn *txn, const struct heads_known *known,
	const struct state *member, struct served *served, bool *yes);

/* What is known once head was sent. */
void heads_sent(
	struct heads_known *known, const struct head *head, const struct state *member);

#endif
