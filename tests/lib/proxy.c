/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/lib/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/net/listener.h"
#include "daemon/net/tcp.h"

#define PIECE_BYTES (16 * 1024)
#define HELD_MAX_BYTES (1024 * 1024) /* of a flow; then the sender waits */
#define RATE_BURST_S 20              /* at most that part of a second's bytes at once */

/* Bytes that came together. */
struct piece {
	STAILQ_ENTRY(piece) next;
	struct mono due;
	size_t start, size;
	uint8_t bytes[];
};

/* One way of one connection. */
struct flow {
	struct link *link;
	enum proxy_way way;
	int from, to;
	struct event *readable, *writable, *later;
	STAILQ_HEAD(, piece) pieces;
	size_t held_bytes;
	bool ended;           /* nothing more will come */
	bool done;            /* and all of it has gone */
	struct mono refilled; /* when the budget was */
	double budget_bytes;  /* of the rate */
};

struct link {
	LIST_ENTRY(link) next;
	struct proxy *proxy;
	int fds[PROXY_WAYS]; /* who sends that way */
	struct flow flows[PROXY_WAYS];
};

struct proxy {
	struct event_base *base;
	struct listener *listener;
	struct sockaddr_in target;
	bool refuses;
	struct proxy_rules rules[PROXY_WAYS];
	uint64_t bytes[PROXY_WAYS];
	LIST_HEAD(, link) links;
};

