/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_REPAIRS_PRIVATE_H
#define NODE_REPAIRS_PRIVATE_H

#include "daemon/node/head_check.h"
#include "daemon/node/repairs.h"

/*
 * The inside of repairs.h: repairs.c is their life and turns, repairs_ask.c what
 * travels, repairs_read.c the thread that reads own rows, repairs_patch.c the job.
 */
struct waiting {
	struct list_id list;
	size_t peer;
	bool stands;
	struct head head;
};

struct repairs {
	struct node *node;
	struct head_check *check;
	struct peer **peers;
	struct repairs_owner owner;
	struct waiting *waiting; /* ENGINE_LISTS_MAX */
	size_t waiting_count;
	struct damage *found[ENGINE_LISTS_MAX];
	size_t found_count;
	bool stopped;

	/* The one under way. */
	bool busy;
	struct waiting now;
	struct repair *repair;
	struct store_txn *txn;
	struct arena arena; /* what answers carried */
	size_t bytes;
	uint32_t request; /* asked at now.peer; 0: none */
	struct event *timer;
	bool lost; /* the peer is gone */

	/* The thread that reads. */
	pthread_t thread;
	bool reading;
	atomic_bool end_reading;
	int read_error;
	struct errmsg read_text;
	struct letter read_letter;

	/* The patch. */
	struct commit_job job;
	struct letter job_letter;
	bool committing;
	unsigned tries;
	struct apply_context context;
	struct bytes packed; /* the head's message, of the last answer; arena */
	enum apply_result result;
	struct list_copy copy;
	struct errmsg text;
};

/* Goes on as repair->step says. */
void repairs_turn(struct repairs *repairs);

/* repairs_ask.c: sends the question of the step.  CORDON_ENOMEM. */
int repairs_ask(struct repairs *repairs);
/* Hands the answer in; a bad one fails the repair. */
void repairs_take(struct repairs *repairs, uint16_t type, struct bytes payload);

/* repairs_read.c: reads, then turns on main. */
int repairs_read(struct repairs *repairs);
void repairs_read_stop(struct repairs *repairs);

/* repairs_patch.c: commits, then turns on main. */
int repairs_patch(struct repairs *repairs);

#endif
