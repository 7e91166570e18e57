/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_APPLY_JOB_H
#define NODE_APPLY_JOB_H

#include "daemon/core/repl/engine.h"
#include "daemon/node/committer.h"
#include "daemon/node/heads_set.h"

/*
 * What came from a peer, on its way through the writer: a chunk, a head, the next slice
 * of a stage that is moved in, or heads that contradict each other.
 */
struct apply_job {
	struct commit_job job;
	struct letter letter; /* back to main */
	struct node *node;
	void (*finished)(struct apply_job *job); /* on main; owns the job again */
	void *context;

	enum {
		APPLY_JOB_CHUNK,
		APPLY_JOB_HEAD,
		APPLY_JOB_MOVE,
		APPLY_JOB_RELOAD,
		APPLY_JOB_EVIDENCE
	} type;
	size_t peer; /* ENGINE_NOBODY for MOVE */
	struct list_id list;
	struct arena arena;       /* holds packed and entries */
	struct apply_context now; /* member, and the time */
	struct head head;         /* CHUNK, HEAD: authentic */
	struct bytes packed;      /* its message */
	struct chunk chunk;       /* CHUNK */
	/* CHUNK: what was prepared of it (preparer.h). */
	void (*prepared)(struct apply_job *job); /* on main; owns the job again */
	struct preparation *preparation;
	struct store_prepared *keys;
	bool preparing;
	bool dropped;           /* meanwhile nobody wants it any more */
	bool waits;             /* for its turn: it was read ahead */
	bool more;              /* more slices of index keys come before it */
	struct heads_set proof; /* EVIDENCE: authentic heads that contradict */

	/* The result. */
	enum apply_result result;
	struct list_copy copy; /* as it stands now */
	int error;             /* APPLY_ERROR */
	struct errmsg text;
};

/* preparer.c */
void preparation_destroy(struct preparation *preparation);

int apply_job_create(struct node *node, struct apply_job **job);
void apply_job_destroy(struct apply_job *job);

/* Fills head, packed and chunk from the payload of a CHUNK; check says that its head is
 * signed.  The payload is copied. */
struct head_check;
int apply_job_read_chunk(struct apply_job *job, struct bytes payload,
	struct head_check *check, struct errmsg *msg);
/* Fills head and packed. */
int apply_job_set_head(
	struct apply_job *job, const struct head *head, struct bytes packed);

/* Hands it to the writer; finished is called on main in any case that returns 0. */
int apply_job_post(struct apply_job *job);

#endif
