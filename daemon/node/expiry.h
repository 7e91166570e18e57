/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_EXPIRY_H
#define NODE_EXPIRY_H

#include "daemon/node/node.h"

/* What the node trusts in, and when it ends: its certificate, CAs, CRLs, head keys. */
struct expiry {
	const char *what; /* "certificate", "ca", "crl", "head_key" */
	struct state member;
	int64_t ends_s; /* unix second */
	bool soon;      /* within the days that the configuration warns of, or past */
};

/* All of them, the first to end first, in arena memory.  Any thread.  CORDON_ENOMEM. */
int expiry_list(struct node *node, int64_t now_s, struct arena *arena,
	struct expiry **list, size_t *count);

/* "the CA certificate of KAZ ends 2026-12-01 00:00:00Z"; out: EXPIRY_TEXT_MAX. */
#define EXPIRY_TEXT_MAX 160
void expiry_text(const struct expiry *expiry, char *out);

#endif
