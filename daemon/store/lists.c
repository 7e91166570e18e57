/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/lists.h"
#include "daemon/store/rebuild.h"

#include <string.h>

#define ROW_VERSION 1
#define ROW_BYTES (1 + 2 + 1 + 16 + 3 * 8)

static bool decode_row(struct bytes value, struct list_row *row)
{
	struct reader r;
	uint8_t version;

	reader_init(&r, value.data, value.size);
	version = reader_u8(&r);
	row->number = reader_u16(&r);
	row->phase = reader_u8(&r);
	row->epoch.number = reader_u64(&r);
	row->epoch.tag = reader_u64(&r);
	row->sequence = reader_u64(&r);
	row->head_time_s = (int64_t)reader_u64(&r);
	row->not_understood = reader_u64(&r);
	return reader_done(&r) && version == ROW_VERSION && row->number != 0 &&
	       row->phase <= COPY_STOPPED;
}

int list_row_get(struct store_txn *txn, const struct list_id *list,
	struct list_row *row, bool *found)
{
	struct bytes value;
	struct key key;
	int error;

	key_list(&key, list);
	error = db_get(txn, TABLE_LISTS, key_bytes(&key), &value, found);
	if (error != 0 || !*found) {
		return error;
	}
	if (!decode_row(value, row)) {
		return txn_corrupt(txn, TABLE_LISTS, key_bytes(&key), "no list's row");
	}
	return 0;
}

int list_row_put(
	struct store_txn *txn, const struct list_id *list, const struct list_row *row)
{
	uint8_t value[ROW_BYTES];
	struct writer w;
	struct key key;

	writer_init(&w, value, sizeof(value));
	writer_u8(&w, ROW_VERSION);
	writer_u16(&w, row->number);
	writer_u8(&w, row->phase);
	writer_u64(&w, row->epoch.number);
	writer_u64(&w, row->epoch.tag);
	writer_u64(&w, row->sequence);
	writer_u64(&w, (uint64_t)row->head_time_s);
	writer_u64(&w, row->not_understood);
	key_list(&key, list);
	return db_put_changed(
		txn, TABLE_LISTS, key_bytes(&key), (struct bytes){ value, w.used });
}

/* One more than the highest number ever given. */
static int next_number(struct store_txn *txn, uint16_t *number)
{
	struct bytes key = { NULL, 0 }, value;
	struct db_cursor cursor;
	bool found = false;
	int error = db_cursor_open(&cursor, txn, TABLE_NUMBERS);

	if (error == 0) {
		error = db_cursor_get(&cursor, MDB_LAST, &key, &value, &found);
	}
	if (error == 0 && !found) {
		*number = 1;
	} else if (error == 0) {
		struct reader r;
		uint16_t last;

		reader_init(&r, key.data, key.size);
		last = reader_u16(&r);
		if (!reader_done(&r)) {
			error = txn_corrupt(
				txn, TABLE_NUMBERS, key, "no list's number");
		} else if (last == UINT16_MAX) {
			error = txn_fail(txn, CORDON_ETOOBIG, "%s: more than %u lists",
				txn->store->path, UINT16_MAX);
		} else {
			*number = (uint16_t)(last + 1);
		}
	}
	db_cursor_close(&cursor);
	return error;
}

/* The list's row; of a list never heard of one with the next number. */
int list_row_make(
	struct store_txn *txn, const struct list_id *list, struct list_row *row)
{
	struct key key, value;
	bool found;
	int error = txn_writes(txn);

	if (error == 0) {
		error = list_row_get(txn, list, row, &found);
	}
	if (error != 0 || found) {
		return error;
	}
	memset(row, 0, sizeof(*row));
	error = next_number(txn, &row->number);
	if (error != 0) {
		return error;
	}
	key_number(&key, row->number);
	key_list(&value, list);
	error = db_put(txn, TABLE_NUMBERS, key_bytes(&key), key_bytes(&value));
	return error != 0 ? error : list_row_put(txn, list, row);
}

int list_number(
	struct store_txn *txn, const struct list_id *list, bool make, uint16_t *number)
{
	struct list_row row;
	bool found = true;
	int error = make ? list_row_make(txn, list, &row)
			 : list_row_get(txn, list, &row, &found);

	if (error == 0) {
		*number = found ? row.number : 0;
	}
	return error;
}

