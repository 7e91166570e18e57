/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/pair.h"

static Cordon__Hello hello(size_t software_bytes)
{
	static uint8_t filler[FRAME_MAX_CLIENT];
	Cordon__Hello h = CORDON__HELLO__INIT;

	h.software.data = filler;
	h.software.len = software_bytes;
	return h;
}

static int send_hello(struct side *side, size_t software_bytes, uint32_t request)
{
	Cordon__Hello h = hello(software_bytes);

	return channel_send(side->channel, MESSAGE_HELLO, 0, request, &h.base);
}

static size_t raw_hello(uint8_t *out, size_t software_bytes, uint32_t request)
{
	Cordon__Hello h = hello(software_bytes);

	return message_frame_write(MESSAGE_HELLO, 0, request, &h.base, out);
}

static void frames_pass_both_ways_in_order(void **state)
{
	struct side a, b;
	int fds[2];

	(void)state;
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, false);
	side_init(&b, fds[1], NULL, true);
	for (uint32_t i = 1; i <= 20; i++) {
		assert_int_equal(send_hello(&a, i, i), 0);
		assert_int_equal(send_hello(&b, i, 100 + i), 0);
	}
	pair_run(&a, &b);
	assert_int_equal(a.frames, 20);
	assert_int_equal(b.frames, 20);
	for (uint32_t i = 1; i <= 20; i++) {
		assert_int_equal(a.headers[i - 1].request, 100 + i);
		assert_int_equal(b.headers[i - 1].request, i);
	}
	assert_int_equal(channel_peer(a.channel)->role, ROLE_NONE);
	side_finish(&a);
	side_finish(&b);
}

static void a_packed_payload_is_the_same_frame(void **state)
{
	Cordon__Hello h = hello(40);
	uint8_t payload[256];
	struct frame_header header = { .type = MESSAGE_HELLO, .request = 7 };
	struct side a, b;
	int fds[2];

	(void)state;
	header.size = (uint32_t)protobuf_c_message_pack(&h.base, payload);
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, false);
	side_init(&b, fds[1], NULL, true);
	assert_int_equal(channel_send_packed(a.channel, &header, payload), 0);
	assert_int_equal(send_hello(&a, 40, 7), 0);
	pair_run(&a, &b);
	assert_int_equal(b.frames, 2);
	assert_memory_equal(&b.headers[0], &b.headers[1], sizeof(b.headers[0]));
	side_finish(&a);
	side_finish(&b);
}

static void a_frame_cut_at_every_byte_is_put_together(void **state)
{
	uint8_t bytes[256];
	size_t size = raw_hello(bytes, 40, 7);

	(void)state;
	for (size_t cut = 1; cut < size; cut++) {
		struct side a;
		int fds[2];

		pair_sockets(fds);
		side_init(&a, fds[0], NULL, true);
		assert_int_equal(send(fds[1], bytes, cut, 0), cut);
		pair_run(&a, NULL);
		assert_int_equal(a.frames, 0);
		assert_true(channel_input_partial(a.channel));
		assert_int_equal(send(fds[1], bytes + cut, size - cut, 0), size - cut);
		pair_run(&a, NULL);
		assert_int_equal(a.frames, 1);
		assert_int_equal(a.headers[0].request, 7);
		assert_false(channel_input_partial(a.channel));
		side_finish(&a);
		close(fds[1]);
	}
}

static void a_frame_above_the_limit_is_refused_by_its_header(void **state)
{
	const struct frame_header header = {
		.size = FRAME_MAX_HELLO + 1,
		.type = MESSAGE_HELLO,
	};
	uint8_t bytes[FRAME_HEADER_BYTES];
	struct side a;
	int fds[2];

	(void)state;
	frame_header_write(&header, bytes);
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, true);
	assert_int_equal(send(fds[1], bytes, sizeof(bytes), 0), sizeof(bytes));
	pair_run(&a, NULL);
	assert_int_equal(a.error, CORDON_ETOOBIG);
	assert_non_null(strstr(a.msg.text, "4096"));
	side_finish(&a);
	close(fds[1]);
}

static void large_frames_pass_once_they_are_allowed(void **state)
{
	struct side a, b;
	int fds[2];

	(void)state;
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, false);
	side_init(&b, fds[1], NULL, true);
	channel_set_payload_max(b.channel, UINT32_MAX);
	assert_int_equal(send_hello(&a, FRAME_MAX_CLIENT - 16, 1), 0);
	pair_run(&a, &b);
	assert_int_equal(b.error, 0);
	assert_int_equal(b.frames, 1);
	assert_true(b.payload_bytes > FRAME_MAX_CLIENT - 16);
	side_finish(&a);
	side_finish(&b);
}

