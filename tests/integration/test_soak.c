/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole unions in every shape under load, on lines that are slow and break, with nodes
 * that are killed.  In the end all hold the same, and just what clients were told.
 *
 *   test_integration_soak            a small part of it, for the suite
 *   test_integration_soak --long     all of it: each shape with three and five nodes,
 *                                    100,000 changes with 50 ms of delay and random
 *                                    cuts; every line cut and healed at random for a
 *                                    minute; each node killed 20 times
 *   … [--shape S] [--nodes N] [--trial T] [--changes N]   only those
 *
 * CORDON_TEST_SEED runs the same again, as far as the machine's timing allows.
 */
#include <getopt.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/lines.h"
#include "tests/lib/load.h"
#include "tests/lib/random.h"

enum trial {
	TRIAL_SHAKEN, /* delay, connections cut at random */
	TRIAL_CUT,    /* each line down and up again */
	TRIAL_KILLED,
	TRIALS
};

static const char *const trial_texts[TRIALS] = { "shaken", "cut", "killed" };

/* What is to be done to one union. */
struct plan {
	enum trial trial;
	enum lines_shape shape;
	size_t nodes;
	uint64_t changes;
	int64_t lasts_ms; /* at least: cut */
	unsigned kills;   /* of each node: killed */
};

struct soak {
	const struct plan *plan;
	uint64_t random;
	struct testunion *all;
	struct lines *lines;
	struct union_node *node[5];
	struct load *load;
	struct event *strike;
	int64_t until_ms;
	unsigned killed[5];
	bool down[25]; /* lines */
};

static uint64_t seed;
static struct soak now;

static int setup(void **state)
{
	now = (struct soak){ .plan = *state, .random = seed };
	now.all = union_create();
	now.lines = lines_create(now.all);
	lines_join(now.all, now.lines, now.plan->shape, now.node, now.plan->nodes);
	lines_start(now.node, now.plan->nodes);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	/* the nodes first: they notice that they stop, not that the lines go */
	union_destroy(now.all);
	lines_destroy(now.lines);
	return 0;
}

/* ---- what happens meanwhile
 * ---------------------------------------------------------------- */

static void strike_in(unsigned min_ms, unsigned max_ms)
{
	uint64_t ms = min_ms + random_below(&now.random, max_ms - min_ms + 1);
	const struct timeval after = { 0, (suseconds_t)(ms * 1000) };

	assert_int_equal(event_add(now.strike, &after), 0);
}

/* One line goes down or comes up again. */
static void cut_or_heal(void)
{
	size_t line = random_below(&now.random, lines_count(now.lines));

	now.down[line] = !now.down[line];
	if (now.down[line]) {
		lines_tell(now.lines, line, "refuse");
		lines_tell(now.lines, line, "cut");
	} else {
		lines_tell(now.lines, line, "pass");
	}
	strike_in(5, 100);
}

/* Another one, or the same again, is killed; it starts while the load goes on. */
static void kill_one(void)
{
	size_t i = random_below(&now.random, now.plan->nodes);

	while (now.killed[i] == now.plan->kills) {
		i = (i + 1) % now.plan->nodes;
	}
	now.killed[i]++;
	union_kill(now.node[i]);
	union_launch(now.node[i]);
}

static bool all_killed(void *context)
{
	(void)context;
	for (size_t i = 0; i < now.plan->nodes; i++) {
		if (now.killed[i] < now.plan->kills) {
			return false;
		}
	}
	return true;
}

static bool time_is_over(void *context)
{
	(void)context;
	return union_now_ms() >= now.until_ms;
}

static void on_strike(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	if (now.plan->trial == TRIAL_CUT) {
		cut_or_heal();
	} else if (!all_killed(NULL)) {
		kill_one();
		strike_in(50, 600);
	}
}

/* ---- the end
 * ------------------------------------------------------------------------------- */

static void assert_all_hold_what_was_told(void)
{
	char first[65], other[65];

	union_settle(now.all);
	union_export_digest(now.node[0], NULL, first);
	for (size_t i = 0; i < now.plan->nodes; i++) {
		union_export_digest(now.node[i], NULL, other);
		assert_string_equal(first, other);
		union_verify(now.node[i]);
		load_check(now.load, now.node[i]);
	}
}

static void begin_trouble(void)
{
	switch (now.plan->trial) {
	case TRIAL_SHAKEN:
		lines_tell_all(now.lines, "delay 50");
		lines_shake(now.lines, 100, 600, random_next(&now.random));
		break;
	case TRIAL_CUT:
		now.until_ms = union_now_ms() + now.plan->lasts_ms;
		strike_in(5, 100);
		break;
	case TRIAL_KILLED:
		strike_in(50, 600);
		break;
	case TRIALS:
		break;
	}
}

