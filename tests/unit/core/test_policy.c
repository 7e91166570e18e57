/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/authz/policy.h"

/*
 * The whole table: who may do what at a node of KAZ.  One letter for each action in the
 * order of enum action (look up, submit, show, export, due, status, verify, take over,
 * put aside, upkeep, scrub, replicate):
 * '-' never, 'o' own records, 'a' records of any member.
 */
struct row {
	const char *member;
	enum role role;
	bool local;
	const char *may;
};

static const struct row table[] = {
	{ "KAZ", ROLE_NONE, false, "------------" },
	{ "KAZ", ROLE_NODE, false, "-----------a" },
	{ "KAZ", ROLE_CHECKPOINT, false, "a-----------" },
	{ "KAZ", ROLE_AGENCY, false, "aoaaoaa-----" },
	{ "KAZ", ROLE_AUDITOR, false, "-----aa-----" },
	{ "KAZ", ROLE_ADMIN, false, "a-aaoaaoooa-" },
	{ "KAZ", ROLE_ADMIN, true, "a-aaoaaoooa-" },
	{ "RUS", ROLE_NONE, false, "------------" },
	{ "RUS", ROLE_NODE, false, "-----------a" },
	{ "RUS", ROLE_CHECKPOINT, false, "------------" },
	{ "RUS", ROLE_AGENCY, false, "------------" },
	{ "RUS", ROLE_AUDITOR, false, "------------" },
	{ "RUS", ROLE_ADMIN, false, "------------" },
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

static void assert_cell(
	const struct row *row, enum action action, const struct state *owner, bool may)
{
	const struct asker asker = asker_of(row);
	struct errmsg msg = { "" };
	int error = policy_check(&asker, action, &kaz, owner, &msg);

	if (may ? error != 0 : error != CORDON_EDENIED && error != CORDON_EOWNER) {
		fail_msg("%s %s, %s of %s: %d %s", row->member,
			ident_role_text(row->role), policy_action_text(action),
			owner == NULL ? "nobody in particular" : owner->code, error,
			msg.text);
	}
	if (!may) {
		assert_string_not_equal(msg.text, "");
	}
}

static void every_cell_is_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct row *row = &table[i];

		assert_int_equal(strlen(row->may), ACTION_COUNT);
		for (int action = 0; action < ACTION_COUNT; action++) {
			char may = row->may[action];

			assert_cell(row, (enum action)action, NULL, may != '-');
			assert_cell(row, (enum action)action, &kaz, may != '-');
			assert_cell(row, (enum action)action, &rus, may == 'a');
		}
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
		"agency");
	assert_int_equal(policy_check(&foreign, ACTION_LOOKUP, &kaz, NULL, &msg),
		CORDON_EDENIED);
	assert_string_equal(msg.text,
		"this node of KAZ serves its own member's clients only; ask a node of "
		"RUS");
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
	assert_non_null(policy_action_text((enum action)ACTION_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_as_the_table_says),
		cmocka_unit_test(the_table_has_every_role_of_both_members),
		cmocka_unit_test(a_denial_names_the_rule_and_the_remedy),
		cmocka_unit_test(what_is_no_role_and_no_action_is_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
