/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/deferred.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/deferred_keys.h"
#include "daemon/store/lists.h"

/* Rows whose keys are derived again in one slice, for each thousand keys of it. */
#define ROWS_PER_KEYS 8

struct deferred {
	struct deferred *next;
	uint16_t number; /* of the list */
	struct deferred_keys keys;
	/* References of rows that were removed while there were keys. */
	uint64_t *removed;
	size_t removed_count, removed_room;
	bool removed_sorted;
	bool lost; /* the keys are to be derived again, of rows behind … */
	uint64_t derived;
	bool touched; /* by the transaction that is under way */
};

static void drop(struct deferred *d)
{
	deferred_keys_finish(&d->keys);
	free(d->removed);
	d->removed = NULL;
	d->removed_count = d->removed_room = 0;
	d->derived = 0;
}

static struct deferred *find(struct store *store, uint16_t number)
{
	struct deferred *d = store->deferred;

	while (d != NULL && d->number != number) {
		d = d->next;
	}
	return d;
}

static int find_or_make(struct feed_context *feed, struct deferred **out)
{
	struct deferred *d = find(feed->txn->store, feed->number);

	if (d == NULL) {
		d = calloc(1, sizeof(*d));
		if (d == NULL) {
			return txn_fail(feed->txn, CORDON_ENOMEM,
				"out of memory for index keys");
		}
		d->number = feed->number;
		d->lost = true; /* of an earlier process */
		d->next = feed->txn->store->deferred;
		feed->txn->store->deferred = d;
	}
	d->touched = true;
	*out = d;
	return 0;
}

int deferred_check(struct feed_context *feed, bool *yes)
{
	if (!feed->deferred_known) {
		int error = list_deferred_get(feed->txn, &feed->list, &feed->deferred);

		if (error != 0) {
			return error;
		}
		feed->deferred_known = true;
	}
	*yes = feed->deferred;
	return 0;
}

/* 1. */
int deferred_begin(struct feed_context *feed)
{
	struct deferred *d = NULL;
	int error = list_deferred_put(feed->txn, &feed->list, true);

	if (error == 0) {
		error = find_or_make(feed, &d);
	}
	if (error == 0) {
		drop(d);
		d->lost = false;
		feed->deferred = true;
		feed->deferred_known = true;
	}
	return error;
}

static int no_memory(struct feed_context *feed)
{
	return txn_fail(feed->txn, CORDON_ENOMEM, "out of memory for index keys");
}

/* One that does not fit goes into the index at once. */
static int keep_numbers(
	struct feed_context *feed, struct deferred *d, uint64_t ref, struct key *key)
{
	struct index_numbers one = { .keys = key, .count = 1 };

	if (key->size > DEFERRED_KEY_MAX) {
		return documents_add(feed->txn, ref, &one);
	}
	return deferred_keys_add(&d->keys, TABLE_DOCUMENTS, key_bytes(key), ref) == 0
		       ? 0
		       : no_memory(feed);
}

static int keep_key(struct feed_context *feed, struct deferred *d, enum table table,
	const struct key *key, uint64_t ref)
{
	return deferred_keys_add(&d->keys, table, key_bytes(key), ref) == 0
		       ? 0
		       : no_memory(feed);
}

static int keep(struct feed_context *feed, struct deferred *d, uint64_t ref,
	const struct index_keys *keys)
{
	struct due_keys due;
	int error = 0;

	for (size_t i = 0; error == 0 && i < keys->numbers.count; i++) {
		error = keep_numbers(feed, d, ref, &keys->numbers.keys[i]);
	}
	if (error == 0 && keys->person.card.size > 0) {
		error = persons_put_card(feed->txn, ref, &keys->person);
	}
	for (size_t i = 0; error == 0 && i < keys->person.count; i++) {
		error = deferred_keys_add_posting(
				&d->keys, &keys->person.postings[i], ref) == 0
				? 0
				: no_memory(feed);
	}
	due_keys(&feed->list, keys, &due);
	for (size_t i = 0; error == 0 && i < due.count; i++) {
		error = keep_key(feed, d, TABLE_DUE, &due.keys[i], ref);
	}
	return error;
}

int deferred_add(struct feed_context *feed, uint64_t ref, const struct index_keys *keys)
{
	struct deferred *d = NULL;
	int error = feed->txn->error;

	if (error != 0 || !keys->has_end) {
		return error;
	}
	error = find_or_make(feed, &d);
	return error != 0 || d->lost ? error : keep(feed, d, ref, keys);
}

static int note_removed(struct feed_context *feed, struct deferred *d, uint64_t ref)
{
	if (d->removed_count == d->removed_room) {
		size_t room = d->removed_room == 0 ? 64 : 2 * d->removed_room;
		uint64_t *more = realloc(d->removed, room * sizeof(*more));

		if (more == NULL) {
			return no_memory(feed);
		}
		d->removed = more;
		d->removed_room = room;
	}
	d->removed[d->removed_count++] = ref;
	d->removed_sorted = false;
	return 0;
}

int deferred_remove(
	struct feed_context *feed, uint64_t ref, const struct index_keys *keys)
{
	struct deferred *d = NULL;
	int error = index_forget(feed->txn, &feed->list, ref, keys);

	if (error == 0) {
		error = find_or_make(feed, &d);
	}
	return error == 0 ? note_removed(feed, d, ref) : error;
}

/* ---- into the indexes ------------------------------------------------------------ */

static int compare_refs(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x == *y ? 0 : *x < *y ? -1 : 1;
}

