/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

struct seen_due {
	struct fixture *f;
	const char *text;
	size_t max;
};

static bool see_due(void *context, int64_t when, struct bytes id)
{
	struct seen_due *seen = context;

	seen->text = arena_printf(&seen->f->arena, "%s%.*s@%d ", seen->text,
		(int)id.size, (const char *)id.data, (int)when);
	return --seen->max > 0;
}

static const char *due(struct fixture *f, int64_t day, size_t max)
{
	static const struct state kaz = { "KAZ" };
	struct seen_due seen = { .f = f, .text = "", .max = max };
	struct store_txn *txn = read_begin(f);

	assert_int_equal(store_due(txn, &kaz, day, see_due, &seen), 0);
	store_read_end(txn);
	return seen.text;
}

static void commit_reviewed(struct fixture *f, const struct list_id *list,
	uint64_t sequence, const char *id, int64_t day)
{
	struct cordon_record record = record_of(list, id);

	record.review_by = date_from_days(day);
	commit_record(f, list, sequence, &record);
}

static void own_records_are_due_in_the_order_of_their_review(void **state)
{
	struct fixture *f = *state;
	struct cordon_record without = record_of(&kaz_bans, "KAZ-0");
	struct store_txn *txn;

	commit_reviewed(f, &kaz_bans, 1, "KAZ-C", 20600);
	commit_reviewed(f, &kaz_documents, 1, "KAZ-A", 20500);
	commit_reviewed(f, &kaz_bans, 2, "KAZ-B", 20550);
	commit_reviewed(f, &kaz_bans, 3, "KAZ-OLD", -3);
	commit_reviewed(f, &rus_bans, 1, "RUS-1", 20500);
	commit_record(f, &kaz_bans, 4, &without);
	assert_string_equal(due(f, -4, 10), "");
	assert_string_equal(due(f, 20499, 10), "KAZ-OLD@-3 ");
	assert_string_equal(due(f, 20550, 10), "KAZ-OLD@-3 KAZ-A@20500 KAZ-B@20550 ");
	assert_string_equal(due(f, 30000, 2), "KAZ-OLD@-3 KAZ-A@20500 ");
	commit_reviewed(f, &kaz_bans, 5, "KAZ-B", 20700); /* confirmed */
	assert_string_equal(due(f, 20699, 10), "KAZ-OLD@-3 KAZ-A@20500 KAZ-C@20600 ");
	txn = write_begin(f);
	remove_id(txn, &kaz_documents, "KAZ-A");
	commit(txn);
	assert_string_equal(due(f, 20600, 10), "KAZ-OLD@-3 KAZ-C@20600 ");
}

static void live_rows_end_in_the_order_of_their_validity(void **state)
{
	static const struct state kaz = { "KAZ" };
	struct fixture *f = *state;
	struct cordon_record record = record_of(&kaz_bans, "KAZ-1");
	struct seen_due seen = { .f = f, .text = "", .max = 10 };
	struct entry gone = tombstone(3, "KAZ-2");
	struct store_txn *txn;

	record.valid_from = (struct cordon_date){ 2020, 1, 1 };
	record.valid_until = (struct cordon_date){ 2025, 12, 31 };
	commit_record(f, &kaz_bans, 1, &record);
	record.id = "KAZ-2";
	record.valid_until.year = 2024;
	commit_record(f, &kaz_bans, 2, &record);
	txn = read_begin(f);
	assert_int_equal(store_ended(txn, &kaz, 1767225600, see_due, &seen), 0);
	assert_string_equal(seen.text, "KAZ-2@1735689600 KAZ-1@1767225600 ");
	store_read_end(txn);
	txn = write_begin(f);
	put(txn, &kaz_bans, &gone);
	commit(txn);
	seen = (struct seen_due){ .f = f, .text = "", .max = 10 };
	txn = read_begin(f);
	assert_int_equal(store_ended(txn, &kaz, 1767225599, see_due, &seen), 0);
	assert_string_equal(seen.text, "");
	store_read_end(txn);
}

static void notes_are_kept_beside_their_record(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = write_begin(f);
	struct bytes note = { (const uint8_t *)"", 1 };

	assert_int_equal(store_note_get(txn, bytes_text("KAZ-1"), &note), 0);
	assert_int_equal(note.size, 0);
	assert_int_equal(store_note_put(txn, bytes_text("KAZ-1"), NULL), 0);
	assert_int_equal(store_note_put(txn, bytes_text("KAZ-1"), "see file 7"), 0);
	commit(txn);
	fixture_reopen(f);
	txn = write_begin(f);
	assert_int_equal(store_note_get(txn, bytes_text("KAZ-1"), &note), 0);
	assert_packed(note, "see file 7");
	assert_int_equal(store_note_put(txn, bytes_text("KAZ-1"), NULL), 0);
	assert_int_equal(store_note_get(txn, bytes_text("KAZ-1"), &note), 0);
	assert_int_equal(note.size, 0);
	assert_int_equal(store_note_put(txn, bytes_text("?"), "x"), CORDON_EINVAL);
	store_abort(txn);
}

static void small_things_are_kept_by_name(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = { "", ".format",
		"a name that is much too long for what is to be kept by it, since "
		"names "
		"of small things have at most 100 bytes" };
	static uint8_t large[4097];
	struct store_txn *txn = write_begin(f);
	struct bytes value;
	bool found = true;

	assert_int_equal(store_meta_get(txn, "heard/RUS", &value, &found), 0);
	assert_false(found);
	assert_int_equal(store_meta_put(txn, "heard/RUS", bytes_text("yes")), 0);
	assert_int_equal(store_meta_get(txn, "heard/RUS", &value, &found), 0);
	assert_true(found);
	assert_packed(value, "yes");
	assert_int_equal(
		store_meta_put(txn, "large", (struct bytes){ large, 4096 }), 0);
	commit(txn);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		txn = write_begin(f);
		assert_int_equal(
			store_meta_put(txn, bad[i], bytes_text("x")), CORDON_EINVAL);
		store_abort(txn);
	}
	txn = write_begin(f);
	assert_int_equal(store_meta_put(txn, "large", (struct bytes){ large, 4097 }),
		CORDON_ETOOBIG);
	store_abort(txn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(own_records_are_due_in_the_order_of_their_review),
		TEST(live_rows_end_in_the_order_of_their_validity),
		TEST(notes_are_kept_beside_their_record),
		TEST(small_things_are_kept_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
