/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static struct entry found_entry(struct store_txn *txn, const struct list_id *list,
	enum feed_area area, const char *id)
{
	struct feed feed = feed_of(txn, list);
	struct entry row;
	bool found = false;

	assert_int_equal(
		feed.ops->find(feed.context, area, bytes_text(id), &row, &found), 0);
	assert_true(found);
	return row;
}

static void assert_absent(struct store_txn *txn, const struct list_id *list,
	enum feed_area area, const char *id)
{
	struct feed feed = feed_of(txn, list);
	struct entry row;
	bool found = true;

	assert_int_equal(
		feed.ops->find(feed.context, area, bytes_text(id), &row, &found), 0);
	assert_false(found);
}

/* The sequences of all rows in order, "3 5 9". */
static const char *sequences(struct fixture *f, struct store_txn *txn,
	const struct list_id *list, enum feed_area area)
{
	struct feed feed = feed_of(txn, list);
	const char *out = "";
	uint64_t after = 0;

	for (;;) {
		struct entry row;
		bool found;

		assert_int_equal(
			feed.ops->next(feed.context, area, after, &row, &found), 0);
		if (!found) {
			return out;
		}
		after = row.sequence;
		out = arena_printf(&f->arena, "%s%s%u", out, *out == '\0' ? "" : " ",
			(unsigned)after);
	}
}

static void stage(struct store_txn *txn, const struct list_id *list, struct entry entry)
{
	struct feed feed = feed_of(txn, list);

	assert_int_equal(feed.ops->put(feed.context, FEED_STAGE, &entry), 0);
}

static void a_row_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	struct entry entry = raw_entry(7, "KAZ-1", "some sealed bytes");
	struct store_txn *txn = write_begin(f);
	struct entry row;

	entry.version = UINT64_MAX;
	entry.ends_at_s = -5;
	put(txn, &kaz_bans, &entry);
	commit(txn);
	fixture_reopen(f);
	txn = read_begin(f);
	row = found_entry(txn, &kaz_bans, FEED_LIVE, "KAZ-1");
	assert_int_equal(row.sequence, 7);
	assert_true(row.version == UINT64_MAX);
	assert_int_equal(row.state, ENTRY_LIVE);
	assert_int_equal(row.ends_at_s, -5);
	assert_memory_equal(row.sealed_hash, entry.sealed_hash, HASH_BYTES);
	assert_int_equal(row.id.size, 5);
	assert_memory_equal(row.id.data, "KAZ-1", 5);
	assert_int_equal(row.sealed.size, entry.sealed.size);
	assert_memory_equal(row.sealed.data, entry.sealed.data, row.sealed.size);
	store_read_end(txn);
}

static void a_changed_record_moves_to_its_new_sequence(void **state)
{
	struct fixture *f = *state;
	struct entry first = raw_entry(1, "KAZ-1", "a");
	struct entry other = raw_entry(2, "KAZ-2", "b");
	struct entry again = raw_entry(3, "KAZ-1", "c");
	struct store_txn *txn = write_begin(f);

	put(txn, &kaz_bans, &first);
	put(txn, &kaz_bans, &other);
	put(txn, &kaz_bans, &again);
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_LIVE), "2 3");
	assert_int_equal(found_entry(txn, &kaz_bans, FEED_LIVE, "KAZ-1").sequence, 3);
	commit(txn);
}

static void lists_do_not_see_each_others_rows(void **state)
{
	struct fixture *f = *state;
	struct entry a = raw_entry(5, "KAZ-1", "a");
	struct entry b = raw_entry(5, "KAZ-1", "b");
	struct store_txn *txn = write_begin(f);

	put(txn, &kaz_bans, &a);
	put(txn, &kaz_documents, &b);
	assert_memory_equal(
		found_entry(txn, &kaz_bans, FEED_LIVE, "KAZ-1").sealed.data, "a", 1);
	assert_memory_equal(
		found_entry(txn, &kaz_documents, FEED_LIVE, "KAZ-1").sealed.data, "b",
		1);
	assert_absent(txn, &rus_bans, FEED_LIVE, "KAZ-1");
	remove_id(txn, &kaz_bans, "KAZ-1");
	assert_absent(txn, &kaz_bans, FEED_LIVE, "KAZ-1");
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_LIVE), "");
	assert_string_equal(sequences(f, txn, &kaz_documents, FEED_LIVE), "5");
	commit(txn);
}

