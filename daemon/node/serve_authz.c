/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/rights.h"
#include "daemon/node/served.h"

/*
 * Who may do what, told rule by rule: the same rules and sections that requests are
 * decided by, and nothing that anybody has asked so far.
 */

struct explained {
	struct asker asker;
	struct state owner;
	struct authz_question question;
};

static int read_identity(const Cordon__Control__AuthzRequest *message,
	struct identity *identity, struct errmsg *msg)
{
	int error = ident_uri_parse(identity, (const char *)message->identity.data,
		message->identity.len, msg);

	return error == 0 ? 0 : errmsg_wrap(msg, CORDON_EINVAL, "identity");
}

static int read_action(const Cordon__Control__AuthzRequest *message,
	struct arena *arena, enum action *action, struct errmsg *msg)
{
	bool bad = false;
	const char *name = message_text(message->action, arena, &bad);

	if (name != NULL && action_parse(name, action)) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EINVAL,
		"action: \"%.32s\" is none; one such as lookup, submit or export is "
		"expected",
		name == NULL ? "" : name);
}

static int read_question(
	struct request *request, struct explained *out, struct errmsg *msg)
{
	const Cordon__Control__AuthzRequest *message =
		(const Cordon__Control__AuthzRequest *)request->message;
	int error = read_identity(message, &out->asker.identity, msg);

	if (error == 0) {
		error = read_action(
			message, request->arena, &out->question.action, msg);
	}
	if (error != 0) {
		return error;
	}
	if (message->owner.len > 0) {
		if (!ident_state_set(&out->owner, (const char *)message->owner.data,
			    message->owner.len)) {
			return errmsg_set(msg, CORDON_EINVAL,
				"owner: a member's three letters are expected");
		}
		out->question.owner = &out->owner;
	}
	out->question.asker = &out->asker;
	out->question.kind = message->kind;
	for (size_t i = 0; i < message->n_queries; i++) {
		if (message->queries[i] < CORDON_QUERY_DOCUMENT ||
			message->queries[i] > CORDON_QUERY_PERSON) {
			return errmsg_set(msg, CORDON_EINVAL,
				"queries: %u, expected 1 to %d", message->queries[i],
				CORDON_QUERY_PERSON);
		}
		out->question.queries |= 1u << message->queries[i];
	}
	return 0;
}

static ProtobufCBinaryData section_of(
	const struct authz *authz, const struct identity *identity, struct arena *arena)
{
	const struct authz_access *access = authz_access_of(authz, identity);

	return access == NULL ? message_data(NULL)
			      : message_data(arena_printf(arena, "access %s/%s",
					ident_role_text(access->role), access->name));
}

/* What of the action waits, although it is allowed. */
static uint32_t eyes_of(const struct node *node, const struct authz_question *question)
{
	uint32_t eyes = rights_eyes(node->rights);

	if (question->action == ACTION_SUBMIT) {
		return eyes & ~(uint32_t)EYES_EXPORT;
	}
	return question->action == ACTION_EXPORT &&
			       (question->owner == NULL ||
				       !ident_state_equal(question->owner,
					       &node->config->node.member))
		       ? eyes & EYES_EXPORT
		       : 0;
}

int handle_authz(struct request *request, struct errmsg *msg)
{
	const struct node *node = request->service->node;
	const struct authz *authz = rights_authz(node->rights);
	Cordon__Control__AuthzAnswer answer = CORDON__CONTROL__AUTHZ_ANSWER__INIT;
	Cordon__Control__AuthzStep steps[RULE_COUNT], *pointers[RULE_COUNT];
	ProtobufCBinaryData eyes[EYES_COUNT];
	struct explained explained;
	int error;

	memset(&explained, 0, sizeof(explained));
	error = read_question(request, &explained, msg);
	if (error != 0) {
		return error;
	}
	answer.allowed = true;
	for (int i = 0; i < RULE_COUNT; i++) {
		struct errmsg why = { "" };
		bool passed = authz_rule_check(authz, &explained.question,
				      (enum authz_rule)i, &why) == 0;

		cordon__control__authz_step__init(&steps[i]);
		steps[i].rule = message_data(authz_rule_name((enum authz_rule)i));
		steps[i].passed = passed;
		steps[i].text = message_data(
			arena_text(request->arena, why.text, strlen(why.text)));
		answer.allowed = answer.allowed && passed;
		pointers[i] = &steps[i];
	}
	for (unsigned i = 0; i < EYES_COUNT; i++) {
		if ((eyes_of(node, &explained.question) >> i & 1) != 0) {
			eyes[answer.n_eyes++] = message_data(eyes_name(1u << i));
		}
	}
	answer.eyes = eyes;
	answer.steps = pointers;
	answer.n_steps = RULE_COUNT;
	answer.section = section_of(authz, &explained.asker.identity, request->arena);
	return request->arena->failed ? CORDON_ENOMEM
				      : session_answer(request->session, request->id,
						MESSAGE_AUTHZ_ANSWER, 0, &answer.base);
}
