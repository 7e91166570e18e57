/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* flock */
#include "daemon/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024.0 * 1024.0)
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

static int full(
	const struct store *store, int error, const char *what, struct errmsg *msg)
{
	if (error == MDB_MAP_FULL) {
		return errmsg_set(msg, CORDON_EFULL,
			"%s: %s: all %.0f MiB of the store's map are used; nothing "
			"that "
			"was acknowledged is lost; give it a larger map size and start "
			"the node again",
			store->path, what, (double)store->map_size_bytes / MIB);
	}
	return errmsg_set(msg, CORDON_EFULL,
		"%s: %s: %s; nothing that was acknowledged is lost; free some space "
		"there and try again",
		store->path, what, strerror(error));
}

static int io_error(
	const struct store *store, int error, const char *what, struct errmsg *msg)
{
	/* after a failed write of its meta page LMDB refuses to go on: what the disk
	 * holds is the state before or after that commit, which only a new start tells
	 */
	if (error == MDB_PANIC) {
		return errmsg_set(msg, CORDON_EIO,
			"%s: %s: an earlier write to the disk failed; look after the "
			"disk "
			"and start the node again",
			store->path, what);
	}
	return errmsg_set(
		msg, CORDON_EIO, "%s: %s: %s", store->path, what, mdb_strerror(error));
}

int db_error(const struct store *store, int error, const char *what, struct errmsg *msg)
{
	switch (error) {
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return full(store, error, what, msg);
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
		return errmsg_set(msg, CORDON_ECORRUPT,
			"%s: %s: the file is damaged (%s); restore a copy, or start "
			"with "
			"an empty directory and load from the other members",
			store->path, what, mdb_strerror(error));
	case MDB_VERSION_MISMATCH:
		return errmsg_set(msg, CORDON_EVERSION,
			"%s: %s: written by an LMDB of another version", store->path,
			what);
	case MDB_READERS_FULL:
		return errmsg_set(msg, CORDON_EBUSY,
			"%s: %s: more read transactions than the store was opened for",
			store->path, what);
	case MDB_TXN_FULL:
		return errmsg_set(msg, CORDON_ETOOBIG,
			"%s: %s: the transaction changes too much at once", store->path,
			what);
	case ENOMEM:
		return errmsg_set(
			msg, CORDON_ENOMEM, "%s: %s: out of memory", store->path, what);
	case MDB_BAD_TXN:
	case MDB_BAD_RSLOT:
	case MDB_BAD_DBI:
	case MDB_BAD_VALSIZE:
	case EINVAL:
		return errmsg_set(msg, CORDON_EINTERNAL, "%s: %s: %s", store->path,
			what, mdb_strerror(error));
	default:
		return io_error(store, error, what, msg);
	}
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
	char path[4096];
	int size = snprintf(path, sizeof(path), "%s/" LOCK_NAME, store->path);

	if (size < 0 || (size_t)size >= sizeof(path)) {
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

static int open_environment(struct store *store, uint32_t readers, struct errmsg *msg)
{
	int stale = 0;
	int rc = mdb_env_create(&store->env);

	if (rc == 0) {
		rc = mdb_env_set_mapsize(store->env, (size_t)store->map_size_bytes);
	}
	if (rc == 0) {
		rc = mdb_env_set_maxdbs(store->env, TABLE_COUNT);
	}
	if (rc == 0) {
		rc = mdb_env_set_maxreaders(store->env, readers);
	}
	if (rc == 0) {
		rc = mdb_env_open(store->env, store->path, MDB_NOTLS, 0600);
	}
	if (rc == 0) {
		/* slots of a process that was killed would keep old pages for ever */
		rc = mdb_reader_check(store->env, &stale);
	}
	return rc == 0 ? 0 : db_error(store, rc, "open the store", msg);
}

static int open_tables(struct store *store, struct errmsg *msg)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(store->env, NULL, 0, &txn);

	if (rc != 0) {
		return db_error(store, rc, "open the tables", msg);
	}
	for (size_t i = 0; rc == 0 && i < TABLE_COUNT; i++) {
		rc = mdb_dbi_open(txn, table_names[i], table_flags[i] | MDB_CREATE,
			&store->tables[i]);
	}
	if (rc != 0) {
		mdb_txn_abort(txn);
	} else {
		rc = mdb_txn_commit(txn);
	}
	/* a table of the same name with other flags is none of ours */
	if (rc == MDB_INCOMPATIBLE) {
		return errmsg_set(msg, CORDON_EVERSION,
			"%s: not a store of this version; give the node another "
			"directory",
			store->path);
	}
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
