/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"

/*
 * The newest acknowledgement of each node for each list: what it says, and then the
 * signed message as it came, which proves delivery.
 */

#define ACK_VERSION 1
#define ACK_FIELDS_BYTES (1 + 16 + 8 + HASH_BYTES + 8)
#define ACK_PACKED_MAX 16384

static void write_ack(struct writer *w, const struct ack *ack, struct bytes packed)
{
	writer_u8(w, ACK_VERSION);
	writer_u64(w, ack->epoch.number);
	writer_u64(w, ack->epoch.tag);
	writer_u64(w, ack->sequence);
	writer_bytes(w, ack->head_hash, HASH_BYTES);
	writer_u64(w, (uint64_t)ack->time_s);
	writer_bytes(w, packed.data, packed.size);
}

/* All but list and node, which are in the key. */
static bool read_ack(struct bytes value, struct ack *ack)
{
	struct reader r;
	uint8_t version;

	reader_init(&r, value.data, value.size);
	version = reader_u8(&r);
	ack->epoch.number = reader_u64(&r);
	ack->epoch.tag = reader_u64(&r);
	ack->sequence = reader_u64(&r);
	reader_copy(&r, ack->head_hash, HASH_BYTES);
	ack->time_s = (int64_t)reader_u64(&r);
	return !r.bad && version == ACK_VERSION;
}

/* By (epoch, sequence): what is said again later leaves the time of the first. */
static bool is_newer(const struct ack *a, const struct ack *b)
{
	if (a->epoch.number != b->epoch.number) {
		return a->epoch.number > b->epoch.number;
	}
	return a->sequence > b->sequence;
}

int store_ack_put(struct store_txn *txn, const struct ack *ack, struct bytes packed)
{
	uint8_t value[ACK_FIELDS_BYTES + ACK_PACKED_MAX];
	struct bytes old_value;
	struct writer w;
	struct ack old;
	struct key key;
	bool found;
	int error = txn_writes(txn);

	if (error == 0 && packed.size > ACK_PACKED_MAX) {
		error = txn_fail(txn, CORDON_ETOOBIG,
			"an acknowledgement has %zu bytes, at most %d fit", packed.size,
			ACK_PACKED_MAX);
	}
	key_ack(&key, &ack->list, &ack->node);
	if (error == 0) {
		error = db_get(txn, TABLE_ACKS, key_bytes(&key), &old_value, &found);
	}
	if (error == 0 && found && !read_ack(old_value, &old)) {
		error = txn_corrupt(
			txn, TABLE_ACKS, key_bytes(&key), "no acknowledgement");
	}
	if (error != 0 || (found && !is_newer(ack, &old))) {
		return error;
	}
	writer_init(&w, value, sizeof(value));
	write_ack(&w, ack, packed);
	return db_put(
		txn, TABLE_ACKS, key_bytes(&key), (struct bytes){ value, w.used });
}

static bool read_entry(struct bytes key, struct bytes value, struct ack *ack)
{
	const char *uri = (const char *)key.data + LIST_KEY_BYTES;

	memset(ack, 0, sizeof(*ack));
	return key.size > LIST_KEY_BYTES &&
	       key_list_read((struct bytes){ key.data, LIST_KEY_BYTES }, &ack->list) &&
	       ident_uri_parse(&ack->node, uri, key.size - LIST_KEY_BYTES, NULL) == 0 &&
	       read_ack(value, ack);
}

int store_acks(struct store_txn *txn, const struct list_id *list, store_ack_fn *each,
	void *context)
{
	struct db_cursor cursor;
	struct bytes key, value;
	struct key from;
	bool found, go_on = true;
	MDB_cursor_op op = MDB_SET_RANGE;
	int error = db_cursor_open(&cursor, txn, TABLE_ACKS);

	key_list(&from, list);
	key = key_bytes(&from);
	while (error == 0 && go_on) {
		struct ack ack;

		error = db_cursor_get(&cursor, op, &key, &value, &found);
		op = MDB_NEXT;
		if (error != 0 || !found || !key_has_prefix(key, key_bytes(&from))) {
			break;
		}
		if (!read_entry(key, value, &ack)) {
			error = txn_corrupt(txn, TABLE_ACKS, key, "no acknowledgement");
		} else {
			go_on = each(context, &ack);
		}
	}
	db_cursor_close(&cursor);
	return error;
}

int store_ack_packed(struct store_txn *txn, const struct list_id *list,
	const struct identity *node, struct bytes *packed)
{
	struct bytes value = { NULL, 0 };
	struct key key;
	struct ack ack;
	bool found;
	int error;

	key_ack(&key, list, node);
	error = db_get(txn, TABLE_ACKS, key_bytes(&key), &value, &found);
	if (error == 0 && found && !read_ack(value, &ack)) {
		error = txn_corrupt(
			txn, TABLE_ACKS, key_bytes(&key), "no acknowledgement");
	}
	if (error != 0) {
		return error;
	}
	*packed = (struct bytes){ NULL, 0 };
	if (found) {
		packed->data = value.data + ACK_FIELDS_BYTES;
		packed->size = value.size - ACK_FIELDS_BYTES;
	}
	return 0;
}
