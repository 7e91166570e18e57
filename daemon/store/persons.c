/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/index.h"

_Static_assert(REF_SEQUENCE_MAX == UINT64_MAX >> POSTING_LIST_BITS,
	"the search orders equals by the sequence in a REF");

/* What live rows are found by as persons: postings, and the card they are compared by.
 */

int persons_derive(struct match_context *match, const struct cordon_record *record,
	struct arena *arena, struct index_person *person, bool *cut)
{
	struct record_postings postings;
	uint8_t packed[CARD_BYTES_MAX], *kept;
	struct card card;
	size_t size;
	bool card_cut;
	int error = card_make(match, record, packed, &size, &card_cut);

	if (error != 0 || size == 0) {
		return error;
	}
	kept = arena_alloc(arena, size);
	if (kept == NULL) {
		return CORDON_ENOMEM;
	}
	memcpy(kept, packed, size);
	person->card = (struct bytes){ kept, size };
	error = card_open(person->card, &card);
	if (error != 0) {
		return error;
	}
	postings_of_card(&card, &postings);
	person->count = postings.count;
	person->postings =
		arena_array(arena, postings.count, sizeof(postings.postings[0]));
	if (person->postings == NULL && postings.count > 0) {
		return CORDON_ENOMEM;
	}
	if (postings.count > 0) {
		memcpy(person->postings, postings.postings,
			postings.count * sizeof(postings.postings[0]));
	}
	*cut |= card_cut || postings.cut;
	return 0;
}

void persons_posting(
	const struct record_posting *from, uint64_t ref, struct person_posting *out)
{
	struct posting posting = from->posting;

	posting.ref = ref;
	posting_pack(&posting, out->value);
	key_native(&out->key, from->key);
}

static struct bytes value_of(const struct person_posting *posting)
{
	return (struct bytes){ posting->value, sizeof(posting->value) };
}

int persons_put_card(
	struct store_txn *txn, uint64_t ref, const struct index_person *person)
{
	struct key key;
	bool taken;
	int error;

	key_native(&key, ref);
	error = db_append(txn, TABLE_CARDS, key_bytes(&key), person->card, &taken);
	return error == 0 && taken
		       ? db_put_changed(txn, TABLE_CARDS, key_bytes(&key), person->card)
		       : error;
}

int persons_add(struct store_txn *txn, uint64_t ref, const struct index_person *person)
{
	int error = txn->error;

	if (error == 0 && person->card.size > 0) {
		error = persons_put_card(txn, ref, person);
	}
	for (size_t i = 0; error == 0 && i < person->count; i++) {
		struct person_posting posting;
		bool changed;

		persons_posting(&person->postings[i], ref, &posting);
		error = db_add_value(txn, TABLE_POSTINGS, key_bytes(&posting.key),
			value_of(&posting), &changed);
	}
	return error;
}

/* *whole: all of it was there. */
static int take_out(struct store_txn *txn, uint64_t ref,
	const struct index_person *person, bool *whole)
{
	struct key key;
	int error = txn->error;

	*whole = true;
	key_native(&key, ref);
	if (error == 0 && person->card.size > 0) {
		error = db_delete(txn, TABLE_CARDS, key_bytes(&key), whole);
	}
	for (size_t i = 0; error == 0 && i < person->count; i++) {
		struct person_posting posting;
		bool changed = false;

		persons_posting(&person->postings[i], ref, &posting);
		error = db_remove_value(txn, TABLE_POSTINGS, key_bytes(&posting.key),
			value_of(&posting), &changed);
		*whole = *whole && changed;
	}
	return error;
}

int persons_remove(
	struct store_txn *txn, uint64_t ref, const struct index_person *person)
{
	struct key key;
	bool whole;
	int error = take_out(txn, ref, person, &whole);

	if (error == 0 && !whole && !txn->store->persons_partial) {
		key_native(&key, ref);
		error = txn_corrupt(txn, TABLE_CARDS, key_bytes(&key),
			"a name that a record has is missing");
	}
	return error;
}

int persons_forget(
	struct store_txn *txn, uint64_t ref, const struct index_person *person)
{
	bool whole;

	return take_out(txn, ref, person, &whole);
}

static int card_missing(struct store_txn *txn, uint64_t ref,
	const struct index_person *person, bool *missing)
{
	struct bytes value;
	struct key key;
	bool found;
	int error;

	key_native(&key, ref);
	error = db_get(txn, TABLE_CARDS, key_bytes(&key), &value, &found);
	if (error == 0 &&
		(!found || value.size != person->card.size ||
			memcmp(value.data, person->card.data, value.size) != 0)) {
		*missing = true;
	}
	return error;
}

int persons_missing(struct store_txn *txn, uint64_t ref,
	const struct index_person *person, bool *missing)
{
	int error = person->card.size > 0 ? card_missing(txn, ref, person, missing)
					  : txn->error;

	for (size_t i = 0; error == 0 && i < person->count; i++) {
		struct person_posting posting;
		bool found = true;

		persons_posting(&person->postings[i], ref, &posting);
		error = db_has_value(txn, TABLE_POSTINGS, key_bytes(&posting.key),
			value_of(&posting), &found);
		*missing = *missing || (error == 0 && !found);
	}
	return error;
}
