/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/unit/node/asking.h"

/* Who is greeted, and what ends a connection. */

static int set_up(void **state)
{
	*state = node_case_create("demand_purpose = yes\n"
				  "list entry_ban { retention = 100d }\n");
	return 0;
}

static int tear_down(void **state)
{
	node_case_destroy(*state);
	return 0;
}

static const Cordon__Hello *greet(
	struct asking *a, struct node_case *c, const char *name)
{
	asking_connect_silent(a, c, name);
	asking_say_hello(a, FRAME_MAX_PEER);
	return (const Cordon__Hello *)asking_take(a, MESSAGE_HELLO, 0);
}

static void an_own_client_hears_node_and_policies(void **state)
{
	const Cordon__Hello *hello;
	struct asking a;

	hello = greet(&a, *state, "desk");
	assert_true(data_is(hello->node, "cordon://KAZ/node/almaty-1"));
	assert_int_equal(hello->frame_max, FRAME_MAX_CLIENT);
	assert_int_equal(hello->n_policies, CORDON_KIND_INVALID_DOCUMENT);
	assert_int_equal(hello->policies[0]->kind, CORDON_KIND_ENTRY_BAN);
	assert_int_equal(hello->policies[0]->retention_days, 100);
	assert_int_equal(
		hello->policies[1]->retention_days, RECORD_RETENTION_DEFAULT_DAYS);
	assert_true(hello->demands_purpose);
	assert_false(hello->demands_officer);
	asking_finish(&a);
}

static void a_node_hears_no_policies(void **state)
{
	static const char *const nodes[] = { "peer", "rus-node" };

	for (size_t i = 0; i < 2; i++) {
		const Cordon__Hello *hello;
		struct asking a;

		hello = greet(&a, *state, nodes[i]);
		assert_int_equal(hello->frame_max, FRAME_MAX_PEER);
		assert_int_equal(hello->n_policies, 0);
		assert_false(hello->demands_purpose);
		asking_finish(&a);
	}
}

static void a_client_of_another_member_is_sent_home(void **state)
{
	static const char *const clients[] = { "rus-desk", "rus-agency" };

	for (size_t i = 0; i < 2; i++) {
		struct asking a;

		asking_connect_silent(&a, *state, clients[i]);
		asking_refused(&a, 0, CORDON_EDENIED, "connect to a node of RUS");
		asking_ended(&a);
		asking_finish(&a);
	}
}

static void who_begins_with_anything_but_hello_is_refused(void **state)
{
	Cordon__Control__StatusRequest status = CORDON__CONTROL__STATUS_REQUEST__INIT;
	struct asking a;

	asking_connect_silent(&a, *state, "admin");
	asking_send(&a, MESSAGE_STATUS, &status.base);
	(void)asking_take(&a, MESSAGE_HELLO, 0);
	asking_refused(&a, 0, CORDON_EPROTO, "in place of HELLO");
	asking_ended(&a);
	asking_finish(&a);
}

static void who_speaks_another_version_hears_both(void **state)
{
	Cordon__Hello hello = CORDON__HELLO__INIT;
	struct asking a;

	hello.protocol_min = PROTOCOL_MAX + 1;
	hello.protocol_max = PROTOCOL_MAX + 2;
	hello.frame_max = FRAME_MAX_CLIENT;
	asking_connect_silent(&a, *state, "desk");
	asking_send_frame(&a, MESSAGE_HELLO, 0, 0, &hello.base);
	(void)asking_take(&a, MESSAGE_HELLO, 0);
	asking_refused(&a, 0, CORDON_EVERSION, "the older needs an update");
	asking_ended(&a);
	asking_finish(&a);
}

/* What each of these does ends the connection with an Error that says so. */
static void breaches_of_form_end_the_connection(void **state)
{
	static const struct {
		uint16_t type, flags;
		uint32_t request;
		const char *words;
	} breaches[] = {
		{ MESSAGE_HELLO, 0, 0, "second HELLO" },
		{ MESSAGE_STATUS, FRAME_MORE, 1, "flags" },
		{ MESSAGE_STATUS, 0, 0, "request id 0" },
		{ 999, 0, 0, "request id 0" },
	};
	Cordon__Control__StatusRequest status = CORDON__CONTROL__STATUS_REQUEST__INIT;

	for (size_t i = 0; i < sizeof(breaches) / sizeof(breaches[0]); i++) {
		struct asking a;

		asking_connect(&a, *state, "admin");
		asking_send_frame(&a, breaches[i].type, breaches[i].flags,
			breaches[i].request, &status.base);
		asking_refused(&a, 0, CORDON_EPROTO, breaches[i].words);
		asking_ended(&a);
		asking_finish(&a);
	}
}

