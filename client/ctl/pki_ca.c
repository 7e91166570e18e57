/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "client/ctl/pki_ca.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include "client/ctl/pki_file.h"
#include "proto/tls_x509.h"

#define LOCK_TRIES 100
#define LOCK_PAUSE_NS 100000000

const char *pki_ca_path(struct pki_ca *ca, const char *name)
{
	return arena_printf(&ca->texts, "%s/%s", ca->dir, name);
}

void pki_serial_text(const ASN1_INTEGER *serial, char *out)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = number == NULL ? NULL : BN_bn2hex(number);

	snprintf(out, PKI_SERIAL_TEXT_BYTES, "%s", hex == NULL ? "?" : hex);
	OPENSSL_free(hex);
	BN_free(number);
}

/* The directory itself is locked: there is no lock file to be left behind. */
static int lock(const char *dir, int *fd, struct errmsg *msg)
{
	const struct timespec pause = { 0, LOCK_PAUSE_NS };
	int new = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (new < 0) {
		return pki_file_error("open", dir, msg);
	}
	for (int tries = 0; flock(new, LOCK_EX | LOCK_NB) != 0; tries++) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || tries == LOCK_TRIES) {
			int error = errno == EWOULDBLOCK ? CORDON_EBUSY : CORDON_EIO;

			errmsg_set(msg, error, "lock %s: %s", dir,
				error == CORDON_EBUSY
					? "another cordonctl pki is at work there"
					: strerror(errno));
			close(new);
			return error;
		}
		nanosleep(&pause, NULL);
	}
	*fd = new;
	return 0;
}

/* The one member whose URIs the CA may sign. */
static bool constrained_to(const X509 *ca, struct state *member)
{
	NAME_CONSTRAINTS *limits =
		X509_get_ext_d2i(ca, NID_name_constraints, NULL, NULL);
	const GENERAL_SUBTREE *only;
	bool found = false;

	if (limits != NULL && sk_GENERAL_SUBTREE_num(limits->permittedSubtrees) == 1) {
		only = sk_GENERAL_SUBTREE_value(limits->permittedSubtrees, 0);
		found = only->base->type == GEN_URI &&
			ASN1_STRING_length(only->base->d.ia5) == 3 &&
			ident_state_set(member,
				(const char *)ASN1_STRING_get0_data(only->base->d.ia5),
				3);
	}
	NAME_CONSTRAINTS_free(limits);
	return found;
}

static int load_certificate(struct pki_ca *ca, const char *path, struct errmsg *msg)
{
	STACK_OF(X509) * all;
	char ends[TLS_TIME_TEXT_BYTES];
	int error = tls_x509_load_certificates(path, &all, msg);

	if (error != 0) {
		return errmsg_wrap(msg, error,
			"%s is no CA of a member (`cordonctl pki init-member XXX DIR` "
			"makes one)",
			ca->dir);
	}
	ca->signer.certificate = sk_X509_shift(all);
	sk_X509_pop_free(all, X509_free);
	if (X509_check_ca(ca->signer.certificate) == 0 ||
		!constrained_to(ca->signer.certificate, &ca->member)) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"load %s: it is not the certificate of a CA whose name "
			"constraints "
			"permit the URIs of exactly one member (certs/README.md)",
			path);
	}
	if (tls_x509_time_s(X509_get0_notAfter(ca->signer.certificate)) <= ca->now_s) {
		tls_x509_time_text(X509_get0_notAfter(ca->signer.certificate), ends);
		return errmsg_set(msg, CORDON_ECONFIG,
			"load %s: the CA ended %s: make a new one in another directory",
			path, ends);
	}
	return 0;
}

static int load(struct pki_ca *ca, struct errmsg *msg)
{
	const char *certificate = pki_ca_path(ca, "ca.pem");
	const char *key = pki_ca_path(ca, "ca.key");
	int error;

	if (ca->texts.failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = load_certificate(ca, certificate, msg);
	if (error == 0) {
		error = tls_x509_load_key(key, &ca->signer.key, msg);
	}
	if (error == 0 &&
		X509_check_private_key(ca->signer.certificate, ca->signer.key) != 1) {
		error = errmsg_set(msg, CORDON_ECONFIG,
			"load %s: the key does not belong to %s: restore both from one "
			"backup",
			key, certificate);
	}
	return error;
}

int pki_ca_open(struct pki_ca *ca, const char *dir, int64_t now_s, struct errmsg *msg)
{
	struct pki_ca new = { .now_s = now_s, .lock_fd = -1 };
	int error;

	arena_init(&new.texts, 0);
	new.dir = arena_text(&new.texts, dir, strlen(dir));
	if (new.dir == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = lock(dir, &new.lock_fd, msg);
	if (error == 0) {
		error = load(&new, msg);
	}
	if (error != 0) {
		pki_ca_close(&new);
		return error;
	}
	*ca = new;
	return 0;
}

void pki_ca_close(struct pki_ca *ca)
{
	X509_free(ca->signer.certificate);
	EVP_PKEY_free(ca->signer.key);
	if (ca->lock_fd >= 0) {
		close(ca->lock_fd);
	}
	arena_finish(&ca->texts);
	*ca = (struct pki_ca){ .lock_fd = -1 };
}
