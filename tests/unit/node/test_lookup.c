/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/unit/node/asking.h"

/* What a lookup answers, and what it says it could not look at. */

static const struct list_id kaz_bans = { { "KAZ" }, CORDON_KIND_ENTRY_BAN };
static const struct list_id rus_bans = { { "RUS" }, CORDON_KIND_ENTRY_BAN };
static const struct list_id rus_stays = { { "RUS" }, CORDON_KIND_ILLEGAL_STAY };

static int set_up(void **state)
{
	*state = node_case_create("recognise { binding = {RUS/entry_ban} }\n"
				  "objection RUS-3 { why = \"residence permit\" }\n");
	return 0;
}

static int set_up_demanding(void **state)
{
	*state = node_case_create("demand_purpose = yes\ndemand_officer = yes\n"
				  "demand_checkpoint = yes\n");
	return 0;
}

static int set_up_closed(void **state)
{
	*state = node_case_create_closed(NULL);
	return 0;
}

static int tear_down(void **state)
{
	node_case_destroy(*state);
	return 0;
}

/* A list that is followed, with the ban in it; its sequence is the id's digit. */
static void put_ban(struct node_case *c, const struct list_id *list, const char *id,
	const char *surname, const char *number)
{
	struct test_ban ban;
	struct cordon_record *record =
		test_ban_make(&ban, id, surname, "ALISHER", number);

	record->kind = list->kind;
	node_case_put_list(c, list, COPY_FOLLOWING, 5);
	node_case_put_row(c, list, (uint64_t)(id[4] - '0'), record);
}

static void assert_missing(const Cordon__Answer *answer, const char *const *lists)
{
	size_t count = 0;

	while (lists[count] != NULL) {
		count++;
	}
	assert_int_equal(answer->n_missing, count);
	for (size_t i = 0; i < count; i++) {
		assert_true(data_is(answer->missing[i], lists[i]));
	}
	assert_int_equal(answer->complete, count == 0);
}

/* ---- found ------------------------------------------------------------------------
 */

static void a_listed_document_is_a_match(void **state)
{
	const Cordon__Answer *answer;
	const Cordon__Match *match;
	struct asking a;

	put_ban(*state, &rus_bans, "RUS-1", "KARIMOV", "AA1234567");
	asking_connect(&a, *state, "desk");
	answer = asking_lookup(&a, asking_document(&a, "AA 1234567", "UZB"));
	assert_null(answer->error);
	assert_int_equal(answer->verdict, CORDON_VERDICT_MATCH);
	assert_missing(answer, (const char *[]){ NULL });
	assert_int_equal(answer->n_matches, 1);
	match = answer->matches[0];
	assert_true(data_is(match->id, "RUS-1"));
	assert_int_equal(match->basis, CORDON_BASIS_DOCUMENT);
	assert_int_equal(match->effect, CORDON_EFFECT_BINDING);
	assert_int_equal(match->n_actions, 1);
	assert_int_equal(match->actions[0], CORDON_ACTION_REFUSE_ENTRY);
	assert_true(match->record.len > 0);
	asking_finish(&a);
}

static void a_name_is_possible_and_never_a_match(void **state)
{
	const Cordon__Answer *answer;
	struct asking a;

	put_ban(*state, &rus_bans, "RUS-1", "KARIMOV", "AA1234567");
	asking_connect(&a, *state, "desk");
	answer = asking_lookup(&a, asking_person(&a, "Alisher Karimov", "1980-05-07"));
	assert_int_equal(answer->verdict, CORDON_VERDICT_POSSIBLE);
	assert_int_equal(answer->n_matches, 1);
	assert_int_equal(answer->matches[0]->basis, CORDON_BASIS_NAME);
	assert_true(answer->matches[0]->n_because > 0);
	asking_finish(&a);
}

