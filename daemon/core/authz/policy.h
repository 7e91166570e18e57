/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_AUTHZ_POLICY_H
#define CORE_AUTHZ_POLICY_H

#include <cordon/lookup.h>
#include "proto/action.h"
#include "proto/ident.h"

/*
 * Who may do what, as rules that can be read: role × action × own or another member's
 * in one table, narrowed or extended by the configuration for names of certificates.
 * Pure.
 */

/* Who asks, from the certificate; on the local socket member is the node's own and role
 * is ROLE_ADMIN. */
struct asker {
	struct identity identity;
	bool local;
};

/* The configuration's word on certificates of a role and name.  The first that fits a
 * certificate counts, no other. */
struct authz_access {
	enum role role;
	const char *name;       /* exact, or one '*' at its end */
	uint64_t allow, deny;   /* sets of actions (action_bit) */
	uint32_t queries;       /* set of 1 << enum cordon_query_type; 0: all */
	uint32_t lookups_daily; /* queries in one day; 0: without end */
	bool whole_records;     /* a checkpoint's answers hold all of a record */
};

/* Kinds that agencies of that name may submit.  All that fit count together. */
struct authz_agency {
	const char *name;
	uint32_t kinds; /* set of 1 << enum cordon_kind */
};

/* A node's rules; everything borrowed. */
struct authz {
	struct state self; /* the node's member */
	const struct authz_access *access;
	size_t access_count;
	const struct authz_agency
		*agencies; /* none: every agency may submit all kinds */
	size_t agencies_count;
};

/* What is asked; zero where it is about nothing in particular (yet). */
struct authz_question {
	const struct asker *asker;
	enum action action;
	const struct state *owner;     /* whose records; NULL: nobody's in particular */
	uint32_t kind;                 /* of the records */
	uint32_t queries;              /* lookups: set of 1 << enum cordon_query_type */
	uint64_t lookups_today;        /* lookups: this one included */
	const struct identity *author; /* approvals: who submitted it */
};

/*
 * In their order; the first that denies is the answer.
 */
enum authz_rule {
	RULE_ROLE,    /* the table, and what the configuration adds to it */
	RULE_ACCESS,  /* what the configuration takes away */
	RULE_MEMBER,  /* only nodes serve other members */
	RULE_OWNER,   /* own records only */
	RULE_KINDS,   /* an agency's kinds */
	RULE_QUERIES, /* kinds of questions */
	RULE_DAILY,   /* lookups in a day */
	RULE_SECOND,  /* nobody approves what is their own */
	RULE_COUNT
};

/* "role" … */
const char *authz_rule_name(enum authz_rule rule);

/*
 * 0, or CORDON_EDENIED (CORDON_EOWNER by the rule of that name): msg says why and what
 * to do, and ends with the rule's name (proto/rule.h).  *rule (may be NULL) is set on
 * denial.
 */
int authz_decide(const struct authz *authz, const struct authz_question *question,
	enum authz_rule *rule, struct errmsg *msg);

/* One rule by itself, for explanations: the same. */
int authz_rule_check(const struct authz *authz, const struct authz_question *question,
	enum authz_rule rule, struct errmsg *msg);

/* The section that counts for the certificate; NULL: none. */
const struct authz_access *authz_access_of(
	const struct authz *authz, const struct identity *identity);

/* May its answers hold all of a record, or only what a checkpoint decides by
 * (fields.h)? */
bool authz_whole_records(const struct authz *authz, const struct asker *asker);

/* May it see the note that owner keeps of a record of this kind?  Only the owner's own
 * agencies may, of kinds that they may submit. */
bool authz_reads_note(const struct authz *authz, const struct asker *asker,
	const struct state *owner, uint32_t kind);

/* Can a configuration give role the action?  What the table gives it already counts,
 * too. */
bool authz_grantable(enum role role, enum action action);

/* The table alone, of a node without sections. */
int policy_check(const struct asker *asker, enum action action,
	const struct state *self, const struct state *owner, struct errmsg *msg);

#endif
