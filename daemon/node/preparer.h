/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_PREPARER_H
#define NODE_PREPARER_H

#include "daemon/node/node.h"

/*
 * Threads that work out what a large chunk costs most of, before the writer gets it:
 * the sum of its entries' elements, and their index keys.  A chunk is divided among
 * them. What they have not got memory for the writer does itself, as it does for small
 * chunks.
 */
struct apply_job;
struct preparer;

/* Fewer entries than these are no matter. */
#define PREPARER_ENTRIES_LEAST 64

int preparer_create(struct node *node, struct preparer **preparer, struct errmsg *msg);
/* Does what was posted, then ends the threads. */
void preparer_destroy(struct preparer *preparer);

/* On main; job->prepared is called there later, in any case. */
void preparer_post(struct preparer *preparer, struct apply_job *job);

#endif
