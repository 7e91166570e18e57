/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/net/dialer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/net/resolve.h"
#include "daemon/net/tcp.h"

struct dialer {
	struct event_base *base;
	dialer_done_fn *done;
	void *context;
	char *host;
	uint16_t port;
	uint32_t timeout_ms;
	struct event *begin;
	struct event *limit; /* all of the time is up */
	struct event *waits; /* for the lookup, then for the connection; may be NULL */
	struct resolve *resolve;
	struct addrinfo *addresses;
	struct addrinfo *at; /* the one being tried */
	uint32_t slice_ms;   /* of the time, for each address */
	int fd;
	int error;           /* of the last address */
	struct errmsg tried; /* what became of each */
};

static void try_next(struct dialer *d);

static struct timeval duration(uint32_t ms)
{
	return (struct timeval){ ms / 1000, (ms % 1000) * 1000 };
}

/* Nothing of an attempt is left. */
static void stop(struct dialer *d)
{
	if (d->waits != NULL) {
		event_free(d->waits);
		d->waits = NULL;
	}
	resolve_release(d->resolve);
	d->resolve = NULL;
	if (d->fd >= 0) {
		close(d->fd);
		d->fd = -1;
	}
}

/* The last thing done with d: done may destroy it. */
static void finish(struct dialer *d, int error, int fd)
{
	struct errmsg text = d->tried;

	stop(d);
	event_del(d->limit);
	errmsg_wrap(&text, error, "connect to %s port %u", d->host, d->port);
	d->done(d->context, error, fd, error == 0 ? NULL : text.text);
}

static void note(struct dialer *d, int error, const char *text)
{
	size_t used = strlen(d->tried.text);

	d->error = error;
	snprintf(d->tried.text + used, sizeof(d->tried.text) - used, "%s%s",
		used > 0 ? "; " : "", text);
}

static void note_address(struct dialer *d, int error, const char *text)
{
	char address[TCP_ADDRESS_TEXT_BYTES];
	char line[2 * TCP_ADDRESS_TEXT_BYTES];

	tcp_address_text(d->at->ai_addr, address);
	snprintf(line, sizeof(line), "%s: %s", address, text);
	note(d, error, line);
}

/* A free port of the host's own can happen to be both ends (TCP's simultaneous open).
 */
static bool connected_to_itself(int fd)
{
	struct sockaddr_storage own, other;
	socklen_t own_bytes = sizeof(own), other_bytes = sizeof(other);

	memset(&own, 0, sizeof(own));
	memset(&other, 0, sizeof(other));
	return getsockname(fd, (struct sockaddr *)&own, &own_bytes) == 0 &&
	       getpeername(fd, (struct sockaddr *)&other, &other_bytes) == 0 &&
	       own_bytes == other_bytes && memcmp(&own, &other, own_bytes) == 0;
}

static void address_failed(struct dialer *d, int error, const char *text)
{
	note_address(d, error, text);
	stop(d);
	d->at = d->at->ai_next;
	try_next(d);
}

static void on_connected(evutil_socket_t fd, short what, void *context)
{
	struct dialer *d = context;
	int number = 0;
	socklen_t size = sizeof(number);

	if ((what & EV_WRITE) == 0) {
		address_failed(d, CORDON_ETIMEOUT, "no answer in time");
		return;
	}
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size);
	if (number == 0 && connected_to_itself(fd)) {
		number = ECONNREFUSED;
	}
	if (number != 0) {
		address_failed(d, CORDON_EUNREACHABLE, strerror(number));
		return;
	}
	tcp_no_delay(fd);
	d->fd = -1;
	finish(d, 0, fd);
}

static void wait_for(struct dialer *d, int fd, short events, event_callback_fn callback,
	const struct timeval *limit)
{
	d->waits = event_new(d->base, fd, events, callback, d);
	if (d->waits == NULL || event_add(d->waits, limit) != 0) {
		note(d, CORDON_ENOMEM, "out of memory");
		finish(d, CORDON_ENOMEM, -1);
	}
}

