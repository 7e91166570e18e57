/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <zstd.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_private.h"

/*
 * The keeper: what must not hold the writer up.
 *
 * 1. Spares are made until there are enough of them: the reserve.
 * 2. Closed segments are compressed once they are an hour old: not while the border is
 *    at its busiest, and one after the other.
 * 3. Once all of a segment is older than keep_empty, its lookups that found nothing go;
 *    their hashes stay.
 * 4. Once all of it is older than keep, it goes whole; but first a checkpoint says that
 *    it may be missing.
 */

#define DAY_S INT64_C(86400)
#define LEVEL 1
#define PACK_AFTER_S 3600
#define UNPACKED_MAX ((unsigned long long)2 << 30)
#define FAILURES_LOGGED 3
#define LOOK_S 1
#define JOBS_MAX 64
/* Of the slow work, after the first time. */
#define TEND_EVERY 60

static int broken_packing(struct errmsg *msg)
{
	return errmsg_set(msg, CORDON_ECORRUPT, "the compressed segment is damaged");
}

int access_unpack(uint8_t **data, size_t *size, struct errmsg *msg)
{
	unsigned long long whole = ZSTD_getFrameContentSize(*data, *size);
	uint8_t *out;
	size_t got;

	if (whole == ZSTD_CONTENTSIZE_ERROR || whole == ZSTD_CONTENTSIZE_UNKNOWN ||
		whole > UNPACKED_MAX) {
		return broken_packing(msg);
	}
	out = malloc((size_t)whole + 1);
	if (out == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	got = ZSTD_decompress(out, (size_t)whole, *data, *size);
	if (ZSTD_isError(got) || got != whole) {
		free(out);
		return broken_packing(msg);
	}
	free(*data);
	*data = out;
	*size = got;
	return 0;
}

static int pack(const uint8_t *data, size_t size, const char *path, struct errmsg *msg)
{
	size_t room = ZSTD_compressBound(size), used;
	uint8_t *out = malloc(room);
	int error;

	if (out == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	used = ZSTD_compress(out, room, data, size, LEVEL);
	error = ZSTD_isError(used)
			? errmsg_set(msg, CORDON_EINTERNAL, "access log: compress: %s",
				  ZSTD_getErrorName(used))
			: access_replace(path, out, used, msg);
	free(out);
	return error;
}

/* The time of the last frame, in unix seconds; 0: there is none. */
static int64_t last_s(const uint8_t *data, size_t size)
{
	struct bytes left = { data, size };
	struct audit_frame frame;
	int64_t at_us = 0;

	while (audit_frame_read(left, &frame) == 0) {
		at_us = frame.at_us;
		left.data += frame.whole.size;
		left.size -= frame.whole.size;
	}
	return at_us / 1000000;
}

/* Into its next form, under another name; then the old file goes. */
static int change_form(struct access_log *log, const struct access_file *file,
	enum access_form form, struct errmsg *msg)
{
	const struct access_file to = { file->number, form };
	char path[ACCESS_PATH_MAX], old[ACCESS_PATH_MAX];
	struct timespec times[2] = { { 0, 0 }, { 0, 0 } };
	uint8_t *data;
	size_t size;
	int error = access_load_file(log, file, &data, &size, msg);

	if (error != 0) {
		return error;
	}
	if (form == ACCESS_PACKED_FOUND) {
		size_t left = audit_drop(data, size, AUDIT_EMPTY, INT64_MAX);

		/* one that is damaged is kept as it is */
		size = left > 0 ? left : size;
	}
	times[0].tv_sec = times[1].tv_sec = last_s(data, size);
	access_path(log, file, old);
	access_path(log, &to, path);
	error = pack(data, size, path, msg);
	free(data);
	if (error == 0 && utimensat(AT_FDCWD, path, times, 0) != 0) {
		error = access_fail(errno, "set the time of", path, msg);
	}
	if (error == 0) {
		error = access_sync_directory(log, msg);
	}
	if (error == 0 && unlink(old) != 0) {
		error = access_fail(errno, "remove", old, msg);
	}
	return error;
}

/* The file's own time says when it need be looked at, its frames what is true. */
static int is_over(struct access_log *log, const struct access_file *file,
	int64_t age_s, bool *over, struct errmsg *msg)
{
	int64_t limit_s = wall_s(clock_wall()) - age_s;
	char path[ACCESS_PATH_MAX];
	struct stat stat_buf;
	uint8_t *data;
	size_t size;
	int error;

	*over = false;
	access_path(log, file, path);
	if (stat(path, &stat_buf) != 0) {
		return access_fail(errno, "look at", path, msg);
	}
	if (stat_buf.st_mtime > limit_s) {
		return 0;
	}
	error = access_load_file(log, file, &data, &size, msg);
	if (error == 0) {
		int64_t ended_s = last_s(data, size);

		*over = ended_s != 0 && ended_s <= limit_s;
		free(data);
	}
	return error;
}

static int remove_one(
	struct access_log *log, const struct access_file *file, struct errmsg *msg)
{
	char path[ACCESS_PATH_MAX], text[128];

	access_path(log, file, path);
	if (unlink(path) != 0) {
		return access_fail(errno, "remove", path, msg);
	}
	snprintf(text, sizeof(text), "segment %" PRIu64 " removed: its time is over",
		file->number);
	log_notice("access log: %s", text);
	access_log_note(log, AUDIT_LOG, text);
	return access_sync_directory(log, msg);
}

/* One closed segment; stops at the first that fails. */
static int keep_one(struct access_log *log, const struct access_file *file, bool oldest,
	struct errmsg *msg)
{
	bool over = false;
	int error = 0;

	if (file->number < atomic_load(&log->oldest)) {
		return remove_one(log, file, msg);
	}
	if (oldest && file->form != ACCESS_PLAIN) {
		error = is_over(log, file, log->config->keep_days * DAY_S, &over, msg);
		if (error == 0 && over) {
			atomic_store(&log->oldest_wanted, file->number + 1);
			return 0;
		}
	}
	if (error == 0 && file->form == ACCESS_PLAIN) {
		error = is_over(log, file, PACK_AFTER_S, &over, msg);
		return error == 0 && over ? change_form(log, file, ACCESS_PACKED, msg)
					  : error;
	}
	if (error == 0 && file->form == ACCESS_PACKED) {
		error = is_over(
			log, file, log->config->keep_empty_days * DAY_S, &over, msg);
		if (error == 0 && over) {
			error = change_form(log, file, ACCESS_PACKED_FOUND, msg);
		}
	}
	return error;
}

static int keep_segments(struct access_log *log, struct errmsg *msg)
{
	uint64_t current = atomic_load(&log->segment);
	struct access_file *files;
	size_t count;
	int error = access_list(log, &files, &count, msg);

	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < count && error == 0 && files[i].number < current; i++) {
		error = keep_one(log, &files[i], i == 0, msg);
	}
	free(files);
	return error;
}

/* ---- space ------------------------------------------------------------------------
 */

static void watch_disk(struct access_log *log, bool *low)
{
	struct statvfs fs;
	uint64_t free_bytes;
	bool now_low;

	if (statvfs(log->directory, &fs) != 0) {
		return;
	}
	free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	atomic_store(&log->disk_free, free_bytes);
	now_low = free_bytes < log->config->disk_warn_bytes;
	if (now_low && !*low) {
		log_warning("access log: only %" PRIu64 " MiB are free below %s",
			free_bytes >> 20, log->directory);
	}
	*low = now_low;
}

static size_t spares_of(struct access_log *log)
{
	size_t spares;

	pthread_mutex_lock(&log->lock);
	spares = log->spares;
	pthread_mutex_unlock(&log->lock);
	return spares;
}

static bool stops(struct access_log *log)
{
	bool stopping;

	pthread_mutex_lock(&log->lock);
	stopping = log->stopping;
	pthread_mutex_unlock(&log->lock);
	return stopping;
}

static int fill_reserve(struct access_log *log, struct errmsg *msg)
{
	int error = 0;

	while (error == 0 && !stops(log) && spares_of(log) < log->spares_wanted) {
		error = access_make_spare(log, msg);
	}
	return error;
}

/* ---- the thread -------------------------------------------------------------------
 */

struct keeping {
	struct log_quota failures;
	bool low, short_of_space;
	unsigned turn;
	uint64_t segment; /* when segments were looked at last */
};

static void look_after_space(struct access_log *log, struct keeping *k)
{
	struct errmsg msg = { "" };
	int error = fill_reserve(log, &msg);

	if (error != 0 && !k->short_of_space) {
		log_error("%s; the reserve of %zu MiB is being used", msg.text,
			(size_t)(spares_of(log) * log->segment_bytes >> 20));
	}
	if (error == 0 && k->short_of_space) {
		log_notice("access log: the reserve is whole again");
	}
	k->short_of_space = error != 0;
	watch_disk(log, &k->low);
}

static void look_after_segments(struct access_log *log, struct keeping *k)
{
	uint64_t segment = atomic_load(&log->segment);
	uint64_t wanted = atomic_load(&log->oldest_wanted);
	struct errmsg msg = { "" };
	uint64_t left_out;
	int error;

	if (segment == k->segment && wanted <= atomic_load(&log->oldest) &&
		k->turn++ % TEND_EVERY != 0) {
		return;
	}
	k->segment = segment;
	error = keep_segments(log, &msg);
	if (error != 0 && log_quota_take(&k->failures, clock_mono(), &left_out)) {
		log_error("%s", errmsg_text(&msg, error));
	}
}

bool access_post_job(struct access_log *log, struct access_job *job)
{
	bool room;

	pthread_mutex_lock(&log->lock);
	room = log->jobs_count < JOBS_MAX && !log->stopping;
	if (room) {
		job->next = log->jobs;
		log->jobs = job;
		log->jobs_count++;
		pthread_cond_signal(&log->tend);
	}
	pthread_mutex_unlock(&log->lock);
	return room;
}

static struct access_job *take_jobs(struct access_log *log)
{
	struct access_job *jobs, *turned = NULL, *next;

	pthread_mutex_lock(&log->lock);
	jobs = log->jobs;
	log->jobs = NULL;
	pthread_mutex_unlock(&log->lock);
	for (; jobs != NULL; jobs = next) {
		next = jobs->next;
		jobs->next = turned;
		turned = jobs;
	}
	return turned;
}

static void run_jobs(struct access_log *log)
{
	struct access_job *next, *job = take_jobs(log);

	for (; job != NULL; job = next) {
		next = job->next;
		job->run(job, log);
		pthread_mutex_lock(&log->lock);
		log->jobs_count--;
		pthread_cond_broadcast(&log->idle);
		pthread_mutex_unlock(&log->lock);
	}
}

/* A spare that was taken while the keeper was busy is made at once. */
static void nap(struct access_log *log, bool short_of_space)
{
	struct timespec until;

	pthread_mutex_lock(&log->lock);
	if (!log->stopping && log->jobs == NULL &&
		(short_of_space || log->spares >= log->spares_wanted)) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += LOOK_S;
		pthread_cond_timedwait(&log->tend, &log->lock, &until);
	}
	pthread_mutex_unlock(&log->lock);
}

void *access_keeper_run(void *context)
{
	struct access_log *log = context;
	struct keeping k = { .turn = 0 };

	log_quota_init(&k.failures, FAILURES_LOGGED);
	while (!stops(log)) {
		look_after_space(log, &k);
		look_after_segments(log, &k);
		run_jobs(log);
		nap(log, k.short_of_space);
	}
	run_jobs(log);
	return NULL;
}
