/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/channel.h"

/*
 * A server's channel without TLS reads whatever comes, in pieces of any size, and
 * each frame's message is decoded as a node would.  The first byte chooses: bit 7
 * the limit of frames after Hello, bit 6 large pieces, the others their size.
 */

#define DECODED_MAX_BYTES (1024 * 1024)

struct received {
	struct arena arena;
	uint32_t payload_max;
	size_t bytes;
	size_t frames;
};

static int on_frame(
	void *context, const struct frame_header *header, struct bytes payload)
{
	struct received *r = context;
	ProtobufCMessage *message = NULL;
	int error;

	FUZZ_CHECK(header->size == payload.size && payload.size <= r->payload_max);
	r->bytes += FRAME_HEADER_BYTES + payload.size;
	r->frames++;
	error = message_decode(header->type, payload, &r->arena, &message, NULL);
	FUZZ_CHECK((error == 0) == (message != NULL));
	FUZZ_CHECK(error == 0 || error == CORDON_EPROTO || error == CORDON_ENOMEM);
	arena_reset(&r->arena);
	return 0;
}

/* What must come out, however it was cut up: whole frames up to the first bad one. */
static size_t expected_frames(
	const uint8_t *data, size_t size, uint32_t payload_max, int *error)
{
	struct frame_header header;
	size_t frames = 0;

	*error = CORDON_ECLOSED;
	while (size > 0) {
		*error = size < FRAME_HEADER_BYTES
				 ? CORDON_EPROTO
				 : frame_header_read(data, payload_max, &header);
		if (*error != 0) {
			return frames;
		}
		if (size - FRAME_HEADER_BYTES < header.size) {
			*error = CORDON_EPROTO;
			return frames;
		}
		data += FRAME_HEADER_BYTES + header.size;
		size -= FRAME_HEADER_BYTES + header.size;
		frames++;
		*error = CORDON_ECLOSED;
	}
	return frames;
}

static int step(struct channel *channel, struct received *r)
{
	int error;

	do {
		error = channel_step(channel, on_frame, r, NULL);
	} while (error == 0 && (channel_wants(channel) & CHANNEL_AGAIN) != 0);
	return error;
}

/* Sends it piece by piece; returns how the channel ended. */
static int play(struct channel *channel, int fd, struct received *r,
	const uint8_t *data, size_t size, size_t piece)
{
	int error = 0;

	while (error == 0 && size > 0) {
		ssize_t sent =
			send(fd, data, size < piece ? size : piece, MSG_NOSIGNAL);

		FUZZ_CHECK(sent > 0);
		data += sent;
		size -= (size_t)sent;
		error = step(channel, r);
	}
	shutdown(fd, SHUT_WR);
	return error != 0 ? error : step(channel, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct channel_limits limits = { FRAME_MAX_CLIENT, FRAME_MAX_CLIENT };
	struct received r = { .frames = 0 };
	struct channel *channel;
	uint8_t choice = size > 0 ? data[0] : 0;
	size_t piece = ((choice & 0x3f) + 1) * ((choice & 0x40) != 0 ? 256 : 1);
	int fds[2], expected, error;
	size_t frames;

	data += size > 0;
	size -= size > 0;
	r.payload_max = (choice & 0x80) != 0 ? FRAME_MAX_CLIENT : FRAME_MAX_HELLO;
	arena_init(&r.arena, DECODED_MAX_BYTES);
	FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
	FUZZ_CHECK(channel_create(fds[1], NULL, true, &limits, &channel, NULL) == 0);
	channel_set_payload_max(channel, r.payload_max);
	error = play(channel, fds[0], &r, data, size, piece);
	frames = expected_frames(data, size, r.payload_max, &expected);
	FUZZ_CHECK(error == expected && r.frames == frames && r.bytes <= size);
	channel_destroy(channel);
	close(fds[0]);
	arena_finish(&r.arena);
	return 0;
}
