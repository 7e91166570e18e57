/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SERVE_STATE_H
#define NODE_SERVE_STATE_H

#include "daemon/base/log_quota.h"
#include "daemon/core/time.h"
#include "daemon/store/store.h"

/* Acknowledgements passed on lately, so that none goes round in circles. */
#define SERVE_ACKS_SEEN 1024
/* Nodes whose certificates are remembered, each for so long. */
#define SERVE_CERTIFICATES 64
#define SERVE_CERTIFICATE_MS 10000

/*
 * What the handlers of replication keep per worker, inside its struct service; zeroed
 * at first.
 */
struct serve_state {
	/* lists as of this renewal of the worker's transaction (served_infos); 0: none
	 */
	uint64_t infos_snapshot;
	struct store_list_info *infos;
	size_t infos_count;
	struct arena infos_arena;
	/* acknowledgements of own lists as of this renewal (copies.c), by kind; NULL:
	 * not read yet */
	uint64_t acks_snapshot;
	struct list_acks *acks[CORDON_KIND_INVALID_DOCUMENT + 1];
	struct arena acks_arena;
	size_t snapshots;            /* long reads under way (serve_snapshot.h) */
	struct heads_watch *watches; /* of this worker's sessions (serve_heads.c) */
	uint8_t acks_seen[SERVE_ACKS_SEEN][HASH_BYTES];
	size_t acks_next;
	struct mono acks_warned_at;
	struct log_quota complaints; /* lines about those of peers */
	/* Certificates of acknowledgements that were good a moment ago (serve_acks.c).
	 */
	struct serve_certificate {
		uint8_t hash[HASH_BYTES];
		struct identity identity;
		struct mono until; /* 0: none */
	} certificates[SERVE_CERTIFICATES];
	size_t certificates_next;
};

/* Trust has changed: certificates are checked anew. */
void serve_acks_profile_changed(struct serve_state *state);

/* After the last session has ended. */
void serve_state_finish(struct serve_state *state);

#endif
