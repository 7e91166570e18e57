/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of rights at a real node: each role asks for each action with its own
 * certificate, and is answered as the pure table says; who is denied is told the rule,
 * the log names it, and its metric counts it.
 */
#define _GNU_SOURCE /* asprintf */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "daemon/core/authz/policy.h"
#include "tests/lib/union.h"

#define ARGUMENTS_MAX 6

static struct testunion *all;
static struct union_node *kaz, *rus;

static const enum role roles[UNION_ROLES] = { [UNION_ADMIN] = ROLE_ADMIN,
	[UNION_AGENCY] = ROLE_AGENCY,
	[UNION_CHECKPOINT] = ROLE_CHECKPOINT,
	[UNION_AUDITOR] = ROLE_AUDITOR };

/* What asks for an action; owner: whose records it is about, NULL: nobody's. */
struct command {
	enum action action;
	const char *owner;
	const char *arguments[ARGUMENTS_MAX];
	const char *input;
};

static char *own_ban, *other_ban;

static struct command commands[] = {
	{ ACTION_LOOKUP, NULL, { "lookup", "document", "ZZ1", "--issuer", "UZB" },
		NULL },
	{ ACTION_SUBMIT, "KAZ", { "record", "put", "-" }, NULL },
	{ ACTION_SUBMIT, "RUS", { "record", "put", "-" }, NULL },
	{ ACTION_RECORD_SHOW, "KAZ", { "record", "show", "KAZ-1" }, NULL },
	{ ACTION_RECORD_SHOW, "RUS", { "record", "show", "RUS-1" }, NULL },
	{ ACTION_EXPORT, NULL, { "export" }, NULL },
	{ ACTION_DUE, NULL, { "record", "due" }, NULL },
	{ ACTION_STATUS, NULL, { "status" }, NULL },
	{ ACTION_VERIFY, NULL, { "verify" }, NULL },
	{ ACTION_TAKEOVER, NULL, { "promote" }, NULL },
	{ ACTION_ASIDE, NULL, { "aside", "list" }, NULL },
	{ ACTION_UPKEEP, NULL, { "brake", "list" }, NULL },
	{ ACTION_SCRUB, NULL, { "scrub" }, NULL },
	{ ACTION_PENDING, NULL, { "record", "pending" }, NULL },
	{ ACTION_AUTHZ, NULL,
		{ "authz", "lookup", "--as", "cordon://KAZ/checkpoint/gate-1" }, NULL },
	{ ACTION_ACCESS_LOG, NULL, { "access-log", "checkpoint" }, NULL },
	{ ACTION_HISTORY, "KAZ", { "record", "history", "KAZ-1" }, NULL },
	{ ACTION_HISTORY, "RUS", { "record", "history", "RUS-1" }, NULL },
	{ ACTION_EXPLAIN, NULL, { "explain", "--name", "MARK", "RUS-1" }, NULL },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void put_bans(void)
{
	char text[512];

	own_ban = union_ban("KAZ-1", "TESTOV", "AA11111");
	other_ban = union_ban("RUS-1", "TESTOV", "AA22222");
	assert_int_equal(union_try_put(kaz, UNION_AGENCY, own_ban, text), 0);
	assert_int_equal(union_try_put(rus, UNION_AGENCY, other_ban, text), 0);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (commands[i].action == ACTION_SUBMIT) {
			commands[i].input = strcmp(commands[i].owner, "KAZ") == 0
						    ? own_ban
						    : other_ban;
		}
	}
}

static int setup(void **state)
{
	(void)state;
	all = union_create();
	kaz = union_add(all, "KAZ", "node-1");
	rus = union_add(all, "RUS", "node-1");
	kaz->metrics = union_free_port(all);
	kaz->access_log = true;
	kaz->extra = "two_eyes = {detain}\n"
		     "access checkpoint/narrow { queries = {document} }\n"
		     "access agency/silent { deny = {export} }\n"
		     "agency bans-only { kinds = {entry_ban} }\n"
		     "agency \"*\" { kinds = {entry_ban, deportation} }\n";
	union_launch(kaz);
	union_launch(rus);
	union_await(kaz);
	union_await(rus);
	put_bans();
	union_await_verdict(kaz, "AA22222", CORDON_VERDICT_MATCH);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(own_ban);
	free(other_ban);
	union_destroy(all);
	return 0;
}

static uint64_t denials(const char *rule)
{
	char name[64];

	snprintf(name, sizeof(name), "denials_total{rule=\"%s\"}", rule);
	return union_metric(kaz, name);
}

