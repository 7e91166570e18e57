/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_TAKEOVER_H
#define NODE_TAKEOVER_H

#include "daemon/node/committer.h"
#include "daemon/node/own_lists_state.h"
#include "daemon/node/signing.h"

/*
 * A node takes over the signing of its member's lists: after its disk was lost
 * (recover), for another node that was lost (promote), or on one side of a fork
 * (reopen).  One mechanism: a new epoch on all own lists, in one transaction, which
 * also makes this node the one that signs.
 *
 * On its way: the worker's, which was asked; main's, which knows the links (takeover
 * checks 1 to 4, replicator_takeover.c); the writer's (5 and 6, takeover.c); main's
 * again; the worker's, which answers.
 */
enum takeover_what {
	TAKEOVER_RECOVER = 1,
	TAKEOVER_PROMOTE,
	TAKEOVER_REOPEN
};

struct takeover_member {
	struct state code;
	bool reached;
	bool forced;
	struct identity node; /* reached */
};

struct takeover_list {
	bool told;           /* a reached peer holds a head … */
	struct head highest; /* … this is the highest */
	uint64_t seen;       /* the latest epoch of any head that a peer told */
	/* What was found, and what came of it. */
	enum copy_phase phase;
	struct epoch old_epoch, epoch;
	uint64_t old_sequence, sequence, live;
	bool created;
};

struct takeover {
	struct commit_job job;
	struct letter letter;
	struct node *node;
	enum takeover_what what;
	struct takeover_member members[HEAD_MEMBERS_MAX + 1]; /* as configured */
	size_t members_count;
	struct takeover_list lists[OWN_KINDS + 1]; /* by kind */

	bool done;
	bool wait;             /* not done: may pass by itself */
	struct errmsg reason;  /* not done: why, and what to do */
	int error;             /* something failed: nothing was changed */
	struct letter answer;  /* to the worker */
	struct mailbox *asker; /* the worker's */
};

/* "recover", "promote", "reopen" */
const char *takeover_text(enum takeover_what what);

/* Not now: sets the reason, unless there is one already. */
void takeover_refuse(struct takeover *takeover, bool wait, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Hands it to the writer; job.done posts letter to main.  Main. */
int takeover_post(struct takeover *takeover);

#endif
