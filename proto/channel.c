/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/channel.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/buffer.h"
#include "proto/transport.h"

#define STEP_BYTES_MAX (256 * 1024)
#define READ_BYTES 4096             /* first read of a step; more follow larger */
#define READ_MORE_BYTES (16 * 1024) /* a full TLS record */

struct channel {
	struct transport transport;
	struct channel_limits limits;
	uint32_t payload_max;
	struct buffer in, out;
	bool again;   /* what has arrived was not used up */
	bool leaving; /* goodbye follows the output */
	bool left;
	bool holds;
	uint64_t sent, may_send; /* bytes since the beginning; the second if it holds */
};

int channel_create(int fd, struct tls_profile *profile, bool server,
	const struct channel_limits *limits, struct channel **channel,
	struct errmsg *msg)
{
	struct channel *c = calloc(1, sizeof(*c));
	int error;

	if (c == NULL) {
		close(fd);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = transport_init(&c->transport, fd, profile, server, msg);
	if (error != 0) {
		free(c);
		return error;
	}
	c->limits = *limits;
	c->payload_max = FRAME_MAX_HELLO;
	*channel = c;
	return 0;
}

void channel_destroy(struct channel *channel)
{
	if (channel == NULL) {
		return;
	}
	transport_finish(&channel->transport);
	buffer_finish(&channel->in);
	buffer_finish(&channel->out);
	free(channel);
}

/* Of what waits, so much may be sent now. */
static size_t sendable(const struct channel *c)
{
	size_t waiting = buffer_bytes(&c->out);

	return c->holds && c->may_send - c->sent < waiting
		       ? (size_t)(c->may_send - c->sent)
		       : waiting;
}

void channel_hold(struct channel *channel)
{
	if (!channel->holds) {
		channel->holds = true;
		channel->may_send = channel_mark(channel);
	}
}

bool channel_holds(const struct channel *channel)
{
	return channel->holds;
}

uint64_t channel_mark(const struct channel *channel)
{
	return channel->sent + buffer_bytes(&channel->out);
}

void channel_let_go(struct channel *channel, uint64_t mark)
{
	if (mark > channel->may_send) {
		channel->may_send = mark;
	}
}

void channel_let_all_go(struct channel *channel)
{
	channel->holds = false;
}

unsigned channel_wants(const struct channel *channel)
{
	const struct transport *t = &channel->transport;
	unsigned wants = CHANNEL_READ;

	if (t->wants_write ||
		(t->open && (sendable(channel) > 0 ||
				    (channel->leaving && !channel->left &&
					    buffer_bytes(&channel->out) == 0)))) {
		wants |= CHANNEL_WRITE;
	}
	return channel->again ? wants | CHANNEL_AGAIN : wants;
}

bool channel_open(const struct channel *channel)
{
	return channel->transport.open;
}

const struct identity *channel_peer(const struct channel *channel)
{
	return &channel->transport.peer;
}

struct bytes channel_peer_certificate(const struct channel *channel)
{
	const struct transport *t = &channel->transport;

