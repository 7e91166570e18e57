/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/store/index.h"

/*
 * Numbers of documents and persons, and ranges of numbers, by skeleton.  A number is
 * looked up among single numbers with one seek.  For ranges the table lengths says, for
 * numbers of one length, how many blocks there are by the length of their text: only
 * those prefixes of the number are looked up, and mostly there are none.
 */

#define PREFIXES (CORDON_NUMBER_MAX + 1)

struct derivation {
	struct arena *arena;
	struct index_numbers numbers;
	size_t room;
};

/* What has no room for want of memory shows in arena->failed. */
static void keep(struct derivation *d, const struct key *key)
{
	struct index_numbers *numbers = &d->numbers;

	if (numbers->count == INDEX_NUMBERS_MAX) {
		numbers->cut = true;
		return;
	}
	if (numbers->count == d->room) {
		size_t room = d->room == 0 ? 8 : 2 * d->room;
		struct key *grown = arena_array(d->arena, room, sizeof(*grown));

		if (grown == NULL) {
			return;
		}
		if (numbers->count > 0) {
			memcpy(grown, numbers->keys, numbers->count * sizeof(*grown));
		}
		numbers->keys = grown;
		d->room = room;
	}
	numbers->keys[numbers->count++] = *key;
}

static void derive_number(
	struct derivation *d, enum document_tag tag, const char *number)
{
	char normalised[CORDON_NUMBER_MAX + 1], skeleton[CORDON_NUMBER_MAX + 1];
	struct key key;

	if (number == NULL || cordon_number_normalise(number, normalised) != 0) {
		d->numbers.cut = true;
		return;
	}
	document_skeleton(normalised, skeleton);
	key_skeleton(&key, tag, skeleton);
	keep(d, &key);
}

static void derive_range(struct derivation *d, const struct cordon_document *document)
{
	struct document_block blocks[DOCUMENT_BLOCKS_MAX];
	struct document_range range;
	size_t count;

	if (document->number == NULL ||
		document_range_parse(
			document->number, document->number_to, &range, NULL) != 0) {
		d->numbers.cut = true;
		return;
	}
	count = document_range_split(&range, blocks);
	for (size_t i = 0; i < count; i++) {
		char skeleton[CORDON_NUMBER_MAX + 1];
		struct key key;

		document_skeleton(blocks[i].text, skeleton);
		key_block(&key, blocks[i].length, skeleton, strlen(skeleton));
		keep(d, &key);
	}
}

static void derive_documents(
	struct derivation *d, const struct cordon_document *documents, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (documents[i].number_to != NULL) {
			derive_range(d, &documents[i]);
		} else {
			derive_number(d, TAG_DOCUMENT, documents[i].number);
		}
	}
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	size_t common = x->size < y->size ? x->size : y->size;
	int order = memcmp(x->data, y->data, common);

	return order != 0 ? order : (int)x->size - (int)y->size;
}

/* Look-alike numbers of one record have one key. */
static void make_unique(struct index_numbers *numbers)
{
	size_t kept = 0;

	if (numbers->count > 0) {
		qsort(numbers->keys, numbers->count, sizeof(numbers->keys[0]),
			compare_keys);
	}
	for (size_t i = 0; i < numbers->count; i++) {
		struct key *key = &numbers->keys[i];

		if (kept == 0 || compare_keys(&numbers->keys[kept - 1], key) != 0) {
			numbers->keys[kept++] = *key;
		}
	}
	numbers->count = kept;
}

int documents_derive(const struct cordon_record *record, struct arena *arena,
	struct index_numbers *numbers)
{
	const struct cordon_person *person = record->person;
	struct derivation d = { .arena = arena };

	derive_documents(&d, record->documents, record->documents_count);
	if (person != NULL) {
		derive_documents(&d, person->documents, person->documents_count);
		for (size_t i = 0; i < person->personal_numbers_count; i++) {
			derive_number(
				&d, TAG_PERSONAL, person->personal_numbers[i].number);
		}
	}
	if (arena->failed) {
		return CORDON_ENOMEM;
	}
	make_unique(&d.numbers);
	*numbers = d.numbers;
	return 0;
}

/* The counts of blocks of one length of number, by the bytes of their text. */
static int get_lengths(struct store_txn *txn, uint8_t length, uint32_t counts[PREFIXES])
{
	struct bytes value;
	struct reader r;
	struct key key;
	bool found;
	int error;

	key_length(&key, length);
	error = db_get(txn, TABLE_LENGTHS, key_bytes(&key), &value, &found);
	if (error != 0) {
		return error;
	}
	memset(counts, 0, PREFIXES * sizeof(counts[0]));
	if (!found) {
		return 0;
	}
	reader_init(&r, value.data, value.size);
	for (size_t i = 0; i < PREFIXES; i++) {
		counts[i] = reader_u32(&r);
	}
	if (!reader_done(&r)) {
		error = txn_corrupt(txn, TABLE_LENGTHS, key_bytes(&key), "no counts");
	}
	return error;
}

static int put_lengths(
	struct store_txn *txn, uint8_t length, const uint32_t counts[PREFIXES])
{
	uint8_t value[PREFIXES * sizeof(counts[0])];
	struct writer w;
	struct key key;

	writer_init(&w, value, sizeof(value));
	for (size_t i = 0; i < PREFIXES; i++) {
		writer_u32(&w, counts[i]);
	}
	key_length(&key, length);
	return db_put(
		txn, TABLE_LENGTHS, key_bytes(&key), (struct bytes){ value, w.used });
}

