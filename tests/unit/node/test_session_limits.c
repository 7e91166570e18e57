/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <cordon/client.h>
#include "tests/lib/pair.h"
#include "tests/unit/node/asking.h"

/* Limits, slow readers, and the orderly stop. */

static const struct list_id rus_bans = { { "RUS" }, CORDON_KIND_ENTRY_BAN };

static int set_up(void **state)
{
	*state = node_case_create("connections_max = 3\n"
				  "connections_per_identity = 2\n"
				  "requests_in_flight_max = 2\n"
				  "handshake_timeout = 300ms\n"
				  "frame_timeout = 1min\n");
	return 0;
}

/* Nothing is met by accident on a busy machine. */
static int set_up_wide(void **state)
{
	*state = node_case_create("requests_in_flight_max = 2\n"
				  "requests_per_identity = 0\n"
				  "requests_per_address = 0\n");
	return 0;
}

static int tear_down(void **state)
{
	node_case_destroy(*state);
	return 0;
}

static uint64_t connections(struct node_case *c)
{
	return atomic_load(&c->node.counters.connections);
}

/* ---- connections ------------------------------------------------------------------
 */

static void an_identity_has_so_many_connections(void **state)
{
	struct node_case *c = *state;
	struct asking a, b, third;

	asking_connect(&a, c, "desk");
	asking_connect(&b, c, "desk");
	asking_connect_silent(&third, c, "desk");
	asking_refused(&third, 0, CORDON_ELIMIT, "connections_per_identity");
	asking_ended(&third);
	asking_finish(&third);
	asking_finish(&a);
	node_case_until(connections(c) == 1);
	asking_connect(&third, c, "desk");
	asking_finish(&third);
	asking_finish(&b);
}

/* A connection that says nothing; its other end. */
static int connect_mute(struct node_case *c)
{
	int fds[2];

	pair_sockets(fds);
	worker_accept(c->node.workers[0], fds[1], "mute:1", false);
	return fds[0];
}

static void assert_at_end(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	assert_int_equal(poll(&p, 1, 20000), 1);
	assert_true(read(fd, &byte, 1) <= 0);
	close(fd);
}

static void those_who_say_nothing_make_room_for_those_who_do(void **state)
{
	struct node_case *c = *state;
	struct asking a, b;
	int mute, other;

	asking_connect(&a, c, "desk");
	mute = connect_mute(c);
	other = connect_mute(c);
	node_case_until(connections(c) == 3);
	asking_connect_silent(&b, c, "agency");
	assert_at_end(mute); /* the older one */
	asking_say_hello(&b, FRAME_MAX_CLIENT);
	(void)asking_take(&b, MESSAGE_HELLO, 0);
	close(other);
	asking_finish(&b);
	asking_finish(&a);
}

static void a_full_node_refuses_all_but_its_own_administrators(void **state)
{
	struct node_case *c = *state;
	struct asking a, b, d, late, local;

	asking_connect(&a, c, "desk");
	asking_connect(&b, c, "agency");
	asking_connect(&d, c, "admin");
	asking_connect_silent(&late, c, "auditor");
	asking_ended(&late);
	asking_connect(&local, c, NULL);
	assert_int_equal(connections(c), 4);
	asking_finish(&late);
	asking_finish(&local);
	asking_finish(&d);
	asking_finish(&b);
	asking_finish(&a);
}

static void who_never_says_hello_is_let_go(void **state)
{
	struct asking a;

	asking_connect_silent(&a, *state, "desk");
	(void)asking_take(&a, MESSAGE_HELLO, 0);
	asking_refused(&a, 0, CORDON_ETIMEOUT, "no HELLO");
	asking_ended(&a);
	asking_finish(&a);
}

static void who_is_revoked_at_a_reload_is_let_go(void **state)
{
	struct node_case *c = *state;
	struct tls_profile *profile = testpki_profile(c->pki, false, "desk", NULL);
	struct asking desk, agency;

	asking_connect(&desk, c, "desk");
	asking_connect(&agency, c, "agency");
	testpki_revoke(c->pki, "KAZ", "desk");
	node_case_reload(c);
	asking_ended(&desk);
	(void)asking_lookup(&agency, asking_document(&agency, "AA1234567", "UZB"));
	asking_finish(&desk);
	asking_connect_with(&desk, c, profile);
	tls_profile_unref(profile);
	asking_ended(&desk);
	assert_non_null(strstr(desk.msg.text, "revoked"));
	asking_finish(&desk);
	asking_finish(&agency);
}

