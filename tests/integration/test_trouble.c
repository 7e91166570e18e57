/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three nodes on lines and with neighbours that are slow, dead, mute or mad: the others
 * go on, take what is new another way, and nobody has to mend anything.
 */
#include <setjmp.h>
#include <signal.h>
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

static struct testunion *all;
static struct lines *lines;
static struct union_node *node[3];
static struct union_node *blr, *kaz, *rus;

/* Silence is noticed soon. */
#define IMPATIENT                                                                      \
	"follow_wait = 500ms\nhandshake_timeout = "                                    \
	"1s\nframe_timeout = 2s\n"

static void start(enum lines_shape shape)
{
	all = union_create();
	lines = lines_create(all);
	lines_join(all, lines, shape, node, 3);
	blr = node[0];
	kaz = node[1];
	rus = node[2];
	for (size_t i = 0; i < 3; i++) {
		node[i]->metrics = union_free_port(all);
		node[i]->extra = IMPATIENT;
	}
	lines_start(node, 3);
}

static int set_up_mesh(void **state)
{
	(void)state;
	start(LINES_MESH);
	return 0;
}

/* KAZ - BLR - RUS */
static int set_up_star(void **state)
{
	(void)state;
	start(LINES_STAR);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	lines_destroy(lines);
	return 0;
}

static size_t way(const struct union_node *from, const struct union_node *to)
{
	return lines_find(lines, from, to);
}

static uint64_t pulled(struct union_node *at, const struct union_node *from)
{
	char name[96];

	snprintf(name, sizeof(name),
		"link_entries_total{peer=\"cordon://%s/node/node-1\"}", from->member);
	return union_metric(at, name);
}

static bool link_up(struct union_node *at, const struct union_node *to)
{
	char name[96];

	snprintf(name, sizeof(name), "link_up{peer=\"cordon://%s/node/node-1\"}",
		to->member);
	return union_metric(at, name) == 1;
}

static void assert_equal_exports(void)
{
	char first[65], other[65];

	union_settle(all);
	union_export_digest(node[0], NULL, first);
	for (size_t i = 0; i < 3; i++) {
		union_export_digest(node[i], NULL, other);
		assert_string_equal(first, other);
		union_verify(node[i]);
	}
}

/* RUS takes KAZ's bans from BLR: its own line to KAZ is slow. */
static void make_blr_the_source(void)
{
	lines_tell(lines, way(rus, kaz), "delay 1000");
	for (unsigned i = 0; i < 20; i++) {
		uint64_t before = pulled(rus, blr);
		char id[24], number[16];

		snprintf(id, sizeof(id), "KAZ-SOURCE-%u", i);
		snprintf(number, sizeof(number), "SS%05u", i);
		union_put(kaz, id, number);
		union_await_verdict(rus, number, CORDON_VERDICT_MATCH);
		if (pulled(rus, blr) > before) {
			return;
		}
	}
	union_fail(all, "RUS prefers the slow line");
}

static void of_two_ways_the_faster_is_used(void **state)
{
	uint64_t slow;
	int64_t began_ms;

	(void)state;
	make_blr_the_source();
	slow = pulled(rus, kaz);
	for (unsigned i = 0; i < 5; i++) {
		char id[24], number[16];

		snprintf(id, sizeof(id), "KAZ-FAST-%u", i);
		snprintf(number, sizeof(number), "FF%05u", i);
		began_ms = union_now_ms();
		union_put(kaz, id, number);
		union_await_verdict(rus, number, CORDON_VERDICT_MATCH);
		if (union_now_ms() - began_ms < 1000) {
			/* it cannot have come by the slow line */
			assert_int_equal(pulled(rus, kaz), slow);
			return;
		}
	}
	union_fail(all, "nothing arrived before the slow line could have brought it");
}

static void a_cut_way_is_replaced_and_heals(void **state)
{
	(void)state;
	make_blr_the_source();
	lines_tell(lines, way(rus, kaz), "pass");
	lines_tell(lines, way(rus, blr), "refuse");
	lines_tell(lines, way(rus, blr), "cut");
	union_put(kaz, "KAZ-OTHERWAY", "OW11111");
	union_await_verdict(rus, "OW11111", CORDON_VERDICT_MATCH);
	assert_true(pulled(rus, kaz) > 0);
	assert_false(link_up(rus, blr));
	lines_tell(lines, way(rus, blr), "pass");
	union_until(all, "the line heals", link_up(rus, blr));
	assert_equal_exports();
}

static void a_stopped_neighbour_holds_nobody_up(void **state)
{
	(void)state;
	make_blr_the_source();
	lines_tell(lines, way(rus, kaz), "pass");
	union_signal(blr, SIGSTOP);
	union_put_many(kaz, "STOPPED", 600, 'S');
	union_await_verdict(rus, "AS00599", CORDON_VERDICT_MATCH);
	union_put(rus, "RUS-STOPPED", "RR11111");
	union_await_verdict(kaz, "RR11111", CORDON_VERDICT_MATCH);
	union_signal(blr, SIGCONT);
	union_await_verdict(blr, "AS00599", CORDON_VERDICT_MATCH);
	assert_equal_exports();
}