static bool is_block(const struct key *key)
{
	return key->data[0] == TAG_BLOCK;
}

static uint8_t block_length(const struct key *key)
{
	return key->data[1];
}

/* Blocks were added (or, unless more, removed): counted by a record's whole run of
 * blocks of one length, since keys are sorted. */
static int count_blocks(
	struct store_txn *txn, const struct key *keys, size_t count, bool more)
{
	uint32_t counts[PREFIXES];
	int error = get_lengths(txn, block_length(&keys[0]), counts);

	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < count; i++) {
		size_t prefix = (size_t)keys[i].size - 2;

		if (!more && counts[prefix] == 0) {
			return txn_corrupt(txn, TABLE_LENGTHS,
				(struct bytes){ &keys[i].data[1], 1 },
				"counts fewer blocks than there are");
		}
		counts[prefix] = more ? counts[prefix] + 1 : counts[prefix] - 1;
	}
	return put_lengths(txn, block_length(&keys[0]), counts);
}

static int count_all(
	struct store_txn *txn, const struct index_numbers *numbers, bool more)
{
	size_t i = 0;
	int error = txn->error;

	while (error == 0 && i < numbers->count) {
		const struct key *first = &numbers->keys[i];
		size_t run = 1;

		if (is_block(first)) {
			while (i + run < numbers->count &&
				block_length(&first[run]) == block_length(first)) {
				run++;
			}
			error = count_blocks(txn, first, run, more);
		}
		i += run;
	}
	return error;
}

/* One block less, where it was counted at all. */
static int uncount_block(struct store_txn *txn, const struct key *key)
{
	uint32_t counts[PREFIXES];
	size_t prefix = (size_t)key->size - 2;
	int error = get_lengths(txn, block_length(key), counts);

	if (error != 0 || counts[prefix] == 0) {
		return error;
	}
	counts[prefix]--;
	return put_lengths(txn, block_length(key), counts);
}

/* A block that was there already, left of a row that was damaged, was counted then. */
int documents_count_block(struct store_txn *txn, const struct key *key)
{
	return is_block(key) ? count_blocks(txn, key, 1, true) : txn->error;
}

int documents_add(
	struct store_txn *txn, uint64_t ref, const struct index_numbers *numbers)
{
	int error = txn->error;

	for (size_t i = 0; error == 0 && i < numbers->count; i++) {
		const struct key *key = &numbers->keys[i];
		bool changed;

		error = db_add_ref(txn, TABLE_DOCUMENTS, key_bytes(key), ref, &changed);
		if (error == 0 && !changed && is_block(key)) {
			error = uncount_block(txn, key);
		}
	}
	return error != 0 ? error : count_all(txn, numbers, true);
}

int documents_remove(
	struct store_txn *txn, uint64_t ref, const struct index_numbers *numbers)
{
	int error = txn->error;

	for (size_t i = 0; error == 0 && i < numbers->count; i++) {
		struct bytes key = key_bytes(&numbers->keys[i]);
		bool changed;

		error = db_remove_ref(txn, TABLE_DOCUMENTS, key, ref, &changed);
		if (error == 0 && !changed) {
			error = txn_corrupt(txn, TABLE_DOCUMENTS, key,
				"a number that a record has is missing");
		}
	}
	return error != 0 ? error : count_all(txn, numbers, false);
}

int documents_uncount(struct store_txn *txn, struct bytes bytes)
{
	struct key key;

	if (bytes.size < 2 || bytes.size > sizeof(key.data) ||
		bytes.data[0] != TAG_BLOCK || bytes.size - 2 >= PREFIXES) {
		return txn->error;
	}
	memcpy(key.data, bytes.data, bytes.size);
	key.size = (uint8_t)bytes.size;
	return uncount_block(txn, &key);
}

int documents_forget(
	struct store_txn *txn, uint64_t ref, const struct index_numbers *numbers)
{
	int error = txn->error;

	for (size_t i = 0; error == 0 && i < numbers->count; i++) {
		const struct key *key = &numbers->keys[i];
		bool changed;

		error = db_remove_ref(
			txn, TABLE_DOCUMENTS, key_bytes(key), ref, &changed);
		if (error == 0 && changed && is_block(key)) {
			error = uncount_block(txn, key);
		}
	}
	return error;
}

static int find_blocks(
	struct store_txn *txn, const char *skeleton, struct candidates *candidates)
{
	uint32_t counts[PREFIXES];
	size_t length = strlen(skeleton);
	int error = get_lengths(txn, (uint8_t)length, counts);

	for (size_t i = 0; error == 0 && !candidates->cut && i <= length; i++) {
		struct key key;

		if (counts[i] > 0) {
			key_block(&key, (uint8_t)length, skeleton, i);
			error = index_collect(
				txn, TABLE_DOCUMENTS, key_bytes(&key), candidates);
		}
	}
	return error;
}

int documents_find(
	struct store_txn *txn, const char *skeleton, struct candidates *candidates)
{
	struct key key;
	int error;

	key_skeleton(&key, TAG_DOCUMENT, skeleton);
	error = index_collect(txn, TABLE_DOCUMENTS, key_bytes(&key), candidates);
	return error != 0 ? error : find_blocks(txn, skeleton, candidates);
}

int documents_find_personal(
	struct store_txn *txn, const char *skeleton, struct candidates *candidates)
{
	struct key key;

	key_skeleton(&key, TAG_PERSONAL, skeleton);
	return index_collect(txn, TABLE_DOCUMENTS, key_bytes(&key), candidates);
}
