/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <cordon/client.h>
#include "daemon/node/rights.h"
#include "tests/unit/node/asking.h"

/* What sections of the configuration make of requests, and who is told of it. */

static int set_up(void **state)
{
	*state = node_case_create("two_eyes = {}\n"
				  "access \"checkpoint/desk-*\" { queries = {document, "
				  "mrz} lookups_daily "
				  "= 5 allow = {record_show} }\n"
				  "access \"auditor/*\" { deny = {verify} }\n");
	return 0;
}

static int set_up_bare(void **state)
{
	*state = node_case_create("two_eyes = {}\n");
	return 0;
}

static int set_up_whole(void **state)
{
	*state = node_case_create("two_eyes = {}\n"
				  "access checkpoint/desk-1 { records = whole }\n");
	return 0;
}

static int tear_down(void **state)
{
	node_case_destroy(*state);
	return 0;
}

static uint32_t ask(struct asking *a, Cordon__Query **queries, size_t count)
{
	Cordon__LookupRequest message = CORDON__LOOKUP_REQUEST__INIT;

	message.queries = queries;
	message.n_queries = count;
	return asking_send(a, MESSAGE_LOOKUP, &message.base);
}

static void questions_that_are_not_named_are_denied(void **state)
{
	struct node_case *c = *state;
	Cordon__Query *queries[2];
	struct asking a;

	asking_connect(&a, c, "desk");
	queries[0] = asking_document(&a, "AA1", "UZB");
	queries[1] = asking_person(&a, "KARIMOV", "1990-01-01");
	asking_refused(&a, ask(&a, queries, 2), CORDON_EDENIED,
		"may not ask by person: section access checkpoint/desk-*");
	asking_refused(&a, ask(&a, &queries[1], 1), CORDON_EDENIED, "(rule queries)");
	asking_lookup(&a, queries[0]);
	assert_int_equal(atomic_load(&c->node.counters.denied_by[RULE_QUERIES]), 2);
	assert_int_equal(atomic_load(&c->node.counters.denied), 2);
	asking_finish(&a);
}

static void a_ceiling_counts_what_is_answered(void **state)
{
	struct node_case *c = *state;
	Cordon__Query *queries[6];
	struct asking a;

	asking_connect(&a, c, "desk");
	for (size_t i = 0; i < 6; i++) {
		queries[i] = asking_document(&a, "AA1", "UZB");
	}
	/* a batch that is too large for what is left takes nothing of it */
	asking_refused(&a, ask(&a, queries, 6), CORDON_EDENIED, "(rule daily)");
	for (size_t i = 0; i < 5; i++) {
		asking_lookup(&a, queries[i]);
	}
	asking_refused(&a, ask(&a, queries, 1), CORDON_EDENIED, "5 questions a day");
	assert_int_equal(atomic_load(&c->node.counters.denied_by[RULE_DAILY]), 2);
	asking_finish(&a);
}

static void the_next_day_is_another(void **state)
{
	struct node_case *c = *state;
	struct rights *rights = c->node.rights;
	struct asker asker = { .identity = { { "KAZ" }, ROLE_CHECKPOINT, "desk-9" } };

	assert_true(rights_count_lookups(rights, &asker, 3, 86399, 0) == 3);
	assert_true(rights_count_lookups(rights, &asker, 4, 86399, 0) == 7);
	rights_forget_lookups(rights, &asker, 4);
	assert_true(rights_count_lookups(rights, &asker, 1, 86399, 0) == 4);
	assert_true(rights_count_lookups(rights, &asker, 1, 86400, 0) == 1);
	/* the day is the member's own */
	assert_true(rights_count_lookups(rights, &asker, 1, 86400 + 3600, -120) == 1);
	asker.identity.role = ROLE_AGENCY; /* has no ceiling */
	assert_true(rights_count_lookups(rights, &asker, 99, 86400, 0) == 0);
}

