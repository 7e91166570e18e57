/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/pending_private.h"
#include "daemon/node/rights.h"
#include "proto/record_codec.h"

/* What waits for a second pair of eyes, told page by page. */

#define CHANGES_MAX 64
#define IDS_SHOWN 20
#define ITEMS_MAX 512
#define PAGE_BYTES ((size_t)512 * 1024)

struct shown {
	Cordon__PendingChange message;
	ProtobufCBinaryData ids[IDS_SHOWN];
	uint32_t why;
};

struct listing {
	struct request *request;
	struct arena *arena;
	int64_t now_s;
	uint64_t number; /* 0: all changes, without their items */
	struct shown *changes[CHANGES_MAX];
	size_t count;
	Cordon__PendingItem **items; /* of the one */
	size_t items_count, bytes, bytes_max;
	bool more;
	int error;
};

static ProtobufCBinaryData keep(struct listing *l, struct bytes from)
{
	return message_data_bytes((struct bytes){
		(const uint8_t *)arena_text(l->arena, from.data, from.size),
		from.size });
}

/* NULL: out of memory. */
static ProtobufCBinaryData *names_of(struct arena *arena, uint32_t why, size_t *count)
{
	ProtobufCBinaryData *names = arena_array(arena, EYES_COUNT, sizeof(*names));

	*count = 0;
	for (unsigned i = 0; names != NULL && i < EYES_COUNT; i++) {
		if ((why >> i & 1) != 0) {
			names[(*count)++] = message_data(eyes_name(1u << i));
		}
	}
	return names;
}

/* ---- changes ----------------------------------------------------------------------
 */

static int read_export(struct listing *l, const struct store_pending *pending,
	Cordon__PendingChange *message)
{
	ProtobufCMessage *export;
	int error = message_unpack(&cordon__export_request__descriptor, pending->item,
		l->arena, &export, NULL);

	message->export = (Cordon__ExportRequest *)export;
	message->approved_by = keep(l, pending->approved_by);
	return error == CORDON_EPROTO ? CORDON_ECORRUPT : error;
}

static struct shown *add_change(struct listing *l, const struct store_pending *pending)
{
	struct shown *shown = arena_alloc(l->arena, sizeof(*shown));

	if (shown == NULL) {
		l->error = CORDON_ENOMEM;
		return NULL;
	}
	memset(shown, 0, sizeof(*shown));
	cordon__pending_change__init(&shown->message);
	shown->message.number = pending->number;
	shown->message.by = keep(l, pending->by);
	shown->message.at_s = pending->at_s;
	shown->message.expires_s = pending->expires_s;
	shown->message.ids = shown->ids;
	if (pending->id.size == 0) {
		l->error = read_export(l, pending, &shown->message);
	}
	l->changes[l->count++] = shown;
	return shown;
}

/* The change that it is of, a new one where it is the first; NULL: no room. */
static struct shown *change_of(struct listing *l, const struct store_pending *pending)
{
	struct shown *last = l->count == 0 ? NULL : l->changes[l->count - 1];

	if (last != NULL && last->message.number == pending->number) {
		return last;
	}
	if (l->count == CHANGES_MAX) {
		l->more = true;
		return NULL;
	}
	return add_change(l, pending);
}

/* ---- items ------------------------------------------------------------------------
 */

/* An internal note is for those only who may read it (authz_reads_note). */
static int without_note(struct listing *l, Cordon__SubmitItem *item)
{
	struct bytes packed = { item->put.data, item->put.len };
	struct cordon_record *record;
	int error = record_open(packed, l->arena, &record, NULL, NULL);

	if (error == 0) {
		record->internal_note = NULL;
		error = record_pack(record, l->arena, &packed);
		item->put = message_data_bytes(packed);
	}
	return error;
}

