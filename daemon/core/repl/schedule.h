/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_SCHEDULE_H
#define CORE_REPL_SCHEDULE_H

#include "daemon/core/repl/engine.h"

/* The engine's state, and its choice of whom to ask next.  Inside core/repl only. */

/* What one peer is known to hold of one list. */
struct engine_peer {
	bool knows;
	struct head head;
	struct mono told_at;     /* when its head became news */
	struct mono rests_until; /* not asked before, unless its head becomes news */
	unsigned rests;          /* in a row */
	struct mono aside_until; /* not asked before, whatever it holds */
	struct epoch strange;    /* the last that was told and not taken */
};

struct engine_list {
	struct list_id id;
	bool own; /* signed here: never pulled */
	enum copy_phase phase;
	bool mixed;
	struct head held;              /* the verified head */
	struct copy_position position; /* where the next pull starts … */
	struct copy_position anew;     /* … and one that gives up the read */
	uint64_t stopped_epoch;        /* STOPPED: only later ones are pulled */
	bool rows;                     /* held is of some … */
	struct epoch left;             /* … and this epoch was given up */
	size_t source;                 /* whom the pull that counts was sent to */
	bool asked;                    /* and has not answered yet */
	struct mono asked_at;
	struct copy_position asked_from; /* position at that time */
	unsigned changes;                /* of the source since there was progress */
	unsigned silences;               /* pulls asked again since then */
	unsigned idle;                   /* quick answers without progress, in a row */
	unsigned mismatches;             /* since the last verified head */
	uint64_t read_from;   /* peers that the read under way came from, a bit each */
	bool read_from_older; /* and such as are forgotten, after a start */
	bool asked_anew;      /* the pull gives up what was read */
	bool alone;           /* a read goes on at its peer, or begins anew */
	bool from_nothing;    /* the last pull, and those that went on with it */
	/* Asked for the heads that it remembers; ENGINE_NOBODY. */
	size_t traced;
	bool traced_blames; /* and proven wrong unless they show a fork */
	struct mono traced_until;
	bool stuck; /* nobody has more of the read under way … */
	struct mono stuck_since;
	bool move_wanted;
	struct mono move_at;        /* not before */
	bool damaged;               /* a scrub says so */
	bool repairing;             /* ENGINE_REPAIR is under way … */
	bool repair_stands;         /* … and the list goes on meanwhile */
	uint64_t repair_tried;      /* peers, a bit each */
	struct mono repair_at;      /* damaged: not before */
	struct engine_peer peers[]; /* as many as the engine has */
};

struct engine {
	struct state member;
	bool signer;
	bool repairs; /* the carrier can */
	size_t peers_count;
	bool up[ENGINE_PEERS_MAX];
	struct engine_list *lists[ENGINE_LISTS_MAX];
	size_t lists_count;
	bool watch_wanted; /* more is held than the peers were told */
	struct mono watch_at;
	/* at most two effects of the event, three per list, and one per peer */
	struct engine_effect effects[3 * ENGINE_LISTS_MAX + ENGINE_PEERS_MAX + 4];
	size_t effects_count;
	bool wake;
	struct mono wake_at;
};

/* NULL: not known. */
struct engine_list *engine_find(const struct engine *engine, const struct list_id *id);

/* A new effect of this step, its type, list (perhaps NULL) and peer set. */
struct engine_effect *schedule_effect(struct engine *engine,
	enum engine_effect_type type, const struct engine_list *list, size_t peer);

/* Is at still to come?  Then the engine asks for a wake. */
bool schedule_before(struct engine *engine, struct mono now, struct mono at);

/* Is something of the read under way from others than peer? */
bool schedule_read_from_others(const struct engine_list *list, size_t peer);

/* Pulls, moves on, or asks to be woken, as the list's state wants. */
void schedule_list(struct engine *engine, struct mono now, struct engine_list *list);

/* Begins what repair is wanted.  True while one is under way that nothing may be pulled
 * beside. */
bool schedule_repair(struct engine *engine, struct mono now, struct engine_list *list);
void schedule_damaged(struct engine_list *list);
/* A repair has ended. */
void schedule_repaired(
	struct engine *engine, struct mono now, struct engine_list *list, bool good);

/* Tells the peers what is held, when that is due. */
void schedule_watch(struct engine *engine, struct mono now);

#endif