static void reset(int fd)
{
	const struct linger now = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void flow_finish(struct flow *f)
{
	struct event *events[] = { f->readable, f->writable, f->later };
	struct piece *p;

	while ((p = STAILQ_FIRST(&f->pieces)) != NULL) {
		STAILQ_REMOVE_HEAD(&f->pieces, next);
		free(p);
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (events[i] != NULL) {
			event_free(events[i]);
		}
	}
}

static void link_free(struct link *l, bool orderly)
{
	LIST_REMOVE(l, next);
	for (int way = 0; way < PROXY_WAYS; way++) {
		flow_finish(&l->flows[way]);
	}
	for (int way = 0; way < PROXY_WAYS; way++) {
		if (orderly) {
			close(l->fds[way]);
		} else {
			reset(l->fds[way]);
		}
	}
	free(l);
}

static struct proxy_rules *rules_of(const struct flow *f)
{
	return &f->link->proxy->rules[f->way];
}

static void call_later(struct flow *f, int64_t us)
{
	const struct timeval wait = { us / 1000000, us % 1000000 };

	event_add(f->later, &wait);
}

/* How many bytes the rate allows now; at least 1 unless it has to wait. */
static size_t allowance(struct flow *f)
{
	uint32_t rate = rules_of(f)->rate_bytes_s;
	struct mono now = clock_mono();
	double most = (double)rate / RATE_BURST_S + 1;

	if (rate == 0) {
		return SIZE_MAX;
	}
	f->budget_bytes += (double)(now.us - f->refilled.us) * rate / 1e6;
	f->refilled = now;
	if (f->budget_bytes > most) {
		f->budget_bytes = most;
	}
	return (size_t)f->budget_bytes;
}

/* False: the link is gone, or has to wait. */
static bool write_piece(struct flow *f, struct piece *p)
{
	size_t allowed = allowance(f);
	size_t size = p->size - p->start < allowed ? p->size - p->start : allowed;
	ssize_t sent;

	if (size == 0) {
		call_later(f, 1 + 1000000 / rules_of(f)->rate_bytes_s);
		return false;
	}
	sent = send(f->to, p->bytes + p->start, size, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0 && errno == EAGAIN) {
		event_add(f->writable, NULL);
		return false;
	}
	if (sent < 0) {
		link_free(f->link, false);
		return false;
	}
	p->start += (size_t)sent;
	f->held_bytes -= (size_t)sent;
	f->budget_bytes -= allowed == SIZE_MAX ? 0 : (double)sent;
	f->link->proxy->bytes[f->way] += (uint64_t)sent;
	return true;
}

static void finish_flow(struct flow *f)
{
	struct link *l = f->link;

	shutdown(f->to, SHUT_WR);
	f->done = true;
	if (l->flows[PROXY_UP].done && l->flows[PROXY_DOWN].done) {
		link_free(l, true);
	}
}

/* Writes what is due. */
static void pump(struct flow *f)
{
	struct piece *p;

	if (rules_of(f)->stalled || f->done) {
		return;
	}
	while ((p = STAILQ_FIRST(&f->pieces)) != NULL) {
		int64_t early_us = p->due.us - clock_mono().us;

		if (early_us > 0) {
			call_later(f, early_us);
			return;
		}
		if (!write_piece(f, p)) {
			return;
		}
		if (p->start == p->size) {
			STAILQ_REMOVE_HEAD(&f->pieces, next);
			free(p);
		}
	}
	if (f->ended) {
		finish_flow(f);
		return;
	}
	event_add(f->readable, NULL);
}

/* Counts the bytes down to what is to happen; true: the connection is to be cut, and
 * *size is how much still passes. */
static bool strike(struct proxy_rules *r, uint8_t *bytes, size_t *size)
{
	bool cuts = r->cut_in_bytes >= 0 && (uint64_t)r->cut_in_bytes < *size;

	if (cuts) {
		*size = (size_t)r->cut_in_bytes;
		r->cut_in_bytes = -1;
	} else if (r->cut_in_bytes >= 0) {
		r->cut_in_bytes -= (int64_t)*size;
	}
	if (r->damage_in_bytes >= 0 && (uint64_t)r->damage_in_bytes < *size) {
		bytes[r->damage_in_bytes] ^= 1;
		r->damage_in_bytes = -1;
	} else if (r->damage_in_bytes >= 0) {
		r->damage_in_bytes -= (int64_t)*size;
	}
	return cuts;
}

static void take(struct flow *f, const uint8_t *bytes, size_t size)
{
	struct piece *p = malloc(sizeof(*p) + size);

	if (p == NULL) {
		abort();
	}
	*p = (struct piece){ .due = mono_after_ms(clock_mono(), rules_of(f)->delay_ms),
		.size = size };
	memcpy(p->bytes, bytes, size);
	STAILQ_INSERT_TAIL(&f->pieces, p, next);
	f->held_bytes += size;
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	struct flow *f = context;
	uint8_t bytes[PIECE_BYTES];
	ssize_t got;
	size_t size;
	bool cuts;

	(void)what;
	if (rules_of(f)->stalled || f->held_bytes >= HELD_MAX_BYTES) {
		event_del(f->readable); /* pump adds it again */
		return;
	}
	got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN) {
		return;
	}
	if (got < 0) {
		link_free(f->link, false);
		return;
	}
	if (got == 0) {
		f->ended = true;
		event_del(f->readable);
		pump(f);
		return;
	}
	size = (size_t)got;
	cuts = strike(rules_of(f), bytes, &size);
	if (cuts) {
		(void)!send(f->to, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
		link_free(f->link, false);
		return;
	}
	take(f, bytes, size);
	pump(f);
}

static void on_pump(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	pump(context);
}

static void flow_init(struct flow *f, struct link *l, enum proxy_way way)
{
	struct event_base *base = l->proxy->base;

	*f = (struct flow){ .link = l, .way = way };
	f->from = l->fds[way];
	f->to = l->fds[way == PROXY_UP ? PROXY_DOWN : PROXY_UP];
	f->refilled = clock_mono();
	STAILQ_INIT(&f->pieces);
	f->readable = event_new(base, f->from, EV_READ | EV_PERSIST, on_readable, f);
	f->writable = event_new(base, f->to, EV_WRITE, on_pump, f);
	f->later = evtimer_new(base, on_pump, f);
	if (f->readable == NULL || f->writable == NULL || f->later == NULL ||
		event_add(f->readable, NULL) != 0) {
		abort();
	}
}

/* Goes on while it is being made: a target that does not take connections must not hold
 * up the other lines. */
static int connect_target(const struct sockaddr_in *target)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		return -1;
	}
	if (connect(fd, (const struct sockaddr *)target, sizeof(*target)) != 0 &&
		errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	tcp_no_delay(fd);
	return fd;
}

