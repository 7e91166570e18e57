/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded into nodes of the integration tests: keeps what each connection's other side
 * sent, as inputs of fuzz_session, in the directory CORDON_CAPTURE
 * (tests/fuzz/seed.sh).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define KEPT_BYTES 16384

/* As fuzz_session numbers them. */
static int number_of(const char *uri)
{
	static const struct {
		const char *part;
		int number;
	} roles[] = { { "/agency/", 0 }, { "/checkpoint/", 1 }, { "/admin/", 2 },
		{ "/auditor/", 3 }, { "/node/", 4 } };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strstr(uri, roles[i].part) != NULL) {
			return roles[i].number;
		}
	}
	return -1;
}

static int peer_number(SSL *ssl)
{
	X509 *certificate = SSL_get0_peer_certificate(ssl);
	GENERAL_NAMES *names = certificate == NULL
				       ? NULL
				       : X509_get_ext_d2i(certificate,
						 NID_subject_alt_name, NULL, NULL);
	int number = -1;

	for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_URI) {
			number = number_of((const char *)ASN1_STRING_get0_data(
				name->d.uniformResourceIdentifier));
		}
	}
	GENERAL_NAMES_free(names);
	return number;
}

/* The file grows with the connection; an address used again begins another. */
static void keep(SSL *ssl, const void *data, size_t size)
{
	const char *directory = getenv("CORDON_CAPTURE");
	int number = SSL_is_server(ssl) ? peer_number(ssl) : -1;
	char path[512], role;
	off_t kept;
	int fd;

	if (directory == NULL || number < 0) {
		return;
	}
	snprintf(path, sizeof(path), "%s/%d-%p-%d", directory, (int)getpid(),
		(void *)ssl, SSL_get_fd(ssl));
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0) {
		return;
	}
	kept = lseek(fd, 0, SEEK_END);
	role = (char)(0x80 | number);
	if (kept == 0 && write(fd, &role, 1) != 1) {
		abort();
	}
	if (kept + (off_t)size <= KEPT_BYTES &&
		write(fd, data, size) != (ssize_t)size) {
		abort();
	}
	close(fd);
}

__attribute__((visibility("default"))) int SSL_read_ex(
	SSL *ssl, void *data, size_t size, size_t *got)
{
	static int (*next)(SSL *, void *, size_t, size_t *);
	int result;

	if (next == NULL) {
		*(void **)&next = dlsym(RTLD_NEXT, "SSL_read_ex");
	}
	result = next(ssl, data, size, got);
	if (result == 1 && *got > 0) {
		keep(ssl, data, *got);
	}
	return result;
}