static void effects_follow_the_configuration(void **state)
{
	static const struct {
		const char *id, *number;
		enum cordon_effect effect;
		uint32_t action;
	} cases[] = {
		{ "RUS-1", "AA1000001", CORDON_EFFECT_BINDING,
			CORDON_ACTION_REFUSE_ENTRY },
		{ "RUS-2", "AA1000002", CORDON_EFFECT_INFORM, CORDON_ACTION_REFER },
		{ "RUS-3", "AA1000003", CORDON_EFFECT_OBJECTION, CORDON_ACTION_REFER },
		{ "KAZ-4", "AA1000004", CORDON_EFFECT_BINDING,
			CORDON_ACTION_REFUSE_ENTRY },
	};
	struct node_case *c = *state;
	struct asking a;

	put_ban(c, &rus_bans, "RUS-1", "KARIMOV", "AA1000001");
	put_ban(c, &rus_stays, "RUS-2", "KARIMOV", "AA1000002");
	put_ban(c, &rus_bans, "RUS-3", "KARIMOV", "AA1000003");
	put_ban(c, &kaz_bans, "KAZ-4", "KARIMOV", "AA1000004");
	asking_connect(&a, c, "desk");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const Cordon__Answer *answer =
			asking_lookup(&a, asking_document(&a, cases[i].number, "UZB"));

		assert_int_equal(answer->n_matches, 1);
		assert_true(data_is(answer->matches[0]->id, cases[i].id));
		assert_int_equal(answer->matches[0]->effect, cases[i].effect);
		assert_int_equal(answer->matches[0]->actions[0], cases[i].action);
	}
	asking_finish(&a);
}

static void why_this_member_objected_is_told(void **state)
{
	const Cordon__Match *match;
	struct asking a;

	put_ban(*state, &rus_bans, "RUS-3", "KARIMOV", "AA1000003");
	asking_connect(&a, *state, "desk");
	match = asking_lookup(&a, asking_document(&a, "AA1000003", "UZB"))->matches[0];
	assert_int_equal(match->n_because, 2);
	assert_true(data_is(match->because[0], "same_document_number"));
	assert_true(data_is(match->because[1], "objection:residence permit"));
	asking_finish(&a);
}

static void matches_beyond_the_limit_are_told_of(void **state)
{
	static const char *const ids[] = { "RUS-1", "RUS-2", "RUS-3" };
	const Cordon__Answer *answer;
	Cordon__Query *query;
	struct asking a;

	for (size_t i = 0; i < 3; i++) {
		put_ban(*state, &rus_bans, ids[i], "KARIMOV", "AA1234567");
	}
	asking_connect(&a, *state, "desk");
	query = asking_document(&a, "AA1234567", "UZB");
	query->limit = 2;
	answer = asking_lookup(&a, query);
	assert_true(answer->more);
	assert_int_equal(answer->n_matches, 2);
	assert_true(data_is(answer->matches[0]->id, "RUS-1"));
	assert_true(data_is(answer->matches[1]->id, "RUS-2"));
	query->limit = 3;
	answer = asking_lookup(&a, query);
	assert_false(answer->more);
	assert_int_equal(answer->n_matches, 3);
	asking_finish(&a);
}

static void what_was_not_all_screened_is_never_complete(void **state)
{
	const Cordon__Answer *answer;
	struct test_ban ban;
	struct asking a;

	node_case_put_list(*state, &rus_bans, COPY_FOLLOWING, 5);
	node_case_put_many(*state, &rus_bans,
		test_ban_make(&ban, NULL, "KARIMOV", "ALISHER", "AA1234567"), 4097);
	asking_connect(&a, *state, "desk");
	answer = asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	assert_int_equal(answer->verdict, CORDON_VERDICT_MATCH);
	assert_int_equal(answer->n_matches, CORDON_LIMIT_DEFAULT);
	assert_true(answer->more);
	assert_false(answer->complete);
	asking_finish(&a);
}

static void a_batch_of_common_numbers_gets_its_share_of_a_worker(void **state)
{
	enum {
		queries_count = 20
	};
	const Cordon__LookupAnswer *all;
	Cordon__Query *queries[queries_count];
	struct test_ban ban;
	struct asking a;

	node_case_put_list(*state, &rus_bans, COPY_FOLLOWING, 5);
	node_case_put_many(*state, &rus_bans,
		test_ban_make(&ban, NULL, "KARIMOV", "ALISHER", "AA1234567"), 1024);
	asking_connect(&a, *state, "desk");
	for (size_t i = 0; i < queries_count; i++) {
		queries[i] = asking_document(&a, "AA1234567", "UZB");
	}
	all = asking_lookup_all(&a, NULL, queries, queries_count);
	for (size_t i = 0; i < queries_count; i++) {
		const Cordon__Answer *answer = all->answers[i];

		if (i < 4) {
			assert_null(answer->error);
			assert_true(answer->n_matches > 0);
		} else {
			assert_non_null(answer->error);
			assert_int_equal(answer->error->code, -CORDON_EBUSY);
			assert_int_equal(answer->verdict, 0);
		}
	}
	/* the rest has its answers from another request */
	all = asking_lookup_all(&a, NULL, queries + 16, 4);
	assert_null(all->answers[3]->error);
	asking_finish(&a);
}

