/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* flock */
#include "daemon/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/log.h"

#define LOCK_NAME "cordon.lock"

static const char *const table_names[] = {
#define TABLE_NAME(symbol, name, flags) #name,
	TABLES(TABLE_NAME)
#undef TABLE_NAME
};

static const unsigned int table_flags[] = {
#define TABLE_FLAGS(symbol, name, flags) (flags),
	TABLES(TABLE_FLAGS)
#undef TABLE_FLAGS
};

const char *db_table_name(enum table table)
{
	return table_names[table];
}

int db_path(const struct store *store, const char *name, char out[DB_PATH_BYTES])
{
	int size = snprintf(out, DB_PATH_BYTES, "%s/%s", store->path, name);

	return size < 0 || size >= DB_PATH_BYTES ? -1 : 0;
}

bool db_fault(struct store *store)
{
	return store->writes_left > 0 && --store->writes_left == 0;
}

void store_fault_set(struct store *store, uint64_t n, int error)
{
	store->writes_left = n;
	store->fault = error;
}

static int make_directory(const struct store *store, struct errmsg *msg)
{
	struct stat status;

	if (mkdir(store->path, 0700) == 0) {
		return 0;
	}
	if (errno != EEXIST || stat(store->path, &status) != 0) {
		return db_error(store, errno, "make the store's directory", msg);
	}
	if (!S_ISDIR(status.st_mode)) {
		return errmsg_set(msg, CORDON_EIO,
			"%s: not a directory; name one for the store", store->path);
	}
	return 0;
}

/* LMDB lets several processes in; two nodes on one store would sign over each other. */
static int lock_directory(struct store *store, struct errmsg *msg)
{
	char path[DB_PATH_BYTES];

	if (db_path(store, LOCK_NAME, path) != 0) {
		return errmsg_set(
			msg, CORDON_ETOOBIG, "%s: the path is too long", store->path);
	}
	store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock < 0) {
		return db_error(store, errno, "open " LOCK_NAME, msg);
	}
	if (flock(store->lock, LOCK_EX | LOCK_NB) == 0) {
		return 0;
	}
	if (errno == EWOULDBLOCK) {
		return errmsg_set(msg, CORDON_EBUSY,
			"%s: another process has this store open; stop it first",
			store->path);
	}
	return db_error(store, errno, "lock " LOCK_NAME, msg);
}

/* LMDB aborts when it finds that a page says what cannot be.  Its own line, which comes
 * first, is of use to its authors. */
static void on_assert(MDB_env *env, const char *text)
{
	const char *path = NULL;

	mdb_env_get_path(env, &path);
	log_error("%s: the store is damaged (%s): look after the disk, then start with "
		  "an empty "
		  "data_dir, which is loaded from the other members (own lists: "
		  "cordonctl "
		  "recover)",
		path == NULL ? "" : path, text);
}

static int create_environment(struct store *store, uint32_t readers)
{
	int rc = mdb_env_create(&store->env);

	if (rc == 0) {
		rc = mdb_env_set_mapsize(store->env, (size_t)store->map_size_bytes);
	}
	if (rc == 0) {
		rc = mdb_env_set_maxdbs(store->env, TABLE_COUNT);
	}
	if (rc == 0) {
		rc = mdb_env_set_assert(store->env, on_assert);
	}
	if (rc == 0) {
		rc = mdb_env_set_maxreaders(store->env, readers);
	}
	if (rc == 0) {
		rc = mdb_env_open(store->env, store->path, MDB_NOTLS, 0600);
	}
	if (rc != 0) { /* of one that is not open nothing can be asked */
		mdb_env_close(store->env);
		store->env = NULL;
	}
	return rc;
}

static int open_environment(struct store *store, uint32_t readers, struct errmsg *msg)
{
	int stale = 0;
	int rc = create_environment(store, readers);

	if (rc == 0) {
		/* slots of a process that was killed would keep old pages for ever */
		rc = mdb_reader_check(store->env, &stale);
	}
	return rc == 0 ? 0 : db_error(store, rc, "open the store", msg);
}

/* A table of the same name with other flags is none of ours. */
static int open_table(
	struct store *store, MDB_txn *txn, enum table table, struct errmsg *msg)
{
	MDB_dbi *dbi = &store->tables[table];
	unsigned int flags = 0;
	int rc = mdb_dbi_open(
		txn, table_names[table], table_flags[table] | MDB_CREATE, dbi);

	if (rc == 0) {
		rc = mdb_dbi_flags(txn, *dbi, &flags);
	}
	if (rc == MDB_INCOMPATIBLE || (rc == 0 && flags != table_flags[table])) {
		return errmsg_set(msg, CORDON_EVERSION,
			"%s: its table %s is not of this program's making; give the "
			"node "
			"another directory",
			store->path, table_names[table]);
	}
	return rc == 0 ? 0 : db_error(store, rc, table_names[table], msg);
}

static int open_tables(struct store *store, struct errmsg *msg)
{
	MDB_txn *txn;
	int error = 0;
	int rc = mdb_txn_begin(store->env, NULL, 0, &txn);

	if (rc != 0) {
		return db_error(store, rc, "open the tables", msg);
	}
	for (size_t i = 0; error == 0 && i < TABLE_COUNT; i++) {
		error = open_table(store, txn, (enum table)i, msg);
	}
	if (error != 0) {
		mdb_txn_abort(txn);
		return error;
	}
	rc = mdb_txn_commit(txn);
	return rc == 0 ? 0 : db_error(store, rc, "open the tables", msg);
}

int db_open(struct store *store, uint32_t readers, struct errmsg *msg)
{
	int error;

	store->lock = -1;
	error = make_directory(store, msg);
	if (error == 0) {
		error = lock_directory(store, msg);
	}
	if (error == 0) {
		error = open_environment(store, readers, msg);
	}
	if (error == 0) {
		error = open_tables(store, msg);
	}
	return error;
}

void db_close(struct store *store)
{
	if (store->env != NULL) {
		mdb_env_close(store->env);
		store->env = NULL;
	}
	if (store->lock >= 0) {
		close(store->lock);
		store->lock = -1;
	}
}
