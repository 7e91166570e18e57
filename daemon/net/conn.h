/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <event2/event.h>

#include "proto/channel.h"

/*
 * A channel on an event loop: readiness, time limits, gathered output, an orderly
 * end.  Everything happens on the thread that runs the event_base.  What the
 * frames mean, Hello included, is the owner's business.
 */
struct conn;

struct conn_options {
	bool server; /* TLS role */
	struct channel_limits limits;
	size_t output_low;             /* drained is called once output falls to this */
	uint32_t handshake_timeout_ms; /* until open; also the longest orderly end */
	uint32_t frame_timeout_ms; /* a begun frame is whole by then; output moves */
	uint32_t idle_timeout_ms;  /* without a byte either way; 0: none */
};

/*
 * drained may be NULL.  Inside any of them every conn_ function may be called,
 * conn_destroy too.
 */
struct conn_handler {
	/* TLS is done; without TLS: from the loop, soon after conn_create.  peer has
	 * ROLE_NONE then. */
	void (*open)(struct conn *conn, void *context, const struct identity *peer);

	/*
	 * A whole frame; payload is valid during the call only.  Non-zero (a
	 * CORDON_E… ) ends the connection with that error, after what waits is sent.
	 */
	int (*frame)(struct conn *conn, void *context,
		const struct frame_header *header, struct bytes payload);

	/*
	 * What came is no frame, too large a one, or one that does not come to its end
	 * (CORDON_ETIMEOUT): the last chance to say so; the connection ends after it
	 * with this error.  May be NULL.
	 */
	void (*broken)(struct conn *conn, void *context, int error, const char *text);

	/* Output has fallen to output_low after conn_send said CORDON_EBUSY or was
	 * above it. */
	void (*drained)(struct conn *conn, void *context);

	/*
	 * Once, last.  The conn is of no more use but for conn_peer and conn_destroy,
	 * which the owner must call, here or later.  CORDON_ECLOSED: in order by the
	 * other side.  text says why and what to do.
	 */
	void (*closed)(struct conn *conn, void *context, int error, const char *text);
};

/*
 * Takes the fd (non-blocking), also on failure.  profile NULL: without TLS.
 * Frames up to FRAME_MAX_HELLO are accepted until conn_set_payload_max.  No
 * callback comes before the loop runs.  handler is borrowed for the conn's life.
 */
int conn_create(struct event_base *base, int fd, struct tls_profile *profile,
	const struct conn_options *options, const struct conn_handler *handler,
	void *context, struct conn **conn, struct errmsg *msg);

/* Closes at once, without a goodbye and without the closed callback. */
void conn_destroy(struct conn *conn);

/* From the open callback until its end begins. */
bool conn_open(const struct conn *conn);
/* ROLE_NONE before open and without TLS. */
const struct identity *conn_peer(const struct conn *conn);
struct bytes conn_peer_certificate(const struct conn *conn);

/* After Hello: larger frames, at most options.limits.payload_max. */
void conn_set_payload_max(struct conn *conn, uint32_t payload_max);

/*
 * Queues a frame.  It leaves with all others queued in this round of the loop in
 * one write.  CORDON_EBUSY over limits.output_max (drained tells when to go on),
 * CORDON_ECLOSED when the end has begun, CORDON_ENOMEM, CORDON_ETOOBIG.
 */
int conn_send(struct conn *conn, uint16_t type, uint16_t flags, uint32_t request,
	const ProtobufCMessage *message);
size_t conn_output_bytes(const struct conn *conn);

/*
 * Frames queued from now on stay until they are let go, up to a mark that was taken
 * once they were queued, or all of them: what must be on disk before it is told.
 */
void conn_hold(struct conn *conn);
uint64_t conn_mark(const struct conn *conn);
/* all: nothing is held any more. */
void conn_let_go(struct conn *conn, uint64_t mark, bool all);

/* Back-pressure: no frame is handed out until resumed, and the peer is slowed by
 * TCP.  Time limits on its frames and idleness rest meanwhile. */
void conn_pause_reading(struct conn *conn);
void conn_resume_reading(struct conn *conn);

/*
 * An orderly end: no more frames are taken, what waits is sent, goodbye is said and
 * the other side's own end awaited (at most 2 s: closing over unread bytes would
 * cost it our last words), then closed is called with error and text (copied; NULL:
 * the error's own).  Within handshake_timeout_ms in any case.
 */
void conn_close(struct conn *conn, int error, const char *text);

/* After a reload: closes with CORDON_EIDENTITY when the peer's certificate is no
 * longer acceptable to profile, which is of the same TLS role; what still waits is
 * not sent then.  During the handshake it is checked at its end.  Without TLS nothing.
 */
void conn_check_again(struct conn *conn, struct tls_profile *profile);

#endif
