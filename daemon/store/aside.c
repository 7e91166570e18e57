/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/row.h"

/*
 * Changes of the own lists that this node accepted before another took over, and that
 * never left it: whole rows, until an administrator drops them.
 */

#define KEPT_AT_BYTES 8

int store_aside_put(struct store_txn *txn, const struct store_aside *aside)
{
	uint8_t value[KEPT_AT_BYTES + ROW_BYTES_MAX];
	const struct row row = { .entry = aside->entry };
	struct errmsg msg = { "" };
	struct writer w;
	struct key key;
	int error = txn_writes(txn);

	if (error == 0) {
		error = row_check(&aside->entry, &msg);
		if (error != 0) {
			return txn_fail(txn, error, "%s", msg.text);
		}
	}
	if (error != 0) {
		return error;
	}
	writer_init(&w, value, KEPT_AT_BYTES);
	writer_u64(&w, (uint64_t)aside->kept_at_s);
	key_head(&key, &aside->list, &aside->epoch, aside->entry.sequence);
	return db_put(txn, TABLE_ASIDE, key_bytes(&key),
		(struct bytes){ value,
			KEPT_AT_BYTES + row_write(&row, value + KEPT_AT_BYTES) });
}

static bool read_key(struct bytes key, struct store_aside *aside, uint64_t *sequence)
{
	struct bytes list = { key.data, LIST_KEY_BYTES };
	struct reader r;

	if (key.size < LIST_KEY_BYTES || !key_list_read(list, &aside->list)) {
		return false;
	}
	reader_init(&r, key.data + LIST_KEY_BYTES, key.size - LIST_KEY_BYTES);
	aside->epoch.number = reader_u64(&r);
	aside->epoch.tag = reader_u64(&r);
	*sequence = reader_u64(&r);
	return !r.bad && r.left == 0;
}

static bool read_aside(struct bytes key, struct bytes value, struct store_aside *aside)
{
	uint64_t sequence;
	struct reader r;
	struct row row;

	memset(aside, 0, sizeof(*aside));
	reader_init(&r, value.data, value.size);
	aside->kept_at_s = (int64_t)reader_u64(&r);
	if (!read_key(key, aside, &sequence) || r.bad ||
		!row_read(reader_bytes(&r, r.left), sequence, &row)) {
		return false;
	}
	aside->entry = row.entry;
	return true;
}

int store_asides(struct store_txn *txn, const struct store_aside *after,
	store_aside_fn *each, void *context)
{
	struct db_cursor cursor;
	struct bytes key = { NULL, 0 }, value;
	MDB_cursor_op op = MDB_FIRST;
	bool found, go_on = true;
	struct key from;
	int error = db_cursor_open(&cursor, txn, TABLE_ASIDE);

	if (after != NULL) {
		key_head(&from, &after->list, &after->epoch, after->entry.sequence + 1);
		key = key_bytes(&from);
		op = MDB_SET_RANGE;
	}
	while (error == 0 && go_on) {
		struct store_aside aside;

		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found) {
			break;
		}
		if (read_aside(key, value, &aside)) {
			go_on = each(context, &aside);
		} else {
			error = txn_corrupt(txn, TABLE_ASIDE, key, "no row put aside");
		}
	}
	db_cursor_close(&cursor);
	return error;
}

static bool is_wanted(const struct store_aside *aside, struct bytes id)
{
	return id.size == 0 ||
	       (aside->entry.id.size == id.size &&
		       memcmp(aside->entry.id.data, id.data, id.size) == 0);
}

/* What makes no sense goes with all, and is in the way of one. */
int store_aside_drop(struct store_txn *txn, struct bytes id, uint64_t *count)
{
	struct db_cursor cursor;
	struct bytes key = { NULL, 0 }, value;
	MDB_cursor_op op = MDB_FIRST;
	bool found;
	int error = db_cursor_open(&cursor, txn, TABLE_ASIDE);

	*count = 0;
	while (error == 0) {
		struct store_aside aside;
		bool sound;

		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found) {
			break;
		}
		sound = read_aside(key, value, &aside);
		if (!sound && id.size != 0) {
			error = txn_corrupt(txn, TABLE_ASIDE, key, "no row put aside");
		} else if (!sound || is_wanted(&aside, id)) {
			error = db_cursor_delete(&cursor);
			*count += error == 0;
		}
	}
	db_cursor_close(&cursor);
	return error;
}
