/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/compactor.h"
#include "daemon/node/failures.h"
#include "daemon/node/served.h"

/* An administrator's word that the store is to be written anew, and how far it is. */

enum {
	COMPACT_START = 1,
	COMPACT_LOOK
};

static int answer(struct request *request, const struct compactor_state *state)
{
	Cordon__Control__CompactAnswer answer = CORDON__CONTROL__COMPACT_ANSWER__INIT;
	Cordon__Error error = CORDON__ERROR__INIT;
	struct failure failure;
	char field[FAILURES_FIELD_BYTES];

	answer.runs = state->runs;
	answer.running = state->running;
	answer.done_bytes = state->progress.done_bytes;
	answer.total_bytes = state->progress.total_bytes;
	answer.before_bytes = state->progress.before_bytes;
	answer.after_bytes = state->progress.after_bytes;
	answer.took_ms = state->took_ms;
	if (!state->running && state->error != 0) {
		failures_describe(state->error, state->text.text, field, &failure);
		failure_to_message(&failure, &error);
		answer.error = &error;
	}
	return session_answer(
		request->session, request->id, MESSAGE_COMPACT_ANSWER, 0, &answer.base);
}

int handle_compact(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__CompactRequest *message =
		(const Cordon__Control__CompactRequest *)request->message;
	struct compactor *compactor = request->service->node->compactor;
	struct compactor_state state;
	int error = 0;

	if (message->what != COMPACT_START && message->what != COMPACT_LOOK) {
		return errmsg_set(msg, CORDON_EPROTO,
			"what: %u, expected 1 (start) or 2 (look)", message->what);
	}
	if (message->what == COMPACT_START) {
		error = compactor_start(compactor, msg);
	}
	if (error != 0) {
		return error;
	}
	compactor_state(compactor, &state);
	return answer(request, &state);
}