/* Begins with the address at d->at. Returns 0 or an errno. */
static int begin_connect(struct dialer *d)
{
	const struct addrinfo *at = d->at;

	d->fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd < 0) {
		return errno;
	}
	return connect(d->fd, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS
		       ? 0
		       : errno;
}

static void try_next(struct dialer *d)
{
	const struct timeval slice = duration(d->slice_ms);

	while (d->at != NULL) {
		int number = begin_connect(d);

		if (number == 0) {
			wait_for(d, d->fd, EV_WRITE, on_connected, &slice);
			return;
		}
		note_address(d, CORDON_EUNREACHABLE, strerror(number));
		stop(d);
		d->at = d->at->ai_next;
	}
	finish(d, d->error, -1);
}

static void try_all(struct dialer *d)
{
	uint32_t count = 0;

	for (const struct addrinfo *a = d->addresses; a != NULL; a = a->ai_next) {
		count++;
	}
	/* one that swallows everything must leave time for the others */
	d->slice_ms = d->timeout_ms / count + 1;
	d->at = d->addresses;
	try_next(d);
}

static void on_looked_up(evutil_socket_t fd, short what, void *context)
{
	struct dialer *d = context;
	struct errmsg msg = { "" };
	int error = resolve_result(d->resolve, &d->addresses, &msg);

	(void)fd;
	(void)what;
	if (error != 0) {
		note(d, error, msg.text);
		finish(d, error, -1);
		return;
	}
	stop(d);
	try_all(d);
}

static void on_limit(evutil_socket_t fd, short what, void *context)
{
	struct dialer *d = context;

	(void)fd;
	(void)what;
	if (d->fd >= 0) {
		note_address(d, CORDON_ETIMEOUT, "no answer in time");
	} else {
		note(d, CORDON_ETIMEOUT, "the name was not found in time");
	}
	finish(d, CORDON_ETIMEOUT, -1);
}

static void on_begin(evutil_socket_t fd, short what, void *context)
{
	struct dialer *d = context;
	struct errmsg msg = { "" };
	int ready_fd, error;

	(void)fd;
	(void)what;
	d->addresses = resolve_address(d->host, d->port);
	if (d->addresses != NULL) {
		try_all(d);
		return;
	}
	error = resolve_start(d->host, d->port, &d->resolve, &ready_fd, &msg);
	if (error != 0) {
		note(d, error, msg.text);
		finish(d, error, -1);
		return;
	}
	wait_for(d, ready_fd, EV_READ, on_looked_up, NULL);
}

int dialer_create(struct event_base *base, const char *host, uint16_t port,
	uint32_t timeout_ms, dialer_done_fn *done, void *context,
	struct dialer **dialer)
{
	const struct timeval limit = duration(timeout_ms);
	struct dialer *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		return CORDON_ENOMEM;
	}
	d->base = base;
	d->done = done;
	d->context = context;
	d->port = port;
	d->timeout_ms = timeout_ms;
	d->fd = -1;
	d->host = strdup(host);
	d->begin = event_new(base, -1, 0, on_begin, d);
	d->limit = evtimer_new(base, on_limit, d);
	if (d->host == NULL || d->begin == NULL || d->limit == NULL ||
		event_add(d->limit, &limit) != 0) {
		dialer_destroy(d);
		return CORDON_ENOMEM;
	}
	event_active(d->begin, 0, 0);
	*dialer = d;
	return 0;
}

void dialer_destroy(struct dialer *dialer)
{
	if (dialer == NULL) {
		return;
	}
	stop(dialer);
	if (dialer->begin != NULL) {
		event_free(dialer->begin);
	}
	if (dialer->limit != NULL) {
		event_free(dialer->limit);
	}
	if (dialer->addresses != NULL) {
		freeaddrinfo(dialer->addresses);
	}
	free(dialer->host);
	free(dialer);
}
