/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store/compact.h"
#include "tests/unit/store/counted.h"

/*
 * The store written anew while it is used: what was erased is gone from its file, and
 * nothing else is.
 */

#define NAME "ZHELTOKSANOVSKY"

/* ---- the file -------------------------------------------------------------------- */

static bool file_has(struct fixture *f, const char *text)
{
	char path[96];
	struct stat status;
	bool has;
	uint8_t *data;
	FILE *file;

	snprintf(path, sizeof(path), "%s/data.mdb", f->path);
	assert_int_equal(stat(path, &status), 0);
	data = malloc((size_t)status.st_size);
	file = fopen(path, "rb");
	assert_non_null(data);
	assert_non_null(file);
	assert_int_equal(
		fread(data, 1, (size_t)status.st_size, file), (size_t)status.st_size);
	has = memmem(data, (size_t)status.st_size, text, strlen(text)) != NULL;
	fclose(file);
	free(data);
	return has;
}

static bool left_over(struct fixture *f)
{
	char path[96];
	struct stat status;

	snprintf(path, sizeof(path), "%s/compact.tmp", f->path);
	return stat(path, &status) == 0;
}

static void compact(struct fixture *f)
{
	struct errmsg msg = { "" };
	struct compaction *compaction;

	assert_int_equal(store_compact_begin(f->store, &compaction, &msg), 0);
	assert_int_equal(store_compact_copy(compaction, &msg), 0);
	assert_int_equal(store_compact_swap(compaction, &msg), 0);
	store_compact_end(compaction);
	assert_false(left_over(f));
}

/* ---- erasing --------------------------------------------------------------------- */

static struct cordon_record named(const struct list_id *list, const char *id)
{
	static struct cordon_name name = {
		.type = CORDON_NAME_PRIMARY, .surname = NAME, .given = "AIZADA"
	};
	static struct cordon_person person;
	struct cordon_record record = record_of(list, id);

	person = (struct cordon_person){ .names = &name, .names_count = 1 };
	record.person = &person;
	return record;
}

/* Enough of others that pages are shared, freed and used again. */
static void fill(struct fixture *f, uint64_t from, uint64_t count)
{
	for (uint64_t i = from; i < from + count; i++) {
		char id[32];

		snprintf(id, sizeof(id), "KAZ-%llu", (unsigned long long)i);
		struct cordon_record record = record_of(&kaz_bans, id);

		commit_record(f, &kaz_bans, i, &record);
	}
}

static void make_stub(struct fixture *f, uint64_t sequence, const char *id)
{
	struct store_txn *txn = write_begin(f);
	struct feed feed = feed_of(txn, &kaz_bans);
	struct entry row;
	bool found;

	assert_int_equal(
		feed.ops->find(feed.context, FEED_LIVE, bytes_text(id), &row, &found),
		0);
	assert_true(found && row.sequence == sequence);
	row.sealed = (struct bytes){ NULL, 0 };
	assert_int_equal(feed.ops->put(feed.context, FEED_LIVE, &row), 0);
	commit(txn);
}

static void what_was_erased_is_not_in_the_file_any_more(void **state)
{
	struct fixture *f = *state;
	struct cordon_record erased = named(&kaz_bans, "KAZ-E");
	struct cordon_record withdrawn = named(&kaz_bans, "KAZ-W");
	struct store_txn *txn;
	struct entry grave = tombstone(203, "KAZ-W");

	fill(f, 1, 100);
	commit_record(f, &kaz_bans, 201, &erased);
	commit_record(f, &kaz_bans, 202, &withdrawn);
	assert_string_equal(find_name(f, NAME " AIZADA"), "KAZ-E KAZ-W");
	fill(f, 101, 20);
	make_stub(f, 201, "KAZ-E");
	txn = write_begin(f);
	put(txn, &kaz_bans, &grave);
	commit(txn);
	assert_true(file_has(f, NAME)); /* or the test shows nothing */
	compact(f);
	assert_false(file_has(f, NAME));
	assert_string_equal(find_name(f, NAME " AIZADA"), "");
	fixture_reopen(f);
	assert_false(file_has(f, NAME));
	assert_string_equal(find_name(f, NAME " AIZADA"), "");
}

