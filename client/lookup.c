/* SPDX-License-Identifier: Apache-2.0 */
#include "client/lookup.h"

#include <stdlib.h>

#include "proto/lookup_codec.h"
#include "proto/record.h"

/* Of all answers of one request: frames are smaller, records take more room opened. */
#define ANSWERS_BYTES_MAX (64 * 1024 * 1024)

static int read_answers(struct lookup_request *lookup,
	const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__LookupAnswer *message =
		(const Cordon__LookupAnswer *)frame->message;
	struct arena *arena = owned_arena(lookup->answers);
	const struct cordon_freshness *lists;
	int error;

	if (message->n_answers != lookup->count) {
		return errmsg_set(msg, CORDON_EPROTO,
			"the node answers %zu of %zu queries", message->n_answers,
			lookup->count);
	}
	error = freshness_copy(frame->freshness, message->freshness_generation,
		frame->now_ms, arena, &lists, msg);
	for (size_t i = 0; error == 0 && i < lookup->count; i++) {
		struct cordon_answer *answer = owned_object(lookup->answers, i);
		const struct cordon_mrz *mrz = answer->mrz;

		error = lookup_answer_read(message->answers[i], arena, answer, msg);
		answer->mrz = mrz;
		if (error == 0 && answer->error == 0) {
			answer->freshness = lists;
			answer->freshness_count = frame->freshness->lists_count;
		}
	}
	return error;
}

static int read_lookup(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	return read_answers((struct lookup_request *)request, frame, msg);
}

static void destroy_lookup(struct request *request)
{
	struct lookup_request *lookup = (struct lookup_request *)request;

	request_finish(request);
	owned_abandon(lookup->answers);
	free(lookup);
}

static const struct request_type lookup_type = {
	.message = MESSAGE_LOOKUP,
	.answer = MESSAGE_LOOKUP_ANSWER,
	.read = read_lookup,
	.destroy = destroy_lookup,
};

/* The zone is read here too: the same rules, and nothing more to send. */
static int read_zone(const struct cordon_query *query, struct cordon_date reference,
	struct arena *arena, struct cordon_answer *answer)
{
	struct cordon_mrz *mrz;

	if (query->type != CORDON_QUERY_MRZ) {
		return 0;
	}
	mrz = arena_alloc(arena, sizeof(*mrz));
	if (mrz == NULL) {
		return CORDON_ENOMEM;
	}
	if (cordon_mrz_parse(query->mrz_lines, query->mrz_line_count, reference, mrz,
		    NULL, 0) == 0) {
		answer->mrz = mrz;
	}
	return 0;
}

static int prepare_answers(struct lookup_request *lookup,
	const struct cordon_query *queries, struct cordon_date reference)
{
	int error = 0;

	lookup->answers = owned_create(
		lookup->count, sizeof(struct cordon_answer), ANSWERS_BYTES_MAX);
	if (lookup->answers == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; error == 0 && i < lookup->count; i++) {
		error = read_zone(&queries[i], reference, owned_arena(lookup->answers),
			owned_object(lookup->answers, i));
	}
	return error;
}

static int pack(struct lookup_request *lookup, const struct cordon_context *context,
	const struct cordon_query *queries, struct errmsg *msg)
{
	Cordon__LookupRequest *message;
	struct arena arena;
	int error;

	arena_init(&arena, 0);
	error = lookup_request_to_message(
		context, queries, lookup->count, &arena, &message, msg);
	if (error == 0) {
		error = request_init(
			&lookup->request, &lookup_type, &message->base, msg);
	}
	arena_finish(&arena);
	return error;
}

int lookup_request_create(const struct cordon_context *context,
	const struct cordon_query *queries, size_t count, int64_t unix_s,
	struct lookup_request **lookup, struct errmsg *msg)
{
	struct cordon_date reference = date_at(unix_s, 0);
	struct lookup_request *l = calloc(1, sizeof(*l));
	int error;

	if (l == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (context != NULL && !date_absent(&context->reference_date)) {
		reference = context->reference_date;
	}
	l->count = count;
	error = pack(l, context, queries, msg);
	if (error == 0 && prepare_answers(l, queries, reference) != 0) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (error != 0) {
		destroy_lookup(&l->request);
		return error;
	}
	*lookup = l;
	return 0;
}

void lookup_request_give(struct lookup_request *lookup, struct cordon_answer **answers)
{
	for (size_t i = 0; i < lookup->count; i++) {
		answers[i] = owned_object(lookup->answers, i);
	}
	lookup->answers = NULL;
}
