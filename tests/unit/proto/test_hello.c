/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/failure.h"
#include "proto/hello.h"

static struct arena arena;
static struct errmsg msg;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	msg.text[0] = '\0';
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static struct bytes packed(const ProtobufCMessage *message)
{
	uint8_t *out = arena_alloc(&arena, protobuf_c_message_get_packed_size(message));

	assert_non_null(out);
	return (struct bytes){ out, protobuf_c_message_pack(message, out) };
}

static const struct frame_header hello_header = { .type = MESSAGE_HELLO };

/* Reads what a side that says hello would send. */
static int heard(const struct hello *hello, struct hello *theirs)
{
	Cordon__Hello *message = hello_to_message(hello, &arena);

	assert_non_null(message);
	return hello_read(&hello_header, packed(&message->base), &arena, theirs, &msg);
}

static void refused(const struct hello *hello, const char *words)
{
	struct hello theirs;

	assert_int_equal(heard(hello, &theirs), CORDON_EPROTO);
	if (strstr(msg.text, words) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", msg.text, words);
	}
}

static struct hello good(void)
{
	struct hello hello;

	hello_init(&hello, FRAME_MAX_CLIENT, "cordond 0.1.0");
	return hello;
}

static struct hello speaking(uint32_t min, uint32_t max)
{
	struct hello hello = good();

	hello.protocol_min = min;
	hello.protocol_max = max;
	return hello;
}

static void what_a_node_says_is_heard(void **state)
{
	static const struct cordon_kind_policy policies[] = { { 1, 1826 }, { 17, 30 } };
	struct hello hello = good(), theirs;

	(void)state;
	hello.node = "cordon://KAZ/node/almaty-1";
	hello.policies = policies;
	hello.policies_count = 2;
	hello.demands_officer = true;
	assert_int_equal(heard(&hello, &theirs), 0);
	assert_string_equal(theirs.node, hello.node);
	assert_string_equal(theirs.software, "cordond 0.1.0");
	assert_int_equal(theirs.frame_max, FRAME_MAX_CLIENT);
	assert_int_equal(theirs.policies_count, 2);
	assert_int_equal(theirs.policies[1].kind, 17);
	assert_int_equal(theirs.policies[1].retention_days, 30);
	assert_true(theirs.demands_officer);
	assert_false(theirs.demands_purpose);
}

static void both_work_out_the_highest_version_in_common(void **state)
{
	static const struct {
		uint32_t a_min, a_max, b_min, b_max, version;
	} cases[] = {
		{ 1, 1, 1, 1, 1 },
		{ 1, 3, 2, 9, 3 },
		{ 2, 9, 1, 3, 3 },
		{ 1, 9, 4, 5, 5 },
		{ 1, 2, 3, 4, 0 },
		{ 3, 4, 1, 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hello a = speaking(cases[i].a_min, cases[i].a_max);
		struct hello b = speaking(cases[i].b_min, cases[i].b_max);
		uint32_t of_a = 0, of_b = 0;
		int expected = cases[i].version == 0 ? CORDON_EVERSION : 0;

		assert_int_equal(hello_agree(&a, &b, &of_a, &msg), expected);
		assert_int_equal(hello_agree(&b, &a, &of_b, NULL), expected);
		assert_int_equal(of_a, cases[i].version);
		assert_int_equal(of_b, cases[i].version);
	}
	assert_non_null(strstr(msg.text, "speaks 3 to 4, the other 1 to 2"));
}

static void a_hello_that_makes_no_sense_is_refused(void **state)
{
	struct hello none = speaking(0, 1), backward = speaking(2, 1);
	struct hello small = good(), desk = good(), nobody = good();

	(void)state;
	refused(&none, "versions 0 to 1");
	refused(&backward, "versions 2 to 1");
	small.frame_max = FRAME_MAX_HELLO - 1;
	refused(&small, "frame_max 4095");
	desk.node = "cordon://KAZ/checkpoint/desk";
	refused(&desk, "the role is checkpoint");
	nobody.node = "almaty-1";
	refused(&nobody, "the node's URI");
}

static void every_other_first_frame_is_refused(void **state)
{
	static const struct frame_header headers[] = {
		{ .type = MESSAGE_LOOKUP, .request = 1 },
		{ .type = MESSAGE_HELLO, .request = 1 },
		{ .type = MESSAGE_HELLO, .flags = FRAME_MORE },
		{ .type = MESSAGE_ERROR, .request = 7 },
		{ .type = 9999 },
	};
	struct hello hello = good(), theirs;
	struct bytes payload = packed(&hello_to_message(&hello, &arena)->base);

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		assert_int_equal(
			hello_read(&headers[i], payload, &arena, &theirs, &msg),
			CORDON_EPROTO);
		assert_non_null(strstr(msg.text, "in place of HELLO"));
	}
}

static void an_error_in_place_of_hello_says_why(void **state)
{
	static const struct frame_header header = { .type = MESSAGE_ERROR };
	const struct failure failure = { CORDON_EBUSY, "too many connections", NULL,
		500 };
	Cordon__Error message;
	struct hello theirs;

	(void)state;
	failure_to_message(&failure, &message);
	assert_int_equal(
		hello_read(&header, packed(&message.base), &arena, &theirs, &msg),
		CORDON_EBUSY);
	assert_string_equal(msg.text, "too many connections");
}

static void garbage_is_refused(void **state)
{
	static const uint8_t garbage[] = { 0xff, 0xff, 0x01, 0x00, 0x80 };
	struct hello theirs;

	(void)state;
	for (size_t size = 0; size <= sizeof(garbage); size++) {
		assert_int_equal(
			hello_read(&hello_header, (struct bytes){ garbage, size },
				&arena, &theirs, &msg),
			CORDON_EPROTO);
	}
}

static void an_error_keeps_code_and_field_whatever_its_text(void **state)
{
	const struct failure said = { CORDON_EFIELD, "bad \xff text", "person.born",
		0 };
	struct failure heard_failure;
	Cordon__Error message;

	(void)state;
	failure_to_message(&said, &message);
	failure_from_message(&message, &arena, &heard_failure);
	assert_int_equal(heard_failure.error, CORDON_EFIELD);
	assert_string_equal(heard_failure.text, cordon_error_text(CORDON_EFIELD));
	assert_string_equal(heard_failure.field, "person.born");
	message.code = 0;
	failure_from_message(&message, &arena, &heard_failure);
	assert_int_equal(heard_failure.error, CORDON_EPROTO);
	message.code = UINT32_MAX;
	failure_from_message(&message, &arena, &heard_failure);
	assert_int_equal(heard_failure.error, CORDON_EPROTO);
	message.code = 4711;
	failure_from_message(&message, &arena, &heard_failure);
	assert_int_equal(heard_failure.error, -4711);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(what_a_node_says_is_heard),
		TEST(both_work_out_the_highest_version_in_common),
		TEST(a_hello_that_makes_no_sense_is_refused),
		TEST(every_other_first_frame_is_refused),
		TEST(an_error_in_place_of_hello_says_why),
		TEST(garbage_is_refused),
		TEST(an_error_keeps_code_and_field_whatever_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
