/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* O_DIRECTORY */
#include "daemon/store/compact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "daemon/store/db.h"

#define DIRECTORY "compact.tmp"
#define DATA "data.mdb"
#define LOCK "lock.mdb"
/* Beside the copy, room for what is written meanwhile. */
#define MARGIN_BYTES ((uint64_t)16 * 1024 * 1024)
/* What one transaction of the copy takes. */
#define COMMIT_BYTES ((size_t)16 * 1024 * 1024)
/* So little of the journal is left for the pause of the swap. */
#define LITTLE_BYTES ((size_t)256 * 1024)
#define ROUNDS_MAX 100

struct compaction {
	struct store *store;
	struct store_env *copy;
	atomic_bool stopped;
	bool swapped;
	atomic_uint_fast64_t total_bytes, before_bytes, after_bytes;
	char directory[DB_PATH_BYTES], data[DB_PATH_BYTES], lock[DB_PATH_BYTES];
};

/* ---- files ---------------------------------------------------------------------- */

static int set_paths(const struct store *store, struct compaction *c)
{
	return db_path(store, DIRECTORY, c->directory) == 0 &&
			       db_path(store, DIRECTORY "/" DATA, c->data) == 0 &&
			       db_path(store, DIRECTORY "/" LOCK, c->lock) == 0
		       ? 0
		       : CORDON_ETOOBIG;
}

static int remove_files(const struct compaction *c, const char **what)
{
	if (unlink(c->data) != 0 && errno != ENOENT && errno != ENOTDIR) {
		*what = c->data;
		return errno;
	}
	if (unlink(c->lock) != 0 && errno != ENOENT && errno != ENOTDIR) {
		*what = c->lock;
		return errno;
	}
	if (rmdir(c->directory) != 0 && errno != ENOENT) {
		*what = c->directory;
		return errno;
	}
	return 0;
}

int compact_clean(const struct store *store, struct errmsg *msg)
{
	const char *what = NULL;
	struct compaction c;
	int rc;

	if (set_paths(store, &c) != 0) {
		return errmsg_set(
			msg, CORDON_ETOOBIG, "%s: the path is too long", store->path);
	}
	rc = remove_files(&c, &what);
	return rc == 0 ? 0
		       : errmsg_set(msg, CORDON_EIO,
				 "remove %s, left by a compaction: %s", what,
				 strerror(rc));
}

/* A name is as durable as its directory. */
static int sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0) {
		return errno;
	}
	if (fsync(fd) != 0) {
		rc = errno;
	}
	close(fd);
	return rc;
}

/* ---- beginning ------------------------------------------------------------------ */

/* The pages that are in use. */
static uint64_t live_bytes(struct store_env *env)
{
	uint64_t pages = 0;
	MDB_txn *txn;
	MDB_stat stat = { 0 };

	if (mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn) != 0) {
		return 0;
	}
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (mdb_stat(txn, env->tables[i], &stat) == 0) {
			pages += stat.ms_branch_pages + stat.ms_leaf_pages +
				 stat.ms_overflow_pages;
		}
	}
	mdb_txn_abort(txn);
	return pages * stat.ms_psize;
}

static int check_room(struct compaction *c, struct errmsg *msg)
{
	const struct store *store = c->store;
	uint64_t wanted = atomic_load(&c->total_bytes) + MARGIN_BYTES;
	struct statvfs fs;

	if (statvfs(store->path, &fs) != 0) {
		return db_error(store, errno, "look for room", msg);
	}
	if ((uint64_t)fs.f_bavail * fs.f_frsize < wanted) {
		return errmsg_set(msg, CORDON_EFULL,
			"%s: a copy of the store takes up to %llu MiB, of which the "
			"disk has %llu free; nothing was changed; make room and try "
			"again",
			store->path, (unsigned long long)(wanted >> 20),
			(unsigned long long)((uint64_t)fs.f_bavail * fs.f_frsize >>
					     20));
	}
	return 0;
}

int store_compact_begin(
	struct store *store, struct compaction **compaction, struct errmsg *msg)
{
	struct compaction *c;
	int error;