static bool was_removed(struct deferred *d, uint64_t ref)
{
	if (d->removed_count == 0) {
		return false;
	}
	if (!d->removed_sorted) {
		qsort(d->removed, d->removed_count, sizeof(ref), compare_refs);
		d->removed_sorted = true;
	}
	return bsearch(&ref, d->removed, d->removed_count, sizeof(ref), compare_refs) !=
	       NULL;
}

/* Keys come in the order of the tables, so that one cursor after the other serves. */
struct filling {
	struct store_txn *txn;
	struct db_filler filler;
	bool open;
	enum table table;
};

static int fill_one(struct filling *f, const struct deferred_key *from)
{
	enum table table = deferred_key_table(from);
	struct deferred_entry entry;
	bool changed = false;
	int error = 0;

	if (f->open && f->table != table) {
		db_filler_close(&f->filler);
		f->open = false;
	}
	if (!f->open) {
		error = db_filler_open(&f->filler, f->txn, table);
		f->open = error == 0;
		f->table = table;
	}
	deferred_key_read(from, &entry);
	if (error == 0) {
		error = db_filler_add(&f->filler, key_bytes(&entry.key),
			(struct bytes){ entry.value, entry.value_bytes }, &changed);
	}
	return error == 0 && changed && table == TABLE_DOCUMENTS
		       ? documents_count_block(f->txn, &entry.key)
		       : error;
}

static int fill(struct feed_context *feed, struct deferred *d, size_t max)
{
	struct filling f = { .txn = feed->txn };
	bool found = true;
	int error = 0;

	for (size_t i = 0; error == 0 && found && i < max; i++) {
		struct deferred_key key;

		if (deferred_keys_next(&d->keys, &key, &found) != 0) {
			error = no_memory(feed);
		} else if (found && !was_removed(d, key.ref)) {
			error = fill_one(&f, &key);
		}
	}
	if (f.open) {
		db_filler_close(&f.filler);
	}
	if (error == 0 && d->keys.count == 0 && !d->lost) {
		d->removed_count = 0;
	}
	return error;
}

/* 3.  The keys of the next rows. */
static int derive_again(struct feed_context *feed, struct deferred *d, size_t rows_max)
{
	struct store_txn *txn = feed->txn;
	int error = 0;

	for (size_t i = 0; error == 0 && d->lost && i < rows_max; i++) {
		struct index_keys keys;
		struct row row;
		bool found;

		error = feed_row_next(feed, FEED_LIVE, d->derived, &row, &found);
		if (error != 0 || !found) {
			d->lost = error != 0;
			break;
		}
		d->derived = row.entry.sequence;
		arena_reset(&txn->arena);
		error = index_derive(txn, &feed->list, &row.entry, &txn->arena, &keys);
		if (error == 0 && keys.has_end) {
			error = keep(
				feed, d, ref_make(feed->number, d->derived), &keys);
		}
	}
	return error;
}

static size_t keys_held(const struct store *store)
{
	size_t count = 0;

	for (const struct deferred *d = store->deferred; d != NULL; d = d->next) {
		count += d->keys.count;
	}
	return count;
}

/* Lost keys are derived until there is no room for more of them; the rest follows once
 * these have gone in. */
static int some(struct feed_context *feed, struct deferred *d, size_t keys_max)
{
	if (d->lost && keys_held(feed->txn->store) < DEFERRED_KEYS_MAX) {
		return derive_again(feed, d, keys_max / ROWS_PER_KEYS + 1);
	}
	return fill(feed, d, keys_max);
}

static bool is_left(const struct deferred *d)
{
	return d->lost || d->keys.count > 0;
}

int deferred_end(struct feed_context *feed)
{
	struct deferred *d = NULL;
	int error = find_or_make(feed, &d);

	while (error == 0 && is_left(d)) {
		error = some(feed, d, SIZE_MAX);
	}
	if (error == 0) {
		error = list_deferred_put(feed->txn, &feed->list, false);
	}
	if (error == 0) {
		drop(d);
		/* should this transaction fail, the mark stays, and the rows */
		feed->deferred = false;
	}
	return error;
}

/* 2. */
int store_index_some(struct store_txn *txn, const struct list_id *list, bool all,
	size_t keys_max, bool *more)
{
	struct feed_context *context;
	struct deferred *d = NULL;
	struct feed feed;
	bool deferred = false, begun;
	int error = store_feed(txn, list, &feed);

	*more = false;
	if (error != 0) {
		return error;
	}
	context = feed.context;
	if (context->number == 0) {
		error = list_number(txn, list, false, &context->number);
	}
	if (error == 0 && context->number != 0) {
		error = deferred_check(context, &deferred);
	}
	if (error != 0 || !deferred) {
		return error;
	}
	error = find_or_make(context, &d);
	if (error != 0) {
		return error;
	}
	begun = d->keys.merging; /* what was begun is gone through to its end */
	if (all || begun || keys_held(txn->store) >= DEFERRED_KEYS_MAX) {
		error = is_left(d) ? some(context, d, keys_max) : 0;
		*more = error == 0 && is_left(d) && (all || d->keys.count > 0);
	}
	return error;
}

void deferred_committed(struct store *store)
{
	for (struct deferred *d = store->deferred; d != NULL; d = d->next) {
		d->touched = false;
	}
}

void deferred_aborted(struct store *store)
{
	for (struct deferred *d = store->deferred; d != NULL; d = d->next) {
		if (d->touched) {
			drop(d);
			d->lost = true;
			d->touched = false;
		}
	}
}

void deferred_free(struct store *store)
{
	while (store->deferred != NULL) {
		struct deferred *next = store->deferred->next;

		drop(store->deferred);
		free(store->deferred);
		store->deferred = next;
	}
}
