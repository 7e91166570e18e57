/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DEFERRED_KEYS_H
#define STORE_DEFERRED_KEYS_H

#include "daemon/store/index.h"

/*
 * Index keys of many rows, in memory, given back in the order of the tables: kept in
 * sorted runs, which a heap merges.
 */
#define DEFERRED_KEY_MAX 22 /* bytes of a key that fit; longer ones are rare */

/* Sorts by its numbers in turn as (table, key, reference) do. */
struct deferred_key {
	uint64_t order[3]; /* table:1 key:22, padded with zeros size:1, big-endian */
	uint64_t ref;
};

struct deferred_run;

struct deferred_keys {
	struct deferred_run *open; /* not sorted yet */
	struct deferred_run **heap;
	size_t runs_count, runs_room;
	size_t count; /* keys in all of them */
	bool merging; /* heap is one */
};

void deferred_keys_finish(struct deferred_keys *keys);
/* CORDON_ENOMEM. */
int deferred_keys_add(
	struct deferred_keys *keys, enum table table, struct bytes key, uint64_t ref);
/* The next in order; false when there is none.  CORDON_ENOMEM. */
int deferred_keys_next(
	struct deferred_keys *keys, struct deferred_key *key, bool *found);

/* The same of a posting, which is a key with its value. */
int deferred_keys_add_posting(
	struct deferred_keys *keys, const struct record_posting *posting, uint64_t ref);

enum table deferred_key_table(const struct deferred_key *key);
/* As they stand in the table. */
struct deferred_entry {
	struct key key;
	uint8_t value[POSTING_BYTES];
	size_t value_bytes;
};
void deferred_key_read(const struct deferred_key *key, struct deferred_entry *out);
bool deferred_key_same(const struct deferred_key *a, const struct deferred_key *b);

#endif
