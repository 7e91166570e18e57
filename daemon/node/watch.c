/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/watch.h"

#include <string.h>

/* One held list as a message, with what it points to. */
struct held {
	Cordon__Position position;
	Cordon__ListId list;
	Cordon__Epoch epoch;
	char owner[4];
	uint8_t hash[HASH_BYTES];
};

static void fill(
	struct held *held, const struct list_id *list, const struct list_copy *copy)
{
	const struct head *head = copy_newest(copy);
	struct bytes hash = { held->hash, HASH_BYTES };

	cordon__position__init(&held->position);
	cordon__list_id__init(&held->list);
	cordon__epoch__init(&held->epoch);
	memcpy(held->owner, list->owner.code, sizeof(held->owner));
	memcpy(held->hash, head->hash, HASH_BYTES);
	held->list.owner = message_data(held->owner);
	held->list.kind = list->kind;
	held->epoch.number = head->epoch.number;
	held->epoch.tag = head->epoch.tag;
	held->position.list = &held->list;
	held->position.epoch = &held->epoch;
	held->position.sequence = head->sequence;
	held->position.head_hash = message_data_bytes(hash);
}

static int collect(
	struct store_txn *txn, struct arena *arena, Cordon__HeadsRequest *request)
{
	struct list_id *lists;
	size_t count;
	int error = store_lists(txn, arena, &lists, &count);
	struct held *held;

	if (error != 0) {
		return error;
	}
	held = arena_array(arena, count + 1, sizeof(*held));
	request->held = arena_array(arena, count + 1, sizeof(*request->held));
	if (held == NULL || request->held == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		struct list_copy copy;
		bool found;

		error = store_list_get(txn, &lists[i], &copy, &found);
		if (error != 0) {
			return error;
		}
		if (copy_newest(&copy)->epoch.number != 0) {
			fill(&held[i], &lists[i], &copy);
			request->held[request->n_held++] = &held[i].position;
		}
	}
	return 0;
}

int watch_heads(struct store_txn *txn, struct peer *peer, struct errmsg *msg)
{
	Cordon__HeadsRequest request = CORDON__HEADS_REQUEST__INIT;
	struct arena arena;
	int error;

	arena_init(&arena, 0);
	error = collect(txn, &arena, &request);
	if (error == 0) {
		peer_send(peer, MESSAGE_HEADS_WATCH, peer_next_request(peer),
			&request.base);
	} else {
		errmsg_set(msg, error, "read the lists");
	}
	arena_finish(&arena);
	return error;
}