static void sections_allow_and_deny(void **state)
{
	Cordon__RecordRequest record = CORDON__RECORD_REQUEST__INIT;
	Cordon__Control__VerifyRequest verify = CORDON__CONTROL__VERIFY_REQUEST__INIT;
	struct asking desk, auditor;

	asking_connect(&desk, *state, "desk");
	record.id = message_data("KAZ-1");
	asking_refused(&desk, asking_send(&desk, MESSAGE_RECORD, &record.base),
		CORDON_ENOTFOUND, "no such record");
	asking_finish(&desk);
	asking_connect(&auditor, *state, "auditor");
	asking_refused(&auditor, asking_send(&auditor, MESSAGE_VERIFY, &verify.base),
		CORDON_EDENIED, "(rule access)");
	asking_finish(&auditor);
}

static void what_only_sections_give_is_denied_without(void **state)
{
	Cordon__RecordRequest record = CORDON__RECORD_REQUEST__INIT;
	struct asking desk;

	asking_connect(&desk, *state, "desk");
	asking_refused(&desk, asking_send(&desk, MESSAGE_RECORD, &record.base),
		CORDON_EDENIED, "only where the node's configuration allows it");
	asking_finish(&desk);
}

/* ---- what is shown ----------------------------------------------------------------
 */

static void assert_shown(struct node_case *c, const char *name, bool whole)
{
	const Cordon__Answer *answer;
	struct asking a;

	asking_connect(&a, c, name);
	answer = asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	assert_int_equal(answer->n_matches, 1);
	assert_true(data_has(answer->matches[0]->record, "KARIMOV"));
	assert_int_equal(data_has(answer->matches[0]->record, "AA1234567"), whole);
	assert_int_equal(data_has(answer->matches[0]->record, "17/441"), whole);
	asking_finish(&a);
}

static void enter(struct node_case *c)
{
	struct cordon_decision decision = {
		.authority = "Court", .number = "17/441", .date = node_case_day(-20)
	};
	struct test_ban b;
	struct asking a;

	test_ban_make(&b, "KAZ-1", "KARIMOV", "ALISHER", "AA1234567");
	b.record.decision = &decision;
	b.record.internal_note = "from a source";
	asking_connect(&a, c, "agency");
	assert_int_equal(asking_submit(&a, asking_put(&a, &b.record))->outcome,
		CORDON_OUTCOME_CREATED);
	asking_finish(&a);
}

static void a_checkpoint_is_shown_what_it_decides_by(void **state)
{
	enter(*state);
	assert_shown(*state, "desk", false);
	assert_shown(*state, "agency", true);
	assert_shown(*state, "admin", true);
}

static void a_checkpoint_is_shown_all_where_that_is_configured(void **state)
{
	enter(*state);
	assert_shown(*state, "desk", true);
}

static void an_internal_note_is_shown_to_agencies_only(void **state)
{
	static const char *const askers[] = { "agency", "admin", NULL };
	Cordon__RecordRequest message = CORDON__RECORD_REQUEST__INIT;

	enter(*state);
	message.id = message_data("KAZ-1");
	for (size_t i = 0; i < 3; i++) {
		const Cordon__RecordAnswer *answer;
		struct asking a;

		asking_connect(&a, *state, askers[i]);
		answer = (const Cordon__RecordAnswer *)asking_take(&a,
			MESSAGE_RECORD_ANSWER,
			asking_send(&a, MESSAGE_RECORD, &message.base));
		assert_int_equal(
			data_is(answer->internal_note, "from a source"), i == 0);
		assert_int_equal(answer->internal_note.len > 0, i == 0);
		asking_finish(&a);
	}
}

/* ---- explanations -----------------------------------------------------------------
 */

