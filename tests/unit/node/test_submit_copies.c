/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <time.h>

#include <cordon/client.h>
#include "daemon/node/copies.h"
#include "proto/tls_x509.h"
#include "tests/unit/node/asking.h"

/* Submitters who wait for copies, at a node with sessions and a writer. */

#define LONG_MS 100000

static int set_up(void **state)
{
	*state = node_case_create("list entry_ban { share_with = {RUS} }\n");
	return 0;
}

static int set_up_configured(void **state)
{
	*state = node_case_create("list entry_ban { share_with = {RUS} }\n"
				  "copies = all\ncopies_timeout = 20ms\n");
	return 0;
}

static int tear_down(void **state)
{
	node_case_destroy(*state);
	return 0;
}

static uint32_t put(struct asking *a, const char *id, uint32_t copies, uint32_t ms)
{
	Cordon__SubmitRequest request = CORDON__SUBMIT_REQUEST__INIT;
	struct test_ban b;
	Cordon__SubmitItem *item =
		asking_put(a, test_ban_make(&b, id, "KARIMOV", "ALISHER", "AA1234567"));

	request.items = &item;
	request.n_items = 1;
	request.copies = copies;
	request.timeout_ms = ms;
	return asking_send(a, MESSAGE_SUBMIT, &request.base);
}

/* The request has been seen and waits: what comes after it is answered. */
static void assert_waits(struct asking *a)
{
	assert_int_not_equal(
		asking_lookup(a, asking_document(a, "AA1234567", "UZB"))->verdict, 0);
	assert_null(a->first);
}

static uint64_t waiting(struct node_case *c)
{
	return atomic_load(&c->node.counters.copies_waiting);
}

static void read_head(struct node_case *c, struct head *head)
{
	static const struct list_id bans = { { "KAZ" }, CORDON_KIND_ENTRY_BAN };
	struct store_txn *txn;
	struct list_copy copy;
	bool found;

	assert_int_equal(store_read_begin(c->node.store, &txn, NULL), 0);
	assert_int_equal(store_list_get(txn, &bans, &copy, &found), 0);
	assert_true(found);
	*head = copy.head;
	store_read_end(txn);
}