static void output_above_the_limit_waits_for_room(void **state)
{
	const struct channel_limits limits = { FRAME_MAX_CLIENT, 1000 };
	struct channel *channel;
	struct side b;
	int fds[2];
	Cordon__Hello small = hello(600), large = hello(2000);

	(void)state;
	pair_sockets(fds);
	assert_int_equal(
		channel_create(fds[0], NULL, false, &limits, &channel, NULL), 0);
	side_init(&b, fds[1], NULL, true);
	assert_int_equal(channel_send(channel, MESSAGE_HELLO, 0, 1, &small.base), 0);
	assert_int_equal(
		channel_send(channel, MESSAGE_HELLO, 0, 2, &small.base), CORDON_EBUSY);
	assert_true((channel_wants(channel) & CHANNEL_WRITE) != 0);
	assert_int_equal(channel_flush(channel, NULL), 0);
	assert_int_equal(channel_output_bytes(channel), 0);
	/* alone, a frame may be larger than the limit, or it could never leave */
	assert_int_equal(channel_send(channel, MESSAGE_HELLO, 0, 3, &large.base), 0);
	assert_int_equal(channel_flush(channel, NULL), 0);
	pair_run(&b, NULL);
	assert_int_equal(b.frames, 2);
	channel_destroy(channel);
	side_finish(&b);
}

static void unknown_flags_break_the_protocol(void **state)
{
	const struct frame_header header = { .type = MESSAGE_HELLO, .flags = 0x8000 };
	uint8_t bytes[FRAME_HEADER_BYTES];
	struct side a;
	int fds[2];

	(void)state;
	frame_header_write(&header, bytes);
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, true);
	assert_int_equal(send(fds[1], bytes, sizeof(bytes), 0), sizeof(bytes));
	pair_run(&a, NULL);
	assert_int_equal(a.error, CORDON_EPROTO);
	side_finish(&a);
	close(fds[1]);
}

static void what_was_sent_arrives_before_the_goodbye(void **state)
{
	struct side a, b;
	int fds[2];

	(void)state;
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, false);
	side_init(&b, fds[1], NULL, true);
	assert_int_equal(send_hello(&a, 10, 1), 0);
	channel_shutdown(a.channel);
	assert_int_equal(send_hello(&a, 10, 2), CORDON_ECLOSED);
	pair_run(&a, &b);
	assert_int_equal(b.frames, 1);
	assert_int_equal(b.error, CORDON_ECLOSED);
	assert_true((channel_wants(a.channel) & CHANNEL_WRITE) == 0);
	side_finish(&a);
	side_finish(&b);
}

static void an_end_inside_a_frame_is_no_orderly_end(void **state)
{
	uint8_t bytes[256];
	size_t size = raw_hello(bytes, 40, 7);
	struct side a;
	int fds[2];

	(void)state;
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, true);
	assert_int_equal(send(fds[1], bytes, size - 1, 0), size - 1);
	close(fds[1]);
	pair_run(&a, NULL);
	assert_int_equal(a.frames, 0);
	assert_int_equal(a.error, CORDON_EPROTO);
	side_finish(&a);
}

static void a_pause_keeps_the_frames_that_follow(void **state)
{
	struct side a, b;
	int fds[2];

	(void)state;
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, false);
	side_init(&b, fds[1], NULL, true);
	for (uint32_t i = 1; i <= 3; i++) {
		assert_int_equal(send_hello(&a, i, i), 0);
	}
	side_step(&a);
	b.frame_result = CHANNEL_PAUSE;
	side_step(&b);
	assert_int_equal(b.frames, 1);
	assert_true((channel_wants(b.channel) & CHANNEL_AGAIN) != 0);
	assert_false(channel_input_partial(b.channel));
	side_step(&b);
	assert_int_equal(b.frames, 2);
	b.frame_result = 0;
	pair_run(&b, NULL);
	assert_int_equal(b.frames, 3);
	side_finish(&a);
	side_finish(&b);
}

static void a_frame_that_is_refused_ends_the_step(void **state)
{
	struct side a, b;
	int fds[2];

	(void)state;
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, false);
	side_init(&b, fds[1], NULL, true);
	assert_int_equal(send_hello(&a, 1, 1), 0);
	assert_int_equal(send_hello(&a, 1, 2), 0);
	b.frame_result = CORDON_EPROTO;
	pair_run(&a, &b);
	assert_int_equal(b.error, CORDON_EPROTO);
	assert_int_equal(b.frames, 1);
	side_finish(&a);
	side_finish(&b);
}

static void writing_to_a_closed_socket_raises_no_signal(void **state)
{
	struct side a;
	int fds[2];

	(void)state;
	pair_sockets(fds);
	side_init(&a, fds[0], NULL, false);
	close(fds[1]);
	assert_int_equal(send_hello(&a, 1, 1), 0);
	assert_int_equal(channel_flush(a.channel, &a.msg), CORDON_EIO);
	side_finish(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_pass_both_ways_in_order),
		cmocka_unit_test(a_packed_payload_is_the_same_frame),
		cmocka_unit_test(a_frame_cut_at_every_byte_is_put_together),
		cmocka_unit_test(a_frame_above_the_limit_is_refused_by_its_header),
		cmocka_unit_test(large_frames_pass_once_they_are_allowed),
		cmocka_unit_test(output_above_the_limit_waits_for_room),
		cmocka_unit_test(unknown_flags_break_the_protocol),
		cmocka_unit_test(what_was_sent_arrives_before_the_goodbye),
		cmocka_unit_test(an_end_inside_a_frame_is_no_orderly_end),
		cmocka_unit_test(a_pause_keeps_the_frames_that_follow),
		cmocka_unit_test(a_frame_that_is_refused_ends_the_step),
		cmocka_unit_test(writing_to_a_closed_socket_raises_no_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