static void on_accepted(void *context, int fd, const char *address)
{
	struct proxy *proxy = context;
	int target = proxy->refuses ? -1 : connect_target(&proxy->target);
	struct link *l;

	(void)address;
	if (target < 0) {
		reset(fd);
		return;
	}
	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		abort();
	}
	l->proxy = proxy;
	l->fds[PROXY_UP] = fd;
	l->fds[PROXY_DOWN] = target;
	LIST_INSERT_HEAD(&proxy->links, l, next);
	flow_init(&l->flows[PROXY_UP], l, PROXY_UP);
	flow_init(&l->flows[PROXY_DOWN], l, PROXY_DOWN);
}

int proxy_create_at(struct event_base *base, const struct proxy_ends *ends,
	struct proxy **proxy, struct errmsg *msg)
{
	struct proxy *p = calloc(1, sizeof(*p));
	int error;

	if (p == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	p->base = base;
	p->target.sin_family = AF_INET;
	p->target.sin_port = htons(ends->target_port);
	LIST_INIT(&p->links);
	for (int way = 0; way < PROXY_WAYS; way++) {
		p->rules[way] = (struct proxy_rules){ .damage_in_bytes = -1,
			.cut_in_bytes = -1 };
	}
	error = inet_pton(AF_INET, ends->target_host, &p->target.sin_addr) == 1
			? listener_create(base, ends->listen_host, ends->listen_port,
				  on_accepted, p, &p->listener, msg)
			: errmsg_set(msg, CORDON_EINVAL, "%s: no IPv4 address",
				  ends->target_host);
	if (error != 0) {
		free(p);
		return error;
	}
	*proxy = p;
	return 0;
}

int proxy_create(struct event_base *base, uint16_t listen_port, uint16_t target_port,
	struct proxy **proxy, struct errmsg *msg)
{
	const struct proxy_ends ends = { "127.0.0.1", listen_port, "127.0.0.1",
		target_port };

	return proxy_create_at(base, &ends, proxy, msg);
}

void proxy_destroy(struct proxy *proxy)
{
	listener_destroy(proxy->listener);
	proxy_cut(proxy);
	free(proxy);
}

uint16_t proxy_port(const struct proxy *proxy)
{
	return listener_port(proxy->listener);
}

struct proxy_rules proxy_rules(const struct proxy *proxy, enum proxy_way way)
{
	return proxy->rules[way];
}

void proxy_set_rules(
	struct proxy *proxy, enum proxy_way way, const struct proxy_rules *rules)
{
	struct link *l, *following;

	proxy->rules[way] = *rules;
	for (l = LIST_FIRST(&proxy->links); l != NULL; l = following) {
		following = LIST_NEXT(l, next);
		pump(&l->flows[way]);
	}
}

void proxy_cut(struct proxy *proxy)
{
	struct link *l;

	while ((l = LIST_FIRST(&proxy->links)) != NULL) {
		link_free(l, false);
	}
}

void proxy_refuse(struct proxy *proxy, bool on)
{
	proxy->refuses = on;
}

size_t proxy_connections(const struct proxy *proxy)
{
	const struct link *l;
	size_t count = 0;

	LIST_FOREACH(l, &proxy->links, next)
	{
		count++;
	}
	return count;
}

uint64_t proxy_bytes(const struct proxy *proxy, enum proxy_way way)
{
	return proxy->bytes[way];
}
