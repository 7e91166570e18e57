/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_UPKEEP_PRIVATE_H
#define NODE_UPKEEP_PRIVATE_H

#include "daemon/core/repl/clocktrust.h"
#include "daemon/node/committer.h"
#include "daemon/node/own_lists.h"
#include "daemon/node/upkeep.h"

/* Rows changed, and rows looked at, in one transaction. */
#define UPKEEP_BATCH 512
#define UPKEEP_LOOKS 20000

enum upkeep_task {
	UPKEEP_ENDED,
	UPKEEP_LAPSED,
	UPKEEP_STUBS,
	UPKEEP_TOMBSTONES,
	UPKEEP_ERASE,
	UPKEEP_PENDING,
	UPKEEP_TASKS
};

/* How far the rows of an own list were looked at; of one epoch.  The writer's. */
struct upkeep_place {
	struct epoch epoch;
	uint64_t tombstones; /* none that may not go yet up to here */
	uint64_t stubs;      /* none at all up to here */
};

/* One transaction of a task; job is first. */
struct upkeep_job {
	struct commit_job job;
	struct letter letter; /* back to main */
	struct upkeep *upkeep;
	struct node *node;
	enum upkeep_task task;
	struct apply_context context;
	struct upkeep_place *places; /* by kind */
	/* The result. */
	bool more; /* there is more of the same to do */
	size_t done;
	uint64_t reviews, held; /* LAPSED */
	uint64_t pending;       /* PENDING */
	int error;
	struct errmsg text;
};

typedef int upkeep_fn(
	struct upkeep_job *job, struct store_txn *txn, struct errmsg *msg);

upkeep_fn upkeep_ended, upkeep_lapsed, upkeep_stubs; /* upkeep_own.c */
upkeep_fn upkeep_tombstones;                         /* upkeep_floor.c */
upkeep_fn upkeep_erase;                              /* upkeep_erase.c */
upkeep_fn upkeep_pending;                            /* upkeep_own.c */

/* Ids that a walk gave, by value. */
struct upkeep_ids {
	char (*ids)[CORDON_ID_MAX];
	uint8_t *sizes;
	size_t count;
};

int upkeep_ids_init(struct upkeep_ids *ids, struct errmsg *msg);
void upkeep_ids_finish(struct upkeep_ids *ids);
/* False when it is full now: UPKEEP_BATCH of them. */
bool upkeep_ids_add(struct upkeep_ids *ids, struct bytes id);
struct bytes upkeep_ids_get(const struct upkeep_ids *ids, size_t i);

/* Withdraws own records for reason (upkeep_own.c). */
int upkeep_withdraw(struct upkeep_job *job, struct store_txn *txn,
	const struct upkeep_ids *ids, uint32_t reason, struct errmsg *msg);

#endif
