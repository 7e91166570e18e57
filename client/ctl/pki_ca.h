/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_PKI_CA_H
#define CTL_PKI_CA_H

#include "client/ctl/pki_x509.h"
#include "proto/arena.h"

/*
 * A member's certificate authority in a directory, and what it should issue.
 *
 *   ca.pem ca.key      its certificate, which names the member, and its key
 *   crl.pem            who is revoked; this file is the record of it
 *   head.pem head.key  the member's key for signing heads (Ed25519)
 *   issued/SERIAL.pem  a copy of each certificate issued
 *
 * Every step leaves the directory whole: a run that is killed has either done its
 * work or left a temporary file that nothing reads.
 */

#define PKI_CA_DAYS 3650
#define PKI_CRL_DAYS 30
#define PKI_DAYS_MAX 36500
/* Certificates begin this much in the past: clocks of other hosts may be late. */
#define PKI_BACKDATE_S 3600
#define PKI_SERIAL_TEXT_BYTES 48

/* Days that a certificate of this role is good for, where nobody says otherwise. */
unsigned pki_role_days(enum role role);

struct pki_init {
	const char *dir; /* is made; may exist when empty */
	struct state member;
	unsigned days; /* of the CA's certificate; 0: PKI_CA_DAYS */
	int64_t now_s;
};

/* CORDON_EINVAL when dir holds anything already. */
int pki_ca_init(const struct pki_init *init, struct errmsg *msg);

/* An open authority; one process at a time has it. */
struct pki_ca {
	const char *dir;     /* as given to pki_ca_open, copied */
	struct state member; /* what its certificate may vouch for */
	struct pki_signer signer;
	int64_t now_s;
	int lock_fd;
	struct arena texts; /* paths */
};

/*
 * Waits up to ten seconds for another process (CORDON_EBUSY).  CORDON_EIO,
 * CORDON_ECONFIG when the directory is no CA, is damaged, or its certificate has
 * ended.  Nothing to close on failure.
 */
int pki_ca_open(struct pki_ca *ca, const char *dir, int64_t now_s, struct errmsg *msg);
void pki_ca_close(struct pki_ca *ca);

/* DIR/name in ca's memory; NULL: out of memory. */
const char *pki_ca_path(struct pki_ca *ca, const char *name);
/* Upper-case hex; out: PKI_SERIAL_TEXT_BYTES.  Longer ones are cut. */
void pki_serial_text(const ASN1_INTEGER *serial, char *out);

struct pki_request {
	struct identity id;       /* member: the CA's own */
	const char *const *hosts; /* of a node: DNS names, IP addresses */
	size_t hosts_count;
	unsigned days;      /* 0: by role */
	const char *prefix; /* of the files; NULL: DIR/ROLE-NAME */
};

struct pki_issued {
	char uri[IDENT_URI_MAX];
	char serial[PKI_SERIAL_TEXT_BYTES];
	int64_t ends_s;
	const char *certificate, *key; /* paths, in ca's memory */
};

/*
 * A new key and its certificate, at prefix.pem and prefix.key.  CORDON_EINVAL: a file
 * exists, or days reach beyond the CA's end.
 */
int pki_ca_issue(struct pki_ca *ca, const struct pki_request *request,
	struct pki_issued *issued, struct errmsg *msg);

#endif
