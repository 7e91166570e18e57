/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_entries.h"
#include "daemon/node/lookup_private.h"
#include "proto/lookup_codec.h"

/*
 * One query: question, candidates from the store, screening, effect, answer.  The
 * candidates and their records live in the scratch arena; what is answered is copied
 * out of it.
 */

static enum cordon_verdict highest(const struct screened *screened)
{
	enum cordon_verdict verdict = CORDON_VERDICT_CLEAR;

	for (size_t i = 0; i < screened->matches_count; i++) {
		if (screened->matches[i].verdict > verdict) {
			verdict = screened->matches[i].verdict;
		}
	}
	return verdict;
}

/* While names are indexed anew, every list is searched by name in part only. */
static int miss_names(struct lookup_run *run, struct cordon_answer *answer)
{
	const char **missing = arena_array(
		run->request->arena, run->missing_count + 1, sizeof(*missing));

	if (missing == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < run->missing_count; i++) {
		missing[i] = run->missing[i];
	}
	missing[run->missing_count] = "*/*";
	answer->missing = missing;
	answer->missing_count = run->missing_count + 1;
	return 0;
}

static int search(struct lookup_run *run, const struct question *question,
	uint32_t limit, struct cordon_answer *answer, struct bytes **shown,
	struct errmsg *msg)
{
	const struct screening screening = {
		.context = run->request->service->match,
		.question = question,
		.now_s = run->now_s,
		.arena = &run->lookups->scratch,
		.name_least = run->config->match_least,
	};
	struct lookup_candidates candidates = { 0 };
	struct screened screened = { 0 };
	int error = lookup_candidates_find(run, &screening, limit, &candidates, msg);

	if (error == 0) {
		error = screen_all(screening, candidates.records, candidates.scores,
			candidates.count, &screened);
	}
	if (error != 0) {
		return error;
	}
	answer->verdict = highest(&screened);
	answer->missing = run->missing;
	answer->missing_count = run->missing_count;
	if (question->has_name && run->lookups->names_partial) {
		error = miss_names(run, answer);
	}
	answer->complete = answer->missing_count == 0 && !candidates.cut;
	return error == 0 ? lookup_take(run, question, &candidates, &screened, limit,
				    answer, shown)
			  : error;
}

/* ---- one query --------------------------------------------------------------------
 */

/* A batch of common names is no way to keep a worker for itself. */
static int check_share(const struct lookup_run *run, struct errmsg *msg)
{
	if (run->cost < LOOKUP_REQUEST_COST_MAX) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EBUSY,
		"the queries before this one were as much as one request may ask; ask "
		"it again in another");
}

/* What is wrong with the question and not with the node. */
static bool is_querys_own(int error)
{
	return error != 0 && error != CORDON_ENOMEM && error != CORDON_EINTERNAL;
}

static int answer_query(struct lookup_run *run, const Cordon__Query *message,
	struct cordon_answer *answer, struct bytes **sealed, struct errmsg *msg)
{
	struct cordon_query query;
	struct question question;
	struct errmsg own = { "" };
	const char *text;
	int error = check_share(run, &own);

	if (error == 0) {
		error = lookup_query_read(
			message, &run->lookups->scratch, &query, &own);
	}
	if (error == 0) {
		error = question_make(run->request->service->match, &query, run->today,
			&question, &own);
	}
	if (is_querys_own(error)) {
		answer->error = error;
		text = errmsg_text(&own, error);
		answer->error_text =
			arena_text(run->request->arena, text, strlen(text));
		return 0;
	}
	if (error != 0) {
		return errmsg_set(msg, error, "%s", errmsg_text(&own, error));
	}
	access_log_asked(run, &question);
	return search(run, &question, query.limit, answer, sealed, msg);
}

static void count(struct node_counters *counters, const struct cordon_answer *answer)
{
	if (answer->error != 0) {
		atomic_fetch_add(&counters->lookup_errors, 1);
		return;
	}
	atomic_fetch_add(&counters->lookups, 1);
	atomic_fetch_add(&counters->verdicts[answer->verdict], 1);
	atomic_fetch_add(&counters->lookup_us, answer->took_us);
}

/* Unique in the union's life, so that it can be named in a log: the node's start, the
 * worker, a count. */
static const char *new_id(struct service *service, struct arena *arena)
{
	return arena_printf(arena, "%" PRIx64 "-%zx-%" PRIx64,
		(uint64_t)service->node->started_s, service->index,
		++service->lookup_id);
}

int lookup_query(struct lookup_run *run, const Cordon__Query *query,
	Cordon__Answer **message, struct errmsg *msg)
{
	struct service *service = run->request->service;
	struct arena *arena = run->request->arena;
	struct mono started = clock_mono();
	struct cordon_answer answer = { .lookup = new_id(service, arena) };
	struct bytes *sealed = NULL;
	int error = answer_query(run, query, &answer, &sealed, msg);

	arena_reset(&run->lookups->scratch);
	if (error == 0) {
		answer.took_us = (uint32_t)(clock_mono().us - started.us);
		error = lookup_answer_to_message(&answer, sealed, arena, message);
	}
	if (error != 0) {
		atomic_fetch_add(&service->node->counters.lookup_errors, 1);
		return error;
	}
	count(&service->node->counters, &answer);
	return 0;
}
