/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_entries.h"
#include "daemon/node/lookup_private.h"
#include "proto/lookup_codec.h"
#include "proto/record_codec.h"

/*
 * One query: question, candidates from the store, screening, effect, answer.  The
 * candidates and their records live in the scratch arena; what is answered is copied
 * out of it.
 */

struct candidate {
	struct list_id list;
	struct bytes sealed; /* the snapshot's */
	const struct cordon_record *record;
};

struct candidates {
	struct candidate *all;
	const struct cordon_record **records; /* the same, for screening */
	size_t count;
	bool cut; /* there were more */
};

/* ---- candidates -------------------------------------------------------------------
 */

static int store_failed(struct lookup_run *run, struct errmsg *msg)
{
	int error = store_txn_error(run->txn, msg);

	return error != 0 ? error
			  : errmsg_set(msg, CORDON_EINTERNAL, "the store gave no rows");
}

/* A row whose content is gone has ended; what is of no list that counts is not seen. */
static int open_candidate(struct lookup_run *run, const struct store_row *row,
	struct candidates *candidates, struct errmsg *msg)
{
	struct candidate *candidate = &candidates->all[candidates->count];
	struct cordon_record *record;
	int error;

	if (row->entry.state != ENTRY_LIVE || row->entry.sealed.size == 0 ||
		!lookup_lists_answer(run->lookups, &row->list)) {
		return 0;
	}
	error = record_open(
		row->entry.sealed, &run->lookups->scratch, &record, NULL, msg);
	if (error != 0) {
		error = error == CORDON_ENOMEM ? error : CORDON_ECORRUPT;
		return errmsg_wrap(msg, error, "record %.*s", (int)row->entry.id.size,
			(const char *)row->entry.id.data);
	}
	candidate->list = row->list;
	candidate->sealed = row->entry.sealed;
	candidate->record = record;
	candidates->records[candidates->count++] = record;
	return 0;
}

static int find_candidates(struct lookup_run *run, const struct question *question,
	struct candidates *candidates, struct errmsg *msg)
{
	struct lookups *l = run->lookups;
	size_t count;
	int error = 0;

	if (store_candidates(run->txn, question, l->refs, LOOKUP_CANDIDATES_MAX, &count,
		    &candidates->cut) != 0) {
		return store_failed(run, msg);
	}
	candidates->all = arena_array(&l->scratch, count, sizeof(struct candidate));
	candidates->records =
		arena_array(&l->scratch, count, sizeof(struct cordon_record *));
	if (l->scratch.failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < count && error == 0; i++) {
		struct store_row row;

		if (l->scratch.used_bytes > LOOKUP_RECORDS_BYTES) {
			candidates->cut = true;
			break;
		}
		if (store_row(run->txn, l->refs[i], &row) != 0) {
			return store_failed(run, msg);
		}
		error = open_candidate(run, &row, candidates, msg);
	}
	return error;
}

/* ---- effect -----------------------------------------------------------------------
 */

static bool recognised(const struct config *config, const struct list_id *list)
{
	if (ident_state_equal(&list->owner, &config->node.member)) {
		return true;
	}
	for (size_t i = 0; i < config->recognise_count; i++) {
		if (ident_list_equal(&config->recognise[i].list, list)) {
			return config->recognise[i].how == CONFIG_BINDING;
		}
	}
	return false;
}

/* NULL: none. */
static const struct config_objection *objection_to(
	const struct config *config, const char *id)
{
	for (size_t i = 0; i < config->objections_count; i++) {
		if (strcmp(config->objections[i].record_id, id) == 0) {
			return &config->objections[i];
		}
	}
	return NULL;
}

static int set_effect(const struct lookup_run *run, const struct question *question,
	const struct candidate *candidate, struct cordon_match *match)
{
	const struct effect_context context = {
		.member = run->config->node.member.code,
		.binding = recognised(run->config, &candidate->list),
		.objected = objection_to(run->config, match->id) != NULL,
		.now_s = run->now_s,
		.direction = run->context.direction,
	};

	return screen_effect(
		question, candidate->record, &context, &run->lookups->scratch, match);
}

/* ---- the answer -------------------------------------------------------------------
 */

static const char *keep_text(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_text(arena, text, strlen(text));
}

