/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/db.h"
#include "tests/unit/store/fixture.h"

/* Rows that are damaged where they lie: walked over, removed, replaced. */

static struct key row_key(struct store_txn *txn, uint64_t sequence)
{
	struct key key;

	(void)txn;
	key_native(&key, ref_make(1, sequence)); /* the first list of the store */
	return key;
}

/* What stands at sequence becomes to; NULL: what stood there with one bit turned. */
static void damage(struct fixture *f, uint64_t sequence, size_t at, const char *to)
{
	struct store_txn *txn = write_begin(f);
	struct key key = row_key(txn, sequence);
	static uint8_t copy[4096];
	struct bytes value;
	bool found;

	assert_int_equal(db_get(txn, TABLE_FEED, key_bytes(&key), &value, &found), 0);
	assert_true(found && value.size < sizeof(copy) && at < value.size);
	memcpy(copy, value.data, value.size);
	copy[at] ^= 1;
	value.data = copy;
	assert_int_equal(db_put(txn, TABLE_FEED, key_bytes(&key),
				 to == NULL ? value : bytes_text(to)),
		0);
	commit(txn);
}

static struct cordon_record record_with(
	const char *id, struct cordon_document *document)
{
	struct cordon_record record = record_of(&kaz_documents, id);

	record.documents = document;
	record.documents_count = 1;
	return record;
}

static void put_two(struct fixture *f)
{
	struct cordon_document first = { .number = "AB00100", .number_to = "AB00999" };
	struct cordon_document second = { .number = "XY7" };
	struct cordon_record a = record_with("KAZ-1", &first);
	struct cordon_record b = record_with("KAZ-2", &second);

	commit_record(f, &kaz_documents, 1, &a);
	commit_record(f, &kaz_documents, 2, &b);
}

static void a_walk_goes_over_what_cannot_be_read(void **state)
{
	struct fixture *f = *state;
	struct store_walked walked;
	struct store_txn *txn;

	put_two(f);
	damage(f, 1, 0, "rubbish");
	txn = read_begin(f);
	assert_int_equal(store_walk(txn, &kaz_documents, 0, &walked), 0);
	assert_true(walked.found);
	assert_int_equal(walked.sequence, 1);
	assert_false(walked.readable);
	assert_int_equal(store_walk(txn, &kaz_documents, 1, &walked), 0);
	assert_true(walked.found && walked.readable);
	assert_memory_equal(walked.entry.id.data, "KAZ-2", 5);
	assert_int_equal(store_walk(txn, &kaz_documents, 2, &walked), 0);
	assert_false(walked.found);
	assert_int_equal(store_walk(txn, &rus_bans, 0, &walked), 0);
	assert_false(walked.found);
	store_read_end(txn);
}

/* As apply_patch does it. */
static void replace(struct fixture *f, uint64_t sequence, const struct entry *entry)
{
	struct store_txn *txn = write_begin(f);
	struct feed feed = feed_of(txn, &kaz_documents);
	struct entry row;
	bool found;

	assert_int_equal(feed.ops->scrap(feed.context, entry->id, sequence), 0);
	assert_int_equal(feed.ops->peek(feed.context, sequence, &row, &found), 0);
	assert_false(found);
	assert_int_equal(
		feed.ops->locate(feed.context, entry->id, &(uint64_t){ 0 }, &found), 0);
	assert_false(found);
	assert_int_equal(feed.ops->put(feed.context, FEED_LIVE, entry), 0);
	commit(txn);
}

static void a_row_is_replaced_whatever_was_damaged(void **state)
{
	static const char *const rubbish[] = { NULL, "rubbish", "" };

	(void)state;
	for (size_t at = 0; at < 90; at++) {
		struct cordon_document document = { .number = "AB00100",
			.number_to = "AB00999" };
		struct cordon_record record = record_with("KAZ-1", &document);
		const char *to =
			at < sizeof(rubbish) / sizeof(rubbish[0]) ? rubbish[at] : NULL;
		struct fixture *f;
		struct entry entry;
		void *made;

		assert_int_equal(fixture_setup(&made), 0);
		f = made;
		put_two(f);
		entry = live_entry(f, 1, &record);
		damage(f, 1, at, to);
		replace(f, 1, &entry);
		assert_string_equal(find_document(f, "AB00555"), "KAZ-1");
		assert_string_equal(find_document(f, "XY7"), "KAZ-2");
		/* it can be changed and withdrawn as before */
		entry = tombstone(3, "KAZ-1");
		{
			struct store_txn *txn = write_begin(f);

			put(txn, &kaz_documents, &entry);
			commit(txn);
		}
		assert_string_equal(find_document(f, "AB00555"), "");
		fixture_teardown(&made);
	}
}

