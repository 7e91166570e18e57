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

#endif