/* Out of the scratch arena.  The record itself travels as its sealed bytes. */
static void keep_match(
	const struct config *config, struct arena *arena, struct cordon_match *match)
{
	const struct config_objection *objection = objection_to(config, match->id);
	const char **because =
		arena_array(arena, match->because_count + 1, sizeof(*because));
	uint32_t *actions = arena_array(arena, match->actions_count, sizeof(*actions));

	for (size_t i = 0; because != NULL && i < match->because_count; i++) {
		because[i] = keep_text(arena, match->because[i]);
	}
	for (size_t i = 0; actions != NULL && i < match->actions_count; i++) {
		actions[i] = match->actions[i];
	}
	if (because != NULL && match->effect == CORDON_EFFECT_OBJECTION) {
		because[match->because_count++] =
			arena_printf(arena, "objection:%s", objection->why);
	}
	match->id = keep_text(arena, match->id);
	match->because = because;
	match->actions = actions;
	match->record = NULL;
}

static const struct candidate *candidate_of(
	const struct candidates *candidates, const struct cordon_record *record)
{
	for (size_t i = 0; i < candidates->count; i++) {
		if (candidates->records[i] == record) {
			return &candidates->all[i];
		}
	}
	return NULL;
}

/* The first ones, in order, up to the limit. */
static int take_matches(struct lookup_run *run, const struct question *question,
	const struct candidates *candidates, const struct screened *screened,
	struct cordon_answer *answer, struct bytes **sealed)
{
	struct arena *arena = run->request->arena;
	size_t count = answer->matches_count;
	struct cordon_match *matches = arena_array(arena, count, sizeof(*matches));
	struct bytes *bytes = arena_array(arena, count, sizeof(*bytes));

	for (size_t i = 0; i < count && !arena->failed; i++) {
		const struct candidate *candidate =
			candidate_of(candidates, screened->matches[i].record);

		matches[i] = screened->matches[i];
		if (set_effect(run, question, candidate, &matches[i]) != 0 ||
			lookup_sight(run, candidate->sealed, &bytes[i]) != 0) {
			return CORDON_ENOMEM;
		}
		keep_match(run->config, arena, &matches[i]);
	}
	answer->matches = matches;
	*sealed = bytes;
	return arena->failed ? CORDON_ENOMEM : 0;
}

static int take_cleared(struct lookup_run *run, const struct screened *screened,
	struct cordon_answer *answer)
{
	struct arena *arena = run->request->arena;
	struct cordon_cleared *cleared =
		arena_array(arena, screened->cleared_count, sizeof(*cleared));

	for (size_t i = 0; cleared != NULL && i < screened->cleared_count; i++) {
		cleared[i].id = keep_text(arena, screened->cleared[i].id);
		cleared[i].why = keep_text(arena, screened->cleared[i].why);
	}
	answer->cleared = cleared;
	answer->cleared_count = screened->cleared_count;
	return arena->failed ? CORDON_ENOMEM : 0;
}

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

static int search(struct lookup_run *run, const struct question *question,
	uint32_t limit, struct cordon_answer *answer, struct bytes **sealed,
	struct errmsg *msg)
{
	struct screening screening = {
		.context = run->request->service->match,
		.question = question,
		.now_s = run->now_s,
		.arena = &run->lookups->scratch,
		.name_least = SCORE_NAME,
	};
	struct candidates candidates = { 0 };
	struct screened screened = { 0 };
	int error = find_candidates(run, question, &candidates, msg);

	run->screened += candidates.count;
	if (error == 0) {
		error = screen_all(screening, candidates.records, NULL,
			candidates.count, &screened);
	}
	if (error != 0) {
		return error;
	}
	answer->verdict = highest(&screened);
	answer->missing = run->missing;
	answer->missing_count = run->missing_count;
	answer->complete = run->missing_count == 0 && !candidates.cut;
	answer->more = candidates.cut || screened.matches_count > limit;
	answer->matches_count =
		screened.matches_count > limit ? limit : screened.matches_count;
	error = take_matches(run, question, &candidates, &screened, answer, sealed);
	return error == 0 ? take_cleared(run, &screened, answer) : error;
}

/* ---- one query --------------------------------------------------------------------
 */

/* A batch of common names is no way to keep a worker for itself. */
static int check_share(const struct lookup_run *run, struct errmsg *msg)
{
	if (run->screened < LOOKUP_REQUEST_SCREENED_MAX) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EBUSY,
		"the queries before this one had %zu candidates, as many as one "
		"request "
		"may; ask it again in another",
		run->screened);
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
		answer->error_text =
			keep_text(run->request->arena, errmsg_text(&own, error));
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
