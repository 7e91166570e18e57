/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "proto/entry.h"
#include "proto/record_codec.h"

/*
 * A row of feed and stage as bytes: an entry without its sequence (that is in the key),
 * and whether it counts as not understood.
 */
#define ROW_BYTES_MAX (64 + CORDON_ID_MAX + RECORD_SEALED_MAX)

struct row {
	struct entry entry;
	bool not_understood;
};

/* Refuses what no list can hold: CORDON_EINVAL, CORDON_ETOOBIG. */
int row_check(const struct entry *entry, struct errmsg *msg);
/* Of a checked entry. */
size_t row_write(const struct row *row, uint8_t out[ROW_BYTES_MAX]);
/* The entry borrows from bytes.  False when they are no row. */
bool row_read(struct bytes bytes, uint64_t sequence, struct row *row);

#endif
