/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SESSION_PRIVATE_H
#define NODE_SESSION_PRIVATE_H

#include "daemon/core/authz/policy.h"
#include "daemon/node/sessions.h"

/* The inside of session.h, for session*.c and held.c. */

/* What a session may have waiting before it is read from no more, and before what it is
 * to be told is refused: always room for one whole frame above the first. */
#define SESSION_OUTPUT_LOW (256 * 1024)
#define SESSION_OUTPUT_MAX (SESSION_OUTPUT_LOW + FRAME_MAX_PEER + FRAME_HEADER_BYTES)
/* A request decoded, and what its handler makes of it. */
#define SESSION_ARENA_BYTES ((size_t)64 * 1024 * 1024)

/* Lines about what a session was denied, in LOG_QUOTA_WINDOW_S. */
#define SESSION_DENIALS_LOGGED 10

enum session_stage {
	SESSION_SHAKING,  /* TLS */
	SESSION_GREETING, /* until the other side's Hello */
	SESSION_SERVING,
	SESSION_GONE
};

struct session {
	struct sessions *sessions;
	struct session *next, *previous;
	unsigned references; /* one while it is not gone */
	enum session_stage stage;
	struct conn *conn; /* NULL: gone */
	struct event *hello_timer;
	char address[80];
	bool local;
	struct asker asker; /* from SESSION_GREETING on */
	char uri[IDENT_URI_MAX];
	bool entered;       /* the registry counts it */
	uint32_t frame_max; /* the other side's */
	uint64_t freshness; /* generation told last */
	size_t pending_bytes;
	struct held *held;
	size_t held_count;
	struct log_quota denials;
	unsigned turning; /* ended ones are freed after the turn */
};

/* Whose handler serves a message, and under which rule. */
struct session_entry {
	uint16_t type;
	enum action action;
	bool silent; /* nothing is answered, and its request id is 0 */
	bool waits;  /* for news: ended, not waited for, when the node stops */
	request_fn *handle;
};

/* NULL: no request. */
const struct session_entry *session_table_find(uint16_t type);

extern const struct conn_handler session_conn_handler;

/* The connection is over: logs why, ends what is held, forgets it. */
void session_gone(struct session *session, int error, const char *text);

/* ---- the log: session_log.c, all within the quotas --------------------------------
 */

/* uri "": it has not said who it is. */
void session_log_refused(struct sessions *sessions, const char *address,
	const char *uri, const char *why);
void session_log_end(const struct session *session, int error, const char *text);
/* At the end: how many denials there were beyond those told. */
void session_log_denials_left(const struct session *session);

/* Says why (an Error with request id 0) and ends the connection in order. */
void session_end(struct session *session, int error, const char *text);
/* The node stops, and nothing is in flight any more: ends the session. */
void session_end_if_idle(struct session *session);

bool held_exists(const struct session *session, uint32_t request);
/* Every held request has its turn. */
void held_turn_all(struct session *session);
/* Those that wait for news are told that the node stops. */
void held_stop(struct session *session);
/* The session is gone: ends all. */
void held_end_all(struct session *session);

#endif