static void every_answer_has_an_id_of_its_own(void **state)
{
	const Cordon__LookupAnswer *both;
	Cordon__Query *queries[2];
	struct asking a;

	asking_connect(&a, *state, "desk");
	queries[0] = asking_document(&a, "AA1", "UZB");
	queries[1] = asking_document(&a, "AA1", "UZB");
	both = asking_lookup_all(&a, NULL, queries, 2);
	assert_true(both->answers[0]->lookup.len > 0);
	assert_true(both->answers[0]->lookup.len != both->answers[1]->lookup.len ||
		    memcmp(both->answers[0]->lookup.data, both->answers[1]->lookup.data,
			    both->answers[0]->lookup.len) != 0);
	asking_finish(&a);
}

/* ---- not in force -----------------------------------------------------------------
 */

static void assert_nothing(struct node_case *c, struct cordon_record *record)
{
	const Cordon__Answer *answer;
	struct asking a;

	node_case_put_list(c, &rus_bans, COPY_FOLLOWING, 5);
	node_case_put_row(c, &rus_bans, 1, record);
	asking_connect(&a, c, "desk");
	answer = asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	assert_int_equal(answer->verdict, CORDON_VERDICT_CLEAR);
	assert_int_equal(answer->n_matches, 0);
	assert_true(answer->complete);
	asking_finish(&a);
}

static void an_ended_record_is_not_found(void **state)
{
	struct test_ban ban;
	struct cordon_record *record =
		test_ban_make(&ban, "RUS-1", "KARIMOV", "ALISHER", "AA1234567");

	record->valid_until = node_case_day(-1);
	assert_nothing(*state, record);
}

static void a_record_of_tomorrow_is_not_found(void **state)
{
	struct test_ban ban;
	struct cordon_record *record =
		test_ban_make(&ban, "RUS-1", "KARIMOV", "ALISHER", "AA1234567");

	record->valid_from = node_case_day(1);
	assert_nothing(*state, record);
}

static void a_record_of_its_last_day_is_found(void **state)
{
	const Cordon__Answer *answer;
	struct asking a;
	struct test_ban ban;
	struct cordon_record *record =
		test_ban_make(&ban, "RUS-1", "KARIMOV", "ALISHER", "AA1234567");

	/* the day after, should midnight pass meanwhile */
	record->utc_offset_min = -60;
	record->valid_until = node_case_day(0);
	node_case_put_list(*state, &rus_bans, COPY_FOLLOWING, 5);
	node_case_put_row(*state, &rus_bans, 1, record);
	asking_connect(&a, *state, "desk");
	answer = asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	assert_int_equal(answer->n_matches, 1);
	asking_finish(&a);
}

/* ---- complete or not --------------------------------------------------------------
 */

static void lists_without_a_verified_copy_are_missing(void **state)
{
	static const struct {
		enum copy_phase phase;
		bool missing, found;
	} phases[] = {
		{ COPY_LOADING, true, false },
		{ COPY_FOLLOWING, false, true },
		{ COPY_STAGING, false, true },
		{ COPY_MOVING, false, true },
		{ COPY_STOPPED, true, true },
	};
	struct node_case *c = *state;
	struct asking a;

	put_ban(c, &rus_bans, "RUS-1", "KARIMOV", "AA1234567");
	asking_connect(&a, c, "desk");
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		const Cordon__Answer *answer;

		node_case_put_list(c, &rus_bans, phases[i].phase, 5);
		answer = asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
		assert_int_equal(answer->n_matches, phases[i].found);
		assert_missing(answer,
			(const char *[]){
				phases[i].missing ? "RUS/entry_ban" : NULL, NULL });
	}
	asking_finish(&a);
}

static void a_list_that_is_not_shared_is_not_missed(void **state)
{
	struct asking a;

	node_case_put_list(*state, &rus_bans, COPY_UNSHARED, 5);
	asking_connect(&a, *state, "desk");
	assert_missing(asking_lookup(&a, asking_document(&a, "AA1234567", "UZB")),
		(const char *[]){ NULL });
	for (size_t i = 0; i < a.freshness->n_lists; i++) {
		assert_false(data_is(a.freshness->lists[i]->list->owner, "RUS"));
	}
	asking_finish(&a);
}

