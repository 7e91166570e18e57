/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/sessions.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/node/session_private.h"
#include "proto/rule.h"

/* How sessions come and go. */

/* Lines of one worker about connections refused or broken, in LOG_QUOTA_WINDOW_S. */
#define SESSIONS_ENDS_LOGGED 200

void sessions_init(struct sessions *sessions, struct service *service)
{
	sessions->service = service;
	sessions->first = NULL;
	sessions->last = NULL;
	sessions->oldest_nobody = NULL;
	sessions->newest_nobody = NULL;
	sessions->stopping = false;
	atomic_init(&sessions->load, 0);
	log_quota_init(&sessions->ends, SESSIONS_ENDS_LOGGED);
	arena_init(&sessions->arena, SESSION_ARENA_BYTES);
}

void sessions_finish(struct sessions *sessions)
{
	assert(sessions->first == NULL);
	arena_finish(&sessions->arena);
}

/* ---- going ------------------------------------------------------------------------
 */

void session_hold(struct session *session)
{
	session->references++;
}

void session_release(struct session *session)
{
	if (--session->references == 0) {
		free(session);
	}
}

static void unlink_session(struct session *session)
{
	struct sessions *all = session->sessions;

	if (session->previous == NULL) {
		all->first = session->next;
	} else {
		session->previous->next = session->next;
	}
	if (session->next == NULL) {
		all->last = session->previous;
	} else {
		session->next->previous = session->previous;
	}
}

void session_is_somebody(struct session *session)
{
	struct sessions *all = session->sessions;

	if (!session->nobody) {
		return;
	}
	session->nobody = false;
	if (session->earlier_nobody == NULL) {
		all->oldest_nobody = session->later_nobody;
	} else {
		session->earlier_nobody->later_nobody = session->later_nobody;
	}
	if (session->later_nobody == NULL) {
		all->newest_nobody = session->earlier_nobody;
	} else {
		session->later_nobody->earlier_nobody = session->earlier_nobody;
	}
}

static void link_nobody(struct session *session)
{
	struct sessions *all = session->sessions;

	session->nobody = true;
	session->earlier_nobody = all->newest_nobody;
	if (all->newest_nobody == NULL) {
		all->oldest_nobody = session;
	} else {
		all->newest_nobody->later_nobody = session;
	}
	all->newest_nobody = session;
}

static void count_end(const struct session *session, int error, const char *text)
{
	struct node_counters *counters = &session->sessions->service->node->counters;
	char name[RULE_NAME_MAX];

	if (error == CORDON_EIDENTITY && rule_of(text, name)) {
		enum tls_rule rule = tls_rule_parse(name);

		if (rule < TLS_RULE_COUNT) {
			atomic_fetch_add(&counters->refused_by[rule], 1);
		}
	}

	if (error == CORDON_EPROTO) {
		atomic_fetch_add(&counters->protocol_errors, 1);
	}
	if (session->stage == SESSION_SHAKING && error != CORDON_ECLOSED &&
		error != CORDON_ESHUTDOWN) {
		atomic_fetch_add(&counters->handshake_failures, 1);
	}
}

void session_gone(struct session *session, int error, const char *text)
{
	struct sessions *all = session->sessions;
	struct node *node = all->service->node;

	count_end(session, error, text);
	session_log_denials_left(session);
	session_log_end(session, error, text);
	session->stage = SESSION_GONE;
	conn_destroy(session->conn);
	session->conn = NULL;
	held_end_all(session);
	session_is_somebody(session);
	unlink_session(session);
	event_free(session->timer);
	if (session->overdue != NULL) {
		event_free(session->overdue);
	}
	session_leave(session);
	atomic_fetch_sub(&node->counters.connections, 1);
	atomic_fetch_sub(&all->load, 1);
	session_release(session);
	if (all->stopping && all->first == NULL) {
		all->empty(all->context);
	}
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct session *session = context;

	(void)fd;
	(void)what;
	if (session->stage == SESSION_SERVING) {
		session_speed_up(session);
		return;
	}
	session_end(context, CORDON_ETIMEOUT,
		"no HELLO came in time; does the other side speak " PROTOCOL_ALPN "?");
}

/* ---- coming -----------------------------------------------------------------------
 */

static struct session *new_session(
	struct sessions *sessions, const char *address, bool local)
{
	struct session *session = calloc(1, sizeof(*session));

	if (session == NULL) {
		return NULL;
	}
	session->sessions = sessions;
	session->references = 1;
	session->frame_max = FRAME_MAX_HELLO;
	session->local = local;
	log_quota_init(&session->denials, SESSION_DENIALS_LOGGED);
	snprintf(session->address, sizeof(session->address), "%s", address);
	session->timer = evtimer_new(sessions->service->base, on_timer, session);
	if (session->timer == NULL) {
		free(session);
		return NULL;
	}
	return session;
}

