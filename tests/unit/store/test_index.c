/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static struct cordon_record document_record(
	const char *id, struct cordon_document *documents, size_t count)
{
	struct cordon_record record = record_of(&kaz_documents, id);

	record.documents = documents;
	record.documents_count = count;
	return record;
}

static void commit_range(struct fixture *f, uint64_t sequence, const char *id,
	const char *first, const char *last)
{
	struct cordon_document range = { .type = CORDON_DOCUMENT_PASSPORT,
		.number = first,
		.number_to = last,
		.issuer = "KAZ" };
	struct cordon_record record = document_record(id, &range, 1);

	commit_record(f, &kaz_documents, sequence, &record);
}

static void commit_number(
	struct fixture *f, uint64_t sequence, const char *id, const char *number)
{
	commit_range(f, sequence, id, number, NULL);
}

static void commit_removal(
	struct fixture *f, const struct list_id *list, const char *id)
{
	struct store_txn *txn = write_begin(f);

	remove_id(txn, list, id);
	commit(txn);
}

static void a_changed_number_is_found_and_the_old_one_is_not(void **state)
{
	struct fixture *f = *state;

	commit_number(f, 1, "KAZ-1", "N1234567");
	assert_string_equal(find_document(f, "n 123-4567"), "KAZ-1");
	commit_number(f, 2, "KAZ-1", "N7654321");
	assert_string_equal(find_document(f, "N1234567"), "");
	assert_string_equal(find_document(f, "N7654321"), "KAZ-1");
	commit_removal(f, &kaz_documents, "KAZ-1");
	assert_string_equal(find_document(f, "N7654321"), "");
}

static void numbers_personal_numbers_and_names_go_with_their_record(void **state)
{
	struct fixture *f = *state;
	struct cordon_name name = {
		.type = CORDON_NAME_PRIMARY, .surname = "Вымыслов", .given = "Прохор"
	};
	struct cordon_personal_number number = { "800507300123", "KAZ" };
	struct cordon_document document = {
		.type = CORDON_DOCUMENT_PASSPORT, .number = "N0000017", .issuer = "KAZ"
	};
	struct cordon_person person = { .names = &name,
		.names_count = 1,
		.personal_numbers = &number,
		.personal_numbers_count = 1,
		.documents = &document,
		.documents_count = 1 };
	struct cordon_record record = record_of(&kaz_bans, "KAZ-1");
	struct store_txn *txn;
	struct entry gone = tombstone(3, "KAZ-1");

	record.person = &person;
	commit_record(f, &kaz_bans, 1, &record);
	assert_string_equal(find_name(f, "Prokhor Vymyslov"), "KAZ-1");
	assert_string_equal(find_personal(f, "800507300123", "KAZ"), "KAZ-1");
	assert_string_equal(find_document(f, "N0000017"), "KAZ-1");
	/* personal numbers and documents are not taken for each other */
	assert_string_equal(find_document(f, "800507300123"), "");
	assert_string_equal(find_personal(f, "N0000017", "KAZ"), "");

	name.surname = "Придуманов";
	number.number = "800507300999";
	commit_record(f, &kaz_bans, 2, &record);
	assert_string_equal(find_name(f, "Prokhor Vymyslov"), "");
	assert_string_equal(find_name(f, "Prokhor Pridumanov"), "KAZ-1");
	assert_string_equal(find_personal(f, "800507300123", "KAZ"), "");
	assert_string_equal(find_personal(f, "800507300999", "KAZ"), "KAZ-1");

	txn = write_begin(f);
	put(txn, &kaz_bans, &gone);
	commit(txn);
	assert_string_equal(find_name(f, "Prokhor Pridumanov"), "");
	assert_string_equal(find_personal(f, "800507300999", "KAZ"), "");
	assert_string_equal(find_document(f, "N0000017"), "");

	record.version = 3; /* put again after the withdrawal */
	commit_record(f, &kaz_bans, 4, &record);
	assert_string_equal(find_name(f, "Prokhor Pridumanov"), "KAZ-1");
	assert_int_equal(not_understood(f, &kaz_bans), 0);
}

static void an_erased_row_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	struct entry erased = raw_entry(2, "KAZ-1", "");

	commit_number(f, 1, "KAZ-1", "N1234567");
	erased.sealed = (struct bytes){ NULL, 0 };
	txn = write_begin(f);
	put(txn, &kaz_documents, &erased);
	commit(txn);
	assert_string_equal(find_document(f, "N1234567"), "");
	assert_int_equal(not_understood(f, &kaz_documents), 0);
}

