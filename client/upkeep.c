/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"

/* ---- the brake ---- */

static void read_batch(struct reading *r, const Cordon__Control__BrakeBatch *m,
	struct cordon_brake_batch *batch)
{
	*batch = (struct cordon_brake_batch){
		.batch = m->batch,
		.list = reading_list(r, m->list),
		.count = m->count,
		.live = m->live,
		.first_s = m->first_s,
		.last_s = m->last_s,
		.by = reading_text(r, m->by),
		.ids = reading_texts(r, m->ids, m->n_ids),
		.ids_count = m->n_ids,
	};
}

static int read_brake(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__Control__BrakeAnswer *message =
		(const Cordon__Control__BrakeAnswer *)frame->message;
	struct cordon_brake *brake = question_object(request, sizeof(*brake));
	struct reading r = { NULL, "BRAKE_ANSWER", msg, 0 };
	struct cordon_brake_batch *batches;

	if (brake == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	batches = reading_array(&r, message->n_batches, sizeof(*batches));
	for (size_t i = 0; batches != NULL && i < message->n_batches; i++) {
		read_batch(&r, message->batches[i], &batches[i]);
	}
	*brake = (struct cordon_brake){
		.batches = batches,
		.batches_count = message->n_batches,
		.withdrawn = message->withdrawn,
		.passed_over = message->passed_over,
		.dropped = message->dropped,
	};
	return reading_end(&r);
}

static const struct request_type brake_type = {
	.message = MESSAGE_BRAKE,
	.answer = MESSAGE_BRAKE_ANSWER,
	.read = read_brake,
	.destroy = question_destroy,
};

int cordon_brake(struct cordon_client *client, enum cordon_brake_what what,
	uint64_t batch, struct cordon_brake **brake)
{
	Cordon__Control__BrakeRequest message = CORDON__CONTROL__BRAKE_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	error = client_one_server(client, "which node holds the withdrawals");
	if (error != 0) {
		return error;
	}
	message.what = (uint32_t)what;
	message.batch = batch;
	error = client_ask(client, &brake_type, &message.base, &object);
	if (error == 0) {
		*brake = object;
	}
	return error;
}

void cordon_brake_destroy(struct cordon_brake *brake)
{
	owned_destroy(brake);
}

/* ---- compaction ---- */

static int read_compact(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__Control__CompactAnswer *message =
		(const Cordon__Control__CompactAnswer *)frame->message;
	struct cordon_compaction *out = question_object(request, sizeof(*out));
	struct reading r = { NULL, "COMPACT_ANSWER", msg, 0 };
	struct failure failure = { 0 };

	if (out == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	if (message->error != NULL) {
		failure_from_message(message->error, r.arena, &failure);
	}
	*out = (struct cordon_compaction){
		.runs = message->runs,
		.running = message->running,
		.done_bytes = message->done_bytes,
		.total_bytes = message->total_bytes,
		.before_bytes = message->before_bytes,
		.after_bytes = message->after_bytes,
		.took_ms = message->took_ms,
		.error = failure.error,
		.error_text = failure.text,
	};
	return reading_end(&r);
}

static const struct request_type compact_type = {
	.message = MESSAGE_COMPACT,
	.answer = MESSAGE_COMPACT_ANSWER,
	.read = read_compact,
	.destroy = question_destroy,
};

int cordon_compact(
	struct cordon_client *client, bool start, struct cordon_compaction **compaction)
{
	Cordon__Control__CompactRequest message =
		CORDON__CONTROL__COMPACT_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	error = client_one_server(client, "which node's store is meant");
	if (error != 0) {
		return error;
	}
	message.what = start ? 1 : 2;
	error = client_ask(client, &compact_type, &message.base, &object);
	if (error == 0) {
		*compaction = object;
	}
	return error;
}

void cordon_compaction_destroy(struct cordon_compaction *compaction)
{
	owned_destroy(compaction);
}
