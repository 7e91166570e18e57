/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/index.h"
#include "daemon/store/lists.h"
#include "proto/digest.h"

/* Index keys that rows have and that are not there: they are in no digest, and a lookup
 * that misses one says that nothing was found. */

static int look(struct store_txn *txn, enum table table, const struct key *key,
	uint64_t ref, bool *missing)
{
	bool found;
	int error = db_has_ref(txn, table, key_bytes(key), ref, &found);

	*missing = *missing || (error == 0 && !found);
	return error;
}

static int is_missing(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys, bool *missing)
{
	struct due_keys due;
	int error = 0;

	due_keys(list, keys, &due);
	for (size_t i = 0; error == 0 && i < due.count; i++) {
		error = look(txn, TABLE_DUE, &due.keys[i], ref, missing);
	}
	for (size_t i = 0; error == 0 && keys->any && i < keys->numbers.count; i++) {
		error = look(
			txn, TABLE_DOCUMENTS, &keys->numbers.keys[i], ref, missing);
	}
	if (error == 0 && keys->any) {
		error = persons_missing(txn, ref, &keys->person, missing);
	}
	return error;
}

/* A damaged row says nothing of its keys. */
static bool is_whole(const struct store_walked *walked)
{
	const struct entry *entry = &walked->entry;
	uint8_t hash[HASH_BYTES];

	return walked->readable && entry->state == ENTRY_LIVE &&
	       entry->sealed.size > 0 &&
	       hash_bytes(entry->sealed.data, entry->sealed.size, hash) == 0 &&
	       memcmp(hash, entry->sealed_hash, HASH_BYTES) == 0;
}

static int mend_row(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct entry *entry, bool *mended)
{
	struct index_keys keys;
	struct arena arena;
	int error;

	*mended = false;
	arena_init(&arena, 0);
	error = index_derive(txn, list, entry, &arena, &keys);
	if (error == 0) {
		error = is_missing(txn, list, ref, &keys, mended);
	}
	if (error == 0 && *mended) { /* what is there already stays as it is */
		error = index_add(txn, list, ref, &keys);
	}
	arena_finish(&arena);
	return error;
}

int store_mend_keys(struct store_txn *txn, const struct list_id *list,
	struct store_mending *mending, size_t max)
{
	uint16_t number;
	int error = list_number(txn, list, false, &number);

	for (size_t i = 0; error == 0 && i < max && !mending->done; i++) {
		struct store_walked walked;
		bool mended = false;

		error = store_walk(txn, list, mending->after, &walked);
		if (error != 0 || !walked.found) {
			mending->done = true;
			break;
		}
		mending->after = walked.sequence;
		if (is_whole(&walked)) {
			error = mend_row(txn, list, ref_make(number, walked.sequence),
				&walked.entry, &mended);
		}
		mending->rows += mended;
	}
	return error;
}
