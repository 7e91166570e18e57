/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_NOFOLLOW, dup3 */
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
/* So little of the journal is left for the pause of the swap. */
#define LITTLE_BYTES ((size_t)256 * 1024)
#define ROUNDS_MAX 100

struct compaction {
	struct store *store;
	struct store_env *copy;
	pthread_mutex_t lock_fd;
	int fd; /* by lock_fd; that is being written to, or -1 */
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
	pthread_mutex_init(&c->lock_fd, NULL);
	c->fd = -1;
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

static void set_fd(struct compaction *c, int fd)
{
	pthread_mutex_lock(&c->lock_fd);
	c->fd = fd;
	pthread_mutex_unlock(&c->lock_fd);
}

static int copy_pages(struct compaction *c, struct errmsg *msg)
{
	struct store_env *env;
	int fd, rc = 0;

	if (mkdir(c->directory, 0700) != 0) {
		return failed(c, errno, "make " DIRECTORY, msg);
	}
	fd = open(c->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return failed(c, errno, "make the copy", msg);
	}
	set_fd(c, fd);
	env = db_env_take(c->store);
	rc = mdb_env_copyfd2(env->mdb, fd, MDB_CP_COMPACT);
	db_env_release(env);
	if (rc == 0 && fsync(fd) != 0) {
		rc = errno;
	}
	set_fd(c, -1);
	close(fd);
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
	int error = copy_pages(c, msg);

	if (error == 0) {
		error = db_env_open(c->store, c->directory, &c->copy, msg);
	}
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
	pthread_mutex_destroy(&c->lock_fd);
	free(c);
}

/* ---- progress ------------------------------------------------------------------- */

/* LMDB cannot be told to stop copying, but it does when it cannot write. */
void store_compact_stop(struct compaction *c)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	atomic_store(&c->stopped, true);
	pthread_mutex_lock(&c->lock_fd);
	if (c->fd >= 0 && full >= 0) {
		(void)dup3(full, c->fd, O_CLOEXEC);
	}
	pthread_mutex_unlock(&c->lock_fd);
	if (full >= 0) {
		close(full);
	}
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
