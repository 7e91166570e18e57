/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_DSYNC flags, dup2 of LMDB's own descriptor */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/store/db.h"
#include "tests/unit/store/fixture.h"

/* All that the store holds, as one hash. */
struct content {
	uint8_t hash[HASH_BYTES];
};

static void add_to_content(struct content *content, struct bytes bytes)
{
	uint8_t both[2 * HASH_BYTES];

	memcpy(both, content->hash, HASH_BYTES);
	assert_int_equal(hash_bytes(bytes.data, bytes.size, both + HASH_BYTES), 0);
	assert_int_equal(hash_bytes(both, sizeof(both), content->hash), 0);
}

static struct content content_of(struct fixture *f)
{
	struct store_txn *txn = read_begin(f);
	struct content content = { { 0 } };

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		struct bytes key = { NULL, 0 }, value;
		MDB_cursor_op op = MDB_FIRST;
		struct db_cursor cursor;
		bool found = true;

		assert_int_equal(db_cursor_open(&cursor, txn, (enum table)i), 0);
		while (found) {
			assert_int_equal(
				db_cursor_get(&cursor, op, &key, &value, &found), 0);
			op = MDB_NEXT;
			if (found) {
				add_to_content(&content, key);
				add_to_content(&content, value);
			}
		}
		db_cursor_close(&cursor);
	}
	store_read_end(txn);
	return content;
}

static bool content_equal(const struct content *a, const struct content *b)
{
	return memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;
}

static struct cordon_record person_record(struct cordon_person *person,
	struct cordon_name *name, struct cordon_document *document, unsigned version)
{
	struct cordon_record record = record_of(&kaz_bans, "KAZ-1");

	*name = (struct cordon_name){
		.type = CORDON_NAME_PRIMARY, .surname = "Вымыслов", .given = "Прохор"
	};
	*document = (struct cordon_document){ .type = CORDON_DOCUMENT_PASSPORT,
		.number = version == 1 ? "N1234567" : "N7654321",
		.issuer = "KAZ" };
	*person = (struct cordon_person){ .names = name,
		.names_count = 1,
		.documents = document,
		.documents_count = 1 };
	record.person = person;
	record.version = version;
	record.review_by = (struct cordon_date){ 2029, 1, (uint8_t)version };
	return record;
}

/* Version of KAZ-1 at sequence, a range, and all that goes along. */
static int change(struct fixture *f, struct store_txn *txn, unsigned version)
{
	struct cordon_document document, range = {
		.number = "AB00100", .number_to = "AB00999", .issuer = "KAZ"
	};
	struct cordon_record record, ranges = record_of(&kaz_documents, "KAZ-R");
	struct head head = head_of(&kaz_bans, 1, version);
	struct cordon_person person;
	struct cordon_name name;
	struct list_copy copy;
	struct feed bans, documents;
	struct entry entry, range_entry;

	record = person_record(&person, &name, &document, version);
	entry = live_entry(f, version, &record);
	ranges.documents = &range;
	ranges.documents_count = 1;
	range_entry = live_entry(f, version, &ranges);
	memset(&copy, 0, sizeof(copy));
	copy.phase = COPY_FOLLOWING;
	copy.head = head;
	copy.digest.lanes[3] = (uint16_t)version;
	copy.live_count = 1;
	if (store_feed(txn, &kaz_bans, &bans) != 0 ||
		store_feed(txn, &kaz_documents, &documents) != 0) {
		return store_txn_error(txn, NULL);
	}
	/* errors are sticky: one look at the end */
	(void)bans.ops->put(bans.context, FEED_LIVE, &entry);
	(void)documents.ops->put(documents.context, FEED_LIVE, &range_entry);
	(void)store_list_put(txn, &kaz_bans, &copy);
	(void)store_head_put(txn, &head, bytes_text(version == 1 ? "one" : "two"));
	(void)store_note_put(
		txn, bytes_text("KAZ-1"), version == 1 ? "first" : "second");
	return store_txn_error(txn, NULL);
}

