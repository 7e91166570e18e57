/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_SEEN_H
#define CTL_IMPORT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers seen so far: a list must not hold one entry twice.  Zeroed is empty. */
struct import_seen {
	uint64_t *slots; /* 0: free */
	size_t size, count;
};

/* CORDON_ENOMEM; *before tells whether number (not 0) had been added before. */
int import_seen_add(struct import_seen *seen, uint64_t number, bool *before);
void import_seen_finish(struct import_seen *seen);

/* The number that text is; false when it is not 1 to 19 digits, or 0. */
bool import_seen_parse(const char *text, uint64_t *number);

#endif
