/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_SCHEDULE_H
#define CORE_REPL_SCHEDULE_H

#include "daemon/core/repl/engine.h"

/* The engine's state, and its choice of whom to ask next.  Inside core/repl only. */

/* What one peer is known to hold of one list. */
struct engine_peer {
	bool knows;
	struct head head;
	struct mono behind_since; /* when its head became news to us */
	struct mono rests_until;  /* not asked before */
};

struct engine_list {
	struct list_id id;
	bool own; /* signed here: never pulled */
	enum copy_phase phase;
	struct head held; /* the verified head */
	struct copy_position position;
	size_t source; /* whom the pull that counts was sent to */
	bool asked;    /* and has not answered yet */
	struct mono asked_at;
	bool move_wanted;
	bool own_ahead; /* a peer holds more of an own list than we do */
	struct head ahead;
	struct engine_peer peers[ENGINE_PEERS_MAX];
};

struct engine {
	struct state member;
	bool signer;
	size_t peers_count;
	bool up[ENGINE_PEERS_MAX];
	struct engine_list *lists[ENGINE_LISTS_MAX];
	size_t lists_count;
	/* at most two effects of the event, and one per list */
	struct engine_effect effects[ENGINE_LISTS_MAX + 4];
	size_t effects_count;
	bool wake;
	struct mono wake_at;
};

/* A new effect of this step, its type, list and peer set. */
struct engine_effect *schedule_effect(struct engine *engine,
	enum engine_effect_type type, const struct engine_list *list, size_t peer);

/* Pulls, moves on, or asks to be woken, as the list's state wants. */
void schedule_list(struct engine *engine, struct mono now, struct engine_list *list);

#endif
