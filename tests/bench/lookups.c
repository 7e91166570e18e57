/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lookups cost a node: its CPU time for each, and how many a second.
 *
 *   bench_lookups SERVER PKI PID CONNECTIONS IN_FLIGHT SECONDS [HITS]
 *
 * PKI holds ca.pem, checkpoint.pem and checkpoint.key; PID is the node's.  Of a
 * thousand lookups HITS ask for a document that is listed ("H000000" …, UZB), the
 * others for one that is not.  tests/bench/access_log.sh runs it with the access log on
 * and off by turns.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include <cordon/cordon.h>

#define CONNECTIONS_MAX 64
#define WARM_UP_S 1

struct bench {
	struct event_base *base;
	struct cordon_async *connections[CONNECTIONS_MAX];
	unsigned in_flight, hits, next;
	uint64_t answered, failed;
	bool over;
	char why[256];
};

static struct bench bench;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_lookups: %s: %s\n", what, why);
	exit(1);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* User and system time of a process. */
static double cpu_s(const char *pid)
{
	char path[64], line[1024], *at;
	unsigned long user = 0, system = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	file = fopen(path, "r");
	if (file == NULL || fgets(line, sizeof(line), file) == NULL) {
		die(path, "cannot be read");
	}
	fclose(file);
	at = strrchr(line, ')');
	if (at == NULL ||
		sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			&user, &system) != 2) {
		die(path, "is not understood");
	}
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void ask(struct cordon_async *connection);

static void on_answer(void *data, int error, const char *error_text,
	struct cordon_answer *const *answers, size_t count)
{
	if (error != 0 && !bench.over) {
		snprintf(bench.why, sizeof(bench.why), "%s", error_text);
	}
	for (size_t i = 0; i < count && answers != NULL; i++) {
		cordon_answer_destroy(answers[i]);
	}
	if (bench.over) {
		return;
	}
	bench.answered += error == 0;
	bench.failed += error != 0;
	if (error == 0) {
		ask(data);
	}
}

static void ask(struct cordon_async *connection)
{
	static const struct cordon_context context = { .purpose = 1,
		.direction = 1,
		.officer = "4711",
		.checkpoint = "almaty-airport-1" };
	char number[32];
	struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT, .number = number, .issuer = "UZB"
	};
	unsigned n = bench.next++;

	snprintf(number, sizeof(number), n % 1000 < bench.hits ? "H%06u" : "N%06u",
		n % 1000000);
	if (cordon_async_lookup(connection, &context, &query, 1, on_answer, connection,
		    NULL) != 0) {
		die("lookup", "not taken");
	}
}

static void connect_all(unsigned count, const char *server, const char *pki)
{
	char path[3][512], message[512];
	const char *servers[] = { server };
	struct cordon_options options = { .servers = servers,
		.servers_count = 1,
		.certificate = path[0],
		.key = path[1],
		.ca = path[2] };

	snprintf(path[0], sizeof(path[0]), "%s/checkpoint.pem", pki);
	snprintf(path[1], sizeof(path[1]), "%s/checkpoint.key", pki);
	snprintf(path[2], sizeof(path[2]), "%s/ca.pem", pki);
	for (unsigned i = 0; i < count; i++) {
		if (cordon_async_create(bench.base, &options, &bench.connections[i],
			    message, sizeof(message)) != 0) {
			die(server, message);
		}
		for (unsigned k = 0; k < bench.in_flight; k++) {
			ask(bench.connections[i]);
		}
	}
}

static void run_for(int seconds)
{
	struct timeval after = { seconds, 0 };

	event_base_loopexit(bench.base, &after);
	event_base_dispatch(bench.base);
}

int main(int argc, char **argv)
{
	double cpu, began, took;

	if (argc < 7) {
		fputs("usage: bench_lookups SERVER PKI PID CONNECTIONS IN_FLIGHT "
		      "SECONDS [HITS]\n",
			stderr);
		return 2;
	}
	bench.base = event_base_new();
	bench.in_flight = (unsigned)atoi(argv[5]);
	bench.hits = argc > 7 ? (unsigned)atoi(argv[7]) : 0;
	if (atoi(argv[4]) < 1 || atoi(argv[4]) > CONNECTIONS_MAX) {
		die(argv[4], "1 to 64 connections");
	}
	connect_all((unsigned)atoi(argv[4]), argv[1], argv[2]);
	run_for(WARM_UP_S);
	bench.answered = 0;
	began = now_s();
	cpu = cpu_s(argv[3]);
	run_for(atoi(argv[6]));
	cpu = cpu_s(argv[3]) - cpu;
	took = now_s() - began;
	if (bench.failed > 0 || bench.answered == 0) {
		fprintf(stderr, "%" PRIu64 " of %" PRIu64 " failed: %s\n", bench.failed,
			bench.answered, bench.why);
		die("lookups", "some had no answer");
	}
	printf("%.0f lookups/s %.3f us of node CPU each\n",
		(double)bench.answered / took, cpu * 1e6 / (double)bench.answered);
	bench.over = true;
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		cordon_async_destroy(bench.connections[i]);
	}
	event_base_free(bench.base);
	return 0;
}
