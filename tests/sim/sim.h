/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdio.h>

#include "daemon/core/repl/clocktrust.h"
#include "daemon/core/repl/engine.h"
#include "daemon/core/repl/own.h"
#include "daemon/core/repl/serve.h"
#include "daemon/core/repl/simbug.h"
#include "tests/lib/memfeed.h"

/*
 * A union of nodes on virtual time, from a seed: the cores that the daemon runs, with
 * links, disks and clocks made of memory.  After each event the checks of check.c look
 * at what it touched.
 *
 *   sim --seed N --steps M --trace    one union, told line by line
 *   sim --runs R --seed N             R unions, of seeds N, N + 1 ...
 *   sim --bug NAME --runs R           the same with a deliberate bug in the core (one
 *                                     of core/repl/simbug.h; of the light build only)
 *
 * A failure prints the story that led to it and the command that repeats it; the same
 * seed, steps and program give the same story, and the same fingerprint at the end.
 *
 * Two programs are made of this source: sim-real links the core and proto that the
 * daemon links, with LtHash and Ed25519; sim a copy of the core with the switches of
 * simbug.h, and a digest and signature that cost next to nothing (light.c).
 *
 * What is behind honest nodes here is the node's: server.c stands for serve_pull.c,
 * serve_heads.c and heads_news.c, job.c for apply_job.c, node.c for replicator*.c,
 * signer.c for opening.c and takeovers.
 */
#define SIM_NODES_MAX 6
#define SIM_LISTS_MAX 8
#define SIM_LINKS_MAX (SIM_NODES_MAX * (SIM_NODES_MAX - 1))
#define SIM_SIGNATURE_BYTES 64
#define SIM_NOBODY SIZE_MAX

struct sim;

/* ---- events and their time ---- */

/* A head as it travels and is kept. */
struct sim_paper {
	struct head head;
	uint8_t signature[SIM_SIGNATURE_BYTES];
};

/* What a watch says of one list. */
struct sim_held {
	struct epoch epoch; /* number 0: nothing is held */
	uint64_t sequence;
	uint8_t hash[HASH_BYTES];
};

/* Heads that contradict each other, by their places in the register. */
struct sim_proof {
	size_t heads[3];
	size_t count;
};

/* A message, a job of a writer, or its result: which fields count depends on it. */
struct sim_work {
	size_t list;
	uint32_t request;
	size_t peer; /* of the node that the work is for */
	bool pull_answer;
	struct copy_position position;
	struct sim_paper paper;
	struct memfeed_row **rows; /* of a chunk, each with a reference */
	size_t rows_count;
	uint64_t after, up_to;
	enum {
		SIM_APPLY_CHUNK,
		SIM_APPLY_HEAD,
		SIM_APPLY_MOVE,
		SIM_EVIDENCE
	} type;
	enum apply_result result;
	struct list_copy *copy; /* the result's */
	struct sim_held *held;  /* of a watch, by list */
	size_t *places;         /* heads in the register */
	size_t places_count;
	struct sim_proof proof;
	bool differs; /* of a refusal: another head is remembered there */
};

typedef void sim_run_fn(struct sim *sim, size_t subject, struct sim_work *work);

struct sim_event {
	struct mono at;
	uint64_t serial;
	sim_run_fn *run;
	size_t subject; /* a node or a link */
	/* runs only while this still has the same value: what ended takes its events
	 * along */
	const unsigned *life;
	unsigned life_then;
	struct sim_work *work; /* owned; NULL */
};

/* ---- what owners signed ---- */

struct sim_signed {
	struct sim_paper paper;
	struct memfeed rows;
	size_t parent; /* the head it goes on from; SIM_NOBODY */
	bool aside;    /* beyond the base of a later epoch: not part of the list */
};

struct sim_list {
	struct list_id id;
	size_t member; /* whose it is */
	struct sim_signed *heads;
	size_t heads_count, heads_room;
	unsigned ids;   /* made so far */
	uint64_t epoch; /* the highest number */
	bool forked;    /* a hostile owner has signed two histories */
};

/* ---- what there is ---- */

