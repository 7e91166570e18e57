/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "client/engine_private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void engine_disconnect(struct engine *e)
{
	dial_destroy(e->dial);
	session_destroy(e->session);
	e->dial = NULL;
	e->session = NULL;
	e->phase = ENGINE_IDLE;
}

/* No connection came about: all that wait for one look elsewhere. */
static bool fail(struct engine *e, int64_t now_ms, int error, const char *text)
{
	struct request *next = TAILQ_FIRST(&e->queued);
	struct errmsg named;

	errmsg_set(&named, error, "%s", text);
	/* a dial names the host itself */
	if (e->phase != ENGINE_DIALING) {
		errmsg_wrap(&named, error, "%s", e->settings.servers[e->current].text);
	}
	engine_disconnect(e);
	engine_punish(e, now_ms);
	while (next != NULL) {
		struct request *request = next;

		next = TAILQ_NEXT(request, link);
		engine_blame(e, request, error, named.text);
	}
	return true;
}

static int connect_local(const char *path, int *fd, struct errmsg *msg)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int number;

	if (s < 0) {
		return errmsg_set(
			msg, CORDON_EUNREACHABLE, "make a socket: %s", strerror(errno));
	}
	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (connect(s, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		number = errno;
		close(s);
		return errmsg_set(msg, CORDON_EUNREACHABLE,
			"connect to the local socket: %s", strerror(number));
	}
	*fd = s;
	return 0;
}

static bool open_session(struct engine *e, int fd, int64_t now_ms)
{
	const struct server *server = &e->settings.servers[e->current];
	struct errmsg msg = { "" };
	int error = session_create(fd, server->local ? NULL : e->settings.profile,
		e->settings.software, &e->session, &msg);

	if (error != 0) {
		return fail(e, now_ms, error, msg.text);
	}
	dial_destroy(e->dial);
	e->dial = NULL;
	e->phase = ENGINE_OPENING;
	return true;
}

static bool start(struct engine *e, const struct request *request, int64_t now_ms)
{
	const struct server *server = &e->settings.servers[e->current];
	int64_t timeout_ms = engine_share_ms(e, request, now_ms);
	struct errmsg msg = { "" };
	int fd = -1, error;

	if (timeout_ms > e->settings.connect_timeout_ms) {
		timeout_ms = e->settings.connect_timeout_ms;
	}
	e->attempt_end_ms = now_ms + timeout_ms;
	if (server->local) {
		error = connect_local(server->text, &fd, &msg);
		return error == 0 ? open_session(e, fd, now_ms)
				  : fail(e, now_ms, error, msg.text);
	}
	error = dial_create(
		server->host, server->port, now_ms, (uint32_t)timeout_ms, &e->dial);
	if (error != 0) {
		return fail(e, now_ms, error, cordon_error_text(error));
	}
	e->phase = ENGINE_DIALING;
	return true;
}

bool engine_choose(struct engine *e, int64_t now_ms)
{
	struct request *request = TAILQ_FIRST(&e->queued);
	size_t server;

	e->pause_end_ms = INT64_MAX;
	if (request == NULL) {
		return false;
	}
	server = engine_pick(e, request, now_ms);
	if (server == e->settings.servers_count) {
		engine_end_request(e, request, request->error);
		return true;
	}
	if (e->servers[server].bad_until_ms > now_ms) {
		e->pause_end_ms = e->servers[server].bad_until_ms;
		return false;
	}
	e->current = server;
	return start(e, request, now_ms);
}

bool engine_go_on_dialing(struct engine *e, int64_t now_ms)
{
	struct errmsg msg = { "" };
	int fd;
	int error = dial_step(e->dial, now_ms, &fd, &msg);

	if (error != 0) {
		return fail(e, now_ms, error, msg.text);
	}
	return fd >= 0 && open_session(e, fd, now_ms);
}

bool engine_go_on_opening(struct engine *e, int64_t now_ms)
{
	struct errmsg msg = { "" };
	int error = session_step(e->session, now_ms, &msg);

	if (error == 0 && session_ready(e->session)) {
		e->servers[e->current] = (struct engine_server){ 0 };
		e->phase = ENGINE_READY;
		return true;
	}
	if (error == 0 && now_ms >= e->attempt_end_ms) {
		error = errmsg_set(&msg, CORDON_ETIMEOUT,
			"connected, but neither TLS nor HELLO came to an end in time");
	}
	return error != 0 && fail(e, now_ms, error, msg.text);
}
