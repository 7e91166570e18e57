/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/explain.h"

#include <string.h>

#include "daemon/node/rights.h"
#include "proto/lookup_codec.h"
#include "proto/record_codec.h"

static int find_row(struct explaining *e, const char *id)
{
	bool found;

	if (!ident_record_id_valid(id, strlen(id))) {
		return errmsg_set(e->msg, CORDON_EFIELD,
			"id: expected a member's three letters, '-', and 1 to 32 of "
			"A-Z, 0-9 and '-'");
	}
	if (store_find(e->run->txn, id, strlen(id), &e->row, &found) != 0) {
		return lookup_store_failed(e->run, e->msg);
	}
	if (!found || e->row.entry.state != ENTRY_LIVE ||
		e->row.entry.sealed.size == 0) {
		return errmsg_set(e->msg, CORDON_ENOTFOUND, "id: %s: no such record%s",
			id, found ? " any more" : "");
	}
	if (!lookup_lists_answer(e->run->lookups, &e->row.list)) {
		return errmsg_set(e->msg, CORDON_EUNVERIFIED,
			"the list of %s is still being loaded here; ask later, or "
			"another node",
			id);
	}
	return request_may_touch(e->run->request, ACTION_EXPLAIN, &e->row.list.owner,
		e->row.list.kind, e->msg);
}

static int open_record(struct explaining *e)
{
	struct cordon_record *record;
	int error = record_open(e->row.entry.sealed, e->arena, &record, NULL, e->msg);

	e->record = record;
	return error;
}

/* The index's card, or else (it is being made) one as it would be. */
static int open_card(struct explaining *e)
{
	struct bytes packed = { NULL, 0 };
	uint8_t *own;
	bool cut;
	int error;

	if (e->source->card(e->source->data, e->row.ref, &packed) != 0) {
		return lookup_store_failed(e->run, e->msg);
	}
	e->indexed = packed.size > 0;
	if (!e->indexed) {
		own = arena_alloc(e->arena, CARD_BYTES_MAX);
		if (own == NULL) {
			return CORDON_ENOMEM;
		}
		packed.data = own;
		error = card_make(e->run->request->service->match, e->record, own,
			&packed.size, &cut);
		if (error != 0) {
			return error;
		}
	}
	if (packed.size == 0) {
		return 0; /* about nobody */
	}
	error = card_open(packed, &e->card);
	return error == 0 ? 0
			  : errmsg_set(e->msg, error, "a card of the index of persons");
}

/* As the search weighs it. */
static int weigh(struct explaining *e)
{
	e->asked = e->question->person;
	return search_weigh(e->source, &e->asked.name) == 0
		       ? 0
		       : lookup_store_failed(e->run, e->msg);
}

static int search(struct explaining *e, uint32_t least, Cordon__ExplainAnswer *answer)
{
	struct lookups *l = e->run->lookups;

	if (search_person(e->source, &e->question->person, least, SEARCH_FOUND_MAX,
		    &l->work, &l->found) != 0) {
		return lookup_store_failed(e->run, e->msg);
	}
	answer->persons = e->source->persons;
	answer->scanned = l->found.scanned;
	answer->compared = l->found.compared;
	answer->cut = l->found.cut;
	for (size_t i = 0; i < l->found.count; i++) {
		if (l->found.found[i].ref == e->row.ref) {
			answer->place = (uint32_t)i + 1;
		}
	}
	return 0;
}

static enum cordon_explained_outcome outcome(
	const struct explaining *e, const Cordon__ExplainAnswer *answer)
{
	if (e->card.names_count == 0) {
		return CORDON_EXPLAINED_NO_PERSON;
	}
	if (!screen_in_force(e->record, e->run->now_s)) {
		return CORDON_EXPLAINED_NOT_IN_FORCE;
	}
	if (answer->score < answer->min_score) {
		return CORDON_EXPLAINED_BELOW;
	}
	if (answer->place > 0) {
		return CORDON_EXPLAINED_FOUND;
	}
	return e->indexed ? CORDON_EXPLAINED_NOT_REACHED : CORDON_EXPLAINED_NO_INDEX;
}

static int add_score(struct explaining *e, Cordon__ExplainAnswer *answer)
{
	const char *const *because = NULL;
	struct person_score score;
	size_t count = 0;

	compare_person(&e->asked, &e->card, &score);
	if (screen_reasons(e->arena, score.reasons, &because, &count) != 0) {
		return CORDON_ENOMEM;
	}
	answer->score = score.score;
	answer->born = score.born + CORDON_BORN_OTHER;
	answer->best = score.name.pairs_count == 0 ? 0 : score.name_index + 1u;
	answer->because = arena_array(e->arena, count, sizeof(*answer->because));
	for (size_t i = 0; answer->because != NULL && i < count; i++) {
		answer->because[i] = message_data(because[i]);
	}
	answer->n_because = count;
	return e->arena->failed ? CORDON_ENOMEM : 0;
}

static int explain(struct explaining *e, Cordon__ExplainAnswer *answer)
{
	const struct screening screening = { .question = e->question,
		.name_least = e->run->config->match_least };
	int error;

	answer->id = message_data_bytes(e->row.entry.id);
	answer->kind = e->row.list.kind;
	answer->min_score = screen_least(&screening, e->row.list.kind);
	error = explain_names(e, answer);
	if (error == 0) {
		error = explain_keys(e, answer);
	}
	if (error == 0 && e->card.names_count > 0) {
		error = add_score(e, answer);
	}
	if (error == 0) {
		error = search(e, answer->min_score, answer);
	}
	answer->outcome = outcome(e, answer);
	return error;
}

static int prepare(struct explaining *e, const char *id)
{
	int error = find_row(e, id);

	if (error == 0) {
		error = open_record(e);
	}
	if (error == 0) {
		error = lookup_persons(e->run, e->msg);
	}
	e->source = &e->run->persons.source;
	if (error == 0) {
		error = open_card(e);
	}
	return error == 0 ? weigh(e) : error;
}

static int answer_explain(struct lookup_run *run, const Cordon__ExplainRequest *message,
	struct errmsg *msg)
{
	struct request *request = run->request;
	Cordon__ExplainAnswer answer = CORDON__EXPLAIN_ANSWER__INIT;
	struct explaining e = { .run = run, .arena = request->arena, .msg = msg };
	struct cordon_query query;
	struct question question;
	const char *id;
	int error = lookup_explain_read(message, request->arena, &query, &id, msg);

	if (error == 0) {
		error = question_make(
			request->service->match, &query, run->today, &question, msg);
	}
	if (error != 0) {
		return error;
	}
	e.query = &query;
	e.question = &question;
	error = prepare(&e, id);
	if (error == 0) {
		error = explain(&e, &answer);
	}
	return error == 0 ? session_answer(request->session, request->id,
				    MESSAGE_EXPLAIN_ANSWER, 0, &answer.base)
			  : error;
}

int handle_explain(struct request *request, struct errmsg *msg)
{
	const Cordon__ExplainRequest *message =
		(const Cordon__ExplainRequest *)request->message;
	struct lookup_run run = {
		.request = request,
		.config = request->service->node->config,
		.lookups = request->service->lookups,
	};
	int error = lookup_begin(&run, message->context, msg);

	if (error == 0) {
		error = answer_explain(&run, message, msg);
	}
	lookup_run_finish(&run);
	return error;
}
