/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/asking.h"

#include <string.h>

/*
 * Rates of one identity and one address: over them a request is refused with the
 * limit's name, nobody else notices, and it goes on by itself.  Nothing here depends on
 * how fast the machine is: a slow one only has more tokens.
 */

#define ASKED 60

static uint64_t limited(struct node_case *c, enum limit limit)
{
	return atomic_load(&c->node.counters.limited[limit]);
}

static uint32_t ask(struct asking *a, size_t queries)
{
	Cordon__LookupRequest message = CORDON__LOOKUP_REQUEST__INIT;
	Cordon__Query *all[32];

	assert_true(queries <= 32);
	for (size_t i = 0; i < queries; i++) {
		all[i] = asking_document(a, "AA1234567", "UZB");
	}
	message.queries = all;
	message.n_queries = queries;
	return asking_send(a, MESSAGE_LOOKUP, &message.base);
}

/* The next answer or refusal; whether it was one with these words. */
static bool is_refused(struct asking *a, uint32_t request, const char *words)
{
	const struct failure *failure;

	if (asking_next_type(a) == MESSAGE_FRESHNESS) {
		(void)asking_take(a, MESSAGE_FRESHNESS, 0);
	}
	if (asking_next_type(a) == MESSAGE_LOOKUP_ANSWER) {
		(void)asking_take(a, MESSAGE_LOOKUP_ANSWER, request);
		return false;
	}
	failure = asking_take_error(a, request);
	assert_int_equal(failure->error, CORDON_ELIMIT);
	assert_non_null(strstr(failure->text, words));
	assert_in_range(failure->retry_after_ms, 200, 5000);
	return true;
}

/* Asks on until refused; how many were answered. */
static unsigned ask_until_refused(struct asking *a, size_t queries, const char *words)
{
	for (unsigned i = 0; i < ASKED; i++) {
		if (is_refused(a, ask(a, queries), words)) {
			return i;
		}
	}
	fail_msg("never refused");
	return 0;
}

static void begin(struct node_case **c, const char *lines)
{
	*c = node_case_create(lines);
}

static void requests_over_the_rate_are_refused_and_others_served(void **state)
{
	struct node_case *c;
	struct asking flood, other;

	(void)state;
	begin(&c, "requests_per_identity = 1\n");
	asking_connect(&flood, c, "desk");
	asking_connect(&other, c, "agency");
	assert_true(ask_until_refused(&flood, 1, "requests_per_identity") >= 2);
	assert_true(limited(c, LIMIT_REQUESTS_PER_IDENTITY) >= 1);
	(void)asking_lookup(&other, asking_document(&other, "AA1234567", "UZB"));
	assert_int_equal(limited(c, LIMIT_REQUESTS_PER_ADDRESS), 0);
	asking_finish(&flood);
	asking_finish(&other);
	node_case_destroy(c);
}

static void what_is_sent_meanwhile_waits_and_is_answered(void **state)
{
	struct node_case *c;
	unsigned answered = 0;
	struct asking a;
	uint32_t last;

	(void)state;
	begin(&c, "requests_per_identity = 20\n");
	asking_connect(&a, c, "desk");
	for (int i = 0; i < ASKED; i++) {
		last = ask(&a, 1);
	}
	for (uint32_t request = 1; request <= last; request++) {
		answered += !is_refused(&a, request, "requests_per_identity");
	}
	/* a refusal for each time that it had to wait, not for each request */
	assert_true(answered >= ASKED - 20);
	assert_true(limited(c, LIMIT_REQUESTS_PER_IDENTITY) >= ASKED - answered);
	asking_finish(&a);
	node_case_destroy(c);
}

static void each_query_of_a_lookup_counts(void **state)
{
	struct node_case *c;
	struct asking a;

	(void)state;
	begin(&c, "requests_per_identity = 1\n");
	asking_connect(&a, c, "desk");
	/* 32 queries are half a minute's worth: the first is answered and paid for */
	assert_int_equal(ask_until_refused(&a, 32, "requests_per_identity"), 1);
	asking_finish(&a);
	node_case_destroy(c);
}

