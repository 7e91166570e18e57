/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_MAILBOX_H
#define NODE_MAILBOX_H

#include <stdbool.h>

#include <event2/event.h>

#include "proto/errmsg.h"

/*
 * Letters to the thread of an event loop: any thread posts, the loop's thread runs
 * them in order.  A letter is the poster's own struct with this one inside, so
 * posting allocates nothing and cannot fail.
 */
struct letter {
	struct letter *next;
	void (*deliver)(struct letter *letter); /* owns the letter from then on */
};

struct mailbox;

/* The loop must have been made with threads enabled (evthread_use_pthreads). */
int mailbox_create(
	struct event_base *base, struct mailbox **mailbox, struct errmsg *msg);
/* Letters that are still inside are delivered first. On the loop's thread, or after it.
 */
void mailbox_destroy(struct mailbox *mailbox);

/* letter must not be posted again before it was delivered. */
void mailbox_post(struct mailbox *mailbox, struct letter *letter);

#endif
