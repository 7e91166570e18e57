/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/net/conn_private.h"

/* How long the other side's end is waited for; the deadline may come earlier. */
#define LINGER_MAX_MS 2000

static void watch_init(struct conn *c, struct watch *w, struct event_base *base,
	short events, event_callback_fn callback)
{
	int fd = (events & (EV_READ | EV_WRITE)) != 0 ? channel_fd(c->channel) : -1;

	event_assign(&w->event, base, fd, events, callback, c);
}

static void watch_init_timer(struct conn *c, struct watch *w, struct event_base *base,
	event_callback_fn callback, uint32_t ms)
{
	watch_init(c, w, base, callback == conn_on_idle ? EV_PERSIST : 0, callback);
	w->timed = true;
	w->after = (struct timeval){ ms / 1000, (ms % 1000) * 1000 };
}

static void watch_init_all(struct conn *c, struct event_base *base)
{
	const struct conn_options *o = &c->options;

	watch_init(c, &c->readable, base, EV_READ | EV_PERSIST, conn_on_readable);
	watch_init(c, &c->writable, base, EV_WRITE | EV_PERSIST, conn_on_writable);
	watch_init(c, &c->turn, base, 0, conn_on_writable);
	watch_init_timer(c, &c->again, base, conn_on_again, 0);
	watch_init_timer(
		c, &c->deadline, base, conn_on_deadline, o->handshake_timeout_ms);
	watch_init_timer(c, &c->late, base, conn_on_late, o->frame_timeout_ms);
	watch_init_timer(c, &c->stuck, base, conn_on_stuck, o->frame_timeout_ms);
	watch_init_timer(c, &c->idle, base, conn_on_idle,
		o->idle_timeout_ms / CONN_IDLE_TICKS + 1);
}

int conn_create(struct event_base *base, int fd, struct tls_profile *profile,
	const struct conn_options *options, const struct conn_handler *handler,
	void *context, struct conn **conn, struct errmsg *msg)
{
	struct conn *c = calloc(1, sizeof(*c));
	int error;

	if (c == NULL) {
		close(fd);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = channel_create(
		fd, profile, options->server, &options->limits, &c->channel, msg);
	if (error != 0) {
		free(c);
		return error;
	}
	c->options = *options;
	c->handler = handler;
	c->context = context;
	watch_init_all(c, base);
	conn_watch_set(c, &c->deadline, true);
	if (c->no_memory) {
		conn_free(c);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	event_active(&c->turn.event, 0, 0);
	*conn = c;
	return 0;
}

void conn_free(struct conn *conn)
{
	conn_watch_none(conn);
	channel_destroy(conn->channel);
	tls_profile_unref(conn->check);
	free(conn);
}

void conn_destroy(struct conn *conn)
{
	if (conn == NULL) {
		return;
	}
	if (conn->inside) {
		conn->destroyed = true;
		conn->state = CONN_CLOSED;
		return;
	}
	conn_free(conn);
}

bool conn_open(const struct conn *conn)
{
	return conn->state == CONN_OPEN;
}

const struct identity *conn_peer(const struct conn *conn)
{
	return channel_peer(conn->channel);
}

struct bytes conn_peer_certificate(const struct conn *conn)
{
	return channel_peer_certificate(conn->channel);
}

void conn_set_payload_max(struct conn *conn, uint32_t payload_max)
{
	channel_set_payload_max(conn->channel, payload_max);
}

/* Asks for a turn; inside one, it sees to everything itself at its end. */
static void poke(struct conn *c)
{
	if (!c->inside) {
		event_active(&c->turn.event, 0, 0);
	}
}

int conn_send(struct conn *conn, uint16_t type, uint16_t flags, uint32_t request,
	const ProtobufCMessage *message)
{
	struct conn *c = conn;
	size_t before = channel_output_bytes(c->channel);
	size_t after;
	int error;

	if (c->state > CONN_OPEN) {
		return CORDON_ECLOSED;
	}
	error = channel_send(c->channel, type, flags, request, message);
	after = channel_output_bytes(c->channel);
	c->queued_bytes += after - before;
	c->above_low |= error == CORDON_EBUSY || after > c->options.output_low;
	if (error == 0) {
		poke(c);
	}
	return error;
}

size_t conn_output_bytes(const struct conn *conn)
{
	return channel_output_bytes(conn->channel);
}

void conn_hold(struct conn *conn)
{
	channel_hold(conn->channel);
}

uint64_t conn_mark(const struct conn *conn)
{
	return channel_mark(conn->channel);
}

void conn_let_go(struct conn *conn, uint64_t mark, bool all)
{
	if (all) {
		channel_let_all_go(conn->channel);
	} else {
		channel_let_go(conn->channel, mark);
	}
	poke(conn);
}

void conn_pause_reading(struct conn *conn)
{
	if (!conn->paused && conn->state != CONN_CLOSED) {
		conn->paused = true;
		poke(conn);
	}
}

void conn_resume_reading(struct conn *conn)
{
	if (conn->paused && conn->state != CONN_CLOSED) {
		conn->paused = false;
		poke(conn);
	}
}

void conn_set_reason(struct conn *conn, int error, const char *text)
{
	if (conn->state > CONN_OPEN) {
		return;
	}
	conn->error = error;
	errmsg_set(&conn->reason, error, "%s",
		text != NULL ? text : cordon_error_text(error));
}

void conn_linger(struct conn *conn)
{
	conn->state = CONN_LINGERING;
	shutdown(channel_fd(conn->channel), SHUT_WR);
	conn->late.after =
		(struct timeval){ LINGER_MAX_MS / 1000, LINGER_MAX_MS % 1000 * 1000 };
	conn_watch_restart(conn, &conn->late);
	poke(conn);
}

void conn_close(struct conn *conn, int error, const char *text)
{
	struct conn *c = conn;

	if (c->state > CONN_OPEN) {
		return;
	}
	conn_set_reason(c, error, text);
	if (!channel_open(c->channel)) {
		conn_linger(c);
		return;
	}
	c->state = CONN_CLOSING;
	channel_shutdown(c->channel);
	poke(c);
}

/*
 * The certificate is no longer good: what waits must not reach its holder any more,
 * so there is an orderly end only when nothing does.
 */
static void cut(struct conn *c, int error, const char *text)
{
	if (channel_output_bytes(c->channel) == 0) {
		conn_close(c, error, text);
		return;
	}
	conn_set_reason(c, error, text);
	conn_linger(c);
	shutdown(channel_fd(c->channel), SHUT_RD);
}

void conn_check_again(struct conn *conn, struct tls_profile *profile)
{
	struct conn *c = conn;
	struct bytes der = conn_peer_certificate(c);
	struct errmsg msg = { "" };
	struct identity peer;
	int error;

	if (c->state == CONN_SHAKING) {
		tls_profile_unref(c->check);
		c->check = tls_profile_ref(profile);
		return;
	}
	if (c->state != CONN_OPEN || der.size == 0) {
		return;
	}
	error = tls_profile_check_certificate(profile, der, &peer, &msg);
	if (error != 0) {
		cut(c, error, msg.text);
	}
}
