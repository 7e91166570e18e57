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

static int derive_record(struct match_context *match,
	const struct cordon_record *record, struct arena *arena,
	struct index_keys *keys)
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
	return persons_derive(
		match, record, arena, &keys->person, &keys->not_understood);
}

int index_keys_of(struct match_context *match, const struct list_id *list,
	const struct entry *entry, struct arena *memory, struct arena *arena,
	struct index_keys *keys)
{
	struct cordon_record *record;
	bool unknown = false;
	int error;

	memset(keys, 0, sizeof(*keys));
	keys->ends_at_s = entry->ends_at_s;
	if (entry->state != ENTRY_LIVE || entry->sealed.size == 0) {
		return 0;
	}
	keys->has_end = true;
	error = record_open(entry->sealed, memory, &record, &unknown, NULL);
	if (error == 0 && belongs(record, list, entry) &&
		cordon_code_text(CORDON_CODES_KIND, record->kind) != NULL) {
		keys->not_understood = unknown;
		error = derive_record(match, record, arena, keys);
	} else if (error == 0 || error == CORDON_ESYNTAX) {
		keys->not_understood = true;
		error = 0;
	}
	return error;
}

int index_derive(struct store_txn *txn, const struct list_id *list,
	const struct entry *entry, struct arena *arena, struct index_keys *keys)
{
	int error = txn->error;

	memset(keys, 0, sizeof(*keys));
	if (error == 0) {
		error = index_keys_of(
			txn->store->match, list, entry, arena, arena, keys);
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
		(void)persons_add(txn, ref, &keys->person);
	}
	return txn->error != 0 || !keys->has_end ? txn->error
						 : due_add(txn, list, ref, keys);
}

int index_remove(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys)
{
	if (txn->error == 0 && keys->any) {
		(void)documents_remove(txn, ref, &keys->numbers);
		(void)persons_remove(txn, ref, &keys->person);
	}
	return txn->error != 0 || !keys->has_end ? txn->error
						 : due_remove(txn, list, ref, keys);
}

int index_forget(struct store_txn *txn, const struct list_id *list, uint64_t ref,
	const struct index_keys *keys)
{
	if (txn->error == 0 && keys->any) {
		(void)documents_forget(txn, ref, &keys->numbers);
		(void)persons_forget(txn, ref, &keys->person);
	}
	return txn->error != 0 || !keys->has_end ? txn->error
						 : due_forget(txn, list, ref, keys);
}
