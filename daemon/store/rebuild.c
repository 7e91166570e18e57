/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/rebuild.h"

#include <string.h>

#include "daemon/store/index.h"
#include "daemon/store/lists.h"
#include "daemon/store/meta.h"

#define MARK_VERSION_BYTES 4
#define MARK_BYTES (MARK_VERSION_BYTES + HASH_BYTES)
#define SAMPLE_BYTES_MAX 16384

static const char *const sample_numbers[] = { "МР 1234567", "ОО0QD-ILZ5S8BG6",
	"Ж/№ 77" };

static void write_sample_numbers(struct writer *w)
{
	for (size_t i = 0; i < sizeof(sample_numbers) / sizeof(sample_numbers[0]);
		i++) {
		char normalised[CORDON_NUMBER_MAX + 1] = "";
		char skeleton[CORDON_NUMBER_MAX + 1] = "";

		if (cordon_number_normalise(sample_numbers[i], normalised) == 0) {
			document_skeleton(normalised, skeleton);
		}
		writer_bytes(w, skeleton, sizeof(skeleton));
	}
}

static void write_sample_range(struct writer *w)
{
	struct document_block blocks[DOCUMENT_BLOCKS_MAX];
	struct document_range range;
	size_t count = 0;

	if (document_range_parse("AB0000123", "AB0023456", &range, NULL) == 0) {
		count = document_range_split(&range, blocks);
	}
	for (size_t i = 0; i < count; i++) {
		writer_u8(w, blocks[i].length);
		writer_bytes(w, blocks[i].text, strlen(blocks[i].text) + 1);
	}
}

static int make_mark(struct store_txn *txn, uint8_t mark[MARK_BYTES])
{
	uint8_t *samples;
	struct writer w, version;
	int error;

	arena_reset(&txn->arena);
	samples = arena_alloc(&txn->arena, SAMPLE_BYTES_MAX);
	if (samples == NULL) {
		return txn_fail(txn, CORDON_ENOMEM, "out of memory");
	}
	writer_init(&w, samples, SAMPLE_BYTES_MAX);
	write_sample_numbers(&w);
	write_sample_range(&w);
	error = w.bad ? CORDON_EINTERNAL : 0;
	writer_init(&version, mark, MARK_VERSION_BYTES);
	writer_u32(&version, INDEX_RULES);
	if (error == 0) {
		error = hash_bytes(samples, w.used, mark + MARK_VERSION_BYTES);
	}
	return error == 0 ? 0
			  : txn_fail(txn, error, "make the mark of the index rules: %s",
				    cordon_error_text(error));
}

/* Makes the index entries of one live row anew; its flag is rewritten only if it
 * differs. */
static int index_row(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	struct row *row)
{
	struct index_keys keys;
	struct bytes value;
	struct key key;
	int error;

	arena_reset(&txn->arena);
	error = index_derive(txn, list, &row->entry, &txn->arena, &keys);
	if (error == 0 && keys.not_understood) {
		error = list_count_not_understood(txn, list, true);
	}
	if (error == 0 && keys.not_understood != row->not_understood) {
		row->not_understood = keys.not_understood;
		value = (struct bytes){ txn->row, row_write(row, txn->row) };
		key_native(&key, ref);
		error = db_put(txn, TABLE_FEED, key_bytes(&key), value);
	}
	return error != 0 ? error : index_add(txn, list, ref, &keys);
}

static int index_list(
	void *context, const struct list_id *list, const struct list_row *list_row)
{
	struct store_txn *txn = context;
	uint64_t ref = ref_make(list_row->number, 0);
	bool found = true;
	int error = list_reset_not_understood(txn, list);

	while (error == 0) {
		struct db_cursor cursor;
		struct bytes key, value;
		struct key from;
		struct row row;

		key_native(&from, ref + 1);
		key = key_bytes(&from);
		error = db_cursor_open(&cursor, txn, TABLE_FEED);
		if (error == 0) {
			error = db_cursor_get(
				&cursor, MDB_SET_RANGE, &key, &value, &found);
		}
		db_cursor_close(&cursor);
		if (error != 0 || !found) {
			break;
		}
		if (!key_native_read(key, &ref) ||
			!row_read(value, ref_sequence(ref), &row)) {
			error = txn_corrupt(txn, TABLE_FEED, key, "no row");
		} else if (ref_number(ref) != list_row->number) {
			break;
		} else {
			error = index_row(txn, list, ref, &row);
		}
	}
	return error;
}

static int rebuild(struct store_txn *txn)
{
	static const enum table indexes[] = { TABLE_DOCUMENTS, TABLE_LENGTHS,
		TABLE_DUE };
	int error = txn->error;

	for (size_t i = 0; error == 0 && i < sizeof(indexes) / sizeof(indexes[0]);
		i++) {
		error = db_drop(txn, indexes[i]);
	}
	return error != 0 ? error : list_each(txn, index_list, txn);
}

int rebuild_if_rules_changed(struct store_txn *txn)
{
	uint8_t mark[MARK_BYTES];
	struct bytes old;
	bool found;
	int error = make_mark(txn, mark);

	if (error == 0) {
		error = meta_get(txn, META_RULES, &old, &found);
	}
	if (error != 0 || (found && old.size == sizeof(mark) &&
				  memcmp(old.data, mark, sizeof(mark)) == 0)) {
		return error;
	}
	if (found) {
		error = rebuild(txn);
	}
	return error != 0 ? error
			  : meta_put(txn, META_RULES,
				    (struct bytes){ mark, sizeof(mark) });
}
