/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_AUTHZ_POLICY_H
#define CORE_AUTHZ_POLICY_H

#include "proto/ident.h"

/*
 * Who may do what: role × action × own or another member's × transport, as one table
 * that can be read.  Pure.
 */
enum action {
	ACTION_LOOKUP = 0,
	ACTION_SUBMIT, /* put, withdraw, confirm */
	ACTION_RECORD_SHOW,
	ACTION_EXPORT,
	ACTION_DUE,
	ACTION_STATUS,
	ACTION_VERIFY,
	ACTION_TAKEOVER, /* recover, promote, reopen */
	ACTION_ASIDE,    /* what a signer that gave way had alone */
	ACTION_UPKEEP,   /* the brake, and writing the store anew */
	ACTION_SCRUB,    /* begin one, see how it is */
	ACTION_REPLICATE /* heads, pulls, fetches, ranges, acknowledgements */
};

#define ACTION_COUNT 12

/* Who asks, from the certificate; on the local socket member is the node's own and role
 * is ROLE_ADMIN. */
struct asker {
	struct identity identity;
	bool local;
};

/*
 * owner: the member whose records are concerned; NULL where the action concerns no
 * member's in particular.  self: the node's member.  0, or CORDON_EDENIED /
 * CORDON_EOWNER with the rule in words and what to do.
 */
int policy_check(const struct asker *asker, enum action action,
	const struct state *self, const struct state *owner, struct errmsg *msg);

const char *policy_action_text(enum action action);

#endif
