/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_seen.h"

#include <stdlib.h>
#include <string.h>

#include <cordon/error.h>

#define SLOTS_AT_FIRST 1024
#define DIGITS_MAX 19

/* Where number stands, or the free slot that waits for it. */
static uint64_t *find(const struct import_seen *seen, uint64_t number)
{
	size_t at = (size_t)(number * 0x9e3779b97f4a7c15u) & (seen->size - 1);

	while (seen->slots[at] != 0 && seen->slots[at] != number) {
		at = (at + 1) & (seen->size - 1);
	}
	return &seen->slots[at];
}

static int grow(struct import_seen *seen)
{
	struct import_seen larger = {
		.size = seen->size == 0 ? SLOTS_AT_FIRST : 2 * seen->size,
		.count = seen->count,
	};

	larger.slots = calloc(larger.size, sizeof(larger.slots[0]));
	if (larger.slots == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < seen->size; i++) {
		if (seen->slots[i] != 0) {
			*find(&larger, seen->slots[i]) = seen->slots[i];
		}
	}
	free(seen->slots);
	*seen = larger;
	return 0;
}

int import_seen_add(struct import_seen *seen, uint64_t number, bool *before)
{
	uint64_t *slot;

	if (2 * (seen->count + 1) > seen->size && grow(seen) != 0) {
		return CORDON_ENOMEM;
	}
	slot = find(seen, number);
	*before = *slot == number;
	if (!*before) {
		*slot = number;
		seen->count++;
	}
	return 0;
}

void import_seen_finish(struct import_seen *seen)
{
	free(seen->slots);
	*seen = (struct import_seen){ NULL, 0, 0 };
}

bool import_seen_parse(const char *text, uint64_t *number)
{
	size_t size = strspn(text, "0123456789");

	if (size == 0 || size > DIGITS_MAX || text[size] != '\0') {
		return false;
	}
	*number = strtoull(text, NULL, 10);
	return *number != 0;
}