/* RUS's node says that it has all there is of KAZ's bans. */
static void acknowledge(struct node_case *c)
{
	struct tls_profile *profile = testpki_profile(c->pki, false, "rus-node", NULL);
	Cordon__HeadsRequest watch = CORDON__HEADS_REQUEST__INIT;
	Cordon__Acks message = CORDON__ACKS__INIT;
	struct errmsg msg = { "" };
	struct bytes packed;
	Cordon__Ack *ack;
	struct asking rus;
	struct head head;
	struct ack said;

	asking_connect(&rus, c, "rus-node");
	node_case_flush(c);
	read_head(c, &head);
	said = (struct ack){ .list = head.list,
		.epoch = head.epoch,
		.sequence = head.sequence,
		.time_s = time(NULL) };
	memcpy(said.head_hash, head.hash, HASH_BYTES);
	said.node = *tls_profile_self(profile);
	if (ack_sign(&said, tls_profile_key(profile), tls_profile_certificate(profile),
		    &rus.arena, &packed, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	ack = cordon__ack__unpack(NULL, packed.size, packed.data);
	assert_non_null(ack);
	message.acks = &ack;
	message.n_acks = 1;
	asking_send_frame(&rus, MESSAGE_ACKS, 0, 0, &message.base);
	cordon__ack__free_unpacked(ack, NULL);
	/* it has been read when what follows is answered */
	(void)asking_take(&rus, MESSAGE_HEADS,
		asking_send(&rus, MESSAGE_HEADS_WATCH, &watch.base));
	asking_finish(&rus);
	tls_profile_unref(profile);
}

static void the_answer_comes_with_the_acknowledgement(void **state)
{
	struct node_case *c = *state;
	const Cordon__SubmitAnswer *answer;
	struct asking a;
	uint32_t request;

	asking_connect(&a, c, "agency");
	request = put(&a, "KAZ-1", CORDON_COPIES_ALL, LONG_MS);
	assert_waits(&a);
	assert_int_equal(waiting(c), 1);
	acknowledge(c);
	answer = asking_submit_end(&a, request, 1);
	assert_int_equal(answer->results[0]->outcome, CORDON_OUTCOME_CREATED);
	assert_true(data_is(answer->results[0]->id, "KAZ-1"));
	assert_null(answer->copies_error);
	assert_int_equal(answer->copies, CORDON_COPIES_ALL);
	assert_int_equal(answer->n_arrivals, 1);
	assert_true(answer->arrivals[0]->arrived);
	assert_true(data_is(answer->arrivals[0]->node, "cordon://RUS/node/moscow-1"));
	assert_true(answer->arrivals[0]->sequence >= answer->results[0]->sequence);
	node_case_until(waiting(c) == 0);
	/* sent again it is unchanged, and there already */
	answer = asking_submit_end(&a, put(&a, "KAZ-1", 1, LONG_MS), 1);
	assert_int_equal(answer->results[0]->outcome, CORDON_OUTCOME_UNCHANGED);
	assert_null(answer->copies_error);
	asking_finish(&a);
}

static void others_are_answered_meanwhile(void **state)
{
	struct node_case *c = *state;
	struct asking a;
	uint32_t waits, local;

	asking_connect(&a, c, "agency");
	waits = put(&a, "KAZ-1", 1, LONG_MS);
	local = put(&a, "KAZ-2", CORDON_COPIES_LOCAL, 0);
	(void)asking_submit_end(&a, local, 1);
	assert_waits(&a);
	acknowledge(c);
	assert_null(asking_submit_end(&a, waits, 1)->copies_error);
	asking_finish(&a);
}

static void the_time_is_up_and_the_change_stands(void **state)
{
	struct node_case *c = *state;
	const Cordon__SubmitAnswer *answer;
	struct asking a;

	asking_connect(&a, c, "agency");
	answer = asking_submit_end(&a, put(&a, "KAZ-1", 1, 1), 1);
	assert_int_equal(answer->results[0]->outcome, CORDON_OUTCOME_CREATED);
	assert_int_equal(-(int)answer->copies_error->code, CORDON_ETIMEOUT);
	assert_true(data_has(answer->copies_error->text, "not yet by RUS"));
	assert_int_equal(answer->n_arrivals, 1);
	assert_false(answer->arrivals[0]->arrived);
	assert_true(data_is(answer->arrivals[0]->member, "RUS"));
	assert_int_equal(
		asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"))->verdict,
		CORDON_VERDICT_MATCH);
	asking_finish(&a);
}

static void what_cannot_be_is_refused_with_nothing_written(void **state)
{
	struct node_case *c = *state;
	struct head before, after;
	struct asking a;

	read_head(c, &before);
	asking_connect(&a, c, "agency");
	asking_refused(&a, put(&a, "KAZ-1", 2, LONG_MS), CORDON_EINVAL,
		"KAZ/entry_ban is shared with 1 (RUS)");
	asking_refused(&a, put(&a, "KAZ-1", 100, LONG_MS), CORDON_EINVAL, "copies");
	read_head(c, &after);
	assert_int_equal(after.sequence, before.sequence);
	assert_int_equal(waiting(c), 0);
	asking_finish(&a);
}

static void what_is_refused_as_a_whole_is_not_waited_for(void **state)
{
	struct node_case *c = *state;
	const Cordon__SubmitAnswer *answer;
	struct asking a;

	asking_connect(&a, c, "agency");
	answer = asking_submit_end(&a, put(&a, "RUS-1", CORDON_COPIES_ALL, LONG_MS), 1);
	assert_int_equal(answer->results[0]->outcome, CORDON_OUTCOME_REFUSED);
	assert_null(answer->copies_error);
	assert_int_equal(waiting(c), 0);
	asking_finish(&a);
}

static void who_goes_waits_no_more(void **state)
{
	struct node_case *c = *state;
	struct asking a;

	asking_connect(&a, c, "agency");
	(void)put(&a, "KAZ-1", 1, LONG_MS);
	(void)put(&a, "KAZ-2", 1, LONG_MS);
	assert_waits(&a);
	assert_int_equal(waiting(c), 2);
	asking_finish(&a);
	node_case_until(waiting(c) == 0);
}

static void too_many_are_sent_back_before_anything(void **state)
{
	struct node_case *c = *state;
	struct asking a;

	asking_connect(&a, c, "agency");
	atomic_store(&c->node.counters.copies_waiting, COPIES_WAITING_MAX);
	asking_refused(
		&a, put(&a, "KAZ-1", 1, LONG_MS), CORDON_EBUSY, "wait for copies");
	assert_int_equal(
		asking_submit_end(&a, put(&a, "KAZ-1", CORDON_COPIES_LOCAL, 0), 1)
			->results[0]
			->outcome,
		CORDON_OUTCOME_CREATED);
	atomic_store(&c->node.counters.copies_waiting, 0);
	asking_finish(&a);
}

static void a_stop_answers_who_waits(void **state)
{
	struct node_case *c = *state;
	const Cordon__SubmitAnswer *answer;
	struct asking a, unwritten;
	uint32_t waits, written_late;

	asking_connect(&a, c, "agency");
	asking_connect(&unwritten, c, "agency");
	waits = put(&a, "KAZ-1", 1, LONG_MS);
	assert_waits(&a);
	node_case_block_writer(c);
	written_late = put(&unwritten, "KAZ-2", 1, LONG_MS);
	(void)asking_lookup(&unwritten, asking_document(&unwritten, "ZZ9", "UZB"));
	worker_stop(c->node.workers[0], 60000);
	answer = asking_submit_end(&a, waits, 1);
	assert_int_equal(answer->results[0]->outcome, CORDON_OUTCOME_CREATED);
	assert_int_equal(-(int)answer->copies_error->code, CORDON_ESHUTDOWN);
	asking_refused(&a, 0, CORDON_ESHUTDOWN, "stopping");
	asking_ended(&a);
	node_case_release_writer(c);
	answer = asking_submit_end(&unwritten, written_late, 1);
	assert_int_equal(answer->results[0]->outcome, CORDON_OUTCOME_CREATED);
	assert_int_equal(-(int)answer->copies_error->code, CORDON_ESHUTDOWN);
	asking_refused(&unwritten, 0, CORDON_ESHUTDOWN, "stopping");
	asking_ended(&unwritten);
	worker_join(c->node.workers[0]);
	assert_int_equal(waiting(c), 0);
	asking_finish(&a);
	asking_finish(&unwritten);
}

static void the_node_may_want_copies_by_itself(void **state)
{
	struct node_case *c = *state;
	const Cordon__SubmitAnswer *answer;
	struct asking a;

	asking_connect(&a, c, "agency");
	answer = asking_submit_end(&a, put(&a, "KAZ-1", 0, 0), 1);
	assert_int_equal(answer->copies, CORDON_COPIES_ALL);
	assert_int_equal(-(int)answer->copies_error->code, CORDON_ETIMEOUT);
	answer = asking_submit_end(&a, put(&a, "KAZ-2", CORDON_COPIES_LOCAL, 0), 1);
	assert_int_equal(answer->copies, CORDON_COPIES_LOCAL);
	assert_null(answer->copies_error);
	asking_finish(&a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_answer_comes_with_the_acknowledgement),
		TEST(others_are_answered_meanwhile),
		TEST(the_time_is_up_and_the_change_stands),
		TEST(what_cannot_be_is_refused_with_nothing_written),
		TEST(what_is_refused_as_a_whole_is_not_waited_for),
		TEST(who_goes_waits_no_more),
		TEST(too_many_are_sent_back_before_anything),
		TEST(a_stop_answers_who_waits),
		cmocka_unit_test_setup_teardown(the_node_may_want_copies_by_itself,
			set_up_configured, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
