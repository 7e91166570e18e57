/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/authz/policy.h"

#include <string.h>

#include <cordon/record.h>
#include "proto/rule.h"

/*
 * Least privilege.  What is not in the table is denied.
 */
enum reach {
	NEVER = 0,
	GRANTED, /* as ANY, where an access section allows it */
	OWN,     /* of the asker's own member, and only records of the node's own */
	ANY      /* of the asker's own member, records of every member */
};

#define ROLE_COUNT (ROLE_ADMIN + 1)

static const enum reach table[ROLE_COUNT][ACTION_COUNT] = {
	[ROLE_CHECKPOINT] = {
		[ACTION_LOOKUP] = ANY,
		[ACTION_RECORD_SHOW] = GRANTED,
		[ACTION_STATUS] = GRANTED,
	},
	[ROLE_AGENCY] = {
		[ACTION_LOOKUP] = ANY,
		[ACTION_SUBMIT] = OWN,
		[ACTION_RECORD_SHOW] = ANY,
		[ACTION_EXPORT] = ANY,
		[ACTION_DUE] = OWN,
		[ACTION_STATUS] = ANY,
		[ACTION_VERIFY] = ANY,
		[ACTION_PENDING] = OWN,
		[ACTION_APPROVE] = OWN,
		[ACTION_APPROVE_EXPORT] = ANY,
		[ACTION_HISTORY] = OWN,
		[ACTION_EXPLAIN] = ANY,
	},
	[ROLE_AUDITOR] = {
		[ACTION_RECORD_SHOW] = GRANTED,
		[ACTION_STATUS] = ANY,
		[ACTION_VERIFY] = ANY,
		[ACTION_PENDING] = GRANTED,
		[ACTION_AUTHZ] = ANY,
		[ACTION_ACCESS_LOG] = ANY,
		[ACTION_HISTORY] = OWN,
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
		[ACTION_PENDING] = OWN,
		[ACTION_APPROVE_EXPORT] = ANY,
		[ACTION_AUTHZ] = ANY,
		[ACTION_HISTORY] = OWN,
		[ACTION_EXPLAIN] = ANY,
	},
	/* what it may have of which list is its owner's decision: shared_with */
	[ROLE_NODE] = {
		[ACTION_REPLICATE] = ANY,
	},
};

static enum reach reach_of(enum role role, enum action action)
{
	if ((unsigned)role >= ROLE_COUNT || (unsigned)action >= ACTION_COUNT) {
		return NEVER;
	}
	return table[role][action];
}

bool authz_grantable(enum role role, enum action action)
{
	return reach_of(role, action) != NEVER;
}

/* ---- certificates' names ----------------------------------------------------------
 */

static bool fits(const char *pattern, const char *name)
{
	size_t size = strlen(pattern);

	if (size > 0 && pattern[size - 1] == '*') {
		return strncmp(pattern, name, size - 1) == 0;
	}
	return strcmp(pattern, name) == 0;
}

const struct authz_access *authz_access_of(
	const struct authz *authz, const struct identity *identity)
{
	for (size_t i = 0; i < authz->access_count; i++) {
		const struct authz_access *access = &authz->access[i];

		if (access->role == identity->role &&
			fits(access->name, identity->name)) {
			return access;
		}
	}
	return NULL;
}

static bool in(uint64_t actions, enum action action)
{
	return (unsigned)action < ACTION_COUNT && (actions & action_bit(action)) != 0;
}

static bool may_kind(
	const struct authz *authz, const struct identity *agency, uint32_t kind)
{
	for (size_t i = 0; i < authz->agencies_count; i++) {
		if (fits(authz->agencies[i].name, agency->name) && kind < 32 &&
			(authz->agencies[i].kinds >> kind & 1) != 0) {
			return true;
		}
	}
	return authz->agencies_count == 0;
}

/* ---- the rules --------------------------------------------------------------------
 */

