/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ACK_KEEP_H
#define NODE_ACK_KEEP_H

#include <stdbool.h>

#include "proto/bytes.h"
#include "proto/ident.h"

/*
 * Acknowledgements of other nodes that could not be passed on: every link towards the
 * owner was down.  The newest of them are kept until there is one; a node that reaches
 * the owner only through this one says the same thing only once.  On main's loop.
 */
#define ACK_KEEP_MAX 256

/* Another node's acknowledgement on its way. */
struct relayed_ack {
	struct list_id list;
	struct identity node; /* who acknowledges */
	struct identity from; /* who left it here */
	struct bytes packed;
};

/* Zeroed at first. */
struct ack_keep {
	struct relayed_ack
		acks[ACK_KEEP_MAX]; /* allocated bytes; the oldest at first */
	size_t first, count;
};

/* Copies packed; the oldest gives way.  Without memory it is left out. */
void ack_keep_add(struct ack_keep *keep, const struct relayed_ack *relayed);

/* Each has its turn, in order; those that are passed on (true) are forgotten. */
typedef bool ack_keep_fn(void *context, const struct relayed_ack *relayed);
void ack_keep_try(struct ack_keep *keep, ack_keep_fn *pass_on, void *context);

void ack_keep_finish(struct ack_keep *keep);

#endif
