/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include "daemon/node/copies.h"

/* When a submitter's wait for copies is over, and what is told of it then. */

#define IDLE_MS 60000

static struct head head; /* of the list as it was submitted to */

static int set_up(void **state)
{
	int error = case_setup(state);
	struct serve_case *c = *state;

	c->config.copies = CORDON_COPIES_LOCAL;
	c->config.copies_timeout_ms = 5000;
	c->config.idle_timeout_ms = IDLE_MS;
	head = case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1 KAZ-2");
	return error;
}

static struct own_result result_of(const struct head *of)
{
	return (struct own_result){
		.kind = of->list.kind, .epoch = of->epoch, .sequence = of->sequence
	};
}

/* A submission of head's sequence that wants copies, and waits for 1,000 ms. */
static struct copies waiting_for(uint32_t wanted)
{
	struct copies copies = { .wanted = wanted, .timeout_ms = 1000 };
	struct own_result result = result_of(&head);

	copies_note(&copies, &result);
	copies_start(&copies, (struct mono){ 0 });
	return copies;
}

static bool over(struct serve_case *c, struct copies *copies)
{
	return copies_over(&c->service, copies, (struct mono){ 999999 });
}

static struct ack given;

static void put_given(struct serve_case *c, struct store_txn *txn)
{
	(void)c;
	assert_int_equal(store_ack_put(txn, &given, bytes_text("packed")), 0);
}

static void acknowledge(struct serve_case *c, const char *uri,
	const struct epoch *epoch, uint64_t sequence)
{
	given = (struct ack){ .list = kaz_bans,
		.epoch = *epoch,
		.sequence = sequence,
		.time_s = CASE_NOW_S };
	assert_int_equal(ident_uri_parse(&given.node, uri, strlen(uri), NULL), 0);
	case_write(c, put_given);
}

static void acknowledged_by(struct serve_case *c, const char *uri)
{
	acknowledge(c, uri, &head.epoch, head.sequence);
}

#define MINSK "cordon://BLR/node/minsk-1"
#define MOSCOW "cordon://RUS/node/moscow-1"

/* ---- enough of them ---------------------------------------------------------------
 */

static void all_is_every_member_that_shares_the_list(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(CORDON_COPIES_ALL);

	assert_false(over(c, &copies));
	acknowledged_by(c, MINSK);
	assert_false(over(c, &copies));
	acknowledged_by(c, MOSCOW);
	assert_true(over(c, &copies));
	assert_int_equal(copies.error, 0);
}

static void a_number_is_of_members_not_of_nodes(void **state)
{
	struct serve_case *c = *state;
	struct copies one = waiting_for(1), two = waiting_for(2);

	acknowledged_by(c, MINSK);
	acknowledged_by(c, "cordon://BLR/node/minsk-2");
	assert_true(over(c, &one));
	assert_int_equal(one.error, 0);
	assert_false(over(c, &two));
}

static void the_owners_other_nodes_are_no_copies(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(1);

	acknowledged_by(c, "cordon://KAZ/node/n2");
	assert_false(over(c, &copies));
}

static void members_that_do_not_share_the_list_are_no_copies(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(1);

	acknowledged_by(c, "cordon://ARM/node/yerevan-1");
	assert_false(over(c, &copies));
}

static void less_than_the_change_is_not_enough_more_is(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(1);

	acknowledge(c, MINSK, &head.epoch, head.sequence - 1);
	assert_false(over(c, &copies));
	case_publish(c, &kaz_bans, "BLR RUS", "KAZ-3");
	acknowledge(c, MINSK, &head.epoch, head.sequence + 1);
	assert_true(over(c, &copies));
	assert_int_equal(copies.error, 0);
}

static void each_list_needs_its_own_copies(void **state)
{
	struct serve_case *c = *state;
	struct head documents = case_publish(c, &kaz_documents, "BLR", "KAZ-9");
	struct own_result result = result_of(&documents);
	struct copies copies = waiting_for(1);

	copies_note(&copies, &result);
	acknowledged_by(c, MINSK);
	assert_false(over(c, &copies));
	given.list = kaz_documents;
	given.epoch = documents.epoch;
	given.sequence = documents.sequence;
	case_write(c, put_given);
	assert_true(over(c, &copies));
}

