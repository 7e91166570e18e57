/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/bytes.h"

#include <string.h>

void reader_init(struct reader *r, const void *data, size_t size)
{
	r->data = data;
	r->left = size;
	r->bad = false;
}

struct bytes reader_bytes(struct reader *r, size_t size)
{
	struct bytes out = { NULL, 0 };

	if (r->bad || size > r->left) {
		r->bad = true;
		return out;
	}
	out.data = r->data;
	out.size = size;
	r->data += size;
	r->left -= size;
	return out;
}

void reader_copy(struct reader *r, void *out, size_t size)
{
	struct bytes b = reader_bytes(r, size);

	if (r->bad) {
		memset(out, 0, size);
	} else if (size > 0) {
		memcpy(out, b.data, size);
	}
}

static uint64_t read_be(struct reader *r, size_t size)
{
	struct bytes b = reader_bytes(r, size);
	uint64_t value = 0;

	for (size_t i = 0; i < b.size; i++) {
		value = value << 8 | b.data[i];
	}
	return value;
}

uint8_t reader_u8(struct reader *r)
{
	return (uint8_t)read_be(r, 1);
}

uint16_t reader_u16(struct reader *r)
{
	return (uint16_t)read_be(r, 2);
}

uint32_t reader_u32(struct reader *r)
{
	return (uint32_t)read_be(r, 4);
}

uint64_t reader_u64(struct reader *r)
{
	return read_be(r, 8);
}

bool reader_done(const struct reader *r)
{
	return !r->bad && r->left == 0;
}

void writer_init(struct writer *w, void *data, size_t size)
{
	w->data = data;
	w->size = size;
	w->used = 0;
	w->bad = false;
}

void writer_bytes(struct writer *w, const void *data, size_t size)
{
	if (w->bad || size > w->size - w->used) {
		w->bad = true;
		return;
	}
	if (size > 0) {
		memcpy(w->data + w->used, data, size);
	}
	w->used += size;
}

static void write_be(struct writer *w, uint64_t value, size_t size)
{
	uint8_t b[8];

	for (size_t i = 0; i < size; i++) {
		b[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
	}
	writer_bytes(w, b, size);
}

void writer_u8(struct writer *w, uint8_t value)
{
	write_be(w, value, 1);
}

void writer_u16(struct writer *w, uint16_t value)
{
	write_be(w, value, 2);
}

void writer_u32(struct writer *w, uint32_t value)
{
	write_be(w, value, 4);
}

void writer_u64(struct writer *w, uint64_t value)
{
	write_be(w, value, 8);
}

void bytes_to_hex(const void *data, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * size] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	if (c >= 'A' && c <= 'F') {
		return c - 'A' + 10;
	}
	return -1;
}

bool bytes_from_hex(const char *text, void *out, size_t size)
{
	uint8_t *p = out;

	if (strlen(text) != 2 * size) {
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		int high = hex_value(text[2 * i]);
		int low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0) {
			return false;
		}
		p[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Bytes of the sequence that starts at p, or 0 when it is not well formed. */
static size_t utf8_length(const uint8_t *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = p[0] < 0x80         ? 1
		      : p[0] >> 5 == 0x06 ? 2
		      : p[0] >> 4 == 0x0e ? 3
		      : p[0] >> 3 == 0x1e ? 4
					  : 0;
	uint32_t value;

	if (size == 0 || size > left) {
		return 0;
	}
	value = size == 1 ? p[0] : p[0] & (0xffu >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if (p[i] >> 6 != 2) {
			return 0;
		}
		value = value << 6 | (p[i] & 0x3f);
	}
	if (value < least[size] || value > 0x10ffff ||
		(value >= 0xd800 && value <= 0xdfff) || value < 0x20 ||
		(value >= 0x7f && value <= 0x9f)) {
		return 0;
	}
	return size;
}

bool bytes_are_text(const void *data, size_t size)
{
	const uint8_t *p = data;

	while (size > 0) {
		size_t step = utf8_length(p, size);

		if (step == 0) {
			return false;
		}
		p += step;
		size -= step;
	}
	return true;
}
