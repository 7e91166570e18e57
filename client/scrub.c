/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__Control__ScrubAnswer *message =
		(const Cordon__Control__ScrubAnswer *)frame->message;
	struct cordon_scrub *scrub = question_object(request, sizeof(*scrub));
	struct reading r = { NULL, "SCRUB_ANSWER", msg, 0 };

	if (scrub == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	*scrub = (struct cordon_scrub){
		.running = message->running,
		.runs = message->runs,
		.begun_s = message->begun_s,
		.finished_s = message->finished_s,
		.lists_done = message->lists_done,
		.lists_count = message->lists_count,
		.rows = message->rows,
		.damaged = message->damaged,
		.indexes = message->indexes,
		.list = message->list == NULL ? NULL : reading_list(&r, message->list),
		.repairs_wanted = message->repairs_wanted,
		.repaired_lists = message->repaired_lists,
		.repaired_entries = message->repaired_entries,
	};
	return reading_end(&r);
}

static const struct request_type scrub_type = {
	.message = MESSAGE_SCRUB,
	.answer = MESSAGE_SCRUB_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_scrub(struct cordon_client *client, bool now, struct cordon_scrub **scrub)
{
	Cordon__Control__ScrubRequest message = CORDON__CONTROL__SCRUB_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	error = client_one_server(client, "which node is to scrub");
	if (error != 0) {
		return error;
	}
	message.now = now;
	error = client_ask(client, &scrub_type, &message.base, &object);
	if (error == 0) {
		*scrub = object;
	}
	return error;
}

void cordon_scrub_destroy(struct cordon_scrub *scrub)
{
	owned_destroy(scrub);
}
