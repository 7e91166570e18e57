/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "daemon/store/db.h"

/* The first error of a transaction stays; the tables' few verbs. */

int txn_fail(struct store_txn *txn, int error, const char *format, ...)
{
	va_list ap;

	if (txn->error == 0) {
		txn->error = error;
		va_start(ap, format);
		vsnprintf(txn->msg.text, sizeof(txn->msg.text), format, ap);
		va_end(ap);
	}
	return txn->error;
}

/* Index keys are made of what records say; a log must not repeat it. */
static bool key_is_personal(enum table table)
{
	return table == TABLE_DOCUMENTS || table == TABLE_POSTINGS;
}

int txn_corrupt(
	struct store_txn *txn, enum table table, struct bytes key, const char *what)
{
	char hex[2 * KEY_MAX + 1] = "";

	if (!key_is_personal(table) && key.size <= KEY_MAX) {
		bytes_to_hex(key.data, key.size, hex);
	}
	return txn_fail(txn, CORDON_ECORRUPT,
		"%s: table %s, key %s: %s; run verify, and load the list anew",
		txn->store->path, db_table_name(table),
		hex[0] == '\0' ? "(hidden)" : hex, what);
}

int txn_writes(struct store_txn *txn)
{
	if (txn->error == 0 && !txn->writes) {
		return txn_fail(txn, CORDON_EINVAL,
			"a read transaction cannot change the store");
	}
	return txn->error;
}

static int lmdb_failed(struct store_txn *txn, enum table table, int rc)
{
	if (txn->error == 0) {
		txn->error = db_error(txn->store, rc, db_table_name(table), &txn->msg);
	}
	return txn->error;
}

static int may_read(struct store_txn *txn)
{
	if (txn->error == 0 && txn->lapsed) {
		return txn_fail(txn, CORDON_EINVAL,
			"the read transaction was reset and must be renewed first");
	}
	return txn->error;
}

/* Before each write: 0, the sticky error, or the fault of a test. */
static int may_write(struct store_txn *txn, enum table table)
{
	int error = txn_writes(txn);

	if (error != 0) {
		return error;
	}
	if (db_fault(txn->store)) {
		return lmdb_failed(txn, table, txn->store->fault);
	}
	txn->changed = true;
	return 0;
}

size_t db_note(struct store_txn *txn, enum journal_op op, enum table table,
	struct bytes key, struct bytes value)
{
	const struct journal_entry entry = { op, table, key, value };
	size_t mark = txn->journal.end;

	if (txn->journaled && txn->journal_whole &&
		!journal_note(&txn->journal, &entry)) {
		txn->journal_whole = false;
	}
	return mark;
}

/* Nothing came of it. */
static void forget(struct store_txn *txn, size_t mark)
{
	if (txn->journaled && txn->journal_whole) {
		txn->journal.end = mark;
	}
}

static MDB_val value_of(struct bytes bytes)
{
	return (MDB_val){ .mv_size = bytes.size, .mv_data = (void *)bytes.data };
}

static struct bytes bytes_of(MDB_val value)
{
	return (struct bytes){ value.mv_data, value.mv_size };
}

int db_get(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes *value, bool *found)
{
	MDB_val k = value_of(key), v;
	int error = may_read(txn);
	int rc;

	if (error != 0) {
		return error;
	}
	rc = mdb_get(txn->mdb, txn->env->tables[table], &k, &v);
	if (rc != 0 && rc != MDB_NOTFOUND) {
		return lmdb_failed(txn, table, rc);
	}
	*found = rc == 0;
	if (rc == 0) {
		*value = bytes_of(v);
	}
	return 0;
}

