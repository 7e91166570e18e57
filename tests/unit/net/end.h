/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NET_END_H
#define TESTS_NET_END_H

#include "daemon/net/conn.h"
#include "tests/lib/loop.h"

/* One end of a connection, that notes what it is told and does as it is told. */
struct end {
	struct conn *conn;
	bool open;
	struct identity peer; /* as of open */
	unsigned frames;
	struct frame_header last;
	size_t payload_bytes; /* of all frames */
	unsigned drained;
	unsigned broken;
	int broken_error;
	unsigned closed;
	int error; /* of closed */
	struct errmsg text;

	/* what it does inside its callbacks */
	int frame_result;
	unsigned pause_after; /* this many frames; 0: never */
	struct end *pauses;   /* at each frame; may be NULL */
	int64_t busy_us;      /* at each frame */
	unsigned echoes;      /* answers to each frame */
	bool destroy_in_open, destroy_in_frame, destroy_in_drained, destroy_in_closed;
	bool close_in_open;
	unsigned refill; /* frames of filler bytes sent in drained, counted down */
	size_t filler;
};

/* Limits that no test meets by accident. */
struct conn_options end_options(bool server);

/* A connection on fd; fails the test otherwise. */
void end_init(struct end *end, struct loop *loop, int fd, struct tls_profile *profile,
	const struct conn_options *options);
/* Two of them on a socketpair, without TLS where the profiles are NULL. */
void end_pair(struct end *client, struct end *server, struct loop *loop,
	struct tls_profile *client_profile, struct tls_profile *server_profile);
void end_finish(struct end *end);

/* A Hello with that many bytes of filler. */
int end_send(struct end *end, size_t filler, uint32_t request);
/* The same as bytes; out has room for 64 more than filler.  Returns how many. */
size_t end_raw(uint8_t *out, size_t filler, uint32_t request);

/* It has ended with that error, and the text has these words. */
void end_says(const struct end *end, int error, const char *words);

#endif