/* ---- meanwhile ------------------------------------------------------------------- */

static const char *text_of(struct fixture *f, struct store_txn *txn, const char *id)
{
	struct store_row row;
	bool found;

	assert_int_equal(store_find(txn, id, strlen(id), &row, &found), 0);
	return !found ? "none"
		      : arena_printf(&f->arena, "%llu %s",
				(unsigned long long)row.entry.sequence,
				row.entry.state == ENTRY_LIVE ? "live" : "gone");
}

static void assert_text(struct fixture *f, const char *id, const char *expected)
{
	struct store_txn *txn = read_begin(f);

	assert_string_equal(text_of(f, txn, id), expected);
	store_read_end(txn);
}

/* Every kind of change: put, replaced, removed, withdrawn, a value among others. */
static void change_all(struct fixture *f)
{
	struct cordon_record again = named(&kaz_bans, "KAZ-2");
	struct cordon_record fresh = named(&kaz_bans, "KAZ-N");
	struct entry grave = tombstone(303, "KAZ-3");
	struct store_txn *txn;

	commit_record(f, &kaz_bans, 301, &again);
	commit_record(f, &kaz_bans, 302, &fresh);
	txn = write_begin(f);
	put(txn, &kaz_bans, &grave);
	remove_id(txn, &kaz_bans, "KAZ-4");
	assert_int_equal(store_note_put(txn, bytes_text("KAZ-5"), "note"), 0);
	commit(txn);
	txn = write_begin(f); /* what is given up leaves no trace */
	remove_id(txn, &kaz_bans, "KAZ-6");
	store_abort(txn);
}

static void assert_all_changed(struct fixture *f)
{
	struct store_txn *txn = read_begin(f);
	struct bytes note;

	assert_string_equal(text_of(f, txn, "KAZ-1"), "1 live");
	assert_string_equal(text_of(f, txn, "KAZ-2"), "301 live");
	assert_string_equal(text_of(f, txn, "KAZ-N"), "302 live");
	assert_string_equal(text_of(f, txn, "KAZ-3"), "303 gone");
	assert_string_equal(text_of(f, txn, "KAZ-4"), "none");
	assert_string_equal(text_of(f, txn, "KAZ-6"), "6 live");
	assert_int_equal(store_note_get(txn, bytes_text("KAZ-5"), &note), 0);
	assert_packed(note, "note");
	store_read_end(txn);
	assert_string_equal(find_name(f, NAME " AIZADA"), "KAZ-2 KAZ-N");
}

static void what_is_written_meanwhile_is_kept(void **state)
{
	struct fixture *f = *state;
	struct errmsg msg = { "" };

	for (int when = 0; when < 2; when++) {
		struct compaction *compaction;

		fill(f, 1, 30);
		assert_int_equal(store_compact_begin(f->store, &compaction, &msg), 0);
		if (when == 0) { /* in the snapshot and in the journal */
			change_all(f);
		}
		assert_int_equal(store_compact_copy(compaction, &msg), 0);
		if (when == 1) { /* only in the journal */
			change_all(f);
		}
		assert_int_equal(store_compact_swap(compaction, &msg), 0);
		store_compact_end(compaction);
		assert_all_changed(f);
		fixture_reopen(f);
		assert_all_changed(f);
		fixture_teardown(state);
		fixture_setup(state);
		f = *state;
	}
}

