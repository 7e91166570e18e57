/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_PKI_OUTPUT_H
#define CTL_PKI_OUTPUT_H

#include "client/ctl/pki_crl.h"
#include "client/ctl/pki_list.h"

/* What cordonctl pki prints, as text for people or one JSON object.  All return 0,
 * CORDON_EIO, CORDON_ENOMEM. */

/* When DIR's CA and its list end, unix seconds. */
struct pki_terms {
	int64_t ca_ends_s, crl_ends_s, crl_number;
};

int pki_print_made(const struct pki_ca *ca, const struct pki_terms *terms, bool json);
int pki_print_issued(const struct pki_issued *issued, bool json);
int pki_print_revoked(const struct pki_ca *ca, const struct pki_revocation *revocation,
	const struct pki_terms *terms, bool json);
int pki_print_renewed(
	const struct pki_ca *ca, const struct pki_terms *terms, bool json);
int pki_print_announced(
	const struct pki_ca *ca, const char *next, const char *out, bool json);
int pki_print_list(const struct pki_ca *ca, const struct pki_entry *entries,
	size_t count, bool json);

#endif
