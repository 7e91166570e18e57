/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <lmdb.h>
#include <stdatomic.h>

#include "daemon/store/journal.h"
#include "daemon/store/keys.h"
#include "daemon/store/store.h"

/*
 * Inside the store: the environment, transactions that keep their first error, and
 * the few things one does to a table.
 *
 * Every function on a transaction returns its sticky error when there is one, and
 * makes the error it returns sticky.  Values are borrowed from the map: good until the
 * next write in the same transaction.
 */

/*
 * One data file.  A compaction puts another in its place; who reads this one keeps it
 * until then.
 */
struct store_env {
	MDB_env *mdb;
	MDB_dbi tables[TABLE_COUNT];
	atomic_uint users; /* the store and each transaction */
};

struct store {
	struct store_env *env; /* by lock, but for the writer's thread */
	pthread_mutex_t env_lock;
	struct journal journal;
	char *path;
	uint32_t readers;
	uint64_t map_size_bytes;
	int lock; /* file descriptor that keeps other processes out */
	struct match_context *match; /* the writer thread's */
	struct deferred *deferred;   /* deferred.h; the writer thread's */
	bool persons_partial; /* postings are being made anew; the writer thread's */
	atomic_uint_fast64_t generation;
	atomic_bool broken; /* db_is_broken, seen at a commit */
	/* Faults of tests: the writes_left-th write from now on fails with fault. */
	uint64_t writes_left; /* 0: none */
	int fault;            /* of LMDB or errno */
};

struct feed_context;

struct store_txn {
	struct store *store;
	struct store_env *env; /* that mdb is of; NULL: let go of while lapsed */
	MDB_txn *mdb;
	bool journaled;
	bool journal_whole;
	struct buffer journal; /* what was done, while a copy is being made */
	bool writes;
	bool changed;
	bool kept;          /* it was committed */
	bool persons_whole; /* with it the store is no longer persons_partial */
	bool lapsed; /* a read transaction that was reset, or could not be renewed */
	int error;
	struct errmsg msg;
	struct feed_context *feeds;
	uint8_t *row;       /* room for one row (feed.c) */
	struct arena arena; /* of one record at a time */
};

/* feed.c: frees the feeds that were given out. */
void feeds_free(struct store_txn *txn);

/* For tests: LMDB writes (a commit counts as one) from now on fail once, the n-th of
 * them with error; 0 ends it. */
void store_fault_set(struct store *store, uint64_t n, int error);

/* db.c */

/* Directory, lock file, environment and tables; store->path and the map's size are
 * set.  On failure db_close is still due. */
int db_open(struct store *store, uint32_t readers, struct errmsg *msg);
void db_close(struct store *store);
/* The environment and tables of a data file in directory; *env is changed on success.
 */
int db_env_open(const struct store *store, const char *directory,
	struct store_env **env, struct errmsg *msg);
/* The store's, for one user more; any thread. */
struct store_env *db_env_take(struct store *store);
/* The last user closes it.  NULL is accepted. */
void db_env_release(struct store_env *env);
#define DB_PATH_BYTES 4096
/* A file in the store's directory; -1: too long. */
int db_path(const struct store *store, const char *name, char out[DB_PATH_BYTES]);
/* True when this write is the one that a test makes fail. */
bool db_fault(struct store *store);
const char *db_table_name(enum table table);

/* compact.c: removes what a compaction has left that was stopped. */
int compact_clean(const struct store *store, struct errmsg *msg);

/* db_error.c */

/* LMDB's or errno's error in our words; what: "commit", or a table's name. */
int db_error(
	const struct store *store, int error, const char *what, struct errmsg *msg);
/* LMDB could not write its meta page: nothing works any more until it is opened anew.
 */
bool db_is_broken(const struct store *store);

/* table.c */

int txn_fail(struct store_txn *txn, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* CORDON_ECORRUPT naming table and key; keys that hold numbers of documents or people's
 * names are left out. */
int txn_corrupt(
	struct store_txn *txn, enum table table, struct bytes key, const char *what);
/* CORDON_EINVAL, sticky, unless the transaction may write. */
int txn_writes(struct store_txn *txn);

/* For the journal of a copy that is being made; before the change: what key and value
 * borrow from may move with it. */
size_t db_note(struct store_txn *txn, enum journal_op op, enum table table,
	struct bytes key, struct bytes value);

int db_get(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes *value, bool *found);
/* Replaces. */
int db_put(
	struct store_txn *txn, enum table table, struct bytes key, struct bytes value);
/* Replaces only what differs. */
int db_put_changed(
	struct store_txn *txn, enum table table, struct bytes key, struct bytes value);
/* Refuses to replace: *taken tells that there was one. */
int db_insert(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *taken);
/* The same, quicker where key sorts behind all others. */
int db_append(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *taken);
/* found may be NULL. */
int db_delete(struct store_txn *txn, enum table table, struct bytes key, bool *found);
/* One value of an index key; *changed is false when it was there already, or not there.
 */
int db_add_value(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *changed);
int db_has_value(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *found);
int db_remove_value(struct store_txn *txn, enum table table, struct bytes key,
	struct bytes value, bool *changed);
/* The same where the value is a REF. */
int db_add_ref(struct store_txn *txn, enum table table, struct bytes key, uint64_t ref,
	bool *changed);
int db_has_ref(struct store_txn *txn, enum table table, struct bytes key, uint64_t ref,
	bool *found);
int db_remove_ref(struct store_txn *txn, enum table table, struct bytes key,
	uint64_t ref, bool *changed);
int db_drop(struct store_txn *txn, enum table table);

/* Adds values of an index in ascending order of (key, value). */
struct db_filler {
	struct store_txn *txn;
	enum table table;
	MDB_cursor *mdb;
	bool behind;     /* from here on all keys sort behind the table's */
	struct key last; /* the one added last, once there is one */
	struct key end;  /* the table's last at the beginning; size 0: none */
};

int db_filler_open(struct db_filler *filler, struct store_txn *txn, enum table table);
int db_filler_add(
	struct db_filler *filler, struct bytes key, struct bytes value, bool *changed);
void db_filler_close(struct db_filler *filler);

struct db_cursor {
	struct store_txn *txn;
	enum table table;
	MDB_cursor *mdb;
};

int db_cursor_open(struct db_cursor *cursor, struct store_txn *txn, enum table table);
void db_cursor_close(struct db_cursor *cursor);
/* key is where to look for the operations that take one, and where it was found. */
int db_cursor_get(struct db_cursor *cursor, MDB_cursor_op op, struct bytes *key,
	struct bytes *value, bool *found);
/* The first of key's values that is not below value. */
int db_cursor_at(
	struct db_cursor *cursor, struct bytes key, struct bytes *value, bool *found);
/* The entry that the cursor stands on. */
int db_cursor_delete(struct db_cursor *cursor);

#endif