static void a_payload_that_is_no_message_ends_the_connection(void **state)
{
	Cordon__Query query = CORDON__QUERY__INIT;
	struct asking a;

	asking_connect(&a, *state, "desk");
	query.limit = 7; /* where a LookupRequest has no varint */
	query.base.n_unknown_fields = 1;
	query.base.unknown_fields = &(ProtobufCMessageUnknownField){
		.tag = 2,
		.wire_type = PROTOBUF_C_WIRE_TYPE_VARINT,
		.len = 1,
		.data = (uint8_t[]){ 5 },
	};
	asking_send(&a, MESSAGE_LOOKUP, &query.base);
	asking_refused(&a, 0, CORDON_EPROTO, "");
	asking_ended(&a);
	asking_finish(&a);
}

static void too_large_a_frame_is_refused_by_its_header(void **state)
{
	Cordon__SubmitItem item = CORDON__SUBMIT_ITEM__INIT;
	struct asking a;

	asking_connect(&a, *state, "agency");
	item.what_case = CORDON__SUBMIT_ITEM__WHAT_PUT;
	item.put.len = FRAME_MAX_CLIENT;
	item.put.data = arena_alloc(&a.arena, item.put.len);
	asking_send(&a, MESSAGE_SUBMIT, &item.base);
	asking_refused(&a, 0, CORDON_ETOOBIG, "");
	asking_ended(&a);
	asking_finish(&a);
}

static void an_unknown_message_is_refused_and_the_rest_goes_on(void **state)
{
	Cordon__Control__StatusRequest status = CORDON__CONTROL__STATUS_REQUEST__INIT;
	struct asking a;
	uint32_t request;

	asking_connect(&a, *state, "admin");
	request = asking_send(&a, 120, &status.base);
	asking_refused(&a, request, CORDON_EUNSUPPORTED, "type 120");
	request = asking_send(&a, MESSAGE_LOOKUP_ANSWER, &status.base);
	asking_refused(&a, request, CORDON_EUNSUPPORTED, "no request");
	request = asking_send(&a, MESSAGE_STATUS, &status.base);
	(void)asking_take(&a, MESSAGE_STATUS_ANSWER, request);
	asking_finish(&a);
}

static void roles_are_denied_what_the_table_denies(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
	} denied[] = {
		{ "desk", MESSAGE_SUBMIT },
		{ "desk", MESSAGE_EXPORT },
		{ "desk", MESSAGE_PULL },
		{ "auditor", MESSAGE_LOOKUP },
		{ "admin", MESSAGE_SUBMIT },
		{ NULL, MESSAGE_SUBMIT },
		{ "agency", MESSAGE_HEADS_WATCH },
		{ "peer", MESSAGE_LOOKUP },
		{ "peer", MESSAGE_STATUS },
		{ "rus-node", MESSAGE_RECORD },
	};
	Cordon__LookupRequest empty = CORDON__LOOKUP_REQUEST__INIT;
	struct node_case *c = *state;

	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
		struct asking a;
		uint32_t request;

		asking_connect(&a, c, denied[i].name);
		request = asking_send(&a, denied[i].type, &empty.base);
		asking_refused(&a, request, CORDON_EDENIED, "may not");
		asking_finish(&a);
	}
	assert_int_equal(atomic_load(&c->node.counters.denied),
		sizeof(denied) / sizeof(denied[0]));
}

static void whoever_says_why_they_leave_is_let_go(void **state)
{
	struct node_case *c = *state;
	Cordon__Error error = CORDON__ERROR__INIT;
	struct asking a;

	error.code = -CORDON_EPROTO;
	asking_connect(&a, c, "desk");
	asking_send_frame(&a, MESSAGE_ERROR, 0, 0, &error.base);
	asking_ended(&a);
	asking_finish(&a);
	node_case_until(atomic_load(&c->node.counters.connections) == 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_own_client_hears_node_and_policies),
		TEST(a_node_hears_no_policies),
		TEST(a_client_of_another_member_is_sent_home),
		TEST(who_begins_with_anything_but_hello_is_refused),
		TEST(who_speaks_another_version_hears_both),
		TEST(breaches_of_form_end_the_connection),
		TEST(a_payload_that_is_no_message_ends_the_connection),
		TEST(too_large_a_frame_is_refused_by_its_header),
		TEST(an_unknown_message_is_refused_and_the_rest_goes_on),
		TEST(roles_are_denied_what_the_table_denies),
		TEST(whoever_says_why_they_leave_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