static void removing_what_is_not_there_is_no_error(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = write_begin(f);
	struct entry entry = raw_entry(1, "KAZ-1", "a");

	remove_id(txn, &kaz_bans, "KAZ-1");
	put(txn, &kaz_bans, &entry);
	remove_id(txn, &kaz_bans, "KAZ-2");
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_LIVE), "1");
	commit(txn);
}

static void a_sequence_of_another_record_is_refused(void **state)
{
	struct fixture *f = *state;
	struct entry a = raw_entry(5, "KAZ-1", "a");
	struct entry b = raw_entry(5, "KAZ-2", "b");
	struct store_txn *txn = write_begin(f);
	struct feed feed = feed_of(txn, &kaz_bans);
	struct errmsg msg = { "" };

	put(txn, &kaz_bans, &a);
	assert_int_equal(feed.ops->put(feed.context, FEED_LIVE, &b), CORDON_ECONFLICT);
	assert_int_equal(store_commit(txn, &msg), CORDON_ECONFLICT);
	assert_non_null(strstr(msg.text, "KAZ-2"));
	txn = read_begin(f);
	assert_absent(txn, &kaz_bans, FEED_LIVE, "KAZ-1");
	store_read_end(txn);
}

static void rows_that_no_list_can_hold_are_refused(void **state)
{
	struct fixture *f = *state;
	static const char long_id[] = "KAZ-345678901234567890123456789012345";
	static uint8_t large[RECORD_SEALED_MAX + 1];
	struct entry rows[] = {
		raw_entry(0, "KAZ-1", "a"),
		raw_entry(UINT64_C(1) << 48, "KAZ-1", "a"),
		raw_entry(1, "", "a"),
		raw_entry(1, long_id, "a"),
		raw_entry(1, "KAZ-1", "a"),
		raw_entry(1, "KAZ-1", "a"),
	};

	rows[4].state = 3;
	rows[5].sealed = (struct bytes){ large, sizeof(large) };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct store_txn *txn = write_begin(f);
		struct feed feed = feed_of(txn, &kaz_bans);

		assert_true(feed.ops->put(feed.context, FEED_LIVE, &rows[i]) < 0);
		assert_true(store_commit(txn, NULL) < 0);
	}
}

static void the_largest_row_and_the_last_sequence_fit(void **state)
{
	struct fixture *f = *state;
	static uint8_t large[RECORD_SEALED_MAX];
	struct entry entry = raw_entry(
		(UINT64_C(1) << 48) - 1, "KAZ-34567890123456789012345678901234", "");
	struct store_txn *txn = write_begin(f);
	struct entry row;

	entry.sealed = (struct bytes){ large, sizeof(large) };
	put(txn, &kaz_bans, &entry);
	row = found_entry(
		txn, &kaz_bans, FEED_LIVE, "KAZ-34567890123456789012345678901234");
	assert_true(row.sequence == (UINT64_C(1) << 48) - 1);
	assert_int_equal(row.sealed.size, sizeof(large));
	commit(txn);
}

static void the_stage_is_apart_from_live(void **state)
{
	struct fixture *f = *state;
	struct entry live = raw_entry(1, "KAZ-1", "live");
	struct store_txn *txn = write_begin(f);

	put(txn, &kaz_bans, &live);
	stage(txn, &kaz_bans, raw_entry(4, "KAZ-1", "staged"));
	stage(txn, &kaz_bans, raw_entry(6, "KAZ-2", "new"));
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_LIVE), "1");
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_STAGE), "4 6");
	assert_int_equal(found_entry(txn, &kaz_bans, FEED_STAGE, "KAZ-1").sequence, 4);
	commit(txn);
}