static void what_cannot_be_read_is_removed_before_a_reload(void **state)
{
	struct fixture *f = *state;
	struct store_walked walked;
	struct store_txn *txn;

	put_two(f);
	damage(f, 2, 0, "rubbish");
	txn = write_begin(f);
	assert_int_equal(store_scrap_unreadable(txn, &kaz_documents), 0);
	commit(txn);
	txn = read_begin(f);
	assert_int_equal(store_walk(txn, &kaz_documents, 0, &walked), 0);
	assert_true(walked.found && walked.readable);
	assert_int_equal(store_walk(txn, &kaz_documents, 1, &walked), 0);
	assert_false(walked.found);
	store_read_end(txn);
}

static void an_id_that_names_another_row_loses_only_that(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	struct entry row;
	struct feed feed;
	bool found;

	put_two(f);
	txn = write_begin(f);
	feed = feed_of(txn, &kaz_documents);
	assert_int_equal(feed.ops->scrap(feed.context, bytes_text("KAZ-1"), 0), 0);
	assert_int_equal(feed.ops->peek(feed.context, 1, &row, &found), 0);
	assert_true(found);
	assert_int_equal(feed.ops->locate(feed.context, bytes_text("KAZ-2"),
				 &(uint64_t){ 0 }, &found),
		0);
	assert_true(found);
	/* what is nowhere is no error */
	assert_int_equal(feed.ops->scrap(feed.context, bytes_text("KAZ-9"), 77), 0);
	commit(txn);
}

/* Looks through all indexes, few keys at a time; removes what names no row. */
static size_t sweep(struct fixture *f, size_t max)
{
	struct store_strays *strays = test_calloc(1, sizeof(*strays));
	size_t removed = 0;

	for (size_t looks = 0; !strays->done; looks++) {
		struct store_txn *txn = read_begin(f);

		assert_true(looks < 1000);
		assert_int_equal(store_strays_look(txn, strays, max), 0);
		store_read_end(txn);
		txn = write_begin(f);
		for (size_t i = 0; i < strays->count; i++) {
			bool yes;

			assert_int_equal(
				store_stray_remove(txn, &strays->found[i], &yes), 0);
			removed += yes;
		}
		commit(txn);
	}
	test_free(strays);
	return removed;
}

static void index_keys_that_name_no_row_are_removed(void **state)
{
	(void)state;
	for (size_t max = 1; max < 40; max += 6) {
		struct fixture *f;
		struct store_txn *txn;
		struct key key;
		size_t removed;
		bool found;
		void *made;

		assert_int_equal(fixture_setup(&made), 0);
		f = made;
		put_two(f);
		assert_int_equal(sweep(f, max), 0);
		txn = write_begin(f);
		key = row_key(txn, 1);
		assert_int_equal(
			db_delete(txn, TABLE_FEED, key_bytes(&key), &found), 0);
		commit(txn);
		removed = sweep(f, max);
		assert_true(removed > 2); /* blocks of the range, and its end */
		assert_int_equal(sweep(f, max), 0);
		assert_string_equal(find_document(f, "AB00555"), "");
		assert_string_equal(find_document(f, "XY7"), "KAZ-2");
		fixture_teardown(&made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_walk_goes_over_what_cannot_be_read),
		cmocka_unit_test(a_row_is_replaced_whatever_was_damaged),
		TEST(what_cannot_be_read_is_removed_before_a_reload),
		TEST(an_id_that_names_another_row_loses_only_that),
		cmocka_unit_test(index_keys_that_name_no_row_are_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
