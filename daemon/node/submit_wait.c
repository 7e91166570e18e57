/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "daemon/base/clock.h"
#include "daemon/node/submit_private.h"

/*
 * The end of a submission that the writer is done with: answered at once, or parked as
 * a held request until its copies are there (copies.h).
 */

void submission_free(struct submission *s)
{
	copies_leave(s->service->node, &s->copies);
	if (s->from != NULL) {
		session_release(s->from);
	}
	arena_finish(&s->arena);
	arena_finish(&s->kept_arena);
	free(s);
}

/* The items have done their work: only what became of them is kept while it waits. */
static void put_aside(struct submission *s)
{
	const Cordon__SubmitAnswer *answer =
		submit_answer_make(s->items, s->count, &s->arena);

	if (answer != NULL &&
		message_pack(&answer->base, &s->kept_arena, &s->kept) == 0) {
		arena_finish(&s->arena);
		arena_init(&s->arena, SUBMISSION_ARENA_BYTES);
		s->items = NULL;
		*s->pending -= s->bytes;
		s->bytes = s->kept.size;
		*s->pending += s->bytes;
	}
}

static int make_answer(struct submission *s, Cordon__SubmitAnswer **answer)
{
	ProtobufCMessage *message;

	if (s->items != NULL) {
		*answer = submit_answer_make(s->items, s->count, &s->arena);
	} else if (message_unpack(&cordon__submit_answer__descriptor, s->kept,
			   &s->arena, &message, NULL) == 0) {
		*answer = (Cordon__SubmitAnswer *)message;
	} else {
		*answer = NULL;
	}
	return *answer == NULL
		       ? CORDON_ENOMEM
		       : copies_answer(s->service, &s->copies, &s->arena, *answer);
}

static int say_approved(
	struct session *session, uint32_t request, const Cordon__SubmitAnswer *answer)
{
	Cordon__PendingAnswer message = CORDON__PENDING_ANSWER__INIT;

	message.results = answer->results;
	message.n_results = answer->n_results;
	return session_answer(
		session, request, MESSAGE_PENDING_ANSWER, 0, &message.base);
}

static int say(struct submission *s)
{
	struct session *session = held_session(s->held);
	uint32_t request = held_request(s->held);
	Cordon__SubmitAnswer *answer;
	struct errmsg msg;
	int error;

	if (s->error != 0) {
		return session_refuse(session, request, s->error, s->text.text);
	}
	error = make_answer(s, &answer);
	if (error != 0) {
		errmsg_set(&msg, error,
			"the items were taken, but how cannot be said (%s); send them "
			"again",
			cordon_error_text(error));
		return session_refuse(session, request, error, msg.text);
	}
	return s->approves == 0 ? session_answer(session, request,
					  MESSAGE_SUBMIT_ANSWER, 0, &answer->base)
				: say_approved(session, request, answer);
}

/* Ends the held request, and the submission with it, unless there is no room yet. */
static void try_answer(struct submission *s)
{
	struct held *held = s->held;
	int error;

	if (!held_may_write(held)) {
		return;
	}
	error = say(s);
	if (error == CORDON_ETOOBIG) {
		(void)session_refuse(held_session(held), held_request(held), error,
			"the items were taken, but the answer is larger than you "
			"accept; send fewer at a time");
	}
	held_end(held);
}

/* Answers what has been waited for, or arranges for another look. */
static void look(struct submission *s)
{
	struct mono now = clock_mono();
	int64_t left_us = s->copies.until.us - now.us;

	if (copies_over(s->service, &s->copies, now)) {
		s->waits = false;
		try_answer(s);
	} else {
		/* timers go by when their loop's turn began, and may come early */
		held_wake_after(s->held, (uint32_t)(left_us / 1000) + 1);
	}
}

void submission_settle(struct submission *s)
{
	if (s->error != 0 || !copies_wanted(&s->copies)) {
		try_answer(s);
		return;
	}
	for (size_t i = 0; i < s->count; i++) {
		copies_note(&s->copies, &s->items[i].result);
	}
	put_aside(s);
	copies_start(&s->copies, clock_mono());
	if (s->stopping) {
		copies_stop(s->service, &s->copies);
		try_answer(s);
		return;
	}
	s->waits = true;
	look(s);
}

static void on_turn(struct held *held, void *context)
{
	struct submission *s = context;

	(void)held;
	if (s->waits) {
		look(s);
	} else if (s->done) {
		try_answer(s);
	}
}

static void on_stop(struct held *held, void *context)
{
	struct submission *s = context;

	(void)held;
	s->stopping = true;
	if (s->waits) {
		s->waits = false;
		copies_stop(s->service, &s->copies);
		try_answer(s);
	}
}

static void on_destroy(void *context)
{
	struct submission *s = context;

	*s->pending -= s->bytes;
	s->held = NULL;
	if (s->done) {
		submission_free(s);
	}
}

const struct held_ops submission_held_ops = {
	.turn = on_turn,
	.stop = on_stop,
	.destroy = on_destroy,
};
