/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/client_private.h"
#include "client/reading.h"

/* Bytes as they are. */
static const uint8_t *keep_bytes(
	struct reading *r, ProtobufCBinaryData data, size_t *size)
{
	uint8_t *kept = reading_array(r, data.len + 1, 1);

	*size = 0;
	if (kept != NULL && data.len > 0) {
		memcpy(kept, data.data, data.len);
		*size = data.len;
	}
	return kept;
}

static void read_segments(struct reading *r,
	const Cordon__Control__AccessLogAnswer *message, struct cordon_access_log *log)
{
	struct cordon_access_segment *all =
		reading_array(r, message->n_segments + 1, sizeof(*all));

	for (size_t i = 0; all != NULL && i < message->n_segments; i++) {
		const Cordon__Control__AccessLogSegment *from = message->segments[i];

		all[i] = (struct cordon_access_segment){
			.number = from->segment,
			.first_s = from->first_s,
			.last_s = from->last_s,
			.bytes = from->bytes,
			.compressed = from->compressed,
		};
	}
	log->segments = all;
	log->segments_count = all == NULL ? 0 : message->n_segments;
}

static int read_log(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__Control__AccessLogAnswer *message =
		(const Cordon__Control__AccessLogAnswer *)frame->message;
	struct cordon_access_log *log = question_object(request, sizeof(*log));
	struct reading r = { NULL, "ACCESS_LOG_ANSWER", msg, 0 };

	if (log == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	read_segments(&r, message, log);
	log->data = keep_bytes(&r, message->data, &log->data_bytes);
	log->segment_bytes = message->size;
	if (message->status != NULL) {
		log->checkpoint = keep_bytes(
			&r, message->status->checkpoint, &log->checkpoint_bytes);
		log->checkpoint_s = message->status->checkpoint_s;
	}
	return reading_end(&r);
}

static const struct request_type log_type = {
	.message = MESSAGE_ACCESS_LOG,
	.answer = MESSAGE_ACCESS_LOG_ANSWER,
	.read = read_log,
	.destroy = question_destroy,
};

int cordon_access_log(struct cordon_client *client, uint64_t segment, uint64_t offset,
	struct cordon_access_log **log)
{
	Cordon__Control__AccessLogRequest message =
		CORDON__CONTROL__ACCESS_LOG_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	error = client_one_server(client, "whose access log is to be read");
	if (error != 0) {
		return error;
	}
	message.what = segment == 0 ? 1 : 2;
	message.segment = segment;
	message.offset = offset;
	error = client_ask(client, &log_type, &message.base, &object);
	if (error == 0) {
		*log = object;
	}
	return error;
}

void cordon_access_log_destroy(struct cordon_access_log *log)
{
	owned_destroy(log);
}

/* ---- history ----------------------------------------------------------------------
 */

static int read_history(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__HistoryAnswer *message =
		(const Cordon__HistoryAnswer *)frame->message;
	struct cordon_history *history = question_object(request, sizeof(*history));
	struct reading r = { NULL, "HISTORY_ANSWER", msg, 0 };
	struct cordon_history_change *all;

	if (history == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	all = reading_array(&r, message->n_changes + 1, sizeof(*all));
	for (size_t i = 0; all != NULL && i < message->n_changes; i++) {
		const Cordon__HistoryChange *from = message->changes[i];

		all[i] = (struct cordon_history_change){
			.at_us = from->at_us,
			.who = reading_text(&r, from->who),
			.type = from->type,
			.outcome = from->outcome,
			.error = from->error > INT16_MAX ? CORDON_EINTERNAL
							 : -(int)from->error,
			.version = from->version,
			.fields = reading_text(&r, from->fields),
			.old_hash = reading_hash(&r, from->old_hash),
			.new_hash = reading_hash(&r, from->new_hash),
		};
	}
	history->changes = all;
	history->changes_count = all == NULL ? 0 : message->n_changes;
	history->more = message->more;
	return reading_end(&r);
}

static const struct request_type history_type = {
	.message = MESSAGE_HISTORY,
	.answer = MESSAGE_HISTORY_ANSWER,
	.read = read_history,
	.destroy = question_destroy,
};

int cordon_history(
	struct cordon_client *client, const char *id, struct cordon_history **history)
{
	Cordon__HistoryRequest message = CORDON__HISTORY_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	message.id = message_data(id);
	error = client_ask(client, &history_type, &message.base, &object);
	if (error == 0) {
		*history = object;
	}
	return error;
}

void cordon_history_destroy(struct cordon_history *history)
{
	owned_destroy(history);
}
