/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Propagation at a steady rate in a union of three nodes (steady.h):
 *
 *   bench_steady DIR [RATE [SECONDS]]      a union of `sh daemon/demo.sh --keep`
 *
 * DIR's KAZ enters, BLR and RUS look up.  Found there means: verified against the
 * owner's signature, indexed and on disk.
 */
#include "tests/bench/steady.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cordon/cordon.h>

static const char *const members[] = { "KAZ", "BLR", "RUS" };
static const char *dir;
static unsigned run;

struct end {
	char path[3][512];
	char server[64];
	struct cordon_client *client;
};

static struct end ends[3];

static void *connect_to(int where)
{
	struct end *end = &ends[where];
	const char *servers[] = { end->server }, *member = members[where];
	const char *role = where == 0 ? "agency" : "checkpoint";
	struct cordon_options options = { .servers = servers,
		.servers_count = 1,
		.certificate = end->path[0],
		.key = end->path[1],
		.ca = end->path[2] };
	char message[512], port[16] = "", path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/port", dir, member);
	file = fopen(path, "r");
	if (file == NULL || fgets(port, sizeof(port), file) == NULL) {
		steady_die(path, "not a demo's directory");
	}
	fclose(file);
	port[strcspn(port, "\n")] = '\0';
	snprintf(end->server, sizeof(end->server), "127.0.0.1:%s", port);
	snprintf(end->path[0], sizeof(end->path[0]), "%s/%s/pki/%s.pem", dir, member,
		role);
	snprintf(end->path[1], sizeof(end->path[1]), "%s/%s/pki/%s.key", dir, member,
		role);
	snprintf(end->path[2], sizeof(end->path[2]), "%s/%s/pki/ca.pem", dir, member);
	if (cordon_client_create(&options, &end->client, message, sizeof(message)) !=
		0) {
		steady_die(member, message);
	}
	return end->client;
}

static void put(void *connection, unsigned number)
{
	struct cordon_item item = { .type = CORDON_ITEM_PUT };
	struct cordon_results *results;
	struct cordon_record *record;
	char json[1024], message[512];

	snprintf(json, sizeof(json),
		"{\"id\":\"KAZ-B-%05u-%u\",\"kind\":\"entry_ban\",\"reason\":"
		"\"overstay\",\"valid_from\":\"2026-01-01\",\"valid_until\":"
		"\"2029-12-31\",\"actions\":[\"refuse_entry\"],\"person\":{\"names\":"
		"[{\"type\":\"primary\",\"surname\":\"BENCH\",\"given\":\"MARK\"}],"
		"\"born\":\"1990-01-01\",\"documents\":[{\"type\":\"P\",\"number\":"
		"\"S%05u%u\",\"issuer\":\"UZB\"}]}}",
		run, number, run, number);
	if (cordon_record_from_json(
		    json, strlen(json), &record, message, sizeof(message)) != 0) {
		steady_die("record", message);
	}
	item.record = record;
	if (cordon_submit(connection, &item, 1, &results) != 0) {
		steady_die("submit", cordon_client_error_text(connection));
	}
	if (results->results[0].error != 0) {
		steady_die("submit", results->results[0].error_text);
	}
	cordon_results_destroy(results);
	cordon_record_destroy(record);
}

static bool found(void *connection, unsigned number)
{
	char text[32];
	struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT, .number = text, .issuer = "UZB"
	};
	struct cordon_answer *answer;
	bool hit;

	snprintf(text, sizeof(text), "S%05u%u", run, number);
	if (cordon_lookup(connection, NULL, &query, 1, &answer) != 0 ||
		answer->error != 0) {
		steady_die("lookup", cordon_client_error_text(connection));
	}
	hit = answer->verdict == CORDON_VERDICT_MATCH;
	cordon_answer_destroy(answer);
	return hit;
}

int main(int argc, char **argv)
{
	static const struct steady_ops ops = {
		.name = "Cordon", .connect = connect_to, .put = put, .found = found
	};

	if (argc < 2) {
		fputs("usage: bench_steady DIR [RATE [SECONDS]]\n", stderr);
		return 2;
	}
	dir = argv[1];
	run = (unsigned)(time(NULL) % 100000);
	return steady_main(&ops, argc - 1, argv + 1);
}
