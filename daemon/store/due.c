/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/index.h"

/* When a live row is due: its review day, and the second at which it ends. */

static int add(struct store_txn *txn, const struct key *key, uint64_t ref)
{
	bool changed;

	return db_add_ref(txn, TABLE_DUE, key_bytes(key), ref, &changed);
}

static int remove_key(struct store_txn *txn, const struct key *key, uint64_t ref)
{
	bool changed = false;
	int error = db_remove_ref(txn, TABLE_DUE, key_bytes(key), ref, &changed);

	if (error == 0 && !changed) {
		error = txn_corrupt(txn, TABLE_DUE, key_bytes(key),
			"a day that a record has is missing");
	}
	return error;
}

static int forget(struct store_txn *txn, const struct key *key, uint64_t ref)
{
	bool changed;

	return db_remove_ref(txn, TABLE_DUE, key_bytes(key), ref, &changed);
}

typedef int change_fn(struct store_txn *txn, const struct key *key, uint64_t ref);

void due_keys(
	const struct list_id *list, const struct index_keys *keys, struct due_keys *out)
{
	out->count = 0;
	if (keys->has_end) {
		key_due(&out->keys[out->count++], TAG_END, &list->owner,
			keys->ends_at_s);
	}
	if (keys->has_review) {
		key_due(&out->keys[out->count++], TAG_REVIEW, &list->owner,
			keys->review_day);
	}
}

static int change(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys, change_fn *one)
{
	struct due_keys due;
	int error = 0;

	due_keys(list, keys, &due);
	for (size_t i = 0; error == 0 && i < due.count; i++) {
		error = one(txn, &due.keys[i], ref);
	}
	return error;
}

int due_add(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys)
{
	return change(txn, list, ref, keys, add);
}

int due_remove(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys)
{
	return change(txn, list, ref, keys, remove_key);
}

int due_forget(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys)
{
	return change(txn, list, ref, keys, forget);
}

/* One entry of the table due, and the id of its row. */
static int tell(struct store_txn *txn, struct bytes key, struct bytes value,
	bool *go_on, store_due_fn *each, void *context)
{
	struct store_row row;
	uint64_t ref;
	int64_t when;
	int error;

	if (!key_due_read(key, &when) || !key_native_read(value, &ref)) {
		return txn_corrupt(txn, TABLE_DUE, key, "no row that is due");
	}
	error = store_row(txn, ref, &row);
	if (error == 0) {
		*go_on = each(context, when, row.entry.id);
	}
	return error;
}

static int walk(struct store_txn *txn, enum due_tag tag, const struct state *owner,
	int64_t until, store_due_fn *each, void *context)
{
	struct key from, last;
	struct bytes key, value;
	struct db_cursor cursor;
	bool found, go_on = true;
	MDB_cursor_op op = MDB_SET_RANGE;
	int error = db_cursor_open(&cursor, txn, TABLE_DUE);

	key_due_owner(&from, tag, owner);
	key_due(&last, tag, owner, until);
	key = key_bytes(&from);
	while (error == 0 && go_on) {
		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found || !key_has_prefix(key, key_bytes(&from)) ||
			key_after(key, key_bytes(&last))) {
			break;
		}
		error = tell(txn, key, value, &go_on, each, context);
	}
	db_cursor_close(&cursor);
	return error;
}

int store_due(struct store_txn *txn, const struct state *owner, int64_t day,
	store_due_fn *each, void *context)
{
	return walk(txn, TAG_REVIEW, owner, day, each, context);
}

int store_ended(struct store_txn *txn, const struct state *owner, int64_t second,
	store_due_fn *each, void *context)
{
	return walk(txn, TAG_END, owner, second, each, context);
}
