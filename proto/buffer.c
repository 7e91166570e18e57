/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

/* Most answers are smaller, and most connections are idle. */
#define FIRST_BYTES 512

uint8_t *buffer_reserve(struct buffer *buffer, size_t size)
{
	size_t used = buffer->end - buffer->start;
	size_t grown = buffer->size < FIRST_BYTES ? FIRST_BYTES : buffer->size;
	uint8_t *data;

	if (buffer->data != NULL && buffer->size - buffer->end >= size) {
		return buffer->data + buffer->end;
	}
	if (size > SIZE_MAX / 4 - used) {
		return NULL;
	}
	/* moving pays only when it frees at least as much as it moves */
	if (buffer->data != NULL && buffer->size - used >= size &&
		buffer->start >= used) {
		memmove(buffer->data, buffer->data + buffer->start, used);
		buffer->start = 0;
		buffer->end = used;
		return buffer->data + used;
	}
	while (grown < used + size) {
		grown *= 2;
	}
	data = malloc(grown);
	if (data == NULL) {
		return NULL;
	}
	if (used > 0) {
		memcpy(data, buffer->data + buffer->start, used);
	}
	buffer_finish(buffer);
	*buffer = (struct buffer){ data, grown, 0, used };
	return data + used;
}

void buffer_commit(struct buffer *buffer, size_t size)
{
	assert(size <= buffer->size - buffer->end);
	buffer->end += size;
}

const uint8_t *buffer_data(const struct buffer *buffer)
{
	return buffer->data == NULL ? NULL : buffer->data + buffer->start;
}

size_t buffer_bytes(const struct buffer *buffer)
{
	return buffer->end - buffer->start;
}

void buffer_consume(struct buffer *buffer, size_t size)
{
	assert(size <= buffer_bytes(buffer));
	buffer->start += size;
	if (buffer->start == buffer->end) {
		/* personal data goes with the last byte that waited; what is larger is
		 * given back soon, wiped */
		if (buffer->size <= BUFFER_KEPT_BYTES) {
			OPENSSL_cleanse(buffer->data, buffer->end);
		}
		buffer->start = 0;
		buffer->end = 0;
	}
}

void buffer_relax(struct buffer *buffer)
{
	if (buffer->end == 0 && buffer->size > BUFFER_KEPT_BYTES) {
		buffer_finish(buffer);
	}
}

void buffer_finish(struct buffer *buffer)
{
	/* they carried personal data */
	if (buffer->data != NULL) {
		OPENSSL_cleanse(buffer->data, buffer->size);
	}
	free(buffer->data);
	*buffer = (struct buffer){ 0 };
}
