/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SESSION_PRIVATE_H
#define NODE_SESSION_PRIVATE_H

#include "daemon/core/authz/policy.h"
#include "daemon/node/registry.h"
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

/* Its answers wait for a batch of the access log (access_batch.c). */
struct session_wait {
	struct session *next; /* of that batch */
	uint64_t mark;        /* up to here they do */
	bool waits;
};

struct session {
	struct sessions *sessions;
	struct session *next, *previous;
	/* among those who have not said who they are, the oldest first */
	struct session *later_nobody, *earlier_nobody;
	bool nobody;         /* it is among them */
	unsigned references; /* one while it is not gone */
	enum session_stage stage;
	struct conn *conn; /* NULL: gone */
	/* until Hello has come; then while it is slowed */
	struct event *timer;
	struct event *overdue; /* of requests; NULL: none was held yet */
	char address[80];
	bool local;
	struct asker asker; /* from SESSION_GREETING on */
	char uri[IDENT_URI_MAX];
	struct presence *from, *who; /* its address, its identity; NULL: without limits
				      */
	bool slowed;                 /* not read from until timer is due */
	uint32_t slowed_ms;          /* for how long, when it was slowed last */
	uint64_t uncharged_bytes;    /* came and went since the last charge */
	uint32_t frame_max;          /* the other side's */
	uint64_t freshness;          /* generation told last */
	size_t pending_bytes;
	struct session_wait waits[2];
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

/* It has said who it is, or has gone. */
void session_is_somebody(struct session *session);
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

/* ---- limits: session_limits.c ------------------------------------------------------
 */

/* The address's and the identity's one connection more.  CORDON_ELIMIT, CORDON_ENOMEM.
 */
int session_enter_from(struct session *session, struct errmsg *msg);
int session_enter_who(struct session *session, struct errmsg *msg);
void session_leave(struct session *session);
/* It may have a request more; else CORDON_ELIMIT, and it is read no more for a while.
 */
int session_take_request(struct session *session, struct errmsg *msg);
/* What a request turned out to be besides: queries after the first. */
void session_charge_queries(struct session *session, uint64_t count);
/* More has come and gone than it may have in a second: it is slowed, and what it holds
 * has its turn later. */
bool session_owes(struct session *session);
/* timer is due. */
void session_speed_up(struct session *session);
/* Over a limit: counted and, within the quota, logged. */
void session_limited(struct session *session, enum limit limit, const char *what);

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
