/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/node/access_log_entries.h"
#include "daemon/node/rights.h"
#include "daemon/node/session_private.h"
#include "proto/failure.h"
#include "proto/hello.h"

/* Who asks, Hello, and requests on their way to their handlers. */

static struct node *node_of(const struct session *session)
{
	return session->sessions->service->node;
}

static bool is_own_client(const struct session *session)
{
	const struct identity *who = &session->asker.identity;

	return who->role != ROLE_NODE &&
	       ident_state_equal(&who->member, &node_of(session)->config->node.member);
}

/* ---- Hello ------------------------------------------------------------------------
 */

/* Nodes of every configured member (TLS knows no others); anyone else asks a node of
 * their own. */
static int admit(struct session *session, struct errmsg *msg)
{
	const struct config *config = node_of(session)->config;
	const struct identity *who = &session->asker.identity;

	if (who->role != ROLE_NODE && !is_own_client(session)) {
		return errmsg_set(msg, CORDON_EDENIED,
			"%s is a %s of %s, and this node serves %s; connect to a node "
			"of %s",
			session->uri, ident_role_text(who->role), who->member.code,
			config->node.member.code, who->member.code);
	}
	return 0;
}

static size_t kind_policies(const struct config *config,
	struct cordon_kind_policy policies[CORDON_KIND_INVALID_DOCUMENT])
{
	for (size_t i = 0; i < CORDON_KIND_INVALID_DOCUMENT; i++) {
		policies[i].kind = (uint32_t)i + 1;
		policies[i].retention_days = RECORD_RETENTION_DEFAULT_DAYS;
	}
	for (size_t i = 0; i < config->lists_count; i++) {
		policies[config->lists[i].kind - 1].retention_days =
			config->lists[i].retention_days;
	}
	return CORDON_KIND_INVALID_DOCUMENT;
}

static uint32_t own_frame_max(const struct session *session)
{
	return session->asker.identity.role == ROLE_NODE ? FRAME_MAX_PEER
							 : FRAME_MAX_CLIENT;
}

static int send_hello(struct session *session)
{
	const struct config *config = node_of(session)->config;
	struct cordon_kind_policy policies[CORDON_KIND_INVALID_DOCUMENT];
	struct arena *arena = &session->sessions->arena;
	char uri[IDENT_URI_MAX];
	struct hello hello;
	Cordon__Hello *message;
	int error = CORDON_ENOMEM;

	hello_init(&hello, own_frame_max(session), node_software());
	ident_uri_text(&config->node, uri);
	hello.node = uri;
	if (is_own_client(session)) {
		hello.policies = policies;
		hello.policies_count = kind_policies(config, policies);
		hello.demands_purpose = config->demand_purpose;
		hello.demands_officer = config->demand_officer;
	}
	message = hello_to_message(&hello, arena);
	if (message != NULL) {
		error = conn_send(session->conn, MESSAGE_HELLO, 0, 0, &message->base);
	}
	arena_reset(arena);
	return error;
}

static void wait_for_hello(struct session *session)
{
	uint32_t ms = node_of(session)->config->handshake_timeout_ms;
	struct timeval after = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	evtimer_add(session->timer, &after);
}

static void identify(struct session *session, const struct identity *who)
{
	session->asker.local = session->local;
	session->asker.identity = *who;
	if (session->local) {
		session->asker.identity = (struct identity){
			.member = node_of(session)->config->node.member,
			.role = ROLE_ADMIN,
			.name = "local",
		};
	}
	ident_uri_text(&session->asker.identity, session->uri);
}

static void on_open(struct conn *conn, void *context, const struct identity *who)
{
	struct session *session = context;
	struct errmsg msg = { "" };
	int error;

	(void)conn;
	identify(session, who);
	session_is_somebody(session);
	session->stage = SESSION_GREETING;
	error = admit(session, &msg);
	if (error == 0) {
		error = session_enter_who(session, &msg);
	}
	if (error == 0) {
		error = send_hello(session);
	}
	if (error != 0) {
		session_end(session, error, errmsg_text(&msg, error));
		return;
	}
	wait_for_hello(session);
}

static int take_hello(struct session *session, const struct frame_header *header,
	struct bytes payload, struct errmsg *msg)
{
	struct hello own, theirs;
	uint32_t version;
	int error =
		hello_read(header, payload, &session->sessions->arena, &theirs, msg);

	if (error != 0) {
		return error;
	}
	hello_init(&own, own_frame_max(session), NULL);
	error = hello_agree(&own, &theirs, &version, msg);
	if (error != 0) {
		return error;
	}
	evtimer_del(session->timer);
	session->frame_max = theirs.frame_max;
	session->stage = SESSION_SERVING;
	conn_set_payload_max(session->conn, own.frame_max);
	log_debug("%s is served at %s with %s", session->uri, session->address,
		theirs.software == NULL ? "software that it does not name"
					: theirs.software);
	return 0;
}

/* ---- requests ---------------------------------------------------------------------
 */

/* What breaks the protocol ends the connection. */
static int check_form(const struct session *session, const struct frame_header *header,
	const struct session_entry *entry, struct errmsg *msg)
{
	const char *name = message_type_text(header->type);

	if (header->type == MESSAGE_HELLO) {
		return errmsg_set(msg, CORDON_EPROTO, "a second HELLO");
	}
	if (header->flags != 0) {
		return errmsg_set(msg, CORDON_EPROTO,
			"%s with flags %u; requests have none",
			name == NULL ? "a message" : name, header->flags);
	}
	if (entry != NULL && entry->silent) {
		return 0;
	}
	if (header->request == 0) {
		return errmsg_set(msg, CORDON_EPROTO,
			"%s (type %u) with request id 0; requests count from 1",
			name == NULL ? "a message" : name, header->type);
	}
	if (held_exists(session, header->request)) {
		return errmsg_set(msg, CORDON_EPROTO,
			"request id %u is still being answered; use another",
			header->request);
	}
	return 0;
}

