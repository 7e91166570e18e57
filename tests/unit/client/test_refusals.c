/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/client/engine_case.h"

static void refuse_stopping(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)decoded;
	fake_refuse(conn, header->request, CORDON_ESHUTDOWN, "stopping");
}

static void refuse_as_reader(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)decoded;
	fake_refuse(conn, header->request, CORDON_ENOTSIGNER, "ask the signer");
}

static void a_node_that_stops_is_left(void **state)
{
	struct lookup_request *a, *b;
	struct engine_case c;

	(void)state;
	case_init(&c, 2);
	c.nodes[0].request = refuse_stopping;
	a = case_ask(&c, "A");
	b = case_ask(&c, "B");
	case_run(&c);
	case_answered(&c, a, "A");
	case_answered(&c, b, "B");
	assert_int_equal(c.nodes[1].requests, 2);
	case_finish(&c);
}

static void the_signer_is_looked_for(void **state)
{
	struct engine_case c;

	(void)state;
	case_init(&c, 3);
	c.nodes[0].request = refuse_as_reader;
	c.nodes[1].request = refuse_as_reader;
	case_asked(&c, "A");
	assert_int_equal(c.nodes[2].requests, 1);
	case_finish(&c);
}

static void where_nobody_signs_that_is_the_answer(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;

	(void)state;
	case_init(&c, 2);
	c.nodes[0].request = refuse_as_reader;
	c.nodes[1].request = refuse_as_reader;
	lookup = case_ask(&c, "A");
	case_run(&c);
	case_failed(&c, lookup, CORDON_ENOTSIGNER, "ask the signer");
	case_finish(&c);
}

static void refuse_busy(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)decoded;
	fake_refuse(conn, header->request, CORDON_EBUSY, "too many lookups");
}

static void what_a_node_refuses_is_not_asked_elsewhere(void **state)
{
	struct lookup_request *lookup;
	struct engine_case c;

	(void)state;
	case_init(&c, 2);
	c.nodes[0].request = refuse_busy;
	lookup = case_ask(&c, "A");
	case_run(&c);
	case_failed(&c, lookup, CORDON_EBUSY, "too many lookups");
	assert_int_equal(c.nodes[1].conns_count, 0);
	case_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_that_stops_is_left),
		cmocka_unit_test(the_signer_is_looked_for),
		cmocka_unit_test(where_nobody_signs_that_is_the_answer),
		cmocka_unit_test(what_a_node_refuses_is_not_asked_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
