/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/lookup_private.h"

/* What of the screened candidates is answered, out of the scratch arena. */

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
	const struct lookup_candidate *candidate, struct cordon_match *match)
{
	const struct effect_context context = {
		.member = run->config->node.member.code,
		.binding = recognised(run->config, &candidate->list),
		.objected = objection_to(run->config, match->id) != NULL,
		.now_s = run->now_s,
		.direction = run->context.direction,
	};

	return screen_effect(
		question, match->record, &context, &run->lookups->scratch, match);
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
	match->name = NULL; /* its place travels */
}

static const struct lookup_candidate *candidate_of(
	const struct lookup_candidates *candidates, const struct cordon_record *record)
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
	const struct lookup_candidates *candidates, const struct screened *screened,
	struct cordon_answer *answer, struct bytes **sealed)
{
	struct arena *arena = run->request->arena;
	size_t count = answer->matches_count;
	struct cordon_match *matches = arena_array(arena, count, sizeof(*matches));
	struct bytes *bytes = arena_array(arena, count, sizeof(*bytes));

	for (size_t i = 0; i < count && !arena->failed; i++) {
		const struct lookup_candidate *candidate =
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

/* ---- too many ----------------------------------------------------------------------
 */

/* What would make them fewer; or, of one word, enough to go by. */
static int take_narrow(struct lookup_run *run, const struct question *question,
	uint32_t limit, struct cordon_answer *answer)
{
	const char **narrow =
		arena_array(run->request->arena, 3, sizeof(*answer->narrow));
	size_t count = 0;

	if (narrow == NULL) {
		return CORDON_ENOMEM;
	}
	if (question->has_name && date_absent(&question->born)) {
		narrow[count++] = "birth_date";
	} else if (question->has_name && !date_whole(&question->born)) {
		narrow[count++] = "whole_birth_date";
	}
	if (question->has_name && question->person.name.words.count < 3) {
		narrow[count++] = "another_name";
	}
	if (answer->more && !answer->cut && limit < CORDON_LIMIT_MAX) {
		narrow[count++] = "limit";
	}
	answer->narrow = narrow;
	answer->narrow_count = count;
	return 0;
}

/* Most that is listed under one word has others that are missing then; a zone has all
 * that the document does. */
static bool one_word(const struct question *question)
{
	return question->type == CORDON_QUERY_PERSON && question->has_name &&
	       question->person.name.words.count == 1;
}

static bool any_by_name(const struct screened *screened)
{
	for (size_t i = 0; i < screened->matches_count; i++) {
		if (screened->matches[i].name_place > 0) {
			return true;
		}
	}
	return false;
}

int lookup_take(struct lookup_run *run, const struct question *question,
	const struct lookup_candidates *candidates, const struct screened *screened,
	uint32_t limit, struct cordon_answer *answer, struct bytes **shown)
{
	int error;

	answer->cut = candidates->cut;
	answer->more =
		candidates->cut || candidates->more || screened->matches_count > limit;
	answer->namesakes = any_by_name(screened) ? candidates->namesakes : 0;
	answer->matches_count =
		screened->matches_count > limit ? limit : screened->matches_count;
	error = take_matches(run, question, candidates, screened, answer, shown);
	if (error == 0 &&
		(answer->more || (answer->matches_count == 0 && one_word(question)))) {
		error = take_narrow(run, question, limit, answer);
	}
	return error == 0 ? take_cleared(run, screened, answer) : error;
}
