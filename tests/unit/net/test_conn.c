/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/pair.h"
#include "tests/unit/net/end.h"

/* Without TLS: what the loop adds to a channel. */

struct fixture {
	struct loop loop;
	struct end client, server;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	loop_init(&f->loop);
	end_pair(&f->client, &f->server, &f->loop, NULL, NULL);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	end_finish(&f->client);
	end_finish(&f->server);
	loop_finish(&f->loop);
	free(f);
	return 0;
}

static void open_both(struct fixture *f)
{
	loop_until(&f->loop, f->client.open && f->server.open);
}

static void no_callback_comes_before_the_loop_runs(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(end_send(&f->client, 10, 1), 0);
	assert_false(f->client.open);
	assert_false(conn_open(f->client.conn));
	loop_until(&f->loop, f->server.frames == 1);
	assert_true(f->client.open);
	assert_int_equal(f->server.peer.role, ROLE_NONE);
	assert_int_equal(conn_peer_certificate(f->server.conn).size, 0);
}

static void frames_of_one_round_leave_in_one_write(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	for (uint32_t i = 1; i <= 50; i++) {
		assert_int_equal(end_send(&f->client, 10, i), 0);
	}
	assert_true(conn_output_bytes(f->client.conn) > 50 * 10);
	loop_until(&f->loop, f->server.frames > 0);
	/* what is read at once was written at once */
	assert_int_equal(f->server.frames, 50);
	assert_int_equal(f->server.last.request, 50);
	assert_int_equal(conn_output_bytes(f->client.conn), 0);
}

static void answers_given_inside_the_callback_leave_by_themselves(void **state)
{
	struct fixture *f = *state;

	f->server.echoes = 3;
	assert_int_equal(end_send(&f->client, 10, 9), 0);
	loop_until(&f->loop, f->client.frames == 3);
	assert_int_equal(f->client.last.request, 9);
}

static void an_orderly_end_delivers_what_waits(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	for (uint32_t i = 1; i <= 10; i++) {
		assert_int_equal(end_send(&f->client, 200 * 1024, i), 0);
	}
	conn_set_payload_max(f->server.conn, FRAME_MAX_CLIENT);
	conn_close(f->client.conn, CORDON_ESHUTDOWN, NULL);
	assert_int_equal(end_send(&f->client, 10, 11), CORDON_ECLOSED);
	loop_until(&f->loop, f->client.closed && f->server.closed);
	assert_int_equal(f->server.frames, 10);
	end_says(&f->server, CORDON_ECLOSED, "closed");
	end_says(&f->client, CORDON_ESHUTDOWN, "the node is stopping");
}

static void the_first_reason_of_an_end_stands(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	conn_close(f->client.conn, CORDON_EVERSION, "first");
	conn_close(f->client.conn, CORDON_EDENIED, "second");
	loop_until(&f->loop, f->client.closed);
	end_says(&f->client, CORDON_EVERSION, "first");
}

static void a_refused_frame_ends_it_after_the_answers(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	f->server.echoes = 1;
	f->server.frame_result = CORDON_EPROTO;
	assert_int_equal(end_send(&f->client, 10, 1), 0);
	assert_int_equal(end_send(&f->client, 10, 2), 0);
	loop_until(&f->loop, f->client.closed && f->server.closed);
	assert_int_equal(f->server.frames, 1);
	assert_int_equal(f->client.frames, 1);
	end_says(&f->server, CORDON_EPROTO, "broke the protocol");
	end_says(&f->client, CORDON_ECLOSED, "closed");
}

static void the_last_word_survives_what_the_other_side_still_sends(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	f->server.echoes = 1;
	f->server.frame_result = CORDON_EDENIED;
	/* more than sockets hold: unread bytes at a close would reset the connection */
	for (uint32_t i = 1; i <= 500; i++) {
		assert_int_equal(end_send(&f->client, 4000, i), 0);
	}
	loop_until(&f->loop, f->server.closed && f->client.closed);
	assert_int_equal(f->client.frames, 1);
	assert_int_equal(f->client.error, CORDON_ECLOSED);
}

static void a_pause_holds_frames_back_until_resumed(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	f->server.pause_after = 2;
	for (uint32_t i = 1; i <= 5; i++) {
		assert_int_equal(end_send(&f->client, 10, i), 0);
	}
	loop_until(&f->loop, f->server.frames == 2);
	assert_int_equal(end_send(&f->client, 10, 6), 0);
	loop_settle(&f->loop);
	assert_int_equal(f->server.frames, 2);
	conn_resume_reading(f->server.conn);
	assert_int_equal(f->server.frames, 2);
	loop_until(&f->loop, f->server.frames == 6);
}

/* The loop has already found both readable when the first pauses the other. */
static void a_pause_holds_though_bytes_have_come(void **state)
{
	struct fixture *f = *state;
	struct end client, server;

	end_pair(&client, &server, &f->loop, NULL, NULL);
	open_both(f);
	loop_until(&f->loop, client.open && server.open);
	server.pauses = &f->server;
	f->server.pauses = &server;
	assert_int_equal(end_send(&client, 10, 1), 0);
	assert_int_equal(end_send(&f->client, 10, 1), 0);
	loop_settle(&f->loop);
	assert_int_equal(server.frames + f->server.frames, 1);
	end_finish(&client);
	end_finish(&server);
}