/* The owner itself stands still: what others hold of it answers. */
static void a_stopped_owner_is_answered_for_and_goes_on(void **state)
{
	(void)state;
	union_put(kaz, "KAZ-1", "AA11111");
	union_settle(all);
	union_signal(kaz, SIGSTOP);
	union_put(rus, "RUS-1", "BB11111");
	union_await_verdict(blr, "BB11111", CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AA11111"), CORDON_VERDICT_MATCH);
	union_signal(kaz, SIGCONT);
	union_await_verdict(kaz, "BB11111", CORDON_VERDICT_MATCH);
	union_put(kaz, "KAZ-2", "AA22222");
	assert_equal_exports();
}

static void a_peer_that_reads_a_byte_a_second_holds_nobody_up(void **state)
{
	(void)state;
	lines_tell(lines, way(rus, kaz), "rate 1 down");
	lines_tell(lines, way(rus, blr), "rate 1 down");
	union_put_many(kaz, "SLOW", 6000, 'L');
	union_await_verdict(blr, "AL05999", CORDON_VERDICT_MATCH);
	union_put(blr, "BLR-1", "BB11111");
	union_await_verdict(kaz, "BB11111", CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AL05999"), CORDON_VERDICT_CLEAR);
	/* frames that are not whole in time end the links */
	union_until(all, "RUS gives the links up",
		!link_up(rus, kaz) && !link_up(rus, blr));
	lines_tell_all(lines, "pass");
	assert_equal_exports();
}

/* Its address takes connections and nothing ever comes back. */
static void a_mute_line_is_given_up_and_called_again(void **state)
{
	size_t mute, log;

	(void)state;
	mute = way(rus, blr);
	union_put(kaz, "KAZ-1", "AA11111");
	union_await_verdict(rus, "AA11111", CORDON_VERDICT_MATCH);
	log = union_log_size(rus);
	lines_tell(lines, mute, "stall");
	union_put(kaz, "KAZ-2", "AA22222");
	union_until(all, "RUS notices the silence", !link_up(rus, blr));
	/* a new connection is taken, and stays as mute */
	union_await_log(rus, log, "handshake");
	assert_int_equal(union_verdict(rus, "AA11111"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AA22222"), CORDON_VERDICT_CLEAR);
	/* only connections made from now on have an other end */
	lines_tell(lines, mute, "cut");
	lines_tell(lines, mute, "pass");
	union_await_verdict(rus, "AA22222", CORDON_VERDICT_MATCH);
	assert_equal_exports();
}

static void damaged_bytes_end_the_link_and_nothing_else(void **state)
{
	uint64_t random = load_seed();
	unsigned ended = 0;
	size_t line = way(rus, blr);

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		size_t log = union_log_size(rus);
		const char *side = i % 4 == 3 ? "up" : "down";
		char id[24], number[16];

		/* of the handshake as well, in every other round */
		if (i % 2 == 1) {
			lines_tell(lines, line, "cut");
		}
		lines_tell(lines, line, "damage %u %s",
			(unsigned)random_below(&random, i % 2 == 1 ? 1500 : 300), side);
		snprintf(id, sizeof(id), "KAZ-DAMAGE-%u", i);
		snprintf(number, sizeof(number), "DM%05u", i);
		union_put(kaz, id, number);
		union_await_verdict(rus, number, CORDON_VERDICT_MATCH);
		ended += union_log_has(rus, log, "link cordon://BLR/node/node-1");
		lines_tell(lines, line, "pass");
	}
	assert_true(ended > 6);
	assert_equal_exports();
}

static void resets_are_survived_at_every_byte(void **state)
{
	uint64_t random = load_seed();
	size_t line = way(rus, blr);

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		char id[24], number[16];

		lines_tell(lines, line, "cut %u %s",
			(unsigned)random_below(&random, 2500),
			i % 3 == 2 ? "up" : "down");
		snprintf(id, sizeof(id), "KAZ-RESET-%u", i);
		snprintf(number, sizeof(number), "RS%05u", i);
		union_put(kaz, id, number);
		union_await_verdict(rus, number, CORDON_VERDICT_MATCH);
	}
	lines_tell(lines, line, "pass");
	assert_equal_exports();
}

#define in_mesh(test) cmocka_unit_test_setup_teardown(test, set_up_mesh, teardown)
#define in_star(test) cmocka_unit_test_setup_teardown(test, set_up_star, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_mesh(of_two_ways_the_faster_is_used),
		in_mesh(a_cut_way_is_replaced_and_heals),
		in_mesh(a_stopped_neighbour_holds_nobody_up),
		in_mesh(a_stopped_owner_is_answered_for_and_goes_on),
		in_mesh(a_peer_that_reads_a_byte_a_second_holds_nobody_up),
		in_star(a_mute_line_is_given_up_and_called_again),
		in_star(damaged_bytes_end_the_link_and_nothing_else),
		in_star(resets_are_survived_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