static void one_address_shares_its_rate(void **state)
{
	struct node_case *c;
	struct asking a, b;

	(void)state;
	begin(&c, "requests_per_address = 1\n");
	asking_connect(&a, c, "desk");
	asking_connect(&b, c, "agency");
	(void)ask_until_refused(&a, 32, "requests_per_address");
	assert_true(is_refused(&b, ask(&b, 1), "test has used up"));
	assert_true(limited(c, LIMIT_REQUESTS_PER_ADDRESS) >= 2);
	asking_finish(&a);
	asking_finish(&b);
	node_case_destroy(c);
}

static void bytes_are_paid_for_as_well(void **state)
{
	struct node_case *c;
	struct asking a;

	(void)state;
	begin(&c, "bytes_per_identity = 64B\n");
	asking_connect(&a, c, "desk");
	(void)ask_until_refused(&a, 32, "bytes_per_identity");
	assert_true(limited(c, LIMIT_BYTES_PER_IDENTITY) >= 1);
	asking_finish(&a);
	node_case_destroy(c);
}

static void the_local_socket_has_no_rate(void **state)
{
	struct node_case *c;
	struct asking a;

	(void)state;
	begin(&c, "requests_per_identity = 1\nrequests_per_address = 1\n");
	asking_connect(&a, c, NULL);
	for (int i = 0; i < ASKED; i++) {
		(void)asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	}
	asking_finish(&a);
	node_case_destroy(c);
}

static void a_node_is_slowed_and_not_refused(void **state)
{
	Cordon__HeadsAtRequest message = CORDON__HEADS_AT_REQUEST__INIT;
	Cordon__ListId list = CORDON__LIST_ID__INIT;
	struct node_case *c;
	struct asking a;

	(void)state;
	begin(&c, "requests_per_node = 10\nrequests_per_address = 1\n");
	asking_connect(&a, c, "peer");
	list.owner = (ProtobufCBinaryData){ 3, (uint8_t *)"KAZ" };
	list.kind = CORDON_KIND_ENTRY_BAN;
	message.list = &list;
	for (uint32_t i = 1; i <= ASKED; i++) {
		(void)asking_send(&a, MESSAGE_HEADS_AT, &message.base);
	}
	for (uint32_t i = 1; i <= ASKED; i++) {
		if (asking_next_type(&a) == MESSAGE_ERROR) {
			assert_int_not_equal(
				asking_take_error(&a, i)->error, CORDON_ELIMIT);
		} else {
			(void)asking_take(&a, asking_next_type(&a), i);
		}
	}
	assert_true(limited(c, LIMIT_REQUESTS_PER_NODE) >= 1);
	assert_int_equal(limited(c, LIMIT_REQUESTS_PER_ADDRESS), 0);
	asking_finish(&a);
	node_case_destroy(c);
}

static void whoever_connects_too_often_is_told(void **state)
{
	struct node_case *c;
	struct asking a;
	int error = 0;

	(void)state;
	begin(&c, "handshakes_per_identity = 1\n");
	for (int i = 0; i < ASKED && error == 0; i++) {
		asking_connect_silent(&a, c, "desk");
		asking_say_hello(&a, FRAME_MAX_CLIENT);
		if (asking_next_type(&a) == MESSAGE_ERROR) {
			const struct failure *failure = asking_take_error(&a, 0);

			error = failure->error;
			assert_non_null(
				strstr(failure->text, "handshakes_per_identity"));
		}
		asking_finish(&a);
	}
	assert_int_equal(error, CORDON_ELIMIT);
	assert_true(limited(c, LIMIT_HANDSHAKES_PER_IDENTITY) >= 1);
	asking_connect(&a, c, "agency");
	asking_finish(&a);
	node_case_destroy(c);
}

