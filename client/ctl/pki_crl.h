/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_PKI_CRL_H
#define CTL_PKI_CRL_H

#include "client/ctl/pki_ca.h"

/*
 * Revocation: DIR/crl.pem is both the list for others and the CA's own record.
 */

/* "keyCompromise" and the like, RFC 5280 §5.3.1; NULL for a code without one. */
const char *pki_reason_text(int reason);
/* CRL_REASON_…; -1 when a leaf cannot be revoked for it. */
int pki_reason_parse(const char *text);

/* crl.pem as it stands. */
struct pki_crl {
	X509_CRL *list; /* owns the serials */
	struct pki_revoked *revoked;
	size_t count;
	int64_t number;
	int64_t next_update_s;
};

/* CORDON_ECONFIG: none, damaged, or signed by another key than the CA's. */
int pki_crl_load(struct pki_ca *ca, struct pki_crl *crl, struct errmsg *msg);
void pki_crl_finish(struct pki_crl *crl);
/* NULL: not revoked. */
const struct pki_revoked *pki_crl_find(
	const struct pki_crl *crl, const ASN1_INTEGER *serial);

struct pki_revocation {
	char serial[PKI_SERIAL_TEXT_BYTES];
	char uri[IDENT_URI_MAX]; /* "" when it has none */
	bool already;            /* was revoked before: nothing was changed */
	int64_t at_s;
	int reason;
};

/*
 * Revokes the certificate in the PEM file and signs the list anew, to be renewed in
 * days (0: PKI_CRL_DAYS).  CORDON_EIDENTITY when this CA has not issued it.
 */
int pki_ca_revoke(struct pki_ca *ca, const char *certificate, int reason, unsigned days,
	struct pki_revocation *revocation, struct errmsg *msg);

/* Signs the list anew with what it holds. */
int pki_ca_renew_crl(struct pki_ca *ca, unsigned days, struct errmsg *msg);

#endif