/* "an agency or an administrator": who may, for the remedy. */
static void who_may(enum action action, char *out, size_t out_bytes)
{
	static const char *const roles[ROLE_COUNT] = {
		[ROLE_NODE] = "a node",
		[ROLE_CHECKPOINT] = "a checkpoint",
		[ROLE_AGENCY] = "an agency",
		[ROLE_AUDITOR] = "an auditor",
		[ROLE_ADMIN] = "an administrator",
	};
	const char *found[ROLE_COUNT];
	size_t count = 0, used = 0;

	for (size_t role = 0; role < ROLE_COUNT; role++) {
		if (reach_of((enum role)role, action) > GRANTED) {
			found[count++] = roles[role];
		}
	}
	out[0] = '\0';
	if (count == 0) {
		found[count++] = "somebody who may";
	}
	for (size_t i = 0; i < count; i++) {
		const char *separator = i == 0 ? "" : i + 1 == count ? " or " : ", ";
		size_t size = strlen(separator) + strlen(found[i]);

		if (used + size + 1 > out_bytes) {
			break;
		}
		memcpy(out + used, separator, strlen(separator));
		memcpy(out + used + strlen(separator), found[i], strlen(found[i]) + 1);
		used += size;
	}
}

static int check_role(
	const struct authz *authz, const struct authz_question *q, struct errmsg *msg)
{
	const struct identity *who = &q->asker->identity;
	const struct authz_access *access = authz_access_of(authz, who);
	enum reach reach = reach_of(who->role, q->action);
	char others[96];

	if (reach > GRANTED ||
		(reach == GRANTED && access != NULL && in(access->allow, q->action))) {
		return 0;
	}
	if (reach == GRANTED) {
		return errmsg_set(msg, CORDON_EDENIED,
			"role %s may %s only where the node's configuration allows it "
			"(section access %s/%s, allow)",
			ident_role_text(who->role), action_text(q->action),
			ident_role_text(who->role), who->name);
	}
	who_may(q->action, others, sizeof(others));
	return errmsg_set(msg, CORDON_EDENIED,
		"role %s may not %s; use the certificate of %s",
		ident_role_text(who->role), action_text(q->action), others);
}

static int check_access(
	const struct authz *authz, const struct authz_question *q, struct errmsg *msg)
{
	const struct identity *who = &q->asker->identity;
	const struct authz_access *access = authz_access_of(authz, who);

	if (access == NULL || !in(access->deny, q->action)) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EDENIED,
		"%s %s may not %s: section access %s/%s of the node's configuration "
		"denies it",
		ident_role_text(who->role), who->name, action_text(q->action),
		ident_role_text(who->role), access->name);
}

static int check_member(
	const struct authz *authz, const struct authz_question *q, struct errmsg *msg)
{
	const struct identity *who = &q->asker->identity;

	if (who->role == ROLE_NODE || ident_state_equal(&who->member, &authz->self)) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EDENIED,
		"this node of %s serves its own member's clients only; ask a node of "
		"%s",
		authz->self.code, who->member.code);
}

static int check_owner(
	const struct authz *authz, const struct authz_question *q, struct errmsg *msg)
{
	const struct identity *who = &q->asker->identity;

	if (reach_of(who->role, q->action) != OWN || q->owner == NULL ||
		ident_state_equal(q->owner, &authz->self)) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EOWNER,
		"role %s may %s of its own member %s only; those of %s are its own "
		"affair",
		ident_role_text(who->role), action_text(q->action), authz->self.code,
		q->owner->code);
}

static int check_kinds(
	const struct authz *authz, const struct authz_question *q, struct errmsg *msg)
{
	const struct identity *who = &q->asker->identity;
	const char *text = cordon_code_text(CORDON_CODES_KIND, q->kind);

	if (who->role != ROLE_AGENCY || q->kind == 0 ||
		(q->action != ACTION_SUBMIT && q->action != ACTION_APPROVE) ||
		may_kind(authz, who, q->kind)) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EDENIED,
		"agency %s may not %s %s; the node's administrator allows kinds in "
		"section agency of the configuration",
		who->name, q->action == ACTION_SUBMIT ? "submit" : "approve",
		text == NULL ? "records of that kind" : text);
}

static const char *query_text(unsigned type)
{
	static const char *const texts[] = {
		[CORDON_QUERY_DOCUMENT] = "document",
		[CORDON_QUERY_PERSONAL_NUMBER] = "personal_number",
		[CORDON_QUERY_MRZ] = "mrz",
		[CORDON_QUERY_PERSON] = "person",
	};

	return type >= CORDON_QUERY_DOCUMENT && type <= CORDON_QUERY_PERSON
		       ? texts[type]
		       : "other";
}

