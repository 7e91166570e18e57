/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/lib/pair.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

static const struct channel_limits limits = {
	.payload_max = FRAME_MAX_CLIENT,
	.output_max = FRAME_MAX_CLIENT,
};

void pair_sockets(int fds[2])
{
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
		0);
}

void side_init(struct side *side, int fd, struct tls_profile *profile, bool server)
{
	*side = (struct side){ 0 };
	assert_int_equal(
		channel_create(fd, profile, server, &limits, &side->channel, NULL), 0);
}

void side_finish(struct side *side)
{
	channel_destroy(side->channel);
	side->channel = NULL;
}

static int count_frame(
	void *context, const struct frame_header *header, struct bytes payload)
{
	struct side *side = context;

	assert_int_equal(header->size, payload.size);
	assert_true(side->frames < SIDE_FRAMES_MAX);
	side->headers[side->frames++] = *header;
	side->payload_bytes += payload.size;
	return side->frame_result;
}

void side_step(struct side *side)
{
	if (side->error == 0) {
		side->error =
			channel_step(side->channel, count_frame, side, &side->msg);
	}
}

static bool ready(const struct side *side)
{
	struct pollfd p;
	unsigned wants;

	if (side == NULL || side->channel == NULL || side->error != 0) {
		return false;
	}
	wants = channel_wants(side->channel);
	p = (struct pollfd){
		.fd = channel_fd(side->channel),
		.events = (short)(((wants & CHANNEL_READ) != 0 ? POLLIN : 0) |
				  ((wants & CHANNEL_WRITE) != 0 ? POLLOUT : 0)),
	};
	return (wants & CHANNEL_AGAIN) != 0 || poll(&p, 1, 0) > 0;
}

void pair_run(struct side *a, struct side *b)
{
	/* the client's first flight waits for nothing */
	side_step(a);
	if (b != NULL) {
		side_step(b);
	}
	for (int i = 0; i < 10000; i++) {
		bool a_ready = ready(a), b_ready = ready(b);

		if (!a_ready && !b_ready) {
			return;
		}
		if (a_ready) {
			side_step(a);
		}
		if (b_ready) {
			side_step(b);
		}
	}
	fail_msg("the two sides never come to rest");
}