	if (journal_is_on(&store->journal)) {
		return errmsg_set(msg, CORDON_EBUSY,
			"%s: a compaction is under way already", store->path);
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	c->store = store;
	atomic_store(&c->before_bytes, store_used_bytes(store));
	atomic_store(&c->total_bytes, live_bytes(store->env));
	error = set_paths(store, c) == 0
			? check_room(c, msg)
			: errmsg_set(msg, CORDON_ETOOBIG, "%s: the path is too long",
				  store->path);
	if (error != 0) {
		free(c);
		return error;
	}
	journal_set(&store->journal, true);
	*compaction = c;
	return 0;
}

/* ---- copying -------------------------------------------------------------------- */

static int failed(struct compaction *c, int rc, const char *what, struct errmsg *msg)
{
	struct errmsg why = { "" };
	int error = db_error(c->store, rc, what, &why);

	if (atomic_load(&c->stopped)) {
		error = CORDON_ESHUTDOWN;
	}
	return errmsg_set(msg, error, "%s; the store is as it was", why.text);
}

/* One table on its way: what is read, and where it goes. */
struct transfer {
	struct compaction *c;
	MDB_cursor *from;
	MDB_dbi to;
	MDB_txn *txn; /* of the copy */
	size_t bytes; /* since it began */
};

static int put(struct transfer *t, MDB_val *key, MDB_val *value, unsigned int flags)
{
	int rc = mdb_put(t->txn, t->to, key, value, flags);

	t->bytes += key->mv_size + value->mv_size;
	if (rc == 0 && t->bytes > COMMIT_BYTES) {
		rc = mdb_txn_commit(t->txn);
		t->txn = NULL;
		t->bytes = 0;
		if (rc == 0) {
			rc = mdb_txn_begin(t->c->copy->mdb, NULL, 0, &t->txn);
		}
		if (rc == 0 && atomic_load(&t->c->stopped)) {
			rc = ECANCELED;
		}
	}
	return rc;
}

/* Keys come in their order, and their values in theirs: each goes to the end. */
static int transfer_table(struct transfer *t)
{
	MDB_val key, value;
	int rc = mdb_cursor_get(t->from, &key, &value, MDB_FIRST);
	unsigned int flags;

	if (rc == 0) {
		rc = mdb_dbi_flags(t->txn, t->to, &flags);
	}
	while (rc == 0) {
		rc = put(t, &key, &value, MDB_APPEND);
		while (rc == 0 && (flags & MDB_DUPSORT) != 0) {
			rc = mdb_cursor_get(t->from, &key, &value, MDB_NEXT_DUP);
			if (rc == 0) {
				rc = put(t, &key, &value, MDB_APPENDDUP);
			}
		}
		if (rc == 0 || rc == MDB_NOTFOUND) {
			rc = mdb_cursor_get(t->from, &key, &value, MDB_NEXT_NODUP);
		}
	}
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int transfer_all(struct transfer *t, struct store_env *env, MDB_txn *snapshot)
{
	int rc = mdb_txn_begin(t->c->copy->mdb, NULL, 0, &t->txn);

	for (size_t i = 0; rc == 0 && i < TABLE_COUNT; i++) {
		t->to = t->c->copy->tables[i];
		rc = mdb_cursor_open(snapshot, env->tables[i], &t->from);
		if (rc == 0) {
			rc = transfer_table(t);
			mdb_cursor_close(t->from);
		}
	}
	if (rc == 0) {
		rc = mdb_txn_commit(t->txn);
	} else if (t->txn != NULL) {
		mdb_txn_abort(t->txn);
	}
	return rc;
}

/*
 * Keys and values alone are written: LMDB's own copies of its pages (mdb_env_copy2)
 * bring along what is left behind the end of a value in its last page.  On the disk it
 * has to be at the end, not before.
 */
static int transfer(struct compaction *c)
{
	struct store_env *env = db_env_take(c->store);
	struct transfer t = { .c = c };
	MDB_txn *snapshot;
	int rc = mdb_env_set_flags(c->copy->mdb, MDB_NOSYNC, 1);

	if (rc == 0) {
		rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &snapshot);
	}
	if (rc == 0) {
		rc = transfer_all(&t, env, snapshot);
		mdb_txn_abort(snapshot);
	}
	db_env_release(env);
	if (rc == 0) {
		rc = mdb_env_set_flags(c->copy->mdb, MDB_NOSYNC, 0);
	}
	return rc == 0 ? mdb_env_sync(c->copy->mdb, 1) : rc;
}

static int copy_tables(struct compaction *c, struct errmsg *msg)
{
	struct errmsg why = { "" };
	int rc, error;

	if (mkdir(c->directory, 0700) != 0) {
		return failed(c, errno, "make " DIRECTORY, msg);
	}
	error = db_env_open(c->store, c->directory, &c->copy, &why);
	if (error != 0) {
		return errmsg_set(msg, error, "%s; the store is as it was", why.text);
	}
	rc = transfer(c);
	return rc == 0 ? 0 : failed(c, rc, "copy the store", msg);
}

static int redo(struct store_env *env, MDB_txn *txn, const struct journal_entry *entry)
{
	MDB_val k = { entry->key.size, (void *)entry->key.data };
	MDB_val v = { entry->value.size, (void *)entry->value.data };
	MDB_dbi table = env->tables[entry->table];
	int rc = EINVAL;

	switch (entry->op) {
	case JOURNAL_PUT:
		return mdb_put(txn, table, &k, &v, 0);
	case JOURNAL_DELETE:
		rc = mdb_del(txn, table, &k, NULL);
		break;
	case JOURNAL_REMOVE_VALUE:
		rc = mdb_del(txn, table, &k, &v);
		break;
	case JOURNAL_DROP:
		return mdb_drop(txn, table, 0);
	}
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int redo_all(struct store_env *env, const struct buffer *journal)
{
	struct reader r;
	struct journal_entry entry;
	MDB_txn *txn;
	int rc = mdb_txn_begin(env->mdb, NULL, 0, &txn);

	if (rc != 0) {
		return rc;
	}
	reader_init(&r, buffer_data(journal), buffer_bytes(journal));
	while (rc == 0 && journal_next(&r, &entry)) {
		rc = (unsigned)entry.table < TABLE_COUNT ? redo(env, txn, &entry)
							 : EINVAL;
	}
	if (rc == 0 && r.bad) {
		rc = EINVAL;
	}
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

/* *left: what it brought this time; next time there is about as much. */
static int catch_up(struct compaction *c, size_t *left, struct errmsg *msg)
{
	struct buffer journal;
	bool whole = journal_take(&c->store->journal, &journal);
	int rc = 0;

	*left = buffer_bytes(&journal);
	if (whole && *left > 0) {
		rc = redo_all(c->copy, &journal);
	}
	buffer_finish(&journal);
	if (!whole) {
		return errmsg_set(msg, CORDON_EFULL,
			"%s: more was written meanwhile than the copy could follow; "
			"the store is as it was; try again at a quieter time",
			c->store->path);
	}
	return rc == 0 ? 0 : failed(c, rc, "bring the copy up to date", msg);
}

int store_compact_copy(struct compaction *c, struct errmsg *msg)
{
	size_t left = SIZE_MAX;
	int error = copy_tables(c, msg);

	for (int i = 0; error == 0 && left > LITTLE_BYTES && i < ROUNDS_MAX; i++) {
		error = atomic_load(&c->stopped)
				? errmsg_set(msg, CORDON_ESHUTDOWN,
					  "the node stops; the store is as it was")
				: catch_up(c, &left, msg);
	}
	return error;
}

/* ---- swapping ------------------------------------------------------------------- */

/* The lock file belongs to the data file that is in use; each is made when missing. */
static int take_place(struct compaction *c)
{
	char data[DB_PATH_BYTES], lock[DB_PATH_BYTES];
	int rc;

	if (db_path(c->store, DATA, data) != 0 || db_path(c->store, LOCK, lock) != 0) {
		return ENAMETOOLONG;
	}
	rc = sync_directory(c->directory);
	if (rc != 0) {
		return rc;
	}
	if (rename(c->data, data) != 0) {
		return errno;
	}
	c->swapped = true;
	(void)rename(c->lock, lock);
	return sync_directory(c->store->path);
}

int store_compact_swap(struct compaction *c, struct errmsg *msg)
{
	struct store *store = c->store;
	struct store_env *old;
	size_t left;
	int rc, error = catch_up(c, &left, msg);

	if (error != 0) {
		return error;
	}
	rc = take_place(c);
	if (!c->swapped) {
		return failed(c, rc, "put the copy in the store's place", msg);
	}
	pthread_mutex_lock(&store->env_lock);
	old = store->env;
	store->env = c->copy;
	pthread_mutex_unlock(&store->env_lock);
	c->copy = NULL;
	db_env_release(old);
	journal_set(&store->journal, false);
	atomic_fetch_add(&store->generation, 1);
	atomic_store(&c->after_bytes, store_used_bytes(store));
	if (rc != 0) {
		return errmsg_set(msg, CORDON_EIO,
			"%s: compacted, but whether the disk keeps the new file's name "
			"is not known: %s; look after the disk",
			store->path, strerror(rc));
	}
	return 0;
}

void store_compact_end(struct compaction *c)
{
	const char *what;

	if (c == NULL) {
		return;
	}
	if (!c->swapped) {
		journal_set(&c->store->journal, false);
	}
	db_env_release(c->copy);
	(void)remove_files(c, &what);
	free(c);
}

/* ---- progress ------------------------------------------------------------------- */

void store_compact_stop(struct compaction *c)
{
	atomic_store(&c->stopped, true);
}

void store_compact_progress(
	const struct compaction *c, struct compact_progress *progress)
{
	struct stat status;

	*progress = (struct compact_progress){
		.total_bytes = atomic_load(&c->total_bytes),
		.before_bytes = atomic_load(&c->before_bytes),
		.after_bytes = atomic_load(&c->after_bytes),
	};
	if (stat(c->data, &status) == 0) {
		progress->done_bytes = (uint64_t)status.st_size;
	} else if (progress->after_bytes > 0) {
		progress->done_bytes = progress->total_bytes;
	}
}