static int create_conn(struct session *session, int fd, struct errmsg *msg)
{
	struct node *node = session->sessions->service->node;
	const struct config *config = node->config;
	struct conn_options options = {
		.server = true,
		.limits = { .payload_max = FRAME_MAX_PEER,
			.output_max = SESSION_OUTPUT_MAX },
		.output_low = SESSION_OUTPUT_LOW,
		.handshake_timeout_ms = config->handshake_timeout_ms,
		.frame_timeout_ms = config->frame_timeout_ms,
		.idle_timeout_ms = config->idle_timeout_ms,
	};
	struct tls_profile *profile = session->local ? NULL : node_profile(node);
	int error = conn_create(session->sessions->service->base, fd, profile, &options,
		&session_conn_handler, session, &session->conn, msg);

	tls_profile_unref(profile);
	return error;
}

static void link_session(struct session *session)
{
	struct sessions *all = session->sessions;

	session->previous = all->last;
	if (all->last == NULL) {
		all->first = session;
	} else {
		all->last->next = session;
	}
	all->last = session;
}

/*
 * The node is full.  Whoever has been shaking hands for longest makes room, so that
 * those who never say who they are cannot keep out those who do.
 */
static bool make_room(struct sessions *sessions)
{
	struct session *oldest = sessions->oldest_nobody;

	if (oldest == NULL) {
		return false;
	}
	session_gone(oldest, CORDON_EBUSY,
		"as many connections as the node may have (connections_max), and it "
		"had not said who it is");
	return true;
}

static bool room(struct sessions *sessions, bool local)
{
	struct node *node = sessions->service->node;
	uint64_t open = atomic_load(&node->counters.connections);

	return local || open <= node->config->connections_max || make_room(sessions);
}

static void refuse(struct sessions *sessions, const char *address, const char *why)
{
	session_log_refused(sessions, address, "", why);
	atomic_fetch_sub(&sessions->service->node->counters.connections, 1);
	atomic_fetch_sub(&sessions->load, 1);
}

static void start_session(
	struct sessions *sessions, int fd, const char *address, bool local)
{
	struct session *session = new_session(sessions, address, local);
	struct errmsg msg = { "" };
	int error;

	if (session == NULL) {
		close(fd);
		refuse(sessions, address, "out of memory");
		return;
	}
	error = session_enter_from(session, &msg);
	if (error != 0) {
		close(fd);
	} else {
		error = create_conn(session, fd, &msg);
	}
	if (error != 0) {
		refuse(sessions, address, errmsg_text(&msg, error));
		session_leave(session);
		event_free(session->timer);
		free(session);
		return;
	}
	link_session(session);
	if (!local) {
		link_nobody(session);
	}
}

void sessions_add(struct sessions *sessions, int fd, const char *address, bool local)
{
	struct node_counters *counters = &sessions->service->node->counters;

	atomic_fetch_add(&counters->connections, 1);
	atomic_fetch_add(&counters->connections_total, 1);
	if (sessions->stopping) {
		close(fd);
		refuse(sessions, address, "the node is stopping");
	} else if (!room(sessions, local)) {
		atomic_fetch_add(&counters->limited[LIMIT_CONNECTIONS_MAX], 1);
		close(fd);
		refuse(sessions, address,
			"as many connections as the node may have (connections_max)");
	} else {
		start_session(sessions, fd, address, local);
	}
}

/* ---- all of them ------------------------------------------------------------------
 */

void sessions_turn(struct sessions *sessions)
{
	struct session *next;

	for (struct session *s = sessions->first; s != NULL; s = next) {
		session_hold(s);
		held_turn_all(s);
		next = s->next;
		session_release(s);
	}
}

void sessions_profile_changed(struct sessions *sessions)
{
	struct tls_profile *profile = node_profile(sessions->service->node);

	for (struct session *s = sessions->first; s != NULL; s = s->next) {
		conn_check_again(s->conn, profile);
	}
	tls_profile_unref(profile);
}

void session_end_if_idle(struct session *session)
{
	if (session->sessions->stopping && session->held_count == 0) {
		session_end(session, CORDON_ESHUTDOWN,
			"the node is stopping; ask another one, or later");
	}
}

void sessions_stop(struct sessions *sessions)
{
	sessions->stopping = true;
	for (struct session *s = sessions->first; s != NULL; s = s->next) {
		held_stop(s);
		session_end_if_idle(s);
	}
	if (sessions->first == NULL) {
		sessions->empty(sessions->context);
	}
}

void sessions_abort(struct sessions *sessions)
{
	while (sessions->first != NULL) {
		session_gone(sessions->first, CORDON_ESHUTDOWN,
			"the node has stopped without waiting any longer");
	}
}
