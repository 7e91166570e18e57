/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_ENGINE_H
#define CLIENT_ENGINE_H

#include "client/session.h"
#include "client/settings.h"
#include "proto/dial.h"

/*
 * Requests, and the one connection at a time over which they are answered: choice of
 * the node, fail-over, deadlines.  No event loop, no clock, and it calls nobody back
 * but request_type.read: the blocking and the asynchronous API wait for what
 * engine_waits says, call engine_step, and take what is finished.
 *
 * 1. Without a connection the oldest request chooses: the first server of the options
 * that has not failed it yet; of those that failed lately the one that is first over
 * its pause.  None left: the request ends with what became of each.
 * 2. A server has the connect timeout, but no more than its share of the request's
 *    time: what is left, divided by the servers not yet tried.
 * 3. On the connection each request, streams aside, waits no longer than its share;
 *    then the node counts as failed.
 * 4. A connection that ends gives its requests back, in order.  One on which nothing
 *    came after the request left may have been stale: once, that is not held against
 *    node or request.
 * 5. A node that is stopping, or does not hold the signing role, refuses a request:
 *    it goes on to the next server, and all others with it.
 */

enum engine_phase {
	ENGINE_IDLE = 0,
	ENGINE_DIALING,
	ENGINE_OPENING, /* TLS and Hello */
	ENGINE_READY
};

struct engine_server {
	int64_t bad_until_ms; /* its pause after a failure */
	uint32_t failures;    /* since the last success */
};

struct engine {
	struct settings settings;
	struct engine_server servers[CORDON_SERVERS_MAX];
	enum engine_phase phase;
	size_t current; /* server; not when idle */
	struct dial *dial;
	struct session *session;
	int64_t attempt_end_ms; /* dialing, opening */
	int64_t pause_end_ms;   /* idle, all servers pausing; else INT64_MAX */
	struct request_queue queued;
	struct request_queue finished;
	size_t waiting_count; /* queued or sent */
	int64_t next_end_ms;  /* no deadline of a request is before it */
};

int engine_init(struct engine *engine, const struct cordon_options *options,
	struct errmsg *msg);
/* Requests that were not taken are forgotten, not destroyed. */
void engine_finish(struct engine *engine);

/* Queues a request; it stays the caller's. */
void engine_add(struct engine *engine, struct request *request, uint32_t timeout_ms,
	int64_t now_ms);
/* Wherever it is; the engine knows nothing of it after that. */
void engine_cancel(struct engine *engine, struct request *request);

void engine_step(struct engine *engine, int64_t now_ms);

/* The next finished request, with its outcome; NULL: none. */
struct request *engine_finished(struct engine *engine);
/* The oldest of those that wait, taken out unfinished; NULL: none. */
struct request *engine_take(struct engine *engine);

/* What to wait for. */
struct engine_waits {
	int fd; /* -1: for the time only */
	bool read, write;
	int64_t until_ms; /* INT64_MAX: no limit */
};

struct engine_waits engine_waits(const struct engine *engine);

#endif
