/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/node/ack_keep.h"

/* Acknowledgements that wait for a link. */

static const struct list_id kaz = { { "KAZ" }, 1 }, blr = { { "BLR" }, 1 };
static struct ack_keep keep; /* large */

static void add(const struct list_id *list, unsigned number)
{
	struct relayed_ack relayed = { .list = *list };
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	relayed.packed = (struct bytes){ (const uint8_t *)text, strlen(text) + 1 };
	ack_keep_add(&keep, &relayed);
}

struct passed {
	const struct list_id *only; /* NULL: all lists */
	unsigned numbers[ACK_KEEP_MAX + 8];
	size_t count;
};

static bool pass(void *context, const struct relayed_ack *relayed)
{
	struct passed *passed = context;
	unsigned number;

	if (passed->only != NULL && !ident_list_equal(passed->only, &relayed->list)) {
		return false;
	}
	assert_int_equal(sscanf((const char *)relayed->packed.data, "%u", &number), 1);
	passed->numbers[passed->count++] = number;
	return true;
}

static int tear_down(void **state)
{
	(void)state;
	ack_keep_finish(&keep);
	assert_int_equal(keep.count, 0);
	return 0;
}

static void each_is_passed_on_once_and_in_order(void **state)
{
	struct passed passed = { .only = NULL }, again = passed;

	(void)state;
	add(&kaz, 1);
	add(&blr, 2);
	add(&kaz, 3);
	ack_keep_try(&keep, pass, &passed);
	assert_int_equal(passed.count, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(passed.numbers[i], i + 1);
	}
	ack_keep_try(&keep, pass, &again);
	assert_int_equal(again.count, 0);
}

static void those_without_a_link_stay(void **state)
{
	struct passed only = { .only = &blr }, rest = { .only = NULL };

	(void)state;
	add(&kaz, 1);
	add(&blr, 2);
	add(&kaz, 3);
	add(&blr, 4);
	ack_keep_try(&keep, pass, &only);
	assert_int_equal(only.count, 2);
	add(&blr, 5);
	ack_keep_try(&keep, pass, &rest);
	assert_int_equal(rest.count, 3);
	assert_int_equal(rest.numbers[0], 1);
	assert_int_equal(rest.numbers[1], 3);
	assert_int_equal(rest.numbers[2], 5);
}

static void the_oldest_give_way(void **state)
{
	struct passed only = { .only = &blr }, rest = { .only = NULL };

	(void)state;
	for (unsigned i = 0; i < ACK_KEEP_MAX; i++) {
		add(i % 2 == 0 ? &kaz : &blr, i);
	}
	for (unsigned i = 0; i < 4; i++) {
		add(&blr, 1000 + i);
	}
	ack_keep_try(&keep, pass, &only);
	assert_int_equal(only.count, ACK_KEEP_MAX / 2 + 2); /* 1 and 3 have gone */
	assert_int_equal(only.numbers[0], 5);
	assert_int_equal(only.numbers[only.count - 1], 1003);
	ack_keep_try(&keep, pass, &rest);
	assert_int_equal(rest.count, ACK_KEEP_MAX / 2 - 2);
	assert_int_equal(rest.numbers[0], 4);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_is_passed_on_once_and_in_order),
		TEST(those_without_a_link_stay),
		TEST(the_oldest_give_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