static void what_is_refused_or_held_wants_nothing(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = { .wanted = CORDON_COPIES_ALL, .timeout_ms = 1000 };
	struct own_result result = result_of(&head);

	result.error = CORDON_EFIELD;
	copies_note(&copies, &result);
	result.error = 0;
	result.outcome = CORDON_OUTCOME_HELD;
	copies_note(&copies, &result);
	copies_start(&copies, (struct mono){ 0 });
	assert_true(over(c, &copies));
	assert_int_equal(copies.error, 0);
}

static void shared_with_nobody_all_have_it(void **state)
{
	struct serve_case *c = *state;
	struct copies copies;

	head = case_publish(c, &kaz_bans, "", "KAZ-3");
	copies = waiting_for(CORDON_COPIES_ALL);
	assert_true(over(c, &copies));
	assert_int_equal(copies.error, 0);
}

/* ---- not enough -------------------------------------------------------------------
 */

static void when_the_time_is_up_it_says_who_has_it_and_who_not(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(2);

	acknowledged_by(c, MINSK);
	assert_false(over(c, &copies));
	assert_true(copies_over(&c->service, &copies, (struct mono){ 1000000 }));
	assert_int_equal(copies.error, CORDON_ETIMEOUT);
	assert_string_equal(copies.text.text, "not acknowledged within 1000 ms; "
					      "KAZ/entry_ban is held by BLR, not yet "
					      "by RUS");
}

static void what_came_at_the_last_moment_counts(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(1);

	acknowledged_by(c, MINSK);
	assert_true(copies_over(&c->service, &copies, (struct mono){ 9000000 }));
	assert_int_equal(copies.error, 0);
}

static void who_leaves_the_sharing_is_waited_for_no_more(void **state)
{
	struct serve_case *c = *state;
	struct copies all = waiting_for(CORDON_COPIES_ALL), two = waiting_for(2);

	acknowledged_by(c, MINSK);
	assert_false(over(c, &all));
	case_publish(c, &kaz_bans, "BLR", "KAZ-3");
	assert_true(over(c, &all));
	assert_int_equal(all.error, 0);
	assert_true(over(c, &two)); /* it can never be two again */
	assert_int_equal(two.error, CORDON_ENOTSHARED);
}

static void who_has_left_the_sharing_has_no_copy(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(1);

	acknowledged_by(c, MOSCOW);
	case_publish(c, &kaz_bans, "BLR", "KAZ-3");
	assert_false(over(c, &copies));
}

static void an_epoch_that_took_over_behind_the_change_counts(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(1);
	struct head next = case_new_epoch(c, &kaz_bans);

	assert_false(over(c, &copies));
	acknowledge(c, MINSK, &next.epoch, next.sequence);
	assert_true(over(c, &copies));
	assert_int_equal(copies.error, 0);
}

static void an_epoch_that_took_over_without_the_change_ends_it(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = { .wanted = CORDON_COPIES_ALL, .timeout_ms = 1000 };
	struct own_result result = result_of(&head);

	result.sequence += 5; /* was written after what the new epoch took over */
	copies_note(&copies, &result);
	copies_start(&copies, (struct mono){ 0 });
	case_new_epoch(c, &kaz_bans);
	assert_true(over(c, &copies));
	assert_int_equal(copies.error, CORDON_EEPOCH);
	result.epoch.tag++; /* of an epoch that it does not know at all */
	result.sequence += 1;
	copies_note(&copies, &result);
	assert_true(over(c, &copies));
	assert_int_equal(copies.error, CORDON_EEPOCH);
}

static void a_stop_says_what_is_missing(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = waiting_for(2), one = waiting_for(1);

	acknowledged_by(c, MOSCOW);
	copies_stop(&c->service, &copies);
	assert_int_equal(copies.error, CORDON_ESHUTDOWN);
	assert_non_null(strstr(copies.text.text, "held by RUS, not yet by BLR"));
	copies_stop(&c->service, &one);
	assert_int_equal(one.error, 0);
}

/* ---- the wish ---------------------------------------------------------------------
 */

