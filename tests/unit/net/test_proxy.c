/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/clock.h"
#include "daemon/net/listener.h"
#include "tests/lib/loop.h"
#include "tests/lib/proxy.h"

/* The bad line itself: what the integration tests build on. */

#define RECEIVED_MAX (256 * 1024)

/* One end, that keeps what it is sent. */
struct side {
	int fd;
	struct event *event;
	uint8_t bytes[RECEIVED_MAX];
	size_t size;
	bool ended, reset;
};

struct fixture {
	struct loop loop;
	struct listener *listener; /* the target */
	struct proxy *proxy;
	struct side client, target;
};

static void on_bytes(evutil_socket_t fd, short what, void *context)
{
	struct side *s = context;
	ssize_t got =
		recv(fd, s->bytes + s->size, sizeof(s->bytes) - s->size, MSG_DONTWAIT);

	(void)what;
	if (got <= 0) {
		s->ended = got == 0;
		s->reset = got < 0;
		event_del(s->event);
		return;
	}
	s->size += (size_t)got;
}

static void side_start(struct side *s, struct loop *loop, int fd)
{
	s->fd = fd;
	s->event = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_bytes, s);
	assert_int_equal(event_add(s->event, NULL), 0);
}

static void on_accepted(void *context, int fd, const char *address)
{
	struct fixture *f = context;

	(void)address;
	side_start(&f->target, &f->loop, fd);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	loop_init(&f->loop);
	assert_int_equal(listener_create(f->loop.base, "127.0.0.1", 0, on_accepted, f,
				 &f->listener, NULL),
		0);
	assert_int_equal(proxy_create(f->loop.base, 0, listener_port(f->listener),
				 &f->proxy, NULL),
		0);
	*state = f;
	return 0;
}

static void side_finish(struct side *s)
{
	if (s->event != NULL) {
		event_free(s->event);
		close(s->fd);
	}
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	side_finish(&f->client);
	side_finish(&f->target);
	proxy_destroy(f->proxy);
	listener_destroy(f->listener);
	loop_finish(&f->loop);
	free(f);
	return 0;
}

static void call(struct fixture *f)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(proxy_port(f->proxy)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	side_start(&f->client, &f->loop, fd);
}

static void connected(struct fixture *f)
{
	call(f);
	loop_until(&f->loop, f->target.event != NULL);
}

static void command(struct fixture *f, const char *line, const char *expected)
{
	char answer[PROXY_ANSWER_BYTES];

	proxy_command(f->proxy, line, answer);
	if (strncmp(answer, expected, strlen(expected)) != 0) {
		fail_msg("\"%s\": \"%s\" instead of \"%s\"", line, answer, expected);
	}
}

static void say(struct side *s, const char *text)
{
	assert_int_equal(send(s->fd, text, strlen(text), 0), strlen(text));
}

static void bytes_and_ends_pass_both_ways(void **state)
{
	struct fixture *f = *state;

	connected(f);
	say(&f->client, "there");
	say(&f->target, "and back");
	shutdown(f->client.fd, SHUT_WR);
	loop_until(&f->loop, f->target.ended && f->client.size == 8);
	assert_memory_equal(f->target.bytes, "there", 5);
	assert_memory_equal(f->client.bytes, "and back", 8);
	command(f, "count", "ok connections 1 up 5 down 8");
	shutdown(f->target.fd, SHUT_WR);
	loop_until(&f->loop, f->client.ended);
	command(f, "count", "ok connections 0 up 5 down 8");
}

static void a_delay_holds_each_byte_and_its_order(void **state)
{
	struct fixture *f = *state;
	struct mono before;

	connected(f);
	command(f, "delay 60 up", "ok");
	before = clock_mono();
	say(&f->client, "a");
	loop_settle(&f->loop);
	say(&f->client, "bc");
	shutdown(f->client.fd, SHUT_WR);
	loop_until(&f->loop, f->target.ended);
	assert_true(clock_mono().us - before.us >= 60000);
	assert_int_equal(f->target.size, 3);
	assert_memory_equal(f->target.bytes, "abc", 3);
}

static void a_rate_slows_down(void **state)
{
	static uint8_t filler[20000];
	struct fixture *f = *state;
	struct mono before;

	connected(f);
	command(f, "rate 100000 down", "ok");
	before = clock_mono();
	assert_int_equal(send(f->target.fd, filler, sizeof(filler), 0), sizeof(filler));
	loop_until(&f->loop, f->client.size == sizeof(filler));
	assert_true(clock_mono().us - before.us >= 100000);
}

static void a_stall_takes_nothing_until_it_passes(void **state)
{
	struct fixture *f = *state;

	connected(f);
	command(f, "stall up", "ok");
	say(&f->client, "x");
	say(&f->target, "y");
	loop_until(&f->loop, f->client.size == 1);
	loop_settle(&f->loop);
	assert_int_equal(f->target.size, 0);
	command(f, "pass", "ok");
	loop_until(&f->loop, f->target.size == 1);
}

static void damage_turns_one_bit_of_one_byte(void **state)
{
	struct fixture *f = *state;

	connected(f);
	command(f, "damage 4 up", "ok");
	say(&f->client, "abc");
	loop_until(&f->loop, f->target.size == 3);
	say(&f->client, "defdef");
	loop_until(&f->loop, f->target.size == 9);
	assert_memory_equal(f->target.bytes, "abcddfdef", 9);
}

static void a_cut_resets_both_sides(void **state)
{
	struct fixture *f = *state;

	connected(f);
	command(f, "cut", "ok");
	loop_until(&f->loop, f->client.reset && f->target.reset);
	command(f, "count", "ok connections 0 ");
}

static void a_cut_can_wait_for_a_byte(void **state)
{
	struct fixture *f = *state;

	connected(f);
	command(f, "cut 5 up", "ok");
	say(&f->client, "abc");
	loop_until(&f->loop, f->target.size == 3);
	say(&f->client, "defg");
	loop_until(&f->loop, f->client.reset && f->target.reset);
	assert_true(f->target.size <= 5);
}

static void refused_connections_are_reset(void **state)
{
	struct fixture *f = *state;

	command(f, "refuse", "ok");
	call(f);
	loop_until(&f->loop, f->client.reset);
	side_finish(&f->client);
	f->client = (struct side){ 0 };
	command(f, "pass", "ok");
	connected(f);
}

static void a_target_that_is_away_resets(void **state)
{
	struct fixture *f = *state;

	listener_destroy(f->listener);
	f->listener = NULL;
	call(f);
	loop_until(&f->loop, f->client.reset);
}

static void what_is_no_command_is_said_so(void **state)
{
	static const char *const lines[] = { "", "nonsense", "delay", "delay x",
		"delay -1", "delay 5 sideways", "stall 5", "damage 5", "cut up",
		"pass up", "count 1", "delay 1 up down", "delay 99999999999",
		"rate 1x" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		command(f, lines[i], "error");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(bytes_and_ends_pass_both_ways),
		TEST(a_delay_holds_each_byte_and_its_order),
		TEST(a_rate_slows_down),
		TEST(a_stall_takes_nothing_until_it_passes),
		TEST(damage_turns_one_bit_of_one_byte),
		TEST(a_cut_resets_both_sides),
		TEST(a_cut_can_wait_for_a_byte),
		TEST(refused_connections_are_reset),
		TEST(a_target_that_is_away_resets),
		TEST(what_is_no_command_is_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
