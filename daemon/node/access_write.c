/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_private.h"

/*
 * The writer: a thread that changes the end of the log, or a worker in its place; one
 * at a time, which "busy" says.
 *
 * 1. All that workers have submitted by now is one group, as far as it fits; what comes
 *    while it is synced is the next.  Under load the thread begins one only so often:
 *    who comes a little later has a place in it, too.
 * 2. A checkpoint that is due goes with the group, in the same write and sync.
 * 3. A group that does not fit closes the segment and begins another on a spare.
 * 4. A write that fails ends the answers until the log is whole again (access_mend.c),
 *    which is tried every MEND_EVERY_MS.
 * 5. Nothing new is taken once half a segment is left and there is no spare: what was
 *    taken by then has its place.
 */

#define PIECES_MAX 64
/* The segment's last checkpoint always has room. */
#define CLOSING_BYTES AUDIT_FRAME_SMALL_MAX
#define NAP_US 1000000
/* From the beginning of a group to that of the next, at least. */
#define PACE_US 300
/* A rotation that was due and had no space. */
#define AGAIN_MS 60000
#define MEND_EVERY_MS 2000
/* Of audit_group_write's output; more is given back. */
#define OUT_KEPT_BYTES ((size_t)4 << 20)

void access_submit(struct access_log *log, struct access_batch *batch)
{
	bool wakes;

	batch->next = NULL;
	pthread_mutex_lock(&log->lock);
	wakes = log->first == NULL;
	*log->last = batch;
	log->last = &batch->next;
	/* while it writes, it looks again by itself */
	if (wakes && !log->busy) {
		pthread_cond_signal(&log->wake);
	}
	pthread_mutex_unlock(&log->lock);
}

void access_wait(struct access_log *log)
{
	pthread_mutex_lock(&log->lock);
	while (log->first != NULL || log->busy || log->jobs_count > 0) {
		pthread_cond_wait(&log->idle, &log->lock);
	}
	pthread_mutex_unlock(&log->lock);
}

/* ---- groups -----------------------------------------------------------------------
 */

static void take_pieces(const struct access_batch *batch, struct audit_piece *piece)
{
	for (size_t i = 0; i < AUDIT_CLASSES; i++) {
		const struct buffer *plain = &batch->plain[i];
		const struct buffer *secret = &batch->secret[i];

		piece->plain[i] =
			(struct bytes){ buffer_data(plain), buffer_bytes(plain) };
		piece->secret[i] =
			(struct bytes){ buffer_data(secret), buffer_bytes(secret) };
		piece->entries[i] = batch->entries[i];
	}
}

static int make_room(struct access_log *log, size_t size, struct errmsg *msg)
{
	bool fits = log->fd >= 0 && log->at + size + CLOSING_BYTES <= log->size;

	return fits ? 0 : access_rotate(log, msg);
}

