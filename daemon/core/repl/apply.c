/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/apply.h"

#include <string.h>

#include "daemon/core/repl/read.h"
#include "daemon/core/repl/rows.h"

bool apply_failed(enum apply_result result)
{
	return result >= APPLY_BROKEN;
}

/* One epoch number with two tags, or one (epoch, sequence) with two contents. */
static bool contradict(const struct head *a, const struct head *b)
{
	if (a->epoch.number == 0 || a->epoch.number != b->epoch.number) {
		return false;
	}
	if (a->epoch.tag != b->epoch.tag) {
		return true;
	}
	return a->sequence == b->sequence && memcmp(a->hash, b->hash, HASH_BYTES) != 0;
}

static bool reading(const struct list_copy *copy)
{
	return copy->phase == COPY_LOADING || copy->phase == COPY_STAGING ||
	       copy->phase == COPY_MOVING;
}

static bool forked(const struct list_copy *copy, const struct head *head)
{
	return contradict(&copy->head, head) ||
	       (reading(copy) && contradict(&copy->high, head));
}

static enum apply_result failed(int code, int *error)
{
	*error = code;
	return APPLY_ERROR;
}

/* The owner ended the sharing: the rows go, the head that says so stays. */
static enum apply_result unshare(struct list_copy *copy, const struct feed *feed,
	const struct head *head, int *error)
{
	int code;

	if (copy_head_order(head, &copy->head) <= 0 ||
		(reading(copy) && copy_head_order(head, &copy->high) <= 0)) {
		return APPLY_STALE;
	}
	code = rows_clear(copy, feed);
	if (code != 0) {
		return failed(code, error);
	}
	memset(copy, 0, sizeof(*copy));
	copy->phase = COPY_UNSHARED;
	copy->head = *head;
	return APPLY_UNSHARED;
}

/*
 * What concerns the head alone, chunk or not.  APPLY_PARTIAL: go on.
 *   1. It is of another list: the peer is wrong.
 *   2. It contradicts what is held: evidence, whatever else it says.
 *   3. Stopped lists take nothing.
 *   4. It does not name this member: the sharing has ended, if it is news.
 *   5. It names this member again after the end: begin anew, if it is news.
 */
static enum apply_result take_head(struct list_copy *copy, const struct feed *feed,
	const struct head *head, const struct state *member, int *error)
{
	if (!ident_list_equal(&head->list, &feed->list)) { /* 1 */
		return APPLY_BROKEN;
	}
	if (forked(copy, head)) { /* 2 */
		return APPLY_FORK;
	}
	if (copy->phase == COPY_STOPPED) { /* 3 */
		return APPLY_STALE;
	}
	if (!head_shared_with(head, member)) { /* 4 */
		return unshare(copy, feed, head, error);
	}
	if (copy->phase == COPY_UNSHARED) { /* 5 */
		if (copy_head_order(head, &copy->head) <= 0) {
			return APPLY_STALE;
		}
		memset(copy, 0, sizeof(*copy));
	}
	return APPLY_PARTIAL;
}

enum apply_result apply_head(struct list_copy *copy, const struct feed *feed,
	const struct head *head, const struct state *member, int *error)
{
	enum apply_result result = take_head(copy, feed, head, member, error);
	int news;

	if (result != APPLY_PARTIAL) {
		return result;
	}
	news = copy_head_order(head, &copy->head);
	if (news > 0) {
		return APPLY_PARTIAL;
	}
	if (news < 0 || head->time_s <= copy->head.time_s) {
		return APPLY_STALE;
	}
	copy->head.time_s = head->time_s;
	return APPLY_SAME;
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
	int code = 0;

	for (size_t i = 0; code == 0 && i < chunk->entries_count; i++) {
		code = rows_replace(copy, feed, &chunk->entries[i]);
	}
	if (code == 0) {
		code = rows_purge(copy, feed, copy->head.floor, chunk->head->floor);
	}
	if (code == 0) {
		code = rows_match(&copy->digest, copy->live_count, chunk->head, &equal);
	}
	if (code != 0) {
		return failed(code, error);
	}
	if (!equal) {
		return APPLY_MISMATCH;
	}
	copy->head = *chunk->head;
	return APPLY_VERIFIED;
}

/* The new epoch took over exactly where this copy stands. */
static bool goes_on_from(const struct list_copy *copy, const struct head *head)
{
	if (epoch_equal(&copy->head.epoch, &head->epoch)) {
		return true;
	}
	for (size_t i = 0; i < head->bases_count; i++) {
		const struct head_base *base = &head->bases[i];

		if (epoch_equal(&base->epoch, &copy->head.epoch) &&
			base->sequence == copy->head.sequence &&
			memcmp(base->hash, copy->head.hash, HASH_BYTES) == 0) {
			return true;
		}
	}
	return false;
}

/* Live is exactly what its head says, and nothing is being read. */
static enum apply_result apply_following(struct list_copy *copy,
	const struct feed *feed, const struct chunk *chunk, int *error)
{
	const struct head *head = chunk->head;
	int news = copy_head_order(head, &copy->head);

	if (news < 0) {
		return APPLY_STALE;
	}
	if (news == 0) {
		if (head->time_s > copy->head.time_s) {
			copy->head.time_s = head->time_s;
		}
		return APPLY_SAME;
	}
	if (!goes_on_from(copy, head)) {
		if (chunk->after != 0) {
			return APPLY_STALE;
		}
		return read_chunk(copy, feed, chunk, READ_BEGIN_WHOLE, error);
	}
	if (head->floor > copy->head.sequence) {
		return read_restart(copy, feed, &head->epoch, error);
	}
	if (chunk->after != copy->head.sequence) {
		return APPLY_STALE;
	}
	if (chunk->up_to == head->sequence) {
		return apply_direct(copy, feed, chunk, error);
	}
	return read_chunk(copy, feed, chunk, READ_BEGIN, error);
}

/* A read is under way: it goes on where it stands, or begins anew in a newer epoch. */
static enum apply_result apply_reading(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, int *error)
{
	const struct head *head = chunk->head;
	bool fresh =
		copy->position == 0; /* nothing read yet: any epoch that is not older */

	if (!epoch_equal(&copy->read_epoch, &head->epoch)) {
		if (head->epoch.number < copy->read_epoch.number || chunk->after != 0) {
			return APPLY_STALE;
		}
		return read_chunk(copy, feed, chunk, READ_BEGIN_WHOLE, error);
	}
	if (chunk->after != copy->position) {
		return APPLY_STALE;
	}
	if (!fresh && head->floor > (copy->base > copy->position ? copy->base
								 : copy->position)) {
		return read_restart(copy, feed, &head->epoch, error);
	}
	return read_chunk(copy, feed, chunk, READ_ON, error);
}

enum apply_result apply_chunk(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, const struct state *member, int *error)
{
	enum apply_result result = take_head(copy, feed, chunk->head, member, error);

	if (result != APPLY_PARTIAL) {
		return result;
	}
	if (!well_formed(feed, chunk)) {
		return APPLY_BROKEN;
	}
	switch (copy->phase) {
	case COPY_EMPTY:
		return chunk->after == 0
			       ? read_chunk(copy, feed, chunk, READ_BEGIN_WHOLE, error)
			       : APPLY_STALE;
	case COPY_FOLLOWING:
		return apply_following(copy, feed, chunk, error);
	case COPY_LOADING:
	case COPY_STAGING:
		return apply_reading(copy, feed, chunk, error);
	case COPY_MOVING:
	case COPY_UNSHARED:
	case COPY_STOPPED:
		break;
	}
	return APPLY_STALE;
}
