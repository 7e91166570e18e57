/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "daemon/node/brake_private.h"

/*
 * An administrator's word on withdrawals that the brake holds.  Releasing and dropping
 * go in groups, each a transaction; a stop in between leaves the rest held.
 */

enum {
	BRAKE_LIST = 1,
	BRAKE_RELEASE,
	BRAKE_DROP
};

/* ---- its answer ----------------------------------------------------------------- */

static int say(struct brake_word *word)
{
	struct session *session = held_session(word->held);
	uint32_t request = held_request(word->held);
	Cordon__Control__BrakeAnswer answer = CORDON__CONTROL__BRAKE_ANSWER__INIT;

	if (word->error != 0) {
		return session_refuse(session, request, word->error, word->text.text);
	}
	answer.withdrawn = word->withdrawn;
	answer.passed_over = word->passed;
	answer.dropped = word->dropped;
	return session_answer(session, request, MESSAGE_BRAKE_ANSWER, 0, &answer.base);
}

static void try_answer(struct brake_word *word)
{
	struct held *held = word->held;

	if (held_may_write(held)) {
		(void)say(word);
		held_end(held);
	}
}

static void on_turn(struct held *held, void *context)
{
	struct brake_word *word = context;

	(void)held;
	if (word->answered) {
		try_answer(word);
	}
}

static void on_destroy(void *context)
{
	struct brake_word *word = context;

	word->held = NULL;
	if (word->answered) {
		free(word);
	}
}

static const struct held_ops held_ops = { .turn = on_turn, .destroy = on_destroy };

static void on_letter(struct letter *letter)
{
	struct brake_word *word =
		(struct brake_word *)((char *)letter -
				      offsetof(struct brake_word, letter));

	log_notice(
		"brake: batch %llu: %llu withdrawn, %llu dropped, %llu changed since "
		"and left",
		(unsigned long long)word->batch, (unsigned long long)word->withdrawn,
		(unsigned long long)word->dropped, (unsigned long long)word->passed);
	word->answered = true;
	if (word->held != NULL) {
		try_answer(word);
	} else {
		free(word);
	}
}

static int give_word(struct request *request,
	const Cordon__Control__BrakeRequest *message, struct errmsg *msg)
{
	struct brake_word *word = calloc(1, sizeof(*word));
	int error;

	if (word == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	word->service = request->service;
	word->release = message->what == BRAKE_RELEASE;
	word->batch = message->batch;
	word->job.run = brake_word_run;
	word->job.done = brake_word_done;
	word->letter.deliver = on_letter;
	error = held_create(request, &held_ops, word, &word->held);
	if (error != 0) {
		free(word);
		return error;
	}
	error = committer_post(request->service->node->committer, &word->job);
	if (error != 0) {
		word->answered = true;
		held_end(word->held);
	}
	return error;
}

int handle_brake(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__BrakeRequest *message =
		(const Cordon__Control__BrakeRequest *)request->message;

	if (message->what < BRAKE_LIST || message->what > BRAKE_DROP) {
		return errmsg_set(msg, CORDON_EPROTO,
			"what: %u, expected 1 (list), 2 (release) or 3 (drop)",
			message->what);
	}
	if (message->what == BRAKE_LIST) {
		return brake_list(request, msg);
	}
	if (message->batch == 0) {
		return errmsg_set(msg, CORDON_EINVAL, "batch: 0, a number is expected");
	}
	return give_word(request, message, msg);
}
