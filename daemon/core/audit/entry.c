/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/audit/entry.h"

#include <string.h>

/*
 * Header, then items: tag, size (2 bytes), data.  Unknown items are passed over, so
 * that a newer node's log can be read.
 */
enum item {
	ITEM_WHO = 1,
	ITEM_OFFICER,
	ITEM_CHECKPOINT,
	ITEM_ADDRESS,
	ITEM_LOOKUP,
	ITEM_RECORDS,
	ITEM_TAG_DOCUMENT, /* these three in the order of enum audit_tag */
	ITEM_TAG_PERSONAL,
	ITEM_TAG_PERSON,
	ITEM_ID,
	ITEM_VERSION,
	ITEM_OLD_HASH,
	ITEM_NEW_HASH,
	ITEM_FIELDS,
	ITEM_TEXT,
	ITEM_COUNT
};

#define ITEM_OVERHEAD 3
/* What a text may take; longer ones are cut. */
#define TEXT_MAX 1024
#define RECORDS_BYTES_MAX 16384

static const char *const kinds[] = {
	[AUDIT_LOOKUP] = "lookup",
	[AUDIT_SUBMIT] = "submit",
	[AUDIT_EXPORT] = "export",
	[AUDIT_READ] = "read",
	[AUDIT_CONTROL] = "control",
	[AUDIT_CONFIG] = "config",
	[AUDIT_LOG] = "log",
};

const char *audit_kind_text(unsigned kind)
{
	return kind < sizeof(kinds) / sizeof(kinds[0]) ? kinds[kind] : NULL;
}

unsigned audit_kind_parse(const char *text)
{
	for (unsigned i = 1; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i], text) == 0) {
			return i;
		}
	}
	return 0;
}

/* ---- writing: a lookup pays for it, so it stores words, not bytes -----------------
 */

