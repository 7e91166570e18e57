/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/db.h"
#include "daemon/store/meta.h"
#include "tests/lib/listed.h"
#include "tests/unit/store/fixture.h"

/* Persons in a store: found through its postings, which come and go with the rows. */

#define PERSONS 300

static const char *const surnames[] = { "Каменщиков", "Мельниченко", "Сапожникян",
	"Ткачук" };
static const char *const givens[] = { "Тимур", "Богдан", "Армен" };

/* Invented; the same number is the same person. */
static struct cordon_record person_record(struct fixture *f, size_t n)
{
	struct cordon_record record =
		record_of(&kaz_bans, arena_printf(&f->arena, "KAZ-%zu", n));
	struct cordon_name *name = arena_array(&f->arena, 1, sizeof(*name));
	struct cordon_person *person = arena_array(&f->arena, 1, sizeof(*person));

	assert_non_null(name);
	assert_non_null(person);
	*name = (struct cordon_name){ .type = CORDON_NAME_PRIMARY,
		.surname = (char *)surnames[n % 4],
		.given = (char *)givens[n / 4 % 3] };
	*person = (struct cordon_person){ .names = name,
		.names_count = 1,
		.born = { (int16_t)(1950 + n % 40), (uint8_t)(1 + n % 12),
			(uint8_t)(1 + n % 28) } };
	record.person = person;
	return record;
}

static void put_persons(struct fixture *f, size_t from, size_t count)
{
	struct store_txn *txn = write_begin(f);

	for (size_t n = from; n < from + count; n++) {
		struct cordon_record record = person_record(f, n);

		put_record(f, txn, &kaz_bans, n, &record);
	}
	commit(txn);
	arena_reset(&f->arena);
}

static struct search_work work;
static struct search_result result;

/* How many are found of a name, and the sequence of the first. */
static size_t find_person(
	struct fixture *f, const char *full, uint32_t born, uint64_t *sequence)
{
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY, .full = (char *)full };
	struct compare_person asked = { .born = born };
	struct store_txn *txn = read_begin(f);
	struct store_persons persons;

	assert_int_equal(words_of_name(f->match, &name, &asked.name.words), 0);
	assert_int_equal(store_persons_open(txn, &persons), 0);
	assert_int_equal(
		search_person(&persons.source, &asked, 1, 64, &work, &result), 0);
	store_persons_close(&persons);
	store_read_end(txn);
	*sequence = result.count > 0 ? ref_sequence(result.found[0].ref) : 0;
	return result.count;
}

static uint64_t entries(struct fixture *f, enum table table)
{
	struct store_txn *txn = read_begin(f);
	MDB_stat stat;
	uint64_t count;

	assert_int_equal(mdb_stat(txn->mdb, txn->env->tables[table], &stat), 0);
	count = stat.ms_entries;
	store_read_end(txn);
	return count;
}

static void a_person_is_found_until_the_record_goes(void **state)
{
	struct fixture *f = *state;
	uint32_t born = 1957 << 9 | 8 << 5 | 8; /* of the seventh */
	struct store_txn *txn;
	uint64_t sequence;

	put_persons(f, 1, 20);
	assert_int_equal(entries(f, TABLE_CARDS), 20);
	assert_true(find_person(f, "TKACHUK BOGDAN", born, &sequence) > 0);
	assert_int_equal(sequence, 7);
	txn = write_begin(f);
	remove_id(txn, &kaz_bans, "KAZ-7");
	commit(txn);
	assert_int_equal(entries(f, TABLE_CARDS), 19);
	(void)find_person(f, "TKACHUK BOGDAN", born, &sequence);
	assert_int_not_equal(sequence, 7);
}

static void nothing_stays_of_erased_content(void **state)
{
	struct fixture *f = *state;
	struct cordon_record record = person_record(f, 7);
	struct entry erased = live_entry(f, 8, &record);
	struct store_txn *txn;

	commit_record(f, &kaz_bans, 7, &record);
	assert_true(entries(f, TABLE_POSTINGS) > 0);
	erased.sealed = (struct bytes){ NULL, 0 };
	txn = write_begin(f);
	put(txn, &kaz_bans, &erased);
	commit(txn);
	assert_int_equal(entries(f, TABLE_POSTINGS), 0);
	assert_int_equal(entries(f, TABLE_CARDS), 0);
}

/* ---- as the array in memory --------------------------------------------------------
 */

struct shown {
	uint8_t packed[4 * PERSONS * POSTING_BYTES];
	size_t count;
};

static bool show(void *arg, const uint8_t *packed, size_t count)
{
	struct shown *shown = arg;

	assert_true((shown->count + count) * POSTING_BYTES <= sizeof(shown->packed));
	memcpy(shown->packed + shown->count * POSTING_BYTES, packed,
		count * POSTING_BYTES);
	shown->count += count;
	return true;
}