static void a_list_older_than_asked_for_is_missing(void **state)
{
	Cordon__Context context = CORDON__CONTEXT__INIT;
	const Cordon__LookupAnswer *answer;
	Cordon__Query *query;
	struct asking a;

	node_case_put_list(*state, &rus_bans, COPY_FOLLOWING, 1000);
	asking_connect(&a, *state, "desk");
	query = asking_document(&a, "AA1234567", "UZB");
	context.max_age_s = 900;
	answer = asking_lookup_all(&a, &context, &query, 1);
	assert_missing(answer->answers[0], (const char *[]){ "RUS/entry_ban", NULL });
	context.max_age_s = 2000;
	answer = asking_lookup_all(&a, &context, &query, 1);
	assert_missing(answer->answers[0], (const char *[]){ NULL });
	asking_finish(&a);
}

static const Cordon__Answer *ask_no_older_than(struct asking *a, uint32_t max_age_s)
{
	Cordon__Context context = CORDON__CONTEXT__INIT;
	Cordon__Query *query = asking_document(a, "AA1234567", "UZB");

	context.max_age_s = max_age_s;
	return asking_lookup_all(a, &context, &query, 1)->answers[0];
}

static void the_lists_signed_here_are_never_too_old(void **state)
{
	struct asking a;

	node_case_put_list(*state, &kaz_bans, COPY_FOLLOWING, 1000);
	asking_connect(&a, *state, "desk");
	assert_missing(ask_no_older_than(&a, 900), (const char *[]){ NULL });
	asking_finish(&a);
}

/* Say, another node holds more of them. */
static void own_lists_that_are_not_open_may_be_too_old(void **state)
{
	struct node_case *c = *state;
	struct asking a;

	node_case_put_list(c, &kaz_bans, COPY_FOLLOWING, 1000);
	atomic_store(&c->node.own_open, false);
	asking_connect(&a, c, "desk");
	assert_missing(
		ask_no_older_than(&a, 900), (const char *[]){ "KAZ/entry_ban", NULL });
	asking_finish(&a);
}

static void a_list_with_rows_not_understood_is_missing(void **state)
{
	struct asking a;

	node_case_put_list(*state, &rus_bans, COPY_FOLLOWING, 5);
	node_case_put_unreadable(*state, &rus_bans, 1);
	asking_connect(&a, *state, "desk");
	assert_missing(asking_lookup(&a, asking_document(&a, "AA1234567", "UZB")),
		(const char *[]){ "RUS/entry_ban", NULL });
	asking_finish(&a);
}

static void a_member_not_heard_of_is_missing_whole(void **state)
{
	struct node_case *c = *state;
	Cordon__Query *query;
	struct asking a;

	asking_connect(&a, c, "desk");
	query = asking_document(&a, "AA1234567", "UZB");
	/* own lists may be lost, as long as the peers were not asked */
	assert_missing(
		asking_lookup(&a, query), (const char *[]){ "KAZ/*", "RUS/*", NULL });
	node_case_open_lists(c);
	assert_missing(asking_lookup(&a, query), (const char *[]){ "RUS/*", NULL });
	atomic_fetch_or(&c->node.heard, 2);
	assert_missing(asking_lookup(&a, query), (const char *[]){ NULL });
	asking_finish(&a);
}

/* ---- freshness --------------------------------------------------------------------
 */

static void freshness_is_told_once_until_lists_change(void **state)
{
	const Cordon__Freshness *first;
	const Cordon__LookupAnswer *answer;
	Cordon__Query *query;
	struct asking a;

	asking_connect(&a, *state, "desk");
	query = asking_document(&a, "AA1234567", "UZB");
	answer = asking_lookup_all(&a, NULL, &query, 1);
	first = a.freshness;
	assert_non_null(first);
	assert_int_equal(first->generation, answer->freshness_generation);
	assert_int_equal(first->n_lists, CORDON_KIND_INVALID_DOCUMENT);
	(void)asking_lookup_all(&a, NULL, &query, 1);
	assert_ptr_equal(a.freshness, first);
	node_case_put_list(*state, &rus_bans, COPY_LOADING, 5);
	answer = asking_lookup_all(&a, NULL, &query, 1);
	assert_true(a.freshness->generation > first->generation);
	assert_int_equal(a.freshness->generation, answer->freshness_generation);
	assert_int_equal(a.freshness->n_lists, CORDON_KIND_INVALID_DOCUMENT + 1);
	assert_true(data_is(a.freshness->lists[4]->list->owner, "RUS"));
	assert_int_equal(a.freshness->lists[4]->verified, 2);
	assert_int_equal(a.freshness->lists[0]->verified, 1);
	asking_finish(&a);
}

