/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_HEADS_SET_H
#define NODE_HEADS_SET_H

#include "daemon/store/store.h"

/*
 * Heads of one list from several sources, to be held against each other.  Each comes
 * packed and is kept so, for a proof is nothing but what its owner signed.
 */
#define HEADS_SET_MAX 768

struct heads_set {
	struct list_id list;
	struct head *heads;
	struct bytes *packed;
	size_t count, room;
	int error; /* the first; later calls do nothing */
	struct arena arena;
};

/* room: the most heads, up to HEADS_SET_MAX; others are left out. */
void heads_set_init(struct heads_set *set, const struct list_id *list, size_t room);
void heads_set_finish(struct heads_set *set);

/* Copies one; {NULL, 0} is none.  CORDON_EPROTO for what is no head of the list. */
int heads_set_add(struct heads_set *set, struct bytes packed, struct errmsg *msg);
/* Those of epoch that are remembered in the store from from to to, and the nearest
 * below and above. */
int heads_set_add_stored(struct heads_set *set, struct store_txn *txn,
	const struct epoch *epoch, uint64_t from, uint64_t to);
/* What the store remembers of head (by its epoch and sequence). */
int heads_set_add_kept(
	struct heads_set *set, struct store_txn *txn, const struct head *head);

/* As evidence_find; *packed are the heads of the proof, borrowed from the set. */
enum evidence_kind heads_set_find(const struct heads_set *set,
	struct evidence *evidence, struct store_evidence *packed);

#endif
