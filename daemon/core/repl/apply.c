/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/apply.h"

#include <string.h>

#include "daemon/core/repl/heads.h"
#include "daemon/core/repl/read.h"
#include "daemon/core/repl/rows.h"
#include "daemon/core/repl/simbug.h"

bool apply_failed(enum apply_result result)
{
	return result >= APPLY_BROKEN;
}

static enum apply_result failed(int code, int *error)
{
	*error = code;
	return APPLY_ERROR;
}

/* Entries in order, within bounds, of this owner, none that the floor has purged. */
static bool well_formed(const struct feed *feed, const struct chunk *chunk)
{
	uint64_t last = chunk->after;

	if (chunk->up_to < chunk->after || chunk->up_to > chunk->head->sequence ||
		chunk->entries_count > APPLY_ENTRIES_MAX) {
		return false;
	}
	for (size_t i = 0; i < chunk->entries_count; i++) {
		const struct entry *row = &chunk->entries[i];

		if (row->sequence <= last || row->sequence > chunk->up_to ||
			!ident_record_id_valid(
				(const char *)row->id.data, row->id.size) ||
			memcmp(row->id.data, feed->list.owner.code, 3) != 0 ||
			(row->state == ENTRY_WITHDRAWN &&
				row->sequence <= chunk->head->floor)) {
			return false;
		}
		last = row->sequence;
	}
	/* a chunk that reads on must get somewhere */
	return chunk->entries_count > 0 || chunk->up_to == chunk->head->sequence;
}

/* All that was missing, small enough for one transaction: live, and only if it fits. */
static enum apply_result apply_direct(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, int *error)
{
	bool equal;
	int code = rows_replace_all(
		copy, feed, chunk->entries, chunk->entries_count, chunk->sum);

	if (code == 0) {
		code = rows_purge(copy, feed, copy->head.floor, chunk->head->floor);
	}
	if (code == 0) {
		code = rows_match(&copy->digest, copy->live_count, chunk->head, &equal);
	}
	if (code != 0) {
		return failed(code, error);
	}
	if (!equal && !SIM_BUG(unverified_batch)) {
		return APPLY_MISMATCH;
	}
	copy->head = *chunk->head;
	return APPLY_VERIFIED;
}

/*
 * Live is exactly what its head says, and nothing is being read.
 *   1. Only a newer head brings anything, the same one perhaps a later time.
 *   2. What begins at nothing is a whole read.
 *   3. Tombstones may have been purged that this copy never saw: from nothing.
 *   4. Else it must go on where live stands, in this epoch or one that took over there.
 */
static enum apply_result apply_following(struct list_copy *copy,
	const struct feed *feed, const struct chunk *chunk, int *error)
{
	const struct head *head = chunk->head;
	int news = copy_head_order(head, &copy->head);

	if (news < 0) { /* 1 */
		return APPLY_STALE;
	}
	if (news == 0) {
		if (head->time_s > copy->head.time_s) {
			copy->head.time_s = head->time_s;
		}
		return APPLY_SAME;
	}
	if (chunk->after == 0) { /* 2 */
		return read_chunk(copy, feed, chunk, READ_BEGIN_WHOLE, error);
	}
	if (!heads_go_on(copy, head) || chunk->after != copy->head.sequence) {
		return APPLY_STALE;
	}
	if (head->floor > copy->head.sequence && !SIM_BUG(skip_floor_check)) { /* 3 */
		return read_restart(copy, feed, &head->epoch, error);
	}
	return chunk->up_to == head->sequence /* 4 */
		       ? apply_direct(copy, feed, chunk, error)
		       : read_chunk(copy, feed, chunk, READ_BEGIN, error);
}

/* What was staged is given up for a chunk that goes on from live. */
static enum apply_result apply_anew(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, int *error)
{
	int code = SIM_BUG(keep_old_stage)
			   ? 0
			   : feed->ops->clear(feed->context, FEED_STAGE);

	if (code != 0) {
		return failed(code, error);
	}
	copy->phase = COPY_FOLLOWING;
	return apply_following(copy, feed, chunk, error);
}

/*
 * A read is under way.
 *   1. Only what is newer than the verified head is read, or the same again over rows
 *      that are damaged.
 *   2. A chunk at the position, in the epoch that is read, goes on, unless the floor
 *      has passed it.
 *   3. One from nothing, in whatever epoch, begins anew.
 *   4. So does one from the verified head.
 */
