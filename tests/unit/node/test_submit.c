/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <cordon/client.h>
#include "daemon/node/signing.h"
#include "tests/unit/node/asking.h"

/* What becomes of submitted items. */

static int set_up(void **state)
{
	*state = node_case_create(NULL);
	return 0;
}

static int set_up_closed(void **state)
{
	*state = node_case_create_closed(NULL);
	return 0;
}

static int set_up_with_agencies(void **state)
{
	*state = node_case_create("agency \"migration-*\" { kinds = {entry_ban} }\n"
				  "agency passports { kinds = {invalid_document} }\n");
	return 0;
}

static int tear_down(void **state)
{
	node_case_destroy(*state);
	return 0;
}

static struct cordon_record *ban(struct test_ban *ban, const char *id)
{
	return test_ban_make(ban, id, "KARIMOV", "ALISHER", "AA1234567");
}

static void assert_refused(
	const Cordon__SubmitResult *result, int error, const char *field)
{
	assert_int_equal(result->outcome, CORDON_OUTCOME_REFUSED);
	assert_non_null(result->error);
	assert_int_equal(-(int)result->error->code, error);
	assert_true(data_is(result->error->field, field));
	assert_true(result->error->text.len > 0);
	assert_int_equal(result->version, 0);
}

static void assert_taken(
	const Cordon__SubmitResult *result, uint32_t outcome, uint64_t version)
{
	if (result->error != NULL) {
		fail_msg("%.*s", (int)result->error->text.len,
			(const char *)result->error->text.data);
	}
	assert_int_equal(result->outcome, outcome);
	assert_int_equal(result->version, version);
	assert_true(result->sequence > 0);
}

static uint32_t verdict(struct asking *a, const char *number)
{
	return asking_lookup(a, asking_document(a, number, "UZB"))->verdict;
}

static void a_record_lives_from_put_to_withdrawal(void **state)
{
	struct test_ban b;
	struct cordon_record *record = ban(&b, "KAZ-1");
	const Cordon__SubmitResult *created;
	struct asking a;

	asking_connect(&a, *state, "agency");
	created = asking_submit(&a, asking_put(&a, record));
	assert_taken(created, CORDON_OUTCOME_CREATED, 1);
	assert_true(data_is(created->id, "KAZ-1"));
	assert_int_equal(verdict(&a, "AA1234567"), CORDON_VERDICT_MATCH);

	assert_taken(
		asking_submit(&a, asking_put(&a, record)), CORDON_OUTCOME_UNCHANGED, 1);

	b.document.number = "AA7654321";
	assert_taken(
		asking_submit(&a, asking_put(&a, record)), CORDON_OUTCOME_CHANGED, 2);
	assert_int_equal(verdict(&a, "AA1234567"), CORDON_VERDICT_CLEAR);
	assert_int_equal(verdict(&a, "AA7654321"), CORDON_VERDICT_MATCH);

	assert_taken(asking_submit(&a,
			     asking_withdraw(&a, "KAZ-1", CORDON_WITHDRAWAL_ANNULLED)),
		CORDON_OUTCOME_WITHDRAWN, 3);
	assert_int_equal(verdict(&a, "AA7654321"), CORDON_VERDICT_CLEAR);
	assert_taken(asking_submit(&a,
			     asking_withdraw(&a, "KAZ-1", CORDON_WITHDRAWAL_ANNULLED)),
		CORDON_OUTCOME_WITHDRAWN, 3);

	assert_taken(
		asking_submit(&a, asking_put(&a, record)), CORDON_OUTCOME_CREATED, 4);
	assert_int_equal(verdict(&a, "AA7654321"), CORDON_VERDICT_MATCH);
	asking_finish(&a);
}

static void a_review_date_is_moved_by_confirming(void **state)
{
	struct test_ban b;
	struct asking a;

	asking_connect(&a, *state, "agency");
	asking_submit(&a, asking_put(&a, ban(&b, "KAZ-1")));
	assert_taken(asking_submit(&a, asking_confirm(&a, "KAZ-1", node_case_day(50))),
		CORDON_OUTCOME_CHANGED, 2);
	assert_taken(asking_submit(&a, asking_confirm(&a, "KAZ-1", node_case_day(50))),
		CORDON_OUTCOME_UNCHANGED, 2);
	assert_refused(
		asking_submit(&a, asking_confirm(&a, "KAZ-1", node_case_day(-50))),
		CORDON_EFIELD, "review_by");
	assert_refused(
		asking_submit(&a, asking_confirm(&a, "KAZ-9", node_case_day(50))),
		CORDON_ENOTFOUND, "");
	asking_finish(&a);
}

