/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/plain_transport.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/transport.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct identity next_peer;

void plain_transport_peer(const struct identity *peer)
{
	pthread_mutex_lock(&lock);
	next_peer = *peer;
	pthread_mutex_unlock(&lock);
}

int transport_init(struct transport *transport, int fd, struct tls_profile *profile,
	bool server, struct errmsg *msg)
{
	(void)server;
	(void)msg;
	*transport = (struct transport){ .fd = fd, .open = profile == NULL };
	return 0;
}

void transport_finish(struct transport *transport)
{
	close(transport->fd);
}

int transport_handshake(struct transport *transport, struct errmsg *msg)
{
	(void)msg;
	if (!transport->open) {
		pthread_mutex_lock(&lock);
		transport->peer = next_peer;
		pthread_mutex_unlock(&lock);
		transport->open = true;
	}
	return 0;
}

static int result_of(ssize_t result, size_t *bytes, struct errmsg *msg)
{
	*bytes = result > 0 ? (size_t)result : 0;
	if (result >= 0 || errno == EAGAIN || errno == EINTR) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EIO, "the connection broke");
}

int transport_read(struct transport *transport, void *data, size_t size, size_t *got,
	struct errmsg *msg)
{
	ssize_t result = recv(transport->fd, data, size, 0);

	if (result == 0) {
		*got = 0;
		return errmsg_set(msg, CORDON_ECLOSED, "closed");
	}
	return result_of(result, got, msg);
}

bool transport_more(const struct transport *transport, size_t got, size_t size)
{
	(void)transport;
	return got == size;
}

bool transport_partial(const struct transport *transport)
{
	(void)transport;
	return false;
}

int transport_write(struct transport *transport, const void *data, size_t size,
	size_t *sent, struct errmsg *msg)
{
	return result_of(send(transport->fd, data, size, MSG_NOSIGNAL), sent, msg);
}

int transport_goodbye(struct transport *transport, bool *done, struct errmsg *msg)
{
	(void)msg;
	shutdown(transport->fd, SHUT_WR);
	*done = true;
	return 0;
}
