/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/base/log.h"

#define REST_MS 100
#define SHED_MAX 64

static int open_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Those who wait are told by a closed connection instead of by none at all. */
static void shed(struct acceptor *a)
{
	int listening = evconnlistener_get_fd(a->listener);

	for (int i = 0; i < SHED_MAX && a->spare >= 0; i++) {
		int fd;

		close(a->spare);
		fd = accept(listening, NULL, NULL);
		if (fd >= 0) {
			close(fd);
		}
		a->spare = open_spare();
		if (fd < 0) {
			return;
		}
	}
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd,
	struct sockaddr *address, int size, void *context)
{
	struct acceptor *a = context;

	(void)listener;
	(void)size;
	a->failing = false;
	a->accepted(a->context, fd, address);
}

static void on_error(struct evconnlistener *listener, void *context)
{
	const struct timeval rest = { 0, REST_MS * 1000 };
	struct acceptor *a = context;
	int number = errno;

	if (!a->failing) {
		log_warning("%s: cannot accept: %s", a->name, strerror(number));
		a->failing = true;
	}
	if (number == EMFILE || number == ENFILE) {
		shed(a);
	}
	if (event_add(a->rest, &rest) == 0) {
		evconnlistener_disable(listener);
	}
}

static void on_rested(evutil_socket_t fd, short what, void *context)
{
	struct acceptor *a = context;

	(void)fd;
	(void)what;
	if (a->spare < 0) {
		a->spare = open_spare();
	}
	evconnlistener_enable(a->listener);
}

int acceptor_init(
	struct acceptor *acceptor, struct event_base *base, int fd, struct errmsg *msg)
{
	struct acceptor *a = acceptor;

	a->failing = false;
	a->spare = open_spare();
	a->rest = evtimer_new(base, on_rested, a);
	a->listener = evconnlistener_new(base, on_accept, a,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (a->spare < 0 || a->rest == NULL || a->listener == NULL) {
		int error = a->spare < 0
				    ? errmsg_set(msg, CORDON_EIO, "open /dev/null: %s",
					      strerror(errno))
				    : errmsg_set(msg, CORDON_ENOMEM, "out of memory");

		if (a->listener == NULL) {
			close(fd);
		}
		acceptor_finish(a);
		return error;
	}
	evconnlistener_set_error_cb(a->listener, on_error);
	return 0;
}

void acceptor_finish(struct acceptor *acceptor)
{
	if (acceptor->listener != NULL) {
		evconnlistener_free(acceptor->listener);
	}
	if (acceptor->rest != NULL) {
		event_free(acceptor->rest);
	}
	if (acceptor->spare >= 0) {
		close(acceptor->spare);
	}
	*acceptor = (struct acceptor){ .spare = -1 };
}
