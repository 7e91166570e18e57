/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/node/registry.h"

#define GATE "cordon://KAZ/checkpoint/gate-1"

static const struct config config = {
	.connections_per_address = 3,
	.connections_per_identity = 2,
	.handshakes_per_address = 1000,
	.handshakes_per_identity = 2,
	.in_flight_per_identity = 1,
	.requests_per_identity = 5,
};

static struct mono at_ms(int64_t ms)
{
	return (struct mono){ 1000000 + ms * 1000 };
}

static struct registry *make(void)
{
	struct registry *registry;

	assert_int_equal(registry_create(&config, &registry, NULL), 0);
	return registry;
}

static struct presence *enter(
	struct registry *registry, const char *key, enum presence_sort sort, int64_t ms)
{
	struct presence *presence;
	struct errmsg msg = { "" };
	enum limit limit;

	if (registry_enter(registry, key, sort, at_ms(ms), &presence, &limit, &msg) !=
		0) {
		fail_msg("%s", msg.text);
	}
	return presence;
}

static enum limit refused(
	struct registry *registry, const char *key, enum presence_sort sort, int64_t ms)
{
	struct presence *presence;
	struct errmsg msg = { "" };
	enum limit limit = LIMIT_COUNT;

	assert_int_equal(
		registry_enter(registry, key, sort, at_ms(ms), &presence, &limit, &msg),
		CORDON_ELIMIT);
	assert_non_null(strstr(msg.text, limit_name(limit)));
	return limit;
}

static void connections_are_counted_by_key(void **state)
{
	struct registry *registry = make();
	struct presence *a = enter(registry, GATE, PRESENCE_CLIENT, 0);
	struct presence *b = enter(registry, GATE, PRESENCE_CLIENT, 0);
	struct presence *from = enter(registry, "192.0.2.7", PRESENCE_ADDRESS, 0);

	(void)state;
	assert_ptr_equal(a, b);
	assert_int_equal(refused(registry, GATE, PRESENCE_CLIENT, 60000),
		LIMIT_CONNECTIONS_PER_IDENTITY);
	registry_leave(registry, a);
	a = enter(registry, GATE, PRESENCE_CLIENT, 60000);
	registry_leave(registry, a);
	registry_leave(registry, b);
	registry_leave(registry, from);
	registry_destroy(registry);
}

static void who_leaves_and_comes_again_has_no_new_allowance(void **state)
{
	struct registry *registry = make();

	(void)state;
	for (int i = 0; i < 4; i++) {
		registry_leave(registry, enter(registry, GATE, PRESENCE_CLIENT, 0));
	}
	assert_int_equal(refused(registry, GATE, PRESENCE_CLIENT, 0),
		LIMIT_HANDSHAKES_PER_IDENTITY);
	assert_int_equal(refused(registry, GATE, PRESENCE_CLIENT, 499),
		LIMIT_HANDSHAKES_PER_IDENTITY);
	registry_leave(registry, enter(registry, GATE, PRESENCE_CLIENT, 500));
	registry_destroy(registry);
}

static void as_many_as_one_likes_may_come_and_go(void **state)
{
	struct registry *registry = make();

	(void)state;
	for (int64_t i = 0; i < REGISTRY_GONE_MAX + 1000; i++) {
		char key[64];

		snprintf(key, sizeof(key), "2001:db8:%x:%x::/64", (unsigned)(i >> 16),
			(unsigned)(i & 0xffff));
		registry_leave(registry, enter(registry, key, PRESENCE_ADDRESS, 0));
	}
	registry_destroy(registry);
}

static void requests_bytes_and_those_in_flight_are_the_identitys(void **state)
{
	struct registry *registry = make();
	struct presence *a = enter(registry, GATE, PRESENCE_CLIENT, 0);
	struct presence *peer =
		enter(registry, "cordon://RUS/node/n1", PRESENCE_PEER, 0);
	enum limit limit = LIMIT_COUNT;

	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_true(presence_take_request(a, at_ms(0), 1 << 20, &limit));
		assert_true(presence_take_request(peer, at_ms(0), 1 << 20, &limit));
	}
	assert_false(presence_take_request(a, at_ms(0), 0, &limit));
	assert_int_equal(limit, LIMIT_REQUESTS_PER_IDENTITY);
	assert_in_range(presence_wait_ms(a, at_ms(0)), 200, 201);
	assert_true(presence_take_request(peer, at_ms(0), 0, &limit));
	assert_true(presence_take_in_flight(a));
	assert_false(presence_take_in_flight(a));
	presence_give_in_flight(a);
	assert_true(presence_take_in_flight(a));
	presence_give_in_flight(a);
	registry_leave(registry, a);
	registry_leave(registry, peer);
	registry_destroy(registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_are_counted_by_key),
		cmocka_unit_test(who_leaves_and_comes_again_has_no_new_allowance),
		cmocka_unit_test(as_many_as_one_likes_may_come_and_go),
		cmocka_unit_test(requests_bytes_and_those_in_flight_are_the_identitys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
