/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TLS_BIO_H
#define PROTO_TLS_BIO_H

#include <openssl/bio.h>

/*
 * OpenSSL's socket BIO, but a write to a closed connection raises no SIGPIPE: a
 * library may not ask its caller to change signals.  NULL: out of memory.  Freed
 * with BIO_meth_free after the last BIO made from it.
 */
BIO_METHOD *tls_bio_method_create(void);

#endif
