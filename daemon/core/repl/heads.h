/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_HEADS_H
#define CORE_REPL_HEADS_H

#include "daemon/core/repl/apply.h"

/* What a head says by itself, alone or with a chunk.  Inside core/repl only. */

/*
 * APPLY_PARTIAL: nothing speaks against it, *copy is as it was.  Else as apply_chunk;
 * the end of the sharing is carried out.
 */
enum apply_result heads_take(struct list_copy *copy, const struct feed *feed,
	const struct head *head, const struct state *member, int *error);

/* The same epoch, or a later one that took over exactly where this copy stands. */
bool heads_go_on(const struct list_copy *copy, const struct head *head);

/*
 * A later epoch has to say which earlier ones it took over from.  One that names none
 * of the history held was begun by an owner that had lost its own (or by a thief of its
 * key): following it would drop all that is held.  True for such a head, where there is
 * something to be dropped (rows), and for what goes back no further than the epoch
 * left, if that has a number.
 */
bool heads_strange(const struct head *held, bool rows, const struct epoch *left,
	const struct head *head);

/* Was what head goes back to begun with the epoch that was left, or after it? */
bool heads_left(const struct epoch *left, const struct head *head);

/* Is there something to be dropped? */
bool heads_have_rows(const struct list_copy *copy);

/* The epoch of either goes back to that of the other, or both to a third, or the later
 * one to an earlier one than the other does. */
bool heads_related(const struct head *a, const struct head *b);

#endif
