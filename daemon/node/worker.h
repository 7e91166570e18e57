/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_WORKER_H
#define NODE_WORKER_H

#include "daemon/node/node.h"

/*
 * A thread with an event loop that serves sessions.  Requests run to completion on it;
 * its read transaction is renewed once per batch of events and given back when idle.
 */
int worker_create(
	struct node *node, size_t index, struct worker **worker, struct errmsg *msg);

/* Any thread.  Takes the fd.  address: for the log, copied.  local: an admin on the
 * host (no TLS). */
void worker_accept(struct worker *worker, int fd, const char *address, bool local);

/* Sessions on this worker; any thread. */
size_t worker_load(const struct worker *worker);

/* Any thread: lists have changed: held pulls and watches are looked at. */
void worker_lists_changed(struct worker *worker);

/* Any thread: sessions whose certificate is no longer acceptable end. */
void worker_profile_changed(struct worker *worker);

/* Any thread: takes no more requests, answers those in flight, ends the sessions; the
 * thread ends when none is left, or after timeout_ms. */
void worker_stop(struct worker *worker, uint32_t timeout_ms);
/* Waits for the thread.  Letters to its mailbox may still come until it is destroyed.
 */
void worker_join(struct worker *worker);
/* After worker_join (or without its thread ever having run sessions), and after the
 * writer has stopped; delivers letters that are left. */
void worker_destroy(struct worker *worker);

#endif
