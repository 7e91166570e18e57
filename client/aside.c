/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/client_private.h"
#include "client/record_entry.h"
#include "proto/entry.h"

enum aside_what {
	ASIDE_LIST = 1,
	ASIDE_DROP
};

/* Behind which the next page begins, with what it points to. */
struct aside_place {
	Cordon__Position position;
	Cordon__ListId list_message;
	Cordon__Epoch epoch;
	struct list_id list;
	bool more;
};

struct aside_request {
	struct request request;
	cordon_aside_fn *each; /* NULL: drop */
	void *data;
	struct arena arena; /* of the change that is handed out */
	struct aside_place *place;
	uint64_t dropped;
};

static int keep_place(struct aside_place *place,
	const Cordon__Control__AsideEntry *message, uint64_t sequence)
{
	int error = list_from_message(message->list, &place->list, NULL);

	if (error != 0 || message->epoch == NULL) {
		return CORDON_EPROTO;
	}
	list_to_message(&place->list, &place->list_message);
	cordon__epoch__init(&place->epoch);
	place->epoch.number = message->epoch->number;
	place->epoch.tag = message->epoch->tag;
	cordon__position__init(&place->position);
	place->position.list = &place->list_message;
	place->position.epoch = &place->epoch;
	place->position.sequence = sequence;
	return 0;
}

static int read_one(struct aside_request *aside,
	const Cordon__Control__AsideEntry *message, struct errmsg *msg)
{
	struct reading r = { &aside->arena, "ASIDE_ANSWER", msg, 0 };
	struct cordon_aside change = { .kept_at_s = message->kept_at_s };
	int result;

	arena_reset(&aside->arena);
	record_entry_read(&r,
		&(struct record_entry_parts){
			message->list, message->epoch, message->entry, { 0, NULL } },
		&change.entry);
	if (reading_end(&r) != 0) {
		return r.error;
	}
	if (keep_place(aside->place, message, change.entry.sequence) != 0) {
		return errmsg_set(msg, CORDON_EPROTO, "ASIDE_ANSWER: its epoch");
	}
	aside->request.started = true;
	result = aside->each(aside->data, &change);
	return result == 0 ? 0 : request_stop(&aside->request, result);
}

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	struct aside_request *aside = (struct aside_request *)request;
	const Cordon__Control__AsideAnswer *message =
		(const Cordon__Control__AsideAnswer *)frame->message;

	aside->dropped = message->dropped;
	if (aside->place != NULL) {
		aside->place->more = message->more && message->n_entries > 0;
	}
	for (size_t i = 0; aside->each != NULL && i < message->n_entries; i++) {
		int error = read_one(aside, message->entries[i], msg);

		if (error != 0 || request->stopped) {
			return error;
		}
	}
	return 0;
}

static void destroy_aside(struct request *request)
{
	request_finish(request);
	arena_finish(&((struct aside_request *)request)->arena);
}

static const struct request_type aside_type = {
	.message = MESSAGE_ASIDE,
	.answer = MESSAGE_ASIDE_ANSWER,
	.read = read_answer,
	.destroy = destroy_aside,
};

/* One page, or the dropping. */
static int ask(struct cordon_client *client, struct aside_request *aside,
	Cordon__Control__AsideRequest *message)
{
	int error = request_init(
		&aside->request, &aside_type, &message->base, &client->msg);

	if (error != 0) {
		return error;
	}
	arena_init(&aside->arena, 0);
	error = client_call(client, &aside->request);
	request_destroy(&aside->request);
	return error;
}

int cordon_aside(struct cordon_client *client, const char *id, cordon_aside_fn *change,
	void *data)
{
	Cordon__Control__AsideRequest message = CORDON__CONTROL__ASIDE_REQUEST__INIT;
	struct aside_place place = { .more = true };
	int error;

	client_begin(client);
	error = client_one_server(client, "whose changes are meant");
	message.what = ASIDE_LIST;
	message.id = message_data(id);
	while (error == 0 && place.more) {
		struct aside_request page = {
			.each = change, .data = data, .place = &place
		};

		error = ask(client, &page, &message);
		message.after = &place.position;
	}
	return error;
}

int cordon_aside_drop(struct cordon_client *client, const char *id, uint64_t *dropped)
{
	Cordon__Control__AsideRequest message = CORDON__CONTROL__ASIDE_REQUEST__INIT;
	struct aside_request aside = { .place = NULL };
	int error;

	client_begin(client);
	error = client_one_server(client, "whose changes are meant");
	if (error != 0) {
		return error;
	}
	message.what = ASIDE_DROP;
	message.id = message_data(id);
	error = ask(client, &aside, &message);
	if (error == 0) {
		*dropped = aside.dropped;
	}
	return error;
}
