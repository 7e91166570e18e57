/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/node/served.h"
#include "daemon/node/serve_snapshot.h"

/*
 * Digests of ranges of ids: two nodes that differ find out where.  n bounds make n + 1
 * ranges, which together are the whole list, so each answer reads all of it, in the
 * feed's order and in slices, and sorts each element into its range.
 */

#define RANGES_BOUNDS_MAX 1024
/* Entries between two looks at the clock. */
#define ENTRIES_PER_LOOK 32

struct ranges {
	struct service *service;
	struct store_txn *txn;
	struct served served; /* borrows from txn */
	struct arena arena;   /* what is below */
	struct bytes *bounds;
	size_t bounds_count;
	struct digest *digests; /* one more than bounds */
	uint64_t *counts;
	uint64_t position;
	bool done;
};

static void ranges_destroy(void *context)
{
	struct ranges *ranges = context;

	snapshot_close(ranges->service, ranges->txn);
	arena_finish(&ranges->arena);
	free(ranges);
}

static int compare(struct bytes a, struct bytes b)
{
	size_t least = a.size < b.size ? a.size : b.size;
	int order = memcmp(a.data, b.data, least);

	if (order != 0) {
		return order;
	}
	return a.size < b.size ? -1 : a.size > b.size;
}

static int read_bounds(
	struct ranges *ranges, const Cordon__RangesRequest *message, struct errmsg *msg)
{
	for (size_t i = 0; i < message->n_bounds; i++) {
		const ProtobufCBinaryData *from = &message->bounds[i];
		struct bytes *bound = &ranges->bounds[i];

		if (from->len == 0 || from->len > CORDON_ID_MAX) {
			return errmsg_set(msg, CORDON_EPROTO,
				"bounds[%zu]: %zu bytes, expected 1 to %d", i,
				from->len, CORDON_ID_MAX);
		}
		bound->data = (const uint8_t *)arena_text(
			&ranges->arena, from->data, from->len);
		bound->size = from->len;
		if (bound->data == NULL) {
			return CORDON_ENOMEM;
		}
		if (i > 0 && compare(bound[-1], *bound) >= 0) {
			return errmsg_set(msg, CORDON_EPROTO,
				"bounds[%zu]: not above the one before", i);
		}
	}
	ranges->bounds_count = message->n_bounds;
	return 0;
}

static int allocate(
	struct ranges *ranges, const Cordon__RangesRequest *message, struct errmsg *msg)
{
	size_t count = message->n_bounds + 1;

	if (message->n_bounds > RANGES_BOUNDS_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG, "%zu bounds, at most %d",
			message->n_bounds, RANGES_BOUNDS_MAX);
	}
	ranges->bounds = arena_array(&ranges->arena, count, sizeof(*ranges->bounds));
	ranges->digests = arena_array(&ranges->arena, count, sizeof(*ranges->digests));
	ranges->counts = arena_array(&ranges->arena, count, sizeof(*ranges->counts));
	if (ranges->arena.failed) {
		return CORDON_ENOMEM;
	}
	return read_bounds(ranges, message, msg);
}