static int read_wish(
	struct serve_case *c, uint32_t copies, uint32_t ms, struct copies *out)
{
	Cordon__SubmitRequest message = CORDON__SUBMIT_REQUEST__INIT;
	struct errmsg msg;

	*out = (struct copies){ 0 };
	message.copies = copies;
	message.timeout_ms = ms;
	return copies_read(&c->config, &message, out, &msg);
}

static void who_says_nothing_gets_what_is_configured(void **state)
{
	struct serve_case *c = *state;
	struct copies copies;

	assert_int_equal(read_wish(c, 0, 0, &copies), 0);
	assert_false(copies_wanted(&copies));
	c->config.copies = CORDON_COPIES_ALL;
	assert_int_equal(read_wish(c, 0, 0, &copies), 0);
	assert_int_equal(copies.wanted, CORDON_COPIES_ALL);
	assert_int_equal(copies.timeout_ms, 5000);
	/* the submitter's own patience is shorter, or longer */
	assert_int_equal(read_wish(c, 0, 4000, &copies), 0);
	assert_int_equal(copies.timeout_ms, 4000);
	assert_int_equal(read_wish(c, 0, 7000, &copies), 0);
	assert_int_equal(copies.timeout_ms, 5000);
	assert_int_equal(read_wish(c, CORDON_COPIES_LOCAL, 0, &copies), 0);
	assert_false(copies_wanted(&copies));
}

static void who_says_something_gets_that(void **state)
{
	struct serve_case *c = *state;
	struct copies copies;

	assert_int_equal(read_wish(c, 64, 0, &copies), 0);
	assert_int_equal(copies.wanted, 64);
	assert_int_equal(copies.timeout_ms, 5000);
	assert_int_equal(read_wish(c, CORDON_COPIES_ALL, IDLE_MS - 1, &copies), 0);
	assert_int_equal(copies.timeout_ms, IDLE_MS - 1);
}

static void a_wish_that_is_none_or_too_long_is_refused(void **state)
{
	static const uint32_t none[] = { 65, 100, 253, 256, UINT32_MAX };
	struct serve_case *c = *state;
	struct copies copies;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_int_equal(read_wish(c, none[i], 0, &copies), CORDON_EINVAL);
	}
	/* the connection would not live so long */
	assert_int_equal(read_wish(c, 1, IDLE_MS, &copies), CORDON_EINVAL);
	assert_int_equal(read_wish(c, 1, UINT32_MAX, &copies), CORDON_EINVAL);
	assert_int_equal(read_wish(c, 0, UINT32_MAX, &copies), 0);
}

static void more_than_share_the_list_cannot_be_wanted(void **state)
{
	struct serve_case *c = *state;
	struct request request = { .service = &c->service, .arena = &c->arena };
	struct copies copies = { .wanted = 2 };
	struct errmsg msg;
	uint16_t bans = kaz_bans.kind, documents = kaz_documents.kind;

	assert_int_equal(copies_check_kind(&request, &copies, bans, &msg), 0);
	copies.wanted = 3;
	assert_int_equal(
		copies_check_kind(&request, &copies, bans, &msg), CORDON_EINVAL);
	assert_non_null(strstr(msg.text, "KAZ/entry_ban is shared with 2 (BLR, RUS)"));
	copies.configured = true;
	assert_int_equal(
		copies_check_kind(&request, &copies, documents, &msg), CORDON_EINVAL);
	assert_non_null(strstr(msg.text, "as this node is configured"));
	assert_non_null(strstr(msg.text, "shared with 0 (nobody)"));
	copies.wanted = CORDON_COPIES_ALL;
	assert_int_equal(copies_check_kind(&request, &copies, documents, &msg), 0);
}

