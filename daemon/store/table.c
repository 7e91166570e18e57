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
	return table == TABLE_DOCUMENTS || table == TABLE_NAMES;
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
	rc = mdb_get(txn->mdb, txn->store->tables[table], &k, &v);
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
	int rc;

	if (error != 0) {
		return error;
	}
	rc = mdb_put(txn->mdb, txn->store->tables[table], &k, &v, flags);
	if (rc != 0 && (rc != MDB_KEYEXIST || existed == NULL)) {
		return lmdb_failed(txn, table, rc);
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
	rc = mdb_del(txn->mdb, txn->store->tables[table], &k, value);
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

int db_add_ref(struct store_txn *txn, enum table table, struct bytes key, uint64_t ref,
	bool *changed)
{
	struct bytes value = { (const uint8_t *)&ref, sizeof(ref) };
	bool existed = false;
	int error = put(txn, table, key, value, MDB_NODUPDATA, &existed);

	if (error == 0) {
		*changed = !existed;
	}
	return error;
}

int db_remove_ref(struct store_txn *txn, enum table table, struct bytes key,
	uint64_t ref, bool *changed)
{
	MDB_val value = { .mv_size = sizeof(ref), .mv_data = &ref };

	return delete_key(txn, table, key, &value, changed);
}

int db_drop(struct store_txn *txn, enum table table)
{
	int error = may_write(txn, table);
	int rc;

	if (error != 0) {
		return error;
	}
	rc = mdb_drop(txn->mdb, txn->store->tables[table], 0);
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
	rc = mdb_cursor_open(txn->mdb, txn->store->tables[table], &cursor->mdb);
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

int db_cursor_delete(struct db_cursor *cursor)
{
	int error = may_write(cursor->txn, cursor->table);
	int rc;

	if (error != 0) {
		return error;
	}
	rc = mdb_cursor_del(cursor->mdb, 0);
	return rc == 0 ? 0 : lmdb_failed(cursor->txn, cursor->table, rc);
}
