/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_HELD_CODEC_H
#define STORE_HELD_CODEC_H

#include "daemon/store/store.h"

/* A held withdrawal as key and value of its table (keys.h).  What is read borrows. */

#define HELD_VALUE_MAX (1 + 8 + 4 + 8 + 2 + 2 + IDENT_URI_MAX + STORE_HELD_TEXT_MAX)

bool held_read_key(struct bytes key, struct store_held *held);
bool held_read_value(struct bytes value, struct store_held *held);

/* by and text fit.  The value's size. */
size_t held_write_value(const struct store_held *held, uint8_t out[HELD_VALUE_MAX]);

#endif
