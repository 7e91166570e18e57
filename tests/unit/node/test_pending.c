/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <cordon/client.h>
#include "daemon/node/pending.h"
#include "tests/unit/node/asking.h"

/* The second pair of eyes, from both sides. */

static int set_up(void **state)
{
	*state = node_case_create("agency \"migration-*\" { kinds = {entry_ban, "
				  "invalid_document} }\n"
				  "agency migration-1 { kinds = {deportation} }\n");
	return 0;
}

static int set_up_bans_only(void **state)
{
	*state =
		node_case_create("agency migration-1 { kinds = {entry_ban} }\n"
				 "agency migration-2 { kinds = {invalid_document} }\n");
	return 0;
}

static int set_up_nothing_waits(void **state)
{
	*state = node_case_create("two_eyes = {}\n");
	return 0;
}

static int tear_down(void **state)
{
	node_case_destroy(*state);
	return 0;
}

/* ---- what is asked ----------------------------------------------------------------
 */

enum {
	LIST = 1,
	APPROVE,
	REJECT
};

static struct cordon_record *detained(struct test_ban *ban, const char *id)
{
	struct cordon_record *record =
		test_ban_make(ban, id, "KARIMOV", "ALISHER", "AA1234567");

	ban->action = CORDON_ACTION_DETAIN;
	return record;
}

static uint32_t say(struct asking *a, uint32_t what, uint64_t number)
{
	Cordon__PendingRequest message = CORDON__PENDING_REQUEST__INIT;

	message.what = what;
	message.number = number;
	return asking_send(a, MESSAGE_PENDING, &message.base);
}

static const Cordon__PendingAnswer *told(
	struct asking *a, uint32_t what, uint64_t number)
{
	return (const Cordon__PendingAnswer *)asking_take(
		a, MESSAGE_PENDING_ANSWER, say(a, what, number));
}

static const Cordon__SubmitResult *approved(struct asking *a, uint64_t number)
{
	const Cordon__PendingAnswer *answer = told(a, APPROVE, number);

	assert_int_equal(answer->n_results, 1);
	return answer->results[0];
}

static void assert_waits(const Cordon__SubmitResult *result, const char *words)
{
	assert_int_equal(result->outcome, CORDON_OUTCOME_PENDING);
	assert_non_null(result->error);
	assert_int_equal(-(int)result->error->code, CORDON_ETWOEYES);
	if (!data_has(result->error->text, words)) {
		fail_msg("%.*s", (int)result->error->text.len,
			(const char *)result->error->text.data);
	}
}

static uint32_t verdict(struct asking *a)
{
	return asking_lookup(a, asking_document(a, "AA1234567", "UZB"))->verdict;
}

/* ---- records ----------------------------------------------------------------------
 */

static void what_detains_is_entered_by_a_second_certificate(void **state)
{
	const Cordon__SubmitResult *result;
	struct asking first, second;
	struct test_ban b;

	asking_connect(&first, *state, "agency");
	asking_connect(&second, *state, "agency-2");
	assert_waits(asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1"))),
		"the action detain) as change 1: another certificate of KAZ");
	assert_int_equal(verdict(&first), CORDON_VERDICT_CLEAR);
	asking_refused(
		&first, say(&first, APPROVE, 1), CORDON_EDENIED, "(rule second)");
	result = approved(&second, 1);
	assert_int_equal(result->outcome, CORDON_OUTCOME_CREATED);
	assert_true(result->version == 1 && result->sequence > 0);
	assert_int_equal(verdict(&first), CORDON_VERDICT_MATCH);
	asking_refused(&second, say(&second, APPROVE, 1), CORDON_ENOTFOUND,
		"no change 1 waits");
	/* what stands already is nothing for anybody's eyes */
	result = asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1")));
	assert_int_equal(result->outcome, CORDON_OUTCOME_UNCHANGED);
	asking_finish(&first);
	asking_finish(&second);
}

