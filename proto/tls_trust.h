/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TLS_TRUST_H
#define PROTO_TLS_TRUST_H

#include <openssl/x509.h>

#include "proto/tls_profile.h"

/*
 * Whom the union trusts for what: each member's CAs and CRLs in a store of its own.
 * A certificate is only ever held against the store of the member that it names,
 * so a CA cannot vouch for another member, whatever it signs.  Immutable.
 */
struct tls_trust;

enum tls_purpose {
	TLS_PURPOSE_SERVER, /* the certificate of a server, seen by its client */
	TLS_PURPOSE_CLIENT
};

/*
 * Intermediate CAs are listed in their member's CA file; what the other side sends
 * along is not used, so that a resumed session and an acknowledgement, which carry
 * the leaf alone, are judged as the first handshake was.
 */
int tls_trust_create(const struct tls_member *members, size_t count, int auth_level,
	struct tls_trust **trust, struct errmsg *msg);
void tls_trust_destroy(struct tls_trust *trust);

bool tls_trust_knows(const struct tls_trust *trust, const struct state *member);

/*
 * Who the certificate says it is, when that is to be believed.  On failure
 * CORDON_EIDENTITY, the reason with its remedy and the rule's name (tls_rule.h) in
 * msg, and in *x509_error (may be
 * NULL) the X509_V_ERR_… whose alert tells the other side.
 */
int tls_trust_verify(const struct tls_trust *trust, X509 *certificate,
	enum tls_purpose purpose, struct identity *identity, int *x509_error,
	struct errmsg *msg);

/* tls_profile_expiry, of CAs and CRLs. */
bool tls_trust_expiry(
	const struct tls_trust *trust, size_t *position, struct tls_expiry *expiry);

#endif
