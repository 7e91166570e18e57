/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/node/replicator_takeover.h"
#include "daemon/node/served.h"

/* An administrator's word that this node is to sign, and what came of it. */

struct takeover_request {
	struct takeover takeover; /* first */
	struct service *service;
	struct held *held; /* NULL: the session is gone */
	bool answered;     /* main has done with it */
};

/* ---- the answer
 * ------------------------------------------------------------------------- */

struct list_message {
	Cordon__Control__TakeoverList message;
	Cordon__ListId list;
	Cordon__Epoch old_epoch, epoch;
	struct list_id id;
};

static void fill_list(struct list_message *out, const struct takeover *t, uint16_t kind)
{
	const struct takeover_list *list = &t->lists[kind];
	Cordon__Control__TakeoverList *message = &out->message;

	cordon__control__takeover_list__init(message);
	out->id =
		(struct list_id){ .owner = t->node->config->node.member, .kind = kind };
	list_to_message(&out->id, &out->list);
	message->list = &out->list;
	if (list->old_epoch.number != 0) {
		epoch_to_message(&list->old_epoch, &out->old_epoch);
		message->old_epoch = &out->old_epoch;
	}
	message->old_sequence = list->old_sequence;
	if (t->done) {
		epoch_to_message(&list->epoch, &out->epoch);
		message->epoch = &out->epoch;
	} else {
		message->state = message_data(copy_phase_text(list->phase));
	}
	message->sequence = list->sequence;
	message->live = list->live;
	message->created = t->done && list->created;
	message->wanted = list->told ? list->highest.sequence : 0;
}

static void fill_member(Cordon__Control__TakeoverMember *message,
	const struct takeover_member *m, char *uri)
{
	cordon__control__takeover_member__init(message);
	message->member = message_data(m->code.code);
	message->reached = m->reached;
	message->forced = m->forced;
	if (m->reached) {
		ident_uri_text(&m->node, uri);
		message->node = message_data(uri);
	}
}

struct answer_parts {
	struct list_message lists[OWN_KINDS];
	Cordon__Control__TakeoverList *list_pointers[OWN_KINDS];
	Cordon__Control__TakeoverMember members[HEAD_MEMBERS_MAX + 1];
	Cordon__Control__TakeoverMember *member_pointers[HEAD_MEMBERS_MAX + 1];
	char uris[HEAD_MEMBERS_MAX + 1][IDENT_URI_MAX];
};

static int say(struct takeover_request *r)
{
	const struct takeover *t = &r->takeover;
	struct session *session = held_session(r->held);
	uint32_t request = held_request(r->held);
	Cordon__Control__TakeoverAnswer answer = CORDON__CONTROL__TAKEOVER_ANSWER__INIT;
	struct answer_parts *parts;
	int error;

	if (t->error != 0) {
		return session_refuse(session, request, t->error, t->reason.text);
	}
	parts = calloc(1, sizeof(*parts));
	if (parts == NULL) {
		return session_refuse(session, request, CORDON_ENOMEM,
			t->done ? "it is done, but there is no memory to say how" : "");
	}
	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		fill_list(&parts->lists[kind - 1], t, kind);
		parts->list_pointers[kind - 1] = &parts->lists[kind - 1].message;
	}
	for (size_t i = 0; i < t->members_count; i++) {
		fill_member(&parts->members[i], &t->members[i], parts->uris[i]);
		parts->member_pointers[i] = &parts->members[i];
	}
	answer.done = t->done;
	answer.wait = !t->done && t->wait;
	answer.reason = message_data(t->reason.text);
	answer.lists = parts->list_pointers;
	answer.n_lists = OWN_KINDS;
	answer.members = parts->member_pointers;
	answer.n_members = t->members_count;
	error = session_answer(
		session, request, MESSAGE_TAKEOVER_ANSWER, 0, &answer.base);
	free(parts);
	return error;
}

static void try_answer(struct takeover_request *r)
{
	struct held *held = r->held;

	if (held_may_write(held)) {
		(void)say(r);
		held_end(held);
	}
}

static void on_turn(struct held *held, void *context)
{
	struct takeover_request *r = context;

	(void)held;
	if (r->answered) {
		try_answer(r);
	}
}

static void on_destroy(void *context)
{
	struct takeover_request *r = context;

	r->held = NULL;
	if (r->answered) {
		free(r);
	}
}

static const struct held_ops held_ops = { .turn = on_turn, .destroy = on_destroy };

static void on_answer(struct letter *letter)
{
	struct takeover_request *r =
		(struct takeover_request *)((char *)letter -
					    offsetof(struct takeover_request,
						    takeover.answer));

	r->answered = true;
	if (r->held != NULL) {
		try_answer(r);
	} else {
		free(r);
	}
}

/* ---- the request
 * ------------------------------------------------------------------------ */

static struct takeover_member *member_of(
	struct takeover *t, const ProtobufCBinaryData *code)
{
	for (size_t i = 0; i < t->members_count; i++) {
		const char *known = t->members[i].code.code;

		if (code->len == strlen(known) &&
			memcmp(code->data, known, code->len) == 0) {
			return &t->members[i];
		}
	}
	return NULL;
}

static int read_force(struct takeover *t,
	const Cordon__Control__TakeoverRequest *message, struct errmsg *msg)
{
	for (size_t i = 0; i < message->n_force; i++) {
		const ProtobufCBinaryData *code = &message->force[i];
		struct takeover_member *member = member_of(t, code);

		if (member == NULL) {
			bool text =
				code->len <= 8 && bytes_are_text(code->data, code->len);

			return errmsg_set(msg, CORDON_EINVAL,
				"force: %.*s is no member that this node knows",
				text ? (int)code->len : 1,
				text ? (const char *)code->data : "?");
		}
		member->forced = true;
	}
	return 0;
}

static int read_request(struct takeover *t,
	const Cordon__Control__TakeoverRequest *message, struct errmsg *msg)
{
	const struct config *config = t->node->config;

	if (message->what < TAKEOVER_RECOVER || message->what > TAKEOVER_REOPEN) {
		return errmsg_set(msg, CORDON_EPROTO,
			"what: %u, expected 1 (recover), 2 (promote) or 3 (reopen)",
			message->what);
	}
	t->what = (enum takeover_what)message->what;
	t->members_count = config->members_count;
	for (size_t i = 0; i < config->members_count; i++) {
		t->members[i].code = config->members[i].code;
	}
	return read_force(t, message, msg);
}

int handle_takeover(struct request *request, struct errmsg *msg)
{
	struct takeover_request *r = calloc(1, sizeof(*r));
	int error;

	if (r == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r->service = request->service;
	r->takeover.node = request->service->node;
	r->takeover.asker = request->service->mailbox;
	r->takeover.answer.deliver = on_answer;
	error = read_request(&r->takeover,
		(const Cordon__Control__TakeoverRequest *)request->message, msg);
	if (error == 0) {
		error = held_create(request, &held_ops, r, &r->held);
	}
	if (error != 0) {
		free(r);
		return error;
	}
	replicator_takeover(request->service->node->replicator, &r->takeover);
	return 0;
}
