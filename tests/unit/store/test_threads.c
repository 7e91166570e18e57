/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/store/counted.h"

#define READERS 3
#define COMMITS 120

struct reader_thread {
	struct store *store;
	atomic_bool *done;
	bool failed;
	pthread_t thread;
};

static void *read_on(void *context)
{
	struct reader_thread *reader = context;
	uint64_t last = 0;

	while (!reader->failed && !atomic_load(reader->done)) {
		uint64_t sequence = 0;

		reader->failed =
			!counted_whole(reader->store, &sequence) || sequence < last;
		last = sequence;
	}
	return NULL;
}

static void readers_see_whole_commits_while_the_writer_writes(void **state)
{
	struct fixture *f = *state;
	struct reader_thread readers[READERS];
	atomic_bool done;
	uint64_t sequence;

	atomic_init(&done, false);
	for (size_t i = 0; i < READERS; i++) {
		readers[i] = (struct reader_thread){ .store = f->store, .done = &done };
		assert_int_equal(
			pthread_create(&readers[i].thread, NULL, read_on, &readers[i]),
			0);
	}
	for (size_t i = 0; i < COMMITS; i++) {
		counted_commit(f, 3);
	}
	atomic_store(&done, true);
	for (size_t i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(readers[i].thread, NULL), 0);
		assert_false(readers[i].failed);
	}
	assert_true(counted_whole(f->store, &sequence));
	assert_int_equal(sequence, 3 * COMMITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(readers_see_whole_commits_while_the_writer_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