static void end_trouble(void)
{
	event_del(now.strike);
	lines_shake(now.lines, 0, 0, 0);
	lines_tell_all(now.lines, "pass");
	for (size_t i = 0; i < now.plan->nodes; i++) {
		union_await(now.node[i]); /* it may have been killed just now */
	}
}

static void all_hold_what_clients_were_told(void **state)
{
	const struct plan *plan = *state;
	const struct load_options options = {
		.seed = random_next(&now.random),
		.records = plan->changes >= 50000 ? 10000 : 1000,
		.batch = plan->trial == TRIAL_SHAKEN ? 50 : 10,
		.in_flight = 3,
		.pause_ms = plan->trial == TRIAL_SHAKEN ? 0 : 20,
	};
	bool (*const over[TRIALS])(void *) = { NULL, time_is_over, all_killed };

	now.load = load_create(now.all, now.node, plan->nodes, &options);
	now.strike = evtimer_new(load_base(now.load), on_strike, NULL);
	assert_non_null(now.strike);
	begin_trouble();
	load_run(now.load, plan->changes, over[plan->trial], NULL);
	end_trouble();
	assert_all_hold_what_was_told();
	assert_true(load_refused(now.load) > 0);
	print_message("%zu nodes, %s, %s: %" PRIu64 " changes acknowledged, %" PRIu64
		      " refused, %" PRIu64 " requests sent again\n",
		plan->nodes, lines_shape_text(plan->shape), trial_texts[plan->trial],
		load_acknowledged(now.load), load_refused(now.load),
		load_repeated(now.load));
	event_free(now.strike);
	load_destroy(now.load);
}

/* ---- plans
 * --------------------------------------------------------------------------------- */

static const struct plan short_plans[] = {
	{ TRIAL_SHAKEN, LINES_CHAIN, 5, 6000, 0, 0 },
	{ TRIAL_SHAKEN, LINES_MESH, 3, 6000, 0, 0 },
	{ TRIAL_CUT, LINES_RING, 5, 0, 3000, 0 },
	{ TRIAL_KILLED, LINES_STAR, 3, 0, 0, 3 },
};

static size_t long_plans(struct plan *plans)
{
	static const size_t nodes[] = { 3, 5 };
	size_t count = 0;

	for (int trial = 0; trial < TRIALS; trial++) {
		for (size_t n = 0; n < 2; n++) {
			for (int shape = 0; shape < LINES_SHAPES; shape++) {
				plans[count++] = (struct plan){ (enum trial)trial,
					(enum lines_shape)shape, nodes[n],
					trial == TRIAL_SHAKEN ? 100000 : 0, 60000, 20 };
			}
		}
	}
	return count;
}

/* What the command line leaves of the plans. */
struct choice {
	bool whole;
	const char *shape, *trial;
	size_t nodes;
	uint64_t changes;
};

static bool read_choice(int argc, char **argv, struct choice *choice)
{
	static const struct option options[] = {
		{ "long", no_argument, NULL, 'l' },
		{ "shape", required_argument, NULL, 's' },
		{ "nodes", required_argument, NULL, 'n' },
		{ "trial", required_argument, NULL, 't' },
		{ "changes", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'l':
			choice->whole = true;
			break;
		case 's':
			choice->shape = optarg;
			break;
		case 'n':
			choice->nodes = strtoul(optarg, NULL, 10);
			break;
		case 't':
			choice->trial = optarg;
			break;
		case 'c':
			choice->changes = strtoull(optarg, NULL, 10);
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

static bool chosen(const struct choice *choice, const struct plan *plan)
{
	return (choice->shape == NULL ||
		       strcmp(choice->shape, lines_shape_text(plan->shape)) == 0) &&
	       (choice->trial == NULL ||
		       strcmp(choice->trial, trial_texts[plan->trial]) == 0) &&
	       (choice->nodes == 0 || choice->nodes == plan->nodes);
}

int main(int argc, char **argv)
{
	struct choice choice = { .whole = getenv("CORDON_TEST_LONG") != NULL };
	struct plan plans[TRIALS * 2 * LINES_SHAPES];
	size_t count = sizeof(short_plans) / sizeof(short_plans[0]);
	int failed = 0;

	if (!read_choice(argc, argv, &choice)) {
		fprintf(stderr, "see the head of tests/integration/test_soak.c\n");
		return 2;
	}
	seed = load_seed();
	memcpy(plans, short_plans, sizeof(short_plans));
	if (choice.whole) {
		count = long_plans(plans);
	}
	for (size_t i = 0; i < count; i++) {
		const struct CMUnitTest tests[] = {
			cmocka_unit_test_prestate_setup_teardown(
				all_hold_what_clients_were_told, setup, teardown,
				&plans[i]),
		};

		if (chosen(&choice, &plans[i])) {
			if (choice.changes != 0) {
				plans[i].changes = choice.changes;
			}
			failed += cmocka_run_group_tests(tests, NULL, NULL);
		}
	}
	return failed;
}
