/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_CHANNEL_H
#define PROTO_CHANNEL_H

#include "proto/message.h"
#include "proto/tls_profile.h"

/*
 * Frames over one non-blocking socket, with TLS or (local socket) without.  No
 * event loop: whoever owns it waits for what channel_wants says and calls
 * channel_step.  Node and client library share it.  One thread at a time.
 */
struct channel;

struct channel_limits {
	uint32_t payload_max; /* largest frame accepted after Hello */
	/* Bytes waiting to be sent; beyond: CORDON_EBUSY.  A frame larger than that
	 * is taken when nothing else waits. */
	size_t output_max;
};

/*
 * AGAIN: the last step stopped before the end of what had arrived; call it again
 * without waiting for the socket, after others had their turn.
 */
enum channel_wants {
	CHANNEL_READ = 1,
	CHANNEL_WRITE = 2,
	CHANNEL_AGAIN = 4
};

/*
 * Takes the fd (non-blocking socket), also on failure; closed by channel_destroy.
 * profile NULL: without TLS.
 */
int channel_create(int fd, struct tls_profile *profile, bool server,
	const struct channel_limits *limits, struct channel **channel,
	struct errmsg *msg);
void channel_destroy(struct channel *channel);

/* A bit set of enum channel_wants. */
unsigned channel_wants(const struct channel *channel);

/* True once TLS is done; then peer says who it is (ROLE_NONE without TLS). */
bool channel_open(const struct channel *channel);
const struct identity *channel_peer(const struct channel *channel);
/* The peer's certificate as DER, borrowed; empty without TLS. */
struct bytes channel_peer_certificate(const struct channel *channel);

/* Payload limit for frames from now on: FRAME_MAX_HELLO at first, never above
 * limits.payload_max. */
void channel_set_payload_max(struct channel *channel, uint32_t payload_max);

/*
 * Called for each whole frame; payload is valid during the call only.  A negative
 * return ends channel_step with it; CHANNEL_PAUSE ends it with 0 and CHANNEL_AGAIN
 * wanted, the frames after this one kept for later.  The channel must not be
 * destroyed inside.
 */
#define CHANNEL_PAUSE 1

typedef int channel_frame_fn(
	void *context, const struct frame_header *header, struct bytes payload);

/*
 * Handshakes, reads all there is (at most about 256 KiB a call, so that one
 * peer does not starve others), hands out frames, writes what waits, as one
 * write where possible.  The step that ends the handshake hands out nothing and
 * wants AGAIN: the owner learns who the peer is before its first frame.
 * 0: go on waiting; CORDON_ECLOSED: closed in order by the other side; else the
 * reason, with msg.
 */
int channel_step(struct channel *channel, channel_frame_fn *frame, void *context,
	struct errmsg *msg);

/* Queues a frame; sent by the next channel_step or channel_flush.  CORDON_EBUSY
 * over output_max, CORDON_ENOMEM. */
int channel_send(struct channel *channel, uint16_t type, uint16_t flags,
	uint32_t request, const ProtobufCMessage *message);
/* The same of a payload that is packed already. */
int channel_send_packed(struct channel *channel, const struct frame_header *header,
	const void *payload);

/* Writes what waits, as far as the socket takes it. */
int channel_flush(struct channel *channel, struct errmsg *msg);
/* Gives back memory that only traffic needs: it has been quiet. */
void channel_rest(struct channel *channel);
size_t channel_output_bytes(const struct channel *channel);

/*
 * Holds back what is queued from now on, until it is let go: what was queued before
 * leaves as ever.  Marks count bytes queued since the beginning: up to one of them
 * what is held may leave.
 */
void channel_hold(struct channel *channel);
bool channel_holds(const struct channel *channel);
uint64_t channel_mark(const struct channel *channel);
void channel_let_go(struct channel *channel, uint64_t mark);
void channel_let_all_go(struct channel *channel);
/* Bytes of an incomplete frame or TLS record are waiting: the sender is slow. */
bool channel_input_partial(const struct channel *channel);

/* Says goodbye (close_notify) after what waits has been written. */
void channel_shutdown(struct channel *channel);
int channel_fd(const struct channel *channel);

#endif
