/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

static const struct state blr = { "BLR" }, rus = { "RUS" }, kgz = { "KGZ" },
			  kaz = { "KAZ" };

/* KAZ's list at sequence 20 of epoch 8, which took over at 12 of epoch 5. */
static struct list_copy copy_made(enum copy_phase phase)
{
	struct list_copy copy;

	memset(&copy, 0, sizeof(copy));
	copy.phase = phase;
	copy.head.list = (struct list_id){ .owner = kaz, .kind = 1 };
	copy.head.epoch = (struct epoch){ 8, 88 };
	copy.head.sequence = 20;
	copy.head.bases_count = 1;
	copy.head.bases[0].epoch = (struct epoch){ 5, 55 };
	copy.head.bases[0].sequence = 12;
	memset(copy.head.bases[0].hash, 0x12, HASH_BYTES);
	memset(copy.head.hash, 0x20, HASH_BYTES);
	copy.head.shared_with[0] = blr;
	copy.head.shared_with[1] = rus;
	copy.head.shared_with_count = 2;
	return copy;
}

static struct copy_position at(uint64_t number, uint64_t tag, uint64_t after, int hash)
{
	struct copy_position position = {
		.epoch = { number, tag }, .after = after, .has_hash = hash != 0
	};

	memset(position.head_hash, hash, HASH_BYTES);
	return position;
}

static void a_position_gets_what_comes_after_it(void **state)
{
	const struct list_copy copy = copy_made(COPY_FOLLOWING);
	const struct {
		struct copy_position asked;
		enum serve_decision decision;
		uint64_t from;
	} table[] = {
		{ at(0, 0, 0, 0), SERVE_ROWS, 0 },
		{ at(0, 0, 7, 0), SERVE_ROWS, 0 }, /* no epoch: from nothing */
		{ at(8, 88, 0, 0), SERVE_ROWS, 0 },
		{ at(8, 88, 7, 0), SERVE_ROWS, 7 },
		{ at(8, 88, 7, 0x77), SERVE_ROWS, 7 },
		{ at(8, 88, 20, 0), SERVE_HOLD, 20 },
		{ at(8, 88, 20, 0x20), SERVE_HOLD, 20 },
		{ at(8, 88, 20, 0x21), SERVE_ROWS, 20 }, /* our head shows the fork */
		{ at(8, 88, 21, 0), SERVE_BEHIND, 99 },
		{ at(8, 89, 7, 0), SERVE_EPOCH, 99 },
		{ at(9, 99, 7, 0), SERVE_EPOCH, 99 },
		{ at(5, 55, 12, 0x12), SERVE_ROWS, 12 },
		{ at(5, 55, 12, 0x13), SERVE_ROWS, 0 },
		{ at(5, 55, 12, 0), SERVE_ROWS, 0 },
		{ at(5, 55, 11, 0x12), SERVE_ROWS, 0 },
		{ at(5, 56, 12, 0x12), SERVE_ROWS, 0 },
		{ at(4, 44, 12, 0x12), SERVE_ROWS, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		uint64_t from = 99;

		assert_int_equal(serve_decide(&copy, &table[i].asked, &blr, &from),
			table[i].decision);
		assert_int_equal(from, table[i].from);
	}
}

static void only_a_verified_copy_is_served_and_only_to_who_is_named(void **state)
{
	static const struct {
		enum copy_phase phase;
		enum serve_decision named, unnamed;
	} table[] = {
		{ COPY_EMPTY, SERVE_UNVERIFIED, SERVE_UNVERIFIED },
		{ COPY_LOADING, SERVE_UNVERIFIED, SERVE_UNSHARED },
		{ COPY_FOLLOWING, SERVE_ROWS, SERVE_UNSHARED },
		{ COPY_STAGING, SERVE_ROWS, SERVE_UNSHARED },
		{ COPY_MOVING, SERVE_UNVERIFIED, SERVE_UNSHARED },
		{ COPY_UNSHARED, SERVE_UNVERIFIED, SERVE_UNSHARED },
		{ COPY_STOPPED, SERVE_UNVERIFIED, SERVE_UNSHARED },
	};
	const struct copy_position nothing = { .after = 0 };
	uint64_t from;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct list_copy copy = copy_made(table[i].phase);

		assert_int_equal(
			serve_decide(&copy, &nothing, &rus, &from), table[i].named);
		/* the owner's own second node is always named */
		assert_int_equal(
			serve_decide(&copy, &nothing, &kaz, &from), table[i].named);
		assert_int_equal(
			serve_decide(&copy, &nothing, &kgz, &from), table[i].unnamed);
		copy.mixed = true;
		assert_int_not_equal(
			serve_decide(&copy, &nothing, &rus, &from), SERVE_ROWS);
		copy.head.sequence = 0; /* an own list before its first signature */
		assert_int_equal(
			serve_decide(&copy, &nothing, &rus, &from), SERVE_UNVERIFIED);
	}
}