static void each_connection_is_told_freshness_of_its_own(void **state)
{
	struct asking a, b;

	asking_connect(&a, *state, "desk");
	(void)asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	asking_connect(&b, *state, "desk");
	(void)asking_lookup(&b, asking_document(&b, "AA1234567", "UZB"));
	assert_non_null(b.freshness);
	assert_int_equal(a.freshness->generation, b.freshness->generation);
	asking_finish(&a);
	asking_finish(&b);
}

/* ---- refused ----------------------------------------------------------------------
 */

static Cordon__Query *no_zone(struct asking *a)
{
	Cordon__Query *query = asking_document(a, "x", NULL);
	Cordon__MrzQuery *mrz = arena_alloc(&a->arena, sizeof(*mrz));
	ProtobufCBinaryData *lines = arena_array(&a->arena, 2, sizeof(*lines));

	*mrz = (Cordon__MrzQuery)CORDON__MRZ_QUERY__INIT;
	lines[0] = message_data("NOT A ZONE");
	lines[1] = message_data("NOT EITHER");
	mrz->lines = lines;
	mrz->n_lines = 2;
	query->what_case = CORDON__QUERY__WHAT_MRZ;
	query->mrz = mrz;
	return query;
}

static void a_query_in_error_does_not_cost_the_others_their_answer(void **state)
{
	const Cordon__LookupAnswer *answer;
	Cordon__Query nothing = CORDON__QUERY__INIT;
	Cordon__Query *queries[4];
	struct asking a;

	put_ban(*state, &rus_bans, "RUS-1", "KARIMOV", "AA1234567");
	asking_connect(&a, *state, "desk");
	queries[0] = no_zone(&a);
	queries[1] = asking_document(&a, "AA1234567", "UZB");
	queries[2] = &nothing;
	queries[3] = asking_document(&a, "AA1234567", "no state");
	answer = asking_lookup_all(&a, NULL, queries, 4);
	assert_int_equal(answer->n_answers, 4);
	assert_int_equal(answer->answers[0]->error->code, -CORDON_ENOTMRZ);
	assert_null(answer->answers[1]->error);
	assert_int_equal(answer->answers[1]->n_matches, 1);
	assert_int_equal(answer->answers[2]->error->code, -CORDON_EFIELD);
	assert_int_equal(answer->answers[3]->error->code, -CORDON_EFIELD);
	assert_true(answer->answers[3]->lookup.len > 0);
	asking_finish(&a);
}

static void missing_context_is_demanded_by_name(void **state)
{
	static const char *const fields[] = { "context.purpose", "context.officer",
		"context.checkpoint" };
	Cordon__Context context = CORDON__CONTEXT__INIT;
	Cordon__LookupRequest request = CORDON__LOOKUP_REQUEST__INIT;
	Cordon__Query *query;
	struct asking a;

	asking_connect(&a, *state, "desk");
	query = asking_document(&a, "AA1234567", "UZB");
	request.queries = &query;
	request.n_queries = 1;
	request.context = &context;
	for (size_t i = 0; i < 3; i++) {
		uint32_t id = asking_send(&a, MESSAGE_LOOKUP, &request.base);
		const struct failure *failure = asking_take_error(&a, id);

		assert_int_equal(failure->error, CORDON_EFIELD);
		assert_string_equal(failure->field, fields[i]);
		/* what was demanded is there at the next try */
		context.purpose = CORDON_PURPOSE_BORDER_CHECK;
		context.officer = message_data(i > 0 ? "o-17" : NULL);
	}
	context.checkpoint = message_data("airport-1");
	(void)asking_lookup_all(&a, &context, &query, 1);
	asking_finish(&a);
}

