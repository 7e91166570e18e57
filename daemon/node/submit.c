/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cordon/client.h>
#include "daemon/core/repl/apply.h"
#include "daemon/node/access_log_entries.h"
#include "daemon/node/signing.h"
#include "daemon/node/brake.h"
#include "daemon/node/rights.h"
#include "daemon/node/submit_private.h"

/*
 * A submission: read and judged on the worker, changed and committed together by the
 * writer, answered on the worker when it is on disk, or when other members have it,
 * too (submit_wait.c).
 *
 * It is the worker's until committer_post; the writer's until its letter; then the
 * worker's again.  If the session ends in between, held is NULL and nobody is told:
 * the client sends the same again, and finds it unchanged.
 */

#define ITEM_OVERHEAD_BYTES 128 /* salt, hash, id: what a row has beside the record */
/* What one session may have waiting for the writer. */
#define PENDING_BYTES_MAX ((size_t)16 * 1024 * 1024)

/* ---- on the writer ----------------------------------------------------------------
 */

/* Withdrawals that the brake lets pass: are they many enough for a second pair of eyes?
 */
static void judge_number(struct submission *s, const struct brake_request *brake)
{
	const struct node *node = s->service->node;
	uint64_t count = 0;

	for (size_t kind = 0; kind <= CORDON_KIND_INVALID_DOCUMENT; kind++) {
		count += brake->hold[kind] ? 0 : brake->count[kind];
	}
	if (s->approves != 0 || count <= node->config->two_eyes_withdrawals ||
		(rights_eyes(node->rights) & EYES_WITHDRAWALS) == 0) {
		return;
	}
	for (size_t i = 0; i < s->count; i++) {
		if (s->items[i].own.type == OWN_WITHDRAW) {
			s->items[i].own.why |= EYES_WITHDRAWALS;
		}
	}
}

/* Are the withdrawals too many? */
static int judge(struct submission *s, struct brake_request *brake,
	struct store_txn *txn, struct errmsg *msg)
{
	int error;

	for (size_t i = 0; i < s->count; i++) {
		if (s->items[i].result.error == 0 &&
			brake_count(brake, txn, &s->items[i].own) != 0) {
			return store_txn_error(txn, msg);
		}
	}
	error = brake_judge(s->service->node, brake, s->job.lists, msg);
	if (error == 0) {
		judge_number(s, brake);
	}
	return error;
}

/* Of an approval: what waits no more, or was changed since, is refused. */
static int check_standing(struct submission *s, struct submit_item *item,
	struct store_txn *txn, struct errmsg *msg)
{
	bool waits, stands;

	if (pending_stands(txn, s->approves, item->position, &waits, &stands) != 0) {
		return store_txn_error(txn, msg);
	}
	if (!stands) {
		item->result.outcome = CORDON_OUTCOME_REFUSED;
		item->result.error = waits ? CORDON_ECONFLICT : CORDON_ENOTFOUND;
		errmsg_set(&item->result.text, item->result.error,
			waits ? "the record was changed since: it waits until it is "
				"rejected"
			      : "it does not wait any more");
	}
	return 0;
}

static int carry_out(struct submission *s, struct submit_item *item,
	struct store_txn *txn, struct errmsg *msg)
{
	int error = 0;

	if (s->approves != 0) {
		error = check_standing(s, item, txn, msg);
	}
	if (error != 0 || item->result.error != 0) {
		return error;
	}
	error = own_lists_change(
		s->job.lists, &item->own, &s->arena, &item->result, msg);
	if (error == 0 && s->approves != 0 && item->result.error == 0 &&
		store_pending_remove(txn, s->approves, item->position) != 0) {
		error = store_txn_error(txn, msg);
	}
	return error;
}

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct submission *s = (struct submission *)job;
	struct brake_request brake = { .count = { 0 } };
	int error = judge(s, &brake, txn, msg);

	for (size_t i = 0; i < s->count && error == 0; i++) {
		struct submit_item *item = &s->items[i];

		if (item->result.error == 0) {
			item->own.hold = brake.hold;
			error = carry_out(s, item, txn, msg);
		}
	}
	return error;
}

static void note_withdrawn(struct submission *s)
{
	struct node *node = s->service->node;
	size_t held = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct own_result *result = &s->items[i].result;

		if (result->withdrew) {
			brake_withdrawn(node, result->kind, 1);
		}
		held += result->outcome == CORDON_OUTCOME_HELD;
	}
	brake_warn(node, held);
	pending_told(node, &s->pending_change, s->by);
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct submission *s = (struct submission *)job;

	s->error = error;
	if (error != 0) {
		errmsg_set(&s->text, error, "%s", text);
	} else {
		note_withdrawn(s);
	}
	mailbox_post(s->service->mailbox, &s->letter);
}

static void count_results(const struct submission *s)
{
	struct node_counters *counters = &s->service->node->counters;
	size_t refused = 0, waiting = 0;

	for (size_t i = 0; i < s->count; i++) {
		refused += s->items[i].result.error != 0;
		waiting += s->items[i].result.outcome == CORDON_OUTCOME_PENDING;
	}
	atomic_fetch_add(&counters->refused, refused);
	if (s->error == 0) {
		atomic_fetch_add(&counters->submitted, s->count - refused - waiting);
	}
	if (s->error == 0 && s->approves != 0) {
		log_notice("change %" PRIu64 " is approved by %s: %zu items entered, "
			   "%zu refused",
			s->approves, s->by, s->count - refused, refused);
	}
}

