/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/own.h"

#include <string.h>

#include "daemon/core/repl/read.h"
#include "daemon/core/repl/rows.h"
#include "daemon/core/repl/simbug.h"

void own_create(struct list_copy *copy, const struct list_id *list, struct epoch epoch)
{
	memset(copy, 0, sizeof(*copy));
	copy->phase = COPY_FOLLOWING;
	copy->head.list = *list;
	copy->head.epoch = epoch;
}

void own_begin(
	struct own_change *change, struct list_copy *copy, const struct feed *feed)
{
	change->copy = copy;
	change->feed = feed;
	change->next = copy->head;
	/* sequence 0 has no head: whatever is published first takes 1 */
	change->changed = copy->head.sequence == 0;
	if (change->changed) {
		change->next.sequence = 1;
	}
}

int own_put(struct own_change *change, struct entry *row)
{
	row->sequence = change->next.sequence + 1;
	int error = rows_replace(change->copy, change->feed, row);

	if (error == 0) {
		change->next.sequence = row->sequence;
		change->changed = true;
	}
	return error;
}

void own_share(struct own_change *change, const struct state *shared, size_t count)
{
	struct head *next = &change->next;

	if (count == next->shared_with_count &&
		(count == 0 || memcmp(shared, next->shared_with,
				       count * sizeof(*shared)) == 0)) {
		return;
	}
	memset(next->shared_with, 0, sizeof(next->shared_with));
	if (count > 0) {
		memcpy(next->shared_with, shared, count * sizeof(*shared));
	}
	next->shared_with_count = count;
	next->sequence += SIM_BUG(sharing_without_sequence) ? 0 : 1;
	change->changed = true;
}

int own_raise_floor(struct own_change *change, uint64_t floor)
{
	struct head *next = &change->next;
	int error;

	if (floor <= next->floor) {
		return 0;
	}
	if (floor > next->sequence) {
		return CORDON_EINVAL;
	}
	error = rows_purge(change->copy, change->feed, next->floor, floor);
	if (error == 0) {
		next->floor = floor;
		next->sequence++;
		change->changed = true;
	}
	return error;
}

/* Behind all that stand there. */
static void add_base(struct head *next, const struct head_base *base)
{
	if (next->bases_count == HEAD_BASES_MAX) {
		memmove(&next->bases[0], &next->bases[1],
			--next->bases_count * sizeof(next->bases[0]));
	}
	next->bases[next->bases_count++] = *base;
}

void own_disown(struct own_change *change, const struct epoch *left)
{
	const struct head_base base = { .epoch = *left };
	struct head *next = &change->next;

	if (left->number > 0 &&
		(next->bases_count == 0 ||
			left->number >
				next->bases[next->bases_count - 1].epoch.number)) {
		add_base(next, &base);
	}
	memset(&change->copy->left, 0, sizeof(change->copy->left));
}

int own_reopen(struct own_change *change, struct epoch epoch)
{
	const struct head *last = &change->copy->head;
	struct head_base base = { .epoch = last->epoch, .sequence = last->sequence };
	struct epoch left = change->copy->left;
	struct head *next = &change->next;

	if (last->sequence == 0 || epoch.number <= last->epoch.number ||
		epoch.number <= left.number) {
		return CORDON_EINVAL;
	}
	memcpy(base.hash, last->hash, HASH_BYTES);
	add_base(next, &base);
	own_disown(change, &left);
	next->epoch = epoch;
	next->sequence++;
	change->changed = true;
	return 0;
}

int own_give_up(struct list_copy *copy, const struct feed *feed)
{
	static const struct epoch nothing;
	/* where it was begun: other epochs may have taken over since */
	struct epoch left = copy->head.bases_count == 0 ? copy->head.epoch
							: copy->head.bases[0].epoch;
	int error = 0;

	if (!copy_answers(copy) || copy->phase == COPY_MOVING || left.number == 0) {
		return CORDON_EINVAL;
	}
	/* of two that were begun anew the earlier one stands for both */
	if (copy->left.number == 0 || left.number < copy->left.number) {
		copy->left = left;
	}
	memset(&copy->head, 0, sizeof(copy->head));
	copy->phase = COPY_FOLLOWING;
	copy->mixed = true;
	return read_restart(copy, feed, &nothing, &error) == APPLY_RESTART ? 0 : error;
}

int own_publish(struct own_change *change, int64_t time_s, struct head **next)
{
	const struct head *last = &change->copy->head;

	/* repeats never go back in time, whatever the clock does */
	change->next.time_s = time_s > last->time_s ? time_s : last->time_s;
	if (change->changed || SIM_BUG(repeats_as_links)) {
		int error = digest_hash(&change->copy->digest, change->next.digest);

		if (error != 0) {
			return error;
		}
		change->next.live_count = change->copy->live_count;
		change->next.has_previous = last->sequence != 0;
		memcpy(change->next.previous, last->hash, HASH_BYTES);
	}
	*next = &change->next;
	return 0;
}

void own_signed(struct own_change *change)
{
	change->copy->head = change->next;
	change->changed = false;
}
