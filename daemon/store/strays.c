/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/index.h"

/*
 * Index keys that name rows which are not there: what a row that was damaged had, and a
 * repair could not know of.
 */

static const enum table indexes[] = { TABLE_DOCUMENTS, TABLE_POSTINGS, TABLE_CARDS,
	TABLE_DUE };
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

/* What an entry of an index is, and whose; false when it makes no sense. */
static bool read_entry(
	size_t index, struct bytes key, struct bytes value, struct store_stray *out)
{
	enum table table = indexes[index];
	struct bytes ref = table == TABLE_CARDS ? key : value;

	if (key.size > sizeof(out->key)) {
		return false;
	}
	out->index = index;
	memcpy(out->key, key.data, key.size);
	out->key_bytes = key.size;
	out->value_bytes = table == TABLE_CARDS ? 0 : value.size;
	if (out->value_bytes > sizeof(out->value)) {
		return false;
	}
	memcpy(out->value, value.data, out->value_bytes);
	if (table == TABLE_POSTINGS) {
		return value.size == POSTING_BYTES &&
		       ref_read((struct bytes){ value.data + POSTING_BYTES - REF_BYTES,
					REF_BYTES },
			       &out->ref);
	}
	return key_native_read(ref, &out->ref);
}

/* From where the last look ended: the rest of that key's values. */
static int resume(struct store_strays *strays, struct db_cursor *cursor,
	struct bytes *key, struct bytes *value, bool *found)
{
	const struct store_stray *at = &strays->at;
	int error;

	*key = (struct bytes){ at->key, at->key_bytes };
	*value = (struct bytes){ at->value, at->value_bytes };
	if (at->key_bytes == 0) {
		return db_cursor_get(cursor, MDB_FIRST, key, value, found);
	}
	if (at->value_bytes > 0) {
		error = db_cursor_at(cursor, *key, value, found);
		if (error != 0 || *found) {
			return error;
		}
	}
	error = db_cursor_get(cursor, MDB_SET_RANGE, key, value, found);
	if (error == 0 && *found && key->size == at->key_bytes &&
		memcmp(key->data, at->key, key->size) == 0) {
		error = db_cursor_get(cursor, MDB_NEXT_NODUP, key, value, found);
	}
	return error;
}

static bool same_entry(const struct store_stray *a, const struct store_stray *b)
{
	return a->key_bytes == b->key_bytes && a->value_bytes == b->value_bytes &&
	       memcmp(a->key, b->key, a->key_bytes) == 0 &&
	       memcmp(a->value, b->value, a->value_bytes) == 0;
}

static int look_at(struct store_txn *txn, struct store_strays *strays)
{
	bool yes = false;
	int error = is_stray(txn, strays->at.ref, &yes);

	if (error == 0 && yes) {
		strays->found[strays->count++] = strays->at;
	}
	return error;
}

static int look_on(struct store_txn *txn, struct store_strays *strays,
	struct db_cursor *cursor, size_t max)
{
	struct bytes key, value;
	bool found = true;
	size_t looked = 0;
	int error = resume(strays, cursor, &key, &value, &found);

	while (error == 0 && found) {
		struct store_stray entry = { .ref = 0 };
		bool sound = read_entry(strays->index, key, value, &entry);

		if (sound && !same_entry(&entry, &strays->at)) {
			if (looked++ == max || strays->count == STORE_STRAYS_MAX) {
				return 0;
			}
			strays->at = entry;
			error = look_at(txn, strays);
		}
		if (error == 0) {
			error = db_cursor_get(cursor, MDB_NEXT, &key, &value, &found);
		}
	}
	if (error == 0) {
		strays->index++;
		strays->at = (struct store_stray){ .ref = 0 };
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
	if (stray->value_bytes == 0) {
		return db_delete(txn, table, key, removed);
	}
	error = db_remove_value(txn, table, key,
		(struct bytes){ stray->value, stray->value_bytes }, removed);
	return error == 0 && *removed && table == TABLE_DOCUMENTS
		       ? documents_uncount(txn, key)
		       : error;
}
