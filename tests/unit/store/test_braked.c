/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

/* Withdrawals that the brake holds. */

static struct store_held held_of(
	uint64_t batch, const struct list_id *list, const char *id)
{
	return (struct store_held){
		.batch = batch,
		.list = *list,
		.id = bytes_text(id),
		.version = 7,
		.reason = CORDON_WITHDRAWAL_ERROR,
		.at_s = 1800000000,
		.by = bytes_text("cordon://KAZ/agency/police"),
		.text = bytes_text("the wrong file"),
	};
}

static uint64_t hold(struct fixture *f, const struct list_id *list, const char *id)
{
	struct store_txn *txn = write_begin(f);
	struct store_held held = held_of(0, list, id);

	assert_int_equal(store_held_batch(txn, list, &held.batch), 0);
	assert_int_equal(store_held_put(txn, &held), 0);
	commit(txn);
	return held.batch;
}

static void let_go(
	struct fixture *f, uint64_t batch, const struct list_id *list, const char *id)
{
	struct store_txn *txn = write_begin(f);

	assert_int_equal(store_held_remove(txn, batch, list, bytes_text(id)), 0);
	commit(txn);
}

struct seen {
	struct fixture *f;
	const char *text;
	size_t max;
};

static bool see(void *context, const struct store_held *held)
{
	struct seen *seen = context;

	seen->text = arena_printf(&seen->f->arena, "%s%d:%.*s ", seen->text,
		(int)held->batch, (int)held->id.size, (const char *)held->id.data);
	return --seen->max > 0;
}

static const char *held(struct fixture *f, uint64_t batch, size_t max)
{
	struct seen seen = { .f = f, .text = "", .max = max };
	struct store_txn *txn = read_begin(f);

	assert_int_equal(store_held_each(txn, batch, see, &seen), 0);
	store_read_end(txn);
	return seen.text;
}

static uint64_t count(struct fixture *f)
{
	struct store_txn *txn = read_begin(f);
	uint64_t n = 99;

	assert_int_equal(store_held_count(txn, &n), 0);
	store_read_end(txn);
	return n;
}

static bool as_it_was_put(void *context, const struct store_held *held)
{
	const struct store_held expected = held_of(1, &kaz_bans, "KAZ-1");

	(void)context;
	assert_true(ident_list_equal(&held->list, &expected.list));
	assert_int_equal(held->version, expected.version);
	assert_int_equal(held->reason, expected.reason);
	assert_int_equal(held->at_s, expected.at_s);
	assert_packed(held->by, "cordon://KAZ/agency/police");
	assert_packed(held->text, "the wrong file");
	return true;
}

static void what_is_held_is_told_as_it_came(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;

	assert_int_equal(hold(f, &kaz_bans, "KAZ-1"), 1);
	fixture_reopen(f);
	txn = read_begin(f);
	assert_int_equal(store_held_each(txn, 1, as_it_was_put, NULL), 0);
	store_read_end(txn);
}

static void each_list_has_one_batch_until_it_is_empty(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(hold(f, &kaz_bans, "KAZ-1"), 1);
	assert_int_equal(hold(f, &kaz_documents, "KAZ-D"), 2);
	assert_int_equal(hold(f, &kaz_bans, "KAZ-2"), 1);
	assert_int_equal(hold(f, &kaz_bans, "KAZ-1"), 1); /* once */
	assert_int_equal(count(f), 3);
	assert_string_equal(held(f, 0, 10), "1:KAZ-1 1:KAZ-2 2:KAZ-D ");
	assert_string_equal(held(f, 1, 10), "1:KAZ-1 1:KAZ-2 ");
	assert_string_equal(held(f, 1, 1), "1:KAZ-1 ");
	assert_string_equal(held(f, 3, 10), "");
	let_go(f, 1, &kaz_bans, "KAZ-1");
	assert_int_equal(hold(f, &kaz_bans, "KAZ-3"), 1);
	let_go(f, 1, &kaz_bans, "KAZ-2");
	let_go(f, 1, &kaz_bans, "KAZ-3");
	let_go(f, 1, &kaz_bans, "KAZ-3"); /* no error */
	/* a number that somebody has read is nobody else's later */
	assert_int_equal(hold(f, &kaz_bans, "KAZ-4"), 3);
	let_go(f, 3, &kaz_bans, "KAZ-4");
	let_go(f, 2, &kaz_documents, "KAZ-D");
	assert_int_equal(count(f), 0);
	assert_int_equal(hold(f, &kaz_documents, "KAZ-D"), 4);
}

static void a_text_that_is_too_long_is_refused(void **state)
{
	static char text[STORE_HELD_TEXT_MAX + 2];
	struct fixture *f = *state;
	struct store_held held = held_of(1, &kaz_bans, "KAZ-1");
	struct store_txn *txn = write_begin(f);

	memset(text, 'x', STORE_HELD_TEXT_MAX + 1);
	held.text = bytes_text(text);
	assert_int_equal(store_held_put(txn, &held), CORDON_ETOOBIG);
	store_abort(txn);
	text[STORE_HELD_TEXT_MAX] = '\0';
	held.text = bytes_text(text);
	txn = write_begin(f);
	assert_int_equal(store_held_put(txn, &held), 0);
	commit(txn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_held_is_told_as_it_came),
		TEST(each_list_has_one_batch_until_it_is_empty),
		TEST(a_text_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
