/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/lists.h"
#include "daemon/store/feed_rows.h"

/* All that stands in a list's feed, whether it can be read or not. */

int store_walk(struct store_txn *txn, const struct list_id *list, uint64_t after,
	struct store_walked *walked)
{
	struct db_cursor cursor;
	struct bytes key, value;
	struct key from;
	struct row row;
	uint16_t number;
	uint64_t ref;
	bool found = false;
	int error = list_number(txn, list, false, &number);

	walked->found = false;
	if (error != 0 || number == 0 || after >= REF_SEQUENCE_MAX) {
		return error;
	}
	error = db_cursor_open(&cursor, txn, TABLE_FEED);
	key_native(&from, ref_make(number, after + 1));
	key = key_bytes(&from);
	if (error == 0) {
		error = db_cursor_get(&cursor, MDB_SET_RANGE, &key, &value, &found);
	}
	db_cursor_close(&cursor);
	if (error != 0 || !found || !key_native_read(key, &ref) ||
		ref_number(ref) != number) {
		return error;
	}
	walked->found = true;
	walked->sequence = ref_sequence(ref);
	walked->readable = row_read(value, walked->sequence, &row);
	if (walked->readable) {
		walked->entry = row.entry;
	}
	return 0;
}
