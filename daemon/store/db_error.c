/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* O_NOFOLLOW */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/store/db.h"

/* LMDB's errors in our words: what happened, where, and what to do. */

#define MIB (1024.0 * 1024.0)
/* What one transaction may need at most (core/repl). */
#define PROBE_BYTES (4 * 1024 * 1024)

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

bool db_is_broken(const struct store *store)
{
	MDB_txn *probe;
	/* one for writing: it needs no reader's slot */
	int rc = mdb_txn_begin(store->env->mdb, NULL, 0, &probe);

	if (rc == 0) {
		mdb_txn_abort(probe);
	}
	return rc == MDB_PANIC;
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

/*
 * LMDB says EIO when the kernel took only a part of a write, and on a disk that has
 * just become full that is the rule.  So ask for the room that a transaction may need,
 * in a file without a name: its error, or EIO when there is room.
 */
static int space_error(const struct store *store)
{
	char path[DB_PATH_BYTES];
	int error = 0;
	int fd;

	if (db_path(store, "probe.tmp", path) != 0) {
		return EIO;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return errno == ENOSPC || errno == EDQUOT ? errno : EIO;
	}
	(void)unlink(path);
	/* behind the data file's end, so that a limit on a file's size shows too */
	error = posix_fallocate(fd, (off_t)store_used_bytes(store), PROBE_BYTES);
	close(fd);
	return error == ENOSPC || error == EDQUOT || error == EFBIG ? error : EIO;
}

int db_error(const struct store *store, int error, const char *what, struct errmsg *msg)
{
	if (error == EIO && store->env != NULL) {
		error = space_error(store);
	}
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
