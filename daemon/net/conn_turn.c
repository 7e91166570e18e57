/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/socket.h>

#include "daemon/base/clock.h"
#include "daemon/net/conn_private.h"

/*
 * A turn of a connection: what the loop reports is done, then everything that
 * follows from the state is set anew in one place (settle).
 */

/* What one connection's frames may take in a turn, at least one of them; the others
 * wait for theirs meanwhile. */
#define TURN_US 2000

#define DISCARD_READS_MAX 16
#define DISCARD_BYTES (16 * 1024)

static int on_frame(
	void *context, const struct frame_header *header, struct bytes payload)
{
	struct conn *c = context;
	int error = c->handler->frame(c, c->context, header, payload);

	c->whole_frame = true;
	if (error != 0) {
		conn_close(c, error, NULL);
	}
	if (c->state != CONN_OPEN || c->paused) {
		return CHANNEL_PAUSE;
	}
	return clock_mono().us - c->turn_since.us < TURN_US ? 0 : CHANNEL_PAUSE;
}

void conn_finish(struct conn *conn)
{
	conn->state = CONN_CLOSED;
	conn_watch_none(conn);
	shutdown(channel_fd(conn->channel), SHUT_RDWR);
	conn->handler->closed(conn, conn->context, conn->error, conn->reason.text);
}

void conn_break(struct conn *conn, int error, const char *text)
{
	if (conn->state == CONN_OPEN && conn->handler->broken != NULL) {
		conn->handler->broken(conn, conn->context, error, text);
	}
	conn_close(conn, error, text);
}

/* The channel has failed. */
static void fail(struct conn *c, int error, const struct errmsg *msg)
{
	const char *text = errmsg_text(msg, error);

	switch (error) {
	case CORDON_EPROTO:
	case CORDON_ETOOBIG:
		conn_break(c, error, text);
		return;
	case CORDON_ECLOSED:
		/* it can still be written to */
		conn_close(c, error, text);
		return;
	case CORDON_ETLS:
	case CORDON_EIDENTITY:
		/* the alert that says why must arrive */
		conn_set_reason(c, error, text);
		conn_linger(c);
		return;
	default:
		conn_set_reason(c, error, text);
		conn_finish(c);
	}
}

static void announce(struct conn *c)
{
	struct tls_profile *check = c->check;

	c->state = CONN_OPEN;
	if (check != NULL) {
		c->check = NULL;
		conn_check_again(c, check);
		tls_profile_unref(check);
	}
	if (c->state == CONN_OPEN) {
		c->handler->open(c, c->context, conn_peer(c));
	}
}

/*
 * Closing while bytes of the other side are unread would reset the connection, and
 * the other side would lose what was last said to it: so they are read and dropped.
 */
static void discard(struct conn *c)
{
	uint8_t ignored[DISCARD_BYTES];
	ssize_t got = 1;

	for (int i = 0; i < DISCARD_READS_MAX && got > 0; i++) {
		got = recv(
			channel_fd(c->channel), ignored, sizeof(ignored), MSG_DONTWAIT);
	}
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		conn_finish(c);
	}
}

static void advance(struct conn *c, bool read)
{
	struct errmsg msg = { "" };
	int error;

	if (c->state == CONN_LINGERING) {
		discard(c);
		return;
	}
	if (c->state == CONN_SHAKING && channel_open(c->channel)) {
		announce(c); /* no TLS */
		return;
	}
	if (c->state == CONN_SHAKING || (c->state == CONN_OPEN && read && !c->paused)) {
		error = channel_step(c->channel, on_frame, c, &msg);
	} else {
		error = channel_flush(c->channel, &msg);
	}
	if (c->destroyed) {
		return;
	}
	if (error != 0) {
		fail(c, error, &msg);
	} else if (c->state == CONN_SHAKING && channel_open(c->channel)) {
		announce(c);
	}
}

static void settle(struct conn *c)
{
	unsigned wants = channel_wants(c->channel);
	bool reads;

	if (c->state == CONN_CLOSING && (wants & CHANNEL_WRITE) == 0 &&
		(channel_output_bytes(c->channel) == 0 || !channel_holds(c->channel))) {
		conn_linger(c);
	}
	if (c->state == CONN_OPEN && c->above_low &&
		channel_output_bytes(c->channel) <= c->options.output_low) {
		c->above_low = false;
		if (c->handler->drained != NULL) {
			c->handler->drained(c, c->context);
			wants = channel_wants(c->channel);
		}
	}
	if (c->no_memory && c->state != CONN_CLOSED) {
		conn_set_reason(c, CORDON_ENOMEM, NULL);
		conn_finish(c);
	}
	if (c->state == CONN_CLOSED) {
		return;
	}
	reads = c->state == CONN_OPEN && !c->paused;
	conn_watch_set(c, &c->readable,
		reads || c->state == CONN_SHAKING || c->state == CONN_LINGERING);
	conn_watch_set(c, &c->writable,
		c->state != CONN_LINGERING && (wants & CHANNEL_WRITE) != 0);
	conn_watch_set(c, &c->again, reads && (wants & CHANNEL_AGAIN) != 0);
	conn_timers_set(c);
}

void conn_enter(struct conn *conn)
{
	conn->inside = true;
	conn->turn_since = clock_mono();
	conn->whole_frame = false;
}

void conn_leave(struct conn *conn)
{
	if (!conn->destroyed) {
		settle(conn);
	}
	conn->inside = false;
	if (conn->destroyed) {
		conn_free(conn);
	}
}

void conn_on_readable(evutil_socket_t fd, short what, void *context)
{
	struct conn *c = context;

	(void)fd;
	(void)what;
	conn_enter(c);
	c->moved = true;
	advance(c, true);
	conn_leave(c);
}

void conn_on_again(evutil_socket_t fd, short what, void *context)
{
	struct conn *c = context;

	(void)fd;
	(void)what;
	conn_enter(c);
	c->again.on = false;
	advance(c, true);
	conn_leave(c);
}

void conn_on_writable(evutil_socket_t fd, short what, void *context)
{
	struct conn *c = context;

	(void)fd;
	(void)what;
	conn_enter(c);
	advance(c, false);
	conn_leave(c);
}
