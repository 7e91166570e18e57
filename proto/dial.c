/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "proto/dial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/resolve.h"
#include "proto/tcp.h"

struct dial {
	char *host;
	uint16_t port;
	int64_t end_ms; /* all of the time is up */
	uint32_t timeout_ms;
	bool begun;
	struct resolve *resolve;
	int resolve_fd;
	struct addrinfo *addresses;
	struct addrinfo *at; /* the one being tried */
	uint32_t slice_ms;   /* of the time, for each address */
	int64_t slice_end_ms;
	int fd;
	int error;           /* of the last address */
	struct errmsg tried; /* what became of each */
};

int dial_create(const char *host, uint16_t port, int64_t now_ms, uint32_t timeout_ms,
	struct dial **dial)
{
	struct dial *d = calloc(1, sizeof(*d));

	if (d == NULL || (d->host = strdup(host)) == NULL) {
		free(d);
		return CORDON_ENOMEM;
	}
	d->port = port;
	d->timeout_ms = timeout_ms;
	d->end_ms = now_ms + timeout_ms;
	d->fd = -1;
	*dial = d;
	return 0;
}

static void close_attempt(struct dial *d)
{
	if (d->fd >= 0) {
		close(d->fd);
		d->fd = -1;
	}
}

void dial_destroy(struct dial *dial)
{
	if (dial == NULL) {
		return;
	}
	close_attempt(dial);
	resolve_release(dial->resolve);
	if (dial->addresses != NULL) {
		freeaddrinfo(dial->addresses);
	}
	free(dial->host);
	free(dial);
}

struct dial_waits dial_waits(const struct dial *dial)
{
	if (!dial->begun) {
		return (struct dial_waits){ .fd = -1, .until_ms = INT64_MIN };
	}
	if (dial->addresses == NULL) {
		return (struct dial_waits){
			.fd = dial->resolve_fd,
			.until_ms = dial->end_ms,
		};
	}
	return (struct dial_waits){
		.fd = dial->fd,
		.write = true,
		.until_ms = dial->slice_end_ms < dial->end_ms ? dial->slice_end_ms
							      : dial->end_ms,
	};
}

static int note(struct dial *d, int error, const char *text)
{
	size_t used = strlen(d->tried.text);

	d->error = error;
	snprintf(d->tried.text + used, sizeof(d->tried.text) - used, "%s%s",
		used > 0 ? "; " : "", text);
	return error;
}

static int note_address(struct dial *d, int error, const char *text)
{
	char address[TCP_ADDRESS_TEXT_BYTES];
	char line[2 * TCP_ADDRESS_TEXT_BYTES];

	tcp_address_text(d->at->ai_addr, address);
	snprintf(line, sizeof(line), "%s: %s", address, text);
	return note(d, error, line);
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

/* Begins with the address at d->at.  Returns 0 or an errno. */
static int begin_connect(struct dial *d)
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

/* Begins with the first address, from d->at on, that can be begun with. */
static int try_next(struct dial *d, int64_t now_ms)
{
	while (d->at != NULL) {
		int number = begin_connect(d);

		if (number == 0) {
			d->slice_end_ms = now_ms + d->slice_ms;
			return 0;
		}
		note_address(d, CORDON_EUNREACHABLE, strerror(number));
		close_attempt(d);
		d->at = d->at->ai_next;
	}
	return d->error;
}

static int try_all(struct dial *d, int64_t now_ms)
{
	uint32_t count = 0;

	for (const struct addrinfo *a = d->addresses; a != NULL; a = a->ai_next) {
		count++;
	}
	/* one that swallows everything must leave time for the others */
	d->slice_ms = d->timeout_ms / count + 1;
	d->at = d->addresses;
	return try_next(d, now_ms);
}

static bool ready(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, 0) == 1;
}

static int begin(struct dial *d, int64_t now_ms)
{
	struct errmsg msg = { "" };
	int error;

	d->begun = true;
	d->addresses = resolve_address(d->host, d->port);
	if (d->addresses != NULL) {
		return try_all(d, now_ms);
	}
	error = resolve_start(d->host, d->port, &d->resolve, &d->resolve_fd, &msg);
	return error == 0 ? 0 : note(d, error, msg.text);
}

static int look_up(struct dial *d, int64_t now_ms)
{
	struct errmsg msg = { "" };
	int error;

	if (!ready(d->resolve_fd, POLLIN)) {
		return now_ms < d->end_ms ? 0
					  : note(d, CORDON_ETIMEOUT,
						    "the name was not found in time");
	}
	error = resolve_result(d->resolve, &d->addresses, &msg);
	return error == 0 ? try_all(d, now_ms) : note(d, error, msg.text);
}

static int address_failed(struct dial *d, int64_t now_ms, int error, const char *text)
{
	note_address(d, error, text);
	close_attempt(d);
	d->at = d->at->ai_next;
	return now_ms < d->end_ms ? try_next(d, now_ms) : error;
}

static int go_on_connecting(struct dial *d, int64_t now_ms, int *fd)
{
	int number = 0;
	socklen_t size = sizeof(number);

	if (!ready(d->fd, POLLOUT)) {
		return now_ms < d->slice_end_ms && now_ms < d->end_ms
			       ? 0
			       : address_failed(d, now_ms, CORDON_ETIMEOUT,
					 "no answer in time");
	}
	getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &number, &size);
	if (number == 0 && connected_to_itself(d->fd)) {
		number = ECONNREFUSED;
	}
	if (number != 0) {
		return address_failed(d, now_ms, CORDON_EUNREACHABLE, strerror(number));
	}
	tcp_no_delay(d->fd);
	*fd = d->fd;
	d->fd = -1;
	return 0;
}

int dial_step(struct dial *dial, int64_t now_ms, int *fd, struct errmsg *msg)
{
	struct dial *d = dial;
	int error;

	*fd = -1;
	if (!d->begun) {
		error = begin(d, now_ms);
	} else if (d->addresses == NULL) {
		error = look_up(d, now_ms);
	} else {
		error = go_on_connecting(d, now_ms, fd);
	}
	if (error != 0) {
		errmsg_set(msg, error, "%s", d->tried.text);
		return errmsg_wrap(
			msg, error, "connect to %s port %u", d->host, d->port);
	}
	return 0;
}
