/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <cordon/client.h>
#include "daemon/base/clock.h"
#include "daemon/node/errand.h"
#include "daemon/node/pending_private.h"
#include "daemon/node/rights.h"
#include "daemon/node/submit_private.h"

/*
 * The second pair of eyes.  An approved change of records is entered as a submission of
 * the one who approves; an approved export may be done once by the one who asked for
 * it; what is rejected is gone.
 */

enum {
	PENDING_LIST = 1,
	PENDING_APPROVE,
	PENDING_REJECT
};

/* ---- the change that is meant -------------------------------------------------------
 */

struct change {
	struct arena *arena;
	int64_t now_s;
	uint64_t number;
	struct identity by;
	bool export;
	Cordon__SubmitItem *items[CORDON_SUBMIT_MAX];
	uint32_t positions[CORDON_SUBMIT_MAX];
	bool kinds[CORDON_KIND_INVALID_DOCUMENT + 1];
	size_t count;
	int error;
};

static int add_item(struct change *c, const struct store_pending *pending)
{
	ProtobufCMessage *message;
	struct bytes copy = { (const uint8_t *)arena_text(
				      c->arena, pending->item.data, pending->item.size),
		pending->item.size };

	if (copy.data == NULL) {
		return CORDON_ENOMEM;
	}
	c->export = pending->id.size == 0;
	if (!c->export && message_unpack(&cordon__submit_item__descriptor, copy,
				  c->arena, &message, NULL) != 0) {
		return CORDON_ECORRUPT;
	}
	c->items[c->count] = c->export ? NULL : (Cordon__SubmitItem *)message;
	c->positions[c->count++] = pending->position;
	if (pending->kind <= CORDON_KIND_INVALID_DOCUMENT) {
		c->kinds[pending->kind] = true;
	}
	return ident_uri_parse(&c->by, (const char *)pending->by.data, pending->by.size,
		       NULL) == 0
		       ? 0
		       : CORDON_ECORRUPT;
}

static bool add(void *context, const struct store_pending *pending)
{
	struct change *c = context;

	if (pending->number != c->number || c->count == CORDON_SUBMIT_MAX) {
		return false;
	}
	if (pending->expires_s > c->now_s) {
		c->error = add_item(c, pending);
	}
	return c->error == 0;
}

static int read_change(struct request *request, struct change *c, struct errmsg *msg)
{
	const Cordon__PendingRequest *message =
		(const Cordon__PendingRequest *)request->message;
	struct store_txn *txn;
	int error = request_txn(request, &txn, msg);

	c->arena = request->arena;
	c->now_s = wall_s(clock_wall());
	c->number = message->number;
	if (error == 0 && message->number == 0) {
		error = errmsg_set(
			msg, CORDON_EINVAL, "number: 0, a change's is expected");
	}
	if (error == 0 && store_pending_each(txn, c->number, 0, add, c) != 0) {
		error = served_failed(txn, msg);
	}
	if (error == 0 && c->error != 0) {
		error = errmsg_set(
			msg, c->error, "change %llu", (unsigned long long)c->number);
	}
	if (error == 0 && c->count == 0) {
		error = errmsg_set(msg, CORDON_ENOTFOUND,
			"no change %llu waits; see cordonctl record pending",
			(unsigned long long)c->number);
	}
	return error;
}

/* ---- who may ----------------------------------------------------------------------
 */

/* A submitter may take back what is their own; to approve it, a second one is needed.
 */
static int check(struct request *request, const struct change *c, bool approve,
	struct errmsg *msg)
{
	struct authz_question question = {
		.action = c->export ? ACTION_APPROVE_EXPORT : ACTION_APPROVE,
		.owner = &request->service->node->config->node.member,
		.author = approve ? &c->by : NULL,
	};
	bool own = ident_equal(&c->by, &request->asker->identity);

