/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/core/repl/apply.h"
#include "daemon/core/repl/rows.h"
#include "daemon/core/repl/simbug.h"

/*
 * Moving a verified stage into live, slice by slice:
 *   1. After a read from nothing, live rows that the stage lacks are removed: the one
 *      deletion by absence, and only because the stage as a whole was signed.
 *   2. Staged rows replace their ids' live rows.
 *   3. Tombstones up to the new floor go; live must now be what the head says.
 */

struct id {
	char text[CORDON_ID_MAX];
	size_t size;
};

static bool keep_id(struct id *id, struct bytes bytes)
{
	if (bytes.size > sizeof(id->text)) {
		return false;
	}
	memcpy(id->text, bytes.data, bytes.size);
	id->size = bytes.size;
	return true;
}

static struct bytes id_bytes(const struct id *id)
{
	return (struct bytes){ (const uint8_t *)id->text, id->size };
}

/* Takes the live row of this id out, and what stands at sequence.  Where rows are
 * damaged that may be its row, and the id not lead to it. */
static int remove_at(struct list_copy *copy, const struct feed *feed, struct bytes id,
	uint64_t sequence)
{
	int error = rows_remove(copy, feed, id);

	return error == 0 && copy->mixed ? feed->ops->scrap(feed->context, id, sequence)
					 : error;
}

static int sweep_row(
	struct list_copy *copy, const struct feed *feed, const struct entry *row)
{
	struct entry staged;
	struct id id;
	bool found;
	int error;

	if (!keep_id(&id, row->id)) {
		return CORDON_ECORRUPT;
	}
	error = feed->ops->find(
		feed->context, FEED_STAGE, id_bytes(&id), &staged, &found);
	if (error != 0 || found) {
		return error;
	}
	return remove_at(copy, feed, id_bytes(&id), copy->swept);
}

/* 1.  *budget is used up, or 0 rows are left. */
static int sweep(struct list_copy *copy, const struct feed *feed, size_t *budget)
{
	bool found = true;

	while (*budget > 0 && found) {
		struct entry row;
		int error = feed->ops->next(
			feed->context, FEED_LIVE, copy->swept, &row, &found);

		if (error != 0) {
			return error;
		}
		if (!found) {
			copy->whole = false;
			copy->swept = UINT64_MAX;
			break;
		}
		copy->swept = row.sequence;
		--*budget;
		error = sweep_row(copy, feed, &row);
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

/* The live row of another id that holds the sequence (after a renumbering). */
static int holder(
	const struct feed *feed, const struct entry *row, struct id *id, bool *held)
{
	struct entry live;
	int error = feed->ops->next(
		feed->context, FEED_LIVE, row->sequence - 1, &live, held);

	if (error != 0 || !*held) {
		return error;
	}
	*held = live.sequence == row->sequence &&
		(live.id.size != row->id.size ||
			memcmp(live.id.data, row->id.data, row->id.size) != 0);
	return *held && !keep_id(id, live.id) ? CORDON_ECORRUPT : 0;
}

static int promote(
	struct list_copy *copy, const struct feed *feed, const struct entry *row)
{
	struct digest element;
	uint64_t sequence = row->sequence;
	bool live = row->state == ENTRY_LIVE;
	struct id id;
	int error = keep_id(&id, row->id) ? 0 : CORDON_ECORRUPT;

	if (error == 0) {
		error = digest_element(&feed->list, row, &element);
	}
	if (error == 0) {
		error = remove_at(copy, feed, id_bytes(&id), sequence);
	}
	if (error == 0) {
		error = feed->ops->promote(feed->context, sequence);
	}
	if (error == 0) {
		digest_add(&copy->digest, &element);
		copy->live_count += live;
	}
	return error;
}

/*
 * Promotes row.  When its sequence is another id's in live, that one gives way and
 * its own staged row follows in the same transaction, so that it is never missing.
 */
static int promote_chain(struct list_copy *copy, const struct feed *feed,
	struct entry row, size_t *budget)
{
	for (;;) {
		struct id way;
		bool held, staged;
		int error = holder(feed, &row, &way, &held);

		if (error == 0 && held) {
			error = remove_at(copy, feed, id_bytes(&way), row.sequence);
		}
		if (error == 0 && held) {
			struct entry again;

			/* the removal may have moved what row borrows */
			error = feed->ops->next(feed->context, FEED_STAGE,
				row.sequence - 1, &again, &staged);
			if (error == 0 && !staged) {
				error = CORDON_ECORRUPT;
			}
			if (error == 0) {
				row = again;
			}
		}
		if (error == 0) {
			error = promote(copy, feed, &row);
		}
		*budget -= *budget > 0;
		if (error != 0 || !held) {
			return error;
		}
		error = feed->ops->find(
			feed->context, FEED_STAGE, id_bytes(&way), &row, &staged);
		if (error != 0 || !staged) {
			return error;
		}
	}
}

/* 2. */
static int move(
	struct list_copy *copy, const struct feed *feed, size_t *budget, bool *done)
{
	*done = false;
	while (*budget > 0) {
		struct entry row;
		bool found;
		int error = feed->ops->next(feed->context, FEED_STAGE, 0, &row, &found);

		if (error != 0) {
			return error;
		}
		if (!found) {
			*done = true;
			return 0;
		}
		error = promote_chain(copy, feed, row, budget);
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

/* Does live hold what the stage was verified against?  The sum that was kept may have
 * come from rows that were damaged, and are replaced now: then they are counted anew.
 */
static int matches(struct list_copy *copy, const struct feed *feed, bool *equal)
{
	const struct head *head = &copy->high;
	int error = rows_match(&copy->digest, copy->live_count, head, equal);

	if (error == 0 && !*equal) {
		error = rows_recount(copy, feed);
		if (error == 0) {
			error = rows_match(
				&copy->digest, copy->live_count, head, equal);
		}
	}
	return error;
}

/* 3. */
static enum apply_result finish(
	struct list_copy *copy, const struct feed *feed, int *error)
{
	/* below the old floor there are none but those of a whole stage */
	uint64_t from = copy->swept == 0 ? copy->head.floor : 0;
	int code = rows_purge(copy, feed, from, copy->high.floor);
	bool equal;

	if (code == 0) {
		code = matches(copy, feed, &equal);
	}
	if (code != 0) {
		*error = code;
		return APPLY_ERROR;
	}
	if (!equal) {
		return APPLY_MISMATCH;
	}
	copy->phase = COPY_FOLLOWING;
	copy->head = copy->high;
	copy->mixed = false;
	return APPLY_VERIFIED;
}

enum apply_result apply_move(
	struct list_copy *copy, const struct feed *feed, size_t entries_max, int *error)
{
	size_t budget = entries_max;
	bool done = false;
	int code = 0;

	if (copy->phase != COPY_MOVING) {
		return APPLY_STALE;
	}
	if (SIM_BUG(delete_by_absence) && copy->swept == 0) {
		copy->whole = true;
	}
	if (copy->whole) {
		code = sweep(copy, feed, &budget);
	}
	if (code == 0 && !copy->whole) {
		code = move(copy, feed, &budget, &done);
	}
	if (code != 0) {
		*error = code;
		return APPLY_ERROR;
	}
	return done ? finish(copy, feed, error) : APPLY_PARTIAL;
}
