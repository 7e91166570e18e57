/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BADCERT_H
#define TESTS_BADCERT_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/x509.h>

/*
 * Certificates with one fault or several, as no tool of Cordon's would issue them.
 * Fails the running cmocka test when something does not work.
 */
struct badcert {
	const char *uris[3]; /* subject alternative names; the first NULL ends them */
	const char *other_name; /* another one, as OpenSSL writes it: "DNS:x.example" */
	const char *key;        /* "P-256" (NULL), "P-224", "RSA-1024", "ED25519" … */
	const char *digest;     /* "SHA256" (NULL), "SHA1" … */
	int64_t from_s, until_s;      /* from now; 0: an hour ago, in an hour */
	const char *usage;            /* NULL: critical,digitalSignature; "": none */
	const char *extended_usage;   /* NULL: clientAuth; "": none */
	const char *constraints;      /* NULL: critical,CA:FALSE; "": none */
	const char *name_constraints; /* NULL: none */
	bool critical_unknown;        /* an extension that nobody knows, critical */
	bool noncritical_unknown;
	bool version_1;   /* without any extension */
	bool altered;     /* a bit of the signature turned */
	const char *name; /* subject; NULL: "test" */
};

struct badcert_pair {
	X509 *certificate;
	EVP_PKEY *key;
};

/* From PEM files. */
struct badcert_pair badcert_read(const char *certificate, const char *key);
/* Signed by issuer; NULL: by itself. */
struct badcert_pair badcert_make(
	const struct badcert *wanted, const struct badcert_pair *issuer);
void badcert_finish(struct badcert_pair *pair);

/* PEM files; the certificate first, then chain's (NULL at its end; may be NULL). */
void badcert_write(const struct badcert_pair *pair, const char *certificate,
	const char *key, X509 *const *chain);

#endif
