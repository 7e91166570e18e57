/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_private.h"

/*
 * What the last run left.
 *
 * 1. It ended in order: the last segment has its end.
 * 2. It did not: behind the last whole group there may be one that was not, of which
 *    nobody was told.  It is cut off, and a checkpoint closes the segment.
 * 3. The log does not reach the newest checkpoint that the node kept aside, or is
 *    another one there: it was changed.  Nothing of it is touched, so that verify finds
 *    the place; the new segment goes on from that checkpoint.
 */
struct left {
	struct access_file file; /* the last segment */
	uint8_t *data;
	size_t size;
	struct audit_walk walk;
	struct audit_fault fault;
	bool whole; /* no fault in it */
	uint8_t witness[AUDIT_FRAME_SMALL_MAX];
	struct audit_frame newest; /* number 0: there is none */
};

static int read_witness(struct access_log *log, struct left *left, struct errmsg *msg)
{
	int fd = open(log->witness, O_RDONLY | O_CLOEXEC);
	struct bytes frame = { left->witness, 0 };
	ssize_t got;

	if (fd < 0) {
		return errno == ENOENT ? 0
				       : access_fail(errno, "open", log->witness, msg);
	}
	got = read(fd, left->witness, sizeof(left->witness));
	close(fd);
	frame.size = got > 0 ? (size_t)got : 0;
	if (audit_frame_read(frame, &left->newest) != 0 ||
		left->newest.type != AUDIT_CHECKPOINT ||
		audit_checkpoint_verify(&left->newest, log->keys->signing, NULL) != 0) {
		log_warning("access log: %s is no checkpoint of this log's key, and "
			    "is not looked at",
			log->witness);
		left->newest.number = 0;
	}
	return 0;
}

static int walk_last(struct access_log *log, struct left *left, struct errmsg *msg)
{
	struct bytes data;
	int error = access_load_file(log, &left->file, &left->data, &left->size, msg);

	if (error != 0) {
		return error;
	}
	data = (struct bytes){ left->data, left->size };
	left->walk.key = log->keys->signing;
	left->walk.newest = left->newest.whole;
	left->whole = audit_walk_segment(&left->walk, left->file.number, data, true,
			      &left->fault) == 0;
	return 0;
}

/* Rule 2. */
static int close_last(struct access_log *log, struct left *left, struct errmsg *msg)
{
	char path[ACCESS_PATH_MAX];
	int error;

	if (left->walk.ended) {
		return 0;
	}
	access_path(log, &left->file, path);
	log->fd = open(path, O_RDWR | O_CLOEXEC);
	if (log->fd < 0) {
		return access_fail(errno, "open", path, msg);
	}
	log->at = left->walk.good_bytes;
	log_notice("access log: the node had not ended in order; segment %" PRIu64
		   " is closed after frame %" PRIu64 "%s",
		left->file.number, log->end.number,
		left->whole ? "" : ", and what followed was not whole");
	error = ftruncate(log->fd, (off_t)log->at) == 0
			? access_checkpoint(log, AUDIT_RECOVERED, msg)
			: access_fail(errno, "cut", path, msg);
	close(log->fd);
	log->fd = -1;
	return error;
}

/* Rule 3. */
static void go_on_from_witness(struct access_log *log, const struct left *left)
{
	const struct audit_frame *newest = &left->newest;

	atomic_store(&log->damaged, true);
	log_error("access log: it was changed while the node did not run: checkpoint "
		  "%" PRIu64 " is not in it (it ends with frame %" PRIu64
		  ", segment %" PRIu64 "); see cordonctl access-log verify",
		newest->number, left->walk.end.number, left->file.number);
	log->end.number = newest->number;
	memcpy(log->end.hash, newest->hash, HASH_BYTES);
	log->end.entries = newest->entries;
	log->end.oldest = newest->oldest;
	if (newest->segment > log->end.segment) {
		log->end.segment = newest->segment;
	}
}

static bool behind(const struct left *left)
{
	const struct audit_walk *walk = &left->walk;

	if (left->newest.number == 0) {
		return false;
	}
	/* one of an earlier segment can only be older */
	return left->newest.number > walk->end.number ||
	       (left->newest.segment == left->file.number && !walk->newest_seen) ||
	       left->newest.segment > left->file.number;
}

static int go_on(struct access_log *log, struct left *left, struct errmsg *msg)
{
	log->end = left->walk.end;
	log->end.segment = left->file.number;
	if (left->file.number == 0) {
		log->end.oldest = 1;
	}
	if (behind(left)) {
		go_on_from_witness(log, left);
		return 0;
	}
	return left->file.number == 0 ? 0 : close_last(log, left, msg);
}

/* A spare that was given a segment's name and nothing else. */
static bool is_blank(const struct left *left)
{
	struct audit_frame frame;

	return left->file.form == ACCESS_PLAIN &&
	       audit_frame_read((struct bytes){ left->data, left->size }, &frame) ==
		       CORDON_ECLOSED;
}

static int load_last(struct access_log *log, struct left *left, struct errmsg *msg)
{
	struct access_file *files;
	size_t count;
	int error = access_list(log, &files, &count, msg);

	while (error == 0 && count > 0) {
		char path[ACCESS_PATH_MAX];

		left->file = files[count - 1];
		error = walk_last(log, left, msg);
		if (error != 0 || !is_blank(left)) {
			break;
		}
		access_path(log, &left->file, path);
		error = unlink(path) == 0 ? 0 : access_fail(errno, "remove", path, msg);
		free(left->data);
		left->data = NULL;
		memset(&left->walk, 0, sizeof(left->walk));
		memset(&left->file, 0, sizeof(left->file));
		count--;
	}
	if (error == 0) {
		atomic_store(&log->oldest, count == 0 ? 1 : files[0].number);
		free(files);
	}
	return error;
}

int access_recover(struct access_log *log, struct errmsg *msg)
{
	struct left *left = calloc(1, sizeof(*left));
	int error;

	if (left == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = read_witness(log, left, msg);
	if (error == 0) {
		error = load_last(log, left, msg);
	}
	if (error == 0) {
		error = go_on(log, left, msg);
	}
	if (error == 0 && left->newest.number != 0 && log->checkpoint_bytes == 0) {
		access_remember(log, left->newest.whole.data, left->newest.whole.size,
			left->newest.at_us);
	}
	if (error == 0) {
		atomic_store(&log->oldest, log->end.oldest);
		atomic_store(&log->oldest_wanted, log->end.oldest);
		atomic_store(&log->entries, log->end.entries);
	}
	free(left->data);
	free(left);
	return error;
}
