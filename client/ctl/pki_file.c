/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "client/ctl/pki_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#define MODE_PUBLIC 0644
#define MODE_SECRET 0600

int pki_file_error(const char *what, const char *path, struct errmsg *msg)
{
	int error = errno == ENOSPC || errno == EDQUOT ? CORDON_EFULL : CORDON_EIO;

	return errmsg_set(msg, error, "%s %s: %s", what, path, strerror(errno));
}

static bool write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t done = write(fd, data, size);

		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done < 0) {
			return false;
		}
		data += done;
		size -= (size_t)done;
	}
	return true;
}

/* A file of its own beside path, whole and synced; temporary: PATH_MAX bytes. */
static int write_beside(const char *path, mode_t mode, BIO *content, char *temporary,
	struct errmsg *msg)
{
	char *data;
	long size = BIO_get_mem_data(content, &data);
	int fd, error = 0;

	if (snprintf(temporary, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return pki_file_error("write", path, msg);
	}
	fd = mkstemp(temporary);
	if (fd < 0) {
		return pki_file_error("write", path, msg);
	}
	if (!write_all(fd, data, (size_t)size) || fchmod(fd, mode) != 0 ||
		fsync(fd) != 0) {
		error = pki_file_error("write", path, msg);
	}
	if (close(fd) != 0 && error == 0) {
		error = pki_file_error("write", path, msg);
	}
	if (error != 0) {
		unlink(temporary);
	}
	return error;
}

int pki_file_sync_parent(const char *path, struct errmsg *msg)
{
	char parent[PATH_MAX] = ".";
	const char *slash = strrchr(path, '/');
	int fd, error = 0;

	if (slash != NULL) {
		snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path) + 1, path);
	}
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) {
		error = pki_file_error("sync", parent, msg);
	}
	if (fd >= 0) {
		close(fd);
	}
	return error;
}

static int create(const char *path, mode_t mode, BIO *content, struct errmsg *msg)
{
	char temporary[PATH_MAX];
	int error = write_beside(path, mode, content, temporary, msg);

	if (error != 0) {
		return error;
	}
	/* link, unlike rename, fails when the name is taken */
	if (link(temporary, path) != 0) {
		error = errno == EEXIST
				? errmsg_set(msg, CORDON_EINVAL,
					  "%s exists and is not overwritten", path)
				: pki_file_error("write", path, msg);
	}
	unlink(temporary);
	return error != 0 ? error : pki_file_sync_parent(path, msg);
}

static int replace(const char *path, mode_t mode, BIO *content, struct errmsg *msg)
{
	char temporary[PATH_MAX];
	int error = write_beside(path, mode, content, temporary, msg);

	if (error != 0) {
		return error;
	}
	if (rename(temporary, path) != 0) {
		error = pki_file_error("write", path, msg);
		unlink(temporary);
		return error;
	}
	return pki_file_sync_parent(path, msg);
}

static int pem_error(const char *path, struct errmsg *msg)
{
	ERR_clear_error();
	return errmsg_set(msg, CORDON_ENOMEM, "write %s: out of memory", path);
}

int pki_file_certificate(const char *path, X509 *certificate, struct errmsg *msg)
{
	BIO *pem = BIO_new(BIO_s_mem());
	int error = pem != NULL && PEM_write_bio_X509(pem, certificate) == 1
			    ? create(path, MODE_PUBLIC, pem, msg)
			    : pem_error(path, msg);

	BIO_free(pem);
	return error;
}

int pki_file_key(const char *path, EVP_PKEY *key, struct errmsg *msg)
{
	BIO *pem = BIO_new(BIO_s_secmem()); /* wiped when freed */
	int error = pem != NULL && PEM_write_bio_PrivateKey(
					   pem, key, NULL, NULL, 0, NULL, NULL) == 1
			    ? create(path, MODE_SECRET, pem, msg)
			    : pem_error(path, msg);

	BIO_free(pem);
	return error;
}

int pki_file_public_key(const char *path, EVP_PKEY *key, struct errmsg *msg)
{
	BIO *pem = BIO_new(BIO_s_mem());
	int error = pem != NULL && PEM_write_bio_PUBKEY(pem, key) == 1
			    ? create(path, MODE_PUBLIC, pem, msg)
			    : pem_error(path, msg);

	BIO_free(pem);
	return error;
}

int pki_file_crl(const char *path, X509_CRL *crl, struct errmsg *msg)
{
	BIO *pem = BIO_new(BIO_s_mem());
	int error = pem != NULL && PEM_write_bio_X509_CRL(pem, crl) == 1
			    ? replace(path, MODE_PUBLIC, pem, msg)
			    : pem_error(path, msg);

	BIO_free(pem);
	return error;
}
