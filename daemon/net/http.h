/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <event2/buffer.h>
#include <event2/event.h>

#include "proto/errmsg.h"

/*
 * A small HTTP responder for the host's own monitoring (/metrics, /healthz): GET
 * only, no bodies, short headers, few connections, each closed after its answer.
 * Neither TLS nor passwords: it belongs on a loopback address.
 */
struct http;

/*
 * Answers one GET.  path: as asked for, without the query.  The body is appended to
 * body; *type, "text/plain; charset=utf-8" beforehand, may be changed.  Returns the
 * status (200, 404, 503).  On the loop's thread; must not destroy the http.
 */
typedef int http_get_fn(
	void *context, const char *path, struct evbuffer *body, const char **type);

/* host and port as in listener_create.  CORDON_EUNREACHABLE, CORDON_ENOMEM. */
int http_create(struct event_base *base, const char *host, uint16_t port,
	http_get_fn *get, void *context, struct http **http, struct errmsg *msg);
void http_destroy(struct http *http);

/* The port listened on. */
uint16_t http_port(const struct http *http);

#endif
