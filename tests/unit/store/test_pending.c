/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

/* Changes that wait for a second pair of eyes. */

static struct store_pending pending_of(
	uint64_t number, uint32_t position, const char *id, const char *item)
{
	return (struct store_pending){
		.number = number,
		.position = position,
		.id = bytes_text(id),
		.kind = CORDON_KIND_ENTRY_BAN,
		.version = 3,
		.why = 5,
		.at_s = 1800000000,
		.expires_s = 1800600000,
		.by = bytes_text("cordon://KAZ/agency/police"),
		.item = bytes_text(item),
	};
}

static void keep(struct fixture *f, const struct store_pending *pending)
{
	struct store_txn *txn = write_begin(f);

	assert_int_equal(store_pending_put(txn, pending), 0);
	commit(txn);
}

static void let_go(struct fixture *f, uint64_t number, uint32_t position)
{
	struct store_txn *txn = write_begin(f);

	assert_int_equal(store_pending_remove(txn, number, position), 0);
	commit(txn);
}

struct seen {
	struct fixture *f;
	const char *text;
	size_t max;
};

static bool see(void *context, const struct store_pending *pending)
{
	struct seen *seen = context;

	seen->text = arena_printf(&seen->f->arena, "%s%d.%u:%.*s ", seen->text,
		(int)pending->number, pending->position, (int)pending->id.size,
		(const char *)pending->id.data);
	return --seen->max > 0;
}

static const char *behind(
	struct fixture *f, uint64_t number, uint32_t position, size_t max)
{
	struct seen seen = { .f = f, .text = "", .max = max };
	struct store_txn *txn = read_begin(f);

	assert_int_equal(store_pending_each(txn, number, position, see, &seen), 0);
	store_read_end(txn);
	return seen.text;
}

static bool finds(struct fixture *f, const char *id, struct store_pending *pending)
{
	struct store_txn *txn = read_begin(f);
	bool found;

	assert_int_equal(store_pending_find(txn, bytes_text(id), pending, &found), 0);
	store_read_end(txn);
	return found;
}

static void a_change_is_kept_whole(void **state)
{
	struct fixture *f = *state;
	struct store_pending in = pending_of(7, 2, "KAZ-1", "item"), out;

	in.approved_by = bytes_text("cordon://KAZ/agency/court");
	keep(f, &in);
	fixture_reopen(f);
	assert_true(finds(f, "KAZ-1", &out));
	assert_true(out.number == 7 && out.position == 2 && out.version == 3);
	assert_int_equal(out.kind, CORDON_KIND_ENTRY_BAN);
	assert_int_equal(out.why, 5);
	assert_true(out.at_s == 1800000000 && out.expires_s == 1800600000);
	assert_int_equal(out.by.size, in.by.size);
	assert_int_equal(out.approved_by.size, in.approved_by.size);
	assert_int_equal(out.item.size, 4);
	assert_false(finds(f, "KAZ-2", &out));
}

static void changes_come_in_their_order_and_from_any_place(void **state)
{
	struct fixture *f = *state;
	const struct store_pending all[] = { pending_of(2, 1, "KAZ-3", "c"),
		pending_of(1, 300, "KAZ-2", "b"), pending_of(1, 1, "KAZ-1", "a"),
		pending_of(3, 1, "", "an export") };

	for (size_t i = 0; i < 4; i++) {
		keep(f, &all[i]);
	}
	assert_string_equal(
		behind(f, 0, 0, 9), "1.1:KAZ-1 1.300:KAZ-2 2.1:KAZ-3 3.1: ");
	assert_string_equal(behind(f, 0, 0, 1), "1.1:KAZ-1 ");
	assert_string_equal(behind(f, 1, 1, 9), "1.300:KAZ-2 2.1:KAZ-3 3.1: ");
	assert_string_equal(behind(f, 1, UINT32_MAX, 9), "2.1:KAZ-3 3.1: ");
	assert_string_equal(behind(f, 3, 1, 9), "");
}

static void what_is_removed_is_gone_from_both_places(void **state)
{
	struct fixture *f = *state;
	const struct store_pending one = pending_of(1, 1, "KAZ-1", "a"),
				   other = pending_of(1, 2, "KAZ-2", "b");
	struct store_pending out;

	keep(f, &one);
	keep(f, &other);
	let_go(f, 1, 1);
	let_go(f, 1, 1);
	let_go(f, 9, 9);
	assert_false(finds(f, "KAZ-1", &out));
	assert_string_equal(behind(f, 0, 0, 9), "1.2:KAZ-2 ");
}

static void numbers_are_never_the_same_again(void **state)
{
	struct fixture *f = *state;
	uint64_t last = 0;

	for (size_t i = 0; i < 3; i++) {
		struct store_txn *txn = write_begin(f);
		uint64_t number;

		assert_int_equal(store_pending_number(txn, &number), 0);
		assert_true(number == last + 1);
		last = number;
		commit(txn);
		fixture_reopen(f);
	}
}

static void what_is_too_large_does_not_wait(void **state)
{
	static uint8_t item[STORE_PENDING_ITEM_MAX + 1];
	struct fixture *f = *state;
	struct store_pending one = pending_of(1, 1, "KAZ-1", "a");
	struct store_txn *txn = write_begin(f);

	one.item = (struct bytes){ item, sizeof(item) };
	assert_int_equal(store_pending_put(txn, &one), CORDON_ETOOBIG);
	store_abort(txn);
	one.item.size--;
	keep(f, &one);
	assert_true(finds(f, "KAZ-1", &one));
	assert_int_equal(one.item.size, STORE_PENDING_ITEM_MAX);
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_kept_whole),
		TEST(changes_come_in_their_order_and_from_any_place),
		TEST(what_is_removed_is_gone_from_both_places),
		TEST(numbers_are_never_the_same_again),
		TEST(what_is_too_large_does_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