	if (own && !approve) {
		return 0;
	}
	for (uint32_t kind = 0; kind <= CORDON_KIND_INVALID_DOCUMENT; kind++) {
		int error = 0;

		question.kind = kind;
		if (c->kinds[kind] || kind == 0) {
			error = request_may(request, question, msg);
		}
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

/* ---- records ----------------------------------------------------------------------
 */

static int approve_records(
	struct request *request, struct change *c, struct errmsg *msg)
{
	Cordon__SubmitRequest message = CORDON__SUBMIT_REQUEST__INIT;
	const struct submit_approval approval = { c->number, c->positions };

	message.items = c->items;
	message.n_items = c->count;
	return submit_begin(request, &message, &approval, msg);
}

/* ---- what the writer does by itself -------------------------------------------------
 */

struct word {
	struct errand errand; /* first */
	uint64_t number;
	bool approve; /* an export */
	char by[IDENT_URI_MAX];
	uint32_t positions[CORDON_SUBMIT_MAX];
	char ids[CORDON_SUBMIT_MAX][CORDON_ID_MAX + 1];
	size_t count;
};

/* Bytes of a change that waits, for as long as it is written again. */
struct kept {
	uint8_t by[IDENT_URI_MAX], item[STORE_PENDING_ITEM_MAX];
};

static int approve_export(
	struct word *word, struct store_txn *txn, uint32_t position, struct kept *kept)
{
	struct store_pending pending;
	bool found;
	int error = store_pending_get(txn, word->number, position, &pending, &found);

	if (error != 0 || !found || pending.by.size > sizeof(kept->by) ||
		pending.item.size > sizeof(kept->item)) {
		return error;
	}
	/* a put moves what the store lends */
	memcpy(kept->by, pending.by.data, pending.by.size);
	memcpy(kept->item, pending.item.data, pending.item.size);
	pending.by.data = kept->by;
	pending.item.data = kept->item;
	pending.id = (struct bytes){ NULL, 0 };
	pending.approved_by =
		(struct bytes){ (const uint8_t *)word->by, strlen(word->by) };
	return store_pending_put(txn, &pending);
}

static int run(struct errand *errand, struct store_txn *txn, struct errmsg *msg)
{
	struct word *word = (struct word *)errand;
	struct kept *kept = calloc(1, sizeof(*kept));
	int error = 0;

	if (kept == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; error == 0 && i < word->count; i++) {
		error = word->approve
				? approve_export(word, txn, word->positions[i], kept)
				: store_pending_remove(
					  txn, word->number, word->positions[i]);
	}
	free(kept);
	return error == 0 ? 0 : store_txn_error(txn, msg);
}

static void report(const struct errand *errand)
{
	const struct word *word = (const struct word *)errand;

	if (errand->error == 0) {
		log_notice("change %llu is %s by %s", (unsigned long long)word->number,
			word->approve ? "approved" : "rejected", word->by);
	}
}

static void answer(struct errand *errand, struct session *session, uint32_t request)
{
	const struct word *word = (const struct word *)errand;
	Cordon__PendingAnswer message = CORDON__PENDING_ANSWER__INIT;
	Cordon__SubmitResult results[CORDON_SUBMIT_MAX];
	Cordon__SubmitResult *pointers[CORDON_SUBMIT_MAX];

	for (size_t i = 0; i < word->count; i++) {
		cordon__submit_result__init(&results[i]);
		results[i].id = message_data(word->ids[i]);
		results[i].outcome = CORDON_OUTCOME_UNCHANGED;
		pointers[i] = &results[i];
	}
	message.results = pointers;
	message.n_results = word->count;
	(void)session_answer(
		session, request, MESSAGE_PENDING_ANSWER, 0, &message.base);
}

static void destroy(struct errand *errand)
{
	free(errand);
}

static const struct errand_ops word_ops = {
	.run = run, .done = report, .answer = answer, .destroy = destroy
};

/* Of a put, a withdrawal or a confirmation; "" for an export. */
static void copy_id(const Cordon__SubmitItem *item, struct arena *arena,
	char out[CORDON_ID_MAX + 1])
{
	ProtobufCBinaryData id = { 0, NULL };
	ProtobufCMessage *record;

	if (item == NULL) {
		return;
	}
	if (item->what_case == CORDON__SUBMIT_ITEM__WHAT_WITHDRAW) {
		id = item->withdraw->id;
	} else if (item->what_case == CORDON__SUBMIT_ITEM__WHAT_PUT &&
		   message_unpack(&cordon__record__descriptor,
			   (struct bytes){ item->put.data, item->put.len }, arena,
			   &record, NULL) == 0) {
		id = ((Cordon__Record *)record)->id;
	}
	if (id.len <= CORDON_ID_MAX && id.len > 0) {
		memcpy(out, id.data, id.len);
	}
}

static int give_word(struct request *request, const struct change *c, bool approve,
	struct errmsg *msg)
{
	struct word *word = calloc(1, sizeof(*word));

	if (word == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	word->number = c->number;
	word->approve = approve;
	ident_uri_text(&request->asker->identity, word->by);
	memcpy(word->positions, c->positions, sizeof(word->positions));
	word->count = c->count;
	for (size_t i = 0; i < c->count; i++) {
		copy_id(c->items[i], c->arena, word->ids[i]);
	}
	return errand_begin(request, &word->errand, &word_ops);
}

int handle_pending(struct request *request, struct errmsg *msg)
{
	const Cordon__PendingRequest *message =
		(const Cordon__PendingRequest *)request->message;
	bool approve = message->what == PENDING_APPROVE;
	struct change *c;
	int error;

	if (message->what < PENDING_LIST || message->what > PENDING_REJECT) {
		return errmsg_set(msg, CORDON_EPROTO,
			"what: %u, expected 1 (list), 2 (approve) or 3 (reject)",
			message->what);
	}
	if (message->what == PENDING_LIST) {
		return pending_list(request, msg);
	}
	c = arena_alloc(request->arena, sizeof(*c));
	if (c == NULL) {
		return CORDON_ENOMEM;
	}
	memset(c, 0, sizeof(*c));
	error = read_change(request, c, msg);
	if (error == 0) {
		error = check(request, c, approve, msg);
	}
	if (error != 0) {
		return error;
	}
	return approve && !c->export ? approve_records(request, c, msg)
				     : give_word(request, c, approve, msg);
}
