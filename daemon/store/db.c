/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* flock */
#include "daemon/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

static int create_environment(
	const struct store *store, const char *directory, MDB_env **env)
{
	MDB_env *out;
	int rc = mdb_env_create(&out);

	if (rc != 0) {
		return rc;
	}
	rc = mdb_env_set_mapsize(out, (size_t)store->map_size_bytes);
	if (rc == 0) {
		rc = mdb_env_set_maxdbs(out, TABLE_COUNT);
	}
	if (rc == 0) {
		rc = mdb_env_set_maxreaders(out, store->readers);
	}
	if (rc == 0) {
		rc = mdb_env_set_assert(out, on_assert);
	}
	if (rc == 0) {
		rc = mdb_env_open(out, directory, MDB_NOTLS, 0600);
	}
	if (rc != 0) { /* of one that is not open nothing can be asked */
		mdb_env_close(out);
		return rc;
	}
	*env = out;
	return 0;
}

static int open_environment(const struct store *store, const char *directory,
	MDB_env **env, struct errmsg *msg)
{
	int stale = 0;
	int rc = create_environment(store, directory, env);

	if (rc == 0) {
		/* slots of a process that was killed would keep old pages for ever */
		rc = mdb_reader_check(*env, &stale);
	}
	return rc == 0 ? 0 : db_error(store, rc, "open the store", msg);
}

/* A table of the same name with other flags is none of ours. */
static int open_table(const struct store *store, struct store_env *env, MDB_txn *txn,
	enum table table, struct errmsg *msg)
{
	MDB_dbi *dbi = &env->tables[table];
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

static int open_tables(
	const struct store *store, struct store_env *env, struct errmsg *msg)
{
	MDB_txn *txn;
	int error = 0;
	int rc = mdb_txn_begin(env->mdb, NULL, 0, &txn);

	if (rc != 0) {
		return db_error(store, rc, "open the tables", msg);
	}
	for (size_t i = 0; error == 0 && i < TABLE_COUNT; i++) {
		error = open_table(store, env, txn, (enum table)i, msg);
	}
	if (error != 0) {
		mdb_txn_abort(txn);
		return error;
	}
	rc = mdb_txn_commit(txn);
	return rc == 0 ? 0 : db_error(store, rc, "open the tables", msg);
}

int db_env_open(const struct store *store, const char *directory,
	struct store_env **env, struct errmsg *msg)
{
	struct store_env *out = calloc(1, sizeof(*out));
	int error;

	if (out == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory for the store");
	}
	atomic_init(&out->users, 1);
	error = open_environment(store, directory, &out->mdb, msg);
	if (error == 0) {
		error = open_tables(store, out, msg);
	}
	if (error != 0) {
		db_env_release(out);
		return error;
	}
	*env = out;
	return 0;
}

struct store_env *db_env_take(struct store *store)
{
	struct store_env *env;

	pthread_mutex_lock(&store->env_lock);
	env = store->env;
	atomic_fetch_add(&env->users, 1);
	pthread_mutex_unlock(&store->env_lock);
	return env;
}

void db_env_release(struct store_env *env)
{
	if (env != NULL && atomic_fetch_sub(&env->users, 1) == 1) {
		if (env->mdb != NULL) {
			mdb_env_close(env->mdb);
		}
		free(env);
	}
}

int db_open(struct store *store, uint32_t readers, struct errmsg *msg)
{
	int error;

	store->lock = -1;
	store->readers = readers;
	error = make_directory(store, msg);
	if (error == 0) {
		error = lock_directory(store, msg);
	}
	if (error == 0) {
		error = compact_clean(store, msg);
	}
	return error == 0 ? db_env_open(store, store->path, &store->env, msg) : error;
}

void db_close(struct store *store)
{
	db_env_release(store->env);
	store->env = NULL;
	if (store->lock >= 0) {
		close(store->lock);
		store->lock = -1;
	}
}
