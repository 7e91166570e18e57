/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/tls_bio.h"

#include <sys/socket.h>

static int send_quietly(BIO *bio, const char *data, int size)
{
	ssize_t sent;
	int fd = -1;

	BIO_get_fd(bio, &fd);
	sent = send(fd, data, (size_t)size, MSG_NOSIGNAL);
	BIO_clear_retry_flags(bio);
	if (sent <= 0 && BIO_sock_should_retry((int)sent)) {
		BIO_set_retry_write(bio);
	}
	return (int)sent;
}

BIO_METHOD *tls_bio_method_create(void)
{
	const BIO_METHOD *plain = BIO_s_socket();
	BIO_METHOD *quiet = BIO_meth_new(BIO_TYPE_SOCKET, "socket without SIGPIPE");

	if (quiet == NULL ||
		BIO_meth_set_create(quiet, BIO_meth_get_create(plain)) != 1 ||
		BIO_meth_set_destroy(quiet, BIO_meth_get_destroy(plain)) != 1 ||
		BIO_meth_set_ctrl(quiet, BIO_meth_get_ctrl(plain)) != 1 ||
		BIO_meth_set_read(quiet, BIO_meth_get_read(plain)) != 1 ||
		BIO_meth_set_write(quiet, send_quietly) != 1) {
		BIO_meth_free(quiet);
		return NULL;
	}
	return quiet;
}
