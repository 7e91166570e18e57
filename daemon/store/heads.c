/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"

/* Signed heads: a list's current one, and its recent ones. */

#define HISTORY_MAX 256

/* The keys of a list's recent heads, in order, and nothing else. */
struct range {
	struct key from, to;
};

static bool in_range(const struct range *range, struct bytes key)
{
	return !key_after(key_bytes(&range->from), key) &&
	       !key_after(key, key_bytes(&range->to));
}

static void history_range(struct range *range, const struct list_id *list)
{
	const struct epoch first = { 0, 0 }, last = { UINT64_MAX, UINT64_MAX };

	key_head(&range->from, list, &first, 0);
	key_head(&range->to, list, &last, UINT64_MAX);
}

/* Onto the last entry of the range; *found false when there is none. */
static int seek_last(struct db_cursor *cursor, const struct range *range,
	struct bytes *key, bool *found)
{
	struct bytes value;
	int error;

	*key = key_bytes(&range->to);
	error = db_cursor_get(cursor, MDB_SET_RANGE, key, &value, found);
	if (error == 0 && *found && in_range(range, *key)) {
		return 0;
	}
	if (error == 0) {
		error = db_cursor_get(
			cursor, *found ? MDB_PREV : MDB_LAST, key, &value, found);
	}
	if (error == 0 && *found) {
		*found = in_range(range, *key);
	}
	return error;
}

/* Deletes all but the newest HISTORY_MAX. */
static int prune(struct store_txn *txn, const struct list_id *list)
{
	struct db_cursor cursor;
	struct range range;
	struct bytes key, value;
	size_t count = 0;
	bool found = false;
	int error = db_cursor_open(&cursor, txn, TABLE_HEADS);

	history_range(&range, list);
	if (error == 0) {
		error = seek_last(&cursor, &range, &key, &found);
	}
	while (error == 0 && found && in_range(&range, key)) {
		if (++count > HISTORY_MAX) {
			error = db_cursor_delete(&cursor);
		}
		if (error == 0) {
			error = db_cursor_get(&cursor, MDB_PREV, &key, &value, &found);
		}
	}
	db_cursor_close(&cursor);
	return error;
}

static int check_packed(struct store_txn *txn, struct bytes packed)
{
	int error = txn_writes(txn);

	if (error == 0 && (packed.size == 0 || packed.size > HEAD_BYTES_MAX)) {
		return txn_fail(txn, CORDON_EINVAL,
			"a packed head has %zu bytes, expected 1 to %d", packed.size,
			HEAD_BYTES_MAX);
	}
	return error;
}

/* The head is kept for its (epoch, sequence), unless it is there already. */
static int put_recent(
	struct store_txn *txn, const struct head *head, struct bytes packed)
{
	struct bytes old;
	struct key key;
	bool found;
	int error;

	key_head(&key, &head->list, &head->epoch, head->sequence);
	error = db_get(txn, TABLE_HEADS, key_bytes(&key), &old, &found);
	if (error == 0 && !found) {
		error = db_put(txn, TABLE_HEADS, key_bytes(&key), packed);
	}
	return error != 0 || found ? error : prune(txn, &head->list);
}

int store_head_remember(
	struct store_txn *txn, const struct head *head, struct bytes packed)
{
	int error = check_packed(txn, packed);

	return error != 0 ? error : put_recent(txn, head, packed);
}

int store_head_put(struct store_txn *txn, const struct head *head, struct bytes packed)
{
	uint8_t copy[HEAD_BYTES_MAX]; /* the first write may move what is borrowed */
	struct key key;
	int error = check_packed(txn, packed);

	if (error != 0) {
		return error;
	}
	memcpy(copy, packed.data, packed.size);
	packed.data = copy;
	key_list(&key, &head->list);
	error = db_put_changed(txn, TABLE_HEADS, key_bytes(&key), packed);
	return error != 0 ? error : put_recent(txn, head, packed);
}

static int get_packed(
	struct store_txn *txn, const struct key *key, struct bytes *packed)
{
	struct bytes value = { NULL, 0 };
	bool found;
	int error = db_get(txn, TABLE_HEADS, key_bytes(key), &value, &found);

	if (error == 0) {
		*packed = found ? value : (struct bytes){ NULL, 0 };
	}
	return error;
}

int store_head_get(
	struct store_txn *txn, const struct list_id *list, struct bytes *packed)
{
	struct key key;

	key_list(&key, list);
	return get_packed(txn, &key, packed);
}

int store_head_at(struct store_txn *txn, const struct list_id *list,
	const struct epoch *epoch, uint64_t sequence, struct bytes *packed)
{
	struct key key;

	key_head(&key, list, epoch, sequence);
	return get_packed(txn, &key, packed);
}

/* The epoch's recent heads, and nothing else. */
static void epoch_range(
	struct range *range, const struct list_id *list, const struct epoch *epoch)
{
	key_head(&range->from, list, epoch, 0);
	key_head(&range->to, list, epoch, UINT64_MAX);
}

/* Onto the first entry above the place, or the last of the range where none is. */
static int seek_above(struct db_cursor *cursor, const struct range *range,
	const struct key *place, struct bytes *key, struct bytes *value, bool *found)
{
	int error;

	*key = key_bytes(place);
	error = db_cursor_get(cursor, MDB_SET_RANGE, key, value, found);
	if (error == 0 && *found && !key_after(*key, key_bytes(place))) {
		error = db_cursor_get(cursor, MDB_NEXT, key, value, found);
	}
	if (error == 0 && (!*found || !in_range(range, *key))) {
		error = db_cursor_get(
			cursor, *found ? MDB_PREV : MDB_LAST, key, value, found);
	}
	return error;
}

int store_heads_down(struct store_txn *txn, const struct list_id *list,
	const struct epoch *epoch, uint64_t from, uint64_t to, store_head_fn *each,
	void *context)
{
	struct db_cursor cursor;
	struct bytes key, value;
	struct key first, last;
	struct range range;
	bool found = false, go_on = true;
	int error = db_cursor_open(&cursor, txn, TABLE_HEADS);

	epoch_range(&range, list, epoch);
	key_head(&first, list, epoch, from);
	key_head(&last, list, epoch, to);
	if (error == 0) {
		error = seek_above(&cursor, &range, &last, &key, &value, &found);
	}
	while (error == 0 && found && go_on && in_range(&range, key)) {
		/* the first one below the range is the last one told */
		go_on = each(context, value) && !key_after(key_bytes(&first), key);
		if (go_on) {
			error = db_cursor_get(&cursor, MDB_PREV, &key, &value, &found);
		}
	}
	db_cursor_close(&cursor);
	return error;
}
