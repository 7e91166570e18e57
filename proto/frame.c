/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/frame.h"

#include <cordon/error.h>
#include "proto/bytes.h"

void frame_header_write(
	const struct frame_header *header, uint8_t out[FRAME_HEADER_BYTES])
{
	struct writer w;

	writer_init(&w, out, FRAME_HEADER_BYTES);
	writer_u32(&w, header->size);
	writer_u16(&w, header->type);
	writer_u16(&w, header->flags);
	writer_u32(&w, header->request);
}

int frame_header_read(const uint8_t in[FRAME_HEADER_BYTES], uint32_t payload_max,
	struct frame_header *header)
{
	struct frame_header h;
	struct reader r;

	reader_init(&r, in, FRAME_HEADER_BYTES);
	h.size = reader_u32(&r);
	h.type = reader_u16(&r);
	h.flags = reader_u16(&r);
	h.request = reader_u32(&r);
	if (h.size > payload_max) {
		return CORDON_ETOOBIG;
	}
	if ((h.flags & ~FRAME_FLAGS_KNOWN) != 0) {
		return CORDON_EPROTO;
	}
	*header = h;
	return 0;
}
