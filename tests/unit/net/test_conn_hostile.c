/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/pair.h"
#include "tests/lib/testpki.h"
#include "tests/unit/net/end.h"

/* Peers that are slow, silent, greedy or false; the test plays them by hand. */

struct fixture {
	struct loop loop;
	struct conn_options options;
	struct end server;
	int fd; /* the peer's */
	struct event *tick;
	uint8_t bytes[4096]; /* what the peer lets out */
	size_t size, sent;
	size_t writes; /* bytes at a tick */
	unsigned ticks;
	size_t reads; /* bytes the peer takes at a tick */
};

static void on_tick(evutil_socket_t unused, short what, void *context)
{
	struct fixture *f = context;
	char ignored[64 * 1024];
	size_t left = f->size - f->sent;
	size_t next = left < f->writes ? left : f->writes;

	(void)unused;
	(void)what;
	f->ticks++;
	if (next > 0 && send(f->fd, f->bytes + f->sent, next,
				MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
		f->sent += next;
	}
	assert_true(f->reads <= sizeof(ignored));
	if (f->reads > 0) {
		(void)!recv(f->fd, ignored, f->reads, MSG_DONTWAIT);
	}
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	loop_init(&f->loop);
	f->options = end_options(true);
	f->options.handshake_timeout_ms = 50; /* the peer does not answer a goodbye */
	f->tick = event_new(f->loop.base, -1, EV_PERSIST, on_tick, f);
	assert_non_null(f->tick);
	f->writes = 1;
	f->fd = -1;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	event_free(f->tick);
	end_finish(&f->server);
	close(f->fd);
	loop_finish(&f->loop);
	free(f);
	return 0;
}

static void start(struct fixture *f)
{
	int fds[2];

	pair_sockets(fds);
	f->fd = fds[0];
	end_init(&f->server, &f->loop, fds[1], NULL, &f->options);
	loop_until(&f->loop, f->server.open);
}

static void tick_every_ms(struct fixture *f, int ms)
{
	const struct timeval period = { 0, ms * 1000 };

	assert_int_equal(event_add(f->tick, &period), 0);
}

/* A frame's header alone. */
static void claim(struct fixture *f, uint32_t size)
{
	const struct frame_header header = { .size = size, .type = MESSAGE_HELLO };
	uint8_t bytes[FRAME_HEADER_BYTES];

	frame_header_write(&header, bytes);
	assert_int_equal(send(f->fd, bytes, sizeof(bytes), 0), sizeof(bytes));
}

static void a_frame_that_comes_byte_by_byte_is_cut_off(void **state)
{
	struct fixture *f = *state;

	f->options.frame_timeout_ms = 60;
	start(f);
	f->size = end_raw(f->bytes, 1000, 1);
	tick_every_ms(f, 2);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETIMEOUT, "did not finish it within 60 ms");
	/* there was a chance to tell the other side */
	assert_int_equal(f->server.broken, 1);
	assert_int_equal(f->server.broken_error, CORDON_ETIMEOUT);
	assert_int_equal(f->server.frames, 0);
	assert_true(f->sent < f->size);
}

static void whole_frames_may_follow_one_another_for_ever(void **state)
{
	struct fixture *f = *state;
	size_t frame = end_raw(f->bytes, 50, 1);

	/* each write ends one frame and begins the next: one is always begun */
	f->options.frame_timeout_ms = 400;
	start(f);
	while (f->size < 22 * frame) {
		f->size += end_raw(f->bytes + f->size, 50, 1);
	}
	f->writes = frame;
	assert_int_equal(send(f->fd, f->bytes, frame / 2, 0), frame / 2);
	f->sent = frame / 2;
	tick_every_ms(f, 40);
	loop_until(&f->loop, f->server.frames == 20);
	assert_int_equal(f->server.closed, 0);
}

static void a_giant_frame_is_refused_by_its_header(void **state)
{
	struct fixture *f = *state;

	start(f);
	conn_set_payload_max(f->server.conn, UINT32_MAX);
	claim(f, UINT32_MAX);
	shutdown(f->fd, SHUT_WR);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETOOBIG, "above 4194304 bytes");
}

static void a_claim_alone_takes_no_memory(void **state)
{
	struct fixture *f = *state;
	size_t before;

	start(f);
	conn_set_payload_max(f->server.conn, FRAME_MAX_CLIENT);
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	claim(f, FRAME_MAX_CLIENT);
	loop_settle(&f->loop);
	assert_int_equal(f->server.closed, 0);
	assert_true(mallinfo2().uordblks + mallinfo2().hblkhd <= before + 64 * 1024);
}

static void before_hello_frames_are_small(void **state)
{
	struct fixture *f = *state;

	start(f);
	claim(f, FRAME_MAX_HELLO + 1);
	shutdown(f->fd, SHUT_WR);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETOOBIG, "above 4096 bytes");
}

static void a_half_open_connection_ends_as_idle(void **state)
{
	struct fixture *f = *state;

	f->options.idle_timeout_ms = 40;
	start(f);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETIMEOUT, "not a byte came or went for 40 ms");
}

static void an_end_inside_a_frame_is_said_so(void **state)
{
	struct fixture *f = *state;

	start(f);
	f->size = end_raw(f->bytes, 100, 1);
	assert_int_equal(send(f->fd, f->bytes, f->size - 1, 0), f->size - 1);
	shutdown(f->fd, SHUT_WR);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_EPROTO, "in the middle of a frame");
}

