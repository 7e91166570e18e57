/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "daemon/core/repl/engine.h"
#include "daemon/core/repl/own.h"
#include "daemon/core/repl/serve.h"
#include "tests/lib/memfeed.h"

/*
 * A union of nodes on virtual time, from a seed: the cores that the daemon runs, with
 * links, disks and clocks made of memory.  Signatures are a register of what owners
 * signed.  After each event the checks of check.c look at what it touched.
 */
#define SIM_NODES_MAX 6
#define SIM_LISTS_MAX 8
#define SIM_LINKS_MAX (SIM_NODES_MAX * (SIM_NODES_MAX - 1))

struct sim;

/* ---- events and their time ---- */

/* A message, a job of a writer, or its result: which fields count depends on it. */
struct sim_work {
	size_t list;
	uint32_t request;
	size_t peer; /* of the node that the work is for */
	bool pull_answer;
	struct copy_position position;
	struct head head;
	bool holds[SIM_LISTS_MAX];
	struct head held[SIM_LISTS_MAX];
	struct memfeed rows; /* of a chunk, in live */
	uint64_t after, up_to;
	enum {
		SIM_APPLY_CHUNK,
		SIM_APPLY_HEAD,
		SIM_APPLY_MOVE
	} type;
	enum apply_result result;
	struct list_copy copy; /* the result's */
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

/* ---- what there is ---- */

struct sim_signed {
	struct head head;
	struct memfeed rows;
};

struct sim_list {
	struct list_id id;
	size_t owner; /* the node that signs it */
	struct sim_signed *heads;
	size_t heads_count, heads_room;
	unsigned ids; /* made so far */
};

struct sim_copy {
	struct list_copy copy;
	struct memfeed rows;
};

/* What a server keeps of one list of one session. */
struct sim_served {
	bool holds; /* the peer holds a head, or was told one: this */
	struct head held;
	struct head told; /* sequence 0: none on this session */
	bool waits;       /* a pull is held */
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
	bool watched;
	struct sim_served lists[SIM_LISTS_MAX];
};

struct sim_pull {
	bool waiting;
	size_t peer;
	uint32_t request;
};

struct sim_node {
	struct state member;
	char name[8];
	bool signer;
	bool up;
	unsigned life;
	struct engine *engine;
	struct sim_copy copies[SIM_LISTS_MAX]; /* as committed */
	size_t links[SIM_NODES_MAX];           /* by peer */
	size_t links_count;
	struct sim_pull pulls[SIM_LISTS_MAX];
	uint32_t requests;
	struct mono writer_free;
	struct mono told; /* the last result */
	unsigned wake;
	size_t chunk_entries, move_entries;
	size_t pulls_sent;
};

struct sim_options {
	uint64_t seed;
	size_t steps;
	bool trace;
};

#define SIM_TRACE_LINES 600
#define SIM_TRACE_WIDTH 140

struct sim {
	struct sim_options options;
	uint64_t random;
	struct mono now;
	struct sim_event *events; /* a heap */
	size_t events_count, events_room;
	uint64_t serial;
	struct sim_node nodes[SIM_NODES_MAX];
	size_t nodes_count;
	struct sim_list lists[SIM_LISTS_MAX];
	size_t lists_count;
	struct sim_link links[SIM_LINKS_MAX];
	size_t links_count;
	unsigned always; /* the life of what never ends */
	bool calm;       /* no faults any more */
	char trace[SIM_TRACE_LINES][SIM_TRACE_WIDTH];
	size_t trace_count;
};

/* ---- sim.c ---- */

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

void sim_trace(struct sim *sim, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Prints the trace, the seed and the reason, and ends the program. */
void sim_fail(struct sim *sim, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* "KAZ/2" for traces; the list's own memory. */
const char *sim_list_name(const struct sim *sim, size_t list);

/* ---- node.c: what daemon/node/replicator.c and apply_job.c do ---- */

void sim_node_start(struct sim *sim, size_t node);
void sim_node_crash(struct sim *sim, size_t node);
void sim_link_up(struct sim *sim, size_t link);
void sim_link_down(struct sim *sim, size_t link);
/* What arrives at the client. */
sim_run_fn sim_client_head, sim_client_chunk, sim_client_refused;

/* ---- server.c ---- */

sim_run_fn sim_server_watch, sim_server_pull;
/* A node's copy of list has changed: heads are told, held pulls answered. */
void sim_server_changed(struct sim *sim, size_t node, size_t list);
/* Work for the other end of link; keeps the order. */
void sim_send(struct sim *sim, size_t link, bool to_server, sim_run_fn *run,
	struct sim_work *work);

/* ---- owner.c ---- */

void sim_owner_create(struct sim *sim, size_t list);
/* One transaction of random changes of list. */
void sim_owner_change(struct sim *sim, size_t list);
sim_run_fn sim_owner_repeat;
const struct sim_signed *sim_signed_find(
	const struct sim_list *list, const struct head *head);

/* ---- world.c ---- */

void sim_world_create(struct sim *sim);
/* Something happens to it. */
sim_run_fn sim_world_step;
/* Everything works from now on, and nothing changes. */
void sim_world_calm(struct sim *sim);
bool sim_world_reaches(const struct sim *sim, size_t list, size_t node);

/* ---- check.c ---- */

/* What must hold at any time of a node's copy; before: as it was committed last. */
void sim_check_copy(
	struct sim *sim, size_t node, size_t list, const struct list_copy *before);
/* What must never come out of an apply among honest nodes. */
void sim_check_result(struct sim *sim, size_t node, const struct sim_work *job);
bool sim_check_converged(const struct sim *sim, char *why, size_t why_size);

#endif
