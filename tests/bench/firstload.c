/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits until a node holds a number of an owner's records, verified, and says when it
 * had them; sh tests/bench/firstload.sh calls it.
 *
 *   bench_firstload DIR MEMBER OWNER RECORDS START PID...
 *
 * DIR is a union of tests/lib/union.sh.  START is the second (of the monotonic clock,
 * as in /proc/uptime) from which time counts.  Prints the milliseconds to the first
 * rows seen and to all of them verified, and the CPU time that each PID has used.
 * A list is verified in the same transaction in which its last rows and index keys are
 * synced to disk, so that "following" means all three.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cordon/cordon.h>

#define PATIENCE_S 600
#define POLL_MS 10

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_firstload: %s: %s\n", what, why);
	exit(1);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct cordon_client *connect_to(const char *dir, const char *member)
{
	char path[4][512], server[64], port[16] = "", message[512];
	const char *servers[] = { server };
	struct cordon_options options = { .servers = servers, .servers_count = 1 };
	struct cordon_client *client;
	FILE *file;

	snprintf(path[0], sizeof(path[0]), "%s/%s/port", dir, member);
	file = fopen(path[0], "r");
	if (file == NULL || fgets(port, sizeof(port), file) == NULL) {
		die(path[0], "not a union's directory");
	}
	fclose(file);
	port[strcspn(port, "\n")] = '\0';
	snprintf(server, sizeof(server), "127.0.0.1:%s", port);
	snprintf(path[1], sizeof(path[1]), "%s/%s/pki/admin.pem", dir, member);
	snprintf(path[2], sizeof(path[2]), "%s/%s/pki/admin.key", dir, member);
	snprintf(path[3], sizeof(path[3]), "%s/%s/pki/ca.pem", dir, member);
	options.certificate = path[1];
	options.key = path[2];
	options.ca = path[3];
	if (cordon_client_create(&options, &client, message, sizeof(message)) != 0) {
		die(member, message);
	}
	return client;
}

struct seen {
	uint64_t rows;     /* of any state */
	uint64_t verified; /* live, in verified lists */
	uint64_t bytes;
};

/* False while the node does not answer yet. */
static bool look(struct cordon_client *client, const char *owner, struct seen *seen)
{
	struct cordon_status *status;

	memset(seen, 0, sizeof(*seen));
	if (cordon_status(client, &status) != 0) {
		return false;
	}
	seen->bytes = status->store_bytes;
	for (size_t i = 0; i < status->lists_count; i++) {
		const struct cordon_list_status *list = &status->lists[i];
		bool done = strcmp(list->state, "following") == 0;

		if (strncmp(list->list, owner, 3) == 0) {
			seen->rows += done ? list->live : list->loaded_sequence;
			seen->verified += done ? list->live : 0;
		}
	}
	cordon_status_destroy(status);
	return true;
}

static void print_cpu(const char *pid)
{
	unsigned long user = 0, system = 0;
	char path[64], line[1024] = "";
	const char *rest;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	file = fopen(path, "r");
	if (file == NULL || fgets(line, sizeof(line), file) == NULL) {
		die(path, "no such process");
	}
	fclose(file);
	rest = strrchr(line, ')');
	if (rest == NULL || sscanf(rest + 1,
				    " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu "
				    "%lu",
				    &user, &system) != 2) {
		die(path, "not as expected");
	}
	printf("cpu_s_%s %.2f\n", pid,
		(double)(user + system) / (double)sysconf(_SC_CLK_TCK));
}

int main(int argc, char **argv)
{
	struct timespec poll = { 0, POLL_MS * 1000000L };
	struct cordon_client *client;
	struct seen seen;
	double start, first = 0;
	uint64_t records;

	if (argc < 6) {
		fputs("usage: bench_firstload DIR MEMBER OWNER RECORDS START PID...\n",
			stderr);
		return 2;
	}
	records = strtoull(argv[4], NULL, 10);
	start = strtod(argv[5], NULL);
	client = connect_to(argv[1], argv[2]);
	while (!look(client, argv[3], &seen) || seen.verified < records) {
		if (first == 0 && seen.rows > 0) {
			first = now_s();
		}
		if (now_s() - start > PATIENCE_S) {
			die(argv[2], "not loaded in time");
		}
		nanosleep(&poll, NULL);
	}
	printf("all_s %.3f\nfirst_rows_s %.3f\nstore_bytes %" PRIu64 "\n",
		now_s() - start, first == 0 ? 0 : first - start, seen.bytes);
	for (int i = 6; i < argc; i++) {
		print_cpu(argv[i]);
	}
	cordon_client_destroy(client);
	return 0;
}
