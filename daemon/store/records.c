/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "daemon/store/index.h"
#include "daemon/store/lists.h"

/* Records by id, by reference, and by what a question asks. */

static int get_row(struct store_txn *txn, uint64_t ref, const struct list_id *list,
	struct store_row *out)
{
	struct bytes value;
	struct key key;
	struct row row;
	bool found;
	int error;

	key_native(&key, ref);
	error = db_get(txn, TABLE_FEED, key_bytes(&key), &value, &found);
	if (error != 0) {
		return error;
	}
	if (!found || !row_read(value, ref_sequence(ref), &row)) {
		return txn_corrupt(txn, TABLE_FEED, key_bytes(&key),
			found ? "no row" : "an index names a row that is not there");
	}
	out->ref = ref;
	out->list = *list;
	out->entry = row.entry;
	return 0;
}

int store_row(struct store_txn *txn, uint64_t ref, struct store_row *row)
{
	struct list_id list;
	int error = list_of_number(txn, ref_number(ref), &list);

	return error != 0 ? error : get_row(txn, ref, &list, row);
}

struct search {
	struct store_txn *txn;
	struct state owner;
	struct bytes id;
	struct store_row *row;
	bool found;
};

/* Looks for the id in one of the owner's lists; a live row goes before a tombstone. */
static int search_list(
	void *context, const struct list_id *list, const struct list_row *list_row)
{
	struct search *search = context;
	struct store_row row;
	struct bytes value;
	struct key key;
	uint64_t ref;
	bool found;
	int error;

	if (!ident_state_equal(&list->owner, &search->owner)) {
		return 0;
	}
	key_id(&key, list_row->number, search->id);
	error = db_get(search->txn, TABLE_IDS, key_bytes(&key), &value, &found);
	if (error != 0 || !found) {
		return error;
	}
	if (!ref_read(value, &ref)) {
		return txn_corrupt(search->txn, TABLE_IDS, key_bytes(&key), "no row");
	}
	error = get_row(search->txn, ref, list, &row);
	if (error == 0 && (!search->found || row.entry.state == ENTRY_LIVE)) {
		*search->row = row;
		search->found = true;
	}
	return error;
}

int store_find(struct store_txn *txn, const char *id, size_t id_bytes,
	struct store_row *row, bool *found)
{
	struct store_row out;
	struct search search = { .txn = txn, .row = &out };
	int error;

	search.id = (struct bytes){ (const uint8_t *)id, id_bytes };
	if (!ident_record_id_valid(id, id_bytes) ||
		!ident_state_set(&search.owner, id, 3)) {
		*found = false;
		return txn->error;
	}
	error = list_each(txn, search_list, &search);
	if (error == 0) {
		*found = search.found;
		if (search.found) {
			*row = out;
		}
	}
	return error;
}

static int compare_refs(const void *a, const void *b)
{
	uint64_t x, y;

	x = *(const uint64_t *)a;
	y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* A row may have been found by several keys. */
static void make_unique(struct candidates *candidates)
{
	size_t kept = 0;

	if (candidates->count > 1) {
		qsort(candidates->refs, candidates->count, sizeof(candidates->refs[0]),
			compare_refs);
	}
	for (size_t i = 0; i < candidates->count; i++) {
		if (kept == 0 || candidates->refs[kept - 1] != candidates->refs[i]) {
			candidates->refs[kept++] = candidates->refs[i];
		}
	}
	candidates->count = kept;
}

static bool contains(const struct candidates *candidates, uint64_t ref)
{
	return candidates->count > 0 &&
	       bsearch(&ref, candidates->refs, candidates->count,
		       sizeof(candidates->refs[0]), compare_refs) != NULL;
}

static void add_candidate(struct candidates *candidates, uint64_t ref)
{
	if (candidates->count == candidates->max) {
		make_unique(candidates);
	}
	if (candidates->count < candidates->max) {
		candidates->refs[candidates->count++] = ref;
	} else if (!contains(candidates, ref)) {
		candidates->cut = true;
	}
}

int index_collect(struct store_txn *txn, enum table table, struct bytes key,
	struct candidates *candidates)
{
	struct db_cursor cursor;
	struct bytes at = key, value;
	bool found = true;
	MDB_cursor_op op = MDB_SET;
	int error = db_cursor_open(&cursor, txn, table);

	while (error == 0 && !candidates->cut) {
		uint64_t ref;

		error = db_cursor_get(&cursor, op, &at, &value, &found);
		op = MDB_NEXT_DUP;
		if (error != 0 || !found) {
			break;
		}
		if (!key_native_read(value, &ref)) {
			error = txn_corrupt(txn, table, key, "no reference to a row");
		} else {
			add_candidate(candidates, ref);
		}
	}
	db_cursor_close(&cursor);
	return error;
}

int store_candidates(struct store_txn *txn, const struct question *question,
	uint64_t *refs, size_t max, size_t *count, bool *cut)
{
	struct candidates candidates = { .refs = refs, .max = max };
	int error = txn->error;

	if (error == 0 && question->has_number) {
		error = documents_find(txn, question->skeleton, &candidates);
	}
	if (error == 0 && question->has_personal_number) {
		error = documents_find_personal(
			txn, question->personal_skeleton, &candidates);
	}
	if (error == 0) {
		make_unique(&candidates);
		*count = candidates.count;
		*cut = candidates.cut;
	}
	return error;
}
