/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/feed_rows.h"
#include "daemon/store/index.h"

/* Index keys that are derived before the transaction, on other threads. */

struct store_prepared {
	struct list_id list;
	const struct entry *entries;
	size_t count;
	struct prepared_keys {
		bool there;
		struct bytes sealed; /* of which they were derived */
		struct index_keys keys;
	} keys[];
};

int store_prepared_create(const struct list_id *list, const struct entry *entries,
	size_t count, struct arena *arena, struct store_prepared **prepared)
{
	struct store_prepared *p = NULL;

	if (count <= (SIZE_MAX - sizeof(*p)) / sizeof(p->keys[0])) {
		p = arena_alloc(arena, sizeof(*p) + count * sizeof(p->keys[0]));
	}
	if (p == NULL) {
		return CORDON_ENOMEM;
	}
	p->list = *list;
	p->entries = entries;
	p->count = count;
	*prepared = p;
	return 0;
}

int store_prepared_derive(struct store_prepared *prepared, size_t from, size_t count,
	struct match_context *match, struct arena *arena)
{
	struct arena record;
	int error = 0;

	arena_init(&record, 0);
	for (size_t i = from; error == 0 && i < from + count; i++) {
		struct prepared_keys *one = &prepared->keys[i];
		const struct entry *entry = &prepared->entries[i];

		arena_reset(&record);
		error = index_keys_of(
			match, &prepared->list, entry, &record, arena, &one->keys);
		one->sealed = entry->sealed;
		one->there = error == 0;
	}
	arena_finish(&record);
	return error;
}

void store_feed_prepared(const struct feed *feed, const struct store_prepared *prepared)
{
	struct feed_context *context = feed->context;

	context->prepared = prepared;
}

/* By the place of the entry: the caller puts those that it has prepared.  One whose
 * content was taken out since has other keys. */
const struct index_keys *prepared_keys(
	const struct store_prepared *prepared, const struct entry *entry)
{
	const struct prepared_keys *one;

	if (prepared == NULL || entry < prepared->entries ||
		entry >= prepared->entries + prepared->count) {
		return NULL;
	}
	one = &prepared->keys[entry - prepared->entries];
	return one->there && one->sealed.data == entry->sealed.data &&
			       one->sealed.size == entry->sealed.size
		       ? &one->keys
		       : NULL;
}
