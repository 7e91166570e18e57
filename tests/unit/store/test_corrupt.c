/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/db.h"
#include "tests/unit/store/fixture.h"

/*
 * Values that make no sense, as a damaged page may leave them: an error that names
 * table and key, whatever one asks.
 */

static void plant(
	struct fixture *f, enum table table, const struct key *key, struct bytes value)
{
	struct store_txn *txn = write_begin(f);

	assert_int_equal(db_put(txn, table, key_bytes(key), value), 0);
	commit(txn);
}

/* Ends the transaction, which is to have failed over the table. */
static void assert_corrupt(struct store_txn *txn, const char *table)
{
	struct errmsg msg = { "" };
	char words[32];

	assert_int_equal(store_txn_error(txn, &msg), CORDON_ECORRUPT);
	snprintf(words, sizeof(words), "table %s, key ", table);
	if (strstr(msg.text, words) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", msg.text, words);
	}
	store_read_end(txn);
}

static void commit_number(struct fixture *f)
{
	struct cordon_document document = { .number = "AB00100",
		.number_to = "AB00999" };
	struct cordon_record record = record_of(&kaz_documents, "KAZ-1");

	record.documents = &document;
	record.documents_count = 1;
	commit_record(f, &kaz_documents, 1, &record);
}

static void find_number(struct store_txn *txn)
{
	struct question question = { .has_number = true, .skeleton = "A800555" };
	uint64_t refs[4];
	struct store_row row;
	size_t count;
	bool cut;

	if (store_candidates(txn, &question, refs, 4, &count, &cut) == 0) {
		assert_int_equal(count, 1);
		(void)store_row(txn, refs[0], &row);
	}
}

static void find_id(struct store_txn *txn)
{
	struct store_row row;
	bool found;

	(void)store_find(txn, "KAZ-1", 5, &row, &found);
}

static void a_damaged_row_is_named(void **state)
{
	static const uint8_t lengths[] = { 0, 1, 10, 51, 52, 53 };
	struct fixture *f = *state;
	static uint8_t bytes[64];
	struct key key;

	commit_number(f);
	key_native(&key, ref_make(1, 1));
	bytes[0] = 1;  /* the row's version */
	bytes[9] = 1;  /* live */
	bytes[51] = 9; /* an id that is longer than the row */
	for (size_t i = 0; i < sizeof(lengths); i++) {
		struct store_txn *txn;
		struct feed feed;
		struct entry row;
		bool found;

		plant(f, TABLE_FEED, &key, (struct bytes){ bytes, lengths[i] });
		txn = read_begin(f);
		find_number(txn);
		assert_corrupt(txn, "feed");
		txn = read_begin(f);
		find_id(txn);
		assert_corrupt(txn, "feed");
		txn = read_begin(f);
		feed = feed_of(txn, &kaz_documents);
		assert_int_equal(
			feed.ops->next(feed.context, FEED_LIVE, 0, &row, &found),
			CORDON_ECORRUPT);
		assert_corrupt(txn, "feed");
	}
}

static void a_row_that_an_index_names_in_vain_is_named(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	struct key key;

	commit_number(f);
	txn = write_begin(f);
	key_native(&key, ref_make(1, 1));
	assert_int_equal(db_delete(txn, TABLE_FEED, key_bytes(&key), NULL), 0);
	commit(txn);
	txn = read_begin(f);
	find_number(txn);
	assert_corrupt(txn, "feed");
	txn = read_begin(f);
	find_id(txn);
	assert_corrupt(txn, "feed");
}

static void an_index_that_lacks_what_a_record_has_is_named_without_it(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	struct errmsg msg = { "" };
	struct feed feed;

	commit_number(f);
	txn = write_begin(f);
	assert_int_equal(db_drop(txn, TABLE_DOCUMENTS), 0);
	commit(txn);
	txn = write_begin(f);
	feed = feed_of(txn, &kaz_documents);
	assert_int_equal(feed.ops->remove(feed.context, FEED_LIVE, bytes_text("KAZ-1")),
		CORDON_ECORRUPT);
	assert_int_equal(store_commit(txn, &msg), CORDON_ECORRUPT);
	assert_non_null(strstr(msg.text, "table documents, key (hidden)"));
}

static void damaged_counts_of_blocks_are_named(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	struct key key;

	commit_number(f);
	key_length(&key, 7);
	plant(f, TABLE_LENGTHS, &key, bytes_text("x"));
	txn = read_begin(f);
	find_number(txn);
	assert_corrupt(txn, "lengths");
}

static void counts_of_fewer_blocks_than_there_are_are_named(void **state)
{
	static const uint8_t zeros[4 * (CORDON_NUMBER_MAX + 1)];
	struct fixture *f = *state;
	struct store_txn *txn;
	struct feed feed;
	struct key key;

	commit_number(f);
	key_length(&key, 7);
	plant(f, TABLE_LENGTHS, &key, (struct bytes){ zeros, sizeof(zeros) });
	txn = write_begin(f);
	feed = feed_of(txn, &kaz_documents);
	(void)feed.ops->remove(feed.context, FEED_LIVE, bytes_text("KAZ-1"));
	assert_corrupt(txn, "lengths");
}