static void a_number_of_two_records_stays_with_the_one_that_stays(void **state)
{
	struct fixture *f = *state;

	commit_number(f, 1, "KAZ-1", "N1234567");
	commit_number(f, 2, "KAZ-2", "N1234567");
	assert_string_equal(find_document(f, "N1234567"), "KAZ-1 KAZ-2");
	commit_removal(f, &kaz_documents, "KAZ-1");
	assert_string_equal(find_document(f, "N1234567"), "KAZ-2");
}

static void look_alikes_are_found_by_one_key(void **state)
{
	struct fixture *f = *state;
	struct cordon_document twins[] = { { .number = "AO1S", .issuer = "KAZ" },
		{ .number = "A0I5", .issuer = "KAZ" } };
	struct cordon_record record = document_record("KAZ-1", twins, 2);

	commit_record(f, &kaz_documents, 1, &record);
	assert_string_equal(find_document(f, "AOIS"), "KAZ-1");
	assert_string_equal(find_document(f, "А015"), "KAZ-1"); /* Cyrillic А */
	assert_string_equal(find_document(f, "A016"), "");
	commit_removal(f, &kaz_documents, "KAZ-1");
	assert_string_equal(find_document(f, "AOIS"), "");
}

static void overlapping_and_nested_ranges_are_all_found(void **state)
{
	struct fixture *f = *state;

	commit_range(f, 1, "KAZ-WIDE", "750000001", "750050000");
	commit_range(f, 2, "KAZ-NESTED", "750001000", "750001999");
	commit_range(f, 3, "KAZ-OVERLAP", "750049990", "750050009");
	commit_range(f, 4, "KAZ-LONGER", "7500010000", "7500019999");
	commit_number(f, 5, "KAZ-SINGLE", "750001500");
	assert_string_equal(find_document(f, "750000000"), "");
	assert_string_equal(find_document(f, "750000001"), "KAZ-WIDE");
	assert_string_equal(find_document(f, "750000999"), "KAZ-WIDE");
	assert_string_equal(find_document(f, "750001000"), "KAZ-NESTED KAZ-WIDE");
	assert_string_equal(
		find_document(f, "750001500"), "KAZ-NESTED KAZ-SINGLE KAZ-WIDE");
	assert_string_equal(find_document(f, "750001999"), "KAZ-NESTED KAZ-WIDE");
	assert_string_equal(find_document(f, "750002000"), "KAZ-WIDE");
	assert_string_equal(find_document(f, "750049990"), "KAZ-OVERLAP KAZ-WIDE");
	assert_string_equal(find_document(f, "750050000"), "KAZ-OVERLAP KAZ-WIDE");
	assert_string_equal(find_document(f, "750050001"), "KAZ-OVERLAP");
	assert_string_equal(find_document(f, "750050009"), "KAZ-OVERLAP");
	assert_string_equal(find_document(f, "750050010"), "");
	assert_string_equal(find_document(f, "7500010000"), "KAZ-LONGER");
	assert_string_equal(find_document(f, "75000100"), "");
}

static void a_range_that_changes_loses_what_it_no_longer_holds(void **state)
{
	struct fixture *f = *state;

	commit_range(f, 1, "KAZ-1", "AB00100", "AB00999");
	commit_range(f, 2, "KAZ-2", "AB00500", "AB00599");
	commit_range(f, 3, "KAZ-1", "AB00300", "AB00550");
	assert_string_equal(find_document(f, "AB00100"), "");
	assert_string_equal(find_document(f, "AB00300"), "KAZ-1");
	assert_string_equal(find_document(f, "AB00550"), "KAZ-1 KAZ-2");
	assert_string_equal(find_document(f, "AB00551"), "KAZ-2");
	assert_string_equal(find_document(f, "А800300"), "KAZ-1"); /* a look-alike */
	commit_removal(f, &kaz_documents, "KAZ-1");
	assert_string_equal(find_document(f, "AB00550"), "KAZ-2");
	commit_removal(f, &kaz_documents, "KAZ-2");
	assert_string_equal(find_document(f, "AB00550"), "");
}

static void a_range_of_all_numbers_of_a_length_is_found(void **state)
{
	struct fixture *f = *state;

	commit_range(f, 1, "KAZ-1", "000000", "999999");
	assert_string_equal(find_document(f, "000000"), "KAZ-1");
	assert_string_equal(find_document(f, "531264"), "KAZ-1");
	assert_string_equal(find_document(f, "53126"), "");
	assert_int_equal(not_understood(f, &kaz_documents), 0);
}

