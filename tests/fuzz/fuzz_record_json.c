/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "proto/bytes.h"
#include "proto/record.h"

/* What was read is written, and read and written again as the same text. */
static void check_text(const struct cordon_record *record)
{
	struct cordon_record *again;
	char *first, *second;

	FUZZ_CHECK(cordon_record_to_json(record, &first) == 0);
	FUZZ_CHECK(cordon_record_from_json(first, strlen(first), &again, NULL, 0) == 0);
	FUZZ_CHECK(record_same_content(record, again));
	FUZZ_CHECK(cordon_record_to_json(again, &second) == 0);
	FUZZ_CHECK(strcmp(first, second) == 0);
	cordon_record_destroy(again);
	free(second);
	free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct record_policy policy = { { "KAZ" }, .today = { 2026, 3, 15 } };
	struct errmsg msg = { "" };
	struct cordon_record *record;
	char why[100];

	if (cordon_record_from_json(
		    (const char *)data, size, &record, why, sizeof(why)) != 0) {
		FUZZ_CHECK(bytes_are_text(why, strlen(why)));
		return 0;
	}
	check_text(record);
	if (record_check(record, &policy, &msg, NULL) != 0) {
		FUZZ_CHECK(bytes_are_text(msg.text, strlen(msg.text)));
	}
	cordon_record_destroy(record);
	return 0;
}
