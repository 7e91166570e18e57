/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SCRAP_H
#define STORE_SCRAP_H

#include "daemon/store/feed_rows.h"

/*
 * Live rows of one list for repair (feed.h: locate, peek, scrap).  An error is one of
 * LMDB's or of memory, never that what is stored makes no sense.  The feed's number is
 * known.
 */
int scrap_locate(
	struct feed_context *feed, struct bytes id, uint64_t *sequence, bool *found);
int scrap_peek(
	struct feed_context *feed, uint64_t sequence, struct row *row, bool *found);

/* Removes what stands at sequence; index keys that only a row which is damaged now
 * would name are left (store_index_walk finds them). */
int scrap_at(struct feed_context *feed, uint64_t sequence);
/* Removes what says where the id's row stands. */
int scrap_id(struct feed_context *feed, struct bytes id);

#endif