static void ranges_without_end_are_bounded_and_counted(void **state)
{
	struct fixture *f = *state;
	static struct cordon_document ranges[400];
	static char text[400][2][24];
	struct cordon_record record;

	for (size_t i = 0; i < 400; i++) {
		snprintf(text[i][0], sizeof(text[i][0]), "%03zu100000000000001", i);
		snprintf(text[i][1], sizeof(text[i][1]), "%03zu999999999999998", i);
		ranges[i] = (struct cordon_document){
			.number = text[i][0], .number_to = text[i][1], .issuer = "KAZ"
		};
	}
	record = document_record("KAZ-1", ranges, 400);
	commit_record(f, &kaz_documents, 1, &record);
	assert_int_equal(not_understood(f, &kaz_documents), 1);
	assert_string_equal(find_document(f, "000555555555555555"), "KAZ-1");
	commit_removal(f, &kaz_documents, "KAZ-1");
	assert_string_equal(find_document(f, "000555555555555555"), "");
	assert_int_equal(not_understood(f, &kaz_documents), 0);
}

static void put_sealed(
	struct fixture *f, const struct list_id *list, struct entry entry)
{
	struct store_txn *txn = write_begin(f);

	put(txn, list, &entry);
	commit(txn);
}

static void rows_that_cannot_be_read_are_kept_and_counted(void **state)
{
	struct fixture *f = *state;
	const struct list_id unknown_kind = { { "KAZ" }, 17 };
	struct cordon_document document = { .number = "N1234567", .issuer = "KAZ" };
	struct cordon_record record = document_record("KAZ-1", &document, 1);
	struct cordon_record newer = record_of(&unknown_kind, "KAZ-3");
	struct entry entry = live_entry(f, 2, &record);
	struct store_txn *txn;
	struct store_row row;
	bool found;

	/* no record at all; another record's bytes; another kind's; of a kind to come
	 */
	put_sealed(f, &kaz_documents, raw_entry(1, "KAZ-9", "\xff\xff\xff"));
	entry.id = bytes_text("KAZ-2");
	put_sealed(f, &kaz_documents, entry);
	assert_int_equal(not_understood(f, &kaz_documents), 2);
	put_sealed(f, &kaz_bans, live_entry(f, 1, &record));
	assert_int_equal(not_understood(f, &kaz_bans), 1);
	newer.documents = &document;
	newer.documents_count = 1;
	put_sealed(f, &unknown_kind, live_entry(f, 1, &newer));
	assert_int_equal(not_understood(f, &unknown_kind), 1);
	assert_string_equal(find_document(f, "N1234567"), "");

	txn = read_begin(f);
	assert_int_equal(store_find(txn, "KAZ-9", 5, &row, &found), 0);
	assert_true(found);
	assert_int_equal(row.entry.sealed.size, 3);
	store_read_end(txn);

	/* changed into something that can be read, and withdrawn */
	record.id = "KAZ-9";
	commit_record(f, &kaz_documents, 3, &record);
	assert_int_equal(not_understood(f, &kaz_documents), 1);
	assert_string_equal(find_document(f, "N1234567"), "KAZ-9");
	put_sealed(f, &kaz_documents, tombstone(4, "KAZ-2"));
	assert_int_equal(not_understood(f, &kaz_documents), 0);
	commit_removal(f, &kaz_bans, "KAZ-1");
	assert_int_equal(not_understood(f, &kaz_bans), 0);
}

static void unknown_codes_and_fields_are_indexed_and_counted(void **state)
{
	struct fixture *f = *state;
	struct cordon_document document = { .number = "N1234567", .issuer = "KAZ" };
	struct cordon_record record = document_record("KAZ-1", &document, 1);

	record.reason = 4711;
	commit_record(f, &kaz_documents, 1, &record);
	assert_string_equal(find_document(f, "N1234567"), "KAZ-1");
	assert_int_equal(not_understood(f, &kaz_documents), 1);
	fixture_reopen(f);
	assert_int_equal(not_understood(f, &kaz_documents), 1);
	record.reason = CORDON_REASON_STOLEN;
	commit_record(f, &kaz_documents, 2, &record);
	assert_string_equal(find_document(f, "N1234567"), "KAZ-1");
	assert_int_equal(not_understood(f, &kaz_documents), 0);
}

static void a_number_that_has_none_is_counted(void **state)
{
	struct fixture *f = *state;
	struct cordon_document documents[] = { { .number = "--", .issuer = "KAZ" },
		{ .number = "N1", .number_to = "M2", .issuer = "KAZ" },
		{ .number = "N55", .issuer = "KAZ" } };
	struct cordon_record record = document_record("KAZ-1", documents, 3);

	commit_record(f, &kaz_documents, 1, &record);
	assert_string_equal(find_document(f, "N55"), "KAZ-1");
	assert_int_equal(not_understood(f, &kaz_documents), 1);
}

