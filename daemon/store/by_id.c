/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/feed_rows.h"
#include "daemon/store/lists.h"

/* Live rows of one list in the order of their ids. */

static int seek(struct store_txn *txn, const struct key *from, bool after,
	struct bytes *key, struct bytes *value, bool *found)
{
	struct db_cursor cursor;
	int error = db_cursor_open(&cursor, txn, TABLE_IDS);

	*key = key_bytes(from);
	if (error == 0) {
		error = db_cursor_get(&cursor, MDB_SET_RANGE, key, value, found);
	}
	if (error == 0 && *found && after && key->size == from->size &&
		memcmp(key->data, from->data, from->size) == 0) {
		error = db_cursor_get(&cursor, MDB_NEXT, key, value, found);
	}
	db_cursor_close(&cursor);
	return error;
}

static int read_row(struct store_txn *txn, const struct list_id *list, uint16_t number,
	struct bytes key, struct bytes value, struct entry *row)
{
	struct feed_context feed = { .txn = txn, .list = *list, .number = number };
	struct row out;
	bool found = false;
	uint64_t ref;
	int error = 0;

	if (ref_read(value, &ref)) {
		error = feed_row_get(&feed, FEED_LIVE, ref_sequence(ref), &out, &found);
	}
	if (error == 0 && !found) {
		error = txn_corrupt(
			txn, TABLE_IDS, key, "names a row that is not there");
	}
	if (error == 0) {
		*row = out.entry;
	}
	return error;
}

int store_next_id(struct store_txn *txn, const struct list_id *list, struct bytes from,
	bool after, struct entry *row, bool *found)
{
	struct key at, prefix;
	struct bytes key, value;
	uint16_t number;
	bool there = false;
	int error = list_number(txn, list, false, &number);

	if (error == 0 && number != 0 && from.size <= CORDON_ID_MAX) {
		key_number(&prefix, number);
		key_id(&at, number, from);
		error = seek(txn, &at, after, &key, &value, &there);
		there = error == 0 && there && key_has_prefix(key, key_bytes(&prefix));
	}
	if (there) {
		error = read_row(txn, list, number, key, value, row);
	}
	if (error == 0) {
		*found = there;
	}
	return error;
}
