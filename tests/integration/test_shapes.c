/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chains, stars, rings and meshes of three and five members: a list reaches all that it
 * is shared with, through those that it is shared with, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/lines.h"

#define RECORDS 40 /* of each member, shared with all */
#define ROUNDS 5

struct shape {
	enum lines_shape shape;
	size_t nodes;
};

static struct testunion *all;
static struct union_node *node[5];
static const struct shape *now;

/* The second member's deportations are for the first alone: its neighbour in each
 * shape. */
static int setup(void **state)
{
	now = *state;
	all = union_create();
	lines_join(all, NULL, now->shape, node, now->nodes);
	for (size_t i = 0; i < now->nodes; i++) {
		node[i]->metrics = union_free_port(all);
	}
	node[1]->share_with[1] = "BLR";
	lines_start(node, now->nodes);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

static uint64_t applied(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < now->nodes; i++) {
		sum += union_metric(node[i], "entries_applied_total");
	}
	return sum;
}

static uint64_t pulled(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < now->nodes; i++) {
		for (size_t k = 0; k < now->nodes; k++) {
			char name[96];

			snprintf(name, sizeof(name),
				"link_entries_total{peer=\"cordon://%s/node/node-1\"}",
				node[k]->member);
			sum += union_metric(node[i], name);
		}
	}
	return sum;
}

static void assert_equal_exports(void)
{
	char first[65], other[65];

	for (size_t owner = 0; owner < now->nodes; owner++) {
		union_export_digest(node[0], node[owner]->member, first);
		for (size_t i = 1; i < now->nodes; i++) {
			/* what is not for all only the owner and BLR have */
			if (owner != 1 || i == 1) {
				union_export_digest(
					node[i], node[owner]->member, other);
				assert_string_equal(first, other);
			}
		}
	}
	for (size_t i = 0; i < now->nodes; i++) {
		union_verify(node[i]);
	}
}

/*
 * A machine that stands still for longer than a node has patience makes it ask another
 * peer for the same; so one round of several has to be without that.
 */
static void nothing_is_fetched_twice(void)
{
	uint64_t expected = RECORDS * now->nodes * (now->nodes - 1);

	for (char round = 'A'; round < 'A' + ROUNDS; round++) {
		uint64_t applied_before = applied(), pulled_before = pulled();

		for (size_t i = 0; i < now->nodes; i++) {
			union_put_many(node[i], "SHAPE", RECORDS, round);
		}
		union_settle(all);
		if (applied() - applied_before == expected &&
			pulled() - pulled_before == expected) {
			return;
		}
	}
	union_fail(all, "in %d rounds something was always fetched more than once",
		ROUNDS);
}

static void put_deportation(const char *id)
{
	char json[512], text[512];

	snprintf(json, sizeof(json),
		"{\"id\":\"%s\",\"kind\":\"deportation\",\"reason\":\"deportation\","
		"\"valid_from\":\"2026-01-01\",\"valid_until\":\"2029-12-31\","
		"\"actions\":[\"refuse_entry\"],\"ordered_on\":\"2026-01-01\","
		"\"person\":{\"names\":[{\"type\":\"primary\",\"surname\":\"TESTOV\","
		"\"given\":\"MARK\"}],\"born\":\"1990-01-01\",\"documents\":[{\"type\":"
		"\"P\",\"number\":\"DD11111\",\"issuer\":\"UZB\"}]}}",
		id);
	if (union_try_put(node[1], UNION_AGENCY, json, text) != 0) {
		union_fail(all, "%s", text);
	}
}

static void a_list_reaches_whom_it_is_for_and_nobody_else(void **state)
{
	(void)state;
	put_deportation("KAZ-ONLYBLR-1");
	nothing_is_fetched_twice();
	union_await_verdict(node[0], "DD11111", CORDON_VERDICT_MATCH);
	union_settle(all);
	assert_equal_exports();
	for (size_t i = 0; i < now->nodes; i++) {
		bool meant = i < 2;

		assert_int_equal(union_data_has(node[i], "KAZ-ONLYBLR-1"), meant);
		assert_int_equal(union_verdict(node[i], "DD11111"),
			meant ? CORDON_VERDICT_MATCH : CORDON_VERDICT_CLEAR);
		assert_true(union_data_has(node[i], "KAZ-SHAPE-00000"));
	}
}

int main(void)
{
	static struct shape shapes[] = {
		{ LINES_CHAIN, 3 },
		{ LINES_CHAIN, 5 },
		{ LINES_STAR, 5 },
		{ LINES_RING, 5 },
		{ LINES_MESH, 3 },
		{ LINES_MESH, 5 },
	};
	int failed = 0;

	/* of three, a star is a chain and a ring a mesh */
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct CMUnitTest tests[] = {
			cmocka_unit_test_prestate_setup_teardown(
				a_list_reaches_whom_it_is_for_and_nobody_else, setup,
				teardown, &shapes[i]),
		};

		print_message("%zu nodes, %s\n", shapes[i].nodes,
			lines_shape_text(shapes[i].shape));
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