static int make_item(struct listing *l, const struct store_pending *pending,
	Cordon__PendingItem *message)
{
	const struct node *node = l->request->service->node;
	ProtobufCMessage *item;
	int error = message_unpack(
		&cordon__submit_item__descriptor, pending->item, l->arena, &item, NULL);

	if (error != 0) {
		return error == CORDON_EPROTO ? CORDON_ECORRUPT : error;
	}
	cordon__pending_item__init(message);
	message->position = pending->position;
	message->item = (Cordon__SubmitItem *)item;
	message->why = names_of(l->arena, pending->why, &message->n_why);
	if (message->item->what_case == CORDON__SUBMIT_ITEM__WHAT_PUT &&
		!authz_reads_note(rights_authz(node->rights), l->request->asker,
			&node->config->node.member, pending->kind)) {
		error = without_note(l, message->item);
	}
	return error;
}

/* False: there is no room for it. */
static bool add_item(struct listing *l, const struct store_pending *pending)
{
	Cordon__PendingItem *message;
	size_t bytes = pending->item.size + 64;

	if (l->items_count == ITEMS_MAX ||
		(l->items_count > 0 && l->bytes + bytes > l->bytes_max)) {
		l->more = true;
		return false;
	}
	message = arena_alloc(l->arena, sizeof(*message));
	l->error = message == NULL ? CORDON_ENOMEM : make_item(l, pending, message);
	if (l->error != 0) {
		return false;
	}
	l->items[l->items_count++] = message;
	l->bytes += bytes;
	return true;
}

static bool add(void *context, const struct store_pending *pending)
{
	struct listing *l = context;
	Cordon__PendingChange *message;
	struct shown *shown;

	if (l->number != 0 && pending->number != l->number) {
		return false;
	}
	if (pending->expires_s <= l->now_s) {
		return true;
	}
	shown = change_of(l, pending);
	if (shown == NULL || l->error != 0) {
		return false;
	}
	message = &shown->message;
	message->count++;
	shown->why |= pending->why;
	if (pending->id.size > 0 && message->n_ids < IDS_SHOWN) {
		shown->ids[message->n_ids++] = keep(l, pending->id);
	}
	return l->number == 0 || pending->id.size == 0 || add_item(l, pending);
}

/* ---- the answer -------------------------------------------------------------------
 */

static int answer(struct listing *l)
{
	Cordon__PendingAnswer message = CORDON__PENDING_ANSWER__INIT;
	Cordon__PendingChange *pointers[CHANGES_MAX];

	for (size_t i = 0; i < l->count; i++) {
		struct shown *shown = l->changes[i];

		shown->message.why =
			names_of(l->arena, shown->why, &shown->message.n_why);
		shown->message.items = l->items;
		shown->message.n_items = l->items_count;
		pointers[i] = &shown->message;
	}
	if (l->arena->failed) {
		return CORDON_ENOMEM;
	}
	message.changes = pointers;
	message.n_changes = l->count;
	message.more = l->more;
	return session_answer(l->request->session, l->request->id,
		MESSAGE_PENDING_ANSWER, 0, &message.base);
}

int pending_list(struct request *request, struct errmsg *msg)
{
	const Cordon__PendingRequest *message =
		(const Cordon__PendingRequest *)request->message;
	struct listing l = { .request = request,
		.arena = request->arena,
		.now_s = wall_s(clock_wall()),
		.number = message->number,
		.bytes_max = served_bytes_max(request->session, PAGE_BYTES) };
	struct store_txn *txn;
	int error = request_txn(request, &txn, msg);

	if (error == 0 && message->number != 0 && message->after >= UINT32_MAX) {
		error = errmsg_set(msg, CORDON_EPROTO, "after: no position of an item");
	}
	if (error != 0) {
		return error;
	}
	l.items = arena_array(l.arena, ITEMS_MAX, sizeof(*l.items));
	if (l.items == NULL) {
		return CORDON_ENOMEM;
	}
	error = message->number == 0
			? store_pending_each(txn, message->after, UINT32_MAX, add, &l)
			: store_pending_each(txn, message->number,
				  (uint32_t)message->after, add, &l);
	if (error != 0) {
		return served_failed(txn, msg);
	}
	if (l.error != 0) {
		return errmsg_set(msg, l.error, "a change that waits");
	}
	if (message->number != 0 && l.count == 0 && message->after == 0) {
		return errmsg_set(msg, CORDON_ENOTFOUND,
			"no change %llu waits; see cordonctl record pending",
			(unsigned long long)message->number);
	}
	return answer(&l);
}
