/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/dialer.h"

#include <stdbool.h>
#include <stdlib.h>

#include "daemon/base/clock.h"
#include "daemon/net/tcp.h"
#include "proto/dial.h"

struct dialer {
	struct event_base *base;
	dialer_done_fn *done;
	void *context;
	struct dial *dial;
	struct event *waits; /* for what the dial waits for now */
	struct errmsg msg;
};

static int64_t now_ms(void)
{
	return clock_mono().us / 1000;
}

static void on_ready(evutil_socket_t fd, short what, void *context);

/* Waits again; the fd may be another one than before. */
static int wait_again(struct dialer *d)
{
	const struct dial_waits w = dial_waits(d->dial);
	int64_t now = now_ms();
	int64_t left_ms = w.until_ms > now ? w.until_ms - now : 0;
	const struct timeval limit = { left_ms / 1000, left_ms % 1000 * 1000 };

	if (d->waits != NULL) {
		event_free(d->waits);
	}
	d->waits = event_new(d->base, w.fd,
		w.fd < 0 ? 0 : (short)(w.write ? EV_WRITE : EV_READ), on_ready, d);
	if (d->waits == NULL || event_add(d->waits, &limit) != 0) {
		return errmsg_set(&d->msg, CORDON_ENOMEM, "out of memory");
	}
	return 0;
}

/* done is the last thing done with d: it may destroy it. */
static void on_ready(evutil_socket_t fd, short what, void *context)
{
	struct dialer *d = context;
	int connected;
	int error = dial_step(d->dial, now_ms(), &connected, &d->msg);

	(void)fd;
	(void)what;
	if (error == 0 && connected < 0) {
		error = wait_again(d);
	}
	if (error != 0) {
		d->done(d->context, error, -1, d->msg.text);
	} else if (connected >= 0) {
		tcp_keep_alive(connected);
		d->done(d->context, 0, connected, NULL);
	}
}

int dialer_create(struct event_base *base, const char *host, uint16_t port,
	uint32_t timeout_ms, dialer_done_fn *done, void *context,
	struct dialer **dialer)
{
	struct dialer *d = calloc(1, sizeof(*d));
	int error = d == NULL ? CORDON_ENOMEM
			      : dial_create(host, port, now_ms(), timeout_ms, &d->dial);

	if (error == 0) {
		d->base = base;
		d->done = done;
		d->context = context;
		error = wait_again(d);
	}
	if (error != 0) {
		dialer_destroy(d);
		return error;
	}
	*dialer = d;
	return 0;
}

void dialer_destroy(struct dialer *dialer)
{
	if (dialer == NULL) {
		return;
	}
	if (dialer->waits != NULL) {
		event_free(dialer->waits);
	}
	dial_destroy(dialer->dial);
	free(dialer);
}
