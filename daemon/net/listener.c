/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/listener.h"

#include <stdlib.h>
#include <unistd.h>

#include "daemon/net/acceptor.h"
#include "daemon/net/tcp.h"

struct listener {
	struct acceptor acceptor;
	uint16_t port;
	listener_accept_fn *accepted;
	void *context;
};

static void on_accepted(void *context, int fd, const struct sockaddr *address)
{
	struct listener *l = context;
	char text[TCP_ADDRESS_TEXT_BYTES];

	tcp_no_delay(fd);
	tcp_keep_alive(fd);
	tcp_address_text(address, text);
	l->accepted(l->context, fd, text);
}

int listener_create(struct event_base *base, const char *host, uint16_t port,
	listener_accept_fn *accepted, void *context, struct listener **listener,
	struct errmsg *msg)
{
	struct listener *l = calloc(1, sizeof(*l));
	int fd, error;

	if (l == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = tcp_listen(host, port, &fd, msg);
	if (error != 0) {
		free(l);
		return error;
	}
	l->port = tcp_port(fd);
	l->accepted = accepted;
	l->context = context;
	l->acceptor = (struct acceptor){
		.name = "listener", .accepted = on_accepted, .context = l
	};
	error = acceptor_init(&l->acceptor, base, fd, msg);
	if (error != 0) {
		free(l);
		return error;
	}
	*listener = l;
	return 0;
}

void listener_destroy(struct listener *listener)
{
	if (listener == NULL) {
		return;
	}
	acceptor_finish(&listener->acceptor);
	free(listener);
}

uint16_t listener_port(const struct listener *listener)
{
	return listener->port;
}
