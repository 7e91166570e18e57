/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <cordon/record.h>
#include "daemon/core/authz/policy.h"
#include "proto/rule.h"

/*
 * The whole table: who may do what at a node of KAZ.  One letter for each action in the
 * order of enum action (lookup, submit, record_show, export, due, status, verify,
 * takeover, aside, upkeep, scrub, replicate, pending, approve, approve_export, authz,
 * access_log, history):
 * '-' never, 'o' own records, 'a' records of any member, 'g' any, where the
 * configuration allows it.
 */
struct row {
	const char *member;
	enum role role;
	bool local;
	const char *may;
};

static const struct row table[] = {
	{ "KAZ", ROLE_NONE, false, "-------------------" },
	{ "KAZ", ROLE_NODE, false, "-----------a-------" },
	{ "KAZ", ROLE_CHECKPOINT, false, "a-g--g-------------" },
	{ "KAZ", ROLE_AGENCY, false, "aoaaoaa-----ooa--oa" },
	{ "KAZ", ROLE_AUDITOR, false, "--g--aa-----g--aao-" },
	{ "KAZ", ROLE_ADMIN, false, "a-aaoaaoooa-o-aa-oa" },
	{ "KAZ", ROLE_ADMIN, true, "a-aaoaaoooa-o-aa-oa" },
	{ "RUS", ROLE_NONE, false, "-------------------" },
	{ "RUS", ROLE_NODE, false, "-----------a-------" },
	{ "RUS", ROLE_CHECKPOINT, false, "-------------------" },
	{ "RUS", ROLE_AGENCY, false, "-------------------" },
	{ "RUS", ROLE_AUDITOR, false, "-------------------" },
	{ "RUS", ROLE_ADMIN, false, "-------------------" },
};

static const struct state kaz = { "KAZ" }, rus = { "RUS" };

static struct asker asker_of(const struct row *row)
{
	struct asker asker = {
		.identity = { .role = row->role, .name = "somebody-1" },
		.local = row->local,
	};

	strcpy(asker.identity.member.code, row->member);
	return asker;
}

/* A cell of the table at a node with these sections, for every kind and for none. */
static void assert_cell(const struct authz *authz, const struct row *row,
	enum action action, const struct state *owner, bool may)
{
	const struct asker asker = asker_of(row);

	for (uint32_t kind = 0; kind <= CORDON_KIND_INVALID_DOCUMENT; kind++) {
		const struct authz_question question = {
			.asker = &asker, .action = action, .owner = owner, .kind = kind
		};
		struct errmsg msg = { "" };
		char rule[RULE_NAME_MAX];
		int error = authz_decide(authz, &question, NULL, &msg);

		if (may ? error != 0
			: error != CORDON_EDENIED && error != CORDON_EOWNER) {
			fail_msg("%s %s, %s of %s, kind %u: %d %s", row->member,
				ident_role_text(row->role), action_name(action),
				owner == NULL ? "nobody in particular" : owner->code,
				kind, error, msg.text);
		}
		assert_int_equal(rule_of(msg.text, rule), !may);
	}
}

static void every_cell_is_as_the_table_says(void **state)
{
	const struct authz bare = { .self = kaz };

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct row *row = &table[i];

		assert_int_equal(strlen(row->may), ACTION_COUNT);
		for (int action = 0; action < ACTION_COUNT; action++) {
			enum action a = (enum action)action;
			bool may = strchr("oa", row->may[action]) != NULL;

			assert_cell(&bare, row, a, NULL, may);
			assert_cell(&bare, row, a, &kaz, may);
			assert_cell(&bare, row, a, &rus, row->may[action] == 'a');
		}
	}
}

/* The same with a section for the role that allows, and one that denies, all there is.
 */
static void sections_extend_and_narrow_what_they_can(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct row *row = &table[i];
		const struct authz_access all = {
			.role = row->role, .name = "some*", .allow = UINT64_MAX
		};
		const struct authz_access none = { .role = row->role,
			.name = "somebody-1",
			.allow = UINT64_MAX,
			.deny = UINT64_MAX };
		const struct authz wide = { kaz, &all, 1, NULL, 0 };
		const struct authz narrow = { kaz, &none, 1, NULL, 0 };

		for (int action = 0; action < ACTION_COUNT; action++) {
			enum action a = (enum action)action;
			char may = row->may[action];

			assert_cell(&wide, row, a, &kaz, may != '-');
			assert_cell(&wide, row, a, &rus, may == 'a' || may == 'g');
			assert_cell(&narrow, row, a, &kaz, false);
			if (strcmp(row->member, "KAZ") == 0) {
				assert_int_equal(
					authz_grantable(row->role, a), may != '-');
			}
		}
	}
}

