/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/errand.h"

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct errand *errand = (struct errand *)job;

	errand->more = false;
	return errand->ops->run(errand, txn, msg);
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct errand *errand = (struct errand *)job;

	if (error == 0 && errand->ops->committed != NULL) {
		errand->ops->committed(errand);
	}
	if (error == 0 && errand->more) {
		error = committer_post(errand->service->node->committer, job);
		if (error == 0) {
			return;
		}
		text = cordon_error_text(error);
	}
	errand->error = error;
	if (error != 0) {
		errmsg_set(&errand->text, error, "%s", text);
	}
	mailbox_post(errand->service->mailbox, &errand->letter);
}

/* Ends held, and the errand with it, unless there is no room yet. */
static void try_answer(struct errand *errand)
{
	struct held *held = errand->held;

	if (!held_may_write(held)) {
		return;
	}
	if (errand->error != 0) {
		(void)session_refuse(held_session(held), held_request(held),
			errand->error, errand->text.text);
	} else {
		errand->ops->answer(errand, held_session(held), held_request(held));
	}
	held_end(held);
}

static void on_turn(struct held *held, void *context)
{
	struct errand *errand = context;

	(void)held;
	if (errand->is_done) {
		try_answer(errand);
	}
}

static void on_destroy(void *context)
{
	struct errand *errand = context;

	errand->held = NULL;
	if (errand->is_done) {
		errand->ops->destroy(errand);
	}
}

static const struct held_ops held_ops = { .turn = on_turn, .destroy = on_destroy };

static void on_letter(struct letter *letter)
{
	struct errand *errand =
		(struct errand *)((char *)letter - offsetof(struct errand, letter));

	errand->is_done = true;
	if (errand->ops->done != NULL) {
		errand->ops->done(errand);
	}
	if (errand->held != NULL) {
		try_answer(errand);
	} else {
		errand->ops->destroy(errand);
	}
}

int errand_begin(
	struct request *request, struct errand *errand, const struct errand_ops *ops)
{
	int error;

	errand->ops = ops;
	errand->service = request->service;
	errand->job.run = run;
	errand->job.done = done;
	errand->letter.deliver = on_letter;
	error = held_create(request, &held_ops, errand, &errand->held);
	if (error != 0) {
		ops->destroy(errand);
		return error;
	}
	error = committer_post(request->service->node->committer, &errand->job);
	if (error != 0) {
		errand->is_done = true;
		held_end(errand->held);
	}
	return error;
}
