/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "daemon/base/clock.h"
#include "daemon/node/session_private.h"

/*
 * What is said of a connection: one line each, within quotas, for who is refused may
 * try again as fast as the network carries it.
 */

static bool may_tell_of_end(struct sessions *sessions)
{
	uint64_t left_out;

	if (!log_quota_take(&sessions->ends, clock_mono(), &left_out)) {
		return false;
	}
	if (left_out > 0) {
		log_warning("%" PRIu64 " more lines about connections refused or ended "
			    "were left out",
			left_out);
	}
	return true;
}

void session_log_refused(struct sessions *sessions, const char *address,
	const char *uri, const char *why)
{
	if (!may_tell_of_end(sessions)) {
		return;
	}
	if (uri[0] == '\0') {
		log_warning("connection from %s refused: %s", address, why);
	} else {
		log_warning("connection from %s refused: %s: %s", address, uri, why);
	}
}

/* Whoever was served has left no need to tell of an orderly end. */
void session_log_end(const struct session *session, int error, const char *text)
{
	struct sessions *sessions = session->sessions;

	if (session->stage == SESSION_SHAKING && error == CORDON_ECLOSED) {
		if (may_tell_of_end(sessions)) {
			log_info("connection from %s ended before it said who it is",
				session->address);
		}
	} else if (session->stage != SESSION_SERVING) {
		session_log_refused(sessions, session->address, session->uri, text);
	} else if (error == CORDON_ECLOSED || error == CORDON_ESHUTDOWN) {
		log_debug("%s at %s: %s", session->uri, session->address, text);
	} else if (may_tell_of_end(sessions)) {
		log_notice("%s at %s: connection ended: %s", session->uri,
			session->address, text);
	}
}

static bool may_tell_of_denial(struct session *session)
{
	uint64_t left_out;

	if (!log_quota_take(&session->denials, clock_mono(), &left_out)) {
		return false;
	}
	if (left_out > 0) {
		log_warning("%s at %s was denied %" PRIu64 " more requests",
			session->uri, session->address, left_out);
	}
	return true;
}

void session_denied(struct session *session, enum action action, const char *why)
{
	if (may_tell_of_denial(session)) {
		log_warning("%s at %s is denied to %s: %s", session->uri,
			session->address, action_text(action), why);
	}
}

void session_limited(struct session *session, enum limit limit, const char *what)
{
	struct node *node = session->sessions->service->node;

	atomic_fetch_add(&node->counters.limited[limit], 1);
	/* of somebody: those who are nobody must not use up the quota */
	if (may_tell_of_denial(session)) {
		log_warning("%s at %s is over %s: %s", session->uri, session->address,
			limit_name(limit), what);
	}
}

void session_log_denials_left(const struct session *session)
{
	if (session->denials.left_out > 0) {
		log_warning("%s at %s was denied %" PRIu64 " more requests",
			session->uri, session->address, session->denials.left_out);
	}
}
