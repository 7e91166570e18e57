/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "daemon/base/log.h"
#include "daemon/net/tcp.h"

#define HEADERS_MAX_BYTES 8192
#define TIMEOUT_S 5
/* New connections in a tick.  With the timeout this bounds how many are open. */
#define CONNECTIONS_MAX 16
#define TICK_MS 250

struct http {
	struct evhttp *server;
	struct evconnlistener *listener; /* the server's */
	struct event *tick;
	unsigned accepted; /* in this tick */
	uint16_t port;
	http_get_fn *get;
	void *context;
};

static void answer(struct evhttp_request *request, int status, const char *type,
	struct evbuffer *body)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

	if (evhttp_add_header(headers, "Content-Type", type) != 0 ||
		evhttp_add_header(headers, "Connection", "close") != 0 ||
		evhttp_add_header(headers, "Cache-Control", "no-store") != 0) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	evhttp_send_reply(request, status, NULL, body);
}

static void on_request(struct evhttp_request *request, void *context)
{
	struct http *h = context;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);
	const char *type = "text/plain; charset=utf-8";
	struct evbuffer *body;
	int status;

	if (path == NULL || path[0] != '/') {
		evhttp_send_error(request, HTTP_BADREQUEST, NULL);
		return;
	}
	body = evbuffer_new();
	if (body == NULL) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	status = h->get(h->context, path, body, &type);
	answer(request, status, type, body);
	evbuffer_free(body);
}

/* evhttp asks for one of these per connection, which is how they can be counted. */
static struct bufferevent *on_connection(struct event_base *base, void *context)
{
	struct http *h = context;

	h->accepted++;
	if (h->accepted >= CONNECTIONS_MAX) {
		evconnlistener_disable(h->listener);
	}
	return bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
}

/* Out of descriptors: not again before the next tick. */
static void on_accept_error(struct evconnlistener *listener, void *context)
{
	(void)context;
	log_warning("monitoring listener: cannot accept: %s", strerror(errno));
	evconnlistener_disable(listener);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
	struct http *h = context;

	(void)fd;
	(void)what;
	h->accepted = 0;
	evconnlistener_enable(h->listener);
}

/* Takes the fd, also on failure. */
static int bind_listener(struct http *h, struct event_base *base, int fd)
{
	const unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;

	h->listener = evconnlistener_new(base, NULL, NULL, flags, 0, fd);
	if (h->listener == NULL) {
		close(fd);
		return CORDON_ENOMEM;
	}
	evconnlistener_set_error_cb(h->listener, on_accept_error);
	if (evhttp_bind_listener(h->server, h->listener) == NULL) {
		evconnlistener_free(h->listener);
		return CORDON_ENOMEM;
	}
	return 0;
}

static int start(struct http *h, struct event_base *base, int fd)
{
	const struct timeval period = { TICK_MS / 1000, TICK_MS % 1000 * 1000 };

	h->server = evhttp_new(base);
	if (h->server == NULL) {
		close(fd);
		return CORDON_ENOMEM;
	}
	evhttp_set_gencb(h->server, on_request, h);
	evhttp_set_bevcb(h->server, on_connection, h);
	evhttp_set_allowed_methods(h->server, EVHTTP_REQ_GET);
	evhttp_set_max_headers_size(h->server, HEADERS_MAX_BYTES);
	evhttp_set_max_body_size(h->server, 0);
	evhttp_set_timeout(h->server, TIMEOUT_S);
	h->tick = event_new(base, -1, EV_PERSIST, on_tick, h);
	if (h->tick == NULL || event_add(h->tick, &period) != 0) {
		close(fd);
		return CORDON_ENOMEM;
	}
	return bind_listener(h, base, fd);
}

int http_create(struct event_base *base, const char *host, uint16_t port,
	http_get_fn *get, void *context, struct http **http, struct errmsg *msg)
{
	struct http *h = calloc(1, sizeof(*h));
	int fd, error;

	if (h == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = tcp_listen(host, port, &fd, msg);
	if (error != 0) {
		free(h);
		return error;
	}
	h->port = tcp_port(fd);
	h->get = get;
	h->context = context;
	error = start(h, base, fd);
	if (error != 0) {
		http_destroy(h);
		return errmsg_set(msg, error, "out of memory");
	}
	*http = h;
	return 0;
}

void http_destroy(struct http *http)
{
	if (http == NULL) {
		return;
	}
	if (http->tick != NULL) {
		event_free(http->tick);
	}
	if (http->server != NULL) {
		evhttp_free(http->server);
	}
	free(http);
}

uint16_t http_port(const struct http *http)
{
	return http->port;
}
