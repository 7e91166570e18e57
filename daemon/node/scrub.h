/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SCRUB_H
#define NODE_SCRUB_H

#include "daemon/node/node.h"

/*
 * The scrub: LMDB has no checksums, so a thread reads all rows of all lists from time
 * to time (scrub_interval), with pauses, and compares
 *
 *   - each row's bytes with the hash that stands beside them,
 *   - what all rows add up to with the digest that is kept, and that the owner signed,
 *   - index keys that a row must have with those that there are, and index keys with
 * the rows that they name.
 *
 * Each list is read from one snapshot.  Damage is logged by id, counted, and handed to
 * the replicator for repair from a peer; index keys are made good here.  How far it is
 * is kept in meta (scrub), so that it goes on after a restart.
 */
struct scrub;

int scrub_create(struct node *node, struct scrub **scrub, struct errmsg *msg);
/* Ends the thread; before the writer is stopped.  NULL is fine. */
void scrub_destroy(struct scrub *scrub);

/* Any thread: begins at once, without pauses, or lets the one that runs go on so. */
void scrub_now(struct scrub *scrub);

struct scrub_state {
	bool running;
	uint64_t runs;      /* finished since the start */
	int64_t begun_s;    /* unix second; 0: never */
	int64_t finished_s; /* of the last whole one; 0: never */
	uint32_t lists_done, lists_count;
	uint64_t rows;           /* read in this run, or the last */
	uint64_t damaged;        /* rows found damaged in it */
	uint64_t indexes;        /* index keys that were missing or too many */
	struct list_id list;     /* the one that is read */
	uint32_t repairs_wanted; /* lists handed over for repair and not repaired yet */
};

/* Any thread. */
void scrub_state(struct scrub *scrub, struct scrub_state *state);

/* From main: a list that was handed over is repaired, or given up. */
void scrub_repaired(struct scrub *scrub, const struct list_id *list, bool good);

#endif