static void promoting_replaces_the_live_row_and_empties_the_stage(void **state)
{
	struct fixture *f = *state;
	struct entry live = raw_entry(1, "KAZ-1", "live");
	struct store_txn *txn = write_begin(f);
	struct feed feed = feed_of(txn, &kaz_bans);

	put(txn, &kaz_bans, &live);
	stage(txn, &kaz_bans, raw_entry(4, "KAZ-1", "staged"));
	assert_int_equal(feed.ops->promote(feed.context, 4), 0);
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_LIVE), "4");
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_STAGE), "");
	assert_memory_equal(found_entry(txn, &kaz_bans, FEED_LIVE, "KAZ-1").sealed.data,
		"staged", 6);
	assert_absent(txn, &kaz_bans, FEED_STAGE, "KAZ-1");
	commit(txn);
	txn = write_begin(f);
	feed = feed_of(txn, &kaz_bans);
	assert_int_equal(feed.ops->promote(feed.context, 4), CORDON_ENOTFOUND);
	store_abort(txn);
}

/* What is borrowed from the map is copied before it can move. */
static void a_row_may_be_put_from_what_was_found_in_the_same_transaction(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = write_begin(f);

	for (unsigned i = 1; i <= 200; i++) {
		char id[16];

		snprintf(id, sizeof(id), "KAZ-%u", i);
		stage(txn, &kaz_bans, raw_entry(i, id, id));
	}
	for (unsigned i = 1; i <= 200; i++) {
		struct feed feed = feed_of(txn, &kaz_bans);
		struct entry row;
		char id[16];
		bool found;

		snprintf(id, sizeof(id), "KAZ-%u", i);
		row = found_entry(txn, &kaz_bans, FEED_STAGE, id);
		put(txn, &kaz_bans, &row);
		row = found_entry(txn, &kaz_bans, FEED_LIVE, id);
		row.sequence += 1000;
		put(txn, &kaz_bans, &row);
		assert_int_equal(feed.ops->find(feed.context, FEED_LIVE, bytes_text(id),
					 &row, &found),
			0);
		assert_int_equal(row.sequence, i + 1000);
		assert_memory_equal(row.sealed.data, id, strlen(id));
		assert_int_equal(feed.ops->remove(feed.context, FEED_STAGE, row.id), 0);
	}
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_STAGE), "");
	commit(txn);
}

static void clearing_takes_one_area_of_one_list(void **state)
{
	struct fixture *f = *state;
	struct entry rows[] = { raw_entry(1, "KAZ-1", "a"),
		raw_entry(2, "KAZ-2", "b") };
	struct store_txn *txn = write_begin(f);
	struct feed feed = feed_of(txn, &kaz_bans);

	for (size_t i = 0; i < 2; i++) {
		put(txn, &kaz_bans, &rows[i]);
		put(txn, &rus_bans, &rows[i]);
		stage(txn, &kaz_bans, rows[i]);
	}
	assert_int_equal(feed.ops->clear(feed.context, FEED_LIVE), 0);
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_LIVE), "");
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_STAGE), "1 2");
	assert_string_equal(sequences(f, txn, &rus_bans, FEED_LIVE), "1 2");
	assert_int_equal(feed.ops->clear(feed.context, FEED_STAGE), 0);
	assert_string_equal(sequences(f, txn, &kaz_bans, FEED_STAGE), "");
	commit(txn);
}

static void a_reader_keeps_its_snapshot_until_it_renews(void **state)
{
	struct fixture *f = *state;
	struct entry a = raw_entry(1, "KAZ-1", "a"), b = raw_entry(2, "KAZ-1", "b");
	struct store_txn *reader = read_begin(f), *writer;
	uint64_t generation;

	assert_absent(reader, &kaz_bans, FEED_LIVE, "KAZ-1");
	generation = store_generation(f->store);
	writer = write_begin(f);
	put(writer, &kaz_bans, &a);
	assert_absent(reader, &kaz_bans, FEED_LIVE, "KAZ-1");
	commit(writer);
	assert_true(store_generation(f->store) > generation);
	assert_absent(reader, &kaz_bans, FEED_LIVE, "KAZ-1");
	assert_int_equal(store_read_renew(reader), 0);
	assert_int_equal(
		found_entry(reader, &kaz_bans, FEED_LIVE, "KAZ-1").sequence, 1);
	writer = write_begin(f);
	put(writer, &kaz_bans, &b);
	commit(writer);
	assert_string_equal(sequences(f, reader, &kaz_bans, FEED_LIVE), "1");
	store_read_reset(reader);
	assert_int_equal(store_read_renew(reader), 0);
	assert_string_equal(sequences(f, reader, &kaz_bans, FEED_LIVE), "2");
	store_read_end(reader);
}

