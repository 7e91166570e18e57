/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/read.h"

#include <string.h>

#include "daemon/core/repl/rows.h"
#include "daemon/core/repl/simbug.h"

static enum apply_result failed(int code, int *error)
{
	*error = code;
	return APPLY_ERROR;
}

/* Nothing read yet, from nothing.  Live stays where it answers. */
static int begin_whole(
	struct list_copy *copy, const struct feed *feed, const struct epoch *epoch)
{
	bool loading = !copy_answers(copy) || SIM_BUG(drop_before_verified);
	int error = loading ? rows_clear(copy, feed)
			    : feed->ops->clear(feed->context, FEED_STAGE);

	if (error != 0) {
		return error;
	}
	copy->phase = loading ? COPY_LOADING : COPY_STAGING;
	copy->whole = true;
	copy->read_epoch = *epoch;
	/* the lowest snapshot's, of which there is none yet */
	copy->base = SIM_BUG(base_zero) ? 0 : UINT64_MAX;
	copy->position = 0;
	copy->swept = 0;
	copy->high = copy->head; /* never back to a state older than the verified one */
	memset(&copy->read_digest, 0, sizeof(copy->read_digest));
	copy->read_live_count = 0;
	return 0;
}

static int begin(
	struct list_copy *copy, const struct feed *feed, const struct epoch *epoch)
{
	int error = SIM_BUG(keep_old_stage)
			    ? 0
			    : feed->ops->clear(feed->context, FEED_STAGE);

	if (error != 0) {
		return error;
	}
	copy->phase = COPY_STAGING;
	copy->whole = false;
	copy->read_epoch = *epoch;
	copy->base = copy->head.sequence;
	copy->position = copy->head.sequence;
	copy->swept = 0;
	copy->high = copy->head;
	copy->read_digest = copy->digest;
	copy->read_live_count = copy->live_count;
	return 0;
}

enum apply_result read_restart(struct list_copy *copy, const struct feed *feed,
	const struct epoch *epoch, int *error)
{
	int code = begin_whole(copy, feed, epoch);

	return code == 0 ? APPLY_RESTART : failed(code, error);
}

/* The row that a staged one stands for: an earlier staged one, or live's. */
static int staged_before(const struct list_copy *copy, const struct feed *feed,
	struct bytes id, struct entry *old, bool *found)
{
	int error = feed->ops->find(feed->context, FEED_STAGE, id, old, found);

	if (error != 0 || *found || copy->whole) {
		return error;
	}
	return feed->ops->find(feed->context, FEED_LIVE, id, old, found);
}

/* summed: the row's own element is counted already. */
static int stage_row(struct list_copy *copy, const struct feed *feed,
	const struct entry *row, bool summed)
{
	struct digest element;
	struct entry old;
	bool found;
	int error = staged_before(copy, feed, row->id, &old, &found);

	if (error == 0 && found) {
		error = digest_element(&feed->list, &old, &element);
		digest_subtract(&copy->read_digest, &element);
		copy->read_live_count -= old.state == ENTRY_LIVE;
	}
	if (error == 0 && !summed) {
		error = digest_element(&feed->list, row, &element);
		if (error == 0) {
			digest_add(&copy->read_digest, &element);
		}
	}
	if (error != 0) {
		return error;
	}
	copy->read_live_count += row->state == ENTRY_LIVE;
	return feed->ops->put(feed->context, FEED_STAGE, row);
}

static int take_rows(
	struct list_copy *copy, const struct feed *feed, const struct chunk *chunk)
{
	bool summed = chunk->sum != NULL;
	int error = 0;

	if (copy->phase == COPY_LOADING) {
		return rows_replace_all(
			copy, feed, chunk->entries, chunk->entries_count, chunk->sum);
	}
	if (summed) {
		digest_add(&copy->read_digest, chunk->sum);
	}
	for (size_t i = 0; error == 0 && i < chunk->entries_count; i++) {
		error = stage_row(copy, feed, &chunk->entries[i], summed);
	}
	return error;
}

