/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_entries.h"
#include "daemon/node/lookup_private.h"
#include "proto/lookup_codec.h"

/* An answer's tag and length in the message around it, at most. */
#define ANSWER_OVERHEAD_BYTES 6

int lookups_create(struct lookups **lookups, struct errmsg *msg)
{
	struct lookups *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	arena_init(&l->lists.arena, 0);
	arena_init(&l->spare.arena, 0);
	arena_init(&l->scratch, LOOKUP_SCRATCH_BYTES);
	*lookups = l;
	return 0;
}

void lookups_destroy(struct lookups *lookups)
{
	if (lookups == NULL) {
		return;
	}
	arena_finish(&lookups->lists.arena);
	arena_finish(&lookups->spare.arena);
	arena_finish(&lookups->scratch);
	free(lookups);
}

static int check_demands(const struct config *config,
	const struct cordon_context *context, struct errmsg *msg)
{
	if (config->demand_purpose && context->purpose == 0) {
		return errmsg_set(msg, CORDON_EFIELD,
			"context.purpose: missing; this node answers no lookup without "
			"one (border_check, visa …)");
	}
	if (config->demand_officer && context->officer == NULL) {
		return errmsg_set(msg, CORDON_EFIELD,
			"context.officer: missing; this node answers no lookup without "
			"the officer's id");
	}
	if (config->demand_checkpoint && context->checkpoint == NULL) {
		return errmsg_set(msg, CORDON_EFIELD,
			"context.checkpoint: missing; this node answers no lookup "
			"without the checkpoint's id");
	}
	return 0;
}

static int check_count(const Cordon__LookupRequest *message, struct errmsg *msg)
{
	if (message->n_queries == 0) {
		return errmsg_set(
			msg, CORDON_EINVAL, "the request asks nothing: no queries");
	}
	if (message->n_queries > CORDON_BATCH_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"%zu queries in one request; at most %d, send the rest in "
			"another",
			message->n_queries, CORDON_BATCH_MAX);
	}
	return 0;
}

int lookup_begin(
	struct lookup_run *run, const Cordon__Context *context, struct errmsg *msg)
{
	struct request *request = run->request;
	int error = lookup_context_read(context, request->arena, &run->context, msg);

	if (error == 0) {
		error = check_demands(run->config, &run->context, msg);
	}
	if (error == 0) {
		error = request_txn(request, &run->txn, msg);
	}
	if (error == 0) {
		error = lookup_lists_read(request->service, run->txn, msg);
	}
	if (error != 0) {
		return error;
	}
	run->now_s = wall_s(clock_wall());
	run->today = run->context.reference_date;
	if (date_absent(&run->today)) {
		run->today = date_at(run->now_s, run->config->utc_offset_min);
	}
	return 0;
}

static int begin(struct lookup_run *run, const Cordon__LookupRequest *message,
	struct errmsg *msg)
{
	int error = check_count(message, msg);

	if (error == 0) {
		error = lookup_begin(run, message->context, msg);
	}
	if (error == 0) {
		error = lookup_may(run, message, msg);
	}
	return error == 0 ? lookup_lists_missing(run) : error;
}

static int answer_all(struct lookup_run *run, const Cordon__LookupRequest *message,
	Cordon__LookupAnswer *answer, struct errmsg *msg)
{
	uint32_t room = session_frame_max(run->request->session);
	size_t used = 16; /* the generation */

	answer->answers = arena_array(
		run->request->arena, message->n_queries, sizeof(Cordon__Answer *));
	run->all_tags = arena_array(
		run->request->arena, message->n_queries, sizeof(*run->all_tags));
	if (run->request->arena->failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < message->n_queries; i++) {
		int error;

		run->tags = run->all_tags[i];
		error = lookup_query(
			run, message->queries[i], &answer->answers[i], msg);

		if (error != 0) {
			return error;
		}
		answer->n_answers++;
		used += message_frame_bytes(&answer->answers[i]->base) +
			ANSWER_OVERHEAD_BYTES;
		if (used > room) {
			return errmsg_set(msg, CORDON_ETOOBIG,
				"the answers to %zu of %zu queries are over %u bytes; "
				"ask fewer at a time, or with a smaller limit",
				i + 1, message->n_queries, room);
		}
	}
	return 0;
}

static int tell_freshness(const struct lookup_run *run)
{
	struct session *session = run->request->session;
	uint64_t *told = session_freshness(session);
	const Cordon__Freshness *message;
	int error;

	if (*told == run->lookups->generation) {
		return 0;
	}
	message = lookup_lists_freshness(run->lookups, run->now_s, run->request->arena);
	if (message == NULL) {
		return CORDON_ENOMEM;
	}
	error = session_answer(session, 0, MESSAGE_FRESHNESS, 0, &message->base);
	if (error == 0) {
		*told = run->lookups->generation;
	}
	return error;
}

int handle_lookup(struct request *request, struct errmsg *msg)
{
	const Cordon__LookupRequest *message =
		(const Cordon__LookupRequest *)request->message;
	struct lookup_run run = {
		.request = request,
		.config = request->service->node->config,
		.lookups = request->service->lookups,
	};
	Cordon__LookupAnswer answer = CORDON__LOOKUP_ANSWER__INIT;
	int error = begin(&run, message, msg);

	if (error == 0) {
		error = answer_all(&run, message, &answer, msg);
	}
	lookup_run_finish(&run);
	if (error == 0) {
		error = access_log_lookup(&run, message, &answer, msg);
	}
	if (error == 0) {
		error = tell_freshness(&run);
	}
	if (error != 0) {
		return error;
	}
	answer.freshness_generation = run.lookups->generation;
	return session_answer(
		request->session, request->id, MESSAGE_LOOKUP_ANSWER, 0, &answer.base);
}
