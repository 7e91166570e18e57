/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_PKI_LIST_H
#define CTL_PKI_LIST_H

#include "client/ctl/pki_ca.h"

/* One certificate that the CA has issued. */
struct pki_entry {
	char serial[PKI_SERIAL_TEXT_BYTES];
	char uri[IDENT_URI_MAX];  /* "" for one that is only known from the list */
	int64_t begins_s, ends_s; /* likewise 0 */
	int64_t revoked_s;        /* 0: not revoked */
	int reason;
};

/*
 * All that were issued here or are revoked, by URI, then beginning; *entries is the
 * caller's, freed with free.  A damaged copy in issued/: CORDON_ECORRUPT.
 */
int pki_list_read(struct pki_ca *ca, struct pki_entry **entries, size_t *count,
	struct errmsg *msg);

#endif
