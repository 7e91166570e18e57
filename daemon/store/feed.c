/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/store/index.h"
#include "daemon/store/lists.h"

/*
 * The rows of one list for core/repl.  A row of live stands in feed under its
 * reference, in ids under its id, and in the indexes; one of the stage in stage and
 * stage_ids.  Everything that a change needs of rows is copied out of the map or
 * derived from it before the first write, since a write may move what is borrowed.
 */

struct feed_context {
	struct feed_context *next;
	struct store_txn *txn;
	struct list_id list;
	uint16_t number; /* 0: not known yet */
};

struct area {
	enum table rows, ids;
};

static const struct area areas[] = {
	[FEED_LIVE] = { TABLE_FEED, TABLE_IDS },
	[FEED_STAGE] = { TABLE_STAGE, TABLE_STAGE_IDS },
};

/* An aborted transaction gives no number for good, but its feed ends with it. */
static int number_of(struct feed_context *feed, bool make)
{
	if (feed->number != 0) {
		return feed->txn->error;
	}
	return list_number(feed->txn, &feed->list, make, &feed->number);
}

static int read_row(struct feed_context *feed, enum feed_area area, struct bytes key,
	struct bytes value, struct row *row)
{
	uint64_t ref;

	if (!key_native_read(key, &ref) || !row_read(value, ref_sequence(ref), row)) {
		return txn_corrupt(feed->txn, areas[area].rows, key, "no row");
	}
	return 0;
}

static int get_row(struct feed_context *feed, enum feed_area area, uint64_t ref,
	struct row *row, bool *found)
{
	struct bytes value;
	struct key key;
	int error;

	key_native(&key, ref);
	error = db_get(feed->txn, areas[area].rows, key_bytes(&key), &value, found);
	if (error != 0 || !*found) {
		return error;
	}
	return read_row(feed, area, key_bytes(&key), value, row);
}

static int find_row(struct feed_context *feed, enum feed_area area, struct bytes id,
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
	error = get_row(feed, area, ref, row, found);
	if (error == 0 && !*found) {
		error = txn_corrupt(feed->txn, areas[area].ids, key_bytes(&key),
			"names a row that is not there");
	}
	return error;
}

static int feed_find(void *context, enum feed_area area, struct bytes id,
	struct entry *row, bool *found)
{
	struct feed_context *feed = context;
	struct row out;
	bool there = false;
	int error = number_of(feed, false);

	if (error == 0 && feed->number != 0) {
		error = find_row(feed, area, id, &out, &there);
	}
	if (error == 0) {
		*found = there;
		if (there) {
			*row = out.entry;
		}
	}
	return error;
}

