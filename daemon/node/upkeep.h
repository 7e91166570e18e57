/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_UPKEEP_H
#define NODE_UPKEEP_H

#include "daemon/core/repl/apply.h"
#include "daemon/node/node.h"

/*
 * What time does to lists, looked for every upkeep_interval, in batches that each are a
 * job of the writer:
 *
 *   - The node that signs withdraws its own records that have ended or whose review was
 *     not confirmed, counts the reviews that come due, and lets tombstones go.
 *   - Every node erases the content of records that ended erase_after ago and that
 * their owner has not withdrawn, while its clock is to be trusted (clocktrust.h).
 *
 * On main's thread.  What was done is counted in node->upkept.
 */
struct upkeep;

int upkeep_create(struct node *node, struct upkeep **upkeep, struct errmsg *msg);
/* After the writer has stopped. */
void upkeep_destroy(struct upkeep *upkeep);

/* An authentic head that a peer holds; upkeep may be NULL. */
void upkeep_heard(struct upkeep *upkeep, const struct head *head);

/* What the node knows of the time, for what it applies now. */
void upkeep_context(struct node *node, struct apply_context *context);

#define UPKEEP_REVIEW_DAYS 90
#define UPKEEP_REVIEWS_MAX 100000 /* not counted beyond */

#endif
