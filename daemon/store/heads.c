/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"

/* Signed heads: a list's current one, its recent ones, and pairs that contradict. */

#define HISTORY_MAX 256
#define EVIDENCE_MAX 64

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

static int check_packed(struct store_txn *txn, struct bytes packed, size_t least)
{
	int error = txn_writes(txn);

	if (error == 0 && (packed.size < least || packed.size > HEAD_BYTES_MAX)) {
		return txn_fail(txn, CORDON_EINVAL,
			"a packed head has %zu bytes, expected %zu to %d", packed.size,
			least, HEAD_BYTES_MAX);
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

int store_head_put(struct store_txn *txn, const struct head *head, struct bytes packed)
{
	uint8_t copy[HEAD_BYTES_MAX]; /* the first write may move what is borrowed */
	struct key key;
	int error = check_packed(txn, packed, 1);

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

struct evidence_count {
	size_t pairs;
};

static bool count_pair(void *context, struct bytes packed_a, struct bytes packed_b)
{
	struct evidence_count *count = context;

	(void)packed_a;
	(void)packed_b;
	count->pairs++;
	return true;
}

int store_evidence_put(struct store_txn *txn, const struct head *a,
	struct bytes packed_a, struct bytes packed_b)
{
	uint8_t value[4 + 2 * HEAD_BYTES_MAX];
	struct evidence_count count = { 0 };
	struct writer w;
	struct key key;
	bool taken;
	int error = check_packed(txn, packed_a, 0);

	if (error == 0) {
		error = check_packed(txn, packed_b, 1);
	}
	if (error == 0) {
		error = store_evidence(txn, &a->list, count_pair, &count);
	}
	if (error != 0 || count.pairs >= EVIDENCE_MAX) {
		return error;
	}
	writer_init(&w, value, sizeof(value));
	writer_u32(&w, (uint32_t)packed_a.size);
	writer_bytes(&w, packed_a.data, packed_a.size);
	writer_bytes(&w, packed_b.data, packed_b.size);
	key_evidence(&key, a);
	return db_insert(txn, TABLE_EVIDENCE, key_bytes(&key),
		(struct bytes){ value, w.used }, &taken);
}

static bool read_pair(struct bytes value, struct bytes *a, struct bytes *b)
{
	struct reader r;

	reader_init(&r, value.data, value.size);
	*a = reader_bytes(&r, reader_u32(&r));
	*b = reader_bytes(&r, r.left);
	return !r.bad;
}

int store_evidence(struct store_txn *txn, const struct list_id *list,
	store_evidence_fn *each, void *context)
{
	struct db_cursor cursor;
	struct bytes key, value;
	struct key from;
	bool found, go_on = true;
	MDB_cursor_op op = MDB_SET_RANGE;
	int error = db_cursor_open(&cursor, txn, TABLE_EVIDENCE);

	key_list(&from, list);
	key = key_bytes(&from);
	while (error == 0 && go_on) {
		struct bytes a, b;

		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found || !key_has_prefix(key, key_bytes(&from))) {
			break;
		}
		if (!read_pair(value, &a, &b)) {
			error = txn_corrupt(
				txn, TABLE_EVIDENCE, key, "no pair of heads");
		} else {
			go_on = each(context, a, b);
		}
	}
	db_cursor_close(&cursor);
	return error;
}