	return (struct bytes){ t->peer_der, (size_t)t->peer_der_bytes };
}

void channel_set_payload_max(struct channel *channel, uint32_t payload_max)
{
	uint32_t limit = channel->limits.payload_max;

	channel->payload_max = payload_max < limit ? payload_max : limit;
}

/* Hands out the frames in the buffer; CHANNEL_PAUSE when told to stop. */
static int hand_out(
	struct channel *c, channel_frame_fn *frame, void *context, struct errmsg *msg)
{
	while (buffer_bytes(&c->in) >= FRAME_HEADER_BYTES) {
		const uint8_t *at = buffer_data(&c->in);
		struct frame_header header;
		int error = frame_header_read(at, c->payload_max, &header);

		if (error == CORDON_ETOOBIG) {
			return errmsg_set(msg, error,
				"the other side sent a frame above %u bytes",
				c->payload_max);
		}
		if (error != 0) {
			return errmsg_set(msg, error,
				"the other side sent a frame with unknown flags");
		}
		if (buffer_bytes(&c->in) - FRAME_HEADER_BYTES < header.size) {
			break;
		}
		error = frame(context, &header,
			(struct bytes){ at + FRAME_HEADER_BYTES, header.size });
		buffer_consume(&c->in, FRAME_HEADER_BYTES + header.size);
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

/*
 * How much to ask for: a begun frame's rest where it is large, but never far ahead
 * of what has really come, or a header alone would claim megabytes.
 */
static size_t read_size(const struct channel *c, size_t had_bytes)
{
	size_t waiting = buffer_bytes(&c->in);

	if (waiting >= READ_MORE_BYTES) {
		return waiting < STEP_BYTES_MAX ? waiting : STEP_BYTES_MAX;
	}
	return had_bytes == 0 ? READ_BYTES : READ_MORE_BYTES;
}

static int end_of_input(struct channel *c, int error, struct errmsg *msg)
{
	if (error == CORDON_ECLOSED && buffer_bytes(&c->in) > 0) {
		return errmsg_set(msg, CORDON_EPROTO,
			"the other side closed the connection in the middle of a "
			"frame");
	}
	return error;
}

static int read_all(
	struct channel *c, channel_frame_fn *frame, void *context, struct errmsg *msg)
{
	size_t total = 0, size, got;
	bool more = true;
	int error = 0;

	if (c->again) {
		c->again = false;
		error = hand_out(c, frame, context, msg);
	}
	while (error == 0 && more && total < STEP_BYTES_MAX) {
		uint8_t *room;

		size = read_size(c, total);
		room = buffer_reserve(&c->in, size);
		if (room == NULL) {
			return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		}
		error = transport_read(&c->transport, room, size, &got, msg);
		if (error != 0) {
			return end_of_input(c, error, msg);
		}
		more = got > 0 && transport_more(&c->transport, got, size);
		buffer_commit(&c->in, got);
		total += got;
		error = hand_out(c, frame, context, msg);
	}
	if (error < 0) {
		return error;
	}
	c->again = error > 0 || more;
	buffer_relax(&c->in);
	return 0;
}

int channel_step(struct channel *channel, channel_frame_fn *frame, void *context,
	struct errmsg *msg)
{
	bool was_open = channel->transport.open;
	int error = transport_handshake(&channel->transport, msg);

	if (error != 0 || !channel->transport.open) {
		return error;
	}
	if (!was_open) {
		channel->again = true;
		return channel_flush(channel, msg);
	}
	error = read_all(channel, frame, context, msg);
	return error != 0 ? error : channel_flush(channel, msg);
}

/* Room for a whole frame behind those that wait. */
static int reserve_frame(struct channel *channel, size_t size, uint8_t **room)
{
	size_t waiting = buffer_bytes(&channel->out);

	if (channel->leaving) {
		return CORDON_ECLOSED;
	}
	if (size - FRAME_HEADER_BYTES > FRAME_MAX_PEER) {
		return CORDON_ETOOBIG;
	}
	if (waiting > 0 && waiting + size > channel->limits.output_max) {
		return CORDON_EBUSY;
	}
	*room = buffer_reserve(&channel->out, size);
	return *room == NULL ? CORDON_ENOMEM : 0;
}

int channel_send(struct channel *channel, uint16_t type, uint16_t flags,
	uint32_t request, const ProtobufCMessage *message)
{
	uint8_t *room;
	int error = reserve_frame(channel, message_frame_bytes(message), &room);

	if (error != 0) {
		return error;
	}
	buffer_commit(&channel->out,
		message_frame_write(type, flags, request, message, room));
	return 0;
}

int channel_send_packed(
	struct channel *channel, const struct frame_header *header, const void *payload)
{
	uint8_t *room;
	int error = reserve_frame(channel, FRAME_HEADER_BYTES + header->size, &room);

	if (error != 0) {
		return error;
	}
	frame_header_write(header, room);
	if (header->size > 0) {
		memcpy(room + FRAME_HEADER_BYTES, payload, header->size);
	}
	buffer_commit(&channel->out, FRAME_HEADER_BYTES + header->size);
	return 0;
}

int channel_flush(struct channel *channel, struct errmsg *msg)
{
	struct channel *c = channel;
	size_t sent = 1;
	int error;

	if (!c->transport.open || c->left) {
		return 0;
	}
	while (sendable(c) > 0 && sent > 0) {
		error = transport_write(
			&c->transport, buffer_data(&c->out), sendable(c), &sent, msg);
		if (error != 0) {
			return error;
		}
		buffer_consume(&c->out, sent);
		c->sent += sent;
	}
	buffer_relax(&c->out);
	if (c->leaving && buffer_bytes(&c->out) == 0) {
		return transport_goodbye(&c->transport, &c->left, msg);
	}
	return 0;
}

void channel_rest(struct channel *channel)
{
	struct buffer *both[] = { &channel->in, &channel->out };

	for (size_t i = 0; i < 2; i++) {
		if (buffer_bytes(both[i]) == 0) {
			buffer_finish(both[i]);
		}
	}
}

size_t channel_output_bytes(const struct channel *channel)
{
	return buffer_bytes(&channel->out);
}

bool channel_input_partial(const struct channel *channel)
{
	return !channel->again && (buffer_bytes(&channel->in) > 0 ||
					  transport_partial(&channel->transport));
}

void channel_shutdown(struct channel *channel)
{
	channel->leaving = true;
}

int channel_fd(const struct channel *channel)
{
	return channel->transport.fd;
}
