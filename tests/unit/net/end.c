/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/net/end.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/clock.h"
#include "tests/lib/pair.h"

static uint8_t zeros[FRAME_MAX_CLIENT];

struct conn_options end_options(bool server)
{
	return (struct conn_options){
		.server = server,
		.limits = { FRAME_MAX_CLIENT, FRAME_MAX_CLIENT },
		.output_low = 64 * 1024,
		.handshake_timeout_ms = 10000,
		.frame_timeout_ms = 10000,
		.idle_timeout_ms = 60000,
	};
}

static void destroy(struct end *end)
{
	conn_destroy(end->conn);
	end->conn = NULL;
}

static void on_open(struct conn *conn, void *context, const struct identity *peer)
{
	struct end *end = context;

	assert_false(end->open);
	assert_true(conn_open(conn));
	assert_int_equal(end->closed, 0);
	end->open = true;
	end->peer = *peer;
	if (end->close_in_open) {
		conn_close(conn, CORDON_EDENIED, "not today");
	}
	if (end->destroy_in_open) {
		destroy(end);
	}
}

static int on_frame(struct conn *conn, void *context, const struct frame_header *header,
	struct bytes payload)
{
	struct end *end = context;

	assert_true(end->open);
	assert_true(conn_open(conn));
	assert_int_equal(header->size, payload.size);
	end->frames++;
	end->last = *header;
	end->payload_bytes += payload.size;
	for (int64_t until_us = clock_mono().us + end->busy_us;
		clock_mono().us < until_us;) {
	}
	for (unsigned i = 0; i < end->echoes; i++) {
		assert_int_equal(end_send(end, end->filler, header->request), 0);
	}
	if (end->frames == end->pause_after) {
		conn_pause_reading(conn);
	}
	if (end->pauses != NULL) {
		conn_pause_reading(end->pauses->conn);
	}
	if (end->destroy_in_frame) {
		destroy(end);
	}
	return end->frame_result;
}

static void on_broken(struct conn *conn, void *context, int error, const char *text)
{
	struct end *end = context;

	assert_true(conn_open(conn));
	assert_true(text[0] != '\0');
	end->broken++;
	end->broken_error = error;
}

static void on_drained(struct conn *conn, void *context)
{
	struct end *end = context;

	assert_true(conn_open(conn));
	end->drained++;
	if (end->refill > 0) {
		end->refill--;
		assert_int_equal(end_send(end, end->filler, 0), 0);
	}
	if (end->destroy_in_drained) {
		destroy(end);
	}
}

static void on_closed(struct conn *conn, void *context, int error, const char *text)
{
	struct end *end = context;

	assert_int_equal(end->closed, 0);
	assert_false(conn_open(conn));
	end->closed++;
	end->error = error;
	errmsg_set(&end->text, error, "%s", text);
	if (end->destroy_in_closed) {
		destroy(end);
	}
}

static const struct conn_handler handler = {
	.open = on_open,
	.frame = on_frame,
	.broken = on_broken,
	.drained = on_drained,
	.closed = on_closed,
};

void end_init(struct end *end, struct loop *loop, int fd, struct tls_profile *profile,
	const struct conn_options *options)
{
	*end = (struct end){ 0 };
	assert_int_equal(conn_create(loop->base, fd, profile, options, &handler, end,
				 &end->conn, NULL),
		0);
}

void end_pair(struct end *client, struct end *server, struct loop *loop,
	struct tls_profile *client_profile, struct tls_profile *server_profile)
{
	const struct conn_options as_client = end_options(false);
	const struct conn_options as_server = end_options(true);
	int fds[2];

	pair_sockets(fds);
	end_init(client, loop, fds[0], client_profile, &as_client);
	end_init(server, loop, fds[1], server_profile, &as_server);
}

void end_finish(struct end *end)
{
	destroy(end);
}

static Cordon__Hello hello(size_t filler)
{
	Cordon__Hello h = CORDON__HELLO__INIT;

	assert_true(filler <= sizeof(zeros));
	h.software.data = zeros;
	h.software.len = filler;
	return h;
}

int end_send(struct end *end, size_t filler, uint32_t request)
{
	Cordon__Hello h = hello(filler);

	return conn_send(end->conn, MESSAGE_HELLO, 0, request, &h.base);
}

size_t end_raw(uint8_t *out, size_t filler, uint32_t request)
{
	Cordon__Hello h = hello(filler);

	return message_frame_write(MESSAGE_HELLO, 0, request, &h.base, out);
}

void end_says(const struct end *end, int error, const char *words)
{
	assert_int_equal(end->closed, 1);
	if (end->error != error || strstr(end->text.text, words) == NULL) {
		fail_msg("ended with %d \"%s\" instead of %d \"%s\"", end->error,
			end->text.text, error, words);
	}
}
