/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "daemon/store/index.h"

static struct store *opened(void)
{
	static struct store store;

	if (store.match == NULL) {
		FUZZ_CHECK(match_context_create(&store.match, NULL) == 0);
	}
	return &store;
}

static struct index_keys derive(struct store_txn *txn,
	const struct cordon_record *record, struct bytes sealed, struct arena *arena)
{
	struct list_id list = { { "KAZ" }, (uint16_t)record->kind };
	struct entry entry = { .state = ENTRY_LIVE, .sealed = sealed };
	struct index_keys keys;

	entry.id = (struct bytes){ (const uint8_t *)record->id,
		record->id == NULL ? 0 : strlen(record->id) };
	FUZZ_CHECK(index_derive(txn, &list, &entry, arena, &keys) == 0);
	return keys;
}

/* Whatever another member sealed: bounded keys, each once, and the same ones again when
 * the row goes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_txn txn = { .store = opened() };
	struct bytes sealed = { data, size };
	struct cordon_record *record;
	struct index_keys keys, again;
	struct arena arena;

	arena_init(&arena, 0);
	if (size > 0 && record_open(sealed, &arena, &record, NULL, NULL) == 0) {
		keys = derive(&txn, record, sealed, &arena);
		again = derive(&txn, record, sealed, &arena);
		FUZZ_CHECK(keys.any == again.any && (keys.any || keys.not_understood));
		FUZZ_CHECK(keys.numbers.count <= INDEX_NUMBERS_MAX);
		FUZZ_CHECK(keys.numbers.count == again.numbers.count);
		for (size_t i = 0; i < keys.numbers.count; i++) {
			struct bytes key = key_bytes(&keys.numbers.keys[i]);

			FUZZ_CHECK(
				i == 0 ||
				key_after(key, key_bytes(&keys.numbers.keys[i - 1])));
			FUZZ_CHECK(memcmp(key.data, again.numbers.keys[i].data,
					   key.size) == 0);
		}
	}
	arena_finish(&arena);
	return 0;
}
