/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"
#include "client/submit.h"
#include "proto/record_codec.h"

/* What waits for a second pair of eyes. */

static void read_put(struct reading *r, const Cordon__SubmitItem *message,
	struct cordon_pending_item *item)
{
	struct bytes packed = { message->put.data, message->put.len };
	struct cordon_record *record;

	if (record_open(packed, r->arena, &record, NULL, r->msg) != 0) {
		reading_fault(r, "a record that waits");
		return;
	}
	item->type = CORDON_ITEM_PUT;
	item->id = record->id;
	item->record = record;
}

static void read_item(struct reading *r, const Cordon__PendingItem *message,
	struct cordon_pending_item *item)
{
	const Cordon__SubmitItem *from = message->item;

	item->position = message->position;
	item->why = reading_texts(r, message->why, message->n_why);
	item->why_count = message->n_why;
	switch (from == NULL ? CORDON__SUBMIT_ITEM__WHAT__NOT_SET : from->what_case) {
	case CORDON__SUBMIT_ITEM__WHAT_PUT:
		read_put(r, from, item);
		break;
	case CORDON__SUBMIT_ITEM__WHAT_WITHDRAW:
		item->type = CORDON_ITEM_WITHDRAW;
		item->id = reading_mandatory(r, from->withdraw->id);
		item->reason = from->withdraw->reason;
		item->text = reading_text(r, from->withdraw->text);
		break;
	case CORDON__SUBMIT_ITEM__WHAT_CONFIRM:
		item->type = CORDON_ITEM_CONFIRM;
		item->id = reading_mandatory(r, from->confirm->id);
		item->until = reading_date(r, from->confirm->until);
		break;
	default:
		reading_fault(r, "an item that is none");
	}
}

static void read_items(struct reading *r, const Cordon__PendingChange *message,
	struct cordon_pending_change *change)
{
	struct cordon_pending_item *items =
		reading_array(r, message->n_items, sizeof(*items));

	for (size_t i = 0; items != NULL && i < message->n_items; i++) {
		read_item(r, message->items[i], &items[i]);
	}
	change->items = items;
	change->items_count = message->n_items;
}

static void read_change(struct reading *r, const Cordon__PendingChange *message,
	struct cordon_pending_change *change)
{
	*change = (struct cordon_pending_change){
		.number = message->number,
		.by = reading_mandatory(r, message->by),
		.at_s = message->at_s,
		.expires_s = message->expires_s,
		.count = message->count,
		.why = reading_texts(r, message->why, message->n_why),
		.why_count = message->n_why,
		.ids = reading_texts(r, message->ids, message->n_ids),
		.ids_count = message->n_ids,
		.approved_by = reading_text(r, message->approved_by),
	};
	read_items(r, message, change);
	if (message->export != NULL) {
		change->is_export = true;
		change->owner = reading_text(r, message->export->owner);
		change->kind = message->export->kind;
	}
}

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__PendingAnswer *message =
		(const Cordon__PendingAnswer *)frame->message;
	struct cordon_pending *pending = question_object(request, sizeof(*pending));
	struct reading r = { NULL, "PENDING_ANSWER", msg, 0 };
	struct cordon_pending_change *changes;
	struct cordon_result *results;

	if (pending == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	changes = reading_array(&r, message->n_changes, sizeof(*changes));
	for (size_t i = 0; changes != NULL && i < message->n_changes; i++) {
		read_change(&r, message->changes[i], &changes[i]);
	}
	results = reading_array(&r, message->n_results, sizeof(*results));
	for (size_t i = 0; results != NULL && i < message->n_results; i++) {
		submit_result_read(&r, message->results[i], &results[i]);
	}
	*pending = (struct cordon_pending){
		.changes = changes,
		.changes_count = message->n_changes,
		.more = message->more,
		.results = results,
		.results_count = message->n_results,
	};
	return reading_end(&r);
}

static const struct request_type pending_type = {
	.message = MESSAGE_PENDING,
	.answer = MESSAGE_PENDING_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_pending(struct cordon_client *client, enum cordon_pending_what what,
	uint64_t number, uint64_t after, struct cordon_pending **pending)
{
	Cordon__PendingRequest message = CORDON__PENDING_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	message.what = (uint32_t)what;
	message.number = number;
	message.after = after;
	error = client_ask(client, &pending_type, &message.base, &object);
	if (error == 0) {
		*pending = object;
	}
	return error;
}

void cordon_pending_destroy(struct cordon_pending *pending)
{
	owned_destroy(pending);
}
