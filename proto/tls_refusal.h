/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TLS_REFUSAL_H
#define PROTO_TLS_REFUSAL_H

#include <openssl/x509_vfy.h>

#include "proto/errmsg.h"
#include "proto/ident.h"
#include "proto/tls_rule.h"

/* Sets the text, ends it with the rule's name, and returns CORDON_EIDENTITY. */
int tls_refusal(struct errmsg *msg, enum tls_rule rule, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Why the chain of leaf, which says that it is id, was not verified, with the remedy;
 * returns CORDON_EIDENTITY. */
int tls_refusal_chain(
	X509_STORE_CTX *ctx, X509 *leaf, const struct identity *id, struct errmsg *msg);

#endif
