/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_BYTES_H
#define PROTO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes. */
struct bytes {
	const uint8_t *data;
	size_t size;
};

/*
 * A cursor that reads big-endian values and turns bad once: after the first read
 * beyond the end every read gives zeros.  Callers read all and look once.
 */
struct reader {
	const uint8_t *data;
	size_t left;
	bool bad;
};

void reader_init(struct reader *r, const void *data, size_t size);
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
/* size bytes in place, borrowed; {NULL, 0} when bad. */
struct bytes reader_bytes(struct reader *r, size_t size);
/* Copies size bytes out; zeros when bad. */
void reader_copy(struct reader *r, void *out, size_t size);
/* True when nothing failed and nothing is left. */
bool reader_done(const struct reader *r);

/*
 * The same for writing into the caller's fixed buffer; bad once it is full.
 * used tells how much has been written.
 */
struct writer {
	uint8_t *data;
	size_t size;
	size_t used;
	bool bad;
};

void writer_init(struct writer *w, void *data, size_t size);
void writer_u8(struct writer *w, uint8_t value);
void writer_u16(struct writer *w, uint16_t value);
void writer_u32(struct writer *w, uint32_t value);
void writer_u64(struct writer *w, uint64_t value);
void writer_bytes(struct writer *w, const void *data, size_t size);

/* Hex, lower case, NUL-terminated: out holds 2 * size + 1 bytes. */
void bytes_to_hex(const void *data, size_t size, char *out);
/* False when text is not exactly 2 * size hex digits. */
bool bytes_from_hex(const char *text, void *out, size_t size);

/* Well-formed UTF-8 (RFC 3629) without NUL and other C0/C1 controls. */
bool bytes_are_text(const void *data, size_t size);

#endif