static int put(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, unsigned int flags, bool *existed)
{
	MDB_val k = value_of(key), v = value_of(value);
	int error = may_write(txn, table);
	size_t mark;
	int rc;

	if (error != 0) {
		return error;
	}
	mark = db_note(txn, JOURNAL_PUT, table, key, value);
	rc = mdb_put(txn->mdb, txn->env->tables[table], &k, &v, flags);
	if (rc != 0 && (rc != MDB_KEYEXIST || existed == NULL)) {
		return lmdb_failed(txn, table, rc);
	}
	if (rc == MDB_KEYEXIST) {
		forget(txn, mark);
	}
	if (existed != NULL) {
		*existed = rc == MDB_KEYEXIST;
	}
	return 0;
}

int db_put(
	struct store_txn *txn, enum table table, struct bytes key, struct bytes value)
{
	return put(txn, table, key, value, 0, NULL);
}

int db_put_changed(
	struct store_txn *txn, enum table table, struct bytes key, struct bytes value)
{
	struct bytes old;
	bool found;
	int error = db_get(txn, table, key, &old, &found);

	if (error != 0) {
		return error;
	}
	if (found && old.size == value.size &&
		(old.size == 0 || memcmp(old.data, value.data, old.size) == 0)) {
		return 0;
	}
	return db_put(txn, table, key, value);
}

int db_insert(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *taken)
{
	return put(txn, table, key, value, MDB_NOOVERWRITE, taken);
}

/* LMDB fills pages to the brim where it is told that a key is the last. */
int db_append(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *taken)
{
	bool not_last = false;
	int error = put(txn, table, key, value, MDB_APPEND, &not_last);

	if (error == 0 && !not_last) {
		*taken = false;
	}
	return error != 0 || !not_last ? error
				       : db_insert(txn, table, key, value, taken);
}

static int delete_key(struct store_txn *txn, enum table table, struct bytes key,
	MDB_val *value, bool *found)
{
	MDB_val k = value_of(key);
	int error = may_write(txn, table);
	int rc;

	if (error != 0) {
		return error;
	}
	if (value == NULL) {
		db_note(txn, JOURNAL_DELETE, table, key, (struct bytes){ NULL, 0 });
	} else {
		db_note(txn, JOURNAL_REMOVE_VALUE, table, key, bytes_of(*value));
	}
	rc = mdb_del(txn->mdb, txn->env->tables[table], &k, value);
	if (rc != 0 && rc != MDB_NOTFOUND) {
		return lmdb_failed(txn, table, rc);
	}
	if (found != NULL) {
		*found = rc == 0;
	}
	return 0;
}

int db_delete(struct store_txn *txn, enum table table, struct bytes key, bool *found)
{
	return delete_key(txn, table, key, NULL, found);
}

int db_add_value(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *changed)
{
	bool existed = false;
	int error = put(txn, table, key, value, MDB_NODUPDATA, &existed);

	if (error == 0) {
		*changed = !existed;
	}
	return error;
}

int db_has_value(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *found)
{
	MDB_val k = value_of(key), v = value_of(value);
	MDB_cursor *cursor;
	int rc;

	if (txn->error != 0) {
		return txn->error;
	}
	rc = mdb_cursor_open(txn->mdb, txn->env->tables[table], &cursor);
	if (rc == 0) {
		rc = mdb_cursor_get(cursor, &k, &v, MDB_GET_BOTH);
		mdb_cursor_close(cursor);
	}
	if (rc != 0 && rc != MDB_NOTFOUND) {
		return lmdb_failed(txn, table, rc);
	}
	*found = rc == 0;
	return 0;
}

int db_remove_value(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *changed)
{
	MDB_val v = value_of(value);

	return delete_key(txn, table, key, &v, changed);
}

static struct bytes ref_bytes(const uint64_t *ref)
{
	return (struct bytes){ (const uint8_t *)ref, sizeof(*ref) };
}

int db_add_ref(struct store_txn *txn, enum table table, struct bytes key, uint64_t ref,
	bool *changed)
{
	return db_add_value(txn, table, key, ref_bytes(&ref), changed);
}

int db_has_ref(struct store_txn *txn, enum table table, struct bytes key, uint64_t ref,
	bool *found)
{
	return db_has_value(txn, table, key, ref_bytes(&ref), found);
}