static void what_is_rejected_is_gone(void **state)
{
	struct asking first, second;
	struct test_ban b;

	asking_connect(&first, *state, "agency");
	asking_connect(&second, *state, "agency-2");
	asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1")));
	assert_int_equal(told(&second, REJECT, 1)->n_results, 1);
	asking_refused(&second, say(&second, APPROVE, 1), CORDON_ENOTFOUND, "waits");
	asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1")));
	/* one's own, too; the number is another */
	assert_int_equal(told(&first, REJECT, 2)->n_results, 1);
	assert_int_equal(told(&first, LIST, 0)->n_changes, 0);
	assert_int_equal(verdict(&first), CORDON_VERDICT_CLEAR);
	asking_finish(&first);
	asking_finish(&second);
}

static void submitted_again_it_is_the_same_change(void **state)
{
	struct asking first;
	struct test_ban b;

	asking_connect(&first, *state, "agency");
	for (size_t i = 0; i < 2; i++) {
		assert_waits(asking_submit(
				     &first, asking_put(&first, detained(&b, "KAZ-1"))),
			"as change 1:");
	}
	detained(&b, "KAZ-1");
	b.document.number = "AA7654321";
	assert_waits(
		asking_submit(&first, asking_put(&first, &b.record)), "as change 2:");
	assert_int_equal(told(&first, LIST, 0)->n_changes, 1);
	asking_finish(&first);
}

static void somebody_elses_change_is_decided_first(void **state)
{
	const Cordon__SubmitResult *result;
	struct asking first, second;
	struct test_ban b;

	asking_connect(&first, *state, "agency");
	asking_connect(&second, *state, "agency-2");
	asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1")));
	result = asking_submit(&second, asking_put(&second, detained(&b, "KAZ-1")));
	assert_int_equal(result->outcome, CORDON_OUTCOME_REFUSED);
	assert_int_equal(-(int)result->error->code, CORDON_ECONFLICT);
	assert_true(data_has(result->error->text, "cordon://KAZ/agency/migration-1"));
	asking_finish(&first);
	asking_finish(&second);
}

static void a_record_that_was_changed_since_stays_as_it_is(void **state)
{
	const Cordon__SubmitResult *result;
	struct asking first, second;
	struct test_ban b;

	asking_connect(&first, *state, "agency");
	asking_connect(&second, *state, "agency-2");
	asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1")));
	b.action = CORDON_ACTION_REFER;
	result = asking_submit(&second, asking_put(&second, &b.record));
	assert_int_equal(result->outcome, CORDON_OUTCOME_CREATED);
	result = approved(&second, 1);
	assert_int_equal(-(int)result->error->code, CORDON_ECONFLICT);
	assert_int_equal(told(&first, LIST, 0)->n_changes, 1);
	asking_finish(&first);
	asking_finish(&second);
}

static void a_change_is_told_in_full_and_notes_to_agencies_only(void **state)
{
	static const char *const askers[] = { "agency-2", "admin" };
	struct asking first;
	struct test_ban b;

	asking_connect(&first, *state, "agency");
	detained(&b, "KAZ-1")->internal_note = "from a source";
	asking_submit(&first, asking_put(&first, &b.record));
	for (size_t i = 0; i < 2; i++) {
		const Cordon__PendingChange *change;
		struct asking a;

		asking_connect(&a, *state, askers[i]);
		change = told(&a, LIST, 0)->changes[0];
		assert_true(change->number == 1 && change->count == 1);
		assert_int_equal(change->n_items, 0);
		assert_true(data_is(change->ids[0], "KAZ-1"));
		assert_true(data_is(change->why[0], "detain"));
		assert_true(data_is(change->by, "cordon://KAZ/agency/migration-1"));
		assert_true(change->expires_s == change->at_s + 7 * 86400);
		change = told(&a, LIST, 1)->changes[0];
		assert_int_equal(change->n_items, 1);
		assert_int_equal(change->items[0]->position, 1);
		assert_int_equal(
			data_has(change->items[0]->item->put, "from a source"), i == 0);
		assert_true(data_has(change->items[0]->item->put, "KARIMOV"));
		asking_refused(&a, say(&a, LIST, 9), CORDON_ENOTFOUND, "no change 9");
		asking_finish(&a);
	}
	asking_finish(&first);
}

