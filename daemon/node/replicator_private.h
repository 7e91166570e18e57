/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_REPLICATOR_PRIVATE_H
#define NODE_REPLICATOR_PRIVATE_H

#include "daemon/base/log_quota.h"
#include "daemon/node/ack_keep.h"
#include "daemon/node/apply_job.h"
#include "daemon/node/head_check.h"
#include "daemon/node/links.h"
#include "daemon/node/opening.h"
#include "daemon/node/own_lists_state.h"
#include "daemon/node/peer.h"
#include "daemon/node/preparer.h"
#include "daemon/node/read_ahead.h"
#include "daemon/node/repairs.h"
#include "daemon/node/replicator.h"

/*
 * The inside of replicator.h: replicator.c is its life, replicator_step.c carries out
 * what the engine says, replicator_peers.c tells it what peers say, replicator_own.c
 * tells it who signs, replicator_trace.c whether an owner signed two histories.
 */

/* A pull that waits for its answer.  Void ones are forgotten: their answer is dropped.
 */
struct pull {
	bool waiting;
	struct list_id list;
	size_t peer;
	uint32_t request;
};

/* A question for remembered heads that waits for its answer. */
struct trace {
	bool waiting;
	struct list_id list;
	size_t peer;
	uint32_t request;
	struct head held; /* the verified head when it was asked */
};

/* The newest head of an own list that a peer has told. */
struct own_seen {
	uint64_t epoch_number, sequence;
	int64_t time_s;
};

/* Does another node of this member sign?  (replicator_takeover.c) */
struct own_watch {
	bool told[ENGINE_PEERS_MAX]; /* its heads, since the link is up */
	bool listening;              /* some peer has, first at … */
	struct mono listening_since;
	struct own_seen seen[OWN_KINDS + 1]; /* by kind */
	bool alive;                          /* somebody signed, last heard at … */
	struct mono alive_at;
	size_t alive_peer; /* … from it */
	struct list_id alive_list;
};

struct replicator {
	struct node *node;
	struct engine *engine;
	struct head_check *check;
	struct peer **peers;
	size_t peers_count;
	struct pull pulls[ENGINE_LISTS_MAX];
	size_t pulls_count;   /* places used so far */
	struct trace *traces; /* ENGINE_LISTS_MAX */
	size_t traces_count;
	struct event *wake;
	struct store_txn *txn; /* reset between uses */
	struct links links;
	struct ack_keep keep;
	struct opening opening;
	bool retiring;               /* a retire_job is under way */
	struct log_quota rubbish;    /* lines about heads and chunks that are none */
	struct log_quota complaints; /* sent */
	struct mono keys_warned_at;  /* of keys that end; 0: never */
	struct repairs *repairs;
	struct own_watch own;
	struct preparer *preparer;
	struct read_ahead ahead;
	bool stopped;
};

/* Tells the engine and carries out its effects.  packed: of an event HEAD, for jobs
 * that keep it; else empty. */
void replicator_step(
	struct replicator *r, const struct engine_event *event, struct bytes packed);
/* An event without a packed head. */
void replicator_tell(struct replicator *r, const struct engine_event *event);

/* A job whose result is told to the engine; NULL: out of memory. */
struct apply_job *replicator_job(
	struct replicator *r, size_t peer, const struct list_id *list);
/* Hands it to the committer, or destroys it. */
int replicator_post(struct apply_job *job);
/* A chunk whose turn has come: hands it to the committer once it is prepared. */
void replicator_go(struct apply_job *job);

/* replicator_own.c: as replicator_role_changed, on main, at once. */
void replicator_own_changed(struct replicator *r);
/* A peer holds this head.  If it is of an own list, does this node
 * have to give way, or not to begin? */
void replicator_own_head(struct replicator *r, size_t peer, const struct head *head,
	struct bytes packed);

/* replicator_takeover.c: a head of an own list; that a peer has told its heads. */
void replicator_own_seen(struct replicator *r, size_t peer, const struct head *head);
/* Somebody else has signed it, lately. */
void replicator_own_alive(struct replicator *r, size_t peer, const struct head *head);
void replicator_own_told(struct replicator *r, size_t peer);

/* A bounded line in the log: the peer sent a what (head, chunk …) that is none. */
void replicator_rubbish(struct replicator *r, size_t peer, const char *what, int error,
	const struct errmsg *msg);

/* replicator_trace.c */

/* Asks peer for the heads that it remembers up to the verified one. */
void replicator_trace(struct replicator *r, size_t peer, const struct list_id *list);
/* Its answer, NULL: refused.  False when it was not asked. */
bool replicator_traced(struct replicator *r, size_t peer, uint32_t request,
	const Cordon__HeadsAtAnswer *answer);
/* An authentic head: true when it contradicts a remembered one, which is on its way to
 * the writer; then it is not to be taken. */
bool replicator_suspect(struct replicator *r, size_t peer, const struct head *head,
	struct bytes packed);
/* A proof that peer tells. */
void replicator_take_evidence(
	struct replicator *r, size_t peer, const Cordon__Evidence *message);

/* Another node's acknowledgement; an ack_keep_fn, context the replicator. */
bool replicator_pass_on(void *context, const struct relayed_ack *relayed);
/* replicator_repair.c */
int replicator_repairs_create(struct replicator *r);
/* ENGINE_REPAIR, ENGINE_RELOAD. */
void replicator_repair(struct replicator *r, const struct engine_effect *effect);
void replicator_reload(struct replicator *r, const struct engine_effect *effect);

extern const struct peer_handler replicator_peer_handler;

#endif