static void put16(uint8_t *out, uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

static void put32(uint8_t *out, uint32_t v)
{
	put16(out, (uint16_t)(v >> 16));
	put16(out + 2, (uint16_t)v);
}

static void put64(uint8_t *out, uint64_t v)
{
	put32(out, (uint32_t)(v >> 32));
	put32(out + 4, (uint32_t)v);
}

static size_t text_bytes(struct bytes text)
{
	size_t size = text.size < TEXT_MAX ? text.size : TEXT_MAX;

	/* not within a character */
	while (size < text.size && size > 0 && (text.data[size] & 0xc0) == 0x80) {
		size--;
	}
	return size;
}

size_t audit_entry_bytes(const struct audit_entry *e)
{
	return AUDIT_ENTRY_HEADER_BYTES + ITEM_COUNT * ITEM_OVERHEAD +
	       text_bytes(e->who) + text_bytes(e->officer) + text_bytes(e->checkpoint) +
	       text_bytes(e->address) + text_bytes(e->lookup) + text_bytes(e->id) +
	       text_bytes(e->fields) + text_bytes(e->text) + e->old_hash.size +
	       e->new_hash.size + e->records.size + (AUDIT_TAGS + 1) * 8;
}

static uint8_t *put_item(uint8_t *out, enum item item, const void *data, size_t size)
{
	if (size == 0) {
		return out;
	}
	out[0] = (uint8_t)item;
	put16(out + 1, (uint16_t)size);
	memcpy(out + ITEM_OVERHEAD, data, size);
	return out + ITEM_OVERHEAD + size;
}

static uint8_t *put_text(uint8_t *out, enum item item, struct bytes text)
{
	return put_item(out, item, text.data, text_bytes(text));
}

static uint8_t *put_number(uint8_t *out, enum item item, uint64_t number)
{
	uint8_t data[8];

	if (number == 0) {
		return out;
	}
	put64(data, number);
	return put_item(out, item, data, sizeof(data));
}

static void put_header(const struct audit_entry *e, size_t size, uint8_t *out)
{
	put16(out, (uint16_t)size);
	out[2] = e->kind;
	out[3] = e->flags;
	put32(out + AUDIT_ENTRY_SUM_AT, 0);
	put64(out + 8, (uint64_t)e->at_us);
	put32(out + 16, e->took_us);
	put16(out + 20, e->error);
	put16(out + 22, e->message);
	put32(out + 24, (uint32_t)e->secret.size);
	out[28] = e->role;
	out[29] = e->purpose;
	out[30] = e->direction;
	out[31] = e->verdict;
	out[32] = e->query;
	out[33] = e->outcome;
	put16(out + 34, e->records_count);
	put32(out + 36, 0);
}

size_t audit_entry_write(const struct audit_entry *e, uint8_t *out)
{
	uint8_t *at = out + AUDIT_ENTRY_HEADER_BYTES;

	at = put_text(at, ITEM_WHO, e->who);
	at = put_text(at, ITEM_OFFICER, e->officer);
	at = put_text(at, ITEM_CHECKPOINT, e->checkpoint);
	at = put_text(at, ITEM_ADDRESS, e->address);
	at = put_text(at, ITEM_LOOKUP, e->lookup);
	at = put_item(at, ITEM_RECORDS, e->records.data, e->records.size);
	for (size_t i = 0; i < AUDIT_TAGS; i++) {
		at = put_number(
			at, (enum item)(ITEM_TAG_DOCUMENT + (int)i), e->tags[i]);
	}
	at = put_text(at, ITEM_ID, e->id);
	at = put_number(at, ITEM_VERSION, e->version);
	at = put_item(at, ITEM_OLD_HASH, e->old_hash.data, e->old_hash.size);
	at = put_item(at, ITEM_NEW_HASH, e->new_hash.data, e->new_hash.size);
	at = put_text(at, ITEM_FIELDS, e->fields);
	at = put_text(at, ITEM_TEXT, e->text);
	put_header(e, (size_t)(at - out), out);
	return (size_t)(at - out);
}

bool audit_records_add(uint8_t *out, size_t size, size_t *used, struct bytes id)
{
	if (id.size == 0 || id.size > UINT8_MAX || *used + 1 + id.size > size ||
		*used + 1 + id.size > RECORDS_BYTES_MAX) {
		return false;
	}
	out[*used] = (uint8_t)id.size;
	memcpy(out + *used + 1, id.data, id.size);
	*used += 1 + id.size;
	return true;
}

struct bytes audit_records_next(struct bytes *records)
{
	struct bytes id = { NULL, 0 };

	if (records->size > 0 && records->data[0] < records->size) {
		id.data = records->data + 1;
		id.size = records->data[0];
		records->data += 1 + id.size;
		records->size -= 1 + id.size;
	} else {
		records->size = 0;
	}
	return id;
}

/* ---- reading ----------------------------------------------------------------------
 */

static uint64_t number_of(struct bytes data)
{
	struct reader r;

	reader_init(&r, data.data, data.size);
	return reader_u64(&r);
}

static void take_item(struct audit_entry *e, unsigned item, struct bytes data)
{
	struct bytes *const texts[] = {
		[ITEM_WHO] = &e->who,
		[ITEM_OFFICER] = &e->officer,
		[ITEM_CHECKPOINT] = &e->checkpoint,
		[ITEM_ADDRESS] = &e->address,
		[ITEM_LOOKUP] = &e->lookup,
		[ITEM_RECORDS] = &e->records,
		[ITEM_ID] = &e->id,
		[ITEM_OLD_HASH] = &e->old_hash,
		[ITEM_NEW_HASH] = &e->new_hash,
		[ITEM_FIELDS] = &e->fields,
		[ITEM_TEXT] = &e->text,
		[ITEM_COUNT] = NULL,
	};

	if (item >= ITEM_COUNT) {
		return;
	}
	if (item >= ITEM_TAG_DOCUMENT && item <= ITEM_TAG_PERSON) {
		e->tags[item - ITEM_TAG_DOCUMENT] = number_of(data);
	} else if (item == ITEM_VERSION) {
		e->version = number_of(data);
	} else if (texts[item] != NULL) {
		*texts[item] = data;
	}
}

static uint32_t read_header(struct reader *r, struct audit_entry *e)
{
	uint32_t secret;

	e->kind = reader_u8(r);
	e->flags = reader_u8(r);
	reader_u32(r); /* the sum */
	e->at_us = (int64_t)reader_u64(r);
	e->took_us = reader_u32(r);
	e->error = reader_u16(r);
	e->message = reader_u16(r);
	secret = reader_u32(r);
	e->role = reader_u8(r);
	e->purpose = reader_u8(r);
	e->direction = reader_u8(r);
	e->verdict = reader_u8(r);
	e->query = reader_u8(r);
	e->outcome = reader_u8(r);
	e->records_count = reader_u16(r);
	reader_u32(r);
	return secret;
}

bool audit_entry_read(struct bytes plain, struct audit_entry *entry, size_t *size,
	uint32_t *secret_bytes)
{
	struct audit_entry e = { .kind = 0 };
	struct reader r;
	size_t whole;
	uint32_t secret;

	reader_init(&r, plain.data, plain.size);
	whole = reader_u16(&r);
	if (whole < AUDIT_ENTRY_HEADER_BYTES || whole > plain.size) {
		return false;
	}
	reader_init(&r, plain.data + 2, whole - 2);
	secret = read_header(&r, &e);
	while (r.left > 0 && !r.bad) {
		unsigned item = reader_u8(&r);
		struct bytes data = reader_bytes(&r, reader_u16(&r));

		if (!r.bad) {
			take_item(&e, item, data);
		}
	}
	if (r.bad) {
		return false;
	}
	*entry = e;
	*size = whole;
	*secret_bytes = secret;
	return true;
}