static int check_queries(
	const struct authz *authz, const struct authz_question *q, struct errmsg *msg)
{
	const struct identity *who = &q->asker->identity;
	const struct authz_access *access = authz_access_of(authz, who);
	uint32_t beyond;
	unsigned type = 0;

	if (q->action != ACTION_LOOKUP || access == NULL || access->queries == 0) {
		return 0;
	}
	beyond = q->queries & ~access->queries;
	if (beyond == 0) {
		return 0;
	}
	while ((beyond >> type & 1) == 0) {
		type++;
	}
	return errmsg_set(msg, CORDON_EDENIED,
		"%s %s may not ask by %s: section access %s/%s of the node's "
		"configuration names the questions that it may ask",
		ident_role_text(who->role), who->name, query_text(type),
		ident_role_text(who->role), access->name);
}

static int check_daily(
	const struct authz *authz, const struct authz_question *q, struct errmsg *msg)
{
	const struct identity *who = &q->asker->identity;
	const struct authz_access *access = authz_access_of(authz, who);

	if (q->action != ACTION_LOOKUP || access == NULL ||
		access->lookups_daily == 0 ||
		q->lookups_today <= access->lookups_daily) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EDENIED,
		"%s %s may ask %u questions a day and has asked as many; the node's "
		"administrator sets lookups_daily in section access %s/%s",
		ident_role_text(who->role), who->name, access->lookups_daily,
		ident_role_text(who->role), access->name);
}

static int check_second(
	const struct authz *authz, const struct authz_question *q, struct errmsg *msg)
{
	const struct identity *who = &q->asker->identity;

	(void)authz;
	if ((q->action != ACTION_APPROVE && q->action != ACTION_APPROVE_EXPORT) ||
		q->author == NULL || !ident_equal(q->author, who)) {
		return 0;
	}
	return errmsg_set(msg, CORDON_EDENIED,
		"%s %s submitted it: a second certificate of %s must approve it",
		ident_role_text(who->role), who->name, authz->self.code);
}

static const struct {
	const char *name;
	int (*check)(const struct authz *authz, const struct authz_question *q,
		struct errmsg *msg);
} rules[RULE_COUNT] = {
	[RULE_ROLE] = { "role", check_role },
	[RULE_ACCESS] = { "access", check_access },
	[RULE_MEMBER] = { "member", check_member },
	[RULE_OWNER] = { "owner", check_owner },
	[RULE_KINDS] = { "kinds", check_kinds },
	[RULE_QUERIES] = { "queries", check_queries },
	[RULE_DAILY] = { "daily", check_daily },
	[RULE_SECOND] = { "second", check_second },
};

const char *authz_rule_name(enum authz_rule rule)
{
	return (unsigned)rule < RULE_COUNT ? rules[rule].name : "?";
}

int authz_rule_check(const struct authz *authz, const struct authz_question *question,
	enum authz_rule rule, struct errmsg *msg)
{
	int error = rules[rule].check(authz, question, msg);

	return error == 0 ? 0 : rule_name(msg, error, rules[rule].name);
}

int authz_decide(const struct authz *authz, const struct authz_question *question,
	enum authz_rule *rule, struct errmsg *msg)
{
	for (int i = 0; i < RULE_COUNT; i++) {
		int error = authz_rule_check(authz, question, (enum authz_rule)i, msg);

		if (error != 0) {
			if (rule != NULL) {
				*rule = (enum authz_rule)i;
			}
			return error;
		}
	}
	return 0;
}

/* ---- fields -----------------------------------------------------------------------
 */

bool authz_whole_records(const struct authz *authz, const struct asker *asker)
{
	const struct authz_access *access = authz_access_of(authz, &asker->identity);

	return asker->identity.role != ROLE_CHECKPOINT ||
	       (access != NULL && access->whole_records);
}

bool authz_reads_note(const struct authz *authz, const struct asker *asker,
	const struct state *owner, uint32_t kind)
{
	const struct identity *who = &asker->identity;

	return who->role == ROLE_AGENCY && ident_state_equal(owner, &authz->self) &&
	       ident_state_equal(&who->member, &authz->self) &&
	       may_kind(authz, who, kind);
}

int policy_check(const struct asker *asker, enum action action,
	const struct state *self, const struct state *owner, struct errmsg *msg)
{
	const struct authz bare = { .self = *self };
	const struct authz_question question = {
		.asker = asker, .action = action, .owner = owner
	};

	return authz_decide(&bare, &question, NULL, msg);
}
