/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TLS_X509_H
#define PROTO_TLS_X509_H

#include <openssl/x509.h>

#include "proto/errmsg.h"
#include "proto/ident.h"

/* What the TLS policy reads out of certificates and PEM files. */

#define TLS_TIME_TEXT_BYTES 32
#define TLS_NAME_TEXT_BYTES 128

/*
 * The identity in a certificate: the one URI SAN that begins with cordon://.
 * None, two, or one out of form: CORDON_EIDENTITY.
 */
int tls_x509_identity(const X509 *certificate, struct identity *id, struct errmsg *msg);

/* "2026-01-01 00:00:00Z"; out: TLS_TIME_TEXT_BYTES. */
void tls_x509_time_text(const ASN1_TIME *time, char *out);
/* Unix second; 0 when unreadable. */
int64_t tls_x509_time_s(const ASN1_TIME *time);
/* "CN = KAZ CA", printable ASCII; out: TLS_NAME_TEXT_BYTES. */
void tls_x509_name_text(const X509_NAME *name, char *out);

/* All certificates of a PEM file, at least one. */
int tls_x509_load_certificates(
	const char *path, STACK_OF(X509) * *certificates, struct errmsg *msg);
/* All revocation lists of a PEM file, at least one. */
int tls_x509_load_crls(
	const char *path, STACK_OF(X509_CRL) * *crls, struct errmsg *msg);
/* Refuses a file that group or others can read. */
int tls_x509_load_key(const char *path, EVP_PKEY **key, struct errmsg *msg);

#endif
