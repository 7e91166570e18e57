/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/deferred_keys.h"

#include <stdlib.h>
#include <string.h>

#define RUN_KEYS 16384 /* sorted in about a millisecond */

struct deferred_run {
	size_t count, taken;
	struct deferred_key keys[RUN_KEYS];
};

void deferred_keys_finish(struct deferred_keys *keys)
{
	for (size_t i = 0; i < keys->runs_count; i++) {
		free(keys->heap[i]);
	}
	free(keys->open);
	free(keys->heap);
	memset(keys, 0, sizeof(*keys));
}

static int compare(const void *a, const void *b)
{
	const struct deferred_key *x = a, *y = b;

	for (size_t i = 0; i < 3; i++) {
		if (x->order[i] != y->order[i]) {
			return x->order[i] < y->order[i] ? -1 : 1;
		}
	}
	return x->ref == y->ref ? 0 : x->ref < y->ref ? -1 : 1;
}

bool deferred_key_same(const struct deferred_key *a, const struct deferred_key *b)
{
	return memcmp(a->order, b->order, sizeof(a->order)) == 0;
}

static void write_order(enum table table, struct bytes key, uint64_t order[3])
{
	uint8_t bytes[24] = { (uint8_t)table };
	struct reader r;

	memcpy(bytes + 1, key.data, key.size);
	bytes[23] = (uint8_t)key.size;
	reader_init(&r, bytes, sizeof(bytes));
	for (size_t i = 0; i < 3; i++) {
		order[i] = reader_u64(&r);
	}
}

enum table deferred_key_table(const struct deferred_key *key)
{
	return (enum table)(key->order[0] >> 56);
}

static void read_posting(const uint8_t bytes[24], struct deferred_entry *out)
{
	uint64_t native = 0;

	(void)ref_read((struct bytes){ bytes + 1, REF_BYTES }, &native);
	key_native(&out->key, native);
	memcpy(out->value, bytes + 1 + REF_BYTES, POSTING_BYTES - REF_BYTES);
}

void deferred_key_read(const struct deferred_key *key, struct deferred_entry *out)
{
	enum table table = deferred_key_table(key);
	uint8_t bytes[24];
	struct writer w;

	writer_init(&w, bytes, sizeof(bytes));
	for (size_t i = 0; i < 3; i++) {
		writer_u64(&w, key->order[i]);
	}
	if (table == TABLE_POSTINGS) {
		read_posting(bytes, out);
		ref_write(key->ref, out->value + POSTING_BYTES - REF_BYTES);
		out->value_bytes = POSTING_BYTES;
		return;
	}
	out->key.size = bytes[23];
	memcpy(out->key.data, bytes + 1, out->key.size);
	memcpy(out->value, &key->ref, sizeof(key->ref));
	out->value_bytes = sizeof(key->ref);
}

/* The open run is full, or the last: it becomes one of the others. */
static int close_run(struct deferred_keys *keys)
{
	struct deferred_run *run = keys->open;

	if (keys->runs_count == keys->runs_room) {
		size_t room = keys->runs_room == 0 ? 64 : 2 * keys->runs_room;
		struct deferred_run **more =
			realloc(keys->heap, room * sizeof(struct deferred_run *));

		if (more == NULL) {
			return CORDON_ENOMEM;
		}
		keys->heap = more;
		keys->runs_room = room;
	}
	qsort(run->keys, run->count, sizeof(run->keys[0]), compare);
	keys->heap[keys->runs_count++] = run;
	keys->open = NULL;
	keys->merging = false;
	return 0;
}

/* Of which order is still to be written; NULL: out of memory. */
static struct deferred_key *add(struct deferred_keys *keys, uint64_t ref)
{
	struct deferred_key *place;

	if (keys->open != NULL && keys->open->count == RUN_KEYS &&
		close_run(keys) != 0) {
		return NULL;
	}
	if (keys->open == NULL) {
		keys->open = malloc(sizeof(*keys->open));
		if (keys->open == NULL) {
			return NULL;
		}
		keys->open->count = 0;
		keys->open->taken = 0;
	}
	place = &keys->open->keys[keys->open->count++];
	place->ref = ref;
	keys->count++;
	return place;
}

int deferred_keys_add(
	struct deferred_keys *keys, enum table table, struct bytes key, uint64_t ref)
{
	struct deferred_key *place = add(keys, ref);

	if (place == NULL) {
		return CORDON_ENOMEM;
	}
	write_order(table, key, place->order);
	return 0;
}

int deferred_keys_add_posting(
	struct deferred_keys *keys, const struct record_posting *from, uint64_t ref)
{
	struct deferred_key *place = add(keys, ref);
	const struct posting *posting = &from->posting;

	if (place == NULL) {
		return CORDON_ENOMEM;
	}
	/* table:1 key:8 born:4 signature:4 and zeros */
	place->order[0] = (uint64_t)TABLE_POSTINGS << 56 | from->key >> 8;
	place->order[1] = from->key << 56 | (uint64_t)posting->born << 24 |
			  posting->signature >> 8;
	place->order[2] = (uint64_t)posting->signature << 56;
	return 0;
}

static bool before(const struct deferred_run *a, const struct deferred_run *b)
{
	return compare(&a->keys[a->taken], &b->keys[b->taken]) < 0;
}

static void sift_down(struct deferred_keys *keys, size_t at)
{
	struct deferred_run **heap = keys->heap;

	for (;;) {
		size_t least = at, left = 2 * at + 1;
		struct deferred_run *swapped;

		if (left < keys->runs_count && before(heap[left], heap[least])) {
			least = left;
		}
		if (left + 1 < keys->runs_count &&
			before(heap[left + 1], heap[least])) {
			least = left + 1;
		}
		if (least == at) {
			return;
		}
		swapped = heap[at];
		heap[at] = heap[least];
		heap[least] = swapped;
		at = least;
	}
}

static int begin_merging(struct deferred_keys *keys)
{
	int error = keys->open != NULL ? close_run(keys) : 0;

	if (error != 0 || keys->merging) {
		return error;
	}
	for (size_t i = keys->runs_count; i-- > 0;) {
		sift_down(keys, i);
	}
	keys->merging = true;
	return 0;
}

int deferred_keys_next(
	struct deferred_keys *keys, struct deferred_key *key, bool *found)
{
	struct deferred_run *run;
	int error = begin_merging(keys);

	if (error != 0) {
		return error;
	}
	*found = keys->runs_count > 0;
	if (!*found) {
		return 0;
	}
	run = keys->heap[0];
	*key = run->keys[run->taken++];
	keys->count--;
	if (run->taken == run->count) {
		free(run);
		keys->heap[0] = keys->heap[--keys->runs_count];
	}
	sift_down(keys, 0);
	return 0;
}
