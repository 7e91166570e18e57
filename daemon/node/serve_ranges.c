/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/node/serve_bounds.h"
#include "daemon/node/serve_snapshot.h"

/* Digests of ranges of ids: two nodes that differ find out where.  In slices. */

/* Entries between two looks at the clock. */
#define ENTRIES_PER_LOOK 32

struct ranges {
	struct service *service;
	struct store_txn *txn;
	struct served served; /* borrows from txn */
	struct arena arena;   /* what is below */
	struct bounds bounds;
	struct digest *digests; /* one more than bounds */
	uint64_t *counts;
	bool done;
};

static void ranges_destroy(void *context)
{
	struct ranges *ranges = context;

	snapshot_close(ranges->service, ranges->txn);
	arena_finish(&ranges->arena);
	free(ranges);
}

static int allocate(
	struct ranges *ranges, const Cordon__RangesRequest *message, struct errmsg *msg)
{
	size_t count = message->n_bounds + 1;
	int error = bounds_read(&ranges->bounds, message, &ranges->arena, msg);

	if (error != 0) {
		return error;
	}
	ranges->digests = arena_array(&ranges->arena, count, sizeof(*ranges->digests));
	ranges->counts = arena_array(&ranges->arena, count, sizeof(*ranges->counts));
	return ranges->arena.failed ? CORDON_ENOMEM : 0;
}

static int add_next(struct ranges *ranges, struct errmsg *msg)
{
	const struct list_id *list = &ranges->served.list;
	struct digest element;
	struct entry row;
	bool found;
	size_t range;

	if (bounds_next(&ranges->bounds, ranges->txn, list, &row, &range, &found) !=
		0) {
		return served_failed(ranges->txn, msg);
	}
	ranges->done = !found;
	if (!found || range == SIZE_MAX) {
		return 0;
	}
	if (digest_element(list, &row, &element) != 0) {
		return errmsg_set(msg, CORDON_EINTERNAL, "digest of an entry");
	}
	digest_add(&ranges->digests[range], &element);
	ranges->counts[range]++;
	return 0;
}

static int add_slice(struct ranges *ranges, struct errmsg *msg)
{
	struct mono until = snapshot_slice();

	do {
		for (int i = 0; i < ENTRIES_PER_LOOK && !ranges->done; i++) {
			int error = add_next(ranges, msg);

			if (error != 0) {
				return error;
			}
		}
	} while (!ranges->done && !snapshot_slice_over(until));
	return 0;
}

/* A range that was not asked for is told of by an empty message. */
static int make_range(const struct ranges *ranges, size_t i, uint8_t *hash,
	Cordon__RangeDigest *message)
{
	struct bytes bytes = { hash, HASH_BYTES };
	int error;

	cordon__range_digest__init(message);
	if (ranges->bounds.asked != NULL && !ranges->bounds.asked[i]) {
		return 0;
	}
	error = digest_hash(&ranges->digests[i], hash);
	message->count = ranges->counts[i];
	message->digest = message_data_bytes(bytes);
	return error;
}

static int make_ranges(
	struct ranges *ranges, struct arena *arena, Cordon__RangesAnswer *answer)
{
	size_t count = ranges->bounds.count + 1;
	Cordon__RangeDigest *messages = arena_array(arena, count, sizeof(*messages));
	uint8_t *hashes = arena_array(arena, count, HASH_BYTES);

	answer->ranges = arena_array(arena, count, sizeof(*answer->ranges));
	if (arena->failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		int error =
			make_range(ranges, i, hashes + i * HASH_BYTES, &messages[i]);

		if (error != 0) {
			return error;
		}
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
