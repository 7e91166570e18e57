/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/scrub.h"
#include "daemon/node/session.h"
#include "proto/entry.h"

/* How the scrub is; begins one where that is asked. */
int handle_scrub(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__ScrubRequest *message =
		(const Cordon__Control__ScrubRequest *)request->message;
	struct node *node = request->service->node;
	Cordon__Control__ScrubAnswer answer = CORDON__CONTROL__SCRUB_ANSWER__INIT;
	Cordon__ListId list;
	struct scrub_state state;

	(void)msg;
	if (message->now) {
		scrub_now(node->scrub);
	}
	scrub_state(node->scrub, &state);
	answer.running = state.running;
	answer.runs = state.runs;
	answer.begun_s = state.begun_s;
	answer.finished_s = state.finished_s;
	answer.lists_done = state.lists_done;
	answer.lists_count = state.lists_count;
	answer.rows = state.rows;
	answer.damaged = state.damaged;
	answer.indexes = state.indexes;
	if (state.running && state.list.kind != 0) {
		list_to_message(&state.list, &list);
		answer.list = &list;
	}
	answer.repairs_wanted = state.repairs_wanted;
	answer.repaired_lists = atomic_load(&node->scrubbed.repairs);
	answer.repaired_entries = atomic_load(&node->scrubbed.repaired_rows);
	return session_answer(
		request->session, request->id, MESSAGE_SCRUB_ANSWER, 0, &answer.base);
}