static void ask(enum union_role role, const struct command *command,
	const char *certificate, struct union_output *output)
{
	const char *const *a = command->arguments;
	char cert[UNION_PATH_MAX], key[UNION_PATH_MAX];

	if (certificate == NULL) {
		union_ctl(kaz, role, command->input, output, "--json", a[0], a[1], a[2],
			a[3], a[4], NULL);
		return;
	}
	snprintf(cert, sizeof(cert), "%s/%s.pem", kaz->pki, certificate);
	snprintf(key, sizeof(key), "%s/%s.key", kaz->pki, certificate);
	union_ctl(kaz, role, command->input, output, "--json", "--cert", cert, "--key",
		key, a[0], a[1], a[2], a[3], a[4], NULL);
}

/* Every way in which it can be told, and nothing is told to who may. */
static void expect(const char *who, const struct command *command, int denied,
	const char *rule, const struct union_output *output, size_t log_from)
{
	char ends[64], told[64];
	bool says = strstr(output->out, "(rule ") != NULL ||
		    strstr(output->err, "(rule ") != NULL;

	if (says != (denied != 0)) {
		fail_msg("%s, %s: %s by the table: %d %s%s", who,
			action_name(command->action), denied ? "denied" : "allowed",
			output->status, output->out, output->err);
	}
	if (denied == 0) {
		return;
	}
	snprintf(ends, sizeof(ends), "(rule %s)", rule);
	snprintf(told, sizeof(told), "\"code\":\"%s\"",
		denied == CORDON_EOWNER ? "OWNER" : "DENIED");
	if (strstr(output->out, ends) == NULL && strstr(output->err, ends) == NULL) {
		fail_msg("%s, %s: not by rule %s: %s%s", who,
			action_name(command->action), rule, output->out, output->err);
	}
	/* an item of a submission is refused by itself, and has no code in the tool's
	 * output */
	if (command->action != ACTION_SUBMIT || strcmp(rule, "role") == 0) {
		assert_non_null(strstr(output->out, told));
	}
	union_await_log(kaz, log_from, ends);
}

static void each_role_may_what_the_table_says(void **state)
{
	struct state self;
	unsigned denied_count = 0;

	(void)state;
	assert_true(ident_state_set(&self, "KAZ", 3));
	for (size_t i = 0; i < UNION_ROLES * COMMANDS; i++) {
		enum union_role role = (enum union_role)(i / COMMANDS);
		const struct command *command = &commands[i % COMMANDS];
		struct asker asker = { .identity = {
					       .member = self, .role = roles[role] } };
		const struct authz authz = { .self = self };
		struct state owner;
		struct authz_question question = { .asker = &asker,
			.action = command->action };
		enum authz_rule rule = RULE_COUNT;
		struct union_output output;
		uint64_t before;
		size_t log_from = union_log_size(kaz);
		const char *name;
		int denied;

		if (command->owner != NULL) {
			assert_true(ident_state_set(&owner, command->owner, 3));
			question.owner = &owner;
		}
		denied = authz_decide(&authz, &question, &rule, NULL);
		name = denied == 0 ? "role" : authz_rule_name(rule);
		before = denials(name);
		ask(role, command, NULL, &output);
		expect(union_role_text(role), command, denied, name, &output, log_from);
		assert_int_equal(denials(name), before + (denied != 0));
		denied_count += denied != 0;
		union_output_finish(&output);
	}
	assert_in_range(denied_count, 20, UNION_ROLES * COMMANDS - 20);
}

static void issue(const char *name, const char *uri)
{
	const struct union_leaf leaf = { .uri = uri };

	union_issue(kaz, name, &leaf);
}