/* *fatal: the connection ends with it. */
static int decode(
	struct request *request, struct bytes payload, bool *fatal, struct errmsg *msg)
{
	int error = message_decode(
		request->type, payload, request->arena, &request->message, msg);

	*fatal = error == CORDON_EPROTO;
	if (error == CORDON_ENOMEM && payload.size > 0) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"%s takes more memory than one request may; send less at a "
			"time",
			message_type_text(request->type));
	}
	return error;
}

/* The first query is paid for with the request. */
static void charge(struct session *session, const Cordon__LookupRequest *message)
{
	if (message->n_queries > 1) {
		session_charge_queries(session, message->n_queries - 1);
	}
}

static int handle(struct session *session, const struct frame_header *header,
	struct bytes payload, bool *fatal, struct errmsg *msg)
{
	const struct session_entry *entry = session_table_find(header->type);
	struct request request = {
		.service = session->sessions->service,
		.session = session,
		.asker = &session->asker,
		.id = header->request,
		.type = header->type,
		.payload = payload,
		.arena = &session->sessions->arena,
	};
	int error = check_form(session, header, entry, msg);

	*fatal = error != 0;
	if (error == 0) {
		error = session_take_request(session, msg);
	}
	if (error != 0) {
		return error;
	}
	if (entry == NULL) {
		return errmsg_set(msg, CORDON_EUNSUPPORTED,
			"message type %u is no request that this node (%s) knows",
			header->type, node_software());
	}
	if (session->sessions->stopping) {
		return errmsg_set(msg, CORDON_ESHUTDOWN,
			"the node is stopping; ask another one, or later");
	}
	error = request_may_touch(&request, entry->action, NULL, 0, msg);
	if (error == 0) {
		error = decode(&request, payload, fatal, msg);
	}
	if (error == 0 && header->type == MESSAGE_LOOKUP) {
		charge(session, (const Cordon__LookupRequest *)request.message);
	}
	if (error == 0) {
		error = access_log_before(&request, entry->action, msg);
	}
	if (error == 0) {
		error = entry->handle(&request, msg);
	}
	if (error != 0) {
		access_log_failed(&request, entry->action, error);
	}
	return error;
}

/* The other side says why it leaves. */
static void take_error(struct session *session, struct bytes payload)
{
	struct arena *arena = &session->sessions->arena;
	ProtobufCMessage *message;
	struct failure failure = { .error = CORDON_EPROTO,
		.text = "an unreadable ERROR" };

	if (message_decode(MESSAGE_ERROR, payload, arena, &message, NULL) == 0) {
		failure_from_message((const Cordon__Error *)message, arena, &failure);
	}
	conn_close(session->conn, failure.error, failure.text);
}

static void serve(struct session *session, const struct frame_header *header,
	struct bytes payload)
{
	const struct session_entry *entry = session_table_find(header->type);
	struct errmsg msg = { "" };
	bool fatal = false;
	int error;

	if (header->type == MESSAGE_ERROR && header->request == 0) {
		take_error(session, payload);
		return;
	}
	error = handle(session, header, payload, &fatal, &msg);
	if (error == 0) {
		return;
	}
	if (fatal) {
		session_end(session, error, errmsg_text(&msg, error));
	} else if (entry != NULL && entry->silent) {
		log_info("%s from %s: %s", message_type_text(header->type),
			session->uri, errmsg_text(&msg, error));
	} else if (session_refuse(session, header->request, error, msg.text) != 0 &&
		   session->conn != NULL) {
		conn_close(session->conn, CORDON_EBUSY,
			"answers are not read as fast as requests are sent");
	}
}

static int on_frame(struct conn *conn, void *context, const struct frame_header *header,
	struct bytes payload)
{
	struct session *session = context;
	struct arena *arena = &session->sessions->arena;
	struct errmsg msg = { "" };

	(void)conn;
	session_hold(session);
	session->uncharged_bytes += FRAME_HEADER_BYTES + payload.size;
	if (session->stage == SESSION_GREETING) {
		int error = take_hello(session, header, payload, &msg);

		if (error != 0) {
			session_end(session, error, errmsg_text(&msg, error));
		}
	} else {
		serve(session, header, payload);
	}
	arena_reset(arena);
	if (session->conn != NULL &&
		conn_output_bytes(session->conn) > SESSION_OUTPUT_LOW) {
		conn_pause_reading(session->conn);
	}
	session_release(session);
	return 0;
}

static void on_broken(struct conn *conn, void *context, int error, const char *text)
{
	(void)conn;
	session_end(context, error, text);
}

static void on_drained(struct conn *conn, void *context)
{
	struct session *session = context;

	if (!session->slowed) {
		conn_resume_reading(conn);
	}
	held_turn_all(session);
}

static void on_closed(struct conn *conn, void *context, int error, const char *text)
{
	(void)conn;
	session_gone(context, error, text);
}

const struct conn_handler session_conn_handler = {
	.open = on_open,
	.frame = on_frame,
	.broken = on_broken,
	.drained = on_drained,
	.closed = on_closed,
};