static void every_refusal_has_an_error(void **state)
{
	(void)state;
	assert_int_equal(serve_error(SERVE_ROWS), 0);
	assert_int_equal(serve_error(SERVE_HOLD), 0);
	assert_int_equal(serve_error(SERVE_UNSHARED), CORDON_ENOTSHARED);
	assert_int_equal(serve_error(SERVE_UNVERIFIED), CORDON_EUNVERIFIED);
	assert_int_equal(serve_error(SERVE_BEHIND), CORDON_EUNVERIFIED);
	assert_int_equal(serve_error(SERVE_EPOCH), CORDON_EEPOCH);
}

static void who_is_named_no_longer_is_told_once_by_all_who_know(void **state)
{
	static const struct {
		enum copy_phase phase;
		bool named, named_held; /* named; and holds an older one */
		bool held, unknown;     /* not named and holds; and does not */
		bool owner;
	} table[] = {
		{ COPY_LOADING, false, false, false, false, false },
		{ COPY_FOLLOWING, true, true, true, false, true },
		{ COPY_STAGING, true, true, true, false, true },
		{ COPY_MOVING, false, false, false, false, false },
		{ COPY_UNSHARED, false, true, true, false, true },
		{ COPY_STOPPED, false, false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct list_copy copy = copy_made(table[i].phase);

		assert_int_equal(serve_tells(&copy, &blr, false), table[i].named);
		assert_int_equal(serve_tells(&copy, &blr, true), table[i].named_held);
		assert_int_equal(serve_tells(&copy, &kaz, false), table[i].owner);
		assert_int_equal(serve_tells(&copy, &kgz, true), table[i].held);
		assert_int_equal(serve_tells(&copy, &kgz, false), table[i].unknown);
		copy.head.sequence = 0;
		assert_false(serve_tells(&copy, &blr, true));
	}
}

static struct head remembered(uint64_t sequence, int hash, int previous)
{
	struct head head = { .sequence = sequence, .has_previous = previous != 0 };

	memset(head.hash, hash, HASH_BYTES);
	memset(head.previous, previous, HASH_BYTES);
	return head;
}

/* The asker stands at 7 with 0x77. */
static void who_stands_in_another_history_is_recognised(void **state)
{
	const struct head same = remembered(7, 0x77, 0x55),
			  other = remembered(7, 0x78, 0x55),
			  five = remembered(5, 0x55, 0x44),
			  nine = remembered(9, 0x99, 0x55),
			  nine_of_eight = remembered(9, 0x99, 0x88),
			  first = remembered(9, 0x99, 0);
	const struct {
		struct serve_around around;
		bool may_lead;
	} table[] = {
		{ { NULL, NULL, NULL }, true },
		{ { &same, &five, &nine_of_eight }, true },
		{ { &other, NULL, NULL }, false },
		{ { NULL, &five, NULL }, true },
		{ { NULL, NULL, &nine }, true },
		{ { NULL, &five, &nine_of_eight }, true },
		{ { NULL, &five, &nine }, false },
		{ { NULL, NULL, &first }, false },
	};
	const struct copy_position asked = at(8, 88, 7, 0x77),
				   reading = at(8, 88, 7, 0);

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(
			serve_may_lead(&table[i].around, &asked), table[i].may_lead);
		assert_true(serve_may_lead(&table[i].around, &reading));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_position_gets_what_comes_after_it),
		cmocka_unit_test(
			only_a_verified_copy_is_served_and_only_to_who_is_named),
		cmocka_unit_test(every_refusal_has_an_error),
		cmocka_unit_test(who_stands_in_another_history_is_recognised),
		cmocka_unit_test(who_is_named_no_longer_is_told_once_by_all_who_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
