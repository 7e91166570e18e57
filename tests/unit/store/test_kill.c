/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/store/counted.h"

/*
 * A process that is killed in the middle of its transactions: what it reported as
 * committed is there, and what is there fits together.
 */

#define ROUNDS 6
#define RECORDS_IN_ONE 5 /* of one transaction */

/* Writes a byte for each transaction that is on disk, until it is killed. */
static void write_until_killed(struct fixture *f, int report)
{
	fixture_open(f);
	for (;;) {
		counted_commit(f, RECORDS_IN_ONE);
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

static void a_killed_writer_loses_nothing_that_it_reported(void **state)
{
	struct fixture *f = *state;
	uint64_t before = 0;

	fixture_close(f);
	for (size_t round = 0; round < ROUNDS; round++) {
		size_t reported = kill_after(f, 1 + 7 * round);
		uint64_t sequence;

		fixture_open(f); /* by itself, without repair */
		assert_true(counted_whole(f->store, &sequence));
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
