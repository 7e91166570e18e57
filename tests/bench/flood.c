/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a flood costs the others:
 *
 *     build/tests/bench/bench_flood [SECONDS]        (default 10; the goal is 60)
 *
 * First the 99th percentile of a checkpoint's lookups by themselves, then beside
 * another checkpoint that asks as fast as it can, then beside 1,000 bad handshakes a
 * second, from one address and from twenty.  Fails when a good request is lost.
 */
#define _GNU_SOURCE /* struct timespec in full */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "proto/channel.h"
#include "tests/lib/crowd.h"

#define SAMPLES_MAX 200000
#define PAUSE_US 1000
#define HANDSHAKES_PER_S 1000

static unsigned seconds = 10;
static struct testunion *all;
static struct union_node *node;

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void rest_until(int64_t us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* One lookup a millisecond, each of which must be answered. */
static void measure(const char *what)
{
	static int64_t samples[SAMPLES_MAX];
	int64_t until = now_us() + seconds * INT64_C(1000000);
	size_t count = 0;

	while (now_us() < until && count < SAMPLES_MAX) {
		int64_t began = now_us();

		assert_int_equal(union_verdict(node, "AA12345"), CORDON_VERDICT_CLEAR);
		samples[count++] = now_us() - began;
		rest_until(began + PAUSE_US);
	}
	qsort(samples, count, sizeof(samples[0]), compare);
	printf("%-40s %7zu lookups, median %6.2f ms, 99th percentile %6.2f ms\n", what,
		count, (double)samples[count / 2] / 1000,
		(double)samples[count * 99 / 100] / 1000);
}

/* ---- floods -----------------------------------------------------------------------
 */

static atomic_bool over;

/* Lookups without waiting for answers, as many as the socket takes. */
static int drop(void *context, const struct frame_header *header, struct bytes payload)
{
	uint64_t *counts = context;

	(void)payload;
	counts[header->type == MESSAGE_ERROR]++;
	return 0;
}

static void *flood_requests(void *context)
{
	struct channel *channel = context;
	Cordon__LookupRequest message = CORDON__LOOKUP_REQUEST__INIT;
	Cordon__DocumentQuery document = CORDON__DOCUMENT_QUERY__INIT;
	Cordon__Query query = CORDON__QUERY__INIT, *queries = &query;
	uint64_t counts[2] = { 0, 0 };
	uint32_t request = 0;

	document.number = (ProtobufCBinaryData){ 7, (uint8_t *)"AA99999" };
	query.what_case = CORDON__QUERY__WHAT_DOCUMENT;
	query.document = &document;
	message.queries = &queries;
	message.n_queries = 1;
	while (!atomic_load(&over)) {
		for (int i = 0; i < 64; i++) {
			if (channel_send(channel, MESSAGE_LOOKUP, 0, ++request,
				    &message.base) != 0) {
				break;
			}
		}
		if (channel_step(channel, drop, counts, NULL) != 0) {
			break;
		}
		if (channel_output_bytes(channel) > 65536) {
			rest_until(now_us() + 1000);
		}
	}
	printf("  the flood had %llu answers and %llu refusals\n",
		(unsigned long long)counts[0], (unsigned long long)counts[1]);
	return NULL;
}

static void *flood_handshakes(void *context)
{
	unsigned addresses = *(const unsigned *)context;
	int64_t began = now_us();
	unsigned count = 0;

	while (!atomic_load(&over)) {
		char source[32];

		snprintf(source, sizeof(source), "127.77.0.%u", 1 + count % addresses);
		crowd_bad_handshake(node, source, CROWD_NO_CERTIFICATE);
		count++;
		rest_until(began + (int64_t)count * 1000000 / HANDSHAKES_PER_S);
	}
	printf("  %u bad handshakes, %.0f a second\n", count,
		count * 1e6 / (double)(now_us() - began));
	return NULL;
}

static void beside(const char *what, void *(*flood)(void *), void *context)
{
	pthread_t thread;

	atomic_store(&over, false);
	assert_int_equal(pthread_create(&thread, NULL, flood, context), 0);
	measure(what);
	atomic_store(&over, true);
	pthread_join(thread, NULL);
}

static void floods_cost_the_others_little(void **state)
{
	static unsigned one = 1, twenty = 20;
	struct channel *channel;

	(void)state;
	all = union_create();
	node = union_add(all, "KAZ", "node-1");
	node->metrics = union_free_port(all);
	union_start(node);
	measure("by themselves");
	/* another identity than the one that is measured */
	channel = crowd_channel(node, UNION_AGENCY, "127.77.1.1");
	beside("beside one that asks without an end", flood_requests, channel);
	channel_destroy(channel);
	beside("beside bad handshakes, one address", flood_handshakes, &one);
	beside("beside bad handshakes, twenty addresses", flood_handshakes, &twenty);
	printf("over handshakes_per_address: %llu\n",
		(unsigned long long)union_metric(
			node, "limited_total{limit=\"handshakes_per_address\"}"));
	union_destroy(all);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floods_cost_the_others_little),
	};

	if (argc > 1) {
		seconds = (unsigned)strtoul(argv[1], NULL, 10);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
