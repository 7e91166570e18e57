/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ACCESS_LOG_H
#define NODE_ACCESS_LOG_H

#include "daemon/core/audit/frame.h"
#include "daemon/node/session.h"

/*
 * The access log (PROTOCOL.md, "Access log").  Entries are gathered by each worker
 * until the events at hand are served; a thread of the log writes what all of them have
 * gathered as one group, syncs it, and lets the answers go that were held back for it.
 * A second thread, the keeper, makes disk space ready in advance, compresses what is
 * closed, and drops what is over its time.
 *
 * No answer leaves without its trace: space for what was accepted is on the disk
 * already; when there is no more, requests fail with CORDON_ENOLOG; when a write fails,
 * the connections whose answers wait for it end without them.
 */
struct access_log;

/* Reads keys, as the user who started us, before privileges are dropped. */
struct access_keys;
int access_keys_load(
	const struct config *config, struct access_keys **keys, struct errmsg *msg);
void access_keys_destroy(struct access_keys *keys);

/*
 * Looks at what the last run left, goes on behind it, and starts the threads.  Takes
 * keys over on success.
 */
int access_log_create(struct node *node, struct access_keys *keys,
	struct access_log **log, struct errmsg *msg);
/* After the last worker is destroyed: closes the segment with a checkpoint. */
void access_log_destroy(struct access_log *log);

/* ---- entries: on a worker's thread ------------------------------------------------
 */

struct access_batches;

/* For a worker's service; NULL without a log. */
int access_batches_create(struct service *service, struct errmsg *msg);
/* The worker has ended: waits until what is being written is. */
void access_batches_wait(struct access_batches *batches);
/* Writes what is left, and frees. */
void access_batches_destroy(struct access_batches *batches);

/* 0: there is room; CORDON_ENOLOG, CORDON_EBUSY.  Without a log 0. */
int access_log_check(struct service *service, struct errmsg *msg);

/*
 * Takes an entry, and holds back what the session is told from now on until the entry
 * is on disk.  session NULL: nothing is held.  CORDON_ENOMEM, CORDON_ENOLOG,
 * CORDON_EBUSY.
 */
int access_log_add(struct service *service, struct session *session,
	enum audit_class class, const struct audit_entry *entry, struct errmsg *msg);

/* ---- any thread -------------------------------------------------------------------
 */

/* Of the node itself: configuration, start, retention. */
void access_log_note(struct access_log *log, enum audit_kind kind, const char *text);
/* What the node runs with now; the configuration file is read again. */
void access_log_note_config(struct node *node, const char *when);

struct access_log_state {
	uint8_t checkpoint[AUDIT_FRAME_SMALL_MAX];
	size_t checkpoint_bytes;
	int64_t checkpoint_s;
	uint64_t entries, groups, segment, oldest;
	uint64_t reserve_bytes, reserve_wanted_bytes, disk_free_bytes;
	bool spent, damaged;
	uint64_t refused; /* requests, for lack of room */
	uint64_t syncs, sync_us;
};

void access_log_state(struct access_log *log, struct access_log_state *state);

/* The same for status; NULL: out of memory. */
Cordon__Control__AccessLogStatus *access_log_status_message(
	struct access_log *log, struct arena *arena);

/* The tags' key; fixed. */
const uint8_t *access_log_tag_key(const struct access_log *log);

/* ---- reading it: serve_access_log.c, on threads of its own ------------------------
 */

struct access_segment {
	uint64_t number;
	int64_t first_s, last_s;
	uint64_t file_bytes;
	bool compressed;
};

/* malloc'd, the oldest first. */
int access_log_segments(struct access_log *log, struct access_segment **segments,
	size_t *count, struct errmsg *msg);
/* All of a segment that is on disk, decompressed, malloc'd. */
int access_log_read(struct access_log *log, uint64_t segment, uint8_t **data,
	size_t *size, struct errmsg *msg);

#endif