/* ---- sections ---------------------------------------------------------------------
 */

static struct authz_question question_of(
	const struct asker *asker, enum action action, uint32_t kind)
{
	return (struct authz_question){
		.asker = asker, .action = action, .owner = &kaz, .kind = kind
	};
}

static void assert_rule(const struct authz *authz,
	const struct authz_question *question, enum authz_rule expected)
{
	enum authz_rule rule = RULE_COUNT;
	struct errmsg msg = { "" };
	char name[RULE_NAME_MAX];
	int error = authz_decide(authz, question, &rule, &msg);

	assert_int_equal(rule, expected);
	assert_int_equal(error != 0, expected != RULE_COUNT);
	if (error != 0) {
		assert_true(rule_of(msg.text, name));
		assert_string_equal(name, authz_rule_name(expected));
	}
}

static void an_agency_is_limited_to_its_kinds(void **state)
{
	static const enum action actions[] = { ACTION_SUBMIT, ACTION_APPROVE };
	const struct authz_agency agencies[] = {
		{ "other-*", 1u << CORDON_KIND_ENTRY_BAN },
		{ "some*", 1u << CORDON_KIND_DEPORTATION },
		{ "somebody-1", 1u << CORDON_KIND_ILLEGAL_STAY },
	};
	const struct authz authz = { kaz, NULL, 0, agencies, 3 };
	const struct asker agency = asker_of(&table[3]);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct authz_question q = question_of(&agency, actions[i], 0);

		assert_rule(&authz, &q, RULE_COUNT);
		q.kind = CORDON_KIND_DEPORTATION;
		assert_rule(&authz, &q, RULE_COUNT);
		q.kind = CORDON_KIND_ILLEGAL_STAY;
		assert_rule(&authz, &q, RULE_COUNT);
		q.kind = CORDON_KIND_ENTRY_BAN;
		assert_rule(&authz, &q, RULE_KINDS);
		q.kind = UINT32_MAX;
		assert_rule(&authz, &q, RULE_KINDS);
	}
	assert_true(authz_reads_note(&authz, &agency, &kaz, CORDON_KIND_DEPORTATION));
	assert_false(authz_reads_note(&authz, &agency, &kaz, CORDON_KIND_ENTRY_BAN));
}

static void a_checkpoint_is_limited_to_its_questions(void **state)
{
	const struct authz_access access = { .role = ROLE_CHECKPOINT,
		.name = "somebody-1",
		.queries = 1u << CORDON_QUERY_DOCUMENT | 1u << CORDON_QUERY_MRZ };
	const struct authz authz = { kaz, &access, 1, NULL, 0 };
	const struct asker desk = asker_of(&table[2]);
	const struct asker admin = asker_of(&table[5]);
	struct authz_question q = question_of(&desk, ACTION_LOOKUP, 0);

	(void)state;
	for (unsigned type = CORDON_QUERY_DOCUMENT; type <= CORDON_QUERY_PERSON;
		type++) {
		bool may = type == CORDON_QUERY_DOCUMENT || type == CORDON_QUERY_MRZ;

		q.queries = 1u << type;
		assert_rule(&authz, &q, may ? RULE_COUNT : RULE_QUERIES);
	}
	q.queries |= 1u << CORDON_QUERY_DOCUMENT; /* one of several */
	assert_rule(&authz, &q, RULE_QUERIES);
	q.queries = 1u; /* none that is known */
	assert_rule(&authz, &q, RULE_QUERIES);
	q.asker = &admin; /* the section is about checkpoints */
	assert_rule(&authz, &q, RULE_COUNT);
}

static void a_checkpoint_has_a_daily_ceiling(void **state)
{
	const struct authz_access access[] = {
		{ .role = ROLE_CHECKPOINT, .name = "some*", .lookups_daily = 100 },
		{ .role = ROLE_CHECKPOINT, .name = "*" },
	};
	const struct authz authz = { kaz, access, 2, NULL, 0 };
	struct asker desk = asker_of(&table[2]);
	struct authz_question q = question_of(&desk, ACTION_LOOKUP, 0);

	(void)state;
	q.lookups_today = 100;
	assert_rule(&authz, &q, RULE_COUNT);
	q.lookups_today = 101;
	assert_rule(&authz, &q, RULE_DAILY);
	strcpy(desk.identity.name, "another"); /* the second section fits it first */
	assert_rule(&authz, &q, RULE_COUNT);
}

