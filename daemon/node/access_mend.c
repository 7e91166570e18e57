/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "daemon/node/access_log_private.h"

/*
 * After a write or a sync that failed.
 *
 * 1. What was written since the last sync that succeeded is written again: of a sync
 *    that failed nobody knows what reached the disk, and the kernel takes its pages for
 *    clean.
 * 2. The log's end is looked for and closed as at a start (access_open.c).  What was
 *    answered is in front of it; behind it may be lookups whose answers were not given.
 * 3. A new segment is begun.
 */

static int write_again(int fd, uint64_t from, uint64_t to)
{
	uint8_t some[65536];
	int error = 0;

	while (error == 0 && from < to) {
		uint64_t left = to - from;
		ssize_t got = pread(fd, some,
			left < sizeof(some) ? (size_t)left : sizeof(some), (off_t)from);

		if (got < 0) {
			return errno;
		}
		if (got == 0) {
			break;
		}
		error = access_pwrite(fd, some, (size_t)got, from);
		from += (uint64_t)got;
	}
	return error == 0 && fdatasync(fd) != 0 ? errno : error;
}

/* 1. */
static int make_durable(struct access_log *log, struct errmsg *msg)
{
	const struct access_file file = { log->end.segment, ACCESS_PLAIN };
	char path[ACCESS_PATH_MAX];
	int fd, error;

	access_path(log, &file, path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		return errno == ENOENT ? 0 : access_fail(errno, "open", path, msg);
	}
	error = write_again(fd, atomic_load(&log->synced), log->at);
	close(fd);
	return error == 0 ? 0 : access_fail(error, "write", path, msg);
}

int access_mend(struct access_log *log, struct errmsg *msg)
{
	int error;

	if (log->fd >= 0) {
		close(log->fd);
		log->fd = -1;
	}
	error = make_durable(log, msg);
	if (error == 0) {
		error = access_recover(log, msg);
	}
	if (error == 0) {
		error = access_rotate(log, msg);
		/* without space for it the keeper is waited for */
		error = error == CORDON_EFULL ? 0 : error;
	}
	return error;
}