static void same_scans(struct posting_source *a, struct posting_source *b, uint64_t key,
	uint32_t from, uint32_t to)
{
	static struct shown x, y;

	x.count = y.count = 0;
	assert_int_equal(a->scan(a->data, key, from, to, show, &x), 0);
	assert_int_equal(b->scan(b->data, key, from, to, show, &y), 0);
	assert_int_equal(x.count, y.count);
	assert_memory_equal(x.packed, y.packed, x.count * POSTING_BYTES);
}

static void same_key(struct posting_source *a, struct posting_source *b, uint64_t key)
{
	static const uint32_t years[] = { 0, 1949, 1950, 1961, 1989, 2000 };
	uint64_t x, y;

	assert_int_equal(a->count(a->data, key, &x), 0);
	assert_int_equal(b->count(b->data, key, &y), 0);
	assert_int_equal(x, y);
	for (size_t i = 0; i < 6; i++) {
		for (size_t k = 0; k < 6; k++) {
			same_scans(a, b, key, years[i] << 9, years[k] << 9 | 511);
		}
		same_scans(a, b, key, years[i] << 9, UINT32_MAX);
	}
}

/* The cards of the store in an array. */
static void list_cards(struct store_txn *txn, struct listed *listed)
{
	struct db_cursor cursor;
	struct bytes key, card;
	MDB_cursor_op op = MDB_FIRST;
	bool found = true;

	assert_int_equal(db_cursor_open(&cursor, txn, TABLE_CARDS), 0);
	while (found) {
		uint64_t ref;

		assert_int_equal(db_cursor_get(&cursor, op, &key, &card, &found), 0);
		if (found) {
			assert_true(key_native_read(key, &ref));
			assert_false(listed_add(listed, ref, card));
		}
		op = MDB_NEXT;
	}
	db_cursor_close(&cursor);
}

static void check_sources(struct fixture *f)
{
	struct store_txn *txn = read_begin(f);
	struct listed listed = { .count = 0 };
	struct posting_source array;
	struct store_persons persons;
	uint64_t key = 0;
	size_t keys = 0;
	bool found = true;

	list_cards(txn, &listed);
	array = listed_source(&listed);
	assert_int_equal(store_persons_open(txn, &persons), 0);
	assert_int_equal(persons.source.persons, array.persons);
	for (; found; key++) {
		uint64_t other = 0;
		bool other_found;

		assert_int_equal(
			persons.source.next(persons.source.data, key, &key, &found), 0);
		assert_int_equal(array.next(array.data, key, &other, &other_found), 0);
		assert_int_equal(found, other_found);
		if (found) {
			assert_int_equal(key, other);
			same_key(&persons.source, &array, key);
			keys++;
		}
	}
	assert_true(keys > 3);
	same_key(&persons.source, &array, 12345); /* there is none */
	store_persons_close(&persons);
	store_read_end(txn);
	listed_free(&listed);
}

static void the_store_shows_what_an_array_shows(void **state)
{
	struct fixture *f = *state;

	put_persons(f, 1, PERSONS); /* some keys have more than a page */
	check_sources(f);
}

static void a_first_load_makes_the_same(void **state)
{
	struct fixture *f = *state;
	struct list_copy copy;
	struct store_txn *txn;
	struct feed feed;
	bool found;

	put_persons(f, 1, 2);
	txn = write_begin(f);
	feed = feed_of(txn, &kaz_bans);
	assert_int_equal(feed.ops->clear(feed.context, FEED_LIVE), 0);
	commit(txn);
	put_persons(f, 1, PERSONS);
	txn = write_begin(f);
	assert_int_equal(store_list_get(txn, &kaz_bans, &copy, &found), 0);
	copy.phase = COPY_FOLLOWING;
	assert_int_equal(store_list_put(txn, &kaz_bans, &copy), 0);
	commit(txn);
	assert_int_equal(entries(f, TABLE_CARDS), PERSONS);
	check_sources(f);
}

/* ---- what is missing or too much ---------------------------------------------------
 */

static void take_first(struct fixture *f, enum table table)
{
	struct store_txn *txn = write_begin(f);
	struct db_cursor cursor;
	struct bytes key, value;
	bool found;

	assert_int_equal(db_cursor_open(&cursor, txn, table), 0);
	assert_int_equal(db_cursor_get(&cursor, MDB_FIRST, &key, &value, &found), 0);
	assert_true(found);
	assert_int_equal(db_cursor_delete(&cursor), 0);
	db_cursor_close(&cursor);
	commit(txn);
}

static size_t mend(struct fixture *f)
{
	struct store_mending mending = { .after = 0 };
	struct store_txn *txn = write_begin(f);

	assert_int_equal(store_mend_keys(txn, &kaz_bans, &mending, 1000), 0);
	commit(txn);
	return mending.rows;
}