static void a_reset_reader_says_so_until_it_renews(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = read_begin(f);
	struct store_row row;
	struct errmsg msg = { "" };
	bool found;

	store_read_reset(txn);
	store_read_reset(txn);
	assert_int_equal(store_find(txn, "KAZ-1", 5, &row, &found), CORDON_EINVAL);
	assert_int_equal(store_txn_error(txn, &msg), CORDON_EINVAL);
	assert_non_null(strstr(msg.text, "renewed"));
	assert_int_equal(store_read_renew(txn), 0);
	assert_int_equal(store_find(txn, "KAZ-1", 5, &row, &found), 0);
	assert_false(found);
	store_read_end(txn);
}

static void a_reader_cannot_write_and_an_aborted_writer_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct entry entry = raw_entry(1, "KAZ-1", "a");
	struct store_txn *txn = read_begin(f);
	struct feed feed = feed_of(txn, &kaz_bans);
	uint64_t generation = store_generation(f->store);

	assert_int_equal(feed.ops->put(feed.context, FEED_LIVE, &entry), CORDON_EINVAL);
	store_read_end(txn);
	txn = write_begin(f);
	put(txn, &kaz_bans, &entry);
	store_abort(txn);
	txn = read_begin(f);
	assert_absent(txn, &kaz_bans, FEED_LIVE, "KAZ-1");
	store_read_end(txn);
	assert_true(store_generation(f->store) == generation);
	commit(write_begin(f)); /* nothing changed */
	assert_true(store_generation(f->store) == generation);
}

static void a_record_is_found_in_any_list_of_its_owner(void **state)
{
	struct fixture *f = *state;
	struct entry gone = tombstone(1, "KAZ-1");
	struct entry there = raw_entry(2, "KAZ-1", "a");
	struct entry foreign = raw_entry(3, "KAZ-2", "a");
	struct store_txn *txn = write_begin(f);
	struct store_row row;
	bool found;

	put(txn, &kaz_bans, &gone);
	assert_int_equal(store_find(txn, "KAZ-1", 5, &row, &found), 0);
	assert_true(found && row.entry.state == ENTRY_WITHDRAWN);
	put(txn, &kaz_documents, &there);
	put(txn, &rus_bans, &foreign); /* an id that is not RUS's to give */
	assert_int_equal(store_find(txn, "KAZ-1", 5, &row, &found), 0);
	assert_true(found && row.entry.state == ENTRY_LIVE);
	assert_true(ident_list_equal(&row.list, &kaz_documents));
	assert_int_equal(store_find(txn, "KAZ-2", 5, &row, &found), 0);
	assert_false(found);
	assert_int_equal(store_find(txn, "no id", 5, &row, &found), 0);
	assert_false(found);
	commit(txn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_row_comes_back_as_it_was_put),
		TEST(a_changed_record_moves_to_its_new_sequence),
		TEST(lists_do_not_see_each_others_rows),
		TEST(removing_what_is_not_there_is_no_error),
		TEST(a_sequence_of_another_record_is_refused),
		TEST(rows_that_no_list_can_hold_are_refused),
		TEST(the_largest_row_and_the_last_sequence_fit),
		TEST(the_stage_is_apart_from_live),
		TEST(promoting_replaces_the_live_row_and_empties_the_stage),
		TEST(a_row_may_be_put_from_what_was_found_in_the_same_transaction),
		TEST(clearing_takes_one_area_of_one_list),
		TEST(a_reader_keeps_its_snapshot_until_it_renews),
		TEST(a_reset_reader_says_so_until_it_renews),
		TEST(a_reader_cannot_write_and_an_aborted_writer_leaves_nothing),
		TEST(a_record_is_found_in_any_list_of_its_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
