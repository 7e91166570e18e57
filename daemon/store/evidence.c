/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"

/* Heads that contradict each other. */

#define EVIDENCE_KEPT_MAX 64

/* The value: how many heads, each one's size but the last's, the heads. */
static struct bytes write_value(const struct store_evidence *evidence, struct writer *w)
{
	writer_u8(w, (uint8_t)evidence->count);
	for (size_t i = 0; i + 1 < evidence->count; i++) {
		writer_u32(w, (uint32_t)evidence->heads[i].size);
	}
	for (size_t i = 0; i < evidence->count; i++) {
		writer_bytes(w, evidence->heads[i].data, evidence->heads[i].size);
	}
	return (struct bytes){ w->data, w->used };
}

/* As pairs were kept at first: the first head's size, which begins with a 0. */
static bool read_old(struct reader r, struct store_evidence *evidence)
{
	evidence->count = 2;
	evidence->heads[0] = reader_bytes(&r, reader_u32(&r));
	evidence->heads[1] = reader_bytes(&r, r.left);
	return !r.bad;
}

static bool read_value(struct bytes value, struct store_evidence *evidence)
{
	struct reader r, whole;
	uint32_t sizes[EVIDENCE_HEADS_MAX];

	reader_init(&whole, value.data, value.size);
	r = whole;
	evidence->count = reader_u8(&r);
	if (!r.bad && evidence->count == 0) {
		return read_old(whole, evidence);
	}
	if (r.bad || evidence->count < 2 || evidence->count > EVIDENCE_HEADS_MAX) {
		return false;
	}
	for (size_t i = 0; i + 1 < evidence->count; i++) {
		sizes[i] = reader_u32(&r);
	}
	for (size_t i = 0; i + 1 < evidence->count; i++) {
		evidence->heads[i] = reader_bytes(&r, sizes[i]);
	}
	evidence->heads[evidence->count - 1] = reader_bytes(&r, r.left);
	return !r.bad;
}

static bool count_one(void *context, const struct store_evidence *evidence)
{
	(void)evidence;
	++*(size_t *)context;
	return true;
}

static int check(struct store_txn *txn, const struct store_evidence *evidence)
{
	int error = txn_writes(txn);

	if (error == 0 &&
		(evidence->count < 2 || evidence->count > EVIDENCE_HEADS_MAX)) {
		return txn_fail(
			txn, CORDON_EINVAL, "evidence of %zu heads", evidence->count);
	}
	for (size_t i = 0; error == 0 && i < evidence->count; i++) {
		if (evidence->heads[i].size == 0 ||
			evidence->heads[i].size > HEAD_BYTES_MAX) {
			return txn_fail(txn, CORDON_EINVAL,
				"evidence with a head of %zu bytes",
				evidence->heads[i].size);
		}
	}
	return error;
}

int store_evidence_put(struct store_txn *txn, const struct head *first,
	const struct store_evidence *evidence, bool *added)
{
	uint8_t value[16 + EVIDENCE_HEADS_MAX * HEAD_BYTES_MAX];
	struct head named = *first;
	struct bytes bytes;
	struct writer w;
	struct key key;
	size_t count = 0;
	bool taken = true;
	int error = check(txn, evidence);

	if (error == 0) {
		error = store_evidence(txn, &first->list, count_one, &count);
	}
	if (error == 0 && count < EVIDENCE_KEPT_MAX) {
		writer_init(&w, value, sizeof(value));
		bytes = write_value(evidence, &w);
		error = hash_bytes(bytes.data, bytes.size, named.hash);
		if (error != 0) {
			return txn_fail(txn, error, "evidence has no hash");
		}
		key_evidence(&key, &named);
		error = db_insert(txn, TABLE_EVIDENCE, key_bytes(&key), bytes, &taken);
	}
	if (error == 0) {
		*added = !taken;
	}
	return error;
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
		struct store_evidence evidence;

		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found || !key_has_prefix(key, key_bytes(&from))) {
			break;
		}
		if (!read_value(value, &evidence)) {
			error = txn_corrupt(txn, TABLE_EVIDENCE, key, "no heads");
		} else {
			go_on = each(context, &evidence);
		}
	}
	db_cursor_close(&cursor);
	return error;
}
