/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_PATCH_H
#define CORE_REPL_PATCH_H

#include "daemon/core/repl/apply.h"

/*
 * A patch makes live exactly what a signed head says by a few rows, whatever is wrong
 * with those that it replaces: damaged rows, rows of an epoch that was given up, rows
 * that an older disk lacks.  Where it comes from proves nothing: it is committed only
 * when the set as a whole is then the one that the owner signed.
 *
 * Damage.  The digest that is kept goes along with each change, so a row that was
 * damaged where it lies shows in the rows and not in what is kept of them.  What a walk
 * over all readable rows sums up to, less what is kept, is the damage; it stays the
 * same while good changes go on, and a patch brings it as its correction, so that
 * nothing has to be counted anew inside the transaction.
 */
struct patch_correction {
	struct digest digest;
	uint64_t live_count; /* modulo 2^64 */
};

/* Of a walk over all rows of the state that copy is of.  What cannot be read is left
 * out of the sum. */
void patch_correction_make(struct patch_correction *correction,
	const struct digest *summed, uint64_t live_count, const struct list_copy *copy);
bool patch_correction_none(const struct patch_correction *correction);

struct patch {
	const struct head *head; /* authentic */
	/* Take the place of their ids' rows, and of what stands at their sequences. */
	const struct entry *entries;
	size_t entries_count;
	/* Live's rows at these sequences go, readable or not. */
	const uint64_t *gone;
	size_t gone_count;
	const struct patch_correction *correction; /* NULL: none */
	/*
	 * The list goes on meanwhile (it is signed here, or followed): live must be
	 * what the copy's own head says, which is head or a later one of its epoch;
	 * rows that changed after head stay.  Otherwise head takes the place of the
	 * copy's.
	 */
	bool stands;
};

/*
 * Applies patch in one transaction, to a copy that answers (not while a stage is moved
 * in).  A read under way is given up.
 *
 *   APPLY_VERIFIED  live is what the head says
 *   APPLY_STALE     a head lower than the verified one; the copy's phase does not fit
 *   APPLY_UNSURE    as for a chunk
 *   APPLY_BROKEN    out of form, over APPLY_ENTRIES_MAX
 *   APPLY_MISMATCH  live would not be what the head says
 *   APPLY_FORK, APPLY_UNSHARED, APPLY_ERROR as for a chunk
 *
 * As apply_chunk otherwise: after a failure the caller aborts the transaction.  No
 * apply_again is needed, a patch that does not fit says nothing about the copy.
 */
enum apply_result apply_patch(struct list_copy *copy, const struct feed *feed,
	const struct patch *patch, const struct apply_context *context, int *error);

#endif