static void so_many_may_wait_and_no_more(void **state)
{
	struct serve_case *c = *state;
	struct copies copies = { .wanted = 1 },
		      local = { .wanted = CORDON_COPIES_LOCAL };
	atomic_uint_fast64_t *count = &c->node.counters.copies_waiting;

	atomic_store(count, COPIES_WAITING_MAX - 1);
	assert_int_equal(copies_enter(&c->node, &copies, NULL), 0);
	assert_int_equal(copies_enter(&c->node, &(struct copies){ .wanted = 1 }, NULL),
		CORDON_EBUSY);
	assert_int_equal(copies_enter(&c->node, &local, NULL), 0);
	copies_leave(&c->node, &local);
	assert_int_equal(atomic_load(count), COPIES_WAITING_MAX);
	copies_leave(&c->node, &copies);
	copies_leave(&c->node, &copies);
	assert_int_equal(atomic_load(count), COPIES_WAITING_MAX - 1);
}

/* ---- the answer -------------------------------------------------------------------
 */

static void the_answer_names_each_node_and_member(void **state)
{
	struct serve_case *c = *state;
	Cordon__SubmitAnswer answer = CORDON__SUBMIT_ANSWER__INIT;
	struct copies copies = waiting_for(CORDON_COPIES_ALL);
	const Cordon__Arrival *minsk, *moscow;

	acknowledged_by(c, MINSK);
	assert_true(copies_over(&c->service, &copies, (struct mono){ 1000000 }));
	assert_int_equal(copies_answer(&c->service, &copies, &c->arena, &answer), 0);
	assert_int_equal(answer.copies, CORDON_COPIES_ALL);
	assert_int_equal(-(int)answer.copies_error->code, CORDON_ETIMEOUT);
	assert_int_equal(answer.n_arrivals, 2);
	minsk = answer.arrivals[0];
	moscow = answer.arrivals[1];
	assert_memory_equal(minsk->node.data, MINSK, strlen(MINSK));
	assert_memory_equal(minsk->member.data, "BLR", 3);
	assert_true(minsk->arrived);
	assert_int_equal(minsk->list->kind, kaz_bans.kind);
	assert_int_equal(minsk->sequence, head.sequence);
	assert_int_equal(minsk->expected, head.sequence);
	assert_int_equal(minsk->time_s, CASE_NOW_S);
	assert_int_equal(minsk->ack.len, 0); /* record show has it */
	assert_memory_equal(moscow->node.data, MOSCOW, strlen(MOSCOW));
	assert_false(moscow->arrived);
	assert_null(moscow->epoch);
}

static void a_local_submission_names_nobody(void **state)
{
	struct serve_case *c = *state;
	Cordon__SubmitAnswer answer = CORDON__SUBMIT_ANSWER__INIT;
	struct copies copies = { .wanted = CORDON_COPIES_LOCAL };

	assert_int_equal(copies_answer(&c->service, &copies, &c->arena, &answer), 0);
	assert_int_equal(answer.copies, CORDON_COPIES_LOCAL);
	assert_int_equal(answer.n_arrivals, 0);
	assert_null(answer.copies_error);
}

#define COPIES(name) cmocka_unit_test_setup_teardown(name, set_up, case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COPIES(all_is_every_member_that_shares_the_list),
		COPIES(a_number_is_of_members_not_of_nodes),
		COPIES(the_owners_other_nodes_are_no_copies),
		COPIES(members_that_do_not_share_the_list_are_no_copies),
		COPIES(less_than_the_change_is_not_enough_more_is),
		COPIES(each_list_needs_its_own_copies),
		COPIES(what_is_refused_or_held_wants_nothing),
		COPIES(shared_with_nobody_all_have_it),
		COPIES(when_the_time_is_up_it_says_who_has_it_and_who_not),
		COPIES(what_came_at_the_last_moment_counts),
		COPIES(who_leaves_the_sharing_is_waited_for_no_more),
		COPIES(who_has_left_the_sharing_has_no_copy),
		COPIES(an_epoch_that_took_over_behind_the_change_counts),
		COPIES(an_epoch_that_took_over_without_the_change_ends_it),
		COPIES(a_stop_says_what_is_missing),
		COPIES(who_says_nothing_gets_what_is_configured),
		COPIES(who_says_something_gets_that),
		COPIES(a_wish_that_is_none_or_too_long_is_refused),
		COPIES(more_than_share_the_list_cannot_be_wanted),
		COPIES(so_many_may_wait_and_no_more),
		COPIES(the_answer_names_each_node_and_member),
		COPIES(a_local_submission_names_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
