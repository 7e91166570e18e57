/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/held_codec.h"

#include "daemon/store/keys.h"

#define HELD_VERSION 1

bool held_read_key(struct bytes key, struct store_held *held)
{
	struct reader r;

	reader_init(&r, key.data, key.size);
	held->batch = reader_u64(&r);
	if (!key_list_read(reader_bytes(&r, LIST_KEY_BYTES), &held->list)) {
		return false;
	}
	held->id = reader_bytes(&r, r.left);
	return !r.bad && held->id.size > 0 && held->id.size <= CORDON_ID_MAX;
}

bool held_read_value(struct bytes value, struct store_held *held)
{
	struct reader r;
	uint8_t version;

	reader_init(&r, value.data, value.size);
	version = reader_u8(&r);
	held->version = reader_u64(&r);
	held->reason = reader_u32(&r);
	held->at_s = (int64_t)reader_u64(&r);
	held->by = reader_bytes(&r, reader_u16(&r));
	held->text = reader_bytes(&r, reader_u16(&r));
	return reader_done(&r) && version == HELD_VERSION &&
	       held->by.size <= IDENT_URI_MAX && held->text.size <= STORE_HELD_TEXT_MAX;
}

size_t held_write_value(const struct store_held *held, uint8_t out[HELD_VALUE_MAX])
{
	struct writer w;

	writer_init(&w, out, HELD_VALUE_MAX);
	writer_u8(&w, HELD_VERSION);
	writer_u64(&w, held->version);
	writer_u32(&w, held->reason);
	writer_u64(&w, (uint64_t)held->at_s);
	writer_u16(&w, (uint16_t)held->by.size);
	writer_bytes(&w, held->by.data, held->by.size);
	writer_u16(&w, (uint16_t)held->text.size);
	writer_bytes(&w, held->text.data, held->text.size);
	return w.used;
}