/* A day more or less is a ban that is not found, or one that is over and is. */
static void dates_are_days_of_the_owners_own_offset(void **state)
{
	struct node_case *c = *state;
	Cordon__RecordRequest request = CORDON__RECORD_REQUEST__INIT;
	const Cordon__RecordAnswer *answer;
	struct cordon_record expected;
	struct test_ban b;
	struct asking a;

	c->config->utc_offset_min = 300;
	asking_connect(&a, c, "agency");
	expected = *ban(&b, "KAZ-1");
	expected.utc_offset_min = 300;
	assert_taken(asking_submit(&a, asking_put(&a, ban(&b, "KAZ-1"))),
		CORDON_OUTCOME_CREATED, 1);
	assert_taken(asking_submit(&a, asking_put(&a, ban(&b, "KAZ-1"))),
		CORDON_OUTCOME_UNCHANGED, 1);
	request.id = message_data("KAZ-1");
	answer = (const Cordon__RecordAnswer *)asking_take(&a, MESSAGE_RECORD_ANSWER,
		asking_send(&a, MESSAGE_RECORD, &request.base));
	assert_int_equal(answer->entry->ends_at_s, record_ends_s(&expected));
	asking_finish(&a);
}

static void an_offset_of_its_own_is_kept(void **state)
{
	struct node_case *c = *state;
	Cordon__RecordRequest request = CORDON__RECORD_REQUEST__INIT;
	const Cordon__RecordAnswer *answer;
	struct cordon_record *record;
	struct test_ban b;
	struct asking a;

	c->config->utc_offset_min = 300;
	asking_connect(&a, c, "agency");
	record = ban(&b, "KAZ-1");
	record->utc_offset_min = 360;
	asking_submit(&a, asking_put(&a, record));
	request.id = message_data("KAZ-1");
	answer = (const Cordon__RecordAnswer *)asking_take(&a, MESSAGE_RECORD_ANSWER,
		asking_send(&a, MESSAGE_RECORD, &request.base));
	assert_int_equal(answer->entry->ends_at_s, record_ends_s(record));
	asking_finish(&a);
}

static void refused_items_do_not_cost_the_others(void **state)
{
	Cordon__SubmitItem nothing = CORDON__SUBMIT_ITEM__INIT;
	Cordon__SubmitItem *items[7];
	const Cordon__SubmitAnswer *answer;
	struct test_ban good, rus, dateless;
	struct asking a;
	uint32_t request;

	asking_connect(&a, *state, "agency");
	ban(&dateless, "KAZ-2")->valid_until = (struct cordon_date){ 0 };
	items[0] = asking_put(&a, ban(&rus, "RUS-1"));
	items[1] = asking_put(&a, ban(&good, "KAZ-1"));
	items[2] = asking_put(&a, &dateless.record);
	items[3] = &nothing;
	items[4] = asking_withdraw(&a, "RUS-1", CORDON_WITHDRAWAL_ERROR);
	items[5] = asking_withdraw(&a, "KAZ-1", 999);
	items[6] = asking_withdraw(&a, "KAZ1", CORDON_WITHDRAWAL_ERROR);
	request = asking_submit_begin(&a, items, 7);
	answer = asking_submit_end(&a, request, 7);
	assert_refused(answer->results[0], CORDON_EOWNER, "");
	assert_taken(answer->results[1], CORDON_OUTCOME_CREATED, 1);
	assert_refused(answer->results[2], CORDON_EFIELD, "valid_until");
	assert_refused(answer->results[3], CORDON_EINVAL, "");
	assert_refused(answer->results[4], CORDON_EOWNER, "");
	assert_refused(answer->results[5], CORDON_EFIELD, "reason");
	assert_refused(answer->results[6], CORDON_EFIELD, "id");
	asking_finish(&a);
}

static void what_is_no_record_is_refused(void **state)
{
	Cordon__SubmitItem item = CORDON__SUBMIT_ITEM__INIT;
	const Cordon__SubmitResult *result;
	struct asking a;

	asking_connect(&a, *state, "agency");
	item.what_case = CORDON__SUBMIT_ITEM__WHAT_PUT;
	item.put = message_data("\377\377\377\377");
	result = asking_submit(&a, &item);
	assert_int_equal(result->outcome, CORDON_OUTCOME_REFUSED);
	assert_int_equal(-(int)result->error->code, CORDON_ESYNTAX);
	asking_finish(&a);
}

