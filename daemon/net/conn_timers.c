/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/conn_private.h"

/*
 * No clock is read here: each limit is a timer that is on while it counts, and started
 * again when what it waits for has moved.
 */

void conn_watch_restart(struct conn *conn, struct watch *watch)
{
	if (event_add(&watch->event, watch->timed ? &watch->after : NULL) != 0) {
		conn->no_memory = true;
		event_active(&conn->turn.event, 0, 0);
		return;
	}
	watch->on = true;
}

void conn_watch_set(struct conn *conn, struct watch *watch, bool on)
{
	if (watch->on == on) {
		return;
	}
	if (on) {
		conn_watch_restart(conn, watch);
		return;
	}
	event_del(&watch->event);
	watch->on = false;
}

void conn_watch_none(struct conn *conn)
{
	struct watch *all[] = { &conn->readable, &conn->writable, &conn->turn,
		&conn->again, &conn->deadline, &conn->late, &conn->stuck, &conn->idle };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		event_del(&all[i]->event);
		all[i]->on = false;
	}
}

/* On while wanted, and from the start again when what it waits for has moved. */
static void timer_set(struct conn *c, struct watch *timer, bool wanted, bool moved)
{
	if (wanted && moved) {
		conn_watch_restart(c, timer);
	} else {
		conn_watch_set(c, timer, wanted);
	}
}

static void set_late(struct conn *c)
{
	bool reads = c->state == CONN_OPEN && !c->paused;
	bool begun = reads && channel_input_partial(c->channel);

	if (c->state != CONN_LINGERING) {
		timer_set(c, &c->late, begun, c->whole_frame);
	}
}

static void set_stuck(struct conn *c)
{
	size_t waiting = channel_output_bytes(c->channel);
	bool sent = c->queued_bytes - waiting != c->sent_bytes;

	c->sent_bytes = c->queued_bytes - waiting;
	c->moved |= sent;
	/* what is held is not for the other side to take */
	timer_set(c, &c->stuck,
		c->state == CONN_OPEN && waiting > 0 && !channel_holds(c->channel),
		sent);
}

void conn_timers_set(struct conn *conn)
{
	struct conn *c = conn;
	bool counts =
		c->state == CONN_OPEN && !c->paused && c->options.idle_timeout_ms > 0;

	conn_watch_set(c, &c->deadline, c->state != CONN_OPEN);
	set_late(c);
	set_stuck(c);
	if (counts && !c->idle.on) {
		c->quiet_ticks = 0;
	}
	conn_watch_set(c, &c->idle, counts);
}

void conn_on_deadline(evutil_socket_t fd, short what, void *context)
{
	struct conn *c = context;
	struct errmsg msg;

	(void)fd;
	(void)what;
	conn_enter(c);
	c->deadline.on = false;
	errmsg_set(&msg, CORDON_ETIMEOUT,
		"the other side did not finish the TLS handshake within %u ms",
		c->options.handshake_timeout_ms);
	conn_set_reason(c, CORDON_ETIMEOUT, msg.text);
	conn_finish(c);
	conn_leave(c);
}

void conn_on_late(evutil_socket_t fd, short what, void *context)
{
	struct conn *c = context;
	struct errmsg msg;

	(void)fd;
	(void)what;
	conn_enter(c);
	c->late.on = false;
	if (c->state == CONN_LINGERING) {
		conn_finish(c);
	} else {
		errmsg_set(&msg, CORDON_ETIMEOUT,
			"the other side began a frame and did not finish it within %u "
			"ms",
			c->options.frame_timeout_ms);
		conn_break(c, CORDON_ETIMEOUT, msg.text);
	}
	conn_leave(c);
}

void conn_on_stuck(evutil_socket_t fd, short what, void *context)
{
	struct conn *c = context;
	struct errmsg msg;

	(void)fd;
	(void)what;
	conn_enter(c);
	c->stuck.on = false;
	errmsg_set(&msg, CORDON_ETIMEOUT,
		"the other side has taken nothing for %u ms, %zu bytes wait",
		c->options.frame_timeout_ms, channel_output_bytes(c->channel));
	conn_set_reason(c, CORDON_ETIMEOUT, msg.text);
	conn_finish(c);
	conn_leave(c);
}

void conn_on_idle(evutil_socket_t fd, short what, void *context)
{
	struct conn *c = context;
	struct errmsg msg;

	(void)fd;
	(void)what;
	conn_enter(c);
	c->quiet_ticks = c->moved ? 0 : c->quiet_ticks + 1;
	c->moved = false;
	if (c->quiet_ticks == 1) {
		channel_rest(c->channel);
	}
	if (c->quiet_ticks >= CONN_IDLE_TICKS) {
		errmsg_set(&msg, CORDON_ETIMEOUT, "not a byte came or went for %u ms",
			c->options.idle_timeout_ms);
		conn_close(c, CORDON_ETIMEOUT, msg.text);
	}
	conn_leave(c);
}
