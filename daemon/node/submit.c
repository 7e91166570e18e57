/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <cordon/client.h>
#include "daemon/core/repl/apply.h"
#include "daemon/base/clock.h"
#include "daemon/node/copies.h"
#include "daemon/node/signing.h"
#include "daemon/node/submit_private.h"

/*
 * A submission: read and judged on the worker, changed and committed together by the
 * writer, answered on the worker when it is on disk, or when other members have it,
 * too (copies.h).
 *
 * It is the worker's until committer_post; the writer's until its letter; then the
 * worker's again.  If the session ends in between, held is NULL and nobody is told:
 * the client sends the same again, and finds it unchanged.
 */

#define ITEM_OVERHEAD_BYTES 128 /* salt, hash, id: what a row has beside the record */
/* What one session may have waiting for the writer. */
#define PENDING_BYTES_MAX ((size_t)16 * 1024 * 1024)
/* What items of one request may take when they are decoded. */
#define ARENA_BYTES ((size_t)64 * 1024 * 1024)

struct submission {
	struct commit_job job; /* first */
	struct letter letter;
	struct arena arena;
	struct service *service;
	struct held *held; /* NULL: the session is gone */
	size_t *pending;   /* the session's; good while held is */
	size_t bytes;      /* counted there */
	bool done;
	bool waits;    /* done, and copies are waited for */
	bool stopping; /* the node: nothing is waited for any more */
	struct copies copies;
	struct submit_item *items;
	size_t count;
	/* While it waits: the results, packed, in the place of the items. */
	struct arena kept_arena;
	struct bytes kept;
	int error; /* of the whole: nothing was changed */
	struct errmsg text;
};

static void submission_free(struct submission *s)
{
	copies_leave(s->service->node, &s->copies);
	arena_finish(&s->arena);
	arena_finish(&s->kept_arena);
	free(s);
}

/* ---- on the writer ----------------------------------------------------------------
 */

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct submission *s = (struct submission *)job;
	int error = 0;

	(void)txn;
	for (size_t i = 0; i < s->count && error == 0; i++) {
		struct submit_item *item = &s->items[i];

		if (item->result.error == 0) {
			error = own_lists_change(
				job->lists, &item->own, &s->arena, &item->result, msg);
		}
	}
	return error;
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct submission *s = (struct submission *)job;

	s->error = error;
	if (error != 0) {
		errmsg_set(&s->text, error, "%s", text);
	}
	mailbox_post(s->service->mailbox, &s->letter);
}

/* ---- the answer -------------------------------------------------------------------
 */

/* The items have done their work: only what became of them is kept while it waits. */
static void put_aside(struct submission *s)
{
	const Cordon__SubmitAnswer *answer =
		submit_answer_make(s->items, s->count, &s->arena);

	if (answer != NULL &&
		message_pack(&answer->base, &s->kept_arena, &s->kept) == 0) {
		arena_finish(&s->arena);
		arena_init(&s->arena, ARENA_BYTES);
		s->items = NULL;
	}
}

/* NULL: out of memory. */
static Cordon__SubmitAnswer *make_answer(struct submission *s)
{
	Cordon__SubmitAnswer *answer;
	ProtobufCMessage *message;

	if (s->items != NULL) {
		answer = submit_answer_make(s->items, s->count, &s->arena);
	} else if (message_unpack(&cordon__submit_answer__descriptor, s->kept,
			   &s->arena, &message, NULL) == 0) {
		answer = (Cordon__SubmitAnswer *)message;
	} else {
		answer = NULL;
	}
	if (answer != NULL &&
		copies_answer(s->service, &s->copies, &s->arena, answer) != 0) {
		answer = NULL;
	}
	return answer;
}

static int say(struct submission *s)
{
	struct session *session = held_session(s->held);
	uint32_t request = held_request(s->held);
	const Cordon__SubmitAnswer *answer;

	if (s->error != 0) {
		return session_refuse(session, request, s->error, s->text.text);
	}
	answer = make_answer(s);
	if (answer == NULL) {
		return session_refuse(session, request, CORDON_ENOMEM,
			"the items were taken, but there is no memory to say how; send "
			"them again");
	}
	return session_answer(
		session, request, MESSAGE_SUBMIT_ANSWER, 0, &answer->base);
}

