/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/meta.h"

#include <string.h>

#define NAME_MAX_BYTES 100
#define VALUE_MAX 4096
#define NOTE_MAX 65536

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

int meta_put(struct store_txn *txn, const char *name, struct bytes value)
{
	return db_put_changed(txn, TABLE_META, text_bytes(name), value);
}

int meta_get(struct store_txn *txn, const char *name, struct bytes *value, bool *found)
{
	return db_get(txn, TABLE_META, text_bytes(name), value, found);
}

static int check_name(struct store_txn *txn, const char *name)
{
	size_t size = strlen(name);

	if (txn->error == 0 && (size == 0 || size > NAME_MAX_BYTES || name[0] == '.')) {
		return txn_fail(txn, CORDON_EINVAL,
			"meta name \"%.*s\": expected 1 to %d bytes, no '.' in front",
			NAME_MAX_BYTES, name, NAME_MAX_BYTES);
	}
	return txn->error;
}

int store_meta_put(struct store_txn *txn, const char *name, struct bytes value)
{
	int error = check_name(txn, name);

	if (error == 0 && value.size > VALUE_MAX) {
		error = txn_fail(txn, CORDON_ETOOBIG,
			"meta %s: %zu bytes, at most %d fit", name, value.size,
			VALUE_MAX);
	}
	return error != 0 ? error : meta_put(txn, name, value);
}

int store_meta_get(
	struct store_txn *txn, const char *name, struct bytes *value, bool *found)
{
	int error = check_name(txn, name);

	return error != 0 ? error : meta_get(txn, name, value, found);
}

int meta_next_number(struct store_txn *txn, const char *name, uint64_t *number)
{
	uint8_t bytes[sizeof(*number)];
	struct bytes value;
	struct reader r;
	struct writer w;
	bool found;
	int error = meta_get(txn, name, &value, &found);

	if (error != 0) {
		return error;
	}
	*number = 1;
	if (found) {
		reader_init(&r, value.data, value.size);
		*number = reader_u64(&r) + 1;
	}
	writer_init(&w, bytes, sizeof(bytes));
	writer_u64(&w, *number);
	return meta_put(txn, name, (struct bytes){ bytes, w.used });
}

static int check_note_id(struct store_txn *txn, struct bytes id)
{
	if (txn->error == 0 && !ident_record_id_valid((const char *)id.data, id.size)) {
		return txn_fail(txn, CORDON_EINVAL, "a note needs the id of a record");
	}
	return txn->error;
}

int store_note_put(struct store_txn *txn, struct bytes id, const char *text)
{
	int error = check_note_id(txn, id);

	if (error != 0) {
		return error;
	}
	if (text == NULL) {
		return db_delete(txn, TABLE_NOTES, id, NULL);
	}
	if (strlen(text) > NOTE_MAX) {
		return txn_fail(txn, CORDON_ETOOBIG,
			"note of %.*s: %zu bytes, at most %d fit", (int)id.size,
			(const char *)id.data, strlen(text), NOTE_MAX);
	}
	return db_put_changed(txn, TABLE_NOTES, id, text_bytes(text));
}

int store_note_get(struct store_txn *txn, struct bytes id, struct bytes *text)
{
	struct bytes value;
	bool found;
	int error = check_note_id(txn, id);

	if (error == 0) {
		error = db_get(txn, TABLE_NOTES, id, &value, &found);
	}
	if (error == 0) {
		*text = found ? value : (struct bytes){ NULL, 0 };
	}
	return error;
}
