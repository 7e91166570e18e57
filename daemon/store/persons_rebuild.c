/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/deferred_keys.h"
#include "daemon/store/lists.h"
#include "daemon/store/meta.h"
#include "daemon/store/rebuild.h"
#include "proto/digest.h"

/* Postings and cards made anew by other rules, from the rows, a few at a time. */

#define MARK_VERSION_BYTES 4
#define MARK_BYTES (MARK_VERSION_BYTES + HASH_BYTES)
#define SAMPLE_BYTES_MAX 16384

/* ---- by which rules ---------------------------------------------------------------
 */

/* Nobody's, in the scripts that members write. */
#define SAMPLE_NAMES 8
static const char *const sample_names[SAMPLE_NAMES][2] = {
	{ "ЩЕРБАКОВ-ЁЛКИН", "ЮЛІЯ ЎЛАДЗІСЛАВАЎНА" },
	{ "ЖАҢАБАЕВ", "ӨМІРЗАҚ ҒАБИТҰЛЫ" },
	{ "O'G'IZBEKOV", "Çağrı Şöhrət" },
	{ "Ղազարյան", "Եղիշե" },
	{ "ჭავჭავაძე", "ნინო" },
	{ "ТОҶИДДИНЗОДА", "ҶӮРАБЕК" },
	{ "الأنصاري", "عبد القادر" },
	{ "毛利", "小五郎" },
};

static int write_samples(struct store_txn *txn, struct writer *w)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < SAMPLE_NAMES; i++) {
		struct cordon_name name = { .type = CORDON_NAME_PRIMARY,
			.surname = sample_names[i][0],
			.given = sample_names[i][1] };
		struct cordon_person person = { .names = &name, .names_count = 1 };
		struct cordon_record record = { .kind = CORDON_KIND_ENTRY_BAN,
			.person = &person };
		struct index_person made = { .count = 0 };
		bool cut = false;

		error = persons_derive(
			txn->store->match, &record, &txn->arena, &made, &cut);
		writer_bytes(w, made.card.data, made.card.size);
		for (size_t k = 0; k < made.count; k++) {
			struct person_posting posting;

			persons_posting(&made.postings[k], 0, &posting);
			writer_bytes(w, posting.key.data, posting.key.size);
			writer_bytes(w, posting.value, sizeof(posting.value));
		}
	}
	return error == 0 && w->bad ? CORDON_EINTERNAL : error;
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
	writer_init(&version, mark, MARK_VERSION_BYTES);
	writer_u32(&version, MATCH_RULES_VERSION);
	error = write_samples(txn, &w);
	if (error == 0) {
		error = hash_bytes(samples, w.used, mark + MARK_VERSION_BYTES);
	}
	return error == 0
		       ? 0
		       : txn_fail(txn, error, "make the mark of the names' rules: %s",
				 cordon_error_text(error));
}

/* ---- how far ----------------------------------------------------------------------
 */

struct place {
	bool partial;
	uint64_t at, rows;
};

#define PLACE_BYTES 16

static int place_get(struct store_txn *txn, struct place *place)
{
	struct bytes value;
	struct reader r;
	int error = meta_get(txn, META_PERSONS_AT, &value, &place->partial);

	if (error != 0 || !place->partial) {
		return error;
	}
	reader_init(&r, value.data, value.size);
	place->at = reader_u64(&r);
	place->rows = reader_u64(&r);
	return reader_done(&r)
		       ? 0
		       : txn_fail(txn, CORDON_ECORRUPT,
				 "%s: table meta, key " META_PERSONS_AT ": no place",
				 txn->store->path);
}

static int place_put(struct store_txn *txn, const struct place *place)
{
	uint8_t bytes[PLACE_BYTES];
	struct writer w;

	writer_init(&w, bytes, sizeof(bytes));
	writer_u64(&w, place->at);
	writer_u64(&w, place->rows);
	return meta_put(txn, META_PERSONS_AT, (struct bytes){ bytes, w.used });
}

int persons_at(struct store_txn *txn, bool *partial, uint64_t *at)
{
	struct place place = { .at = 0 };
	int error = place_get(txn, &place);

	if (error == 0) {
		*partial = place.partial;
		*at = place.at;
	}
	return error;
}

static int rows_in_all(struct store_txn *txn, uint64_t *rows)
{
	MDB_stat stat;
	int rc = mdb_stat(txn->mdb, txn->env->tables[TABLE_FEED], &stat);

	if (rc != 0) {
		return txn_fail(
			txn, CORDON_EIO, "count the rows: %s", mdb_strerror(rc));
	}
	*rows = stat.ms_entries;
	return 0;
}

int store_persons_progress(
	struct store_txn *txn, struct store_persons_progress *progress)
{
	struct place place = { .at = 0 };
	uint64_t total = 0;
	int error = txn->error;

	if (error == 0) {
		error = place_get(txn, &place);
	}
	if (error == 0) {
		error = rows_in_all(txn, &total);
	}
	if (error == 0) {
		*progress = (struct store_persons_progress){ .partial = place.partial,
			.done = !place.partial || place.rows > total ? total
								     : place.rows,
			.total = total };
	}
	return error;
}

static int begin(struct store_txn *txn)
{
	const struct place place = { .at = 0 };
	int error = db_drop(txn, TABLE_POSTINGS);

	if (error == 0) {
		error = db_drop(txn, TABLE_CARDS);
	}
	txn->store->persons_partial = true;
	return error == 0 ? place_put(txn, &place) : error;
}