static void commit_change(struct fixture *f, unsigned version)
{
	struct store_txn *txn = write_begin(f);

	assert_int_equal(change(f, txn, version), 0);
	commit(txn);
}

/* Whichever write of a transaction fails: nothing of it is kept. */
static void a_fault_at_any_write_leaves_no_half_change(void **state)
{
	struct fixture *f = *state;
	struct content before, after;
	uint64_t n = 0;
	int error;

	commit_change(f, 1);
	before = content_of(f);
	do {
		struct store_txn *txn = write_begin(f);
		struct errmsg msg = { "" };

		n++;
		store_fault_set(f->store, n, ENOSPC);
		error = change(f, txn, 2);
		if (error != 0) {
			/* sticky, and nothing that comes after is done */
			assert_int_equal(error, CORDON_EFULL);
			assert_int_equal(change(f, txn, 2), CORDON_EFULL);
		}
		error = store_commit(txn, &msg);
		store_fault_set(f->store, 0, 0);
		if (error != 0) {
			assert_int_equal(error, CORDON_EFULL);
			assert_non_null(strstr(msg.text, f->path));
			after = content_of(f);
			assert_true(content_equal(&before, &after));
			assert_string_equal(find_document(f, "N1234567"), "KAZ-1");
			assert_string_equal(find_document(f, "N7654321"), "");
		}
	} while (error != 0);
	assert_true(n > 20);
	after = content_of(f);
	assert_false(content_equal(&before, &after));
	assert_string_equal(find_document(f, "N7654321"), "KAZ-1");
}

static void the_first_error_stays(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = write_begin(f);
	struct errmsg msg = { "" };
	struct store_row row;
	struct feed feed;
	bool found;

	assert_int_equal(store_txn_error(txn, &msg), 0);
	assert_int_equal(store_meta_put(txn, ".no", bytes_text("x")), CORDON_EINVAL);
	assert_int_equal(store_note_put(txn, bytes_text("?"), "x"), CORDON_EINVAL);
	assert_int_equal(store_find(txn, "KAZ-1", 5, &row, &found), CORDON_EINVAL);
	assert_int_equal(store_feed(txn, &kaz_bans, &feed), CORDON_EINVAL);
	assert_int_equal(store_txn_error(txn, &msg), CORDON_EINVAL);
	assert_non_null(strstr(msg.text, "meta name"));
	msg.text[0] = '\0';
	assert_int_equal(store_commit(txn, &msg), CORDON_EINVAL);
	assert_non_null(strstr(msg.text, "meta name"));
}

/* One large row in a transaction of its own. */
static int commit_large(struct fixture *f, unsigned i, struct errmsg *msg)
{
	static uint8_t large[RECORD_SEALED_MAX];
	struct entry entry = raw_entry(i, "", "");
	struct store_txn *txn = write_begin(f);
	struct feed feed = feed_of(txn, &kaz_bans);
	char id[16];

	snprintf(id, sizeof(id), "KAZ-%u", i);
	entry.id = bytes_text(id);
	entry.sealed = (struct bytes){ large, sizeof(large) };
	(void)feed.ops->put(feed.context, FEED_LIVE, &entry);
	return store_commit(txn, msg);
}

static void assert_rows(struct fixture *f, unsigned count)
{
	struct store_txn *txn = read_begin(f);
	struct store_row row;
	char id[16];
	bool found;

	for (unsigned i = 1; i <= count + 1; i++) {
		snprintf(id, sizeof(id), "KAZ-%u", i);
		assert_int_equal(store_find(txn, id, strlen(id), &row, &found), 0);
		assert_int_equal(found, i <= count);
	}
	store_read_end(txn);
}

