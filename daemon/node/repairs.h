/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_REPAIRS_H
#define NODE_REPAIRS_H

#include "daemon/core/repl/engine.h"
#include "daemon/core/repl/repair.h"
#include "daemon/node/apply_job.h"
#include "daemon/node/peer.h"

/*
 * Carries repairs out (core/repl/repair.h), one at a time, those that wait in order.
 * Own rows are read on a thread of their own, from one snapshot; questions go over the
 * peer's link; the patch is a job of the writer.  On main's loop.
 */
struct repairs;

struct repairs_owner {
	/* The end of a repair: VERIFIED and the copy as it stands now, or anything
	 * else. */
	void (*ended)(void *context, size_t peer, const struct list_id *list,
		enum apply_result result, const struct list_copy *copy);
	void *context;
};

/* check, peers and owner are borrowed. */
int repairs_create(struct node *node, struct head_check *check, struct peer **peers,
	const struct repairs_owner *owner, struct repairs **repairs);
/* Asks nothing any more, and waits for the thread. */
void repairs_stop(struct repairs *repairs);
/* After the writer has stopped and main's mailbox was emptied. */
void repairs_destroy(struct repairs *repairs);

/* What a scrub found in a list; taken over by repairs_found (malloc). */
#define DAMAGE_SUSPECTS_MAX 256
struct damage {
	struct list_id list;
	/* Rows whose bytes are not those of their hash … */
	struct {
		struct repair_id id;
		uint64_t sequence;
	} suspects[DAMAGE_SUSPECTS_MAX];
	size_t suspects_count;
	bool more; /* … and others that had no room */
	uint64_t unreadable[DAMAGE_SUSPECTS_MAX];
	size_t unreadable_count;
	struct patch_correction correction;
};

void repairs_found(struct repairs *repairs, struct damage *damage);

/* ENGINE_REPAIR. */
void repairs_begin(struct repairs *repairs, const struct engine_effect *effect);

/* True when it was the answer to a question asked here.  type may be CHUNK. */
bool repairs_answer(struct repairs *repairs, size_t peer, uint16_t type,
	uint32_t request, struct bytes payload);
bool repairs_refused(
	struct repairs *repairs, size_t peer, uint32_t request, const char *text);
void repairs_down(struct repairs *repairs, size_t peer);

#endif
