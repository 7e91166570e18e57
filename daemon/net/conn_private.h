/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CONN_PRIVATE_H
#define NET_CONN_PRIVATE_H

#include <event2/event_struct.h>

#include "daemon/core/time.h"
#include "daemon/net/conn.h"

/* Only ever moves down this list. */
enum conn_state {
	CONN_SHAKING, /* until the open callback */
	CONN_OPEN,
	CONN_CLOSING,   /* what waits is sent, then goodbye said */
	CONN_LINGERING, /* goodbye is said; until the other side ends too */
	CONN_CLOSED     /* the closed callback was called */
};

/* An event that knows whether it is on, so that setting it again costs nothing. */
struct watch {
	struct event event;
	struct timeval after;
	bool timed;
	bool on;
};

struct conn {
	struct channel *channel;
	struct conn_options options;
	const struct conn_handler *handler;
	void *context;

	enum conn_state state;
	int error; /* why it ends, from CONN_CLOSING on */
	struct errmsg reason;

	struct mono turn_since; /* of the turn it is in */
	bool inside;            /* in one of its own callbacks */
	bool destroyed;         /* to be freed on leaving it */
	bool paused;
	bool above_low;   /* drained is owed */
	bool no_memory;   /* an event could not be added */
	bool whole_frame; /* in this turn */
	bool moved;       /* bytes, since the last tick of idle */
	unsigned quiet_ticks;
	uint64_t queued_bytes, sent_bytes; /* since the beginning */
	struct tls_profile *check; /* a reload during the handshake; may be NULL */

	struct watch readable, writable;
	struct watch turn;     /* output waits; activated, never added */
	struct watch again;    /* input waits in the channel */
	struct watch deadline; /* of handshake and orderly end */
	struct watch late;  /* the rest of a frame, or the other side's end, is due */
	struct watch stuck; /* output must have moved by then */
	struct watch idle;  /* a fraction of idle_timeout_ms */
};

#define CONN_IDLE_TICKS 8

void conn_watch_set(struct conn *conn, struct watch *watch, bool on);
void conn_watch_restart(struct conn *conn, struct watch *watch);
/* All of them off. */
void conn_watch_none(struct conn *conn);
void conn_timers_set(struct conn *conn);

/* The callbacks of the events. */
void conn_on_readable(evutil_socket_t fd, short what, void *context);
void conn_on_writable(evutil_socket_t fd, short what, void *context);
void conn_on_again(evutil_socket_t fd, short what, void *context);
void conn_on_deadline(evutil_socket_t fd, short what, void *context);
void conn_on_late(evutil_socket_t fd, short what, void *context);
void conn_on_stuck(evutil_socket_t fd, short what, void *context);
void conn_on_idle(evutil_socket_t fd, short what, void *context);

/* Whatever comes from the loop runs between these two. */
void conn_enter(struct conn *conn);
void conn_leave(struct conn *conn);

/* No more output and no more frames; closed once the other side has ended too. */
void conn_linger(struct conn *conn);
/* Calls closed.  Between conn_enter and conn_leave only. */
void conn_finish(struct conn *conn);
/* What came breaks the protocol: its owner may say so, then an orderly end.  Between
 * conn_enter and conn_leave only. */
void conn_break(struct conn *conn, int error, const char *text);
/* Remembers why, unless an earlier reason stands. */
void conn_set_reason(struct conn *conn, int error, const char *text);
/* Frees it, outside of its callbacks. */
void conn_free(struct conn *conn);

#endif
