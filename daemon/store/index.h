/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "daemon/core/match/search.h"
#include "daemon/store/db.h"
#include "daemon/store/row.h"

/*
 * What the indexes hold of one live row.  Keys are derived from the sealed bytes, when
 * a row comes and again when it goes; nothing but the sealed bytes says what was
 * indexed, so the rules must not change under a store (index_rules, rebuild.c).
 */

/* A record may ask for no more index keys than this: what goes beyond is left out and
 * the row counts as not understood.  A range of any width has at most 324. */
#define INDEX_NUMBERS_MAX 4096

struct index_numbers {
	struct key *keys; /* of the table documents, each once */
	size_t count;
	bool cut; /* some could not be made, or are too many */
};

/* Of the tables postings and cards. */
struct index_person {
	struct record_posting *postings;
	size_t count;
	struct bytes card; /* size 0: no person */
};

struct index_keys {
	struct index_numbers numbers;
	struct index_person person;
	bool has_review;
	int64_t review_day;
	bool has_end; /* a live row with its content, understood or not */
	int64_t ends_at_s;
	bool any; /* has keys at all: a live row that could be read */
	bool not_understood;
};

/*
 * Of an entry of list.  What is in *keys is in arena memory and borrows nothing from
 * the entry, nor from memory, in which it is decoded.  match: this thread's.
 * Tombstones and erased rows have no keys; rows that cannot be read, are of an unknown
 * kind or are not what their entry says have none but their end, and are not
 * understood.
 */
int index_keys_of(struct match_context *match, const struct list_id *list,
	const struct entry *entry, struct arena *memory, struct arena *arena,
	struct index_keys *keys);
/* In a transaction, whose error a failure becomes. */
int index_derive(struct store_txn *txn, const struct list_id *list,
	const struct entry *entry, struct arena *arena, struct index_keys *keys);
int index_add(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys);
/* CORDON_ECORRUPT when a key is missing. */
int index_remove(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys);

/* The same where keys may be missing: of a row that may be damaged. */
int index_forget(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys);

/* prepared.c: those of an entry that was prepared; NULL: to be derived. */
const struct index_keys *prepared_keys(
	const struct store_prepared *prepared, const struct entry *entry);

/* documents.c */
/* CORDON_ENOMEM. */
int documents_derive(const struct cordon_record *record, struct arena *arena,
	struct index_numbers *numbers);
int documents_add(
	struct store_txn *txn, uint64_t ref, const struct index_numbers *numbers);
int documents_remove(
	struct store_txn *txn, uint64_t ref, const struct index_numbers *numbers);
/* A key of the table documents is gone: blocks of ranges are counted. */
int documents_uncount(struct store_txn *txn, struct bytes key);
int documents_forget(
	struct store_txn *txn, uint64_t ref, const struct index_numbers *numbers);

/* A block was added: as documents_add does.  Of other keys nothing is counted. */
int documents_count_block(struct store_txn *txn, const struct key *key);

/* persons.c */
int persons_derive(struct match_context *match, const struct cordon_record *record,
	struct arena *arena, struct index_person *person, bool *cut);
/* A posting as it stands in the table. */
struct person_posting {
	struct key key;
	uint8_t value[POSTING_BYTES];
};
void persons_posting(
	const struct record_posting *from, uint64_t ref, struct person_posting *out);
/* Of a card alone; its postings are to follow. */
int persons_put_card(
	struct store_txn *txn, uint64_t ref, const struct index_person *person);
int persons_add(struct store_txn *txn, uint64_t ref, const struct index_person *person);
int persons_remove(
	struct store_txn *txn, uint64_t ref, const struct index_person *person);
int persons_forget(
	struct store_txn *txn, uint64_t ref, const struct index_person *person);
int persons_missing(struct store_txn *txn, uint64_t ref,
	const struct index_person *person, bool *missing);

/* due.c */
struct due_keys {
	struct key keys[2];
	size_t count;
};

void due_keys(const struct list_id *list, const struct index_keys *keys,
	struct due_keys *out);
int due_add(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys);
int due_remove(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys);
int due_forget(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys);

/* Where candidates are collected: each once, at most max. */
struct candidates {
	uint64_t *refs;
	size_t max, count;
	bool cut;
};

/* All refs of one index key; ends early once candidates are cut. */
int index_collect(struct store_txn *txn, enum table table, struct bytes key,
	struct candidates *candidates);
int documents_find(
	struct store_txn *txn, const char *skeleton, struct candidates *candidates);
int documents_find_personal(
	struct store_txn *txn, const char *skeleton, struct candidates *candidates);

#endif
