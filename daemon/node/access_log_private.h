/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ACCESS_LOG_PRIVATE_H
#define NODE_ACCESS_LOG_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/base/log_quota.h"
#include "daemon/core/audit/walk.h"
#include "daemon/core/time.h"
#include "daemon/node/access_log.h"
#include "proto/buffer.h"

/* The inside of access_log.h, for access_*.c. */

struct access_keys {
	EVP_PKEY *auditors;
	struct head_key *signing;
};

/* What one worker has gathered, on its way to the disk and back. */
struct access_batch {
	struct access_batch *next;
	struct letter letter;
	struct mailbox *mailbox; /* NULL: nobody waits, and the writer frees it */
	struct access_batches *owner;
	struct buffer plain[AUDIT_CLASSES], secret[AUDIT_CLASSES];
	uint32_t entries[AUDIT_CLASSES];
	size_t bytes;
	struct session *sessions; /* whose answers wait for it */
	int error;
};

/* What the keeper does for a worker: files are read on its thread. */
struct access_job {
	struct access_job *next;
	/* Posts a letter at its end. */
	void (*run)(struct access_job *job, struct access_log *log);
};

/* A segment's file, by its name. */
enum access_form {
	ACCESS_PLAIN = 1,   /* 0000000000000007.log */
	ACCESS_PACKED,      /* …7.log.zst */
	ACCESS_PACKED_FOUND /* …7.kept.zst: what found nothing has been dropped */
};

struct access_file {
	uint64_t number;
	enum access_form form;
};

#define ACCESS_PATH_MAX 4352
/* Ready besides the reserve: a busy node fills one while the next is made. */
#define ACCESS_SPARES 2

struct access_log {
	struct node *node;
	const struct config_access_log *config;
	struct access_keys *keys;
	char directory[4096];
	char witness[4128]; /* the newest checkpoint, outside of the directory */
	uint64_t segment_bytes;
	size_t unit_bytes; /* what a worker may gather before it is told to wait */
	size_t spares_wanted;
	uint8_t tag_key[AUDIT_TAG_KEY_BYTES];

	pthread_t writer, keeper;
	bool writer_runs, keeper_runs;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* the writer */
	pthread_cond_t idle; /* who waits for it */
	pthread_cond_t tend; /* the keeper */
	/* by lock */
	struct access_batch *first, **last;
	bool busy;
	struct access_job *jobs; /* the newest first */
	size_t jobs_count;       /* not done */
	bool stopping;           /* the keeper ends */
	bool ending;             /* then the writer */
	size_t spares;
	uint64_t spare_next; /* name of the next one to be made */
	uint8_t checkpoint[AUDIT_FRAME_SMALL_MAX];
	size_t checkpoint_bytes;
	int64_t checkpoint_s;

	/* the writer's */
	struct audit_end end;
	int fd;            /* -1: no segment could be begun */
	uint64_t at, size; /* offset, and of the file */
	struct box *box;
	struct buffer out;
	struct mono checkpoint_due, rotate_due, mend_due, group_began;
	bool dirty;               /* since the last checkpoint */
	uint64_t segment_entries; /* before this segment */
	bool unsynced;            /* sync = interval */

	/* any thread */
	atomic_bool spent, broken, damaged;
	atomic_uint_fast64_t entries, groups, segment, oldest, oldest_wanted, synced;
	atomic_uint_fast64_t disk_free, refused, syncs, sync_us;
};

/* ---- access_files.c ----------------------------------------------------------------
 */

int access_fail(int error, const char *what, const char *path, struct errmsg *msg);
void access_path(const struct access_log *log, const struct access_file *file,
	char path[ACCESS_PATH_MAX]);
/* Sorted by number, one of each, malloc'd. */
int access_list(const struct access_log *log, struct access_file **files, size_t *count,
	struct errmsg *msg);
/* Removes what was left half made, counts the spares. */
int access_tidy(struct access_log *log, struct errmsg *msg);
int access_load_file(const struct access_log *log, const struct access_file *file,
	uint8_t **data, size_t *size, struct errmsg *msg);
int access_sync_directory(const struct access_log *log, struct errmsg *msg);
/* Makes one spare segment: zeros, on disk. */
int access_make_spare(struct access_log *log, struct errmsg *msg);
/* Gives a spare the name of a segment and opens it.  CORDON_EFULL: there is none. */
int access_take_spare(struct access_log *log, uint64_t number, int *fd, uint64_t *size,
	struct errmsg *msg);
int access_pwrite(int fd, const void *data, size_t size, uint64_t at);
/* Writes a whole file under another name, syncs it, and renames it. */
int access_replace(const char *path, const void *data, size_t size, struct errmsg *msg);

/* ---- access_open.c: what the last run left -----------------------------------------
 */

int access_recover(struct access_log *log, struct errmsg *msg);

/* ---- access_mend.c ------------------------------------------------------------------
 */

/* After a failure, for whoever writes: an error while the disk still fails. */
int access_mend(struct access_log *log, struct errmsg *msg);

/* ---- access_segment.c: the end of the log, for whoever writes
 * ------------------------
 */

/* Begins a segment, if there is space for it. */
void access_begin(struct access_log *log);
/* Closes the segment and begins another.  CORDON_EFULL: there is no spare, and the old
 * one stays open. */
int access_rotate(struct access_log *log, struct errmsg *msg);
int access_close_segment(struct access_log *log, struct errmsg *msg);
/* Signs what was logged and, reason AUDIT_END, closes the segment. */
int access_checkpoint(
	struct access_log *log, enum audit_reason reason, struct errmsg *msg);
/* 0 or an errno. */
int access_sync(struct access_log *log);
/* Is the reserve spent, or is there space again? */
void access_judge(struct access_log *log);
/* A checkpoint, for the next start. */
void access_remember(
	struct access_log *log, const uint8_t *frame, size_t size, int64_t at_us);

/* ---- access_write.c: the writer -----------------------------------------------------
 */

void *access_writer_run(void *context);
void access_submit(struct access_log *log, struct access_batch *batch);
/* Writes and syncs it on this thread; false: somebody else is writing, submit it. */
bool access_write_now(struct access_log *log, struct access_batch *batch);
/* Until all that was submitted is written, and all jobs are done. */
void access_wait(struct access_log *log);

/* ---- access_keep.c: the keeper ------------------------------------------------------
 */

void *access_keeper_run(void *context);
/* False: as many wait as may. */
bool access_post_job(struct access_log *log, struct access_job *job);
/* *data (malloc'd) becomes what it was before it was compressed. */
int access_unpack(uint8_t **data, size_t *size, struct errmsg *msg);

/* ---- access_batch.c -----------------------------------------------------------------
 */

struct access_batch *access_batch_create(void);
void access_batch_clear(struct access_batch *batch);
void access_batch_destroy(struct access_batch *batch);
int access_batch_add(struct access_batch *batch, enum audit_class class,
	const struct audit_entry *entry);

#endif
