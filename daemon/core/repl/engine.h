/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_ENGINE_H
#define CORE_REPL_ENGINE_H

#include "daemon/core/repl/apply.h"
#include "daemon/core/time.h"

/*
 * Which list is pulled from which peer, when: step(state, now, event) → effects.
 * No socket, clock, disk or randomness; the node and the simulator feed it and
 * carry out what it says.  It never sees entries: a chunk that has come is passed by
 * the carrier to apply_chunk, and the result is told as an event.
 *
 * Per list there is at most one pull that counts, at one source:
 *   - A pull goes to the peer with the highest head, of equals to the one that told it
 *     first: of two ways the faster.  While a read is under way the source is kept as
 *     long as it has more of it.
 *   - Another peer is asked instead when the link goes, when the source is set aside or
 *     rests, or when it owes rows, or another holds a higher head, for
 *     ENGINE_PATIENCE_MS, and twice as long after each change that brought nothing:
 *     links may be slower than any fixed patience.
 *   - Who owes rows and says nothing, where nobody else has them, is asked again after
 *     ENGINE_SILENCE_MS; who owes none, after ENGINE_WAIT_MS; and twice as long after
 *     each time that brought nothing.
 *   - A read that no reachable peer can go on with is given up after ENGINE_GIVE_UP_MS
 *     for one from a peer that is merely ahead of the verified head.
 *   - Who gave nothing and did not say why (stale answers, at once and again; refusals)
 *     rests, longer each time, until it holds a new head.
 *   - Who is proven wrong is set aside for that list for ENGINE_ASIDE_MS, new heads or
 *     not.  A read from several peers proves nothing about the last of them, who only
 *     rests: from then on, until the list is verified, a read goes on only at the peer
 *     that it began with.  Two mismatches in a row: from nothing.
 *   - Rows that do not fit on a sound copy may come of another history that the owner
 *     signed.  Before the peer is blamed it is asked for the heads that it remembers
 *     (ENGINE_TRACE): such as show a contradiction make it a fork; such as do not lead
 *     to ours leave it open, and the list is read from nothing; else, and without an
 *     answer in ENGINE_TRACE_MS, it is set aside.
 *   - A peer that holds an epoch which goes back to nothing that is held (heads.h) is
 *     taken to hold nothing.
 *   - Where few rows are wrong the list is repaired by id (ENGINE_REPAIR) before it is
 *     read whole: schedule_repair.c says when.
 */
#define ENGINE_LISTS_MAX 512
#define ENGINE_PEERS_MAX 64
#define ENGINE_NOBODY SIZE_MAX /* as a peer: none; the result of a move */
#define ENGINE_PATIENCE_MS 250
#define ENGINE_SILENCE_MS 30000
#define ENGINE_WAIT_MS 60000  /* a held pull is answered sooner, as a rule */
#define ENGINE_ASIDE_MS 60000 /* how long a proven liar is not asked for that list */
#define ENGINE_RETRY_MS 1000  /* the first rest, and between tries of a move */
#define ENGINE_REST_MAX_MS 8000
#define ENGINE_GIVE_UP_MS 30000
#define ENGINE_TRACE_MS 5000          /* how long an answer to ENGINE_TRACE may take */
#define ENGINE_REPAIR_AGAIN_MS 600000 /* of an own list that nobody could repair */
#define ENGINE_WATCH_MS 1000          /* from a first load to telling that it is held */

struct engine;

enum engine_event_type {
	ENGINE_PEER_UP, /* peer: index; the link is open, Hello done */
	ENGINE_PEER_DOWN,
	ENGINE_HEAD, /* peer holds this authentic head */
	/* a result of apply_chunk, _head or _move on list, in the order of commits */
	ENGINE_APPLIED,
	ENGINE_REFUSED,  /* peer answered the pull of list with an error */
	ENGINE_RUBBISH,  /* … with what cannot be read, or that nobody signed */
	ENGINE_TRACED,   /* what peer remembers of list was looked at */
	ENGINE_DAMAGED,  /* rows of list are damaged here */
	ENGINE_REPAIRED, /* the end of ENGINE_REPAIR: result, and copy as it stands now
			  */
	ENGINE_TICK      /* the time asked for has come */
};

