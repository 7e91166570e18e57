/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/store/store.h"
#include "proto/record_codec.h"

/*
 * A store in a directory of its own, and rows of invented people to put into it.
 * cmocka's state points to a struct fixture.
 */
struct fixture {
	char path[64];
	struct store_options options;
	struct store *store;
	struct match_context *match; /* for questions */
	struct arena arena;          /* of what a test makes */
};

#define MAP_SMALL ((uint64_t)16 * 1024 * 1024)
#define NODE_URI "cordon://KAZ/node/n1"

extern const struct list_id kaz_bans, kaz_documents, rus_bans, rus_documents;

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int fixture_setup(void **state);
int fixture_teardown(void **state);
void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);
/* Closes and opens again. */
void fixture_reopen(struct fixture *f);

struct store_txn *write_begin(struct fixture *f);
struct store_txn *read_begin(struct fixture *f);
void commit(struct store_txn *txn);

struct feed feed_of(struct store_txn *txn, const struct list_id *list);

/* A record of the list's kind with what every record has; "KAZ-1" and so on. */
struct cordon_record record_of(const struct list_id *list, const char *id);

/* A live entry with the record sealed. */
struct entry live_entry(
	struct fixture *f, uint64_t sequence, const struct cordon_record *record);
/* A live entry with bytes that are no record. */
struct entry raw_entry(uint64_t sequence, const char *id, const char *sealed);
struct entry tombstone(uint64_t sequence, const char *id);
struct bytes bytes_text(const char *text);
void assert_packed(struct bytes packed, const char *expected);
struct head head_of(const struct list_id *list, uint64_t epoch, uint64_t sequence);

/* Each asserts that it worked. */
void put(struct store_txn *txn, const struct list_id *list, const struct entry *entry);
void put_record(struct fixture *f, struct store_txn *txn, const struct list_id *list,
	uint64_t sequence, const struct cordon_record *record);
void remove_id(struct store_txn *txn, const struct list_id *list, const char *id);
/* Puts one record in a transaction of its own. */
void commit_record(struct fixture *f, const struct list_id *list, uint64_t sequence,
	const struct cordon_record *record);

/* The ids of what a query finds, sorted, with blanks between; "" for nothing. */
const char *find_document(struct fixture *f, const char *number);
const char *find_personal(struct fixture *f, const char *number, const char *issuer);
const char *find_name(struct fixture *f, const char *name);
/* The same inside a transaction. */
const char *find_in(
	struct fixture *f, struct store_txn *txn, struct cordon_query query);

uint64_t not_understood(struct fixture *f, const struct list_id *list);

#endif
