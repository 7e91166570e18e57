/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_READ_H
#define CORE_REPL_READ_H

#include "daemon/core/repl/apply.h"

/*
 * A read longer than one transaction.  The feed moves under the reader, so it keeps
 * base, position and high (copy.h):
 *
 *   - A row that changes while it is read comes again at its new sequence.
 *   - A row that is withdrawn leaves a tombstone behind the position, which comes
 *     too, unless the owner's floor has purged it.  Tombstones up to base were
 *     there before the read began; those up to the position were read.  Hence: floor >
 *     max(base, position) means that one may have been missed, and the read begins
 *     from nothing.
 *   - Only a head that is not lower than any seen (high) verifies.
 *
 * A first load reads into live (LOADING); everything else into the stage.
 */
enum read_how {
	READ_BEGIN,       /* from the verified head: the stage holds what differs */
	READ_BEGIN_WHOLE, /* from nothing */
	READ_ON
};

/* Takes the entries; at the end of the feed verifies.  As apply_chunk. */
enum apply_result read_chunk(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, enum read_how how, int *error);

/* Drops what was read and begins from nothing.  APPLY_RESTART or APPLY_ERROR. */
enum apply_result read_restart(struct list_copy *copy, const struct feed *feed,
	const struct epoch *epoch, int *error);

#endif
