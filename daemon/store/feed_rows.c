/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/feed_rows.h"

#include "daemon/store/deferred.h"
#include "daemon/store/index.h"
#include "daemon/store/lists.h"

struct area {
	enum table rows, ids;
};

static const struct area areas[] = {
	[FEED_LIVE] = { TABLE_FEED, TABLE_IDS },
	[FEED_STAGE] = { TABLE_STAGE, TABLE_STAGE_IDS },
};

static int read_row(struct feed_context *feed, enum feed_area area, struct bytes key,
	struct bytes value, struct row *row)
{
	uint64_t ref;

	if (!key_native_read(key, &ref) || !row_read(value, ref_sequence(ref), row)) {
		return txn_corrupt(feed->txn, areas[area].rows, key, "no row");
	}
	return 0;
}

int feed_row_get(struct feed_context *feed, enum feed_area area, uint64_t sequence,
	struct row *row, bool *found)
{
	struct bytes value;
	struct key key;
	int error;

	key_native(&key, ref_make(feed->number, sequence));
	error = db_get(feed->txn, areas[area].rows, key_bytes(&key), &value, found);
	if (error != 0 || !*found) {
		return error;
	}
	return read_row(feed, area, key_bytes(&key), value, row);
}

int feed_row_find(struct feed_context *feed, enum feed_area area, struct bytes id,
	struct row *row, bool *found)
{
	struct bytes value;
	struct key key;
	uint64_t ref;
	int error;

	if (id.size == 0 || id.size > CORDON_ID_MAX) {
		*found = false;
		return feed->txn->error;
	}
	key_id(&key, feed->number, id);
	error = db_get(feed->txn, areas[area].ids, key_bytes(&key), &value, found);
	if (error != 0 || !*found) {
		return error;
	}
	if (!ref_read(value, &ref)) {
		return txn_corrupt(
			feed->txn, areas[area].ids, key_bytes(&key), "no reference");
	}
	error = feed_row_get(feed, area, ref_sequence(ref), row, found);
	if (error == 0 && !*found) {
		error = txn_corrupt(feed->txn, areas[area].ids, key_bytes(&key),
			"names a row that is not there");
	}
	return error;
}

/* The first row of the list behind after. */
int feed_row_next(struct feed_context *feed, enum feed_area area, uint64_t after,
	struct row *row, bool *found)
{
	struct db_cursor cursor;
	struct bytes key, value;
	struct key from;
	uint64_t ref;
	int error = db_cursor_open(&cursor, feed->txn, areas[area].rows);

	key_native(&from, ref_make(feed->number, after + 1));
	key = key_bytes(&from);
	if (error == 0) {
		error = db_cursor_get(&cursor, MDB_SET_RANGE, &key, &value, found);
	}
	db_cursor_close(&cursor);
	if (error != 0 || !*found) {
		return error;
	}
	if (key_native_read(key, &ref) && ref_number(ref) != feed->number) {
		*found = false;
		return 0;
	}
	return read_row(feed, area, key, value, row);
}

static int remove_keys(
	struct feed_context *feed, uint64_t ref, const struct index_keys *keys)
{
	bool deferred;
	int error = deferred_check(feed, &deferred);

	if (error != 0) {
		return error;
	}
	return deferred ? deferred_remove(feed, ref, keys)
			: index_remove(feed->txn, &feed->list, ref, keys);
}

static int add_keys(
	struct feed_context *feed, uint64_t ref, const struct index_keys *keys)
{
	bool deferred;
	int error = deferred_check(feed, &deferred);

	if (error != 0) {
		return error;
	}
	return deferred ? deferred_add(feed, ref, keys)
			: index_add(feed->txn, &feed->list, ref, keys);
}

/* Removes a row and all that was derived from it; row may borrow from the map. */
int feed_row_remove(
	struct feed_context *feed, enum feed_area area, const struct row *row)
{
	struct store_txn *txn = feed->txn;
	uint64_t ref = ref_make(feed->number, row->entry.sequence);
	struct index_keys keys = { .any = false };
	bool not_understood = row->not_understood;
	struct key key, id;
	bool found = false;
	int error = 0;

