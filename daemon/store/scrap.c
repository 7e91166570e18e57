/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/scrap.h"

#include "daemon/store/deferred.h"
#include "daemon/store/index.h"
#include "daemon/store/lists.h"

/*
 * Rows for repair, where nothing that is stored is trusted: what is damaged is taken
 * for what is not there, and what cannot be removed because it is missing is no error.
 */

int scrap_locate(
	struct feed_context *feed, struct bytes id, uint64_t *sequence, bool *found)
{
	struct bytes value;
	struct key key;
	uint64_t ref;
	bool there = false;
	int error = feed->txn->error;

	if (error == 0 && id.size > 0 && id.size <= CORDON_ID_MAX) {
		key_id(&key, feed->number, id);
		error = db_get(feed->txn, TABLE_IDS, key_bytes(&key), &value, &there);
	}
	if (error != 0) {
		return error;
	}
	*found = there && ref_read(value, &ref) && ref_number(ref) == feed->number;
	if (*found) {
		*sequence = ref_sequence(ref);
	}
	return 0;
}

static int get(struct feed_context *feed, uint64_t sequence, struct row *row,
	bool *there, bool *readable)
{
	struct bytes value;
	struct key key;
	int error;

	key_native(&key, ref_make(feed->number, sequence));
	error = db_get(feed->txn, TABLE_FEED, key_bytes(&key), &value, there);
	if (error == 0) {
		*readable = *there && row_read(value, sequence, row);
	}
	return error;
}

int scrap_peek(
	struct feed_context *feed, uint64_t sequence, struct row *row, bool *found)
{
	bool there;

	if (sequence == 0 || sequence > REF_SEQUENCE_MAX) {
		*found = false;
		return feed->txn->error;
	}
	return get(feed, sequence, row, &there, found);
}

/* The id's reference, where it is to this row. */
static int forget_id(struct feed_context *feed, struct bytes id, uint64_t sequence)
{
	uint64_t named;
	struct key key;
	bool found;
	int error = scrap_locate(feed, id, &named, &found);

	if (error != 0 || !found || named != sequence) {
		return error;
	}
	key_id(&key, feed->number, id);
	return db_delete(feed->txn, TABLE_IDS, key_bytes(&key), &found);
}

static int forget_not_understood(struct feed_context *feed)
{
	struct list_row row;
	bool found;
	int error = list_row_get(feed->txn, &feed->list, &row, &found);

	if (error != 0 || !found || row.not_understood == 0) {
		return error;
	}
	return list_count_not_understood(feed->txn, &feed->list, false);
}

/* Those of a list that is being loaded may be kept back. */
static int forget_keys(
	struct feed_context *feed, uint64_t ref, const struct index_keys *keys)
{
	bool deferred;
	int error = deferred_check(feed, &deferred);

	if (error != 0) {
		return error;
	}
	return deferred ? deferred_remove(feed, ref, keys)
			: index_forget(feed->txn, &feed->list, ref, keys);
}

/* What a row that can be read says of itself; keys are made before the first write,
 * which may move what is borrowed. */
static int forget_derived(struct feed_context *feed, const struct row *row)
{
	struct store_txn *txn = feed->txn;
	uint64_t sequence = row->entry.sequence;
	bool not_understood = row->not_understood;
	struct index_keys keys;
	uint8_t id[CORDON_ID_MAX];
	struct bytes kept = { id, row->entry.id.size };
	struct writer w;
	int error;

	writer_init(&w, id, sizeof(id));
	writer_bytes(&w, row->entry.id.data, row->entry.id.size);
	arena_reset(&txn->arena);
	error = index_derive(txn, &feed->list, &row->entry, &txn->arena, &keys);
	if (error == 0) {
		error = forget_keys(feed, ref_make(feed->number, sequence), &keys);
	}
	if (error == 0 && not_understood) {
		error = forget_not_understood(feed);
	}
	return error == 0 ? forget_id(feed, kept, sequence) : error;
}

int scrap_at(struct feed_context *feed, uint64_t sequence)
{
	struct key key;
	struct row row;
	bool there, readable;
	int error = get(feed, sequence, &row, &there, &readable);

	if (error != 0 || !there) {
		return error;
	}
	if (readable) {
		error = forget_derived(feed, &row);
	}
	key_native(&key, ref_make(feed->number, sequence));
	return error == 0 ? db_delete(feed->txn, TABLE_FEED, key_bytes(&key), &there)
			  : error;
}

int scrap_id(struct feed_context *feed, struct bytes id)
{
	struct key key;
	bool found;

	if (id.size == 0 || id.size > CORDON_ID_MAX) {
		return feed->txn->error;
	}
	key_id(&key, feed->number, id);
	return db_delete(feed->txn, TABLE_IDS, key_bytes(&key), &found);
}

int store_scrap_unreadable(struct store_txn *txn, const struct list_id *list)
{
	struct feed_context feed = { .txn = txn, .list = *list };
	struct store_walked walked = { .found = true };
	uint64_t after = 0;
	int error = txn_writes(txn);

	if (error == 0) {
		error = list_number(txn, list, false, &feed.number);
	}
	while (error == 0 && feed.number != 0) {
		error = store_walk(txn, list, after, &walked);
		if (error != 0 || !walked.found) {
			break;
		}
		after = walked.sequence;
		if (!walked.readable) {
			error = scrap_at(&feed, walked.sequence);
		}
	}
	return error;
}