static void on_letter(struct letter *letter)
{
	struct submission *s =
		(struct submission *)((char *)letter -
				      offsetof(struct submission, letter));

	s->done = true;
	count_results(s);
	access_log_submission(s);
	if (s->held != NULL) {
		submission_settle(s);
	} else {
		submission_free(s);
	}
}

/* ---- the request ------------------------------------------------------------------
 */

static int check_node(struct node *node, struct errmsg *msg)
{
	return atomic_load(&node->signs) && atomic_load(&node->own_open)
		       ? 0
		       : signing_refuse(node, msg);
}

static int check_count(const Cordon__SubmitRequest *message, struct errmsg *msg)
{
	if (message->n_items == 0) {
		return errmsg_set(
			msg, CORDON_EINVAL, "the request submits nothing: no items");
	}
	if (message->n_items > CORDON_SUBMIT_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"%zu items in one request; at most %d, send the rest in "
			"another",
			message->n_items, CORDON_SUBMIT_MAX);
	}
	return 0;
}

static int read_items(struct request *request, const Cordon__SubmitRequest *message,
	const struct submit_approval *approval, struct submission *s,
	struct errmsg *msg)
{
	s->items = arena_array(&s->arena, message->n_items, sizeof(*s->items));
	if (s->items == NULL) {
		return CORDON_ENOMEM;
	}
	s->count = message->n_items;
	for (size_t i = 0; i < s->count; i++) {
		struct submit_item *item = &s->items[i];
		int error =
			submit_read(request, message->items[i], &s->arena, item, msg);

		if (error != 0) {
			return error;
		}
		item->own.by = s->by;
		item->own.change = &s->pending_change;
		if (approval != NULL) {
			item->position = approval->positions[i];
			item->own.why = 0;
		}
		if (item->result.error == 0) {
			s->job.entries++;
			s->job.bytes += item->bytes + ITEM_OVERHEAD_BYTES;
		}
	}
	return 0;
}

/* A follower must be able to take the whole in one transaction. */
static int check_size(
	const struct request *request, const struct submission *s, struct errmsg *msg)
{
	if (s->job.bytes > APPLY_BYTES_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"the items take %zu bytes, one request at most %u; send fewer "
			"at a time",
			s->job.bytes, APPLY_BYTES_MAX);
	}
	if (*session_pending_bytes(request->session) + s->job.bytes >
		PENDING_BYTES_MAX) {
		return errmsg_set(msg, CORDON_EBUSY,
			"%zu bytes of this connection's submissions wait to be "
			"written; wait for their answers first",
			*session_pending_bytes(request->session));
	}
	return 0;
}

/* From here on held_end frees it. */
static int hold(struct request *request, struct submission *s)
{
	int error = held_create(request, &submission_held_ops, s, &s->held);

	if (error == 0) {
		s->from = request->session;
		session_hold(s->from);
		s->pending = session_pending_bytes(request->session);
		s->bytes = s->job.bytes;
		*s->pending += s->bytes;
	}
	return error;
}

/* Nothing is left to be written: the refusals are the answer. */
static void answer_now(struct submission *s)
{
	s->done = true;
	count_results(s);
	access_log_submission(s);
	submission_settle(s);
}

/* What cannot be is refused before anything is written. */
static int check_copies(
	struct request *request, struct submission *s, struct errmsg *msg)
{
	bool seen[COPIES_KINDS + 1] = { false };

	if (!copies_wanted(&s->copies)) {
		return 0;
	}
	for (size_t i = 0; i < s->count; i++) {
		uint16_t kind = s->items[i].kind;
		int error;

		if (kind > COPIES_KINDS || seen[kind] ||
			s->items[i].result.error != 0) {
			continue;
		}
		seen[kind] = true;
		error = kind == 0 ? 0
				  : copies_check_kind(request, &s->copies, kind, msg);
		if (error != 0) {
			return error;
		}
	}
	return copies_enter(request->service->node, &s->copies, msg);
}

static int begin(struct request *request, const Cordon__SubmitRequest *message,
	const struct submit_approval *approval, struct submission *s,
	struct errmsg *msg)
{
	int error =
		copies_read(request->service->node->config, message, &s->copies, msg);

	if (error == 0) {
		error = read_items(request, message, approval, s, msg);
	}
	if (error == 0) {
		error = check_size(request, s, msg);
	}
	if (error == 0) {
		error = check_copies(request, s, msg);
	}
	return error == 0 ? hold(request, s) : error;
}

static int post(struct submission *s)
{
	int error = committer_post(s->service->node->committer, &s->job);

	if (error != 0) {
		s->done = true;
		held_end(s->held);
	}
	return error;
}

int submit_begin(struct request *request, const Cordon__SubmitRequest *message,
	const struct submit_approval *approval, struct errmsg *msg)
{
	struct submission *s;
	int error = check_node(request->service->node, msg);

	if (error == 0) {
		error = check_count(message, msg);
	}
	if (error != 0) {
		return error;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		return CORDON_ENOMEM;
	}
	arena_init(&s->arena, SUBMISSION_ARENA_BYTES);
	arena_init(&s->kept_arena, 0);
	s->service = request->service;
	s->job.submission = true;
	s->job.run = run;
	s->job.done = done;
	s->letter.deliver = on_letter;
	s->approves = approval == NULL ? 0 : approval->number;
	ident_uri_text(&request->asker->identity, s->by);
	error = begin(request, message, approval, s, msg);
	if (error != 0) {
		submission_free(s);
		return error;
	}
	if (s->job.entries == 0) {
		answer_now(s);
		return 0;
	}
	return post(s);
}

int handle_submit(struct request *request, struct errmsg *msg)
{
	return submit_begin(
		request, (const Cordon__SubmitRequest *)request->message, NULL, msg);
}
