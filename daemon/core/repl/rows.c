/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/rows.h"

#include <string.h>

int rows_count_out(
	struct list_copy *copy, const struct feed *feed, const struct entry *row)
{
	struct digest element;
	int error = digest_element(&feed->list, row, &element);

	if (error != 0) {
		return error;
	}
	digest_subtract(&copy->digest, &element);
	if (row->state == ENTRY_LIVE) {
		copy->live_count--;
	}
	return 0;
}

int rows_count_in(
	struct list_copy *copy, const struct feed *feed, const struct entry *row)
{
	struct digest element;
	int error = digest_element(&feed->list, row, &element);

	if (error != 0) {
		return error;
	}
	digest_add(&copy->digest, &element);
	if (row->state == ENTRY_LIVE) {
		copy->live_count++;
	}
	return 0;
}

static int count_out_id(
	struct list_copy *copy, const struct feed *feed, struct bytes id, bool *found)
{
	struct entry old;
	int error = feed->ops->find(feed->context, FEED_LIVE, id, &old, found);

	if (error != 0 || !*found) {
		return error;
	}
	return rows_count_out(copy, feed, &old);
}

int rows_replace(
	struct list_copy *copy, const struct feed *feed, const struct entry *row)
{
	bool found;
	int error = count_out_id(copy, feed, row->id, &found);

	if (error == 0) {
		error = rows_count_in(copy, feed, row);
	}
	if (error == 0) {
		error = feed->ops->put(feed->context, FEED_LIVE, row);
	}
	return error;
}

/* The row's element is counted already. */
static int replace_summed(
	struct list_copy *copy, const struct feed *feed, const struct entry *row)
{
	bool found;
	int error = count_out_id(copy, feed, row->id, &found);

	if (error == 0) {
		copy->live_count += row->state == ENTRY_LIVE;
		error = feed->ops->put(feed->context, FEED_LIVE, row);
	}
	return error;
}

int rows_replace_all(struct list_copy *copy, const struct feed *feed,
	const struct entry *entries, size_t count, const struct digest *sum)
{
	int error = 0;

	if (sum != NULL) {
		digest_add(&copy->digest, sum);
	}
	for (size_t i = 0; error == 0 && i < count; i++) {
		error = sum != NULL ? replace_summed(copy, feed, &entries[i])
				    : rows_replace(copy, feed, &entries[i]);
	}
	return error;
}

/* Of a row that may be damaged not all is there any more that a removal would miss. */
int rows_remove(struct list_copy *copy, const struct feed *feed, struct bytes id)
{
	struct entry old;
	bool found;
	int error = feed->ops->find(feed->context, FEED_LIVE, id, &old, &found);

	if (error == 0 && found) {
		error = rows_count_out(copy, feed, &old);
	}
	if (error != 0 || !found) {
		return error;
	}
	return copy->mixed ? feed->ops->scrap(feed->context, id, old.sequence)
			   : feed->ops->remove(feed->context, FEED_LIVE, id);
}

/* The row's id may lie in memory that its removal changes. */
static int remove_row(
	struct list_copy *copy, const struct feed *feed, const struct entry *row)
{
	char id[CORDON_ID_MAX];
	struct bytes kept = { (const uint8_t *)id, row->id.size };

	if (row->id.size > sizeof(id)) {
		return CORDON_ECORRUPT;
	}
	memcpy(id, row->id.data, row->id.size);
	return rows_remove(copy, feed, kept);
}

int rows_purge(
	struct list_copy *copy, const struct feed *feed, uint64_t from, uint64_t floor)
{
	uint64_t after = from;

	while (after < floor) {
		struct entry row;
		bool found;
		int error =
			feed->ops->next(feed->context, FEED_LIVE, after, &row, &found);

		if (error != 0) {
			return error;
		}
		if (!found || row.sequence > floor) {
			break;
		}
		after = row.sequence;
		if (row.state == ENTRY_WITHDRAWN) {
			error = remove_row(copy, feed, &row);
		}
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

int rows_clear(struct list_copy *copy, const struct feed *feed)
{
	int error = feed->ops->clear(feed->context, FEED_LIVE);

	if (error == 0) {
		error = feed->ops->clear(feed->context, FEED_STAGE);
	}
	if (error == 0) {
		memset(&copy->digest, 0, sizeof(copy->digest));
		copy->live_count = 0;
	}
	return error;
}

int rows_recount(struct list_copy *copy, const struct feed *feed)
{
	uint64_t after = 0;

	memset(&copy->digest, 0, sizeof(copy->digest));
	copy->live_count = 0;
	for (;;) {
		struct entry row;
		bool found;
		int error =
			feed->ops->next(feed->context, FEED_LIVE, after, &row, &found);

		if (error == 0 && found) {
			after = row.sequence;
			error = rows_count_in(copy, feed, &row);
		}
		if (error != 0 || !found) {
			return error;
		}
	}
}

int rows_match(const struct digest *digest, uint64_t live_count,
	const struct head *head, bool *equal)
{
	uint8_t hash[HASH_BYTES];
	int error = digest_hash(digest, hash);

	if (error != 0) {
		return error;
	}
	*equal = live_count == head->live_count &&
		 memcmp(hash, head->digest, HASH_BYTES) == 0;
	return 0;
}
