/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/brake_private.h"

/* What the brake holds, told to an administrator. */

#define BATCHES_MAX 64
#define IDS_SHOWN 20

struct shown {
	Cordon__Control__BrakeBatch message;
	Cordon__ListId list;
	struct list_id id;
	ProtobufCBinaryData ids[IDS_SHOWN];
};

struct listing {
	struct arena *arena;
	struct shown *batches[BATCHES_MAX];
	size_t count;
};

static struct shown *shown_of(struct listing *listing, const struct store_held *held)
{
	struct shown *last =
		listing->count == 0 ? NULL : listing->batches[listing->count - 1];

	if (last != NULL && last->message.batch == held->batch) {
		return last;
	}
	if (listing->count == BATCHES_MAX) {
		return NULL;
	}
	last = arena_alloc(listing->arena, sizeof(*last));
	if (last == NULL) {
		return NULL;
	}
	memset(last, 0, sizeof(*last));
	cordon__control__brake_batch__init(&last->message);
	last->id = held->list;
	list_to_message(&last->id, &last->list);
	last->message.list = &last->list;
	last->message.batch = held->batch;
	last->message.first_s = held->at_s;
	last->message.last_s = held->at_s;
	last->message.by =
		message_data(arena_text(listing->arena, held->by.data, held->by.size));
	last->message.ids = last->ids;
	listing->batches[listing->count++] = last;
	return last;
}

static bool show(void *context, const struct store_held *held)
{
	struct listing *listing = context;
	struct shown *shown = shown_of(listing, held);
	Cordon__Control__BrakeBatch *message;

	if (shown == NULL) {
		return false;
	}
	message = &shown->message;
	message->count++;
	message->first_s =
		held->at_s < message->first_s ? held->at_s : message->first_s;
	message->last_s = held->at_s > message->last_s ? held->at_s : message->last_s;
	if (message->n_ids < IDS_SHOWN) {
		shown->ids[message->n_ids++] = message_data(
			arena_text(listing->arena, held->id.data, held->id.size));
	}
	return true;
}

static int add_live(struct store_txn *txn, struct shown *shown)
{
	struct list_copy copy;
	bool found;
	int error = store_list_get(txn, &shown->id, &copy, &found);

	shown->message.live = error == 0 && found ? copy.live_count : 0;
	return error;
}

int brake_list(struct request *request, struct errmsg *msg)
{
	Cordon__Control__BrakeAnswer answer = CORDON__CONTROL__BRAKE_ANSWER__INIT;
	Cordon__Control__BrakeBatch *pointers[BATCHES_MAX];
	struct listing listing = { .arena = request->arena };
	struct store_txn *txn;
	int error = request_txn(request, &txn, msg);

	if (error != 0) {
		return error;
	}
	error = store_held_each(txn, 0, show, &listing);
	for (size_t i = 0; error == 0 && i < listing.count; i++) {
		error = add_live(txn, listing.batches[i]);
		pointers[i] = &listing.batches[i]->message;
	}
	if (error != 0) {
		return served_failed(txn, msg);
	}
	if (request->arena->failed) {
		return CORDON_ENOMEM;
	}
	answer.batches = pointers;
	answer.n_batches = listing.count;
	return session_answer(
		request->session, request->id, MESSAGE_BRAKE_ANSWER, 0, &answer.base);
}
