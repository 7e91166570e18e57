/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PAIR_H
#define TESTS_PAIR_H

#include "proto/channel.h"

/* Two ends of a socketpair in one thread, each with what it received. */

#define SIDE_FRAMES_MAX 64

struct side {
	struct channel *channel;
	int error; /* what channel_step ended with */
	struct errmsg msg;
	size_t frames;
	struct frame_header headers[SIDE_FRAMES_MAX];
	size_t payload_bytes; /* of all frames */
	int frame_result;     /* what the frame callback returns */
};

/* A channel on fd with limits wide enough; fails the test otherwise. */
void side_init(struct side *side, int fd, struct tls_profile *profile, bool server);
void side_finish(struct side *side);

/* One step, counting frames; remembers the first error. */
void side_step(struct side *side);

/* Steps both (b may be NULL) until neither has anything to do. */
void pair_run(struct side *a, struct side *b);

/* Two non-blocking ends. */
void pair_sockets(int fds[2]);

#endif