static void open_snapshots_stay_and_move_over_at_their_renewal(void **state)
{
	struct fixture *f = *state;
	struct cordon_record record = record_of(&kaz_bans, "KAZ-9");
	struct store_txn *held, *idle;

	fill(f, 1, 3);
	held = read_begin(f);
	idle = read_begin(f);
	store_read_reset(idle);
	compact(f);
	commit_record(f, &kaz_bans, 9, &record);
	assert_string_equal(text_of(f, held, "KAZ-1"), "1 live");
	assert_string_equal(text_of(f, held, "KAZ-9"), "none");
	assert_int_equal(store_read_renew(held), 0);
	assert_string_equal(text_of(f, held, "KAZ-9"), "9 live");
	store_read_reset(idle); /* lets go of the old file */
	assert_int_equal(store_read_renew(idle), 0);
	assert_string_equal(text_of(f, idle, "KAZ-9"), "9 live");
	store_read_end(held);
	store_read_end(idle);
}

/* ---- what can go wrong ----------------------------------------------------------- */

static void one_that_is_given_up_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct errmsg msg = { "" };
	struct compaction *compaction, *second = NULL;

	fill(f, 1, 5);
	assert_int_equal(store_compact_begin(f->store, &compaction, &msg), 0);
	assert_int_equal(store_compact_begin(f->store, &second, &msg), CORDON_EBUSY);
	assert_int_equal(store_compact_copy(compaction, &msg), 0);
	assert_true(left_over(f));
	store_compact_end(compaction);
	assert_false(left_over(f));
	fill(f, 6, 1);
	assert_text(f, "KAZ-6", "6 live");
	compact(f); /* the next one works */
	assert_text(f, "KAZ-6", "6 live");
}

static void one_that_is_stopped_says_so(void **state)
{
	struct fixture *f = *state;
	struct errmsg msg = { "" };
	struct compaction *compaction;

	fill(f, 1, 5);
	assert_int_equal(store_compact_begin(f->store, &compaction, &msg), 0);
	store_compact_stop(compaction);
	assert_int_equal(store_compact_copy(compaction, &msg), CORDON_ESHUTDOWN);
	store_compact_end(compaction);
	assert_text(f, "KAZ-5", "5 live");
}

static void a_full_disk_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct rlimit was, small = { 8192, 8192 };
	struct errmsg msg = { "" };
	struct compaction *compaction;
	pid_t child;
	int status;

	fill(f, 1, 50);
	fixture_close(f);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		fixture_open(f);
		signal(SIGXFSZ, SIG_IGN);
		getrlimit(RLIMIT_FSIZE, &was);
		small.rlim_max = was.rlim_max;
		_exit(store_compact_begin(f->store, &compaction, &msg) != 0    ? 1
			: setrlimit(RLIMIT_FSIZE, &small) != 0                 ? 2
			: store_compact_copy(compaction, &msg) != CORDON_EFULL ? 3
			: strstr(msg.text, "the store is as it was") == NULL   ? 4
			: (store_compact_end(compaction), left_over(f))        ? 5
									       : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fixture_open(f);
	assert_text(f, "KAZ-50", "50 live");
}

/* Compacts and writes in turn, until it is killed. */
static void compact_until_killed(struct fixture *f, int report)
{
	fixture_open(f);
	for (;;) {
		struct errmsg msg = { "" };
		struct compaction *compaction;

		if (store_compact_begin(f->store, &compaction, &msg) != 0) {
			_exit(1);
		}
		counted_commit(f, 2);
		if (store_compact_copy(compaction, &msg) != 0) {
			_exit(2);
		}
		counted_commit(f, 2);
		if (store_compact_swap(compaction, &msg) != 0) {
			_exit(3);
		}
		store_compact_end(compaction);
		counted_commit(f, 2);
		if (write(report, "xxx", 3) != 3) {
			_exit(4);
		}
	}
}

