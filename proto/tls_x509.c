/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "proto/tls_x509.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define SCHEME "cordon://"

/* The only cordon:// URI of names, or NULL with *count telling how many there are. */
static const ASN1_STRING *cordon_uri(const GENERAL_NAMES *names, int *count)
{
	const ASN1_STRING *found = NULL;

	*count = 0;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const ASN1_STRING *uri = name->d.uniformResourceIdentifier;

		if (name->type != GEN_URI ||
			(size_t)ASN1_STRING_length(uri) < strlen(SCHEME) ||
			memcmp(ASN1_STRING_get0_data(uri), SCHEME, strlen(SCHEME)) !=
				0) {
			continue;
		}
		found = uri;
		++*count;
	}
	return *count == 1 ? found : NULL;
}

int tls_x509_identity(const X509 *certificate, struct identity *id, struct errmsg *msg)
{
	GENERAL_NAMES *names =
		X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	const ASN1_STRING *uri;
	int count, error;

	uri = cordon_uri(names, &count);
	if (uri != NULL) {
		error = ident_uri_parse(id, (const char *)ASN1_STRING_get0_data(uri),
			(size_t)ASN1_STRING_length(uri), msg);
		if (error != 0) {
			error = errmsg_wrap(
				msg, CORDON_EIDENTITY, "URI in the certificate");
		}
	} else {
		error = errmsg_set(msg, CORDON_EIDENTITY,
			"the certificate holds %d cordon:// URIs in its subject "
			"alternative "
			"names where exactly one is needed: issue it with `cordonctl "
			"pki issue`",
			count);
	}
	GENERAL_NAMES_free(names);
	return error;
}

void tls_x509_time_text(const ASN1_TIME *time, char *out)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1 ||
		strftime(out, TLS_TIME_TEXT_BYTES, "%Y-%m-%d %H:%M:%SZ", &tm) == 0) {
		snprintf(out, TLS_TIME_TEXT_BYTES, "(no date)");
	}
}

int64_t tls_x509_time_s(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

void tls_x509_name_text(const X509_NAME *name, char *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int size = 0;

	if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE) >= 0) {
		size = BIO_read(bio, out, TLS_NAME_TEXT_BYTES - 1);
	}
	out[size < 0 ? 0 : size] = '\0';
	BIO_free(bio);
}

static FILE *open_file(const char *path, bool secret, struct errmsg *msg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	FILE *file;

	if (fd < 0 || fstat(fd, &st) != 0) {
		errmsg_set(msg, CORDON_EIO, "%s", strerror(errno));
		goto close_fd;
	}
	if (secret && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		errmsg_set(msg, CORDON_ECONFIG,
			"others than the owner may use this private key (mode %03o): "
			"run chmod 600 on it",
			(unsigned)(st.st_mode & 0777));
		goto close_fd;
	}
	file = fdopen(fd, "r");
	if (file != NULL) {
		return file;
	}
	errmsg_set(msg, CORDON_ENOMEM, "out of memory");
close_fd:
	if (fd >= 0) {
		close(fd);
	}
	return NULL;
}

/* Nobody is there to type one. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

/* PEM readers end with this error at the end of the file. */
static bool at_end(void)
{
	unsigned long error = ERR_peek_last_error();

	return ERR_GET_LIB(error) == ERR_LIB_PEM &&
	       ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static int load_error(const char *path, const char *what, struct errmsg *msg)
{
	ERR_clear_error();
	return errmsg_set(
		msg, CORDON_ECONFIG, "load %s: no %s in PEM form", path, what);
}

int tls_x509_load_certificates(
	const char *path, STACK_OF(X509) * *certificates, struct errmsg *msg)
{
	FILE *file = open_file(path, false, msg);
	STACK_OF(X509) * all;
	X509 *one = NULL;
	bool whole;

	if (file == NULL) {
		return errmsg_wrap(msg, CORDON_EIO, "load %s", path);
	}
	all = sk_X509_new_null();
	while (all != NULL &&
		(one = PEM_read_X509(file, NULL, no_passphrase, NULL)) != NULL) {
		if (sk_X509_push(all, one) <= 0) {
			X509_free(one);
			break;
		}
	}
	whole = at_end();
	fclose(file);
	if (!whole || sk_X509_num(all) <= 0) {
		sk_X509_pop_free(all, X509_free);
		return load_error(path, "readable certificate", msg);
	}
	ERR_clear_error();
	*certificates = all;
	return 0;
}

int tls_x509_load_crls(const char *path, STACK_OF(X509_CRL) * *crls, struct errmsg *msg)
{
	FILE *file = open_file(path, false, msg);
	STACK_OF(X509_CRL) * all;
	X509_CRL *one = NULL;
	bool whole;

	if (file == NULL) {
		return errmsg_wrap(msg, CORDON_EIO, "load %s", path);
	}
	all = sk_X509_CRL_new_null();
	while (all != NULL &&
		(one = PEM_read_X509_CRL(file, NULL, no_passphrase, NULL)) != NULL) {
		if (sk_X509_CRL_push(all, one) <= 0) {
			X509_CRL_free(one);
			break;
		}
	}
	whole = at_end();
	fclose(file);
	if (!whole || sk_X509_CRL_num(all) <= 0) {
		sk_X509_CRL_pop_free(all, X509_CRL_free);
		return load_error(path, "readable certificate revocation list", msg);
	}
	ERR_clear_error();
	*crls = all;
	return 0;
}

int tls_x509_load_key(const char *path, EVP_PKEY **key, struct errmsg *msg)
{
	FILE *file = open_file(path, true, msg);
	EVP_PKEY *found;

	if (file == NULL) {
		return errmsg_wrap(msg, CORDON_ECONFIG, "load %s", path);
	}
	/* stdio's own buffer would keep a copy of the key in freed memory */
	setvbuf(file, NULL, _IONBF, 0);
	found = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
	fclose(file);
	if (found == NULL) {
		return load_error(
			path, "readable private key without a passphrase", msg);
	}
	*key = found;
	return 0;
}
