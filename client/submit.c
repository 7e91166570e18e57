/* SPDX-License-Identifier: Apache-2.0 */
#include "client/submit.h"

#include <stdlib.h>

#include "client/arrivals.h"
#include "client/client_private.h"
#include "client/reading.h"
#include "proto/record_codec.h"

/* ---- the answer ---- */

void submit_result_read(struct reading *r, const Cordon__SubmitResult *message,
	struct cordon_result *result)
{
	struct failure failure = { 0 };
	bool failed = message->outcome == CORDON_OUTCOME_REFUSED ||
		      message->outcome == CORDON_OUTCOME_PENDING;

	if (message->error != NULL) {
		failure_from_message(message->error, r->arena, &failure);
	}
	if (failed != (message->error != NULL) ||
		message->outcome < CORDON_OUTCOME_CREATED ||
		message->outcome > CORDON_OUTCOME_PENDING) {
		reading_fault(r, "an outcome that is none, or contradicts its error");
	}
	*result = (struct cordon_result){
		.id = reading_text(r, message->id),
		.outcome = message->outcome,
		.error = failure.error,
		.error_text = failure.text,
		.field = failure.field,
		.warning = reading_text(r, message->warning),
		.version = message->version,
		.sequence = message->sequence,
	};
}

/* 0, or why the copies are not there. */
static void read_copies(struct reading *r, const struct submit_request *submit,
	const Cordon__SubmitAnswer *message, struct cordon_results *out)
{
	struct failure failure = { 0 };

	out->copies = message->copies;
	arrivals_read(r, message->arrivals, message->n_arrivals, &out->arrivals);
	out->arrivals_count = message->n_arrivals;
	for (size_t i = 0; i < message->n_arrivals; i++) {
		if (message->arrivals[i]->list == NULL) {
			reading_fault(r, "an arrival of no list");
		}
	}
	if (message->copies_error != NULL) {
		failure_from_message(message->copies_error, r->arena, &failure);
	} else if (message->copies == CORDON_COPIES_DEFAULT &&
		   submit->copies != CORDON_COPIES_DEFAULT &&
		   submit->copies != CORDON_COPIES_LOCAL) {
		failure.error = CORDON_EUNSUPPORTED;
		failure.text = "the node is too old to wait for copies: the changes "
			       "are on its own disk";
	}
	out->copies_error = failure.error;
	out->copies_text = failure.text;
}

