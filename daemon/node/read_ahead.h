/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_READ_AHEAD_H
#define NODE_READ_AHEAD_H

#include "daemon/node/apply_job.h"

/*
 * Chunks of a long read that are asked for before the engine does, so that the next one
 * is there, and prepared, when the one before is on disk.  The engine knows nothing of
 * it: its pull is answered from here if it is for just that position from that peer;
 * if not, what was read ahead is dropped.  On main.
 */
#define READ_AHEAD_DEPTH 3 /* of one list */
#define READ_AHEAD_MAX 8   /* of all */

struct ahead {
	struct list_id list;
	size_t peer;
	uint32_t request;
	struct epoch epoch;
	uint64_t after;
	struct apply_job *job; /* its answer, prepared or not; NULL: not yet */
};

struct read_ahead {
	struct ahead places[READ_AHEAD_MAX]; /* the oldest first */
	size_t count;
};

struct replicator;

/* A chunk has come from peer: if more follow, the next one is asked for. */
void read_ahead_more(struct replicator *r, const struct apply_job *job);
/* The list that this request reads ahead; NULL: none. */
const struct list_id *read_ahead_list(
	const struct replicator *r, size_t peer, uint32_t request);
/* The answer to such a request, owned here from now on; NULL: it was none. */
void read_ahead_came(
	struct replicator *r, size_t peer, uint32_t request, struct apply_job *job);

/*
 * The engine's pull: true when it was sent already.  *request is what it was sent with,
 * and *job the answer if that has come, the caller's now.
 */
bool read_ahead_take(struct replicator *r, const struct engine_effect *pull,
	uint32_t *request, struct apply_job **job);

void read_ahead_drop_peer(struct replicator *r, size_t peer);
void read_ahead_finish(struct replicator *r);

/* Sends a pull; returns its request id. */
uint32_t replicator_send_pull(struct replicator *r, size_t peer,
	const struct list_id *list, const struct copy_position *position);

#endif