/* The first row of the list behind after. */
static int next_row(struct feed_context *feed, enum feed_area area, uint64_t after,
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

static int feed_next(void *context, enum feed_area area, uint64_t after,
	struct entry *row, bool *found)
{
	struct feed_context *feed = context;
	struct row out;
	bool there = false;
	int error = number_of(feed, false);

	if (error == 0 && feed->number != 0 && after < REF_SEQUENCE_MAX) {
		error = next_row(feed, area, after, &out, &there);
	}
	if (error == 0) {
		*found = there;
		if (there) {
			*row = out.entry;
		}
	}
	return error;
}

/* Removes a row and all that was derived from it; row may borrow from the map. */
static int remove_row(
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
	if (error == 0) {
		error = index_remove(txn, &feed->list, ref, &keys);
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

static int remove_id(struct feed_context *feed, enum feed_area area, struct bytes id)
{
	struct row row;
	bool found;
	int error = find_row(feed, area, id, &row, &found);

	return error != 0 || !found ? error : remove_row(feed, area, &row);
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
	error = db_insert(txn, areas[area].rows, key_bytes(&key), value, &taken);
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

static int put_row(
	struct feed_context *feed, enum feed_area area, const struct entry *entry)
{
	struct store_txn *txn = feed->txn;
	struct row row = { .entry = *entry }, copy;
	struct index_keys keys = { .any = false };
	struct bytes value;
	int error = 0;

	arena_reset(&txn->arena);
	if (area == FEED_LIVE) {
		error = index_derive(txn, &feed->list, entry, &txn->arena, &keys);
	}
	row.not_understood = keys.not_understood;
	if (error == 0) {
		error = copy_row(txn, &row, &copy, &value);
	}
	if (error == 0) {
		error = remove_id(feed, area, copy.entry.id);
	}
	if (error == 0) {
		error = insert_row(
			feed, area, copy.entry.sequence, copy.entry.id, value);
	}
	if (error == 0) {
		error = index_add(txn, &feed->list,
			ref_make(feed->number, copy.entry.sequence), &keys);
	}
	if (error == 0 && keys.not_understood) {
		error = list_count_not_understood(txn, &feed->list, true);
	}
	return error;
}

static int feed_put(void *context, enum feed_area area, const struct entry *row)
{
	struct feed_context *feed = context;
	struct store_txn *txn = feed->txn;
	struct errmsg msg = { "" };
	int error = txn_writes(txn);

	if (error == 0) {
		error = row_check(row, &msg);
		if (error != 0) {
			return txn_fail(txn, error, "%s", msg.text);
		}
	}
	if (error == 0) {
		error = number_of(feed, true);
	}
	return error != 0 ? error : put_row(feed, area, row);
}

static int feed_remove(void *context, enum feed_area area, struct bytes id)
{
	struct feed_context *feed = context;
	int error = txn_writes(feed->txn);

	if (error == 0) {
		error = number_of(feed, false);
	}
	if (error != 0 || feed->number == 0) {
		return error;
	}
	arena_reset(&feed->txn->arena);
	return remove_id(feed, area, id);
}

/*
 * The live row is made of the staged row's bytes, which stay where they are in the map
 * until the stage's copy is deleted; put_row copies them before it writes.
 */
static int feed_promote(void *context, uint64_t sequence)
{
	struct feed_context *feed = context;
	struct store_txn *txn = feed->txn;
	uint8_t id[CORDON_ID_MAX];
	struct row row;
	bool found = false;
	size_t size;
	int error = txn_writes(txn);

	if (error == 0) {
		error = number_of(feed, false);
	}
	if (error == 0 && feed->number != 0 && sequence <= REF_SEQUENCE_MAX) {
		error = get_row(feed, FEED_STAGE, ref_make(feed->number, sequence),
			&row, &found);
	}
	if (error == 0 && !found) {
		error = txn_fail(txn, CORDON_ENOTFOUND,
			"sequence %llu is not in the stage",
			(unsigned long long)sequence);
	}
	if (error != 0) {
		return error;
	}
	size = row.entry.id.size;
	memcpy(id, row.entry.id.data, size);
	error = put_row(feed, FEED_LIVE, &row.entry);
	if (error == 0) {
		error = remove_id(feed, FEED_STAGE, (struct bytes){ id, size });
	}
	return error;
}

static int feed_clear(void *context, enum feed_area area)
{
	struct feed_context *feed = context;
	bool found = true;
	int error = txn_writes(feed->txn);

	if (error == 0) {
		error = number_of(feed, false);
	}
	while (error == 0 && feed->number != 0 && found) {
		struct row row;

		error = next_row(feed, area, 0, &row, &found);
		if (error == 0 && found) {
			arena_reset(&feed->txn->arena);
			error = remove_row(feed, area, &row);
		}
	}
	return error;
}

static const struct feed_ops ops = {
	.find = feed_find,
	.next = feed_next,
	.put = feed_put,
	.remove = feed_remove,
	.promote = feed_promote,
	.clear = feed_clear,
};

int store_feed(struct store_txn *txn, const struct list_id *list, struct feed *feed)
{
	struct feed_context *context = txn->feeds;

	if (txn->error != 0) {
		return txn->error;
	}
	while (context != NULL && !ident_list_equal(&context->list, list)) {
		context = context->next;
	}
	if (context == NULL) {
		context = calloc(1, sizeof(*context));
		if (context == NULL) {
			return txn_fail(txn, CORDON_ENOMEM, "out of memory for a feed");
		}
		context->txn = txn;
		context->list = *list;
		context->next = txn->feeds;
		txn->feeds = context;
	}
	feed->ops = &ops;
	feed->context = context;
	feed->list = *list;
	return 0;
}

void feeds_free(struct store_txn *txn)
{
	while (txn->feeds != NULL) {
		struct feed_context *next = txn->feeds->next;

		free(txn->feeds);
		txn->feeds = next;
	}
}
