/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/transport.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#define LAST_READS_MAX 64

int transport_init(struct transport *transport, int fd, struct tls_profile *profile,
	bool server, struct errmsg *msg)
{
	struct transport *t = transport;

	*t = (struct transport){ .fd = fd };
	if (profile == NULL) {
		t->open = true;
		return 0;
	}
	t->ssl = tls_profile_ssl(profile, fd, &t->refusal, msg);
	if (t->ssl == NULL) {
		close(fd);
		return CORDON_ENOMEM;
	}
	if (server) {
		SSL_set_accept_state(t->ssl);
	} else {
		SSL_set_connect_state(t->ssl);
	}
	t->profile = tls_profile_ref(profile);
	return 0;
}

void transport_finish(struct transport *transport)
{
	SSL_free(transport->ssl);
	tls_profile_unref(transport->profile);
	OPENSSL_free(transport->peer_der);
	close(transport->fd);
}

static int socket_error(int number, struct errmsg *msg)
{
	if (number == 0) {
		return errmsg_set(
			msg, CORDON_EIO, "the connection broke off without a goodbye");
	}
	return errmsg_set(
		msg, CORDON_EIO, "the connection broke: %s", strerror(number));
}

/* Sorts out a failed call of OpenSSL; 0 when it only has to wait. */
static int tls_error(struct transport *t, int result, int number, struct errmsg *msg)
{
	unsigned long first = ERR_peek_error();

	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return 0;
	case SSL_ERROR_WANT_WRITE:
		t->wants_write = true;
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		return errmsg_set(
			msg, CORDON_ECLOSED, "the other side closed the connection");
	case SSL_ERROR_SYSCALL:
		ERR_clear_error();
		return socket_error(number, msg);
	default:
		if (t->open &&
			ERR_GET_REASON(first) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
			ERR_clear_error();
			return socket_error(0, msg);
		}
		return tls_profile_failure(t->ssl, msg);
	}
}

int transport_handshake(struct transport *transport, struct errmsg *msg)
{
	struct transport *t = transport;
	int result, error;

	if (t->open) {
		return 0;
	}
	ERR_clear_error();
	errno = 0;
	t->wants_write = false;
	result = SSL_do_handshake(t->ssl);
	if (result != 1) {
		error = tls_error(t, result, errno, msg);
		return error == CORDON_EIO
			       ? errmsg_wrap(msg, error, "in the TLS handshake")
			       : error;
	}
	error = tls_profile_peer(t->profile, t->ssl, &t->peer, msg);
	if (error != 0) {
		return error;
	}
	t->peer_der_bytes = i2d_X509(SSL_get0_peer_certificate(t->ssl), &t->peer_der);
	if (t->peer_der_bytes <= 0) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	t->open = true;
	return 0;
}

static bool only_waiting(int number)
{
	return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
}

static int plain_read(
	struct transport *t, void *data, size_t size, size_t *got, struct errmsg *msg)
{
	ssize_t result = recv(t->fd, data, size, 0);

	*got = 0;
	if (result == 0) {
		return errmsg_set(
			msg, CORDON_ECLOSED, "the other side closed the connection");
	}
	if (result < 0) {
		return only_waiting(errno) ? 0 : socket_error(errno, msg);
	}
	*got = (size_t)result;
	return 0;
}

int transport_read(struct transport *transport, void *data, size_t size, size_t *got,
	struct errmsg *msg)
{
	int result;

	if (transport->ssl == NULL) {
		return plain_read(transport, data, size, got, msg);
	}
	ERR_clear_error();
	errno = 0;
	transport->wants_write = false;
	result = SSL_read_ex(transport->ssl, data, size, got);
	if (result == 1) {
		return 0;
	}
	*got = 0;
	return tls_error(transport, result, errno, msg);
}

bool transport_more(const struct transport *transport, size_t got, size_t size)
{
	return transport->ssl == NULL ? got == size
				      : SSL_has_pending(transport->ssl) == 1;
}

bool transport_partial(const struct transport *transport)
{
	return transport->ssl != NULL && transport->open &&
	       SSL_has_pending(transport->ssl) == 1;
}

/*
 * A write fails when the other side has closed.  If it said why (an alert in answer
 * to our certificate, say), that is still there to be read.
 */
static int last_word(struct transport *t, int error, struct errmsg *msg)
{
	struct errmsg said = { "" };
	uint8_t ignored[4096];
	size_t got = 1;
	int read_error = 0;

	for (int i = 0; i < LAST_READS_MAX && read_error == 0 && got > 0; i++) {
		read_error = transport_read(t, ignored, sizeof(ignored), &got, &said);
	}
	if (read_error == CORDON_ETLS || read_error == CORDON_EIDENTITY) {
		return errmsg_set(msg, read_error, "%s", said.text);
	}
	return error;
}

int transport_write(struct transport *transport, const void *data, size_t size,
	size_t *sent, struct errmsg *msg)
{
	struct transport *t = transport;
	ssize_t plain;
	int result, error;

	*sent = 0;
	if (t->ssl == NULL) {
		plain = send(t->fd, data, size, MSG_NOSIGNAL);
		if (plain < 0) {
			return only_waiting(errno) ? 0 : socket_error(errno, msg);
		}
		*sent = (size_t)plain;
		return 0;
	}
	ERR_clear_error();
	errno = 0;
	t->wants_write = false;
	result = SSL_write_ex(t->ssl, data, size, sent);
	if (result == 1) {
		return 0;
	}
	*sent = 0;
	error = tls_error(t, result, errno, msg);
	if (error == CORDON_ECLOSED) {
		/* no way out is left, or there would not be an error */
		return errmsg_set(msg, CORDON_EIO,
			"the other side closed the connection and takes nothing more");
	}
	return error == CORDON_EIO ? last_word(t, error, msg) : error;
}

int transport_goodbye(struct transport *transport, bool *done, struct errmsg *msg)
{
	struct transport *t = transport;
	int result, error;

	*done = false;
	if (t->ssl != NULL && t->open) {
		ERR_clear_error();
		errno = 0;
		result = SSL_shutdown(t->ssl);
		error = result < 0 ? tls_error(t, result, errno, msg) : 0;
		/* it said goodbye itself and takes no other: OpenSSL tells the former
		 */
		if (result < 0 && error != CORDON_ECLOSED) {
			return error;
		}
	}
	shutdown(t->fd, SHUT_WR);
	*done = true;
	return 0;
}