	key_native(&key, ref);
	key_id(&id, feed->number, row->entry.id);
	if (area == FEED_LIVE) {
		error = index_derive(txn, &feed->list, &row->entry, &txn->arena, &keys);
	}
	if (error == 0 && area == FEED_LIVE) {
		error = remove_keys(feed, ref, &keys);
	}
	if (error == 0 && area == FEED_LIVE && not_understood) {
		error = list_count_not_understood(txn, &feed->list, false);
	}
	if (error == 0) {
		error = db_delete(txn, areas[area].ids, key_bytes(&id), &found);
	}
	if (error == 0) {
		error = db_delete(txn, areas[area].rows, key_bytes(&key), &found);
	}
	if (error == 0 && !found) {
		error = txn_corrupt(
			txn, areas[area].rows, key_bytes(&key), "is missing");
	}
	return error;
}

int feed_row_remove_id(struct feed_context *feed, enum feed_area area, struct bytes id)
{
	struct row row;
	bool found;
	int error = feed_row_find(feed, area, id, &row, &found);

	return error != 0 || !found ? error : feed_row_remove(feed, area, &row);
}

/* Writes a checked row whose bytes stand in txn->row. */
static int insert_row(struct feed_context *feed, enum feed_area area, uint64_t sequence,
	struct bytes id, struct bytes value)
{
	uint64_t ref = ref_make(feed->number, sequence);
	struct store_txn *txn = feed->txn;
	uint8_t ref_value[REF_BYTES];
	struct key key;
	bool taken;
	int error;

	key_native(&key, ref);
	error = db_append(txn, areas[area].rows, key_bytes(&key), value, &taken);
	if (error == 0 && taken) {
		return txn_fail(txn, CORDON_ECONFLICT,
			"%.*s: its sequence %llu is another record's", (int)id.size,
			(const char *)id.data, (unsigned long long)sequence);
	}
	if (error == 0) {
		ref_write(ref, ref_value);
		key_id(&key, feed->number, id);
		error = db_put(txn, areas[area].ids, key_bytes(&key),
			(struct bytes){ ref_value, sizeof(ref_value) });
	}
	return error;
}

/* Copies row out of wherever it lies; *copy borrows from txn->row. */
static int copy_row(
	struct store_txn *txn, struct row *row, struct row *copy, struct bytes *value)
{
	value->data = txn->row;
	value->size = row_write(row, txn->row);
	if (!row_read(*value, row->entry.sequence, copy)) {
		return txn_fail(txn, CORDON_EINTERNAL, "a row cannot be read back");
	}
	return 0;
}

static int keys_of(
	struct feed_context *feed, const struct entry *entry, struct index_keys *keys)
{
	struct store_txn *txn = feed->txn;
	const struct index_keys *prepared = prepared_keys(feed->prepared, entry);

	if (prepared != NULL) {
		*keys = *prepared;
		return txn->error;
	}
	return index_derive(txn, &feed->list, entry, &txn->arena, keys);
}

int feed_row_put(
	struct feed_context *feed, enum feed_area area, const struct entry *entry)
{
	struct store_txn *txn = feed->txn;
	struct row row = { .entry = *entry }, copy;
	struct index_keys keys = { .any = false };
	struct bytes value;
	int error = 0;

	arena_reset(&txn->arena);
	if (area == FEED_LIVE) {
		error = keys_of(feed, entry, &keys);
	}
	row.not_understood = keys.not_understood;
	if (error == 0) {
		error = copy_row(txn, &row, &copy, &value);
	}
	if (error == 0) {
		error = feed_row_remove_id(feed, area, copy.entry.id);
	}
	if (error == 0) {
		error = insert_row(
			feed, area, copy.entry.sequence, copy.entry.id, value);
	}
	if (error == 0 && area == FEED_LIVE) {
		error = add_keys(
			feed, ref_make(feed->number, copy.entry.sequence), &keys);
	}
	if (error == 0 && keys.not_understood) {
		error = list_count_not_understood(txn, &feed->list, true);
	}
	return error;
}