static size_t kill_after_us(struct fixture *f, size_t reports, useconds_t us)
{
	size_t count = 0;
	int ends[2], status;
	pid_t child;
	char byte;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		compact_until_killed(f, ends[1]);
	}
	close(ends[1]);
	while (read(ends[0], &byte, 1) == 1) {
		if (++count == reports) {
			usleep(us); /* anywhere in the next round */
			assert_int_equal(kill(child, SIGKILL), 0);
		}
	}
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	return count;
}

static void a_kill_at_any_time_leaves_a_whole_store(void **state)
{
	struct fixture *f = *state;
	uint64_t before = 0, sequence = 0;

	fixture_close(f);
	for (useconds_t round = 0; round < 12; round++) {
		size_t reported = kill_after_us(f, 3, 700 * round);

		fixture_open(f);
		assert_false(left_over(f));
		assert_true(counted_whole(f->store, &sequence));
		assert_true(sequence >= before + 2 * reported);
		before = sequence;
		fixture_close(f);
	}
	fixture_open(f);
}

/* ---- threads --------------------------------------------------------------------- */

struct reader_thread {
	struct store *store;
	atomic_bool *done;
	bool failed;
	pthread_t thread;
};

/* One transaction, renewed again and again, as a worker has it. */
static void *read_on(void *context)
{
	struct reader_thread *reader = context;
	struct store_txn *txn;
	uint64_t last = 0;

	reader->failed = store_read_begin(reader->store, &txn, NULL) != 0;
	while (!reader->failed && !atomic_load(reader->done)) {
		uint64_t sequence = 0;

		reader->failed = store_read_renew(txn) != 0 ||
				 !counted_whole_in(txn, &sequence) || sequence < last;
		last = sequence;
		store_read_reset(txn);
	}
	store_read_end(txn);
	return NULL;
}

struct copier {
	struct compaction *compaction;
	atomic_bool done;
	int error;
	pthread_t thread;
};

static void *copy(void *context)
{
	struct copier *copier = context;
	struct errmsg msg = { "" };

	copier->error = store_compact_copy(copier->compaction, &msg);
	atomic_store(&copier->done, true);
	return NULL;
}

static void lookups_and_commits_go_on_during_it(void **state)
{
	struct fixture *f = *state;
	struct reader_thread readers[2];
	struct errmsg msg = { "" };
	uint64_t sequence, written = 0;
	atomic_bool done;

	atomic_init(&done, false);
	for (size_t i = 0; i < 2; i++) {
		readers[i] = (struct reader_thread){ .store = f->store, .done = &done };
		assert_int_equal(
			pthread_create(&readers[i].thread, NULL, read_on, &readers[i]),
			0);
	}
	for (size_t i = 0; i < 5; i++) {
		struct copier copier = { .error = 0 };
		struct compact_progress progress;

		assert_int_equal(
			store_compact_begin(f->store, &copier.compaction, &msg), 0);
		assert_int_equal(
			pthread_create(&copier.thread, NULL, copy, &copier), 0);
		do {
			counted_commit(f, 3);
			written += 3;
			store_compact_progress(copier.compaction, &progress);
		} while (!atomic_load(&copier.done));
		assert_int_equal(pthread_join(copier.thread, NULL), 0);
		assert_int_equal(copier.error, 0);
		assert_int_equal(store_compact_swap(copier.compaction, &msg), 0);
		store_compact_end(copier.compaction);
	}
	atomic_store(&done, true);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(readers[i].thread, NULL), 0);
		assert_false(readers[i].failed);
	}
	assert_true(counted_whole(f->store, &sequence));
	assert_int_equal(sequence, written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_erased_is_not_in_the_file_any_more),
		TEST(what_is_written_meanwhile_is_kept),
		TEST(open_snapshots_stay_and_move_over_at_their_renewal),
		TEST(one_that_is_given_up_changes_nothing),
		TEST(one_that_is_stopped_says_so),
		TEST(a_full_disk_changes_nothing),
		TEST(a_kill_at_any_time_leaves_a_whole_store),
		TEST(lookups_and_commits_go_on_during_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
