/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_COPIES_H
#define NODE_COPIES_H

#include "daemon/core/time.h"
#include "daemon/node/own_lists.h"
#include "daemon/node/session.h"

/*
 * Waiting until other members hold what was submitted.  A submission that wants copies
 * is committed like any other, and then parked as a held request: whatever is committed
 * next, acknowledgements too, gives it a turn, in which it looks at them.  Nobody waits
 * on a thread.
 *
 *   1. What is wanted is read, and what cannot come (more members than share the list)
 *      is refused before anything is committed.
 *   2. After the commit, per list: the highest sequence of the items, also of those
 *      that changed nothing, so that a submission sent again waits as well.
 *   3. It is over when enough members have acknowledged that much of every list; when
 *      the time is up; when enough cannot come any more (a member has left the sharing,
 *      another epoch took over without the change); when the node stops.
 *   4. The answer says who has it, and in each case but the first why not all have.
 *      The change stands in every case.
 */

/* Submissions of a node that may want copies at a time: each keeps its results. */
#define COPIES_WAITING_MAX 1024

#define COPIES_KINDS CORDON_KIND_INVALID_DOCUMENT

struct copies_need {
	struct epoch epoch;
	uint64_t sequence; /* 0: nothing of that list */
};

struct copies {
	uint32_t wanted; /* CORDON_COPIES_… but the default, or a number of members */
	bool configured; /* by the node, not by the submitter */
	uint32_t timeout_ms;
	bool counted; /* among those of the node that want copies */
	struct copies_need needs[COPIES_KINDS + 1]; /* by kind */
	struct mono until;
	int error; /* why it is over without them; 0: they are there */
	struct errmsg text;
};

/* 1.  CORDON_EINVAL with field and expectation. */
int copies_read(const struct config *config, const Cordon__SubmitRequest *message,
	struct copies *copies, struct errmsg *msg);
bool copies_wanted(const struct copies *copies);
/* Is the list of that kind shared with enough members?  CORDON_EINVAL. */
int copies_check_kind(struct request *request, const struct copies *copies,
	uint16_t kind, struct errmsg *msg);
/* Counts it among the node's; CORDON_EBUSY when there are too many. */
int copies_enter(struct node *node, struct copies *copies, struct errmsg *msg);
/* Once copies_enter has been called or not. */
void copies_leave(struct node *node, struct copies *copies);

/* 2.  What was refused, or waits for an administrator, wants nothing. */
void copies_note(struct copies *copies, const struct own_result *result);
/* The wait begins now. */
void copies_start(struct copies *copies, struct mono now);

/* 3.  True: it is over, and error and text say how. */
bool copies_over(struct service *service, struct copies *copies, struct mono now);
/* The node stops. */
void copies_stop(struct service *service, struct copies *copies);

/* 4.  Fills fields 10 to 12; what they point to is arena memory or the copies'.
 * CORDON_ENOMEM, or an error of the store. */
int copies_answer(struct service *service, struct copies *copies, struct arena *arena,
	Cordon__SubmitAnswer *answer);

#endif