/* A tombstone that the floor purges, and that no staged row has replaced already. */
static int purged(const struct feed *feed, enum feed_area area, const struct entry *row,
	bool *yes)
{
	struct entry staged;
	bool found = false;
	int error = 0;

	*yes = false;
	if (row->state != ENTRY_WITHDRAWN) {
		return 0;
	}
	if (area == FEED_LIVE) {
		error = feed->ops->find(
			feed->context, FEED_STAGE, row->id, &staged, &found);
	}
	*yes = !found;
	return error;
}

/* Takes the tombstones of area in (from, floor] out of digest. */
static int subtract_purged(const struct feed *feed, enum feed_area area, uint64_t from,
	uint64_t floor, struct digest *digest)
{
	uint64_t after = from;

	while (after < floor) {
		struct digest element;
		struct entry row;
		bool found, yes;
		int error = feed->ops->next(feed->context, area, after, &row, &found);

		if (error != 0 || !found || row.sequence > floor) {
			return error;
		}
		after = row.sequence;
		error = purged(feed, area, &row, &yes);
		if (error == 0 && yes) {
			error = digest_element(&feed->list, &row, &element);
			digest_subtract(digest, &element);
		}
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

/* The stage, with live below it, is what head says? */
static int stage_matches(const struct list_copy *copy, const struct feed *feed,
	const struct head *head, bool *equal)
{
	struct digest digest = copy->read_digest;
	int error = subtract_purged(feed, FEED_STAGE, 0, head->floor, &digest);

	if (error == 0 && !copy->whole) {
		error = subtract_purged(
			feed, FEED_LIVE, copy->head.floor, head->floor, &digest);
	}
	if (error == 0) {
		error = rows_match(&digest, copy->read_live_count, head, equal);
	}
	return error;
}

static enum apply_result verify_load(struct list_copy *copy, const struct feed *feed,
	const struct head *head, int *error)
{
	bool equal;
	int code = rows_purge(copy, feed, 0, head->floor);

	if (code == 0) {
		code = rows_match(&copy->digest, copy->live_count, head, &equal);
	}
	if (code != 0) {
		return failed(code, error);
	}
	if (!equal) {
		return APPLY_MISMATCH;
	}
	copy->phase = COPY_FOLLOWING;
	copy->head = *head;
	return APPLY_VERIFIED;
}

static enum apply_result verify_stage(struct list_copy *copy, const struct feed *feed,
	const struct head *head, int *error)
{
	bool equal;
	int code = stage_matches(copy, feed, head, &equal);

	if (code != 0) {
		return failed(code, error);
	}
	if (!equal && !SIM_BUG(unverified_move)) {
		return APPLY_MISMATCH;
	}
	copy->phase = COPY_MOVING;
	return APPLY_MOVE;
}

enum apply_result read_chunk(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, enum read_how how, int *error)
{
	const struct head *head = chunk->head;
	int code = 0;

	if (how == READ_BEGIN_WHOLE) {
		code = begin_whole(copy, feed, &head->epoch);
	} else if (how == READ_BEGIN) {
		code = begin(copy, feed, &head->epoch);
	}
	if (code == 0) {
		code = take_rows(copy, feed, chunk);
	}
	if (code != 0) {
		return failed(code, error);
	}
	if (copy->whole && head->sequence < copy->base) {
		copy->base = head->sequence;
	}
	if (copy_head_order(head, &copy->high) >= 0) {
		copy->high = *head;
	}
	copy->position = chunk->up_to;
	/* lower than one seen: another peer knows more, read on there */
	if (chunk->up_to < head->sequence || (copy_head_order(head, &copy->high) < 0 &&
						     !SIM_BUG(accept_lower_head))) {
		return APPLY_PARTIAL;
	}
	return copy->phase == COPY_LOADING ? verify_load(copy, feed, head, error)
					   : verify_stage(copy, feed, head, error);
}