static void a_paused_end_still_sends(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	conn_pause_reading(f->server.conn);
	assert_int_equal(end_send(&f->server, 10, 1), 0);
	loop_until(&f->loop, f->client.frames == 1);
}

static void a_pause_before_open_holds_from_the_first_frame(void **state)
{
	struct fixture *f = *state;

	conn_pause_reading(f->server.conn);
	assert_int_equal(end_send(&f->client, 10, 1), 0);
	open_both(f);
	loop_settle(&f->loop);
	assert_int_equal(f->server.frames, 0);
	conn_resume_reading(f->server.conn);
	loop_until(&f->loop, f->server.frames == 1);
}

static void a_peer_that_vanishes_is_an_orderly_end_without_tls(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	end_finish(&f->client);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ECLOSED, "closed");
}

static void destroyed_inside_each_callback(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		struct end client, server;

		end_pair(&client, &server, &f->loop, NULL, NULL);
		server.destroy_in_open = i == 0;
		server.destroy_in_frame = i == 1;
		server.destroy_in_drained = i == 2;
		server.destroy_in_closed = i == 3;
		server.echoes = 1;
		server.filler = i == 2 ? 100 * 1024 : 10;
		conn_set_payload_max(client.conn, FRAME_MAX_CLIENT);
		assert_int_equal(end_send(&client, 10, 1), 0);
		assert_int_equal(end_send(&client, 10, 2), 0);
		if (i == 3) {
			conn_close(client.conn, CORDON_ESHUTDOWN, NULL);
		}
		loop_until(&f->loop, server.conn == NULL && client.closed);
		assert_int_equal(server.closed, i == 3);
		/* on a slow machine a turn may end, and the output drain, in between */
		assert_in_range(server.frames,
			i == 0   ? 0
			: i == 3 ? 2
				 : 1,
			i == 0   ? 0
			: i == 1 ? 1
				 : 2);
		end_finish(&client);
	}
}

static void an_end_begun_in_open_takes_no_frame(void **state)
{
	struct fixture *f = *state;

	f->server.close_in_open = true;
	assert_int_equal(end_send(&f->client, 10, 1), 0);
	loop_until(&f->loop, f->server.closed && f->client.closed);
	end_says(&f->server, CORDON_EDENIED, "not today");
	assert_int_equal(f->server.frames, 0);
}

static void drained_is_called_once_the_output_is_low(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	conn_set_payload_max(f->client.conn, FRAME_MAX_CLIENT);
	f->server.filler = 300 * 1024;
	f->server.refill = 20;
	assert_int_equal(end_send(&f->server, f->server.filler, 1), 0);
	assert_int_equal(f->server.drained, 0);
	loop_until(&f->loop, f->client.frames == 21);
	loop_until(&f->loop, f->server.drained == 21);
	/* small output never was above */
	assert_int_equal(end_send(&f->server, 10, 1), 0);
	loop_until(&f->loop, f->client.frames == 22);
	assert_int_equal(f->server.drained, 21);
}

/* A producer that is always ready must leave the loop to others. */
static void refilling_does_not_keep_the_loop_from_others(void **state)
{
	struct fixture *f = *state;
	struct end other_client, other_server;

	open_both(f);
	conn_set_payload_max(f->client.conn, FRAME_MAX_CLIENT);
	f->server.filler = 70 * 1024;
	f->server.refill = 2000;
	assert_int_equal(end_send(&f->server, f->server.filler, 1), 0);
	end_pair(&other_client, &other_server, &f->loop, NULL, NULL);
	assert_int_equal(end_send(&other_client, 10, 1), 0);
	loop_until(&f->loop, other_server.frames == 1);
	assert_true(f->server.refill > 1900);
	end_finish(&other_client);
	end_finish(&other_server);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(no_callback_comes_before_the_loop_runs),
		TEST(frames_of_one_round_leave_in_one_write),
		TEST(answers_given_inside_the_callback_leave_by_themselves),
		TEST(an_orderly_end_delivers_what_waits),
		TEST(the_first_reason_of_an_end_stands),
		TEST(a_refused_frame_ends_it_after_the_answers),
		TEST(the_last_word_survives_what_the_other_side_still_sends),
		TEST(a_pause_holds_frames_back_until_resumed),
		TEST(a_pause_holds_though_bytes_have_come),
		TEST(a_paused_end_still_sends),
		TEST(a_pause_before_open_holds_from_the_first_frame),
		TEST(a_peer_that_vanishes_is_an_orderly_end_without_tls),
		TEST(destroyed_inside_each_callback),
		TEST(an_end_begun_in_open_takes_no_frame),
		TEST(drained_is_called_once_the_output_is_low),
		TEST(refilling_does_not_keep_the_loop_from_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
