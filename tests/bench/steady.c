/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/steady.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PEERS 2
#define COUNT_MAX 1000000
#define PATIENCE_US 30000000
#define NAP_US 100 /* while nothing is to be asked for */

struct change {
	int64_t due_us;
	atomic_int_fast64_t acked_us; /* 0: not yet */
	int64_t found_us[PEERS];
};

static struct change *changes;
static unsigned count;
static const struct steady_ops *measured;

_Noreturn void steady_die(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_us(int64_t us)
{
	struct timespec nap = { us / 1000000, us % 1000000 * 1000 };

	if (us > 0) {
		nanosleep(&nap, NULL);
	}
}

static void *write_all(void *context)
{
	void *connection = measured->connect(0);

	(void)context;
	for (unsigned i = 0; i < count; i++) {
		struct change *change = &changes[i];

		sleep_us(change->due_us - now_us());
		measured->put(connection, i);
		atomic_store(&change->acked_us, now_us());
	}
	return NULL;
}

static void *read_all(void *context)
{
	size_t peer = (size_t)(uintptr_t)context;
	void *connection = measured->connect(1 + (int)peer);

	for (unsigned i = 0; i < count; i++) {
		struct change *change = &changes[i];
		int64_t until;

		while (atomic_load(&change->acked_us) == 0) {
			sleep_us(NAP_US);
		}
		until = now_us() + PATIENCE_US;
		while (!measured->found(connection, i)) {
			if (now_us() > until) {
				steady_die(measured->name, "a record does not arrive");
			}
		}
		change->found_us[peer] = now_us();
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void report(const char *what, int64_t *us)
{
	qsort(us, count, sizeof(*us), compare);
	printf("%-12s %-12s median %7.3f ms   99th percentile %8.3f ms\n",
		measured->name, what, (double)us[count / 2] / 1000,
		(double)us[(uint64_t)count * 99 / 100] / 1000);
}

static void report_all(void)
{
	int64_t *us = calloc(count, sizeof(*us));

	if (us == NULL) {
		steady_die(measured->name, "out of memory");
	}
	for (unsigned i = 0; i < count; i++) {
		us[i] = changes[i].acked_us - changes[i].due_us;
	}
	report("acknowledged", us);
	for (unsigned i = 0; i < count; i++) {
		int64_t a = changes[i].found_us[0], b = changes[i].found_us[1];

		us[i] = (a > b ? a : b) - changes[i].acked_us;
	}
	report("at both", us);
	free(us);
}

int steady_main(const struct steady_ops *ops, int argc, char **argv)
{
	unsigned rate = argc > 1 ? (unsigned)atoi(argv[1]) : 500;
	unsigned seconds = argc > 2 ? (unsigned)atoi(argv[2]) : 10;
	pthread_t writer, readers[PEERS];
	int64_t begin;

	if (rate == 0 || seconds == 0 || (uint64_t)rate * seconds > COUNT_MAX) {
		steady_die(ops->name, "a rate and seconds are expected");
	}
	measured = ops;
	count = rate * seconds;
	changes = calloc(count, sizeof(*changes));
	if (changes == NULL) {
		steady_die(ops->name, "out of memory");
	}
	begin = now_us() + 500000;
	for (unsigned i = 0; i < count; i++) {
		changes[i].due_us = begin + (int64_t)i * 1000000 / rate;
	}
	for (size_t i = 0; i < PEERS; i++) {
		pthread_create(&readers[i], NULL, read_all, (void *)(uintptr_t)i);
	}
	pthread_create(&writer, NULL, write_all, NULL);
	pthread_join(writer, NULL);
	for (size_t i = 0; i < PEERS; i++) {
		pthread_join(readers[i], NULL);
	}
	report_all();
	free(changes);
	return 0;
}
