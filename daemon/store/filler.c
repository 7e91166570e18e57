/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/store/db.h"

/* Many sorted keys at a time: the cursor stays where the next one goes. */

static int failed(struct db_filler *filler, int rc)
{
	struct store_txn *txn = filler->txn;

	if (txn->error == 0) {
		txn->error = db_error(
			txn->store, rc, db_table_name(filler->table), &txn->msg);
	}
	return txn->error;
}

static void keep(struct key *key, const MDB_val *value)
{
	key->size = (uint8_t)value->mv_size;
	memcpy(key->data, value->mv_data, value->mv_size);
}

static MDB_val value_of(const struct bytes *bytes)
{
	return (MDB_val){ .mv_size = bytes->size, .mv_data = (void *)bytes->data };
}

int db_filler_open(struct db_filler *filler, struct store_txn *txn, enum table table)
{
	MDB_val key, value;
	int rc;
	int error = txn_writes(txn);

	memset(filler, 0, sizeof(*filler));
	filler->txn = txn;
	filler->table = table;
	if (error != 0) {
		return error;
	}
	rc = mdb_cursor_open(txn->mdb, txn->env->tables[table], &filler->mdb);
	if (rc != 0) {
		filler->mdb = NULL;
		return failed(filler, rc);
	}
	rc = mdb_cursor_get(filler->mdb, &key, &value, MDB_LAST);
	if (rc == 0 && key.mv_size <= KEY_MAX) {
		keep(&filler->end, &key);
	} else if (rc != MDB_NOTFOUND) {
		db_filler_close(filler);
		return failed(filler, rc == 0 ? MDB_CORRUPTED : rc);
	}
	return 0;
}

void db_filler_close(struct db_filler *filler)
{
	if (filler->mdb != NULL) {
		mdb_cursor_close(filler->mdb);
		filler->mdb = NULL;
	}
}

/* How the table orders them. */
static int order(struct db_filler *filler, const struct key *a, struct bytes b)
{
	struct bytes x = key_bytes(a);
	MDB_val key = value_of(&x), other = value_of(&b);

	return mdb_cmp(filler->txn->mdb, filler->txn->env->tables[filler->table], &key,
		&other);
}

/*
 * A key behind all others is appended, and so are the further values of a key that
 * was appended here.
 */
static unsigned int flags_for(struct db_filler *filler, struct bytes key)
{
	bool again = filler->last.size > 0 && order(filler, &filler->last, key) == 0;

	if (again && filler->behind) {
		return MDB_APPENDDUP;
	}
	if (!again && !filler->behind) {
		filler->behind =
			filler->end.size == 0 || order(filler, &filler->end, key) < 0;
	}
	return filler->behind ? MDB_APPEND : MDB_NODUPDATA;
}

int db_filler_add(
	struct db_filler *filler, struct bytes key, struct bytes value, bool *changed)
{
	MDB_val k = value_of(&key), v = value_of(&value);
	int error = txn_writes(filler->txn);
	int rc;

	if (error != 0) {
		return error;
	}
	if (db_fault(filler->txn->store)) {
		return failed(filler, filler->txn->store->fault);
	}
	filler->txn->changed = true;
	db_note(filler->txn, JOURNAL_PUT, filler->table, key, value);
	rc = mdb_cursor_put(filler->mdb, &k, &v, flags_for(filler, key));
	if (rc != 0 && rc != MDB_KEYEXIST) {
		return failed(filler, rc);
	}
	*changed = rc == 0; /* the same again: nothing to do */
	filler->last.size = (uint8_t)key.size;
	memcpy(filler->last.data, key.data, key.size);
	return 0;
}
