/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/db.h"
#include "daemon/store/meta.h"
#include "tests/unit/store/fixture.h"

static const char *path_in(struct fixture *f, const char *name)
{
	return arena_printf(&f->arena, "%s/%s", f->path, name);
}

/* Opening fails with the error, and its text has the words. */
static void assert_refused(
	const struct store_options *options, int error, const char *words)
{
	struct store *store = NULL;
	struct errmsg msg = { "" };

	assert_int_equal(store_open(options, &store, &msg), error);
	assert_null(store);
	if (strstr(msg.text, words) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", msg.text, words);
	}
}

static void a_store_is_opened_by_one_only(void **state)
{
	struct fixture *f = *state;

	assert_refused(&f->options, CORDON_EBUSY, f->path);
	fixture_reopen(f);
	assert_refused(&f->options, CORDON_EBUSY, "another process");
}

static void another_nodes_store_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_options other = f->options;

	fixture_close(f);
	other.node = "cordon://KAZ/node/n2";
	assert_refused(&other, CORDON_EIDENTITY, NODE_URI);
	assert_refused(&other, CORDON_EIDENTITY, "cordon://KAZ/node/n2");
	fixture_open(f);
}

static void replace_meta(struct fixture *f, const char *name, struct bytes value)
{
	struct store_txn *txn = write_begin(f);

	assert_int_equal(meta_put(txn, name, value), 0);
	commit(txn);
	fixture_close(f);
}

static void another_format_is_refused(void **state)
{
	static const uint8_t newer[4] = { 0, 0, 0, STORE_FORMAT + 1 };
	struct fixture *f = *state;

	replace_meta(f, META_FORMAT, (struct bytes){ newer, sizeof(newer) });
	assert_refused(&f->options, CORDON_EVERSION, "format 2");
}

static void a_damaged_format_is_refused(void **state)
{
	struct fixture *f = *state;

	replace_meta(f, META_FORMAT, bytes_text("x"));
	assert_refused(&f->options, CORDON_ECORRUPT, META_FORMAT);
}

static void another_programs_tables_are_refused(void **state)
{
	struct fixture *f = *state;
	const char *path = path_in(f, "other");
	struct store_options options = f->options;
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
	assert_int_equal(mdb_env_open(env, path, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "feed", MDB_CREATE, &dbi), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	options.path = path;
	assert_refused(&options, CORDON_EVERSION, "table feed");
}

static void a_file_of_something_else_is_refused(void **state)
{
	struct fixture *f = *state;
	FILE *file;

	fixture_close(f);
	file = fopen(path_in(f, "data.mdb"), "w");
	assert_non_null(file);
	for (size_t i = 0; i < 1000; i++) {
		fputs("this is no store at all; ", file);
	}
	fclose(file);
	assert_refused(&f->options, CORDON_ECORRUPT, f->path);
}

static void a_path_that_is_no_directory_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_options options = f->options;

	options.path = path_in(f, "data.mdb");
	assert_refused(&options, CORDON_EIO, "not a directory");
	options.path = path_in(f, "not/there");
	assert_refused(&options, CORDON_EIO, "not/there");
}

static void options_that_make_no_sense_are_refused(void **state)
{
	struct fixture *f = *state;
	struct store_options options = f->options;

	options.path = "";
	assert_refused(&options, CORDON_EINVAL, "path");
	options = f->options;
	options.node = NULL;
	assert_refused(&options, CORDON_EINVAL, "node");
	options = f->options;
	options.map_size_bytes = MAP_SMALL - 1;
	assert_refused(&options, CORDON_EINVAL, "16777215");
	options = f->options;
	options.readers = 0;
	assert_refused(&options, CORDON_EINVAL, "read transaction");
}

static void assert_mode(const char *path, mode_t mode)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, mode);
}

static void nobody_else_can_read_the_files(void **state)
{
	struct fixture *f = *state;
	struct store_options options = f->options;
	mode_t before = umask(0);
	struct store *store;

	options.path = path_in(f, "new");
	assert_int_equal(store_open(&options, &store, NULL), 0);
	umask(before);
	assert_mode(options.path, 0700);
	assert_mode(path_in(f, "new/data.mdb"), 0600);
	assert_mode(path_in(f, "new/lock.mdb"), 0600);
	assert_mode(path_in(f, "new/cordon.lock"), 0600);
	store_close(store);
}