/* Ends the held request, and the submission with it, unless there is no room yet. */
static void try_answer(struct submission *s)
{
	struct held *held = s->held;
	int error;

	if (!held_may_write(held)) {
		return;
	}
	error = say(s);
	if (error == CORDON_ETOOBIG) {
		(void)session_refuse(held_session(held), held_request(held), error,
			"the items were taken, but the answer is larger than you "
			"accept; send fewer at a time");
	}
	held_end(held);
}

/* Answers what has been waited for, or arranges for another look. */
static void look(struct submission *s)
{
	struct mono now = clock_mono();
	int64_t left_us = s->copies.until.us - now.us;

	if (copies_over(s->service, &s->copies, now)) {
		s->waits = false;
		try_answer(s);
	} else {
		/* timers go by when their loop's turn began, and may come early */
		held_wake_after(s->held, (uint32_t)(left_us / 1000) + 1);
	}
}

/* It is on disk, or was refused as a whole: answered, unless it is to wait. */
static void settle(struct submission *s)
{
	if (s->error != 0 || !copies_wanted(&s->copies)) {
		try_answer(s);
		return;
	}
	for (size_t i = 0; i < s->count; i++) {
		copies_note(&s->copies, &s->items[i].result);
	}
	put_aside(s);
	copies_start(&s->copies, clock_mono());
	if (s->stopping) {
		copies_stop(s->service, &s->copies);
		try_answer(s);
		return;
	}
	s->waits = true;
	look(s);
}

static void on_turn(struct held *held, void *context)
{
	struct submission *s = context;

	(void)held;
	if (s->waits) {
		look(s);
	} else if (s->done) {
		try_answer(s);
	}
}

static void on_stop(struct held *held, void *context)
{
	struct submission *s = context;

	(void)held;
	s->stopping = true;
	if (s->waits) {
		s->waits = false;
		copies_stop(s->service, &s->copies);
		try_answer(s);
	}
}

static void on_destroy(void *context)
{
	struct submission *s = context;

	*s->pending -= s->bytes;
	s->held = NULL;
	if (s->done) {
		submission_free(s);
	}
}

static const struct held_ops held_ops = {
	.turn = on_turn,
	.stop = on_stop,
	.destroy = on_destroy,
};

static void count_results(const struct submission *s)
{
	struct node_counters *counters = &s->service->node->counters;
	size_t refused = 0;

	for (size_t i = 0; i < s->count; i++) {
		refused += s->items[i].result.error != 0;
	}
	atomic_fetch_add(&counters->refused, refused);
	if (s->error == 0) {
		atomic_fetch_add(&counters->submitted, s->count - refused);
	}
}

static void on_letter(struct letter *letter)
{
	struct submission *s =
		(struct submission *)((char *)letter -
				      offsetof(struct submission, letter));

	s->done = true;
	count_results(s);
	if (s->held != NULL) {
		settle(s);
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

static int read_items(struct request *request, struct submission *s, struct errmsg *msg)
{
	const Cordon__SubmitRequest *message =
		(const Cordon__SubmitRequest *)request->message;

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
	int error = held_create(request, &held_ops, s, &s->held);

	if (error == 0) {
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
	settle(s);
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

static int begin(struct request *request, struct submission *s, struct errmsg *msg)
{
	int error = copies_read(request->service->node->config,
		(const Cordon__SubmitRequest *)request->message, &s->copies, msg);

	if (error == 0) {
		error = read_items(request, s, msg);
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

int handle_submit(struct request *request, struct errmsg *msg)
{
	const Cordon__SubmitRequest *message =
		(const Cordon__SubmitRequest *)request->message;
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
	arena_init(&s->arena, ARENA_BYTES);
	arena_init(&s->kept_arena, 0);
	s->service = request->service;
	s->job.submission = true;
	s->job.run = run;
	s->job.done = done;
	s->letter.deliver = on_letter;
	error = begin(request, s, msg);
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
