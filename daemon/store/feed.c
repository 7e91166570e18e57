/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/store/deferred.h"
#include "daemon/store/feed_rows.h"
#include "daemon/store/lists.h"
#include "daemon/store/scrap.h"

/* What core/repl sees of a list's rows. */

/* An aborted transaction gives no number for good, but its feed ends with it. */
static int number_of(struct feed_context *feed, bool make)
{
	if (feed->number != 0) {
		return feed->txn->error;
	}
	return list_number(feed->txn, &feed->list, make, &feed->number);
}

static int feed_find(void *context, enum feed_area area, struct bytes id,
	struct entry *row, bool *found)
{
	struct feed_context *feed = context;
	struct row out;
	bool there = false;
	int error = number_of(feed, false);

	if (error == 0 && feed->number != 0) {
		error = feed_row_find(feed, area, id, &out, &there);
	}
	if (error == 0) {
		*found = there;
		if (there) {
			*row = out.entry;
		}
	}
	return error;
}

static int feed_next(void *context, enum feed_area area, uint64_t after,
	struct entry *row, bool *found)
{
	struct feed_context *feed = context;
	struct row out;
	bool there = false;
	int error = number_of(feed, false);

	if (error == 0 && feed->number != 0 && after < REF_SEQUENCE_MAX) {
		error = feed_row_next(feed, area, after, &out, &there);
	}
	if (error == 0) {
		*found = there;
		if (there) {
			*row = out.entry;
		}
	}
	return error;
}

static int feed_put(void *context, enum feed_area area, const struct entry *row)
{
	struct feed_context *feed = context;
	struct store_txn *txn = feed->txn;
	struct errmsg msg = { "" };
	int error = txn_writes(txn);

	if (error == 0) {
		error = row_check(row, &msg);
		if (error != 0) {
			return txn_fail(txn, error, "%s", msg.text);
		}
	}
	if (error == 0) {
		error = number_of(feed, true);
	}
	return error != 0 ? error : feed_row_put(feed, area, row);
}

static int feed_remove(void *context, enum feed_area area, struct bytes id)
{
	struct feed_context *feed = context;
	int error = txn_writes(feed->txn);

	if (error == 0) {
		error = number_of(feed, false);
	}
	if (error != 0 || feed->number == 0) {
		return error;
	}
	arena_reset(&feed->txn->arena);
	return feed_row_remove_id(feed, area, id);
}

/*
 * The live row is made of the staged row's bytes, which stay where they are in the map
 * until the stage's copy is deleted; feed_row_put copies them before it writes.
 */
static int feed_promote(void *context, uint64_t sequence)
{
	struct feed_context *feed = context;
	struct store_txn *txn = feed->txn;
	uint8_t id[CORDON_ID_MAX];
	struct row row;
	bool found = false;
	size_t size;
	int error = txn_writes(txn);

	if (error == 0) {
		error = number_of(feed, false);
	}
	if (error == 0 && feed->number != 0 && sequence <= REF_SEQUENCE_MAX) {
		error = feed_row_get(feed, FEED_STAGE, sequence, &row, &found);
	}
	if (error == 0 && !found) {
		error = txn_fail(txn, CORDON_ENOTFOUND,
			"sequence %llu is not in the stage",
			(unsigned long long)sequence);
	}
	if (error != 0) {
		return error;
	}
	size = row.entry.id.size;
	memcpy(id, row.entry.id.data, size);
	error = feed_row_put(feed, FEED_LIVE, &row.entry);
	if (error == 0) {
		error = feed_row_remove_id(
			feed, FEED_STAGE, (struct bytes){ id, size });
	}
	return error;
}

static int remove_rows(struct feed_context *feed, enum feed_area area)
{
	bool found = true;
	int error = 0;

	while (error == 0 && found) {
		struct row row;

		error = feed_row_next(feed, area, 0, &row, &found);
		if (error == 0 && found) {
			arena_reset(&feed->txn->arena);
			error = feed_row_remove(feed, area, &row);
		}
	}
	return error;
}

/* Live begins anew. */
static int feed_clear(void *context, enum feed_area area)
{
	struct feed_context *feed = context;
	int error = txn_writes(feed->txn);

	if (error == 0) {
		error = number_of(feed, area == FEED_LIVE);
	}
	if (error != 0 || feed->number == 0) {
		return error;
	}
	error = remove_rows(feed, area);
	return error == 0 && area == FEED_LIVE ? deferred_begin(feed) : error;
}

static int feed_locate(void *context, struct bytes id, uint64_t *sequence, bool *found)
{
	struct feed_context *feed = context;
	bool there = false;
	int error = number_of(feed, false);

	if (error == 0 && feed->number != 0) {
		error = scrap_locate(feed, id, sequence, &there);
	}
	if (error == 0) {
		*found = there;
	}
	return error;
}

static int feed_peek(void *context, uint64_t sequence, struct entry *row, bool *found)
{
	struct feed_context *feed = context;
	struct row out;
	bool there = false;
	int error = number_of(feed, false);

	if (error == 0 && feed->number != 0) {
		error = scrap_peek(feed, sequence, &out, &there);
	}
	if (error == 0) {
		*found = there;
		if (there) {
			*row = out.entry;
		}
	}
	return error;
}

static int feed_scrap(void *context, struct bytes id, uint64_t sequence)
{
	struct feed_context *feed = context;
	int error = txn_writes(feed->txn);

	if (error == 0) {
		error = number_of(feed, false);
	}
	if (error != 0 || feed->number == 0) {
		return error;
	}
	if (sequence > 0 && sequence <= REF_SEQUENCE_MAX) {
		error = scrap_at(feed, sequence);
	}
	return error == 0 ? scrap_id(feed, id) : error;
}

static const struct feed_ops ops = {
	.find = feed_find,
	.next = feed_next,
	.put = feed_put,
	.remove = feed_remove,
	.promote = feed_promote,
	.clear = feed_clear,
	.locate = feed_locate,
	.peek = feed_peek,
	.scrap = feed_scrap,
};

int store_feed(struct store_txn *txn, const struct list_id *list, struct feed *feed)
{
	struct feed_context *context = txn->feeds;

	if (txn->error != 0) {
		return txn->error;
	}
	while (context != NULL && !ident_list_equal(&context->list, list)) {
		context = context->next;
	}
	if (context == NULL) {
		context = calloc(1, sizeof(*context));
		if (context == NULL) {
			return txn_fail(txn, CORDON_ENOMEM, "out of memory for a feed");
		}
		context->txn = txn;
		context->list = *list;
		context->next = txn->feeds;
		txn->feeds = context;
	}
	feed->ops = &ops;
	feed->context = context;
	feed->list = *list;
	return 0;
}

void feeds_free(struct store_txn *txn)
{
	while (txn->feeds != NULL) {
		struct feed_context *next = txn->feeds->next;

		free(txn->feeds);
		txn->feeds = next;
	}
}