static void a_smaller_map_than_what_is_used_loses_nothing(void **state)
{
	struct fixture *f = *state;
	static uint8_t large[RECORD_SEALED_MAX];
	struct entry entry = raw_entry(1, "KAZ-1", "a");
	struct store_txn *txn;
	struct store_row row;
	char id[16];
	bool found;

	entry.sealed = (struct bytes){ large, sizeof(large) };
	txn = write_begin(f);
	for (unsigned i = 1; i <= 400; i++) {
		snprintf(id, sizeof(id), "KAZ-%u", i);
		entry.id = bytes_text(id);
		entry.sequence = i;
		put(txn, &kaz_bans, &entry);
	}
	commit(txn);
	assert_true(store_used_bytes(f->store) > MAP_SMALL);
	f->options.map_size_bytes = MAP_SMALL;
	fixture_reopen(f);
	txn = read_begin(f);
	assert_int_equal(store_find(txn, "KAZ-400", 7, &row, &found), 0);
	assert_true(found);
	store_read_end(txn);
}

static void readers_beyond_the_limit_are_told_so(void **state)
{
	struct fixture *f = *state;
	struct store_txn *readers[4096];
	struct errmsg msg = { "" };
	size_t count = 0;
	int error = 0;

	while (error == 0 && count < sizeof(readers) / sizeof(readers[0])) {
		error = store_read_begin(f->store, &readers[count], &msg);
		count += error == 0;
	}
	assert_true(count >= f->options.readers);
	assert_int_equal(error, CORDON_EBUSY);
	assert_non_null(strstr(msg.text, "read transactions"));
	store_read_end(readers[--count]);
	assert_int_equal(store_read_begin(f->store, &readers[count++], NULL), 0);
	while (count > 0) {
		store_read_end(readers[--count]);
	}
}

/* The rules by which keys are made differ from those the indexes were made by. */
static void indexes_of_other_rules_are_made_anew(void **state)
{
	struct fixture *f = *state;
	struct cordon_document document = { .number = "N1234567", .issuer = "KAZ" };
	struct cordon_record record = record_of(&kaz_documents, "KAZ-1");
	struct entry unread = raw_entry(2, "KAZ-2", "\xff");
	struct entry gone = tombstone(3, "KAZ-3");
	struct store_txn *txn = write_begin(f);
	uint64_t ref = 77;
	struct key key;
	bool changed;

	record.documents = &document;
	record.documents_count = 1;
	put_record(f, txn, &kaz_documents, 1, &record);
	put(txn, &kaz_documents, &unread);
	put(txn, &kaz_documents, &gone);
	/* as other rules could have left them: entries too many, entries missing */
	assert_int_equal(db_drop(txn, TABLE_DOCUMENTS), 0);
	key_skeleton(&key, TAG_DOCUMENT, "X1");
	assert_int_equal(
		db_add_ref(txn, TABLE_DOCUMENTS, key_bytes(&key), ref, &changed), 0);
	commit(txn);
	assert_string_equal(find_document(f, "N1234567"), "");
	fixture_reopen(f);
	assert_string_equal(find_document(f, "N1234567"), "");

	replace_meta(f, META_RULES, bytes_text("other rules"));
	fixture_open(f);
	assert_string_equal(find_document(f, "N1234567"), "KAZ-1");
	assert_string_equal(find_document(f, "X1"), "");
	assert_int_equal(not_understood(f, &kaz_documents), 1);
	txn = write_begin(f);
	remove_id(txn, &kaz_documents, "KAZ-1");
	remove_id(txn, &kaz_documents, "KAZ-2");
	commit(txn);
	assert_string_equal(find_document(f, "N1234567"), "");
	assert_int_equal(not_understood(f, &kaz_documents), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_store_is_opened_by_one_only),
		TEST(another_nodes_store_is_refused),
		TEST(another_format_is_refused),
		TEST(a_damaged_format_is_refused),
		TEST(another_programs_tables_are_refused),
		TEST(a_file_of_something_else_is_refused),
		TEST(a_path_that_is_no_directory_is_refused),
		TEST(options_that_make_no_sense_are_refused),
		TEST(nobody_else_can_read_the_files),
		TEST(a_smaller_map_than_what_is_used_loses_nothing),
		TEST(readers_beyond_the_limit_are_told_so),
		TEST(indexes_of_other_rules_are_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
