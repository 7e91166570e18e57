/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three members as three hosts, and five in a chain: a network namespace each, joined
 * by a bridge.  A cut cable says nothing to either end.  Says that it is skipped where
 * namespaces cannot be made (not root, no iproute2).
 */
#define _GNU_SOURCE /* open flags */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/union.h"

#define SKIPPED 77 /* to meson */

static const char *const members[5] = { "BLR", "KAZ", "RUS", "KGZ", "ARM" };
static const char *const chain[5] = { "KAZ/node-1", "BLR/node-1 RUS/node-1",
	"KAZ/node-1 KGZ/node-1", "RUS/node-1 ARM/node-1", "KGZ/node-1" };
static struct testunion *all;
static struct union_node *node[5];
static unsigned count;
static bool made;

/* "ip …" with %s and %u filled in; the exit status. */
static int ip(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int ip(const char *format, ...)
{
	char command[256] = "ip ";
	const char *argv[] = { "sh", "-c", command, NULL };
	struct union_output output;
	int status;
	va_list ap;

	va_start(ap, format);
	vsnprintf(command + 3, sizeof(command) - 3, format, ap);
	va_end(ap);
	union_run(all, NULL, argv, &output);
	status = output.status;
	union_output_finish(&output);
	return status;
}

/* Names and a subnet that no other run has. */
static unsigned run_id(void)
{
	return (unsigned)getpid() % 60000;
}

static unsigned third_octet(void)
{
	return (unsigned)getpid() % 250 + 1;
}

static bool make_bridge(void)
{
	return ip("link add cb%u type bridge", run_id()) == 0 &&
	       ip("address add 10.213.%u.254/24 dev cb%u", third_octet(), run_id()) ==
		       0 &&
	       ip("link set cb%u up", run_id()) == 0;
}

static bool make_host(unsigned n)
{
	unsigned id = run_id();

	return ip("netns add cordon%u-%u", id, n) == 0 &&
	       ip("link add c%u-%u type veth peer name eth0 netns cordon%u-%u", id, n,
		       id, n) == 0 &&
	       ip("link set c%u-%u master cb%u up", id, n, id) == 0 &&
	       ip("-n cordon%u-%u address add 10.213.%u.%u/24 dev eth0", id, n,
		       third_octet(), n + 1) == 0 &&
	       ip("-n cordon%u-%u link set lo up", id, n) == 0 &&
	       ip("-n cordon%u-%u link set eth0 up", id, n) == 0;
}

static void remove_network(void)
{
	for (unsigned n = 0; n < count; n++) {
		ip("netns delete cordon%u-%u 2>/dev/null", run_id(), n);
	}
	ip("link delete cb%u 2>/dev/null", run_id());
}

static void add_node(unsigned n)
{
	char path[64], host[32];

	snprintf(host, sizeof(host), "10.213.%u.%u", third_octet(), n + 1);
	union_set_host(all, host);
	snprintf(path, sizeof(path), "/run/netns/cordon%u-%u", run_id(), n);
	node[n] = union_add(all, members[n], "node-1");
	node[n]->netns = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(node[n]->netns >= 0);
}

static int set_up(unsigned hosts)
{
	count = hosts;
	all = union_create();
	made = make_bridge();
	for (unsigned n = 0; made && n < count; n++) {
		made = make_host(n);
	}
	if (!made) {
		remove_network();
		print_message("SKIPPED: no network namespaces here: only loopback is "
			      "tested\n");
		return 0;
	}
	for (unsigned n = 0; n < count; n++) {
		add_node(n);
	}
	return 0;
}

static int set_up_three(void **state)
{
	(void)state;
	set_up(3);
	for (unsigned n = 0; made && n < count; n++) {
		union_start(node[n]);
	}
	return 0;
}

static int set_up_chain(void **state)
{
	(void)state;
	set_up(5);
	for (unsigned n = 0; made && n < count; n++) {
		node[n]->peers = chain[n];
		/* a silence is noticed soon */
		node[n]->extra = "follow_wait = 500ms\nframe_timeout = 1s\n";
		union_start(node[n]);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (unsigned n = 0; made && n < count; n++) {
		union_stop(node[n]);
	}
	if (made) {
		remove_network();
	}
	union_destroy(all);
	return 0;
}

static void records_cross_the_network(void **state)
{
	(void)state;
	if (!made) {
		skip();
	}
	union_put(node[1], "KAZ-1", "AA11111");
	union_await_verdict(node[0], "AA11111", CORDON_VERDICT_MATCH);
	union_await_verdict(node[2], "AA11111", CORDON_VERDICT_MATCH);
	union_settle(all);
}

/* RUS cannot be reached by anybody while KAZ and BLR go on. */
static void a_cut_cable_heals_by_itself(void **state)
{
	(void)state;
	if (!made) {
		skip();
	}
	/* at RUS's own end: its clients of this test are cut off too */
	assert_int_equal(ip("link set c%u-2 down", run_id()), 0);
	union_put(node[1], "KAZ-2", "AA22222");
	union_put_many(node[1], "CUT", 5000, 'Q');
	union_await_verdict(node[0], "AA22222", CORDON_VERDICT_MATCH);
	assert_int_equal(ip("link set c%u-2 up", run_id()), 0);
	union_await_verdict(node[2], "AA22222", CORDON_VERDICT_MATCH);
	union_settle(all);
	union_verify(node[2]);
}

static bool everybody_finds(const char *number)
{
	for (unsigned n = 0; n < count; n++) {
		if (union_verdict(node[n], number) != CORDON_VERDICT_MATCH) {
			return false;
		}
	}
	return true;
}

/* Without its middle the chain is two halves, each of which goes on. */
static void a_chain_without_its_middle_goes_on_and_joins_again(void **state)
{
	size_t log[2];

	(void)state;
	if (!made) {
		skip();
	}
	union_put(node[0], "BLR-1", "AA11111");
	union_until(all, "it is everywhere", everybody_finds("AA11111"));
	log[0] = union_log_size(node[1]);
	log[1] = union_log_size(node[3]);
	assert_int_equal(ip("link set c%u-2 down", run_id()), 0);
	union_put(node[0], "BLR-2", "AA22222");
	union_put(node[4], "ARM-1", "BB11111");
	union_await_verdict(node[1], "AA22222", CORDON_VERDICT_MATCH);
	union_await_verdict(node[3], "BB11111", CORDON_VERDICT_MATCH);
	/* nobody has told them that it is gone */
	union_await_log(node[1], log[0], "link cordon://RUS/node/node-1");
	union_await_log(node[3], log[1], "link cordon://RUS/node/node-1");
	assert_int_equal(union_verdict(node[4], "AA22222"), CORDON_VERDICT_CLEAR);
	assert_int_equal(ip("link set c%u-2 up", run_id()), 0);
	union_until(all, "it is everywhere", everybody_finds("AA22222"));
	union_until(all, "it is everywhere", everybody_finds("BB11111"));
	union_settle(all);
}

/* Cables go and come at random moments, the records' way with them. */
static void cables_that_come_and_go_lose_nothing(void **state)
{
	(void)state;
	if (!made) {
		skip();
	}
	for (unsigned i = 0; i < 8; i++) {
		unsigned victim = 1 + i % 3;

		assert_int_equal(ip("link set c%u-%u down", run_id(), victim), 0);
		union_put_many(node[0], "COME", 40, (char)('A' + i));
		union_put_many(node[4], "GO", 40, (char)('K' + i));
		assert_int_equal(ip("link set c%u-%u up", run_id(), victim), 0);
	}
	union_until(all, "it is everywhere", everybody_finds("AH00039"));
	union_until(all, "it is everywhere", everybody_finds("AR00039"));
	union_settle(all);
	for (unsigned n = 0; n < count; n++) {
		union_verify(node[n]);
	}
}

int main(void)
{
	const struct CMUnitTest three[] = {
		cmocka_unit_test(records_cross_the_network),
		cmocka_unit_test(a_cut_cable_heals_by_itself),
	};
	const struct CMUnitTest five[] = {
		cmocka_unit_test(a_chain_without_its_middle_goes_on_and_joins_again),
		cmocka_unit_test(cables_that_come_and_go_lose_nothing),
	};

	int failed = cmocka_run_group_tests(three, set_up_three, teardown);

	if (failed == 0 && !made) {
		return SKIPPED;
	}
	return failed + cmocka_run_group_tests(five, set_up_chain, teardown);
}
