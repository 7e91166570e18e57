/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_OPENING_H
#define NODE_OPENING_H

#include "daemon/node/node.h"
#include "proto/head.h"

/*
 * When the own lists may be signed after a start (own_lists.h), and from whom heads
 * have been heard.  On main's loop.
 */
struct opening {
	struct node *node;
	struct event *grace;
	bool told[64]; /* peers that said what they hold, or cannot be reached */
	bool asked;    /* own_lists_open was posted */
};

int opening_init(struct opening *opening, struct node *node, struct errmsg *msg);
void opening_finish(struct opening *opening);

void opening_told(struct opening *opening, size_t peer);
/* A node of member has told its heads. */
void opening_heard(struct opening *opening, const struct state *member);

#endif
