/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/held_codec.h"
#include "daemon/store/keys.h"
#include "daemon/store/meta.h"

/*
 * Withdrawals that wait for an administrator's word.  Those of one list are a batch
 * with a number of its own, never used again, until all of them are released or
 * dropped.
 */

#define NUMBER_NAME "brake"

int store_held_put(struct store_txn *txn, const struct store_held *held)
{
	uint8_t value[HELD_VALUE_MAX];
	struct key key;
	size_t used;

	if (held->by.size > IDENT_URI_MAX || held->text.size > STORE_HELD_TEXT_MAX) {
		return txn_fail(txn, CORDON_ETOOBIG,
			"%.*s: %zu bytes of text of a withdrawal, at most %d fit",
			(int)held->id.size, (const char *)held->id.data,
			held->text.size, STORE_HELD_TEXT_MAX);
	}
	key_held(&key, held->batch, &held->list, held->id);
	used = held_write_value(held, value);
	return db_put(txn, TABLE_HELD, key_bytes(&key), (struct bytes){ value, used });
}

int store_held_remove(struct store_txn *txn, uint64_t batch, const struct list_id *list,
	struct bytes id)
{
	struct key key;
	bool found;

	key_held(&key, batch, list, id);
	return db_delete(txn, TABLE_HELD, key_bytes(&key), &found);
}

/* *go_on false: the end, or the caller's wish. */
static int tell(struct store_txn *txn, struct bytes key, struct bytes value,
	uint64_t batch, bool *go_on, store_held_fn *each, void *context)
{
	struct store_held held;

	if (!held_read_key(key, &held) || !held_read_value(value, &held)) {
		return txn_corrupt(txn, TABLE_HELD, key, "no withdrawal that is held");
	}
	*go_on = (batch == 0 || held.batch == batch) && each(context, &held);
	return 0;
}

int store_held_each(
	struct store_txn *txn, uint64_t batch, store_held_fn *each, void *context)
{
	struct list_id none = { .kind = 0 };
	struct db_cursor cursor;
	struct bytes key, value;
	struct key from;
	bool found, go_on = true;
	MDB_cursor_op op = MDB_SET_RANGE;
	int error = db_cursor_open(&cursor, txn, TABLE_HELD);

	key_held(&from, batch, &none, (struct bytes){ NULL, 0 });
	key = key_bytes(&from);
	while (error == 0 && go_on) {
		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found) {
			break;
		}
		error = tell(txn, key, value, batch, &go_on, each, context);
	}
	db_cursor_close(&cursor);
	return error;
}

/* The first of each batch is enough to know its list. */
static int find_batch(
	struct store_txn *txn, const struct list_id *list, uint64_t *batch, bool *found)
{
	struct list_id none = { .kind = 0 };
	struct store_held held = { .batch = 0 };
	int error = 0;

	*found = false;
	while (error == 0) {
		struct db_cursor cursor;
		struct bytes key, value;
		struct key from;
		bool there = false;

		key_held(&from, held.batch + 1, &none, (struct bytes){ NULL, 0 });
		key = key_bytes(&from);
		error = db_cursor_open(&cursor, txn, TABLE_HELD);
		if (error == 0) {
			error = db_cursor_get(
				&cursor, MDB_SET_RANGE, &key, &value, &there);
		}
		db_cursor_close(&cursor);
		if (error != 0 || !there) {
			break;
		}
		if (!held_read_key(key, &held)) {
			error = txn_corrupt(txn, TABLE_HELD, key, "no batch");
		} else if (ident_list_equal(&held.list, list)) {
			*batch = held.batch;
			*found = true;
			break;
		}
	}
	return error;
}

int store_held_batch(struct store_txn *txn, const struct list_id *list, uint64_t *batch)
{
	bool found;
	int error = find_batch(txn, list, batch, &found);

	return error != 0 || found ? error : meta_next_number(txn, NUMBER_NAME, batch);
}

int store_held_count(struct store_txn *txn, uint64_t *count)
{
	MDB_stat stat;
	int rc;

	if (txn->error != 0) {
		return txn->error;
	}
	rc = mdb_stat(txn->mdb, txn->env->tables[TABLE_HELD], &stat);
	if (rc != 0) {
		return txn_fail(
			txn, CORDON_EIO, "count what is held: %s", mdb_strerror(rc));
	}
	*count = stat.ms_entries;
	return 0;
}
