/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/serve.h"
#include "daemon/core/repl/simbug.h"

#include <string.h>

/* The asker's verified head is the one that this epoch took over from. */
static bool took_over(const struct head *head, const struct copy_position *asked)
{
	for (size_t i = 0; i < head->bases_count; i++) {
		const struct head_base *base = &head->bases[i];

		if (asked->has_hash && epoch_equal(&base->epoch, &asked->epoch) &&
			base->sequence == asked->after &&
			memcmp(base->hash, asked->head_hash, HASH_BYTES) == 0) {
			return true;
		}
	}
	return false;
}

static enum serve_decision same_epoch(
	const struct head *head, const struct copy_position *asked, uint64_t *from)
{
	if (asked->epoch.tag != head->epoch.tag) {
		return SERVE_EPOCH;
	}
	if (asked->after > head->sequence) {
		return SERVE_BEHIND;
	}
	*from = asked->after;
	/* another head of our sequence: our own shows the asker the fork */
	return asked->after == head->sequence &&
			       (!asked->has_hash || memcmp(asked->head_hash, head->hash,
							    HASH_BYTES) == 0)
		       ? SERVE_HOLD
		       : SERVE_ROWS;
}

/*
 * 1. Nothing goes to a member that the owner does not name, and nothing that is not
 *    exactly what the owner signed.
 * 2. Epoch 0 asks for everything from nothing.
 * 3. In our epoch: on from there; what has nothing to come yet waits.
 * 4. From an older epoch: on from there when ours took over at that very head, else
 *    from nothing.  A newer one than ours is refused.
 */
enum serve_decision serve_decide(const struct list_copy *copy,
	const struct copy_position *asked, const struct state *member, uint64_t *from)
{
	const struct head *head = &copy->head;

	if (copy->phase == COPY_EMPTY || head->sequence == 0) { /* 1 */
		return SERVE_UNVERIFIED;
	}
	if (!head_shared_with(head, member) && !SIM_BUG(ignore_shared_with)) {
		return SERVE_UNSHARED;
	}
	if (!copy_serves(copy)) {
		return SERVE_UNVERIFIED;
	}
	if (asked->epoch.number == 0) { /* 2 */
		*from = 0;
		return SERVE_ROWS;
	}
	if (asked->epoch.number == head->epoch.number) { /* 3 */
		return same_epoch(head, asked, from);
	}
	if (asked->epoch.number > head->epoch.number) { /* 4 */
		return SERVE_EPOCH;
	}
	*from = took_over(head, asked) ? asked->after : 0;
	return SERVE_ROWS;
}

bool serve_may_lead(
	const struct serve_around *around, const struct copy_position *asked)
{
	const struct head *below = around->below, *above = around->above;

	if (!asked->has_hash) {
		return true;
	}
	if (around->at != NULL) {
		return memcmp(around->at->hash, asked->head_hash, HASH_BYTES) == 0;
	}
	if (above != NULL && !above->has_previous) {
		return false; /* the list began behind it */
	}
	return above == NULL || below == NULL ||
	       memcmp(above->previous, below->hash, HASH_BYTES) != 0;
}

bool serve_tells(const struct list_copy *copy, const struct state *member, bool holds)
{
	if (copy->head.sequence == 0) {
		return false;
	}
	if (copy_serves(copy)) {
		return holds || head_shared_with(&copy->head, member);
	}
	return copy->phase == COPY_UNSHARED &&
	       (holds || ident_state_equal(member, &copy->head.list.owner));
}

int serve_error(enum serve_decision decision)
{
	switch (decision) {
	case SERVE_ROWS:
	case SERVE_HOLD:
		break;
	case SERVE_UNSHARED:
		return CORDON_ENOTSHARED;
	case SERVE_UNVERIFIED:
	case SERVE_BEHIND:
		return CORDON_EUNVERIFIED;
	case SERVE_EPOCH:
		return CORDON_EEPOCH;
	}
	return 0;
}