static int read_results(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	struct submit_request *submit = (struct submit_request *)request;
	const Cordon__SubmitAnswer *message =
		(const Cordon__SubmitAnswer *)frame->message;
	struct reading r = { NULL, "SUBMIT_ANSWER", msg, 0 };
	struct cordon_results *out;
	struct cordon_result *results;

	if (message->n_results != submit->count) {
		return errmsg_set(msg, CORDON_EPROTO,
			"the node answers %zu of %zu items", message->n_results,
			submit->count);
	}
	owned_abandon(submit->owned);
	submit->owned = owned_create(1, sizeof(*out), 0);
	if (submit->owned == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = owned_arena(submit->owned);
	results = reading_array(&r, submit->count, sizeof(*results));
	for (size_t i = 0; results != NULL && i < submit->count; i++) {
		submit_result_read(&r, message->results[i], &results[i]);
	}
	out = owned_object(submit->owned, 0);
	out->results = results;
	out->count = submit->count;
	read_copies(&r, submit, message, out);
	return reading_end(&r);
}

static void destroy_submit(struct request *request)
{
	struct submit_request *submit = (struct submit_request *)request;

	request_finish(request);
	owned_abandon(submit->owned);
	free(submit);
}

static const struct request_type submit_type = {
	.message = MESSAGE_SUBMIT,
	.answer = MESSAGE_SUBMIT_ANSWER,
	.read = read_results,
	.destroy = destroy_submit,
};

void cordon_results_destroy(struct cordon_results *results)
{
	owned_destroy(results);
}

/* ---- the request ---- */

static int put_to_message(const struct cordon_item *item, struct arena *arena,
	Cordon__SubmitItem *message, struct errmsg *msg)
{
	struct bytes packed;
	int error;

	if (item->record == NULL) {
		return errmsg_set(msg, CORDON_EINVAL, "no record is given");
	}
	error = record_pack(item->record, arena, &packed);
	if (error != 0) {
		return errmsg_set(msg, error, "record %s: %s",
			item->record->id == NULL ? "without id" : item->record->id,
			error == CORDON_ETOOBIG ? "larger than 64 KiB"
						: cordon_error_text(error));
	}
	message->what_case = CORDON__SUBMIT_ITEM__WHAT_PUT;
	message->put = message_data_bytes(packed);
	message->from_public_list = item->from_public_list;
	return 0;
}

static int withdraw_to_message(const struct cordon_item *item, struct arena *arena,
	Cordon__SubmitItem *message, struct errmsg *msg)
{
	Cordon__WithdrawItem *withdraw = arena_alloc(arena, sizeof(*withdraw));

	if (withdraw == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	cordon__withdraw_item__init(withdraw);
	withdraw->id = message_data(item->id);
	withdraw->reason = item->reason;
	withdraw->text = message_data(item->text);
	message->what_case = CORDON__SUBMIT_ITEM__WHAT_WITHDRAW;
	message->withdraw = withdraw;
	return 0;
}

static int confirm_to_message(const struct cordon_item *item, struct arena *arena,
	Cordon__SubmitItem *message, struct errmsg *msg)
{
	Cordon__ConfirmItem *confirm = arena_alloc(arena, sizeof(*confirm));
	char *until = arena_alloc(arena, DATE_TEXT_BYTES);

	if (confirm == NULL || until == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (!date_whole(&item->until)) {
		return errmsg_set(msg, CORDON_EINVAL,
			"confirm: until is no date of year, month, day");
	}
	date_text(&item->until, until);
	cordon__confirm_item__init(confirm);
	confirm->id = message_data(item->id);
	confirm->until = message_data(until);
	message->what_case = CORDON__SUBMIT_ITEM__WHAT_CONFIRM;
	message->confirm = confirm;
	return 0;
}

static int item_to_message(const struct cordon_item *item, struct arena *arena,
	Cordon__SubmitItem *message, struct errmsg *msg)
{
	cordon__submit_item__init(message);
	if (item->type != CORDON_ITEM_PUT && item->id == NULL) {
		return errmsg_set(msg, CORDON_EINVAL, "no id is given");
	}
	switch (item->type) {
	case CORDON_ITEM_PUT:
		return put_to_message(item, arena, message, msg);
	case CORDON_ITEM_WITHDRAW:
		return withdraw_to_message(item, arena, message, msg);
	case CORDON_ITEM_CONFIRM:
		return confirm_to_message(item, arena, message, msg);
	}
	return errmsg_set(msg, CORDON_EINVAL, "%d is no type of item", (int)item->type);
}

/*
 * How long the node is to wait for copies, and so how much longer than otherwise it may
 * take for its answer.  Where it is the node that wants them, its answer must come in
 * the time that there is anyway.
 */
static uint32_t copies_wait_ms(
	const struct cordon_submission *submission, uint32_t timeout_ms)
{
	uint32_t ms = submission->copies_timeout_ms;

	if (submission->copies == CORDON_COPIES_LOCAL) {
		return 0;
	}
	if (ms > 0) {
		return ms;
	}
	if (submission->copies == CORDON_COPIES_DEFAULT) {
		timeout_ms -= timeout_ms / 4;
	}
	return timeout_ms > 0 ? timeout_ms : 1;
}

static int items_to_messages(const struct cordon_submission *submission,
	struct arena *arena, Cordon__SubmitRequest *message, struct errmsg *msg)
{
	size_t count = submission->count;
	Cordon__SubmitItem *messages = arena_array(arena, count, sizeof(*messages));
	Cordon__SubmitItem **pointers =
		arena_array(arena, count, sizeof(Cordon__SubmitItem *));

	if (messages == NULL || pointers == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < count; i++) {
		int error = item_to_message(
			&submission->items[i], arena, &messages[i], msg);

		if (error != 0) {
			return errmsg_wrap(msg, error, "item %zu", i + 1);
		}
		pointers[i] = &messages[i];
	}
	message->items = pointers;
	message->n_items = count;
	return 0;
}

static int pack(const struct cordon_submission *submission, uint32_t timeout_ms,
	struct arena *arena, struct request *request, struct errmsg *msg)
{
	Cordon__SubmitRequest message = CORDON__SUBMIT_REQUEST__INIT;
	uint32_t wait_ms = copies_wait_ms(submission, timeout_ms);
	int error = items_to_messages(submission, arena, &message, msg);

	if (error != 0) {
		return error;
	}
	message.copies = submission->copies;
	message.timeout_ms = wait_ms;
	error = request_init(request, &submit_type, &message.base, msg);
	if (error == 0 && (submission->copies != CORDON_COPIES_DEFAULT ||
				  submission->copies_timeout_ms > 0)) {
		request->patience_ms = wait_ms;
	}
	return error;
}

static int check(const struct cordon_submission *submission, struct errmsg *msg)
{
	uint32_t copies = submission->copies;

	if (submission->count == 0 || submission->count > CORDON_SUBMIT_MAX) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%zu items in one request, 1 to %d are possible",
			submission->count, CORDON_SUBMIT_MAX);
	}
	if (copies > CORDON_COPIES_MAX && copies != CORDON_COPIES_LOCAL &&
		copies != CORDON_COPIES_ALL) {
		return errmsg_set(msg, CORDON_EINVAL,
			"copies: %u: 1 to %u members, CORDON_COPIES_LOCAL or "
			"CORDON_COPIES_ALL are possible",
			copies, CORDON_COPIES_MAX);
	}
	return 0;
}

int submit_request_create(const struct cordon_submission *submission,
	uint32_t timeout_ms, struct submit_request **submit, struct errmsg *msg)
{
	struct submit_request *s;
	struct arena arena;
	int error = check(submission, msg);

	if (error != 0) {
		return error;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	s->count = submission->count;
	s->copies = submission->copies;
	arena_init(&arena, 0);
	error = pack(submission, timeout_ms, &arena, &s->request, msg);
	arena_finish(&arena);
	if (error != 0) {
		free(s);
		return error;
	}
	*submit = s;
	return 0;
}

struct cordon_results *submit_request_give(struct submit_request *submit)
{
	struct cordon_results *results = owned_object(submit->owned, 0);

	submit->owned = NULL;
	return results;
}

int cordon_submit_with(struct cordon_client *client,
	const struct cordon_submission *submission, struct cordon_results **results)
{
	size_t servers = client->engine.settings.servers_count;
	struct submit_request *submit;
	int error;

	client_begin(client);
	error = submit_request_create(submission,
		client->timeout_ms / (uint32_t)servers, &submit, &client->msg);
	if (error != 0) {
		return error;
	}
	error = client_call(client, &submit->request);
	if (error == 0) {
		*results = submit_request_give(submit);
	}
	request_destroy(&submit->request);
	return error;
}

int cordon_submit(struct cordon_client *client, const struct cordon_item *items,
	size_t count, struct cordon_results **results)
{
	const struct cordon_submission submission = { .items = items, .count = count };

	return cordon_submit_with(client, &submission, results);
}
