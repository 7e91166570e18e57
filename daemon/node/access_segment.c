/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_private.h"

/*
 * The end of the log: its open segment and what is signed of it.  Whoever is "busy"
 * calls these, and nobody else.
 */

/* Beside what workers have gathered: frames around it, checkpoints, notes. */
#define SLACK_BYTES 65536

/* ---- segments ---------------------------------------------------------------------
 */

void access_judge(struct access_log *log)
{
	bool spent;

	pthread_mutex_lock(&log->lock);
	spent = log->spares == 0 &&
		(log->fd < 0 ||
			log->size - log->at < log->segment_bytes / 2 + SLACK_BYTES);
	pthread_mutex_unlock(&log->lock);
	if (spent == atomic_load(&log->spent)) {
		return;
	}
	atomic_store(&log->spent, spent);
	if (spent) {
		log_error("access log: its reserve is spent: lookups and changes are "
			  "refused (NOLOG) until there is space below %s",
			log->directory);
	} else {
		log_notice("access log: there is space again");
	}
}

int access_sync(struct access_log *log)
{
	struct mono began = clock_mono();
	int error = fdatasync(log->fd) == 0 ? 0 : errno;

	log->unsynced = false;
	atomic_fetch_add(&log->syncs, 1);
	atomic_fetch_add(&log->sync_us, (uint64_t)(clock_mono().us - began.us));
	return error;
}

/* The key of its boxes and that of the tags, for the auditors alone. */
static int seal_secret(struct access_log *log, struct arena *arena,
	struct bytes *envelope, struct errmsg *msg)
{
	uint8_t secret[AUDIT_SECRET_BYTES];
	int error = 0;

	if (RAND_bytes(secret, BOX_KEY_BYTES) != 1) {
		return errmsg_set(msg, CORDON_EINTERNAL, "no random bytes");
	}
	memcpy(secret + BOX_KEY_BYTES, log->tag_key, AUDIT_TAG_KEY_BYTES);
	box_destroy(log->box);
	log->box = NULL;
	error = box_create(secret, &log->box, msg);
	if (error == 0) {
		error = envelope_seal(log->keys->auditors,
			(struct bytes){ secret, sizeof(secret) }, arena, envelope, msg);
	}
	OPENSSL_cleanse(secret, sizeof(secret));
	return error;
}

static int write_beginning(struct access_log *log, struct errmsg *msg)
{
	uint8_t out[AUDIT_FRAME_SMALL_MAX];
	char uri[IDENT_URI_MAX];
	struct audit_frame frame = {
		.at_us = clock_wall().us,
		.keep_empty_days = (uint16_t)log->config->keep_empty_days,
		.keep_days = (uint16_t)log->config->keep_days,
	};
	struct arena arena;
	size_t used;
	int error;

	ident_uri_text(&log->node->config->node, uri);
	frame.node = (struct bytes){ (const uint8_t *)uri, strlen(uri) };
	arena_init(&arena, 0);
	error = seal_secret(log, &arena, &frame.envelope, msg);
	if (error == 0) {
		error = audit_segment_write(&log->end, &frame, out, &used);
	}
	arena_finish(&arena);
	if (error != 0) {
		return error;
	}
	error = access_pwrite(log->fd, out, used, 0);
	if (error != 0) {
		return access_fail(error, "write", log->directory, msg);
	}
	log->at = used;
	return 0;
}

static int begin_segment(struct access_log *log, struct errmsg *msg)
{
	uint64_t age_ms = log->config->segment_age_ms;
	int fd, error = access_take_spare(
			log, log->end.segment + 1, &fd, &log->size, msg);

	if (error != 0) {
		return error;
	}
	log->end.segment++;
	log->fd = fd;
	log->at = 0;
	atomic_store(&log->synced, 0);
	error = write_beginning(log, msg);
	if (error != 0) {
		return error;
	}
	atomic_store(&log->segment, log->end.segment);
	log->segment_entries = log->end.entries;
	log->rotate_due = mono_after_ms(clock_mono(), (int64_t)age_ms);
	return 0;
}

int access_close_segment(struct access_log *log, struct errmsg *msg)
{
	int error = access_checkpoint(log, AUDIT_END, msg);

	if (error == 0 && ftruncate(log->fd, (off_t)log->at) != 0) {
		error = access_fail(errno, "cut", log->directory, msg);
	}
	close(log->fd);
	log->fd = -1;
	pthread_mutex_lock(&log->lock);
	pthread_cond_signal(&log->tend);
	pthread_mutex_unlock(&log->lock);
	return error;
}

/* Never closes one without having another to begin. */
int access_rotate(struct access_log *log, struct errmsg *msg)
{
	bool ready;
	int error = 0;

	pthread_mutex_lock(&log->lock);
	ready = log->spares > 0;
	pthread_mutex_unlock(&log->lock);
	if (!ready) {
		return errmsg_set(msg, CORDON_EFULL,
			"access log: no space is ready in %s", log->directory);
	}
	if (log->fd >= 0) {
		error = access_close_segment(log, msg);
	}
	return error == 0 ? begin_segment(log, msg) : error;
}

void access_begin(struct access_log *log)
{
	struct errmsg msg = { "" };

	if (access_rotate(log, &msg) != 0) {
		log_error("%s", msg.text);
	}
	access_judge(log);
}

/* ---- checkpoints ------------------------------------------------------------------
 */

void access_remember(
	struct access_log *log, const uint8_t *frame, size_t size, int64_t at_us)
{
	int fd;

	pthread_mutex_lock(&log->lock);
	memcpy(log->checkpoint, frame, size);
	log->checkpoint_bytes = size;
	log->checkpoint_s = at_us / 1000000;
	pthread_mutex_unlock(&log->lock);
	/* for the next start; not synced: an older one is a witness too */
	fd = open(log->witness, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || access_pwrite(fd, frame, size, 0) != 0 ||
		ftruncate(fd, (off_t)size) != 0) {
		log_warning("access log: cannot write %s: %s", log->witness,
			strerror(errno));
	}
	if (fd >= 0) {
		close(fd);
	}
}

int access_checkpoint(
	struct access_log *log, enum audit_reason reason, struct errmsg *msg)
{
	uint8_t out[AUDIT_FRAME_SMALL_MAX];
	uint64_t oldest = atomic_load(&log->oldest_wanted);
	int64_t at_us = clock_wall().us;
	size_t used;
	int error;

	if (oldest > log->end.oldest) {
		log->end.oldest = oldest;
	}
	error = audit_checkpoint_write(
		&log->end, at_us, reason, log->keys->signing, out, &used, msg);
	if (error != 0) {
		return error;
	}
	error = access_pwrite(log->fd, out, used, log->at);
	if (error == 0) {
		log->at += used;
		error = access_sync(log);
	}
	if (error != 0) {
		return access_fail(error, "write", log->directory, msg);
	}
	atomic_store(&log->synced, log->at);
	atomic_store(&log->oldest, log->end.oldest);
	access_remember(log, out, used, at_us);
	log->dirty = false;
	log->checkpoint_due =
		mono_after_ms(clock_mono(), log->config->checkpoint_interval_ms);
	return 0;
}
