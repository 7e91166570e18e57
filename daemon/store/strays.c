/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/index.h"

/*
 * Index keys that name rows which are not there: what a row that was damaged had, and a
 * repair could not know of.
 */

static const enum table indexes[] = { TABLE_DOCUMENTS, TABLE_NAMES, TABLE_DUE };
#define INDEXES (sizeof(indexes) / sizeof(indexes[0]))

static int is_stray(struct store_txn *txn, uint64_t ref, bool *yes)
{
	struct bytes value;
	struct key key;
	bool found;
	int error;

	key_native(&key, ref);
	error = db_get(txn, TABLE_FEED, key_bytes(&key), &value, &found);
	if (error == 0) {
		*yes = !found;
	}
	return error;
}

static int look_at(struct store_txn *txn, struct store_strays *strays, struct bytes key,
	uint64_t ref)
{
	struct store_stray *stray = &strays->found[strays->count];
	bool yes;
	int error = is_stray(txn, ref, &yes);

	if (error != 0 || !yes) {
		return error;
	}
	stray->index = strays->index;
	memcpy(stray->key, key.data, key.size);
	stray->key_bytes = key.size;
	stray->ref = ref;
	strays->count++;
	return 0;
}

/* From where the last look ended: the rest of that key's rows, and what follows. */
static int look_on(struct store_txn *txn, struct store_strays *strays,
	struct db_cursor *cursor, size_t max)
{
	struct bytes key = { strays->at, strays->at_bytes }, value;
	MDB_cursor_op op = strays->at_bytes == 0 ? MDB_FIRST : MDB_SET_RANGE;
	bool found = true, old;
	size_t looked = 0;
	int error = 0;

	while (error == 0) {
		uint64_t ref;

		error = db_cursor_get(cursor, op, &key, &value, &found);
		if (error != 0 || !found) {
			break;
		}
		old = key.size == strays->at_bytes &&
		      memcmp(key.data, strays->at, key.size) == 0;
		op = MDB_NEXT;
		if (key.size > sizeof(strays->at) || !key_native_read(value, &ref) ||
			(old && ref <= strays->at_ref)) {
			continue;
		}
		if (looked++ == max || strays->count == STORE_STRAYS_MAX) {
			return 0;
		}
		error = look_at(txn, strays, key, ref);
		memcpy(strays->at, key.data, key.size);
		strays->at_bytes = key.size;
		strays->at_ref = ref;
	}
	if (error == 0) {
		strays->index++;
		strays->at_bytes = 0;
		strays->at_ref = 0;
	}
	return error;
}

int store_strays_look(struct store_txn *txn, struct store_strays *strays, size_t max)
{
	struct db_cursor cursor;
	int error = txn->error;

	strays->count = 0;
	if (error != 0 || strays->index == INDEXES) {
		strays->done = true;
		return error;
	}
	error = db_cursor_open(&cursor, txn, indexes[strays->index]);
	if (error == 0) {
		error = look_on(txn, strays, &cursor, max);
	}
	db_cursor_close(&cursor);
	return error;
}

int store_stray_remove(
	struct store_txn *txn, const struct store_stray *stray, bool *removed)
{
	struct bytes key = { stray->key, stray->key_bytes };
	enum table table = indexes[stray->index];
	bool yes;
	int error = is_stray(txn, stray->ref, &yes);

	*removed = false;
	if (error != 0 || !yes) {
		return error;
	}
	error = db_remove_ref(txn, table, key, stray->ref, removed);
	return error == 0 && *removed && table == TABLE_DOCUMENTS
		       ? documents_uncount(txn, key)
		       : error;
}