static void a_full_map_keeps_all_before_and_a_larger_one_goes_on(void **state)
{
	struct fixture *f = *state;
	struct errmsg msg = { "" };
	unsigned count = 0;
	int error = 0;

	f->options.map_size_bytes = MAP_SMALL;
	fixture_reopen(f);
	while (error == 0 && count < 1000) {
		error = commit_large(f, count + 1, &msg);
		count += error == 0;
	}
	assert_int_equal(error, CORDON_EFULL);
	assert_non_null(strstr(msg.text, f->path));
	assert_non_null(strstr(msg.text, "16 MiB"));
	assert_non_null(strstr(msg.text, "larger map"));
	assert_true(count > 100);
	assert_rows(f, count);
	assert_int_equal(commit_large(f, count + 1, &msg), CORDON_EFULL);
	fixture_reopen(f);
	assert_rows(f, count);
	f->options.map_size_bytes = 2 * MAP_SMALL;
	fixture_reopen(f);
	assert_int_equal(commit_large(f, count + 1, &msg), 0);
	assert_rows(f, count + 1);
}

/* The kernel itself refuses to let the file grow, at LMDB's own write. */
static void a_full_disk_keeps_all_before_and_goes_on_when_there_is_space(void **state)
{
	struct fixture *f = *state;
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	struct rlimit unlimited, limited;
	struct errmsg msg = { "" };
	unsigned count = 0;
	int error = 0;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	limited = unlimited;
	limited.rlim_cur = 1024 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limited), 0);
	while (error == 0 && count < 1000) {
		error = commit_large(f, count + 1, &msg);
		count += error == 0;
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
	signal(SIGXFSZ, before);
	assert_int_equal(error, CORDON_EFULL);
	assert_non_null(strstr(msg.text, "free some space"));
	assert_true(count > 5);
	assert_rows(f, count);
	assert_int_equal(commit_large(f, count + 1, &msg), 0);
	assert_rows(f, count + 1);
	fixture_reopen(f);
	assert_rows(f, count + 1);
}

/* LMDB writes its meta pages through a descriptor of their own, opened O_DSYNC. */
static int meta_descriptor(struct fixture *f)
{
	const char *data = arena_printf(&f->arena, "%s/data.mdb", f->path);

	for (int fd = 0; fd < 256; fd++) {
		const char *link = arena_printf(&f->arena, "/proc/self/fd/%d", fd);
		char target[256] = "";

		if (readlink(link, target, sizeof(target) - 1) > 0 &&
			strcmp(target, data) == 0 &&
			(fcntl(fd, F_GETFL) & O_DSYNC) != 0) {
			return fd;
		}
	}
	return -1;
}

static void after_a_failed_meta_page_nothing_is_done_until_a_new_start(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn, *reader;
	struct store_row row;
	struct errmsg msg = { "" };
	int full = open("/dev/full", O_RDWR | O_CLOEXEC);
	int meta = meta_descriptor(f);
	bool found;

	assert_true(full >= 0 && meta >= 0);
	commit_change(f, 1);
	reader = read_begin(f);
	assert_int_equal(dup2(full, meta), meta);
	close(full);
	txn = write_begin(f);
	assert_int_equal(change(f, txn, 2), 0);
	assert_int_equal(store_commit(txn, &msg), CORDON_EIO);
	assert_non_null(strstr(msg.text, "start the node again"));
	assert_int_equal(store_write_begin(f->store, &txn, &msg), CORDON_EIO);
	assert_non_null(strstr(msg.text, "start the node again"));
	/* a snapshot that is open goes on to answer */
	assert_int_equal(store_find(reader, "KAZ-1", 5, &row, &found), 0);
	assert_true(found);
	assert_int_equal(row.entry.sequence, 1);
	store_read_end(reader);
	fixture_reopen(f);
	assert_string_equal(find_name(f, "Prokhor Vymyslov"), "KAZ-1");
	commit_change(f, 3);
	assert_string_equal(find_document(f, "N7654321"), "KAZ-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fault_at_any_write_leaves_no_half_change),
		TEST(the_first_error_stays),
		TEST(a_full_map_keeps_all_before_and_a_larger_one_goes_on),
		TEST(a_full_disk_keeps_all_before_and_goes_on_when_there_is_space),
		TEST(after_a_failed_meta_page_nothing_is_done_until_a_new_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