static const Cordon__Control__AuthzAnswer *explain(struct asking *a, const char *uri,
	const char *action, const char *owner, uint32_t query)
{
	Cordon__Control__AuthzRequest message = CORDON__CONTROL__AUTHZ_REQUEST__INIT;

	message.identity = message_data(uri);
	message.action = message_data(action);
	message.owner = message_data(owner);
	message.queries = &query;
	message.n_queries = query == 0 ? 0 : 1;
	return (const Cordon__Control__AuthzAnswer *)asking_take(
		a, MESSAGE_AUTHZ_ANSWER, asking_send(a, MESSAGE_AUTHZ, &message.base));
}

static void every_rule_is_explained(void **state)
{
	const Cordon__Control__AuthzAnswer *answer;
	struct asking a;

	asking_connect(&a, *state, "auditor");
	answer = explain(&a, "cordon://KAZ/checkpoint/desk-7", "lookup", NULL,
		CORDON_QUERY_PERSON);
	assert_false(answer->allowed);
	assert_int_equal(answer->n_steps, RULE_COUNT);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		assert_true(data_is(
			answer->steps[i]->rule, authz_rule_name((enum authz_rule)i)));
		assert_int_equal(answer->steps[i]->passed, i != RULE_QUERIES);
		assert_int_equal(
			answer->steps[i]->text.len == 0, answer->steps[i]->passed);
	}
	assert_true(data_is(answer->section, "access checkpoint/desk-*"));
	answer = explain(&a, "cordon://KAZ/agency/police", "submit", "RUS", 0);
	assert_false(answer->allowed);
	assert_false(answer->steps[RULE_OWNER]->passed);
	assert_int_equal(answer->section.len, 0);
	assert_true(
		explain(&a, "cordon://KAZ/agency/police", "submit", "KAZ", 0)->allowed);
	asking_finish(&a);
}

static void what_cannot_be_explained_is_refused(void **state)
{
	Cordon__Control__AuthzRequest message = CORDON__CONTROL__AUTHZ_REQUEST__INIT;
	struct asking a;

	asking_connect(&a, *state, "admin");
	asking_refused(&a, asking_send(&a, MESSAGE_AUTHZ, &message.base), CORDON_EINVAL,
		"identity");
	message.identity = message_data("cordon://KAZ/agency/police");
	message.action = message_data("fly");
	asking_refused(&a, asking_send(&a, MESSAGE_AUTHZ, &message.base), CORDON_EINVAL,
		"action: \"fly\"");
	message.action = message_data("lookup");
	message.owner = message_data("kaz");
	asking_refused(&a, asking_send(&a, MESSAGE_AUTHZ, &message.base), CORDON_EINVAL,
		"owner");
	asking_finish(&a);
}

static void a_section_cannot_give_what_no_role_of_the_sort_has(void **state)
{
	static struct config_access access = {
		.certificate = { ROLE_CHECKPOINT, "desk-1" },
		.allow = { ACTION_SUBMIT },
		.allow_count = 1,
	};
	struct config config = { .access = &access, .access_count = 1 };
	struct errmsg msg = { "" };
	struct rights *rights;

	(void)state;
	assert_int_equal(rights_create(&config, &rights, &msg), CORDON_ECONFIG);
	assert_non_null(
		strstr(msg.text, "access checkpoint/desk-1: allow names submit"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_BARE(name) cmocka_unit_test_setup_teardown(name, set_up_bare, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(questions_that_are_not_named_are_denied),
		TEST(a_ceiling_counts_what_is_answered),
		TEST(the_next_day_is_another),
		TEST(sections_allow_and_deny),
		TEST_BARE(what_only_sections_give_is_denied_without),
		TEST_BARE(a_checkpoint_is_shown_what_it_decides_by),
		cmocka_unit_test_setup_teardown(
			a_checkpoint_is_shown_all_where_that_is_configured,
			set_up_whole, tear_down),
		TEST_BARE(an_internal_note_is_shown_to_agencies_only),
		TEST(every_rule_is_explained),
		TEST(what_cannot_be_explained_is_refused),
		cmocka_unit_test(a_section_cannot_give_what_no_role_of_the_sort_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
