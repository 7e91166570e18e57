/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"

/* Postings and cards of a snapshot, read in the map. */

#define BORN_BYTES 4

static int failed(const struct store_persons *persons, enum table table, int rc)
{
	struct store_txn *txn = persons->txn;

	if (txn->error == 0) {
		txn->error = db_error(txn->store, rc, db_table_name(table), &txn->msg);
	}
	return txn->error;
}

static void write_born(uint32_t born, uint8_t out[POSTING_BYTES])
{
	posting_pack(&(struct posting){ .born = born }, out);
}

/* How many of the first of count postings are not behind to. */
static size_t within(const uint8_t *packed, size_t count, const uint8_t *to)
{
	size_t from = 0;

	if (memcmp(packed + (count - 1) * POSTING_BYTES, to, BORN_BYTES) <= 0) {
		return count;
	}
	while (from < count) {
		size_t middle = from + (count - from) / 2;

		if (memcmp(packed + middle * POSTING_BYTES, to, BORN_BYTES) <= 0) {
			from = middle + 1;
		} else {
			count = middle;
		}
	}
	return from;
}

/* LMDB gives the page on which the cursor stands from its beginning. */
static int scan(void *data, uint64_t posting_key, uint32_t from, uint32_t to,
	bool (*visit)(void *arg, const uint8_t *packed, size_t count), void *arg)
{
	struct store_persons *persons = data;
	MDB_cursor *cursor = persons->postings;
	uint8_t first[POSTING_BYTES], last[POSTING_BYTES];
	MDB_val key = { sizeof(posting_key), &posting_key };
	MDB_val page = { sizeof(first), first };
	const uint8_t *at;
	int rc;

	write_born(from, first);
	write_born(to, last);
	rc = mdb_cursor_get(
		cursor, &key, &page, from == 0 ? MDB_SET_KEY : MDB_GET_BOTH_RANGE);
	at = page.mv_data;
	if (rc == 0) {
		rc = mdb_cursor_get(cursor, &key, &page, MDB_GET_MULTIPLE);
	}
	while (rc == 0) {
		const uint8_t *end = (const uint8_t *)page.mv_data + page.mv_size;
		size_t count = (size_t)(end - at) / POSTING_BYTES;
		size_t wanted = within(at, count, last);

		if ((wanted > 0 && !visit(arg, at, wanted)) || wanted < count) {
			return 0;
		}
		rc = mdb_cursor_get(cursor, &key, &page, MDB_NEXT_MULTIPLE);
		at = page.mv_data;
	}
	return rc == MDB_NOTFOUND ? 0 : failed(persons, TABLE_POSTINGS, rc);
}

static int count(void *data, uint64_t posting_key, uint64_t *count)
{
	struct store_persons *persons = data;
	MDB_val key = { sizeof(posting_key), &posting_key }, value;
	size_t values = 0;
	int rc = mdb_cursor_get(persons->postings, &key, &value, MDB_SET);

	if (rc == 0) {
		rc = mdb_cursor_count(persons->postings, &values);
	}
	if (rc != 0 && rc != MDB_NOTFOUND) {
		return failed(persons, TABLE_POSTINGS, rc);
	}
	*count = values;
	return 0;
}

static int next(void *data, uint64_t from, uint64_t *posting_key, bool *found)
{
	struct store_persons *persons = data;
	MDB_val key = { sizeof(from), &from }, value;
	int rc = mdb_cursor_get(persons->postings, &key, &value, MDB_SET_RANGE);

	if (rc != 0 && rc != MDB_NOTFOUND) {
		return failed(persons, TABLE_POSTINGS, rc);
	}
	*found = rc == 0;
	if (rc == 0) {
		memcpy(posting_key, key.mv_data, sizeof(*posting_key));
	}
	return 0;
}

static int card(void *data, uint64_t ref, struct bytes *card)
{
	struct store_persons *persons = data;
	MDB_val key = { sizeof(ref), &ref }, value = { 0, NULL };
	int rc = mdb_cursor_get(persons->cards, &key, &value, MDB_SET_KEY);

	if (rc != 0 && rc != MDB_NOTFOUND) {
		return failed(persons, TABLE_CARDS, rc);
	}
	*card = rc == 0 ? (struct bytes){ value.mv_data, value.mv_size }
			: (struct bytes){ NULL, 0 };
	return 0;
}

int store_persons_open(struct store_txn *txn, struct store_persons *persons)
{
	struct db_cursor postings, cards;
	MDB_stat stat;
	int error = db_cursor_open(&postings, txn, TABLE_POSTINGS);

	if (error != 0) {
		return error;
	}
	error = db_cursor_open(&cards, txn, TABLE_CARDS);
	if (error != 0) {
		db_cursor_close(&postings);
		return error;
	}
	*persons = (struct store_persons){ .source = { .data = persons,
						   .scan = scan,
						   .count = count,
						   .next = next,
						   .card = card },
		.txn = txn,
		.postings = postings.mdb,
		.cards = cards.mdb };
	if (mdb_stat(txn->mdb, txn->env->tables[TABLE_CARDS], &stat) == 0) {
		persons->source.persons = stat.ms_entries;
	}
	return 0;
}

void store_persons_close(struct store_persons *persons)
{
	mdb_cursor_close(persons->postings);
	mdb_cursor_close(persons->cards);
}
