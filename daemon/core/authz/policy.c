/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/authz/policy.h"

#include <stdbool.h>

/*
 * Least privilege.  What is not in the table is denied.
 */
enum reach {
	NEVER = 0,
	OWN, /* of the asker's own member, and only records of the node's own */
	ANY  /* of the asker's own member, records of every member */
};

#define ROLE_COUNT (ROLE_ADMIN + 1)

static const enum reach rules[ROLE_COUNT][ACTION_COUNT] = {
	[ROLE_CHECKPOINT] = {
		[ACTION_LOOKUP] = ANY,
	},
	[ROLE_AGENCY] = {
		[ACTION_LOOKUP] = ANY,
		[ACTION_SUBMIT] = OWN,
		[ACTION_RECORD_SHOW] = ANY,
		[ACTION_EXPORT] = ANY,
		[ACTION_DUE] = OWN,
		[ACTION_STATUS] = ANY,
		[ACTION_VERIFY] = ANY,
	},
	[ROLE_AUDITOR] = {
		[ACTION_STATUS] = ANY,
		[ACTION_VERIFY] = ANY,
	},
	[ROLE_ADMIN] = {
		[ACTION_LOOKUP] = ANY,
		[ACTION_RECORD_SHOW] = ANY,
		[ACTION_EXPORT] = ANY,
		[ACTION_DUE] = OWN,
		[ACTION_STATUS] = ANY,
		[ACTION_VERIFY] = ANY,
		[ACTION_TAKEOVER] = OWN,
		[ACTION_SCRUB] = ANY,
		[ACTION_ASIDE] = OWN,
		[ACTION_UPKEEP] = OWN,
	},
	/* what it may have of which list is its owner's decision: shared_with */
	[ROLE_NODE] = {
		[ACTION_REPLICATE] = ANY,
	},
};

static const struct {
	const char *text;
	const char *who; /* may, for the remedy */
} actions[ACTION_COUNT] = {
	[ACTION_LOOKUP] = { "look up", "a checkpoint, an agency or an administrator" },
	[ACTION_SUBMIT] = { "submit records", "an agency" },
	[ACTION_RECORD_SHOW] = { "show records", "an agency or an administrator" },
	[ACTION_EXPORT] = { "export records", "an agency or an administrator" },
	[ACTION_DUE] = { "list records due for review",
		"an agency or an administrator" },
	[ACTION_STATUS] = { "read the status",
		"an agency, an auditor or an administrator" },
	[ACTION_VERIFY] = { "verify lists",
		"an agency, an auditor or an administrator" },
	[ACTION_TAKEOVER] = { "make a node sign its member's lists",
		"an administrator" },
	[ACTION_ASIDE] = { "see and drop what was put aside", "an administrator" },
	[ACTION_UPKEEP] = { "work the brake or compact the store", "an administrator" },
	[ACTION_SCRUB] = { "scrub the store", "an administrator" },
	[ACTION_REPLICATE] = { "replicate lists", "a node" },
};

const char *policy_action_text(enum action action)
{
	return (unsigned)action < ACTION_COUNT ? actions[action].text : "do that";
}

static enum reach reach_of(const struct asker *asker, enum action action)
{
	if ((unsigned)asker->identity.role >= ROLE_COUNT ||
		(unsigned)action >= ACTION_COUNT) {
		return NEVER;
	}
	return rules[asker->identity.role][action];
}

/*
 * 1. The role must be one that may do it at all.
 * 2. Only nodes serve other members; everyone else asks a node of their own.
 * 3. Where only own records may be touched, the owner is the node's own member.
 */
int policy_check(const struct asker *asker, enum action action,
	const struct state *self, const struct state *owner, struct errmsg *msg)
{
	const struct identity *who = &asker->identity;
	enum reach reach = reach_of(asker, action);

	if (reach == NEVER) { /* 1 */
		return errmsg_set(msg, CORDON_EDENIED,
			"role %s may not %s; use the certificate of %s",
			ident_role_text(who->role), policy_action_text(action),
			(unsigned)action < ACTION_COUNT ? actions[action].who
							: "somebody who may");
	}
	if (who->role != ROLE_NODE && !ident_state_equal(&who->member, self)) { /* 2 */
		return errmsg_set(msg, CORDON_EDENIED,
			"this node of %s serves its own member's clients only; ask a "
			"node of %s",
			self->code, who->member.code);
	}
	if (reach == OWN && owner != NULL && !ident_state_equal(owner, self)) { /* 3 */
		return errmsg_set(msg, CORDON_EOWNER,
			"role %s may %s of its own member %s only; those of %s are its "
			"own affair",
			ident_role_text(who->role), policy_action_text(action),
			self->code, owner->code);
	}
	return 0;
}
