/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "proto/record_codec.h"
#include "proto/record_json.h"

#define ARENA_BYTES_MAX (16u << 20)

static const uint8_t salt[RECORD_SALT_BYTES] = { 7 };

/* Beyond what the entry rules allow, sets are compared in order: sealing sorts them. */
static bool has_long_set(const struct cordon_record *record)
{
	return record->actions_count > RECORD_SET_MAX ||
	       (record->person != NULL &&
		       record->person->markers_count > RECORD_SET_MAX);
}

/* What was sealed once is sealed to the same bytes for ever. */
static void check_sealing(const struct cordon_record *record, struct arena *arena)
{
	struct cordon_record *again;
	struct bytes first, second;

	if (record_seal(record, salt, arena, &first) != 0) {
		return; /* too big by the salt, or no memory */
	}
	FUZZ_CHECK(record_open(first, arena, &again, NULL, NULL) == 0);
	FUZZ_CHECK(has_long_set(record) || record_same_content(record, again));
	FUZZ_CHECK(record_seal(again, salt, arena, &second) == 0);
	FUZZ_CHECK(first.size == second.size &&
		   memcmp(first.data, second.data, first.size) == 0);
}

/* JSON says all that a record says. */
static void check_json(const struct cordon_record *record, struct arena *arena)
{
	json_t *json = record_json_write(record, true);
	struct cordon_record *again;

	FUZZ_CHECK(json != NULL);
	FUZZ_CHECK(record_json_read(json, arena, &again, NULL) == 0);
	FUZZ_CHECK(record_same_content(record, again));
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct record_policy policy = { { "KAZ" }, .today = { 2026, 3, 15 } };
	struct bytes sealed = { data, size };
	struct errmsg msg = { "" }, warning = { "" };
	struct cordon_record *record;
	struct arena arena;
	bool unknown;

	arena_init(&arena, ARENA_BYTES_MAX);
	if (record_open(sealed, &arena, &record, &unknown, &msg) == 0) {
		FUZZ_CHECK(record_begins_s(record) < record_ends_s(record) ||
			   date_compare(&record->valid_from, &record->valid_until) > 0);
		check_sealing(record, &arena);
		if (!unknown) {
			check_json(record, &arena);
		}
		if (record_check(record, &policy, &msg, &warning) != 0) {
			FUZZ_CHECK(bytes_are_text(msg.text, strlen(msg.text)));
		}
	}
	arena_finish(&arena);
	return 0;
}
