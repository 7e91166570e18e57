/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_PKI_ANNOUNCE_H
#define CTL_PKI_ANNOUNCE_H

#include "client/ctl/pki_ca.h"

/*
 * Writes to the new file out the announcement of the public key in next_path as the
 * member's next head key, signed with the directory's head.key (head_announce.h).
 * CORDON_EINVAL where out exists, CORDON_EIO, CORDON_ECONFIG.
 */
int pki_announce(const struct pki_ca *ca, const char *next_path, const char *out,
	struct errmsg *msg);

#endif
