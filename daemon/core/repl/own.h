/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_OWN_H
#define CORE_REPL_OWN_H

#include "daemon/core/repl/copy.h"

/*
 * An owner's changes to its own list, inside one transaction: own_begin, any number
 * of own_put, own_publish, which makes the next head for signing.  One transaction
 * is one link of the chain of heads, however many sequences it takes.
 */
struct own_change {
	struct list_copy *copy;
	const struct feed *feed;
	struct head next;
	bool changed;
};

/* Opens the list's first epoch: EMPTY becomes FOLLOWING with sequence 0 … a head
 * without predecessor, to be published.  epoch.number: max(seen + 1, unix time). */
void own_create(struct list_copy *copy, const struct list_id *list, struct epoch epoch);

void own_begin(
	struct own_change *change, struct list_copy *copy, const struct feed *feed);

/* Gives row->sequence the next sequence, counts and digests it, puts it. */
int own_put(struct own_change *change, struct entry *row);

/* Sharing differs: takes a sequence of its own.  shared: sorted, unique. */
void own_share(struct own_change *change, const struct state *shared, size_t count);

/* Raises the floor, purging the tombstones up to it; takes a sequence of its own.  A
 * floor that is no higher changes nothing.  CORDON_EINVAL for one beyond the list. */
int own_raise_floor(struct own_change *change, uint64_t floor);

/*
 * Opens a new epoch, taking over at the standing signed head; takes a sequence of its
 * own.  Right after own_begin.  CORDON_EINVAL for an epoch that is not higher (than one
 * that was given up, either), or a list that was never published.  The oldest of
 * HEAD_BASES_MAX bases gives way.
 */
int own_reopen(struct own_change *change, struct epoch epoch);

/*
 * An epoch that was begun for want of what peers hold in an earlier one
 * (OWN_NEWS_LOST): nothing of it is taken any more, and the next epoch that is opened
 * says so by a base of sequence 0, so that whoever followed it comes back.  The rows go
 * on answering, as of a list that is not complete, and are not served, until a whole
 * read of the earlier epoch takes their place.  CORDON_EINVAL where nothing verified is
 * held, or a stage is being moved in.
 */
int own_give_up(struct list_copy *copy, const struct feed *feed);
/* For a list that is begun after that, from nothing; own_reopen does it by itself. */
void own_disown(struct own_change *change, const struct epoch *left);

/*
 * The head to be signed, in *next: a new link when anything changed (or none was ever
 * signed), else the standing head at a new time.  After signing (which sets hash) the
 * caller hands it back with own_signed.
 */
int own_publish(struct own_change *change, int64_t time_s, struct head **next);
void own_signed(struct own_change *change);

#endif
