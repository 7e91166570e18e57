/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LIST_CODEC_H
#define STORE_LIST_CODEC_H

#include "daemon/core/repl/copy.h"

/*
 * A list's state as bytes, field by field and with a version in front.  It is cut in
 * two, so that an idle head's new time does not rewrite the state of a read, and the
 * digests are no part of it.
 */

/* Room for either part. */
#define COPY_PART_MAX 2048

/* Phase, head, count of live rows. */
size_t copy_write_live(const struct list_copy *copy, uint8_t out[COPY_PART_MAX]);
bool copy_read_live(struct bytes bytes, struct list_copy *copy);

/* The read under way. */
size_t copy_write_read(const struct list_copy *copy, uint8_t out[COPY_PART_MAX]);
bool copy_read_read(struct bytes bytes, struct list_copy *copy);

#endif