static enum apply_result apply_reading(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, int *error)
{
	const struct head *head = chunk->head;
	uint64_t seen = copy->base > copy->position ? copy->base : copy->position;

	if (copy_head_order(head, &copy->head) < (copy->mixed ? 0 : 1)) { /* 1 */
		return APPLY_STALE;
	}
	if (chunk->after == copy->position &&
		epoch_equal(&copy->read_epoch, &head->epoch)) { /* 2 */
		return copy->position != 0 && head->floor > seen &&
				       !SIM_BUG(skip_floor_check)
			       ? read_restart(copy, feed, &head->epoch, error)
			       : read_chunk(copy, feed, chunk, READ_ON, error);
	}
	if (chunk->after == 0) { /* 3 */
		return read_chunk(copy, feed, chunk, READ_BEGIN_WHOLE, error);
	}
	if (copy->phase == COPY_STAGING && !copy->mixed && heads_go_on(copy, head) &&
		chunk->after == copy->head.sequence) { /* 4 */
		return apply_anew(copy, feed, chunk, error);
	}
	return APPLY_STALE;
}

/* A new epoch goes on where the list was stopped, or from nothing. */
static enum apply_result apply_stopped(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, int *error)
{
	if (copy->head.sequence == 0) {
		copy->head = copy->high; /* see end_read */
		copy->phase = copy->head.sequence == 0 ? COPY_EMPTY : COPY_UNSHARED;
	} else if (!copy->mixed) {
		copy->phase = COPY_FOLLOWING;
		return apply_following(copy, feed, chunk, error);
	}
	return chunk->after == 0
		       ? read_chunk(copy, feed, chunk, READ_BEGIN_WHOLE, error)
		       : APPLY_STALE;
}

enum apply_result apply_chunk(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, const struct apply_context *context, int *error)
{
	enum apply_result result =
		heads_take(copy, feed, chunk->head, &context->member, error);

	if (result != APPLY_PARTIAL) {
		return result;
	}
	if (!well_formed(feed, chunk)) {
		return APPLY_BROKEN;
	}
	result = apply_stubs(chunk->entries, chunk->entries_count, context);
	if (result != APPLY_PARTIAL) {
		return result;
	}
	switch (copy->phase) {
	case COPY_EMPTY:
	case COPY_UNSHARED:
		return chunk->after == 0
			       ? read_chunk(copy, feed, chunk, READ_BEGIN_WHOLE, error)
			       : APPLY_STALE;
	case COPY_FOLLOWING:
		return apply_following(copy, feed, chunk, error);
	case COPY_LOADING:
	case COPY_STAGING:
		return apply_reading(copy, feed, chunk, error);
	case COPY_STOPPED:
		return apply_stopped(copy, feed, chunk, error);
	case COPY_MOVING:
		break;
	}
	return APPLY_STALE;
}

/* Live's rows, counted anew, are not what its head says? */
static int damaged(struct list_copy *copy, const struct feed *feed, bool *yes)
{
	bool equal = false;
	int error = rows_recount(copy, feed);

	if (error == 0) {
		error = rows_match(
			&copy->digest, copy->live_count, &copy->head, &equal);
	}
	*yes = !equal;
	return error;
}

enum apply_result apply_again(
	struct list_copy *copy, const struct feed *feed, int *error)
{
	bool moving = copy->phase == COPY_MOVING;
	enum apply_result result;
	bool own = false;
	int code = 0;

	if (copy_answers(copy) && (moving || !copy->mixed)) { /* 1 */
		code = damaged(copy, feed, &own);
	}
	if (code != 0) {
		return failed(code, error);
	}
	copy->mixed = copy->mixed || own || moving;
	if (!copy_reads(copy) && !own) { /* 2 */
		return APPLY_MISMATCH;
	}
	result = read_restart(copy, feed, &copy->head.epoch, error); /* 3 */
	return result == APPLY_RESTART && !own && !moving ? APPLY_MISMATCH : result;
}

enum apply_result apply_reload(
	struct list_copy *copy, const struct feed *feed, int *error)
{
	enum apply_result result;

	if (copy->phase != COPY_FOLLOWING && copy->phase != COPY_STAGING) {
		return APPLY_STALE;
	}
	result = read_restart(copy, feed, &copy->head.epoch, error);
	copy->mixed = copy->mixed || result == APPLY_RESTART;
	return result;
}
