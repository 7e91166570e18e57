/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Frames (PROTOCOL.md, "Frames"): a header of 12 bytes, all big-endian, and a
 * payload: u32 payload bytes, u16 message type, u16 flags, u32 request id.
 */
#define FRAME_HEADER_BYTES 12

#define FRAME_MORE 0x0001 /* further frames answer the same request */
#define FRAME_FLAGS_KNOWN FRAME_MORE

#define FRAME_MAX_HELLO (4 * 1024) /* before Hello was received */
#define FRAME_MAX_CLIENT (4 * 1024 * 1024)
#define FRAME_MAX_PEER (8 * 1024 * 1024)

struct frame_header {
	uint32_t size; /* of the payload */
	uint16_t type; /* enum message_type */
	uint16_t flags;
	uint32_t request; /* 0 outside requests */
};

void frame_header_write(
	const struct frame_header *header, uint8_t out[FRAME_HEADER_BYTES]);

/*
 * Returns 0; CORDON_ETOOBIG when the payload exceeds payload_max; CORDON_EPROTO for
 * unknown flags.  Unknown types are the caller's to refuse.
 */
int frame_header_read(const uint8_t in[FRAME_HEADER_BYTES], uint32_t payload_max,
	struct frame_header *header);

#endif