static void fields_that_would_be_lost_are_refused(void **state)
{
	static const uint8_t unknown[] = { 0xa0, 0x06, 0x01 }; /* field 100 */
	Cordon__SubmitItem *item;
	struct test_ban b;
	struct asking a;
	uint8_t *longer;

	asking_connect(&a, *state, "agency");
	item = asking_put(&a, ban(&b, "KAZ-1"));
	longer = arena_alloc(&a.arena, item->put.len + sizeof(unknown));
	memcpy(longer, item->put.data, item->put.len);
	memcpy(longer + item->put.len, unknown, sizeof(unknown));
	item->put.data = longer;
	item->put.len += sizeof(unknown);
	assert_refused(asking_submit(&a, item), CORDON_EUNSUPPORTED, "");
	asking_finish(&a);
}

static void items_of_one_request_follow_each_other(void **state)
{
	Cordon__SubmitItem *items[3];
	const Cordon__SubmitAnswer *answer;
	struct test_ban b;
	struct asking a;
	uint32_t request;

	asking_connect(&a, *state, "agency");
	items[0] = asking_put(&a, ban(&b, "KAZ-1"));
	items[1] = asking_withdraw(&a, "KAZ-1", CORDON_WITHDRAWAL_ERROR);
	items[2] = asking_put(&a, &b.record);
	request = asking_submit_begin(&a, items, 3);
	answer = asking_submit_end(&a, request, 3);
	assert_taken(answer->results[0], CORDON_OUTCOME_CREATED, 1);
	assert_taken(answer->results[1], CORDON_OUTCOME_WITHDRAWN, 2);
	assert_taken(answer->results[2], CORDON_OUTCOME_CREATED, 3);
	assert_int_equal(verdict(&a, "AA1234567"), CORDON_VERDICT_MATCH);
	asking_finish(&a);
}

static void a_weak_record_needs_a_public_list(void **state)
{
	struct test_ban b;
	Cordon__SubmitItem *item;
	struct asking a;

	asking_connect(&a, *state, "agency");
	ban(&b, "KAZ-1");
	b.person.documents_count = 0;
	b.person.born = (struct cordon_date){ 0 };
	b.record.weak = true;
	item = asking_put(&a, &b.record);
	assert_int_equal(asking_submit(&a, item)->outcome, CORDON_OUTCOME_REFUSED);
	item->from_public_list = true;
	assert_taken(asking_submit(&a, item), CORDON_OUTCOME_CREATED, 1);
	asking_finish(&a);
}

static void agencies_submit_the_kinds_they_are_configured_for(void **state)
{
	const Cordon__SubmitResult *result;
	struct test_ban b;
	struct asking a;

	asking_connect(&a, *state, "agency");
	assert_taken(asking_submit(&a, asking_put(&a, ban(&b, "KAZ-1"))),
		CORDON_OUTCOME_CREATED, 1);
	ban(&b, "KAZ-2")->kind = CORDON_KIND_ILLEGAL_STAY;
	result = asking_submit(&a, asking_put(&a, &b.record));
	assert_refused(result, CORDON_EDENIED, "");
	assert_true(data_has(result->error->text, "illegal_stay"));
	asking_finish(&a);
}

static void other_agencies_records_of_other_kinds_are_not_withdrawn(void **state)
{
	static const struct list_id stays = { { "KAZ" }, CORDON_KIND_ILLEGAL_STAY };
	struct test_ban b;
	struct asking a;

	ban(&b, "KAZ-7")->kind = CORDON_KIND_ILLEGAL_STAY;
	node_case_put_row(*state, &stays, 50, &b.record);
	asking_connect(&a, *state, "agency");
	assert_refused(asking_submit(&a,
			       asking_withdraw(&a, "KAZ-7", CORDON_WITHDRAWAL_ERROR)),
		CORDON_EDENIED, "");
	assert_refused(
		asking_submit(&a, asking_confirm(&a, "KAZ-7", node_case_day(50))),
		CORDON_EDENIED, "");
	asking_finish(&a);
}

static void a_warning_comes_with_the_taken_record(void **state)
{
	const Cordon__SubmitResult *second;
	struct test_ban b;
	struct asking a;

	asking_connect(&a, *state, "agency");
	(void)asking_submit(&a, asking_put(&a, ban(&b, "KAZ-1")));
	second = asking_submit(&a, asking_put(&a, ban(&b, "KAZ-2")));
	assert_taken(second, CORDON_OUTCOME_CREATED, 1);
	assert_true(data_has(second->warning, "KAZ-1"));
	asking_finish(&a);
}

