/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/serve_bounds.h"

#include <string.h>

#include "daemon/core/repl/repair.h"

static int read_bound(struct bounds *bounds, size_t i, const ProtobufCBinaryData *from,
	struct arena *arena, struct errmsg *msg)
{
	struct bytes *bound = &bounds->bounds[i];

	if (from->len == 0 || from->len > CORDON_ID_MAX) {
		return errmsg_set(msg, CORDON_EPROTO,
			"bounds[%zu]: %zu bytes, expected 1 to %d", i, from->len,
			CORDON_ID_MAX);
	}
	bound->data = (const uint8_t *)arena_text(arena, from->data, from->len);
	bound->size = from->len;
	if (bound->data == NULL) {
		return CORDON_ENOMEM;
	}
	if (i > 0 && repair_id_order(bound[-1], *bound) >= 0) {
		return errmsg_set(
			msg, CORDON_EPROTO, "bounds[%zu]: not above the one before", i);
	}
	return 0;
}

static int read_only(struct bounds *bounds, const Cordon__RangesRequest *message,
	struct arena *arena, struct errmsg *msg)
{
	if (message->n_only == 0) {
		return 0;
	}
	bounds->asked = arena_array(arena, message->n_bounds + 1, sizeof(bool));
	if (bounds->asked == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < message->n_only; i++) {
		uint32_t range = message->only[i];

		if (range > message->n_bounds ||
			(i > 0 && range <= message->only[i - 1])) {
			return errmsg_set(msg, CORDON_EPROTO,
				"only[%zu]: no range above the one before", i);
		}
		bounds->asked[range] = true;
	}
	return 0;
}

int bounds_read(struct bounds *bounds, const Cordon__RangesRequest *message,
	struct arena *arena, struct errmsg *msg)
{
	int error = 0;

	memset(bounds, 0, sizeof(*bounds));
	if (message->n_bounds > BOUNDS_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG, "%zu bounds, at most %d",
			message->n_bounds, BOUNDS_MAX);
	}
	bounds->bounds =
		arena_array(arena, message->n_bounds + 1, sizeof(*bounds->bounds));
	if (bounds->bounds == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; error == 0 && i < message->n_bounds; i++) {
		error = read_bound(bounds, i, &message->bounds[i], arena, msg);
	}
	bounds->count = message->n_bounds;
	bounds->up_to = message->up_to == 0 ? UINT64_MAX : message->up_to;
	return error == 0 ? read_only(bounds, message, arena, msg) : error;
}

/* A range ends before its bound: an id that equals one begins the next range. */
static size_t range_of(const struct bounds *bounds, struct bytes id)
{
	size_t low = 0, high = bounds->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (repair_id_order(bounds->bounds[middle], id) <= 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static int next_of_all(struct bounds *bounds, struct store_txn *txn,
	const struct list_id *list, struct entry *row, bool *found)
{
	struct feed feed;
	int error = store_feed(txn, list, &feed);

	if (error == 0) {
		error = feed.ops->next(
			feed.context, FEED_LIVE, bounds->position, row, found);
	}
	if (error == 0 && *found) {
		bounds->position = row->sequence;
		bounds->range = range_of(bounds, row->id);
	}
	return error;
}

/* The next range that is asked for, from its beginning. */
static void skip_to_asked(struct bounds *bounds)
{
	while (bounds->range <= bounds->count && !bounds->asked[bounds->range]) {
		bounds->at = bounds->range < bounds->count
				     ? bounds->bounds[bounds->range]
				     : bounds->at;
		bounds->range++;
		bounds->after = false;
	}
}

static int next_of_some(struct bounds *bounds, struct store_txn *txn,
	const struct list_id *list, struct entry *row, bool *found)
{
	for (;;) {
		int error;

		skip_to_asked(bounds);
		if (bounds->range > bounds->count) {
			*found = false;
			return 0;
		}
		error = store_next_id(txn, list, bounds->at, bounds->after, row, found);
		if (error != 0 || !*found) {
			return error;
		}
		if (range_of(bounds, row->id) == bounds->range) {
			break;
		}
		bounds->at = bounds->bounds[bounds->range++];
		bounds->after = false;
	}
	memcpy(bounds->from, row->id.data, row->id.size);
	bounds->at = (struct bytes){ bounds->from, row->id.size };
	bounds->after = true;
	return 0;
}

int bounds_next(struct bounds *bounds, struct store_txn *txn,
	const struct list_id *list, struct entry *row, size_t *range, bool *found)
{
	int error = bounds->asked == NULL ? next_of_all(bounds, txn, list, row, found)
					  : next_of_some(bounds, txn, list, row, found);

	if (error == 0 && *found) {
		*range = row->sequence <= bounds->up_to ? bounds->range : SIZE_MAX;
	}
	return error;
}
