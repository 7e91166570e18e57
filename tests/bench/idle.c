/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of a node's memory an idle connection takes, while lookups go on:
 *
 *     build/tests/bench/bench_idle [CONNECTIONS]     (default 10000)
 *
 * Fails above 32 KiB each, or when a connection or a lookup is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "tests/lib/crowd.h"

#define GOAL_BYTES (32 * 1024)
#define LOOKUPS 2000

static unsigned connections = 10000;

static void look_up(struct union_node *node, const char *when)
{
	int64_t began_ms = union_now_ms();

	for (int i = 0; i < LOOKUPS; i++) {
		assert_int_equal(union_verdict(node, "AA12345"), CORDON_VERDICT_CLEAR);
	}
	printf("%d lookups %s: %.0f us each\n", LOOKUPS, when,
		(double)(union_now_ms() - began_ms) * 1000 / LOOKUPS);
}

static void allow_descriptors(rlim_t wanted)
{
	struct rlimit files;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = files.rlim_cur < wanted ? wanted : files.rlim_cur;
	files.rlim_max = files.rlim_max < wanted ? wanted : files.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
}

static void idle_connections_are_cheap(void **state)
{
	struct testunion *all = union_create();
	struct union_node *node = union_add(all, "KAZ", "node-1");
	struct crowd *crowd;
	char lines[512];
	uint64_t before;
	double each;

	(void)state;
	allow_descriptors(connections + 512);
	snprintf(lines, sizeof(lines),
		"connections_max = %u\nconnections_per_identity = %u\n"
		"connections_per_address = %u\nhandshakes_per_address = 0\n"
		"handshakes_per_identity = 0\nrequests_per_identity = 0\n"
		"requests_per_address = 0\nidle_timeout = 1h\n",
		connections + 64, connections + 64, connections + 64);
	node->extra = lines;
	union_start(node);
	look_up(node, "before");
	before = crowd_node_bytes(node);
	crowd = crowd_create(node, UNION_AUDITOR, NULL, connections);
	each = (double)(crowd_node_bytes(node) - before) / connections;
	printf("%u connections, %.1f KiB of the node's memory each\n", connections,
		each / 1024);
	look_up(node, "beside them");
	assert_int_equal(crowd_standing(crowd), connections);
	assert_true(each <= GOAL_BYTES);
	crowd_destroy(crowd);
	union_destroy(all);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_connections_are_cheap),
	};

	if (argc > 1) {
		connections = (unsigned)strtoul(argv[1], NULL, 10);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