static void sections_narrow_by_name(void **state)
{
	static const struct {
		const char *certificate, *uri, *rule;
		struct command command;
	} cases[] = {
		{ "narrow", "cordon://KAZ/checkpoint/narrow", "queries",
			{ ACTION_LOOKUP, NULL, { "lookup", "person", "--name", "X" },
				NULL } },
		{ "narrow", "cordon://KAZ/checkpoint/narrow", NULL,
			{ ACTION_LOOKUP, NULL, { "lookup", "document", "ZZ1" },
				NULL } },
		{ "silent", "cordon://KAZ/agency/silent", "access",
			{ ACTION_EXPORT, NULL, { "export" }, NULL } },
		{ "silent", "cordon://KAZ/agency/silent", NULL,
			{ ACTION_STATUS, NULL, { "status" }, NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t log_from = union_log_size(kaz);
		const char *rule = cases[i].rule == NULL ? "access" : cases[i].rule;
		uint64_t before = denials(rule);
		struct union_output output;

		issue(cases[i].certificate, cases[i].uri);
		ask(UNION_AGENCY, &cases[i].command, cases[i].certificate, &output);
		expect(cases[i].uri, &cases[i].command,
			cases[i].rule == NULL ? 0 : CORDON_EDENIED, rule, &output,
			log_from);
		assert_int_equal(denials(rule), before + (cases[i].rule != NULL));
		union_output_finish(&output);
	}
}

static void an_agency_submits_its_kinds_only(void **state)
{
	struct command put = { ACTION_SUBMIT, "KAZ", { "record", "put", "-" },
		"{\"id\":\"KAZ-9\",\"kind\":\"illegal_stay\",\"reason\":\"overstay\","
		"\"valid_from\":\"2026-01-01\",\"valid_until\":\"2029-12-31\","
		"\"actions\":[\"refer\"],\"person\":{\"names\":[{\"type\":"
		"\"primary\",\"full\":\"TESTOV MARK\"}],\"born\":\"1990-01-01\"}}" };
	uint64_t before = denials("kinds");
	struct union_output output;

	(void)state;
	ask(UNION_AGENCY, &put, NULL, &output);
	assert_non_null(strstr(output.out, "(rule kinds)"));
	assert_int_equal(denials("kinds"), before + 1);
	union_output_finish(&output);
}

static long pending_number(void)
{
	struct command list = { ACTION_PENDING, NULL, { "record", "pending" }, NULL };
	struct union_output output;
	const char *at;
	long number;

	ask(UNION_AGENCY, &list, NULL, &output);
	at = strstr(output.out, "\"number\":");
	assert_non_null(at);
	number = strtol(at + strlen("\"number\":"), NULL, 10);
	union_output_finish(&output);
	return number;
}

static void submit_for_two(const char *id, const char *number)
{
	struct command put = { ACTION_SUBMIT, "KAZ", { "record", "put", "-" }, NULL };
	struct union_output output;
	char *ban = union_ban(id, "TESTOV", number), *at = strstr(ban, "refuse_entry");
	char *detain = NULL;

	assert_non_null(at);
	assert_true(asprintf(&detain, "%.*sdetain%s", (int)(at - ban), ban,
			    at + strlen("refuse_entry")) > 0);
	put.input = detain;
	ask(UNION_AGENCY, &put, NULL, &output);
	if (output.status != 7) {
		fail_msg("%d %s%s", output.status, output.out, output.err);
	}
	union_output_finish(&output);
	free(detain);
	free(ban);
	assert_int_equal(union_verdict(kaz, number), CORDON_VERDICT_CLEAR);
}

static void it_takes_a_second_certificate(void **state)
{
	struct command approve = { ACTION_APPROVE, NULL, { "record", "approve" },
		NULL };
	uint64_t before = denials("second");
	struct union_output output;
	char number[24];

	(void)state;
	submit_for_two("KAZ-5", "AA55555");
	snprintf(number, sizeof(number), "%ld", pending_number());
	approve.arguments[2] = number;
	ask(UNION_AGENCY, &approve, NULL, &output);
	assert_non_null(strstr(output.out, "(rule second)"));
	assert_int_equal(denials("second"), before + 1);
	union_output_finish(&output);
	assert_int_equal(union_verdict(kaz, "AA55555"), CORDON_VERDICT_CLEAR);
	issue("second", "cordon://KAZ/agency/second");
	ask(UNION_AGENCY, &approve, "second", &output);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
	assert_int_equal(union_verdict(kaz, "AA55555"), CORDON_VERDICT_MATCH);
}

static void what_is_rejected_is_never_entered(void **state)
{
	struct command reject = { ACTION_APPROVE, NULL, { "record", "reject" }, NULL };
	struct union_output output;
	char number[24];

	(void)state;
	submit_for_two("KAZ-6", "AA66666");
	snprintf(number, sizeof(number), "%ld", pending_number());
	reject.arguments[2] = number;
	issue("second", "cordon://KAZ/agency/second");
	ask(UNION_AGENCY, &reject, "second", &output);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
	assert_int_equal(union_verdict(kaz, "AA66666"), CORDON_VERDICT_CLEAR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_may_what_the_table_says),
		cmocka_unit_test(sections_narrow_by_name),
		cmocka_unit_test(an_agency_submits_its_kinds_only),
		cmocka_unit_test(it_takes_a_second_certificate),
		cmocka_unit_test(what_is_rejected_is_never_entered),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
