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

static void answer(struct errand *errand, struct session *session, uint32_t request)
{
	const struct brake_word *word = (const struct brake_word *)errand;
	Cordon__Control__BrakeAnswer message = CORDON__CONTROL__BRAKE_ANSWER__INIT;

	message.withdrawn = word->withdrawn;
	message.passed_over = word->passed;
	message.dropped = word->dropped;
	(void)session_answer(session, request, MESSAGE_BRAKE_ANSWER, 0, &message.base);
}

static void report(const struct errand *errand)
{
	const struct brake_word *word = (const struct brake_word *)errand;

	log_notice(
		"brake: batch %llu: %llu withdrawn, %llu dropped, %llu changed since "
		"and left",
		(unsigned long long)word->batch, (unsigned long long)word->withdrawn,
		(unsigned long long)word->dropped, (unsigned long long)word->passed);
}

static void destroy(struct errand *errand)
{
	free(errand);
}

static const struct errand_ops word_ops = {
	.run = brake_word_run,
	.committed = brake_word_committed,
	.done = report,
	.answer = answer,
	.destroy = destroy,
};

static int give_word(struct request *request,
	const Cordon__Control__BrakeRequest *message, struct errmsg *msg)
{
	struct brake_word *word = calloc(1, sizeof(*word));

	if (word == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	word->release = message->what == BRAKE_RELEASE;
	word->batch = message->batch;
	return errand_begin(request, &word->errand, &word_ops);
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
