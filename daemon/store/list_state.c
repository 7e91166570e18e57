/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/deferred.h"
#include "daemon/store/list_codec.h"
#include "daemon/store/lists.h"

/* The parts of a list's state; each is written only when it changed.  The digests'
 * values are larger than half a page, so LMDB gives each a page of its own. */
enum part {
	PART_LIVE = 1,
	PART_READ = 2,
	PART_DIGEST = 3,
	PART_READ_DIGEST = 4,
	PART_DEFERRED = 5 /* empty; there while index keys are kept back */
};

static int get_digest(struct store_txn *txn, const struct list_id *list, enum part part,
	struct digest *digest)
{
	struct bytes value;
	struct key key;
	bool found;
	int error;

	key_part(&key, list, (uint8_t)part);
	error = db_get(txn, TABLE_PARTS, key_bytes(&key), &value, &found);
	if (error != 0 || !found) {
		return error;
	}
	if (value.size != DIGEST_BYTES) {
		return txn_corrupt(txn, TABLE_PARTS, key_bytes(&key), "no digest");
	}
	digest_load(digest, value.data);
	return 0;
}

static int put_digest(struct store_txn *txn, const struct list_id *list, enum part part,
	const struct digest *digest)
{
	uint8_t value[DIGEST_BYTES];
	struct key key;

	key_part(&key, list, (uint8_t)part);
	digest_store(digest, value);
	return db_put_changed(txn, TABLE_PARTS, key_bytes(&key),
		(struct bytes){ value, sizeof(value) });
}

typedef bool copy_read_fn(struct bytes bytes, struct list_copy *copy);

static int get_part(struct store_txn *txn, const struct list_id *list, enum part part,
	copy_read_fn *read, struct list_copy *copy)
{
	struct bytes value;
	struct key key;
	bool found;
	int error;

	key_part(&key, list, (uint8_t)part);
	error = db_get(txn, TABLE_PARTS, key_bytes(&key), &value, &found);
	if (error == 0 && found && !read(value, copy)) {
		error = txn_corrupt(
			txn, TABLE_PARTS, key_bytes(&key), "no state of a list");
	}
	return error;
}

static int put_part(struct store_txn *txn, const struct list_id *list, enum part part,
	struct bytes value)
{
	struct key key;

	key_part(&key, list, (uint8_t)part);
	return db_put_changed(txn, TABLE_PARTS, key_bytes(&key), value);
}

int list_deferred_get(struct store_txn *txn, const struct list_id *list, bool *yes)
{
	struct bytes value;
	struct key key;

	key_part(&key, list, PART_DEFERRED);
	return db_get(txn, TABLE_PARTS, key_bytes(&key), &value, yes);
}

int list_deferred_put(struct store_txn *txn, const struct list_id *list, bool yes)
{
	struct bytes nothing = { (const uint8_t *)"", 0 };
	struct key key;

	key_part(&key, list, PART_DEFERRED);
	return yes ? db_put(txn, TABLE_PARTS, key_bytes(&key), nothing)
		   : db_delete(txn, TABLE_PARTS, key_bytes(&key), NULL);
}

/* A list that can be answered from is indexed. */
static int end_deferred(
	struct store_txn *txn, const struct list_id *list, uint16_t number)
{
	struct feed feed;
	bool deferred = false;
	int error = store_feed(txn, list, &feed);

	if (error == 0) {
		((struct feed_context *)feed.context)->number = number;
		error = deferred_check(feed.context, &deferred);
	}
	return error == 0 && deferred ? deferred_end(feed.context) : error;
}

int store_list_get(struct store_txn *txn, const struct list_id *list,
	struct list_copy *copy, bool *found)
{
	struct list_copy out;
	struct list_row row;
	bool known = false;
	int error;

	memset(&out, 0, sizeof(out));
	error = list_row_get(txn, list, &row, &known);
	if (error == 0 && known) {
		error = get_part(txn, list, PART_LIVE, copy_read_live, &out);
	}
	if (error == 0 && known) {
		error = get_part(txn, list, PART_READ, copy_read_read, &out);
	}
	if (error == 0 && known) {
		error = get_digest(txn, list, PART_DIGEST, &out.digest);
	}
	if (error == 0 && known) {
		error = get_digest(txn, list, PART_READ_DIGEST, &out.read_digest);
	}
	if (error == 0) {
		*copy = out;
		*found = known;
	}
	return error;
}

int store_list_put(
	struct store_txn *txn, const struct list_id *list, const struct list_copy *copy)
{
	uint8_t value[COPY_PART_MAX];
	struct list_row row;
	int error = list_row_make(txn, list, &row);

	if (error == 0 && copy->phase != COPY_LOADING) {
		error = end_deferred(txn, list, row.number);
	}
	if (error != 0) {
		return error;
	}
	row.phase = (uint8_t)copy->phase;
	row.epoch = copy->head.epoch;
	row.sequence = copy->head.sequence;
	row.head_time_s = copy->head.time_s;
	(void)list_row_put(txn, list, &row);
	(void)put_part(txn, list, PART_LIVE,
		(struct bytes){ value, copy_write_live(copy, value) });
	(void)put_part(txn, list, PART_READ,
		(struct bytes){ value, copy_write_read(copy, value) });
	(void)put_digest(txn, list, PART_DIGEST, &copy->digest);
	return put_digest(txn, list, PART_READ_DIGEST, &copy->read_digest);
}