int db_remove_ref(struct store_txn *txn, enum table table, struct bytes key,
	uint64_t ref, bool *changed)
{
	return db_remove_value(txn, table, key, ref_bytes(&ref), changed);
}

int db_drop(struct store_txn *txn, enum table table)
{
	int error = may_write(txn, table);
	int rc;

	if (error != 0) {
		return error;
	}
	db_note(txn, JOURNAL_DROP, table, (struct bytes){ NULL, 0 },
		(struct bytes){ NULL, 0 });
	rc = mdb_drop(txn->mdb, txn->env->tables[table], 0);
	return rc == 0 ? 0 : lmdb_failed(txn, table, rc);
}

int db_cursor_open(struct db_cursor *cursor, struct store_txn *txn, enum table table)
{
	int error = may_read(txn);
	int rc;

	cursor->txn = txn;
	cursor->table = table;
	cursor->mdb = NULL;
	if (error != 0) {
		return error;
	}
	rc = mdb_cursor_open(txn->mdb, txn->env->tables[table], &cursor->mdb);
	if (rc != 0) {
		cursor->mdb = NULL;
		return lmdb_failed(txn, table, rc);
	}
	return 0;
}

void db_cursor_close(struct db_cursor *cursor)
{
	if (cursor->mdb != NULL) {
		mdb_cursor_close(cursor->mdb);
		cursor->mdb = NULL;
	}
}

int db_cursor_at(
	struct db_cursor *cursor, struct bytes key, struct bytes *value, bool *found)
{
	MDB_val k = value_of(key), v = value_of(*value);
	int rc;

	if (cursor->txn->error != 0) {
		return cursor->txn->error;
	}
	rc = mdb_cursor_get(cursor->mdb, &k, &v, MDB_GET_BOTH_RANGE);
	if (rc != 0 && rc != MDB_NOTFOUND) {
		return lmdb_failed(cursor->txn, cursor->table, rc);
	}
	*found = rc == 0;
	if (rc == 0) {
		*value = bytes_of(v);
	}
	return 0;
}

int db_cursor_get(struct db_cursor *cursor, MDB_cursor_op op, struct bytes *key,
	struct bytes *value, bool *found)
{
	MDB_val k = value_of(*key), v = { 0, NULL };
	int rc;

	if (cursor->txn->error != 0) {
		return cursor->txn->error;
	}
	rc = mdb_cursor_get(cursor->mdb, &k, &v, op);
	if (rc != 0 && rc != MDB_NOTFOUND) {
		return lmdb_failed(cursor->txn, cursor->table, rc);
	}
	*found = rc == 0;
	if (rc == 0) {
		*key = bytes_of(k);
		*value = bytes_of(v);
	}
	return 0;
}

/* Where keys have several values, one of them goes. */
static int note_cursor(struct db_cursor *cursor)
{
	struct store_txn *txn = cursor->txn;
	unsigned int flags = 0;
	MDB_val k, v;
	int rc;

	if (!txn->journaled) {
		return 0;
	}
	rc = mdb_dbi_flags(txn->mdb, txn->env->tables[cursor->table], &flags);
	if (rc == 0) {
		rc = mdb_cursor_get(cursor->mdb, &k, &v, MDB_GET_CURRENT);
	}
	if (rc == 0) {
		db_note(txn,
			(flags & MDB_DUPSORT) != 0 ? JOURNAL_REMOVE_VALUE
						   : JOURNAL_DELETE,
			cursor->table, bytes_of(k), bytes_of(v));
	}
	return rc;
}

int db_cursor_delete(struct db_cursor *cursor)
{
	int error = may_write(cursor->txn, cursor->table);
	int rc;

	if (error != 0) {
		return error;
	}
	rc = note_cursor(cursor);
	if (rc == 0) {
		rc = mdb_cursor_del(cursor->mdb, 0);
	}
	return rc == 0 ? 0 : lmdb_failed(cursor->txn, cursor->table, rc);
}