struct sim_copy {
	struct list_copy copy;
	struct sim_paper paper; /* of copy.head, or of high while it is moved in */
	struct memfeed rows;
};

#define SIM_MEMORY_MAX 120

/* The recent heads that a node remembers of a list, one of an (epoch, sequence). */
struct sim_memory {
	size_t heads[SIM_MEMORY_MAX];
	size_t count;
	struct sim_proof proof; /* that the list is stopped for */
};

/* What a server knows of one list of one session. */
struct sim_served {
	bool any;  /* the peer holds this head, by its own word or because … */
	bool sent; /* … it was told one that names it */
	struct sim_held held;
	int64_t time_s; /* of the head that was told */
	bool proof_told;
	bool waits; /* a pull is held */
	uint32_t request;
	struct copy_position position;
};

struct sim_link {
	size_t client, server;
	size_t peer; /* the server's index at the client */
	bool up;
	unsigned life;
	int64_t delay_ms;
	struct mono to_server, to_client; /* the last arrival: links keep order */
	struct mono mute_until;           /* what is sent before is lost */
	bool watched;
	bool told; /* the first heads have come, or there is no link to be had */
	struct sim_served lists[SIM_LISTS_MAX];
};

struct sim_pull {
	bool waiting;
	size_t peer;
	uint32_t request;
};

struct sim_node {
	struct state member;
	size_t member_index;
	char name[8];
	bool hostile;
	bool has_key;
	bool signs;    /* kept on disk */
	bool open;     /* signs now: peers were asked for what they hold */
	bool behind;   /* a peer holds own history that this disk lacks */
	bool restored; /* started from an older disk, and not open since */
	bool lost;     /* started from an empty one, and not open since … */
	bool anew;     /* … or with lists begun anew, which others have */
	bool up;
	unsigned life;
	int64_t clock_s; /* its clock is wrong by so much */
	struct clocktrust trust;
	struct engine *engine;
	struct sim_copy copies[SIM_LISTS_MAX]; /* as committed */
	struct sim_memory memories[SIM_LISTS_MAX];
	struct sim_copy *twins;  /* a hostile owner's other histories */
	struct sim_copy *backup; /* an older disk */
	bool backup_signs;
	size_t links[SIM_NODES_MAX]; /* by peer */
	size_t links_count;
	struct sim_pull pulls[SIM_LISTS_MAX];
	uint32_t requests;
	struct mono writer_free;
	struct mono told; /* the last result */
	unsigned wake;
	size_t chunk_entries, move_entries;
	size_t pulls_sent;
	uint64_t tricks; /* of a hostile one: a bit each */
};

struct sim_options {
	uint64_t seed;
	size_t steps;
	bool trace; /* as it happens */
	bool quiet; /* nothing is kept */
};

#define SIM_TRACE_LINES 600
#define SIM_TRACE_WIDTH 140

struct sim {
	struct sim_options options;
	uint64_t random;
	uint64_t fingerprint;
	struct mono now;
	struct sim_event *events; /* a heap */
	size_t events_count, events_room;
	uint64_t serial;
	struct sim_node nodes[SIM_NODES_MAX];
	size_t nodes_count;
	size_t members_count;
	struct sim_list lists[SIM_LISTS_MAX];
	size_t lists_count;
	struct sim_link links[SIM_LINKS_MAX];
	size_t links_count;
	uint64_t sides; /* a partition: nodes of different bits do not reach each other
			 */
	size_t records_max;
	bool hostile;    /* one of the nodes is */
	bool erases;     /* some records end, and their content is erased */
	unsigned always; /* the life of what never ends */
	bool calm;       /* no faults any more */
	char (*trace)[SIM_TRACE_WIDTH];
	size_t trace_count;
};

/* ---- event.c, trace.c ---- */

uint64_t sim_random(struct sim *sim, uint64_t below);
bool sim_chance(struct sim *sim, unsigned permille);

/* Takes over work. */
void sim_at(struct sim *sim, struct mono at, sim_run_fn *run, size_t subject,
	struct sim_work *work);