static void counts_out_of_bounds_are_refused(void **state)
{
	static Cordon__Query *queries[CORDON_BATCH_MAX + 1];
	Cordon__LookupRequest request = CORDON__LOOKUP_REQUEST__INIT;
	struct asking a;
	uint32_t id;

	asking_connect(&a, *state, "desk");
	id = asking_send(&a, MESSAGE_LOOKUP, &request.base);
	asking_refused(&a, id, CORDON_EINVAL, "no queries");
	for (size_t i = 0; i <= CORDON_BATCH_MAX; i++) {
		queries[i] = asking_document(&a, "AA1234567", "UZB");
	}
	request.queries = queries;
	request.n_queries = CORDON_BATCH_MAX + 1;
	id = asking_send(&a, MESSAGE_LOOKUP, &request.base);
	asking_refused(&a, id, CORDON_ETOOBIG, "at most 1024");
	assert_int_equal(
		asking_lookup_all(&a, NULL, queries, CORDON_BATCH_MAX)->n_answers,
		CORDON_BATCH_MAX);
	asking_finish(&a);
}

static void an_answer_larger_than_accepted_is_refused_with_a_remedy(void **state)
{
	Cordon__LookupRequest request = CORDON__LOOKUP_REQUEST__INIT;
	Cordon__Query *queries[64];
	struct asking a;
	uint32_t id;

	put_ban(*state, &rus_bans, "RUS-1", "KARIMOV", "AA1234567");
	asking_connect_silent(&a, *state, "desk");
	asking_say_hello(&a, FRAME_MAX_HELLO);
	(void)asking_take(&a, MESSAGE_HELLO, 0);
	for (size_t i = 0; i < 64; i++) {
		queries[i] = asking_document(&a, "AA1234567", "UZB");
	}
	request.queries = queries;
	request.n_queries = 64;
	id = asking_send(&a, MESSAGE_LOOKUP, &request.base);
	asking_refused(&a, id, CORDON_ETOOBIG, "ask fewer at a time");
	(void)asking_lookup(&a, queries[0]);
	asking_finish(&a);
}

static void lookups_are_counted(void **state)
{
	struct node_case *c = *state;
	struct asking a;

	put_ban(c, &rus_bans, "RUS-1", "KARIMOV", "AA1234567");
	asking_connect(&a, c, "desk");
	(void)asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	(void)asking_lookup(&a, asking_document(&a, "BB7654321", "UZB"));
	(void)asking_lookup(&a, no_zone(&a));
	assert_int_equal(atomic_load(&c->node.counters.lookups), 2);
	assert_int_equal(atomic_load(&c->node.counters.lookup_errors), 1);
	assert_int_equal(
		atomic_load(&c->node.counters.verdicts[CORDON_VERDICT_MATCH]), 1);
	assert_int_equal(
		atomic_load(&c->node.counters.verdicts[CORDON_VERDICT_CLEAR]), 1);
	asking_finish(&a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_listed_document_is_a_match),
		TEST(a_name_is_possible_and_never_a_match),
		TEST(effects_follow_the_configuration),
		TEST(why_this_member_objected_is_told),
		TEST(matches_beyond_the_limit_are_told_of),
		TEST(what_was_not_all_screened_is_never_complete),
		TEST(a_batch_of_common_numbers_gets_its_share_of_a_worker),
		TEST(every_answer_has_an_id_of_its_own),
		TEST(an_ended_record_is_not_found),
		TEST(a_record_of_tomorrow_is_not_found),
		TEST(a_record_of_its_last_day_is_found),
		TEST(lists_without_a_verified_copy_are_missing),
		TEST(a_list_that_is_not_shared_is_not_missed),
		TEST(a_list_older_than_asked_for_is_missing),
		TEST(the_lists_signed_here_are_never_too_old),
		TEST(own_lists_that_are_not_open_may_be_too_old),
		TEST(a_list_with_rows_not_understood_is_missing),
		cmocka_unit_test_setup_teardown(a_member_not_heard_of_is_missing_whole,
			set_up_closed, tear_down),
		TEST(freshness_is_told_once_until_lists_change),
		TEST(each_connection_is_told_freshness_of_its_own),
		TEST(a_query_in_error_does_not_cost_the_others_their_answer),
		cmocka_unit_test_setup_teardown(missing_context_is_demanded_by_name,
			set_up_demanding, tear_down),
		TEST(counts_out_of_bounds_are_refused),
		TEST(an_answer_larger_than_accepted_is_refused_with_a_remedy),
		TEST(lookups_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
