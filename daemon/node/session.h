/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SESSION_H
#define NODE_SESSION_H

#include "daemon/core/match/screen.h"
#include "daemon/node/node.h"
#include "daemon/node/serve_state.h"
#include "proto/message.h"

/*
 * A served connection: Hello, who asks, requests in, answers out.  On its worker's
 * thread.
 */
struct session;

/* What the handlers of one worker share; zeroed at first. */
struct service {
	struct node *node;
	struct event_base *base;
	struct mailbox *mailbox;
	struct match_context *match;
	size_t index;                  /* of the worker */
	uint64_t snapshot;             /* counts renewals of the read transaction */
	uint64_t lookup_id;            /* counts this worker's lookups */
	struct lookups *lookups;       /* lookup.h */
	struct access_batches *access; /* access_log.h; NULL: no access log */
	struct serve_state serve;
};

/* A request being handled; valid during the call of its handler only. */
struct request {
	struct service *service;
	struct session *session;
	const struct asker *asker;
	uint32_t id;
	uint16_t type;             /* enum message_type */
	ProtobufCMessage *message; /* of the handler's type */
	struct bytes payload;      /* as it came */
	struct arena *arena;       /* reset after the handler has returned */
};

/*
 * 0: answered, or it will be.  Else the session sends Error with this code and msg's
 * text.  The action's rule has been checked without an owner (policy_check); what
 * depends on whose record it is is the handler's to check.
 */
typedef int request_fn(struct request *request, struct errmsg *msg);

/*
 * The worker's read transaction: renewed once per batch of events, given back when the
 * batch is over.  Borrowed; what it returns is gone after the handler.
 */
int request_txn(struct request *request, struct store_txn **txn, struct errmsg *msg);
int service_txn(struct service *service, struct store_txn **txn, struct errmsg *msg);

/*
 * The one place where answers leave.  flags: FRAME_MORE when others follow.
 * CORDON_EBUSY: too much waits to be sent; held requests (below) are for those who have
 * more to say, or have to say it later.
 */
int session_answer(struct session *session, uint32_t request, uint16_t type,
	uint16_t flags, const ProtobufCMessage *message);
/* text NULL or empty: the error's own.  A field to blame is read from its beginning
 * ("person.born: …"). */
int session_refuse(
	struct session *session, uint32_t request, int error, const char *text);

/* The largest payload that the other side accepts; a larger answer is
 * CORDON_ETOOBIG. */
uint32_t session_frame_max(const struct session *session);
/* The generation of Freshness told last; the handler of lookups sets it. */
uint64_t *session_freshness(struct session *session);
/* Bytes of requests that wait for the writer; handlers add and subtract. */
size_t *session_pending_bytes(struct session *session);

/*
 * A request that is answered later or in pieces: an entry of the session's, which is
 * told when it may write again, when lists have changed, and when the session ends.
 * At most requests_in_flight_max per session (CORDON_ELIMIT).  One that does not wait
 * for news ends with CORDON_ETIMEOUT when it takes longer than request_timeout.
 */
struct held;

struct held_ops {
	/* Output has room again, or lists have changed, or the timer is due.  May
	 * answer and end the held request (held_end) inside. */
	void (*turn)(struct held *held, void *context);
	/* The node stops: what would go on waiting is to be answered as it is.  NULL
	 * for what ends by itself.  May end the held request inside. */
	void (*stop)(struct held *held, void *context);
	/* The session or the held request ends: frees context. */
	void (*destroy)(void *context);
};

int held_create(struct request *request, const struct held_ops *ops, void *context,
	struct held **held);
struct session *held_session(struct held *held);
struct service *held_service(struct held *held);
uint32_t held_request(struct held *held);
/* Calls turn after so many ms (once; a later call replaces it). */
void held_wake_after(struct held *held, uint32_t ms);
/* Is there room for a large frame now?  Otherwise turn is called when there is. */
bool held_may_write(struct held *held);
void held_end(struct held *held);

/*
 * For answers that come from another thread (the committer): keeps the session's memory
 * until released; session_alive tells whether the connection still stands.  All three
 * on the worker's thread, or once it is joined.
 */
void session_hold(struct session *session);
void session_release(struct session *session);
bool session_alive(const struct session *session);

/* A denial, for the log, within the session's quota. */
void session_denied(struct session *session, enum action action, const char *why);

/* Who is served; good for the session's memory. */
const struct asker *session_asker(const struct session *session);

/* ---- handlers, one table in session_table.c ---------------------------------------
 */

request_fn handle_lookup, handle_explain;
request_fn handle_submit, handle_record, handle_export, handle_due;
request_fn handle_heads_watch, handle_pull, handle_fetch;
request_fn handle_ranges, handle_marks, handle_acks;
request_fn handle_heads_at, handle_complaint, handle_evidence, handle_status,
	handle_verify;
request_fn handle_takeover, handle_aside, handle_pending, handle_authz;
request_fn handle_scrub, handle_compact, handle_brake;

request_fn handle_access_log, handle_history;

#endif