static uint32_t submit_one(struct asking *a)
{
	struct test_ban b;
	Cordon__SubmitItem *item = asking_put(a, ban(&b, "KAZ-1"));

	return asking_submit_begin(a, &item, 1);
}

static void lists_that_are_not_open_take_nothing_yet(void **state)
{
	const struct failure *failure;
	struct asking a;

	asking_connect(&a, *state, "agency");
	failure = asking_take_error(&a, submit_one(&a));
	assert_int_equal(failure->error, CORDON_EBUSY);
	assert_int_equal(failure->retry_after_ms, 200);
	node_case_open_lists(*state);
	(void)asking_submit_end(&a, submit_one(&a), 1);
	asking_finish(&a);
}

static void a_node_that_does_not_sign_sends_elsewhere(void **state)
{
	static const struct {
		enum signing signing;
		const char *remedy;
	} cases[] = {
		{ SIGNING_NEVER, "submit at the node that does" },
		{ SIGNING_STANDBY, "cordonctl promote" },
		{ SIGNING_BEHIND, "cordonctl recover" },
		{ SIGNING_SUPERSEDED, "cordonctl aside list" },
		{ SIGNING_FORKED, "cordonctl reopen" },
	};
	struct node_case *c = *state;
	struct asking a;

	asking_connect(&a, c, "agency");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		signing_set(&c->node, cases[i].signing);
		asking_refused(&a, submit_one(&a), CORDON_ENOTSIGNER, cases[i].remedy);
	}
	signing_set(&c->node, SIGNING_YES);
	asking_refused(&a, submit_one(&a), CORDON_EBUSY, "not open yet");
	atomic_store(&c->node.own_open, true);
	asking_finish(&a);
}

static void counts_out_of_bounds_are_refused(void **state)
{
	static Cordon__SubmitItem *items[CORDON_SUBMIT_MAX + 1];
	struct asking a;

	asking_connect(&a, *state, "agency");
	asking_refused(
		&a, asking_submit_begin(&a, items, 0), CORDON_EINVAL, "no items");
	for (size_t i = 0; i <= CORDON_SUBMIT_MAX; i++) {
		items[i] = asking_withdraw(&a, "KAZ-1", CORDON_WITHDRAWAL_ERROR);
	}
	asking_refused(&a, asking_submit_begin(&a, items, CORDON_SUBMIT_MAX + 1),
		CORDON_ETOOBIG, "at most 512");
	asking_finish(&a);
}

static void a_node_that_stops_writing_says_so(void **state)
{
	struct node_case *c = *state;
	struct asking a;

	asking_connect(&a, c, "agency");
	/* as it is for a moment in an orderly stop: the writer takes no more */
	node_case_stop_writer(c);
	asking_refused(&a, submit_one(&a), CORDON_ESHUTDOWN, "");
	asking_finish(&a);
}

static void what_is_taken_and_refused_is_counted(void **state)
{
	struct node_case *c = *state;
	struct test_ban b;
	struct asking a;

	asking_connect(&a, c, "agency");
	(void)asking_submit(&a, asking_put(&a, ban(&b, "KAZ-1")));
	(void)asking_submit(&a, asking_put(&a, ban(&b, "RUS-1")));
	assert_int_equal(atomic_load(&c->node.counters.submitted), 1);
	assert_int_equal(atomic_load(&c->node.counters.refused), 1);
	asking_finish(&a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_AGENCIES(name)                                                            \
	cmocka_unit_test_setup_teardown(name, set_up_with_agencies, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_record_lives_from_put_to_withdrawal),
		TEST(a_review_date_is_moved_by_confirming),
		TEST(dates_are_days_of_the_owners_own_offset),
		TEST(an_offset_of_its_own_is_kept),
		TEST(refused_items_do_not_cost_the_others),
		TEST(what_is_no_record_is_refused),
		TEST(fields_that_would_be_lost_are_refused),
		TEST(items_of_one_request_follow_each_other),
		TEST(a_weak_record_needs_a_public_list),
		TEST_AGENCIES(agencies_submit_the_kinds_they_are_configured_for),
		TEST_AGENCIES(other_agencies_records_of_other_kinds_are_not_withdrawn),
		TEST(a_warning_comes_with_the_taken_record),
		cmocka_unit_test_setup_teardown(
			lists_that_are_not_open_take_nothing_yet, set_up_closed,
			tear_down),
		TEST(a_node_that_does_not_sign_sends_elsewhere),
		TEST(counts_out_of_bounds_are_refused),
		TEST(a_node_that_stops_writing_says_so),
		TEST(what_is_taken_and_refused_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
