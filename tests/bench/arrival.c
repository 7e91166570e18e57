/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long after the acknowledgement a record is found at another member: puts records
 * at one node, one at a time, and asks the other in a row until it finds each.
 *
 *   bench_arrival DEMO_DIR FROM TO [COUNT]     a union of `sh daemon/demo.sh --keep`
 *
 * Prints the median, the 99th percentile and the longest, in milliseconds, for
 * entering, for changing (the new number is found) and for withdrawing (nothing is
 * found).  The figure is at most one lookup's round trip too long.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cordon/cordon.h>

struct end {
	char path[4][512];
	char server[64];
	struct cordon_client *client;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_arrival: %s: %s\n", what, why);
	exit(1);
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void connect_to(
	struct end *end, const char *dir, const char *member, const char *role)
{
	static const char *const files[] = { "pem", "key" };
	const char *servers[] = { end->server };
	struct cordon_options options = { .servers = servers, .servers_count = 1 };
	char message[512], port[16] = "";
	FILE *file;

	snprintf(end->path[0], sizeof(end->path[0]), "%s/%s/port", dir, member);
	file = fopen(end->path[0], "r");
	if (file == NULL || fgets(port, sizeof(port), file) == NULL) {
		die(end->path[0], "not a demo's directory");
	}
	fclose(file);
	port[strcspn(port, "\n")] = '\0';
	snprintf(end->server, sizeof(end->server), "127.0.0.1:%s", port);
	for (int i = 0; i < 2; i++) {
		snprintf(end->path[1 + i], sizeof(end->path[1]), "%s/%s/pki/%s.%s", dir,
			member, role, files[i]);
	}
	snprintf(end->path[3], sizeof(end->path[3]), "%s/%s/pki/ca.pem", dir, member);
	options.certificate = end->path[1];
	options.key = end->path[2];
	options.ca = end->path[3];
	if (cordon_client_create(&options, &end->client, message, sizeof(message)) !=
		0) {
		die(member, message);
	}
}

static bool found(struct end *end, const char *number)
{
	struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT, .number = number, .issuer = "UZB"
	};
	struct cordon_answer *answer;
	bool hit;

	if (cordon_lookup(end->client, NULL, &query, 1, &answer) != 0 ||
		answer->error != 0) {
		die("lookup", cordon_client_error_text(end->client));
	}
	hit = answer->verdict == CORDON_VERDICT_MATCH;
	cordon_answer_destroy(answer);
	return hit;
}

static void submit(struct end *end, const struct cordon_item *item)
{
	struct cordon_results *results;

	if (cordon_submit(end->client, item, 1, &results) != 0) {
		die("submit", cordon_client_error_text(end->client));
	}
	if (results->results[0].error != 0) {
		die("submit", results->results[0].error_text);
	}
	cordon_results_destroy(results);
}

static void put(struct end *end, const char *id, const char *number)
{
	struct cordon_item item = { .type = CORDON_ITEM_PUT };
	struct cordon_record *record;
	char json[1024], message[512];

	snprintf(json, sizeof(json),
		"{\"id\":\"%s\",\"kind\":\"entry_ban\",\"reason\":\"overstay\",\"valid_"
		"from\":"
		"\"2026-01-01\",\"valid_until\":\"2029-12-31\",\"actions\":[\"refuse_"
		"entry\"],"
		"\"person\":{\"names\":[{\"type\":\"primary\",\"surname\":\"BENCH\","
		"\"given\":"
		"\"MARK\"}],\"born\":\"1990-01-01\",\"documents\":[{\"type\":\"P\","
		"\"number\":"
		"\"%s\",\"issuer\":\"UZB\"}]}}",
		id, number);
	if (cordon_record_from_json(
		    json, strlen(json), &record, message, sizeof(message)) != 0) {
		die("record", message);
	}
	item.record = record;
	submit(end, &item);
	cordon_record_destroy(record);
}

static int64_t wait_for(struct end *end, const char *number, bool wanted)
{
	int64_t begin = now_us();

	while (found(end, number) != wanted) {
		if (now_us() - begin > 10000000) {
			die(number, "not there after ten seconds");
		}
	}
	return now_us() - begin;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void report(const char *what, int64_t *us, size_t count)
{
	qsort(us, count, sizeof(*us), compare);
	printf("%-10s median %.3f ms, 99th percentile %.3f ms, longest %.3f ms\n", what,
		(double)us[count / 2] / 1000, (double)us[count * 99 / 100] / 1000,
		(double)us[count - 1] / 1000);
}

int main(int argc, char **argv)
{
	size_t count = argc > 4 ? (size_t)atoi(argv[4]) : 500;
	int64_t *us = calloc(3 * count, sizeof(*us));
	struct end from, to;
	unsigned run = (unsigned)(now_us() / 1000 % 100000);

	if (argc < 4 || count == 0 || us == NULL) {
		fputs("usage: bench_arrival DEMO_DIR FROM TO [COUNT]\n", stderr);
		return 2;
	}
	connect_to(&from, argv[1], argv[2], "agency");
	connect_to(&to, argv[1], argv[3], "checkpoint");
	for (size_t i = 0; i < count; i++) {
		struct cordon_item withdraw = { .type = CORDON_ITEM_WITHDRAW,
			.reason = CORDON_WITHDRAWAL_ERROR };
		char id[40], old[32], new[32];

		snprintf(id, sizeof(id), "%s-BENCH-%05u-%zu", argv[2], run, i);
		snprintf(old, sizeof(old), "A%05u%zu", run, i);
		snprintf(new, sizeof(new), "C%05u%zu", run, i);
		put(&from, id, old);
		us[i] = wait_for(&to, old, true);
		put(&from, id, new);
		us[count + i] = wait_for(&to, new, true);
		if (found(&to, old)) {
			die(old, "the old number is still found");
		}
		withdraw.id = id;
		submit(&from, &withdraw);
		us[2 * count + i] = wait_for(&to, new, false);
	}
	report("entered", us, count);
	report("changed", us + count, count);
	report("withdrawn", us + 2 * count, count);
	cordon_client_destroy(from.client);
	cordon_client_destroy(to.client);
	free(us);
	return 0;
}