static void an_address_that_connects_too_often_is_closed_on(void **state)
{
	struct node_case *c;
	struct asking a;
	bool closed = false;

	(void)state;
	begin(&c, "handshakes_per_address = 1\n");
	for (int i = 0; i < ASKED && !closed; i++) {
		asking_connect_silent(&a, c, "desk");
		closed = asking_next_type(&a) == 0;
		asking_finish(&a);
	}
	assert_true(closed);
	assert_true(limited(c, LIMIT_HANDSHAKES_PER_ADDRESS) >= 1);
	node_case_destroy(c);
}

static void an_address_has_so_many_connections(void **state)
{
	struct node_case *c;
	struct asking a, b;

	(void)state;
	begin(&c, "connections_per_address = 1\n");
	asking_connect(&a, c, "desk");
	asking_connect_silent(&b, c, "agency");
	asking_ended(&b);
	assert_int_equal(limited(c, LIMIT_CONNECTIONS_PER_ADDRESS), 1);
	asking_finish(&b);
	asking_finish(&a);
	node_case_until(atomic_load(&c->node.counters.connections) == 0);
	asking_connect(&a, c, "agency");
	asking_finish(&a);
	node_case_destroy(c);
}

static uint32_t submit(struct asking *a, const char *id)
{
	struct test_ban ban;
	Cordon__SubmitItem *item = asking_put(
		a, test_ban_make(&ban, id, "KARIMOV", "ALISHER", "AA1234567"));

	return asking_submit_begin(a, &item, 1);
}

static void all_connections_of_an_identity_share_what_is_in_flight(void **state)
{
	struct node_case *c;
	struct asking a, b;
	uint32_t first, second;

	(void)state;
	begin(&c, "in_flight_per_identity = 1\n");
	asking_connect(&a, c, "agency");
	asking_connect(&b, c, "agency");
	node_case_block_writer(c);
	first = submit(&a, "KAZ-1");
	(void)asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	second = submit(&b, "KAZ-2");
	assert_int_equal(asking_take_error(&b, second)->error, CORDON_ELIMIT);
	assert_int_equal(limited(c, LIMIT_IN_FLIGHT_PER_IDENTITY), 1);
	node_case_release_writer(c);
	(void)asking_submit_end(&a, first, 1);
	second = submit(&b, "KAZ-2");
	(void)asking_submit_end(&b, second, 1);
	asking_finish(&a);
	asking_finish(&b);
	node_case_destroy(c);
}

static void a_request_that_takes_too_long_ends(void **state)
{
	struct node_case *c;
	struct asking a;

	(void)state;
	begin(&c, "request_timeout = 1s\n");
	asking_connect(&a, c, "agency");
	node_case_block_writer(c);
	asking_refused(&a, submit(&a, "KAZ-1"), CORDON_ETIMEOUT, "request_timeout");
	assert_int_equal(limited(c, LIMIT_REQUEST_TIMEOUT), 1);
	node_case_release_writer(c);
	/* the connection stands, and the next one is answered */
	(void)asking_submit_end(&a, submit(&a, "KAZ-2"), 1);
	asking_finish(&a);
	node_case_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_over_the_rate_are_refused_and_others_served),
		cmocka_unit_test(what_is_sent_meanwhile_waits_and_is_answered),
		cmocka_unit_test(each_query_of_a_lookup_counts),
		cmocka_unit_test(one_address_shares_its_rate),
		cmocka_unit_test(bytes_are_paid_for_as_well),
		cmocka_unit_test(the_local_socket_has_no_rate),
		cmocka_unit_test(a_node_is_slowed_and_not_refused),
		cmocka_unit_test(whoever_connects_too_often_is_told),
		cmocka_unit_test(an_address_that_connects_too_often_is_closed_on),
		cmocka_unit_test(an_address_has_so_many_connections),
		cmocka_unit_test(
			all_connections_of_an_identity_share_what_is_in_flight),
		cmocka_unit_test(a_request_that_takes_too_long_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
