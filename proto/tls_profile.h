/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TLS_PROFILE_H
#define PROTO_TLS_PROFILE_H

#include <openssl/ssl.h>

#include "proto/bytes.h"
#include "proto/errmsg.h"
#include "proto/ident.h"

/*
 * The one TLS policy of nodes and clients: TLS 1.3, ALPN cordon/1, certificates on
 * both sides, and a member's CA vouching for that member only.  The identity is
 * the one URI SAN that begins with cordon://.
 */

/* One member's CA and revocation list, PEM files; crl NULL: none is checked. */
struct tls_member {
	struct state member;
	const char *ca;
	const char *crl;
};

struct tls_options {
	bool server;
	const char *certificate; /* PEM, leaf first */
	const char *key;         /* PEM; refused when others can read it */
	const struct tls_member *members;
	size_t members_count;
	const char *ciphersuites; /* NULL: OpenSSL's own for TLS 1.3 */
	const char *groups;       /* NULL: OpenSSL's own */
};

/*
 * A context and the trust it was made from, immutable once made, reference-counted
 * (SSL sessions hold one), so that a reload replaces it whole.  Thread-safe.
 */
struct tls_profile;

/*
 * Errors name the file: "load certs/kaz.pem: not valid before 2027-01-01".  A
 * server's own certificate must be a node's; the own certificate must be valid and,
 * where its member is among members, acceptable.  CORDON_EIO, CORDON_ECONFIG,
 * CORDON_EIDENTITY.
 */
int tls_profile_create(const struct tls_options *options, struct tls_profile **profile,
	struct errmsg *msg);
struct tls_profile *tls_profile_ref(struct tls_profile *profile);
void tls_profile_unref(struct tls_profile *profile);

/*
 * A new connection's SSL with this policy on fd (borrowed; writes raise no
 * SIGPIPE).  refusal outlives the SSL: our own reason for refusing the other side
 * is kept there for tls_profile_failure.
 */
SSL *tls_profile_ssl(struct tls_profile *profile, int fd, struct errmsg *refusal,
	struct errmsg *msg);

/*
 * After the handshake: who the other side is.  Checks again what a resumed
 * session could have skipped (revocation, validity, member ↔ CA, ALPN).
 * CORDON_EIDENTITY with the reason in words that say what to do.
 */
int tls_profile_peer(struct tls_profile *profile, SSL *ssl, struct identity *peer,
	struct errmsg *msg);

/* Still acceptable now (validity, revocation by this profile's CRLs)? For open
 * connections after a reload, and certificates inside acknowledgements. */
int tls_profile_check_certificate(struct tls_profile *profile, struct bytes der,
	struct identity *identity, struct errmsg *msg);

/* Own identity, key (borrowed) and certificate (DER, borrowed). */
const struct identity *tls_profile_self(const struct tls_profile *profile);
EVP_PKEY *tls_profile_key(const struct tls_profile *profile);
struct bytes tls_profile_certificate(const struct tls_profile *profile);
/* Unix second at which the own certificate ends. */
int64_t tls_profile_ends_s(const struct tls_profile *profile);

/*
 * What ends: the own certificate, CAs and CRLs.  An ended CRL goes on refusing what it
 * names, and does not refuse the rest: a file that comes late must not close a border.
 * *position starts at 0 and moves on; false when there is nothing more.
 */
struct tls_expiry {
	const char *what; /* "certificate", "ca", "crl" */
	struct state member;
	int64_t ends_s; /* unix second; of a CRL, its next update */
};
bool tls_profile_expiry(
	const struct tls_profile *profile, size_t *position, struct tls_expiry *expiry);

/* Text of a failed handshake in words that say what to do: the alert the other
 * side sent, or our own verification's reason.  Clears OpenSSL's error queue. */
int tls_profile_failure(SSL *ssl, struct errmsg *msg);

#endif