static void lost_postings_and_cards_are_mended(void **state)
{
	struct fixture *f = *state;

	put_persons(f, 1, 10);
	assert_int_equal(mend(f), 0);
	take_first(f, TABLE_CARDS);
	assert_int_equal(mend(f), 1);
	take_first(f, TABLE_POSTINGS);
	assert_int_equal(mend(f), 1);
	assert_int_equal(mend(f), 0);
	check_sources(f);
}

static size_t sweep(struct fixture *f, size_t max)
{
	struct store_strays *strays = test_calloc(1, sizeof(*strays));
	size_t removed = 0;

	while (!strays->done) {
		struct store_txn *txn = write_begin(f);

		assert_int_equal(store_strays_look(txn, strays, max), 0);
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

static void postings_and_cards_of_no_row_are_removed(void **state)
{
	struct fixture *f = *state;

	put_persons(f, 1, PERSONS);
	assert_int_equal(sweep(f, 7), 0);
	take_first(f, TABLE_FEED);
	assert_true(sweep(f, 7) >= 4); /* two words, the date, the card */
	assert_int_equal(entries(f, TABLE_CARDS), PERSONS - 1);
	assert_int_equal(sweep(f, 7), 0);
}

/* ---- other rules --------------------------------------------------------------------
 */

/* As if a program with other rules had written the store. */
static void make_old(struct fixture *f)
{
	struct store_txn *txn = write_begin(f);

	assert_int_equal(meta_put(txn, META_PERSONS, bytes_text("older")), 0);
	commit(txn);
	fixture_reopen(f);
}

static struct store_persons_progress progress_of(struct fixture *f)
{
	struct store_persons_progress progress;
	struct store_txn *txn = read_begin(f);

	assert_int_equal(store_persons_progress(txn, &progress), 0);
	store_read_end(txn);
	return progress;
}

static bool is_partial(struct fixture *f)
{
	struct store_txn *txn = read_begin(f);
	struct store_list_info *infos;
	size_t count;
	bool partial = false;

	assert_int_equal(store_list_infos(txn, &f->arena, &infos, &count), 0);
	for (size_t i = 0; i < count; i++) {
		partial |= infos[i].persons_partial;
	}
	store_read_end(txn);
	return partial;
}

static bool make_some(struct fixture *f, size_t rows)
{
	struct store_txn *txn = write_begin(f);
	bool more;

	assert_int_equal(store_persons_some(txn, rows, &more), 0);
	commit(txn);
	return more;
}

static void other_rules_make_the_index_anew_by_slices(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	size_t slices = 1;

	put_persons(f, 1, 50);
	assert_false(progress_of(f).partial);
	assert_false(is_partial(f));
	assert_false(make_some(f, 10)); /* nothing to do */
	make_old(f);
	assert_true(is_partial(f));
	assert_int_equal(entries(f, TABLE_POSTINGS), 0);
	assert_true(make_some(f, 10));
	assert_int_equal(progress_of(f).done, 10);
	assert_int_equal(progress_of(f).total, 50);
	/* what comes and goes meanwhile, behind and before */
	put_persons(f, 60, 10);
	put_persons(f, 61, 2);
	txn = write_begin(f);
	remove_id(txn, &kaz_bans, "KAZ-5");
	remove_id(txn, &kaz_bans, "KAZ-45");
	commit(txn);
	fixture_reopen(f); /* it goes on where it was */
	assert_true(progress_of(f).partial);
	while (make_some(f, 10)) {
		assert_true(is_partial(f));
		slices++;
	}
	assert_int_equal(slices, 5);
	assert_false(is_partial(f));
	assert_false(progress_of(f).partial);
	assert_int_equal(entries(f, TABLE_CARDS), 58);
	assert_int_equal(mend(f), 0);
	assert_int_equal(sweep(f, 100), 0);
	check_sources(f);
	fixture_reopen(f);
	assert_false(is_partial(f));
}

static void what_is_not_understood_is_counted_anew(void **state)
{
	struct fixture *f = *state;
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY,
		.full = "A B C D E F G H I J K L M N" }; /* more words than are kept */
	struct cordon_person person = {
		.names = &name, .names_count = 1, .born = { 1970, 1, 1 }
	};
	struct cordon_record record = record_of(&kaz_bans, "KAZ-1");

	record.person = &person;
	commit_record(f, &kaz_bans, 1, &record);
	assert_int_equal(not_understood(f, &kaz_bans), 1);
	make_old(f);
	assert_false(make_some(f, 10));
	assert_int_equal(not_understood(f, &kaz_bans), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_person_is_found_until_the_record_goes),
		TEST(nothing_stays_of_erased_content),
		TEST(the_store_shows_what_an_array_shows),
		TEST(a_first_load_makes_the_same),
		TEST(lost_postings_and_cards_are_mended),
		TEST(postings_and_cards_of_no_row_are_removed),
		TEST(other_rules_make_the_index_anew_by_slices),
		TEST(what_is_not_understood_is_counted_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
