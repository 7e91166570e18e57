/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_PKI_X509_H
#define CTL_PKI_X509_H

#include <openssl/x509.h>

#include "proto/errmsg.h"
#include "proto/ident.h"

/*
 * Makes keys, certificates and revocation lists.  It does what it is told, faults
 * included (tests need them); what a member's CA should issue is pki_ca's business.
 */

/* Who signs; certificate NULL: self-signed. */
struct pki_signer {
	X509 *certificate;
	EVP_PKEY *key;
};

struct pki_content {
	const char *common_name;
	const char *const *uris; /* subject alternative names */
	size_t uris_count;
	const char *const *hosts; /* DNS names and IP addresses, likewise */
	size_t hosts_count;
	int64_t not_before_s, not_after_s; /* unix seconds */
	bool ca;
	/* Of a CA, may be NULL: it signs leaves only, and only cordon://MEMBER/… URIs
	 * (path length and name constraints, RFC 5280 §4.2.1.9 and .10). */
	const char *member;
	bool server_auth, client_auth; /* extended key usage; none: no extension */
};

struct pki_revoked {
	ASN1_INTEGER *serial;
	int64_t at_s;
	int reason; /* CRL_REASON_…; 0 unspecified is not written (RFC 5280 §5.3.1) */
};

struct pki_crl_content {
	const struct pki_revoked *revoked;
	size_t revoked_count;
	int64_t number; /* grows with each list */
	int64_t this_update_s, next_update_s;
};

/* A P-256 key. */
int pki_key_create(EVP_PKEY **key, struct errmsg *msg);
/* An Ed25519 key: signs heads. */
int pki_head_key_create(EVP_PKEY **key, struct errmsg *msg);
/* X25519: what the access log keeps for the auditors is encrypted to it. */
int pki_auditors_key_create(EVP_PKEY **key, struct errmsg *msg);

/* key: the subject's; random serial. */
int pki_certificate_create(const struct pki_content *content, EVP_PKEY *key,
	const struct pki_signer *signer, X509 **certificate, struct errmsg *msg);

int pki_crl_create(const struct pki_crl_content *content,
	const struct pki_signer *signer, X509_CRL **crl, struct errmsg *msg);

#endif