static void nobody_approves_what_is_their_own(void **state)
{
	const struct authz authz = { .self = kaz };
	const struct asker agency = asker_of(&table[3]);
	struct identity author = agency.identity;
	struct authz_question q = question_of(&agency, ACTION_APPROVE, 1);

	(void)state;
	assert_rule(&authz, &q, RULE_COUNT);
	q.author = &author;
	assert_rule(&authz, &q, RULE_SECOND);
	q.action = ACTION_APPROVE_EXPORT;
	assert_rule(&authz, &q, RULE_SECOND);
	q.action = ACTION_SUBMIT;
	assert_rule(&authz, &q, RULE_COUNT);
	q.action = ACTION_APPROVE;
	strcpy(author.name, "somebody-2");
	assert_rule(&authz, &q, RULE_COUNT);
}

static void notes_and_whole_records_are_for_those_who_need_them(void **state)
{
	const struct authz_access whole = {
		.role = ROLE_CHECKPOINT, .name = "somebody-1", .whole_records = true
	};
	const struct authz bare = { .self = kaz };
	const struct authz wide = { kaz, &whole, 1, NULL, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct asker asker = asker_of(&table[i]);
		bool agency = table[i].role == ROLE_AGENCY;
		bool own = strcmp(table[i].member, "KAZ") == 0;

		assert_int_equal(
			authz_reads_note(&bare, &asker, &kaz, 1), agency && own);
		assert_false(authz_reads_note(&bare, &asker, &rus, 1));
		assert_int_equal(authz_whole_records(&bare, &asker),
			table[i].role != ROLE_CHECKPOINT);
		assert_true(authz_whole_records(&wide, &asker));
	}
}

static void the_table_has_every_role_of_both_members(void **state)
{
	unsigned seen[2] = { 0, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		seen[strcmp(table[i].member, "KAZ") == 0] |= 1u << table[i].role;
	}
	assert_int_equal(seen[0], (1u << (ROLE_ADMIN + 1)) - 1);
	assert_int_equal(seen[1], (1u << (ROLE_ADMIN + 1)) - 1);
}

static void a_denial_names_the_rule_and_the_remedy(void **state)
{
	const struct asker desk = asker_of(&table[2]);
	const struct asker foreign = asker_of(&table[9]);
	const struct asker agency = asker_of(&table[3]);
	struct errmsg msg = { "" };

	(void)state;
	assert_int_equal(
		policy_check(&desk, ACTION_SUBMIT, &kaz, NULL, &msg), CORDON_EDENIED);
	assert_string_equal(msg.text,
		"role checkpoint may not submit records; use the certificate of an "
		"agency (rule role)");
	assert_int_equal(policy_check(&foreign, ACTION_LOOKUP, &kaz, NULL, &msg),
		CORDON_EDENIED);
	assert_string_equal(msg.text,
		"this node of KAZ serves its own member's clients only; ask a node of "
		"RUS (rule member)");
	assert_int_equal(
		policy_check(&agency, ACTION_SUBMIT, &kaz, &rus, &msg), CORDON_EOWNER);
	assert_non_null(strstr(msg.text, "RUS"));
	assert_non_null(strstr(msg.text, "own member KAZ only"));
}

static void what_is_no_role_and_no_action_is_denied(void **state)
{
	struct asker asker = asker_of(&table[5]);

	(void)state;
	assert_int_equal(
		policy_check(&asker, (enum action)ACTION_COUNT, &kaz, NULL, NULL),
		CORDON_EDENIED);
	assert_int_equal(policy_check(&asker, (enum action) - 1, &kaz, NULL, NULL),
		CORDON_EDENIED);
	asker.identity.role = (enum role)(ROLE_ADMIN + 1);
	assert_int_equal(
		policy_check(&asker, ACTION_STATUS, &kaz, NULL, NULL), CORDON_EDENIED);
	assert_non_null(action_text((enum action)ACTION_COUNT));
	assert_string_equal(action_name((enum action)ACTION_COUNT), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_as_the_table_says),
		cmocka_unit_test(sections_extend_and_narrow_what_they_can),
		cmocka_unit_test(an_agency_is_limited_to_its_kinds),
		cmocka_unit_test(a_checkpoint_is_limited_to_its_questions),
		cmocka_unit_test(a_checkpoint_has_a_daily_ceiling),
		cmocka_unit_test(nobody_approves_what_is_their_own),
		cmocka_unit_test(notes_and_whole_records_are_for_those_who_need_them),
		cmocka_unit_test(the_table_has_every_role_of_both_members),
		cmocka_unit_test(a_denial_names_the_rule_and_the_remedy),
		cmocka_unit_test(what_is_no_role_and_no_action_is_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
