/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_SERVE_H
#define CORE_REPL_SERVE_H

#include "daemon/core/repl/copy.h"

/* What a peer that pulls a list is answered.  Pure. */
enum serve_decision {
	SERVE_ROWS,       /* the chunk of rows after *from, with the head */
	SERVE_HOLD,       /* it has all that there is: decide again on the next head;
			   * when its wait is over, the empty chunk at *from */
	SERVE_UNSHARED,   /* refused: its member is not named in the head */
	SERVE_UNVERIFIED, /* refused: no verified copy here, or one being moved */
	SERVE_EPOCH, /* refused: it knows a newer epoch, or another of our number */
	SERVE_BEHIND /* refused: it has read further than our head */
};

/*
 * copy: from the read transaction that the rows come from.  asked: the position in the
 * pull, whose has_hash says that it is a verified head's.  member: the asker's, out of
 * its certificate.  Sets *from for SERVE_ROWS and SERVE_HOLD.
 */
enum serve_decision serve_decide(const struct list_copy *copy,
	const struct copy_position *asked, const struct state *member, uint64_t *from);

/* What is remembered of a list's heads around one sequence of an epoch; NULL: nothing.
 */
struct serve_around {
	const struct head *at;
	const struct head *below, *above; /* the nearest */
};

/*
 * Does the asker's verified head, of asked's epoch, stand in the history that is
 * remembered here?  False only when it cannot: there is another one in its place, or
 * none between two of which one follows the other.
 */
bool serve_may_lead(
	const struct serve_around *around, const struct copy_position *asked);

/*
 * Is copy's head told to a peer of member that watches heads?  holds: the peer holds an
 * older head of the list, by its own word or because it was told one.
 *
 * One that is named is told what it can pull here.  One that is named no longer is told
 * so once.  A node that had to erase the list itself tells its last head to whoever
 * holds an older one, named or not, and to the owner: heads travel further than
 * entries, and an owner that comes back must learn how far it had got.
 */
bool serve_tells(const struct list_copy *copy, const struct state *member, bool holds);

/* The CORDON_E… that a refusal goes out with; 0 for SERVE_ROWS and SERVE_HOLD. */
int serve_error(enum serve_decision decision);

#endif