static void staged_rows_are_found_once_they_are_promoted(void **state)
{
	struct fixture *f = *state;
	struct cordon_document document = { .number = "N1234567", .issuer = "KAZ" };
	struct cordon_record record = document_record("KAZ-1", &document, 1);
	struct entry staged = live_entry(f, 8, &record);
	struct store_txn *txn = write_begin(f);
	struct feed feed = feed_of(txn, &kaz_documents);

	assert_int_equal(feed.ops->put(feed.context, FEED_STAGE, &staged), 0);
	commit(txn);
	assert_string_equal(find_document(f, "N1234567"), "");
	txn = write_begin(f);
	feed = feed_of(txn, &kaz_documents);
	assert_int_equal(feed.ops->promote(feed.context, 8), 0);
	commit(txn);
	assert_string_equal(find_document(f, "N1234567"), "KAZ-1");
	txn = write_begin(f);
	feed = feed_of(txn, &kaz_documents);
	assert_int_equal(feed.ops->clear(feed.context, FEED_LIVE), 0);
	commit(txn);
	assert_string_equal(find_document(f, "N1234567"), "");
}

static void candidates_beyond_the_limit_are_cut_and_each_comes_once(void **state)
{
	struct fixture *f = *state;
	struct question question = { .has_number = true, .skeleton = "N1234567" };
	uint64_t refs[4];
	struct store_txn *txn;
	size_t count;
	bool cut;

	commit_number(f, 1, "KAZ-1", "N1234567");
	commit_range(f, 2, "KAZ-2", "N1234560", "N1234569");
	commit_range(f, 3, "KAZ-3", "N1234500", "N1234599");
	txn = read_begin(f);
	assert_int_equal(store_candidates(txn, &question, refs, 3, &count, &cut), 0);
	assert_int_equal(count, 3);
	assert_false(cut);
	assert_int_equal(store_candidates(txn, &question, refs, 2, &count, &cut), 0);
	assert_int_equal(count, 2);
	assert_true(cut);
	assert_true(refs[0] != refs[1]);
	assert_int_equal(store_candidates(txn, &question, refs, 0, &count, &cut), 0);
	assert_int_equal(count, 0);
	assert_true(cut);
	store_read_end(txn);
}

static void a_row_found_by_several_keys_comes_once_without_a_cut(void **state)
{
	struct fixture *f = *state;
	struct cordon_document documents[] = { { .number = "N123", .issuer = "KAZ" },
		{ .number = "N100", .number_to = "N199", .issuer = "KAZ" },
		{ .number = "N120", .number_to = "N129", .issuer = "KAZ" } };
	struct cordon_record record = document_record("KAZ-1", documents, 3);
	struct question question = { .has_number = true, .skeleton = "N123" };
	struct store_txn *txn;
	uint64_t refs[1];
	size_t count;
	bool cut;

	commit_record(f, &kaz_documents, 1, &record);
	txn = read_begin(f);
	assert_int_equal(store_candidates(txn, &question, refs, 1, &count, &cut), 0);
	assert_int_equal(count, 1);
	assert_false(cut);
	store_read_end(txn);
}

static void a_question_without_numbers_has_no_candidates(void **state)
{
	struct fixture *f = *state;
	struct question question = { .has_name = true };
	struct store_txn *txn = read_begin(f);
	uint64_t refs[1];
	size_t count = 1;
	bool cut = true;

	assert_int_equal(store_candidates(txn, &question, refs, 1, &count, &cut), 0);
	assert_int_equal(count, 0);
	assert_false(cut);
	store_read_end(txn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_changed_number_is_found_and_the_old_one_is_not),
		TEST(numbers_personal_numbers_and_names_go_with_their_record),
		TEST(an_erased_row_is_not_found),
		TEST(a_number_of_two_records_stays_with_the_one_that_stays),
		TEST(look_alikes_are_found_by_one_key),
		TEST(overlapping_and_nested_ranges_are_all_found),
		TEST(a_range_that_changes_loses_what_it_no_longer_holds),
		TEST(a_range_of_all_numbers_of_a_length_is_found),
		TEST(ranges_without_end_are_bounded_and_counted),
		TEST(rows_that_cannot_be_read_are_kept_and_counted),
		TEST(unknown_codes_and_fields_are_indexed_and_counted),
		TEST(a_number_that_has_none_is_counted),
		TEST(staged_rows_are_found_once_they_are_promoted),
		TEST(candidates_beyond_the_limit_are_cut_and_each_comes_once),
		TEST(a_row_found_by_several_keys_comes_once_without_a_cut),
		TEST(a_question_without_numbers_has_no_candidates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
