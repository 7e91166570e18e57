/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_BUFFER_H
#define PROTO_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes on their way: appended at the end, consumed at the start.  Memory grows as
 * bytes come and is given back, wiped, when they are gone.  Zeroed is empty.
 */
struct buffer {
	uint8_t *data;
	size_t size;
	size_t start, end; /* the bytes that wait */
};

/* An empty buffer keeps this much, so that small traffic allocates nothing. */
#define BUFFER_KEPT_BYTES 4096

/* Room for at least size bytes behind the last; NULL: out of memory. */
uint8_t *buffer_reserve(struct buffer *buffer, size_t size);
/* size of the reserved bytes have been written. */
void buffer_commit(struct buffer *buffer, size_t size);

const uint8_t *buffer_data(const struct buffer *buffer);
size_t buffer_bytes(const struct buffer *buffer);
void buffer_consume(struct buffer *buffer, size_t size);

/* Gives back what an idle connection does not need. */
void buffer_relax(struct buffer *buffer);
void buffer_finish(struct buffer *buffer);

#endif
