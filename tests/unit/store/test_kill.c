/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/digest.h"
#include "tests/unit/store/fixture.h"

/*
 * A process that is killed in the middle of its transactions: what it reported as
 * committed is there, and what is there fits together.
 */

#define ROUNDS 6
#define RECORDS_IN_ONE 5 /* of one transaction */

/* Row of live, with the copy's digest and count kept along. */
static void put_counted(struct fixture *f, struct store_txn *txn,
	struct list_copy *copy, uint64_t sequence)
{
	/* ids come again, so that rows are replaced too */
	const char *id = arena_printf(&f->arena, "KAZ-%u", (unsigned)(sequence % 97));
	const char *number = arena_printf(&f->arena, "N%07u", (unsigned)sequence);
	struct cordon_document document = { .number = number, .issuer = "KAZ" };
	struct cordon_record record = record_of(&kaz_documents, id);
	struct feed feed = feed_of(txn, &kaz_documents);
	struct digest element;
	struct entry entry, old;
	bool found;

	record.documents = &document;
	record.documents_count = 1;
	entry = live_entry(f, sequence, &record);
	assert_int_equal(
		feed.ops->find(feed.context, FEED_LIVE, entry.id, &old, &found), 0);
	if (found) {
		assert_int_equal(digest_element(&kaz_documents, &old, &element), 0);
		digest_subtract(&copy->digest, &element);
		copy->live_count--;
	}
	assert_int_equal(digest_element(&kaz_documents, &entry, &element), 0);
	digest_add(&copy->digest, &element);
	copy->live_count++;
	copy->head.sequence = sequence;
	put(txn, &kaz_documents, &entry);
}

static void run_transaction(struct fixture *f)
{
	struct store_txn *txn = write_begin(f);
	struct list_copy copy;
	bool found;

	assert_int_equal(store_list_get(txn, &kaz_documents, &copy, &found), 0);
	copy.phase = COPY_FOLLOWING;
	for (size_t i = 0; i < RECORDS_IN_ONE; i++) {
		put_counted(f, txn, &copy, copy.head.sequence + 1);
	}
	assert_int_equal(store_list_put(txn, &kaz_documents, &copy), 0);
	commit(txn);
	arena_reset(&f->arena);
}

/* Writes a byte for each transaction that is on disk, until it is killed. */
static void write_until_killed(struct fixture *f, int report)
{
	fixture_open(f);
	for (;;) {
		run_transaction(f);
		if (write(report, "x", 1) != 1) {
			_exit(1);
		}
	}
}

/* Kills the writer once it reported so many; returns how many it reported in all. */
static size_t kill_after(struct fixture *f, size_t reports)
{
	size_t count = 0;
	int ends[2];
	int status;
	pid_t child;
	char byte;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		write_until_killed(f, ends[1]);
	}
	close(ends[1]);
	while (read(ends[0], &byte, 1) == 1) {
		count++;
		if (count == reports) {
			assert_int_equal(kill(child, SIGKILL), 0);
		}
	}
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	return count;
}

/* Rows, indexes, digest and count say the same. */
static uint64_t check_whole(struct fixture *f)
{
	struct store_txn *txn = read_begin(f);
	struct feed feed = feed_of(txn, &kaz_documents);
	struct list_copy copy;
	struct digest sum;
	struct entry row;
	uint64_t after = 0, count = 0;
	bool found;

	memset(&sum, 0, sizeof(sum));
	assert_int_equal(store_list_get(txn, &kaz_documents, &copy, &found), 0);
	assert_true(found);
	for (;;) {
		struct cordon_query query = { .type = CORDON_QUERY_DOCUMENT };
		struct digest element;

		assert_int_equal(
			feed.ops->next(feed.context, FEED_LIVE, after, &row, &found),
			0);
		if (!found) {
			break;
		}
		after = row.sequence;
		count++;
		assert_int_equal(digest_element(&kaz_documents, &row, &element), 0);
		digest_add(&sum, &element);
		query.number = arena_printf(&f->arena, "N%07u", (unsigned)after);
		assert_string_equal(find_in(f, txn, query),
			arena_text(&f->arena, row.id.data, row.id.size));
	}
	store_read_end(txn);
	assert_true(copy.head.sequence == after);
	assert_true(copy.live_count == count);
	assert_memory_equal(&sum, &copy.digest, sizeof(sum));
	return after;
}

static void a_killed_writer_loses_nothing_that_it_reported(void **state)
{
	struct fixture *f = *state;
	uint64_t before = 0;

	fixture_close(f);
	for (size_t round = 0; round < ROUNDS; round++) {
		size_t reported = kill_after(f, 1 + 7 * round);
		uint64_t sequence;

		fixture_open(f); /* by itself, without repair */
		sequence = check_whole(f);
		/* what it did and could not report any more is there too, or not */
		assert_true(sequence == before + reported * RECORDS_IN_ONE ||
			    sequence == before + (reported + 1) * RECORDS_IN_ONE);
		before = sequence;
		fixture_close(f);
	}
	fixture_open(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_killed_writer_loses_nothing_that_it_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