int persons_check_rules(struct store_txn *txn)
{
	struct place place = { .at = 0 };
	uint8_t mark[MARK_BYTES];
	struct bytes old;
	uint64_t rows = 0;
	bool found;
	int error = make_mark(txn, mark);

	if (error == 0) {
		error = meta_get(txn, META_PERSONS, &old, &found);
	}
	if (error == 0 && found && old.size == sizeof(mark) &&
		memcmp(old.data, mark, sizeof(mark)) == 0) {
		error = place_get(txn, &place);
		txn->store->persons_partial = error == 0 && place.partial;
		return error;
	}
	if (error == 0) {
		error = rows_in_all(txn, &rows);
	}
	if (error == 0 && rows > 0) {
		error = begin(txn);
	}
	return error == 0 ? meta_put(txn, META_PERSONS,
				    (struct bytes){ mark, sizeof(mark) })
			  : error;
}

/* ---- some of it -------------------------------------------------------------------
 */

struct making {
	struct store_txn *txn;
	struct place place;
	uint16_t number; /* of the list below; 0: none yet */
	struct list_id list;
	bool deferred; /* its keys go in when it is loaded (deferred.h) */
	struct deferred_keys keys;
};

static int enter_list(struct making *making, uint16_t number)
{
	int error;

	if (number == making->number) {
		return 0;
	}
	error = list_of_number(making->txn, number, &making->list);
	if (error == 0) {
		error = list_deferred_get(
			making->txn, &making->list, &making->deferred);
	}
	making->number = error == 0 ? number : 0;
	return error;
}

/* What is not understood depends on the rules as well. */
static int flag_row(
	struct making *making, uint64_t ref, struct row *row, bool not_understood)
{
	struct store_txn *txn = making->txn;
	struct bytes value;
	struct key key;
	int error;

	if (row->not_understood == not_understood) {
		return 0;
	}
	row->not_understood = not_understood; /* it borrows from the map */
	value = (struct bytes){ txn->row, row_write(row, txn->row) };
	error = list_count_not_understood(txn, &making->list, not_understood);
	if (error == 0) {
		key_native(&key, ref);
		error = db_put(txn, TABLE_FEED, key_bytes(&key), value);
	}
	return error;
}

static int make_row(struct making *making, uint64_t ref, struct row *row)
{
	struct store_txn *txn = making->txn;
	struct index_keys keys;
	int error;

	arena_reset(&txn->arena);
	error = index_derive(txn, &making->list, &row->entry, &txn->arena, &keys);
	for (size_t i = 0; error == 0 && i < keys.person.count; i++) {
		if (deferred_keys_add_posting(
			    &making->keys, &keys.person.postings[i], ref) != 0) {
			error = txn_fail(
				txn, CORDON_ENOMEM, "out of memory for index keys");
		}
	}
	if (error == 0) {
		error = flag_row(making, ref, row, keys.not_understood);
	}
	return error == 0 && keys.person.card.size > 0
		       ? persons_put_card(txn, ref, &keys.person)
		       : error;
}

/* The row behind place.at; a row that cannot be read is the scrub's. */
static int make_next(struct making *making, bool *found)
{
	struct db_cursor cursor;
	struct bytes key, value;
	struct key from;
	struct row row;
	uint64_t ref = 0;
	int error = db_cursor_open(&cursor, making->txn, TABLE_FEED);

	key_native(&from, making->place.at + 1);
	key = key_bytes(&from);
	if (error == 0) {
		error = db_cursor_get(&cursor, MDB_SET_RANGE, &key, &value, found);
	}
	db_cursor_close(&cursor);
	if (error != 0 || !*found) {
		return error;
	}
	if (!key_native_read(key, &ref)) {
		return txn_corrupt(making->txn, TABLE_FEED, key, "no reference");
	}
	error = enter_list(making, ref_number(ref));
	if (error != 0) {
		return error;
	}
	making->place.rows++;
	making->place.at =
		making->deferred ? ref_make(making->number, REF_SEQUENCE_MAX) : ref;
	return !making->deferred && row_read(value, ref_sequence(ref), &row)
		       ? make_row(making, ref, &row)
		       : 0;
}

static int fill(struct making *making)
{
	struct db_filler filler;
	bool found = true;
	int error = db_filler_open(&filler, making->txn, TABLE_POSTINGS);

	while (error == 0 && found) {
		struct deferred_key key;
		struct deferred_entry entry;
		bool changed;

		if (deferred_keys_next(&making->keys, &key, &found) != 0) {
			error = txn_fail(making->txn, CORDON_ENOMEM,
				"out of memory for index keys");
		} else if (found) {
			deferred_key_read(&key, &entry);
			error = db_filler_add(&filler, key_bytes(&entry.key),
				(struct bytes){ entry.value, entry.value_bytes },
				&changed);
		}
	}
	db_filler_close(&filler);
	return error;
}

int store_persons_some(struct store_txn *txn, size_t rows_max, bool *more)
{
	struct making making = { .txn = txn };
	bool found = true;
	int error = txn_writes(txn);

	*more = false;
	if (error == 0) {
		error = place_get(txn, &making.place);
	}
	if (error != 0 || !making.place.partial) {
		return error;
	}
	for (size_t i = 0; error == 0 && found && i < rows_max; i++) {
		error = make_next(&making, &found);
	}
	if (error == 0) {
		error = fill(&making);
	}
	deferred_keys_finish(&making.keys);
	if (error == 0 && found) {
		error = place_put(txn, &making.place);
	} else if (error == 0) {
		struct bytes name = { (const uint8_t *)META_PERSONS_AT,
			strlen(META_PERSONS_AT) };

		error = db_delete(txn, TABLE_META, name, NULL);
		txn->persons_whole = error == 0;
	}
	*more = error == 0 && found;
	return error;
}