/* Sends until told to stop; returns how many frames were taken. */
static unsigned send_until_busy(struct fixture *f, size_t filler)
{
	unsigned taken = 0;
	int error = 0;

	while (error == 0) {
		error = end_send(&f->server, filler, taken);
		taken += error == 0;
		loop_settle(&f->loop);
		assert_true(taken < 10000);
	}
	assert_int_equal(error, CORDON_EBUSY);
	return taken;
}

static void one_that_never_reads_is_given_up(void **state)
{
	struct fixture *f = *state;

	f->options.limits.output_max = 100 * 1024;
	f->options.frame_timeout_ms = 200;
	start(f);
	assert_true(send_until_busy(f, 10 * 1024) > 10);
	assert_true(conn_output_bytes(f->server.conn) <= 100 * 1024);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETIMEOUT, "has taken nothing for 200 ms");
	assert_int_equal(f->server.drained, 0);
}

static void one_that_reads_at_last_is_served_on(void **state)
{
	struct fixture *f = *state;

	f->options.limits.output_max = 100 * 1024;
	f->options.output_low = 20 * 1024;
	start(f);
	send_until_busy(f, 10 * 1024);
	assert_int_equal(f->server.drained, 0);
	f->reads = 64 * 1024;
	tick_every_ms(f, 1);
	loop_until(&f->loop, f->server.drained == 1);
	assert_true(conn_output_bytes(f->server.conn) <= 20 * 1024);
	assert_int_equal(end_send(&f->server, 10 * 1024, 1), 0);
}

static void one_that_never_reads_cannot_hold_up_the_end(void **state)
{
	struct fixture *f = *state;

	f->options.limits.output_max = 100 * 1024;
	start(f);
	send_until_busy(f, 10 * 1024);
	conn_close(f->server.conn, CORDON_ESHUTDOWN, NULL);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ESHUTDOWN, "stopping");
}

/* Slow in both directions, but never still: a poor line, not an attack. */
static void one_that_is_slow_but_moves_is_left_alone(void **state)
{
	struct fixture *f = *state;

	f->options.limits.output_max = 8 * 1024 * 1024;
	f->options.frame_timeout_ms = 600;
	f->options.idle_timeout_ms = 600;
	start(f);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(end_send(&f->server, 300 * 1024, 1), 0);
	}
	f->reads = 16 * 1024;
	tick_every_ms(f, 20);
	loop_until(&f->loop, f->ticks >= 60);
	assert_int_equal(f->server.closed, 0);
	assert_true(conn_output_bytes(f->server.conn) > 1024 * 1024);
}

static void limits_rest_while_reading_is_paused(void **state)
{
	struct fixture *f = *state;

	f->options.frame_timeout_ms = 30;
	f->options.idle_timeout_ms = 30;
	start(f);
	conn_pause_reading(f->server.conn);
	claim(f, 100);
	tick_every_ms(f, 5);
	loop_until(&f->loop, f->ticks >= 30);
	assert_int_equal(f->server.closed, 0);
	conn_resume_reading(f->server.conn);
	loop_until(&f->loop, f->server.closed);
	assert_int_equal(f->server.error, CORDON_ETIMEOUT);
}

static void pausing_in_the_middle_of_a_frame_stops_its_clock(void **state)
{
	struct fixture *f = *state;

	f->options.frame_timeout_ms = 50;
	start(f);
	claim(f, 100);
	loop_settle(&f->loop);
	conn_pause_reading(f->server.conn);
	tick_every_ms(f, 5);
	loop_until(&f->loop, f->ticks >= 30);
	assert_int_equal(f->server.closed, 0);
}

static void a_reset_is_an_error(void **state)
{
	struct fixture *f = *state;

	start(f);
	/* closing a unix socket with unread bytes resets it, as TCP does */
	assert_int_equal(end_send(&f->server, 10, 1), 0);
	loop_settle(&f->loop);
	close(f->fd);
	f->fd = -1;
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_EIO, "the connection broke");
}

/* All that a connection sent at once is no turn of its own. */
static void one_whose_frames_take_long_lets_others_in(void **state)
{
	enum {
		frames = 20
	};
	struct fixture *f = *state;
	struct end other;
	int fds[2];

	start(f);
	pair_sockets(fds);
	end_init(&other, &f->loop, fds[1], NULL, &f->options);
	loop_until(&f->loop, other.open);
	f->server.busy_us = 3000;
	for (uint32_t i = 1; i <= frames; i++) {
		f->size = end_raw(f->bytes, 10, i);
		assert_int_equal(send(f->fd, f->bytes, f->size, 0), f->size);
	}
	assert_int_equal(send(fds[0], f->bytes, f->size, 0), f->size);
	loop_until(&f->loop, other.frames == 1);
	assert_in_range(f->server.frames, 0, 4);
	loop_until(&f->loop, f->server.frames == frames); /* none is left lying */
	end_finish(&other);
	close(fds[0]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_frame_that_comes_byte_by_byte_is_cut_off),
		TEST(whole_frames_may_follow_one_another_for_ever),
		TEST(a_giant_frame_is_refused_by_its_header),
		TEST(a_claim_alone_takes_no_memory),
		TEST(before_hello_frames_are_small),
		TEST(a_half_open_connection_ends_as_idle),
		TEST(an_end_inside_a_frame_is_said_so),
		TEST(one_that_never_reads_is_given_up),
		TEST(one_that_reads_at_last_is_served_on),
		TEST(one_that_never_reads_cannot_hold_up_the_end),
		TEST(one_that_is_slow_but_moves_is_left_alone),
		TEST(limits_rest_while_reading_is_paused),
		TEST(pausing_in_the_middle_of_a_frame_stops_its_clock),
		TEST(a_reset_is_an_error),
		TEST(one_whose_frames_take_long_lets_others_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
