/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__DueAnswer *message = (const Cordon__DueAnswer *)frame->message;
	struct cordon_due *due = question_object(request, sizeof(*due));
	struct reading r = { NULL, "DUE_ANSWER", msg, 0 };
	struct cordon_due_record *records;

	if (due == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	records = reading_array(&r, message->n_records, sizeof(*records));
	for (size_t i = 0; records != NULL && i < message->n_records; i++) {
		const Cordon__DueRecord *m = message->records[i];

		records[i].id = reading_mandatory(&r, m->id);
		records[i].review_by = reading_date(&r, m->review_by);
		records[i].valid_until = reading_date(&r, m->valid_until);
	}
	due->records = records;
	due->count = message->n_records;
	due->more = message->more;
	return reading_end(&r);
}

static const struct request_type due_type = {
	.message = MESSAGE_DUE,
	.answer = MESSAGE_DUE_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_due(
	struct cordon_client *client, uint32_t within_days, struct cordon_due **due)
{
	Cordon__DueRequest message = CORDON__DUE_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	message.within_days = within_days;
	error = client_ask(client, &due_type, &message.base, &object);
	if (error == 0) {
		*due = object;
	}
	return error;
}

void cordon_due_destroy(struct cordon_due *due)
{
	owned_destroy(due);
}