/* The same, while *life stays what it is. */
void sim_during(struct sim *sim, struct mono at, sim_run_fn *run, size_t subject,
	struct sim_work *work, const unsigned *life);
struct sim_work *sim_work_create(size_t list);
void sim_work_destroy(struct sim_work *work);
/* Runs what is due up to end. */
void sim_run_until(struct sim *sim, struct mono end);
void sim_drop_events(struct sim *sim);

/* Into the fingerprint of this run. */
void sim_mark(struct sim *sim, uint64_t value);
void sim_trace(struct sim *sim, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Prints the trace, the seed and the reason, and ends the program. */
void sim_fail(struct sim *sim, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* "KAZ/bans" for traces; its own memory. */
const char *sim_list_name(const struct sim *sim, size_t list);

/* ---- main.c ---- */

/* One union from beginning to end; fails by sim_fail.  The fingerprint. */
uint64_t sim_union(const struct sim_options *options);
/* The deliberate bug of this run, or "". */
const char *sim_bug_name(void);

/* ---- sign.c (Ed25519) or light.c ---- */

/* Sets hash and signature. */
void sim_sign(struct sim_paper *paper);
bool sim_authentic(const struct sim_paper *paper);

/* ---- node.c ---- */

void sim_node_start(struct sim *sim, size_t node);
void sim_node_crash(struct sim *sim, size_t node);
/* Another role, at run time. */
void sim_node_sign(struct sim *sim, size_t node, bool signs);
void sim_link_up(struct sim *sim, size_t link);
void sim_link_down(struct sim *sim, size_t link);
void sim_node_step(struct sim *sim, size_t node, const struct engine_event *event);
/* What arrives at the client. */
sim_run_fn sim_client_head, sim_client_told, sim_client_chunk, sim_client_refused;

/* ---- job.c ---- */

/* Jobs of a node's writer, one after another; takes over job. */
void sim_job_post(struct sim *sim, size_t node, struct sim_work *job);

/* ---- server.c ---- */

sim_run_fn sim_server_watch, sim_server_pull;
/* A node's copy of list has changed: heads are told, held pulls answered. */
void sim_server_changed(struct sim *sim, size_t node, size_t list);
/* Work for the other end of link; keeps the order. */
void sim_send(struct sim *sim, size_t link, bool to_server, sim_run_fn *run,
	struct sim_work *work);
/* A chunk's rows after work->after, count at most, out of a state of the list. */
void sim_collect(struct sim_work *work, const struct memfeed *rows, size_t count);

/* ---- evidence.c ---- */

void sim_remember(struct sim *sim, size_t node, size_t list, const struct head *head);
/* A head has come; true: it proves two histories, and the writer is told. */
bool sim_suspect(struct sim *sim, size_t node, size_t peer, size_t list,
	const struct head *head);
/* What apply calls a fork; false: it cannot be shown. */
bool sim_contradicts(struct sim *sim, size_t node, size_t list, const struct head *head,
	struct sim_proof *proof);
/* Does who asks stand in another history than what node remembers? */
bool sim_stands_apart(const struct sim *sim, size_t node, size_t list,
	const struct copy_position *asked);
/* The client asks the server for the heads around its own. */
void sim_trace_peer(struct sim *sim, size_t link, size_t list);
void sim_tell_proof(struct sim *sim, size_t link, size_t list);

/* ---- malice.c: what a hostile node makes of what it sends ---- */

void sim_malice_create(struct sim *sim, size_t node);
/* True when nothing of the honest way is to be done any more. */
bool sim_malice_head(struct sim *sim, size_t link, struct sim_work *work);
bool sim_malice_pull(struct sim *sim, size_t link, size_t list);
void sim_malice_chunk(struct sim *sim, size_t link, struct sim_work *work);
/* Now and then, by itself. */
void sim_malice_turn(struct sim *sim, size_t node);
/* Is what this server sends of list to be trusted? */
bool sim_malice_at(const struct sim *sim, size_t node, size_t list);

/* ---- owner.c ---- */

/* The union's lists are made by their owners. */
void sim_owner_create(struct sim *sim, size_t list);
/* One transaction of random changes of list at its signer. */
void sim_owner_change(struct sim *sim, size_t node, size_t list);
void sim_owner_reopen(struct sim *sim, size_t node, size_t list, struct epoch epoch);
/* Heads of idle lists again, every few seconds. */
sim_run_fn sim_owner_repeat;
/* The node's disk is empty, and nobody was there to say so. */
void sim_owner_begin_anew(struct sim *sim, size_t node);
size_t sim_signed_index(const struct sim_list *list, const struct head *head);
/* Is a head an ancestor of another, or the same?  Indexes; SIM_NOBODY leads nowhere. */
bool sim_leads_to(const struct sim_list *list, size_t from, size_t to);
/* NULL when nobody signed it. */
const struct sim_signed *sim_signed_find(
	const struct sim_list *list, const struct head *head);

/* ---- upkeep.c: the time, and what is erased ---- */

int64_t sim_true_s(const struct sim *sim);
int64_t sim_wall_s(const struct sim *sim, size_t node);
void sim_upkeep_hears(struct sim *sim, size_t node, const struct head *head);
bool sim_upkeep_sure(struct sim *sim, size_t node);
/* Where content is erased, lists come only through and to nodes that are sure of the
 * time: others take no word for it. */
bool sim_upkeep_takes(struct sim *sim, size_t node);
void sim_upkeep_context(struct sim *sim, size_t node, struct apply_context *context);
void sim_upkeep_check(
	struct sim *sim, size_t node, size_t list, const struct entry *row);
/* Of a chunk that was taken.  before: the rows as they were. */
void sim_upkeep_check_kept(struct sim *sim, size_t node, const struct sim_work *job,
	const struct memfeed *before);
sim_run_fn sim_upkeep_turn;

/* ---- signer.c: who signs ---- */

/* A node that has the key has started, or may be open by now. */
void sim_signer_start(struct sim *sim, size_t node);
void sim_signer_told(struct sim *sim, size_t node);
/* node was told this head of an own list, by a node of this member. */
void sim_signer_hears(struct sim *sim, size_t node, size_t list,
	const struct head *head, const struct state *teller);
/* The node that signs member's lists now; SIM_NOBODY. */
size_t sim_signer_of(const struct sim *sim, size_t member);
/* node takes member's lists over when it may; force: nodes may be missing. */
bool sim_signer_takeover(struct sim *sim, size_t node, bool force);
/* Admins see to it that each member has a node that signs. */
void sim_signer_tend(struct sim *sim);

/* ---- world.c, fault.c ---- */

void sim_world_create(struct sim *sim);
/* Brings links of node up soon. */
void sim_world_connect(struct sim *sim, size_t node, int64_t within_ms);
/* Up, when both ends are and nothing cuts it. */
sim_run_fn sim_world_try;
/* Is there a way from a list's signer over honest nodes that may hold the list? */
bool sim_world_reaches(struct sim *sim, size_t list, size_t node);
/* Something happens to it. */
void sim_fault_step(struct sim *sim);
/* Everything works from now on, and nothing changes. */
void sim_fault_calm(struct sim *sim);
/* Hostile owners' administrators open new epochs. */
void sim_fault_repent(struct sim *sim);

/* ---- check.c, agree.c ---- */

/* What must hold at any time of a node's copy; before: as it was committed last. */
void sim_check_copy(
	struct sim *sim, size_t node, size_t list, const struct list_copy *before);
/* What must never come out of an apply of what honest nodes sent. */
void sim_check_result(struct sim *sim, size_t node, const struct sim_work *job);
/* node sets the peer behind link aside for list. */
void sim_check_blame(struct sim *sim, size_t node, size_t link, size_t list);
/* The list's last head was signed just now. */
void sim_check_signed(struct sim *sim, size_t node, size_t list);

/* Do the nodes agree with the signers, as far as they can reach them?  why: NULL, or
 * says what is missing. */
bool sim_agree(struct sim *sim, char *why, size_t why_size);
/* Two histories do not stand side by side. */
void sim_agree_noticed(struct sim *sim);
/* After all: nothing acknowledged is lost. */
void sim_agree_kept(struct sim *sim);

#endif