static void who_may_not_enter_the_kind_may_not_approve_it(void **state)
{
	static const struct {
		const char *name, *words;
	} others[] = { { "agency-2", "(rule kinds)" }, { "admin", "(rule role)" },
		{ "auditor", "(rule role)" }, { "desk", "(rule role)" } };
	struct node_case *c = *state;
	struct asking first;
	struct test_ban b;

	asking_connect(&first, c, "agency");
	asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1")));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct asking a;

		asking_connect(&a, c, others[i].name);
		asking_refused(
			&a, say(&a, APPROVE, 1), CORDON_EDENIED, others[i].words);
		asking_refused(&a, say(&a, REJECT, 1), CORDON_EDENIED, others[i].words);
		asking_finish(&a);
	}
	assert_int_equal(atomic_load(&c->node.counters.denied_by[RULE_KINDS]), 2);
	assert_int_equal(atomic_load(&c->node.counters.denied_by[RULE_ROLE]), 6);
	assert_int_equal(told(&first, LIST, 0)->n_changes, 1);
	asking_finish(&first);
}

static void many_withdrawals_wait_and_few_do_not(void **state)
{
	Cordon__SubmitItem *items[11];
	const Cordon__SubmitAnswer *answer;
	struct asking first, second;
	struct test_ban b;

	asking_connect(&first, *state, "agency");
	asking_connect(&second, *state, "agency-2");
	for (size_t i = 0; i < 11; i++) {
		char id[16];

		snprintf(id, sizeof(id), "KAZ-%zu", i);
		asking_submit(&first,
			asking_put(&first,
				test_ban_make(&b, id, "KARIMOV", "ALISHER", "AA1")));
		items[i] = asking_withdraw(&first, arena_printf(&first.arena, "%s", id),
			CORDON_WITHDRAWAL_ERROR);
	}
	answer = asking_submit_end(&first, asking_submit_begin(&first, items, 11), 11);
	for (size_t i = 0; i < 11; i++) {
		assert_waits(answer->results[i], "many withdrawals at once");
	}
	answer = asking_submit_end(&first, asking_submit_begin(&first, items, 10), 10);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(answer->results[i]->outcome, CORDON_OUTCOME_WITHDRAWN);
	}
	/* what was withdrawn meanwhile is another version; the eleventh is not */
	for (size_t i = 0; i < 11; i++) {
		const Cordon__PendingAnswer *done =
			i == 0 ? told(&second, APPROVE, 1) : NULL;

		for (size_t k = 0; done != NULL && k < done->n_results; k++) {
			assert_int_equal(done->results[k]->outcome,
				k < 10 ? CORDON_OUTCOME_REFUSED
				       : CORDON_OUTCOME_WITHDRAWN);
		}
	}
	asking_finish(&first);
	asking_finish(&second);
}

static void what_nobody_approved_in_time_is_dropped(void **state)
{
	struct node_case *c = *state;
	struct errmsg msg = { "" };
	struct store_txn *txn;
	struct asking first;
	struct test_ban b;
	uint64_t left;
	size_t removed;

	asking_connect(&first, c, "agency");
	asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1")));
	node_case_flush(c);
	assert_int_equal(store_write_begin(c->node.store, &txn, &msg), 0);
	assert_int_equal(
		pending_expire(txn, c->node.started_s, 10, &removed, &left), 0);
	assert_true(removed == 0 && left == 1);
	assert_int_equal(
		pending_expire(txn, c->node.started_s + 8 * 86400, 10, &removed, &left),
		0);
	assert_true(removed == 1 && left == 0);
	assert_int_equal(store_commit(txn, &msg), 0);
	assert_int_equal(told(&first, LIST, 0)->n_changes, 0);
	asking_finish(&first);
}

