/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/index.h"

/* Exact person keys: which live rows have a name of this key. */

int names_add(struct store_txn *txn, uint64_t ref, const struct index_names *names)
{
	int error = txn->error;

	for (size_t i = 0; error == 0 && i < names->count; i++) {
		struct key key;
		bool changed;

		key_native(&key, names->keys[i]);
		error = db_add_ref(txn, TABLE_NAMES, key_bytes(&key), ref, &changed);
	}
	return error;
}

int names_remove(struct store_txn *txn, uint64_t ref, const struct index_names *names)
{
	int error = txn->error;

	for (size_t i = 0; error == 0 && i < names->count; i++) {
		struct key key;
		bool changed;

		key_native(&key, names->keys[i]);
		error = db_remove_ref(txn, TABLE_NAMES, key_bytes(&key), ref, &changed);
		if (error == 0 && !changed) {
			error = txn_corrupt(txn, TABLE_NAMES, key_bytes(&key),
				"a name that a record has is missing");
		}
	}
	return error;
}

int names_forget(struct store_txn *txn, uint64_t ref, const struct index_names *names)
{
	int error = txn->error;

	for (size_t i = 0; error == 0 && i < names->count; i++) {
		struct key key;
		bool changed;

		key_native(&key, names->keys[i]);
		error = db_remove_ref(txn, TABLE_NAMES, key_bytes(&key), ref, &changed);
	}
	return error;
}
