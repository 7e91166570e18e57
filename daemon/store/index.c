/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/index.h"

#include <string.h>

#include "proto/record.h"
#include "proto/record_codec.h"

/* The record says what its entry and its list say. */
static bool belongs(const struct cordon_record *record, const struct list_id *list,
	const struct entry *entry)
{
	return record->kind == list->kind && record->id != NULL &&
	       strlen(record->id) == entry->id.size &&
	       memcmp(record->id, entry->id.data, entry->id.size) == 0;
}

static int derive_names(struct store_txn *txn, const struct cordon_record *record,
	struct arena *arena, struct index_keys *keys)
{
	int error;

	keys->names = arena_alloc(arena, sizeof(*keys->names));
	if (keys->names == NULL) {
		return CORDON_ENOMEM;
	}
	error = record_name_keys(txn->store->match, record, keys->names);
	keys->not_understood |= keys->names->cut;
	return error;
}

static int derive_record(struct store_txn *txn, const struct cordon_record *record,
	struct arena *arena, struct index_keys *keys)
{
	int error = documents_derive(record, arena, &keys->numbers);

	if (error != 0) {
		return error;
	}
	keys->any = true;
	keys->not_understood |= keys->numbers.cut;
	keys->has_review = date_whole(&record->review_by);
	if (keys->has_review) {
		keys->review_day = date_days(&record->review_by);
	}
	return derive_names(txn, record, arena, keys);
}

int index_derive(struct store_txn *txn, const struct list_id *list,
	const struct entry *entry, struct arena *arena, struct index_keys *keys)
{
	struct cordon_record *record;
	bool unknown = false;
	int error;

	memset(keys, 0, sizeof(*keys));
	keys->ends_at_s = entry->ends_at_s;
	if (txn->error != 0 || entry->state != ENTRY_LIVE || entry->sealed.size == 0) {
		return txn->error;
	}
	keys->has_end = true;
	error = record_open(entry->sealed, arena, &record, &unknown, NULL);
	if (error == 0 && belongs(record, list, entry) &&
		cordon_code_text(CORDON_CODES_KIND, record->kind) != NULL) {
		keys->not_understood = unknown;
		error = derive_record(txn, record, arena, keys);
	} else if (error == 0 || error == CORDON_ESYNTAX) {
		keys->not_understood = true;
		error = 0;
	}
	if (error != 0) {
		error = txn_fail(txn, error, "index %.*s: %s", (int)entry->id.size,
			(const char *)entry->id.data, cordon_error_text(error));
	}
	return error;
}

int index_add(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys)
{
	if (txn->error == 0 && keys->any) {
		(void)documents_add(txn, ref, &keys->numbers);
		(void)names_add(txn, ref, keys->names);
	}
	return txn->error != 0 || !keys->has_end ? txn->error
						 : due_add(txn, list, ref, keys);
}

int index_remove(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys)
{
	if (txn->error == 0 && keys->any) {
		(void)documents_remove(txn, ref, &keys->numbers);
		(void)names_remove(txn, ref, keys->names);
	}
	return txn->error != 0 || !keys->has_end ? txn->error
						 : due_remove(txn, list, ref, keys);
}

int index_forget(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys)
{
	if (txn->error == 0 && keys->any) {
		(void)documents_forget(txn, ref, &keys->numbers);
		(void)names_forget(txn, ref, keys->names);
	}
	return txn->error != 0 || !keys->has_end ? txn->error
						 : due_forget(txn, list, ref, keys);
}