/* ---- requests ---------------------------------------------------------------------
 */

static uint32_t submit(struct asking *a, const char *id)
{
	struct test_ban ban;
	Cordon__SubmitItem *item = asking_put(
		a, test_ban_make(&ban, id, "KARIMOV", "ALISHER", "AA1234567"));

	return asking_submit_begin(a, &item, 1);
}

static void only_so_many_requests_are_in_flight(void **state)
{
	struct node_case *c = *state;
	const struct failure *failure;
	struct asking a;
	uint32_t first, second, third;

	asking_connect(&a, c, "agency");
	node_case_block_writer(c);
	first = submit(&a, "KAZ-1");
	second = submit(&a, "KAZ-2");
	third = submit(&a, "KAZ-3");
	failure = asking_take_error(&a, third);
	assert_int_equal(failure->error, CORDON_ELIMIT);
	assert_true(failure->retry_after_ms > 0);
	/* and what needs no waiting goes past them */
	(void)asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	node_case_release_writer(c);
	(void)asking_submit_end(&a, first, 1);
	(void)asking_submit_end(&a, second, 1);
	third = submit(&a, "KAZ-3");
	(void)asking_submit_end(&a, third, 1);
	asking_finish(&a);
}

static void a_request_id_in_use_breaks_the_protocol(void **state)
{
	struct node_case *c = *state;
	struct asking a;

	asking_connect(&a, c, "agency");
	node_case_block_writer(c);
	(void)submit(&a, "KAZ-1");
	a.request--;
	(void)submit(&a, "KAZ-2");
	asking_refused(&a, 0, CORDON_EPROTO, "still being answered");
	asking_ended(&a);
	asking_finish(&a);
	node_case_release_writer(c);
	/* the first was the writer's already, and stays */
	node_case_flush(c);
	asking_connect(&a, c, "agency");
	assert_int_equal(
		asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"))->verdict,
		CORDON_VERDICT_MATCH);
	asking_finish(&a);
}

static void who_leaves_before_the_answer_costs_nothing(void **state)
{
	struct node_case *c = *state;
	struct asking a;

	asking_connect(&a, c, "agency");
	node_case_block_writer(c);
	(void)submit(&a, "KAZ-1");
	/* an answer that comes after it, so that it has been taken */
	(void)asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	asking_finish(&a);
	node_case_until(connections(c) == 0);
	node_case_release_writer(c);
	node_case_until(atomic_load(&c->node.counters.submitted) == 1);
}

#define BATCH 64
#define BATCHES 400

/* Sends far more than a session buffers, and reads nothing meanwhile. */
static void flood(struct asking *a)
{
	Cordon__LookupRequest request = CORDON__LOOKUP_REQUEST__INIT;
	Cordon__Query *queries[BATCH];

	for (size_t i = 0; i < BATCH; i++) {
		queries[i] = asking_document(a, "AA1234567", "UZB");
	}
	request.queries = queries;
	request.n_queries = BATCH;
	for (int i = 0; i < BATCHES; i++) {
		(void)asking_send(a, MESSAGE_LOOKUP, &request.base);
	}
}

static void a_slow_reader_is_read_no_more_and_holds_nobody_up(void **state)
{
	struct node_case *c = *state;
	struct test_ban ban;
	struct asking slow, other;

	node_case_put_list(c, &rus_bans, COPY_FOLLOWING, 5);
	node_case_put_row(c, &rus_bans, 1,
		test_ban_make(&ban, "RUS-1", "KARIMOV", "ALISHER", "AA1234567"));
	asking_connect(&slow, c, "desk");
	flood(&slow);
	asking_connect(&other, c, "agency");
	for (int i = 0; i < 1000; i++) {
		(void)asking_lookup(
			&other, asking_document(&other, "AA1234567", "UZB"));
	}
	/* of 400 times 64 answers of more than 200 bytes, what fits into the session's
	 * output and the socket */
	assert_true(atomic_load(&c->node.counters.lookups) < BATCH * BATCHES / 2);
	assert_int_equal(asking_next_type(&slow), MESSAGE_FRESHNESS);
	(void)asking_take(&slow, MESSAGE_FRESHNESS, 0);
	for (uint32_t i = 1; i <= BATCHES; i++) {
		const Cordon__LookupAnswer *answer;

		asking_flush(&slow);
		answer = (const Cordon__LookupAnswer *)asking_take(
			&slow, MESSAGE_LOOKUP_ANSWER, i);
		assert_int_equal(answer->n_answers, BATCH);
	}
	asking_finish(&other);
	asking_finish(&slow);
}