int list_of_number(struct store_txn *txn, uint16_t number, struct list_id *list)
{
	struct bytes value;
	struct key key;
	bool found;
	int error;

	key_number(&key, number);
	error = db_get(txn, TABLE_NUMBERS, key_bytes(&key), &value, &found);
	if (error == 0 && (!found || !key_list_read(value, list))) {
		error = txn_corrupt(
			txn, TABLE_NUMBERS, key_bytes(&key), "no list of that number");
	}
	return error;
}

int list_count_not_understood(
	struct store_txn *txn, const struct list_id *list, bool more)
{
	struct list_row row;
	int error = list_row_make(txn, list, &row);

	if (error != 0) {
		return error;
	}
	if (!more && row.not_understood == 0) {
		struct key key;

		key_list(&key, list);
		return txn_corrupt(txn, TABLE_LISTS, key_bytes(&key),
			"counts fewer rows that are not understood than there are");
	}
	row.not_understood = more ? row.not_understood + 1 : row.not_understood - 1;
	return list_row_put(txn, list, &row);
}

int list_reset_not_understood(struct store_txn *txn, const struct list_id *list)
{
	struct list_row row;
	int error = list_row_make(txn, list, &row);

	if (error != 0) {
		return error;
	}
	row.not_understood = 0;
	return list_row_put(txn, list, &row);
}

int list_each(struct store_txn *txn, list_each_fn *each, void *context)
{
	struct bytes key = { NULL, 0 }, value;
	struct db_cursor cursor;
	bool found = true;
	int error = db_cursor_open(&cursor, txn, TABLE_LISTS);
	MDB_cursor_op op = MDB_FIRST;

	while (error == 0) {
		struct list_id list;
		struct list_row row;

		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found) {
			break;
		}
		if (!key_list_read(key, &list) || !decode_row(value, &row)) {
			error = txn_corrupt(txn, TABLE_LISTS, key, "no list's row");
		} else {
			error = each(context, &list, &row);
		}
	}
	db_cursor_close(&cursor);
	return error;
}

struct collected {
	struct store_txn *txn;
	struct store_list_info *infos;
	size_t count, room;
	struct arena *arena;
	bool persons_partial;
	uint64_t persons_at;
};

static int collect(
	void *context, const struct list_id *list, const struct list_row *row)
{
	struct collected *all = context;

	if (all->count == all->room) {
		size_t room = all->room == 0 ? 16 : 2 * all->room;
		struct store_list_info *grown =
			arena_array(all->arena, room, sizeof(*grown));

		if (grown == NULL) {
			return txn_fail(all->txn, CORDON_ENOMEM,
				"out of memory for the table of lists");
		}
		if (all->count > 0) {
			memcpy(grown, all->infos, all->count * sizeof(*grown));
		}
		all->infos = grown;
		all->room = room;
	}
	all->infos[all->count++] = (struct store_list_info){
		.list = *list,
		.phase = (enum copy_phase)row->phase,
		.epoch = row->epoch,
		.sequence = row->sequence,
		.head_time_s = row->head_time_s,
		.not_understood = row->not_understood,
		.persons_partial = all->persons_partial &&
				   row->number >= ref_number(all->persons_at),
	};
	return 0;
}

int store_list_infos(struct store_txn *txn, struct arena *arena,
	struct store_list_info **out, size_t *count)
{
	struct collected all = { .txn = txn, .arena = arena };
	int error = persons_at(txn, &all.persons_partial, &all.persons_at);

	if (error == 0) {
		error = list_each(txn, collect, &all);
	}

	if (error == 0) {
		*out = all.infos;
		*count = all.count;
	}
	return error;
}

int store_lists(
	struct store_txn *txn, struct arena *arena, struct list_id **out, size_t *count)
{
	struct store_list_info *infos;
	struct list_id *lists;
	size_t n;
	int error = store_list_infos(txn, arena, &infos, &n);

	if (error != 0) {
		return error;
	}
	lists = arena_array(arena, n, sizeof(*lists));
	if (lists == NULL) {
		return txn_fail(
			txn, CORDON_ENOMEM, "out of memory for the table of lists");
	}
	for (size_t i = 0; i < n; i++) {
		lists[i] = infos[i].list;
	}
	*out = lists;
	*count = n;
	return 0;
}