/* A range ends before its bound: an id that equals one begins the next range. */
static size_t range_of(const struct ranges *ranges, struct bytes id)
{
	size_t low = 0, high = ranges->bounds_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(ranges->bounds[middle], id) <= 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static int add_next(struct ranges *ranges, const struct feed *feed, struct errmsg *msg)
{
	struct digest element;
	struct entry row;
	bool found;
	size_t range;

	if (feed->ops->next(feed->context, FEED_LIVE, ranges->position, &row, &found) !=
		0) {
		return served_failed(ranges->txn, msg);
	}
	if (!found) {
		ranges->done = true;
		return 0;
	}
	if (digest_element(&feed->list, &row, &element) != 0) {
		return errmsg_set(msg, CORDON_EINTERNAL, "digest of an entry");
	}
	range = range_of(ranges, row.id);
	digest_add(&ranges->digests[range], &element);
	ranges->counts[range]++;
	ranges->position = row.sequence;
	return 0;
}

static int add_slice(struct ranges *ranges, struct errmsg *msg)
{
	struct mono until = snapshot_slice();
	struct feed feed;

	if (store_feed(ranges->txn, &ranges->served.list, &feed) != 0) {
		return served_failed(ranges->txn, msg);
	}
	do {
		for (int i = 0; i < ENTRIES_PER_LOOK && !ranges->done; i++) {
			int error = add_next(ranges, &feed, msg);

			if (error != 0) {
				return error;
			}
		}
	} while (!ranges->done && !snapshot_slice_over(until));
	return 0;
}

static int make_ranges(
	struct ranges *ranges, struct arena *arena, Cordon__RangesAnswer *answer)
{
	size_t count = ranges->bounds_count + 1;
	Cordon__RangeDigest *messages = arena_array(arena, count, sizeof(*messages));
	uint8_t *hashes = arena_array(arena, count, HASH_BYTES);

	answer->ranges = arena_array(arena, count, sizeof(*answer->ranges));
	if (arena->failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		struct bytes hash = { hashes + i * HASH_BYTES, HASH_BYTES };
		int error = digest_hash(&ranges->digests[i], hashes + i * HASH_BYTES);

		if (error != 0) {
			return error;
		}
		cordon__range_digest__init(&messages[i]);
		messages[i].count = ranges->counts[i];
		messages[i].digest = message_data_bytes(hash);
		answer->ranges[i] = &messages[i];
	}
	answer->n_ranges = count;
	return 0;
}

static int send_ranges(struct ranges *ranges, struct held *held, struct errmsg *msg)
{
	Cordon__RangesAnswer answer = CORDON__RANGES_ANSWER__INIT;
	Cordon__ListId list;
	struct arena arena;
	int error;

	arena_init(&arena, 0);
	list_to_message(&ranges->served.list, &list);
	answer.list = &list;
	error = served_head_message(ranges->served.packed, &arena, &answer.head, msg);
	if (error == 0) {
		error = make_ranges(ranges, &arena, &answer);
	}
	if (error == 0) {
		error = session_answer(held_session(held), held_request(held),
			MESSAGE_RANGES_ANSWER, 0, &answer.base);
	}
	arena_finish(&arena);
	return error;
}

static void ranges_turn(struct held *held, void *context)
{
	struct ranges *ranges = context;
	struct errmsg msg = { "" };
	int error = ranges->done ? 0 : add_slice(ranges, &msg);

	if (error == 0 && !ranges->done) {
		held_wake_after(held, 0);
		return;
	}
	if (error == 0) {
		error = held_may_write(held) ? send_ranges(ranges, held, &msg)
					     : CORDON_EBUSY;
	}
	if (error == CORDON_EBUSY) {
		held_wake_after(held, SERVED_RETRY_MS);
	} else {
		served_end(held, error, &msg);
	}
}

static const struct held_ops ranges_ops = {
	.turn = ranges_turn,
	.destroy = ranges_destroy,
};

static int begin(struct ranges *ranges, struct request *request, struct errmsg *msg)
{
	const Cordon__RangesRequest *message =
		(const Cordon__RangesRequest *)request->message;
	struct list_id list;
	int error = served_list(message->list, &list, msg);

	if (error == 0) {
		error = allocate(ranges, message, msg);
	}
	if (error == 0) {
		error = snapshot_open(request->service, &ranges->txn, msg);
	}
	if (error == 0) {
		error = served_open(ranges->txn, request_member(request), &list,
			&ranges->served, msg);
	}
	if (error == 0) {
		error = served_epoch(&ranges->served, message->epoch, msg);
	}
	return error;
}

int handle_ranges(struct request *request, struct errmsg *msg)
{
	struct ranges *ranges = calloc(1, sizeof(*ranges));
	struct held *held;
	int error;

	if (ranges == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	ranges->service = request->service;
	arena_init(&ranges->arena, 0);
	error = begin(ranges, request, msg);
	if (error == 0) {
		error = held_create(request, &ranges_ops, ranges, &held);
	}
	if (error != 0) {
		ranges_destroy(ranges);
		return error;
	}
	held_wake_after(held, 0);
	return 0;
}
