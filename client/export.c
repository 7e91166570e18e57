/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/client_private.h"
#include "proto/entry.h"
#include "proto/record_codec.h"

struct export_request {
	struct request request;
	cordon_export_fn *record;
	void *data;
	struct arena arena; /* of the record that is handed out */
};

/* The record of one entry; it must be live and whole. */
static int open_entry(struct export_request *export, const Cordon__Entry *message,
	struct cordon_record **record, struct errmsg *msg)
{
	struct entry entry;
	int error = entry_from_message(message, &entry, msg);

	if (error == 0 && (entry.state != ENTRY_LIVE || entry.sealed.size == 0)) {
		error = errmsg_set(msg, CORDON_EPROTO, "it is not live");
	}
	if (error == 0) {
		error = record_open(entry.sealed, &export->arena, record, NULL, msg);
	}
	if (error == 0 &&
		((*record)->id == NULL || strlen((*record)->id) != entry.id.size ||
			memcmp((*record)->id, entry.id.data, entry.id.size) != 0)) {
		error = errmsg_set(msg, CORDON_EPROTO, "its record is not its own");
	}
	if (error == 0 || error == CORDON_ENOMEM) {
		return error;
	}
	return errmsg_wrap(msg, CORDON_EPROTO, "the node exports %.*s",
		message->id.len > CORDON_ID_MAX ? CORDON_ID_MAX : (int)message->id.len,
		(const char *)message->id.data);
}

static int read_chunk(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	struct export_request *export = (struct export_request *)request;
	const Cordon__ExportChunk *message =
		(const Cordon__ExportChunk *)frame->message;
	struct cordon_record *record;
	int error, result;

	for (size_t i = 0; i < message->n_entries; i++) {
		arena_reset(&export->arena);
		error = open_entry(export, message->entries[i], &record, msg);
		if (error != 0) {
			return error;
		}
		request->started = true;
		result = export->record(export->data, record);
		if (result != 0) {
			return request_stop(request, result);
		}
	}
	return 0;
}

static void destroy_export(struct request *request)
{
	request_finish(request);
	arena_finish(&((struct export_request *)request)->arena);
}

static const struct request_type export_type = {
	.message = MESSAGE_EXPORT,
	.answer = MESSAGE_EXPORT_CHUNK,
	.streams = true,
	.read = read_chunk,
	.destroy = destroy_export,
};

int cordon_export(struct cordon_client *client, const char *owner, uint32_t kind,
	cordon_export_fn *record, void *data)
{
	struct export_request export = { .record = record, .data = data };
	Cordon__ExportRequest message = CORDON__EXPORT_REQUEST__INIT;
	int error;

	client_begin(client);
	message.owner = message_data(owner);
	message.kind = kind;
	error = request_init(
		&export.request, &export_type, &message.base, &client->msg);
	if (error != 0) {
		return error;
	}
	arena_init(&export.arena, 0);
	error = client_call(client, &export.request);
	request_destroy(&export.request);
	return error;
}