/* The heads that a peer remembers, against those remembered here. */
enum engine_trace {
	ENGINE_TRACE_SAME,    /* it has the held head, or no good answer */
	ENGINE_TRACE_UNKNOWN, /* nothing leads from one to the other */
	ENGINE_TRACE_FORK     /* they contradict each other; an APPLY_FORK follows */
};

struct engine_event {
	enum engine_event_type type;
	size_t peer;
	struct list_id list;
	/* HEAD; APPLIED of a chunk: the chunk's, which peer holds; else NULL */
	const struct head *head;
	enum apply_result result; /* APPLIED, REPAIRED (VERIFIED, or anything else) */
	int error;                /* APPLIED with APPLY_ERROR */
	const struct list_copy
		*copy;    /* APPLIED: as it stands now; not for APPLY_ERROR */
	bool pull_answer; /* APPLIED: it was the answer to a pull, which is over */
	bool differs;     /* REFUSED: peer remembers another head where we stand */
	enum engine_trace trace; /* TRACED */
};

enum engine_effect_type {
	ENGINE_PULL, /* send a pull of list at position to peer; earlier ones are void
		      */
	ENGINE_APPLY_HEAD, /* pass this head to apply_head */
	ENGINE_MOVE,       /* call apply_move */
	ENGINE_ACK,        /* acknowledge list's verified head */
	/* Repair list from peer, which holds head (repair.h); the answers to pulls of
	 * it that are under way are void, unless stands. */
	ENGINE_REPAIR,
	ENGINE_RELOAD, /* call apply_reload: list is to be read whole */
	ENGINE_TRACE, /* ask peer for the heads of list that it remembers around ours */
	ENGINE_ASIDE, /* peer is not asked for list for a time; tell it and the admin */
	ENGINE_FORKED, /* evidence: an admin is needed */
	/* What peer holds goes back to nothing that is held, and is not taken: once for
	 * each such epoch, tell the admin and the peer. */
	ENGINE_STRANGE,
	ENGINE_UNSHARED, /* for the log: the owner ended the sharing */
	/* Tell peer anew which heads are held: it must know to tell us of the end. */
	ENGINE_WATCH
};

struct engine_effect {
	enum engine_effect_type type;
	size_t peer;         /* PULL, APPLY_HEAD, TRACE, ASIDE, WATCH, STRANGE */
	struct list_id list; /* not of WATCH */
	struct copy_position position; /* PULL */
	struct head head;              /* APPLY_HEAD, REPAIR, STRANGE */
	uint64_t held_epoch;           /* STRANGE: what is held instead, its number */
	bool stands;                   /* REPAIR: as in patch.h */
	enum apply_result why;         /* ASIDE */
};

/* What one step gave; owned by the engine, good until the next step. */
struct engine_effects {
	const struct engine_effect *effects;
	size_t count;
	bool wake; /* step again with TICK at wake_at */
	struct mono wake_at;
};

/* member: own; signer: own lists are not pulled. */
int engine_create(const struct state *member, bool signer, size_t peers_count,
	struct engine **engine);
void engine_destroy(struct engine *engine);

/* At start, and where own lists were changed here: what the store holds.  Between
 * steps. */
int engine_restore(struct engine *engine, const struct list_id *list,
	const struct list_copy *copy);

/* Own lists are signed here from now on, and pulls of them void; or followed, from
 * where engine_restore has put them.  To be followed by a step. */
void engine_sign(struct engine *engine, bool signer);

/* The carrier carries out ENGINE_REPAIR and ENGINE_RELOAD, and tells their ends. Before
 * the first step; without it there are none. */
void engine_repairs(struct engine *engine);

/* CORDON_ENOMEM, or CORDON_ETOOBIG over ENGINE_LISTS_MAX (the event is dropped). */
int engine_step(struct engine *engine, struct mono now,
	const struct engine_event *event, struct engine_effects *effects);

/* For status: by how many sequences peer is known to be ahead of us, over all lists. */
uint64_t engine_peer_lag(const struct engine *engine, size_t peer);
/* The peer that list comes from now; ENGINE_NOBODY. */
size_t engine_source(const struct engine *engine, const struct list_id *list);
/* The head of list that peer was last heard to hold. */
bool engine_peer_head(const struct engine *engine, const struct list_id *list,
	size_t peer, struct head *head);
/* For status and recovery: the highest head of list that a peer holds beyond ours. */
bool engine_peers_ahead(const struct engine *engine, const struct list_id *list,
	const struct head *ours, struct head *head);

#endif
