/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/keys.h"
#include "daemon/store/meta.h"

/*
 * Changes that wait until a second certificate has approved them.  Those of one
 * request are one change with a number of its own, never used again; each item stands
 * by itself, and an id waits in one place at a time.
 */

#define PENDING_VERSION 1
#define NUMBER_NAME "pending"
#define FIXED_BYTES (1 + 2 + 8 + 4 + 8 + 8 + 1 + 2 + 2 + 4)
#define VALUE_MAX                                                                      \
	(FIXED_BYTES + CORDON_ID_MAX + 2 * IDENT_URI_MAX + STORE_PENDING_ITEM_MAX)
#define PLACE_BYTES (8 + 4)

static bool read_key(struct bytes key, struct store_pending *pending)
{
	struct reader r;
	uint8_t tag;

	reader_init(&r, key.data, key.size);
	tag = reader_u8(&r);
	pending->number = reader_u64(&r);
	pending->position = reader_u32(&r);
	return reader_done(&r) && tag == TAG_CHANGE;
}

static bool read_value(struct bytes value, struct store_pending *pending)
{
	struct reader r;
	uint8_t version;

	reader_init(&r, value.data, value.size);
	version = reader_u8(&r);
	pending->kind = reader_u16(&r);
	pending->version = reader_u64(&r);
	pending->why = reader_u32(&r);
	pending->at_s = (int64_t)reader_u64(&r);
	pending->expires_s = (int64_t)reader_u64(&r);
	pending->id = reader_bytes(&r, reader_u8(&r));
	pending->by = reader_bytes(&r, reader_u16(&r));
	pending->approved_by = reader_bytes(&r, reader_u16(&r));
	pending->item = reader_bytes(&r, reader_u32(&r));
	return reader_done(&r) && version == PENDING_VERSION &&
	       pending->id.size <= CORDON_ID_MAX;
}

static size_t write_value(const struct store_pending *pending, uint8_t *value)
{
	struct writer w;

	writer_init(&w, value, VALUE_MAX);
	writer_u8(&w, PENDING_VERSION);
	writer_u16(&w, pending->kind);
	writer_u64(&w, pending->version);
	writer_u32(&w, pending->why);
	writer_u64(&w, (uint64_t)pending->at_s);
	writer_u64(&w, (uint64_t)pending->expires_s);
	writer_u8(&w, (uint8_t)pending->id.size);
	writer_bytes(&w, pending->id.data, pending->id.size);
	writer_u16(&w, (uint16_t)pending->by.size);
	writer_bytes(&w, pending->by.data, pending->by.size);
	writer_u16(&w, (uint16_t)pending->approved_by.size);
	writer_bytes(&w, pending->approved_by.data, pending->approved_by.size);
	writer_u32(&w, (uint32_t)pending->item.size);
	writer_bytes(&w, pending->item.data, pending->item.size);
	return w.used;
}

static int put_place(struct store_txn *txn, const struct store_pending *pending)
{
	uint8_t place[PLACE_BYTES];
	struct writer w;
	struct key key;

	if (pending->id.size == 0) {
		return 0;
	}
	writer_init(&w, place, sizeof(place));
	writer_u64(&w, pending->number);
	writer_u32(&w, pending->position);
	key_pending_id(&key, pending->id);
	return db_put(
		txn, TABLE_PENDING, key_bytes(&key), (struct bytes){ place, w.used });
}

int store_pending_put(struct store_txn *txn, const struct store_pending *pending)
{
	uint8_t value[VALUE_MAX];
	struct key key;
	int error = txn_writes(txn);

	if (error != 0) {
		return error;
	}
	if (pending->id.size > CORDON_ID_MAX || pending->by.size > IDENT_URI_MAX ||
		pending->approved_by.size > IDENT_URI_MAX ||
		pending->item.size > STORE_PENDING_ITEM_MAX) {
		return txn_fail(txn, CORDON_ETOOBIG,
			"a change of %zu bytes cannot wait, at most %d fit",
			pending->item.size, STORE_PENDING_ITEM_MAX);
	}
	error = put_place(txn, pending);
	if (error != 0) {
		return error;
	}
	key_pending(&key, pending->number, pending->position);
	return db_put(txn, TABLE_PENDING, key_bytes(&key),
		(struct bytes){ value, write_value(pending, value) });
}

int store_pending_get(struct store_txn *txn, uint64_t number, uint32_t position,
	struct store_pending *pending, bool *found)
{
	struct bytes value;
	struct key key;
	int error;

	key_pending(&key, number, position);
	error = db_get(txn, TABLE_PENDING, key_bytes(&key), &value, found);
	if (error != 0 || !*found) {
		return error;
	}
	pending->number = number;
	pending->position = position;
	return read_value(value, pending)
		       ? 0
		       : txn_corrupt(txn, TABLE_PENDING, key_bytes(&key),
				 "no change that waits");
}

int store_pending_remove(struct store_txn *txn, uint64_t number, uint32_t position)
{
	struct store_pending pending;
	struct key key;
	bool found;
	int error = store_pending_get(txn, number, position, &pending, &found);

	if (error == 0 && found && pending.id.size > 0) {
		key_pending_id(&key, pending.id);
		error = db_delete(txn, TABLE_PENDING, key_bytes(&key), NULL);
	}
	if (error == 0 && found) {
		key_pending(&key, number, position);
		error = db_delete(txn, TABLE_PENDING, key_bytes(&key), NULL);
	}
	return error;
}

int store_pending_find(struct store_txn *txn, struct bytes id,
	struct store_pending *pending, bool *found)
{
	struct bytes place;
	struct reader r;
	struct key key;
	int error;

	key_pending_id(&key, id);
	error = db_get(txn, TABLE_PENDING, key_bytes(&key), &place, found);
	if (error != 0 || !*found) {
		return error;
	}
	reader_init(&r, place.data, place.size);
	pending->number = reader_u64(&r);
	pending->position = reader_u32(&r);
	if (!reader_done(&r)) {
		return txn_corrupt(
			txn, TABLE_PENDING, key_bytes(&key), "no place of a change");
	}
	error = store_pending_get(
		txn, pending->number, pending->position, pending, found);
	if (error == 0 && !*found) {
		error = txn_corrupt(txn, TABLE_PENDING, key_bytes(&key),
			"the change that it names does not wait");
	}
	return error;
}

int store_pending_each(struct store_txn *txn, uint64_t number, uint32_t position,
	store_pending_fn *each, void *context)
{
	MDB_cursor_op op = MDB_SET_RANGE;
	struct db_cursor cursor;
	struct bytes key, value;
	struct key from;
	bool found, go_on = true;
	int error = db_cursor_open(&cursor, txn, TABLE_PENDING);

	key_pending(&from, position == UINT32_MAX ? number + 1 : number,
		position == UINT32_MAX ? 0 : position + 1);
	key = key_bytes(&from);
	while (error == 0 && go_on) {
		struct store_pending pending;

		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found || key.size == 0 ||
			key.data[0] != TAG_CHANGE) {
			break;
		}
		if (!read_key(key, &pending) || !read_value(value, &pending)) {
			error = txn_corrupt(
				txn, TABLE_PENDING, key, "no change that waits");
		} else {
			go_on = each(context, &pending);
		}
	}
	db_cursor_close(&cursor);
	return error;
}

int store_pending_number(struct store_txn *txn, uint64_t *number)
{
	return meta_next_number(txn, NUMBER_NAME, number);
}
