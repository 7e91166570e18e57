/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SERVE_STATE_H
#define NODE_SERVE_STATE_H

#include "daemon/core/time.h"
#include "proto/entry.h"

/* Acknowledgements passed on lately, so that none goes round in circles. */
#define SERVE_ACKS_SEEN 1024

/*
 * What the handlers of replication keep per worker, inside its struct service; zeroed
 * at first, nothing to free: whatever it points to belongs to held requests.
 */
struct serve_state {
	size_t snapshots;            /* long reads under way (serve_snapshot.h) */
	struct heads_watch *watches; /* of this worker's sessions (serve_heads.c) */
	uint8_t acks_seen[SERVE_ACKS_SEEN][HASH_BYTES];
	size_t acks_next;
	struct mono acks_warned_at;
};

#endif