/* ---- the stop ---------------------------------------------------------------------
 */

static void a_stop_answers_what_is_in_flight_and_takes_no_more(void **state)
{
	struct node_case *c = *state;
	Cordon__HeadsRequest watch = CORDON__HEADS_REQUEST__INIT;
	struct asking agency, desk, node;
	uint32_t taken, watched, late;

	asking_connect(&agency, c, "agency");
	asking_connect(&desk, c, "desk");
	asking_connect(&node, c, "peer");
	watched = asking_send(&node, MESSAGE_HEADS_WATCH, &watch.base);
	(void)asking_take(&node, MESSAGE_HEADS, watched);
	node_case_block_writer(c);
	taken = submit(&agency, "KAZ-1");
	(void)asking_lookup(&agency, asking_document(&agency, "AA1234567", "UZB"));
	worker_stop(c->node.workers[0], 60000);

	/* those with nothing in flight, or who only wait for news, go at once */
	asking_refused(&desk, 0, CORDON_ESHUTDOWN, "stopping");
	asking_ended(&desk);
	asking_refused(&node, watched, CORDON_ESHUTDOWN, "");
	asking_refused(&node, 0, CORDON_ESHUTDOWN, "stopping");
	asking_ended(&node);

	late = submit(&agency, "KAZ-2");
	asking_refused(&agency, late, CORDON_ESHUTDOWN, "stopping");
	node_case_release_writer(c);
	assert_int_equal(asking_submit_end(&agency, taken, 1)->results[0]->outcome,
		CORDON_OUTCOME_CREATED);
	asking_refused(&agency, 0, CORDON_ESHUTDOWN, "stopping");
	asking_ended(&agency);
	worker_join(c->node.workers[0]);
	assert_int_equal(connections(c), 0);
	asking_finish(&agency);
	asking_finish(&desk);
	asking_finish(&node);
}

static void a_stop_waits_only_so_long(void **state)
{
	struct node_case *c = *state;
	struct asking a;

	asking_connect(&a, c, "agency");
	node_case_block_writer(c);
	(void)submit(&a, "KAZ-1");
	(void)asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	worker_stop(c->node.workers[0], 50);
	asking_ended(&a);
	worker_join(c->node.workers[0]);
	node_case_release_writer(c);
	asking_finish(&a);
}

static void who_comes_during_a_stop_is_refused(void **state)
{
	struct node_case *c = *state;
	int mute;

	worker_stop(c->node.workers[0], 60000);
	worker_join(c->node.workers[0]);
	mute = connect_mute(c);
	node_case_stop(c);
	assert_at_end(mute);
	assert_int_equal(connections(c), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_WIDE(name) cmocka_unit_test_setup_teardown(name, set_up_wide, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_identity_has_so_many_connections),
		TEST(those_who_say_nothing_make_room_for_those_who_do),
		TEST(a_full_node_refuses_all_but_its_own_administrators),
		TEST(who_never_says_hello_is_let_go),
		TEST_WIDE(who_is_revoked_at_a_reload_is_let_go),
		TEST_WIDE(only_so_many_requests_are_in_flight),
		TEST_WIDE(a_request_id_in_use_breaks_the_protocol),
		TEST_WIDE(who_leaves_before_the_answer_costs_nothing),
		TEST_WIDE(a_slow_reader_is_read_no_more_and_holds_nobody_up),
		TEST_WIDE(a_stop_answers_what_is_in_flight_and_takes_no_more),
		TEST_WIDE(a_stop_waits_only_so_long),
		TEST_WIDE(who_comes_during_a_stop_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