static void nothing_waits_where_it_is_not_configured(void **state)
{
	const Cordon__SubmitResult *result;
	Cordon__ExportRequest all = CORDON__EXPORT_REQUEST__INIT;
	struct asking first;
	struct test_ban b;

	asking_connect(&first, *state, "agency");
	result = asking_submit(&first, asking_put(&first, detained(&b, "KAZ-1")));
	assert_int_equal(result->outcome, CORDON_OUTCOME_CREATED);
	asking_take(&first, MESSAGE_EXPORT_CHUNK,
		asking_send(&first, MESSAGE_EXPORT, &all.base));
	asking_finish(&first);
}

/* ---- exports ----------------------------------------------------------------------
 */

static void an_export_beyond_the_own_lists_is_done_once_when_approved(void **state)
{
	Cordon__ExportRequest all = CORDON__EXPORT_REQUEST__INIT;
	Cordon__ExportRequest own = CORDON__EXPORT_REQUEST__INIT;
	const Cordon__PendingChange *change;
	struct asking first, second;

	asking_connect(&first, *state, "admin");
	asking_connect(&second, *state, "agency");
	own.owner = message_data("KAZ");
	asking_take(&first, MESSAGE_EXPORT_CHUNK,
		asking_send(&first, MESSAGE_EXPORT, &own.base));
	for (size_t i = 0; i < 2; i++) {
		asking_refused(&first, asking_send(&first, MESSAGE_EXPORT, &all.base),
			CORDON_ETWOEYES, "as change 1:");
	}
	asking_refused(
		&first, say(&first, APPROVE, 1), CORDON_EDENIED, "(rule second)");
	told(&second, APPROVE, 1);
	change = told(&first, LIST, 0)->changes[0];
	assert_non_null(change->export);
	assert_true(data_is(change->approved_by, "cordon://KAZ/agency/migration-1"));
	/* for another it is not */
	asking_refused(&second, asking_send(&second, MESSAGE_EXPORT, &all.base),
		CORDON_ETWOEYES, "as change 2:");
	asking_take(&first, MESSAGE_EXPORT_CHUNK,
		asking_send(&first, MESSAGE_EXPORT, &all.base));
	asking_refused(&first, asking_send(&first, MESSAGE_EXPORT, &all.base),
		CORDON_ETWOEYES, "as change 3:");
	asking_finish(&first);
	asking_finish(&second);
}

static void faulty_words_are_refused(void **state)
{
	struct asking a;

	asking_connect(&a, *state, "agency");
	asking_refused(&a, say(&a, 0, 1), CORDON_EPROTO, "what: 0");
	asking_refused(&a, say(&a, 4, 1), CORDON_EPROTO, "what: 4");
	asking_refused(&a, say(&a, APPROVE, 0), CORDON_EINVAL, "number: 0");
	asking_refused(&a, say(&a, REJECT, UINT64_MAX), CORDON_ENOTFOUND, "waits");
	asking_finish(&a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_detains_is_entered_by_a_second_certificate),
		TEST(what_is_rejected_is_gone),
		TEST(submitted_again_it_is_the_same_change),
		TEST(somebody_elses_change_is_decided_first),
		TEST(a_record_that_was_changed_since_stays_as_it_is),
		TEST(a_change_is_told_in_full_and_notes_to_agencies_only),
		cmocka_unit_test_setup_teardown(
			who_may_not_enter_the_kind_may_not_approve_it, set_up_bans_only,
			tear_down),
		TEST(many_withdrawals_wait_and_few_do_not),
		TEST(what_nobody_approved_in_time_is_dropped),
		cmocka_unit_test_setup_teardown(
			nothing_waits_where_it_is_not_configured, set_up_nothing_waits,
			tear_down),
		TEST(an_export_beyond_the_own_lists_is_done_once_when_approved),
		TEST(faulty_words_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