static void damaged_lists_are_named(void **state)
{
	struct fixture *f = *state;
	struct list_copy copy;
	struct list_id *lists;
	struct store_txn *txn;
	struct key key;
	size_t count;
	bool found;

	commit_number(f);
	key_number(&key, 1);
	plant(f, TABLE_NUMBERS, &key, bytes_text("KA"));
	txn = read_begin(f);
	find_number(txn);
	assert_corrupt(txn, "numbers");
	key_list(&key, &kaz_documents);
	plant(f, TABLE_LISTS, &key, bytes_text("nonsense"));
	txn = read_begin(f);
	(void)store_list_get(txn, &kaz_documents, &copy, &found);
	assert_corrupt(txn, "lists");
	txn = read_begin(f);
	(void)store_lists(txn, &f->arena, &lists, &count);
	assert_corrupt(txn, "lists");
	txn = read_begin(f);
	find_id(txn);
	assert_corrupt(txn, "lists");
}

/* Cut anywhere, or with something behind. */
static void every_part_of_a_lists_state_is_checked(void **state)
{
	struct fixture *f = *state;
	struct list_copy copy;
	struct store_txn *txn;
	bool found;

	memset(&copy, 0, sizeof(copy));
	copy.phase = COPY_STAGING;
	copy.head = head_of(&kaz_bans, 1, 5);
	copy.head.bases_count = 1;
	copy.head.shared_with_count = 2;
	copy.high = copy.head;
	txn = write_begin(f);
	copy.digest.lanes[0] = copy.read_digest.lanes[0] = 1;
	assert_int_equal(store_list_put(txn, &kaz_bans, &copy), 0);
	commit(txn);
	for (uint8_t part = 1; part <= 4; part++) {
		static uint8_t whole[4096];
		struct bytes value;
		struct key key;
		size_t size;

		key_part(&key, &kaz_bans, part);
		txn = read_begin(f);
		assert_int_equal(
			db_get(txn, TABLE_PARTS, key_bytes(&key), &value, &found), 0);
		assert_true(found);
		size = value.size;
		memcpy(whole, value.data, size);
		store_read_end(txn);
		for (size_t cut = 0; cut <= size + 1; cut += cut < 400 ? 7 : 97) {
			if (cut == size) {
				continue;
			}
			plant(f, TABLE_PARTS, &key, (struct bytes){ whole, cut });
			txn = read_begin(f);
			(void)store_list_get(txn, &kaz_bans, &copy, &found);
			assert_corrupt(txn, "parts");
		}
		plant(f, TABLE_PARTS, &key, (struct bytes){ whole, size });
	}
	txn = read_begin(f);
	assert_int_equal(store_list_get(txn, &kaz_bans, &copy, &found), 0);
	store_read_end(txn);
}

static void counts_beyond_their_arrays_are_named(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = write_begin(f);
	static uint8_t value[2048];
	struct list_copy copy;
	struct key key;
	bool found;

	memset(&copy, 0, sizeof(copy));
	assert_int_equal(store_list_put(txn, &kaz_bans, &copy), 0);
	commit(txn);
	memset(value, 0xff, sizeof(value));
	value[0] = 1; /* version of the codec */
	value[1] = COPY_FOLLOWING;
	key_part(&key, &kaz_bans, 1);
	plant(f, TABLE_PARTS, &key, (struct bytes){ value, sizeof(value) });
	txn = read_begin(f);
	(void)store_list_get(txn, &kaz_bans, &copy, &found);
	assert_corrupt(txn, "parts");
}

static bool see_ack(void *context, const struct ack *ack)
{
	(void)context;
	(void)ack;
	return true;
}

static bool see_evidence(void *context, const struct store_evidence *evidence)
{
	(void)context;
	(void)evidence;
	return true;
}

static bool see_due(void *context, int64_t day, struct bytes id)
{
	(void)context;
	(void)day;
	(void)id;
	return true;
}

static void damaged_acks_evidence_and_days_are_named(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	struct head head = head_of(&kaz_bans, 1, 1);
	struct ack ack = { .list = kaz_bans };
	uint64_t ref = ref_make(9, 9);
	struct key key;
	bool changed;

	assert_int_equal(
		ident_uri_parse(&ack.node, NODE_URI, strlen(NODE_URI), NULL), 0);
	key_ack(&key, &kaz_bans, &ack.node);
	plant(f, TABLE_ACKS, &key, bytes_text("x"));
	txn = read_begin(f);
	(void)store_acks(txn, &kaz_bans, see_ack, NULL);
	assert_corrupt(txn, "acks");

	key_evidence(&key, &head);
	plant(f, TABLE_EVIDENCE, &key, bytes_text("\xff\xff\xff\xff"));
	txn = read_begin(f);
	(void)store_evidence(txn, &kaz_bans, see_evidence, NULL);
	assert_corrupt(txn, "evidence");

	txn = write_begin(f);
	key_due(&key, TAG_REVIEW, &kaz_bans.owner, 20000);
	assert_int_equal(db_add_ref(txn, TABLE_DUE, key_bytes(&key), ref, &changed), 0);
	commit(txn);
	txn = read_begin(f);
	(void)store_due(txn, &kaz_bans.owner, 30000, see_due, NULL);
	assert_corrupt(txn, "numbers");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_damaged_row_is_named),
		TEST(a_row_that_an_index_names_in_vain_is_named),
		TEST(an_index_that_lacks_what_a_record_has_is_named_without_it),
		TEST(damaged_counts_of_blocks_are_named),
		TEST(counts_of_fewer_blocks_than_there_are_are_named),
		TEST(damaged_lists_are_named),
		TEST(every_part_of_a_lists_state_is_checked),
		TEST(counts_beyond_their_arrays_are_named),
		TEST(damaged_acks_evidence_and_days_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