static int write_group(struct access_log *log, const struct audit_piece *pieces,
	size_t count, struct errmsg *msg)
{
	size_t size = audit_group_bytes(pieces, count);
	uint8_t *out;
	int error = make_room(log, size, msg);

	if (error != 0) {
		return error;
	}
	out = buffer_reserve(&log->out, size);
	if (out == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = audit_group_write(
		&log->end, clock_wall().us, pieces, count, log->box, out);
	if (error != 0) {
		return errmsg_set(msg, error, "access log: a group cannot be made");
	}
	error = access_pwrite(log->fd, out, size, log->at);
	if (error != 0) {
		return access_fail(error, "write", log->directory, msg);
	}
	log->at += size;
	log->dirty = true;
	log->unsynced = true;
	if (log->out.size > OUT_KEPT_BYTES) {
		buffer_finish(&log->out);
	}
	return 0;
}

static bool is_due(struct mono due)
{
	return clock_mono().us >= due.us;
}

/* What is on disk before anybody is answered. */
static int settle_group(struct access_log *log, struct errmsg *msg)
{
	int error = 0;

	if (is_due(log->checkpoint_due)) {
		return access_checkpoint(log, AUDIT_INTERVAL, msg);
	}
	if (log->config->sync == CONFIG_LOG_SYNC_GROUP) {
		error = access_sync(log);
		atomic_store(&log->synced, log->at);
	}
	return error == 0 ? 0 : access_fail(error, "sync", log->directory, msg);
}

static void give_back(struct access_batch *batch)
{
	if (batch->mailbox != NULL) {
		mailbox_post(batch->mailbox, &batch->letter);
	} else {
		access_batch_destroy(batch);
	}
}

/* A write that failed leaves the end of the log unknown. */
static void note_failure(struct access_log *log, const struct errmsg *msg, int error)
{
	if (!atomic_exchange(&log->broken, true)) {
		log->mend_due = mono_after_ms(clock_mono(), MEND_EVERY_MS);
		log_error("%s: nothing is answered that must leave a trace; look after "
			  "the disk: once it can be written all goes on",
			errmsg_text(msg, error));
	}
}

/* Sets the error of each. */
static void write_all(struct access_log *log, struct access_batch *first)
{
	struct audit_piece pieces[PIECES_MAX];
	struct errmsg msg = { "" };
	size_t count = 0;
	uint64_t entries = 0;
	int error = 0;

	for (struct access_batch *b = first; b != NULL; b = b->next) {
		take_pieces(b, &pieces[count++]);
		for (size_t i = 0; i < AUDIT_CLASSES; i++) {
			entries += b->entries[i];
		}
	}
	error = atomic_load(&log->broken) ? CORDON_EIO
					  : write_group(log, pieces, count, &msg);
	if (error == 0) {
		error = settle_group(log, &msg);
	}
	if (error != 0) {
		note_failure(log, &msg, error);
	} else {
		atomic_fetch_add(&log->entries, entries);
		atomic_fetch_add(&log->groups, 1);
	}
	access_judge(log);
	for (struct access_batch *b = first; b != NULL; b = b->next) {
		b->error = error;
	}
}

static void write_batches(struct access_log *log, struct access_batch *first)
{
	struct access_batch *next;

	write_all(log, first);
	for (struct access_batch *b = first; b != NULL; b = next) {
		next = b->next;
		give_back(b);
	}
}

/* ---- the thread -------------------------------------------------------------------
 */

bool access_write_now(struct access_log *log, struct access_batch *batch)
{
	bool free, signed_so_far;

	pthread_mutex_lock(&log->lock);
	free = !log->busy && log->first == NULL && !log->ending;
	log->busy |= free;
	pthread_mutex_unlock(&log->lock);
	if (!free) {
		return false;
	}
	batch->next = NULL;
	signed_so_far = !log->dirty;
	write_all(log, batch);
	pthread_mutex_lock(&log->lock);
	log->busy = false;
	pthread_cond_broadcast(&log->idle);
	/* from now on the writer has a checkpoint to be in time for */
	if (log->first != NULL || signed_so_far) {
		pthread_cond_signal(&log->wake);
	}
	pthread_mutex_unlock(&log->lock);
	return true;
}

/* At most so many, and so much that it fits a new segment. */
static struct access_batch *take_batches(struct access_log *log)
{
	struct access_batch *first = log->first, *last = first;
	size_t count = 1, bytes;

	if (first == NULL) {
		return NULL;
	}
	bytes = first->bytes;
	while (last->next != NULL && count < PIECES_MAX &&
		bytes + last->next->bytes < log->segment_bytes / 4) {
		last = last->next;
		bytes += last->bytes;
		count++;
	}
	log->first = last->next;
	if (log->first == NULL) {
		log->last = &log->first;
	}
	last->next = NULL;
	return first;
}

static void wait_for_work(struct access_log *log)
{
	bool works = log->fd >= 0 && !atomic_load(&log->broken) && log->dirty;
	int64_t left_us = log->checkpoint_due.us - clock_mono().us;
	struct timespec until;

	if (!works || left_us > NAP_US) {
		left_us = NAP_US;
	}
	if (left_us <= 0) {
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += left_us / 1000000;
	until.tv_nsec += left_us % 1000000 * 1000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&log->wake, &log->lock, &until);
}

static void try_to_mend(struct access_log *log)
{
	struct errmsg msg = { "" };

	if (!is_due(log->mend_due)) {
		return;
	}
	log->mend_due = mono_after_ms(clock_mono(), MEND_EVERY_MS);
	if (access_mend(log, &msg) == 0) {
		atomic_store(&log->broken, false);
		log_notice("access log: its disk can be written again; what was "
			   "answered before is in it");
		access_judge(log);
	}
}

/* Checkpoint, rotation by age, and a first segment where there was no space for it. */
static void tend_segment(struct access_log *log)
{
	struct errmsg msg = { "" };
	int error = 0;

	if (atomic_load(&log->broken)) {
		try_to_mend(log);
		return;
	}
	if (log->fd < 0) {
		pthread_mutex_lock(&log->lock);
		error = log->spares > 0 ? 0 : CORDON_EFULL;
		pthread_mutex_unlock(&log->lock);
		if (error == 0) {
			access_begin(log);
		}
		return;
	}
	if (is_due(log->rotate_due) && log->end.entries > log->segment_entries) {
		log->rotate_due = mono_after_ms(clock_mono(), AGAIN_MS);
		error = access_rotate(log, &msg);
		/* without space it goes on in this one */
		error = error == CORDON_EFULL ? 0 : error;
	} else if ((log->dirty && is_due(log->checkpoint_due)) ||
		   atomic_load(&log->oldest_wanted) > log->end.oldest) {
		error = access_checkpoint(log, AUDIT_INTERVAL, &msg);
	}
	if (error != 0) {
		note_failure(log, &msg, error);
	}
	access_judge(log);
}

static void finish(struct access_log *log)
{
	struct errmsg msg = { "" };
	int error = log->fd < 0 || atomic_load(&log->broken)
			    ? 0
			    : access_close_segment(log, &msg);

	if (error != 0) {
		log_error("%s", errmsg_text(&msg, error));
	}
	if (log->fd >= 0) {
		close(log->fd);
		log->fd = -1;
	}
}

/* Not for the first group after a pause. */
static void pace(struct access_log *log)
{
	int64_t now = clock_mono().us;
	int64_t left_us = log->group_began.us + PACE_US - now;
	struct timespec nap = { 0, left_us * 1000 };

	if (left_us > 0 && left_us <= PACE_US) {
		nanosleep(&nap, NULL);
		now += left_us;
	}
	log->group_began.us = now;
}

void *access_writer_run(void *context)
{
	struct access_log *log = context;
	struct access_batch *batches;

	pthread_mutex_lock(&log->lock);
	while (!log->ending || log->first != NULL) {
		while (log->busy) { /* a worker writes for itself */
			pthread_cond_wait(&log->idle, &log->lock);
		}
		log->busy = true;
		if (log->first != NULL) {
			pthread_mutex_unlock(&log->lock);
			pace(log);
			pthread_mutex_lock(&log->lock);
		}
		batches = take_batches(log);
		pthread_mutex_unlock(&log->lock);
		if (batches != NULL) {
			write_batches(log, batches);
		} else {
			tend_segment(log);
		}
		pthread_mutex_lock(&log->lock);
		log->busy = false;
		if (log->first == NULL) {
			pthread_cond_broadcast(&log->idle);
			if (!log->ending) {
				wait_for_work(log);
			}
		}
	}
	pthread_mutex_unlock(&log->lock);
	finish(log);
	return NULL;
}
