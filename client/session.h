/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include "client/request.h"
#include "proto/channel.h"
#include "proto/hello.h"

/*
 * One connection to one node: Hello, requests and their ids, the freshness that the
 * node said.  Whoever owns it waits for what session_wants says and calls
 * session_step.  Requests belong to the caller; the session only lists them.
 */
struct session;

/* Takes the fd, also on failure.  profile NULL: a local socket. */
int session_create(int fd, struct tls_profile *profile, const char *software,
	struct session **session, struct errmsg *msg);
/* Says goodbye without waiting for it.  Requests that are still listed are the
 * caller's to take first (session_take). */
void session_destroy(struct session *session);

/* Hello has come: requests may be sent. */
bool session_ready(const struct session *session);
/* What the node said, and the version agreed on; once ready, as long as the session. */
const struct hello *session_hello(const struct session *session);
uint32_t session_version(const struct session *session);

/*
 * Goes on.  Not 0: the connection is of no more use; CORDON_ECLOSED: closed in order by
 * the node.  Where the fault is the node's it has been told.
 */
int session_step(struct session *session, int64_t now_ms, struct errmsg *msg);

/*
 * Queues a request's frame; it leaves with the next step.  CORDON_EBUSY: later;
 * CORDON_ETOOBIG: not to this node, msg says why; CORDON_ECLOSED: ids are used up, a
 * new connection is needed; CORDON_ENOMEM.
 */
int session_send(struct session *session, struct request *request, struct errmsg *msg);
/* An answer that comes for it later is ignored. */
void session_forget(struct session *session, struct request *request);

/* The next request whose answer is whole, taken off the list; NULL: none. */
struct request *session_answered(struct session *session);
/* The oldest request without an answer, taken off the list; NULL: none. */
struct request *session_take(struct session *session);
/* The same, left there. */
struct request *session_oldest(const struct session *session);

/* Frames that have come. */
uint64_t session_frames(const struct session *session);

/* A bit set of enum channel_wants. */
unsigned session_wants(const struct session *session);
int session_fd(const struct session *session);

#endif
