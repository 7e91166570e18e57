/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ACK_IN_H
#define NODE_ACK_IN_H

#include "daemon/node/node.h"

/*
 * Acknowledgements of own lists on their way into the store: those of a frame, and of
 * the frames that come while the writer is busy with something else, in one job of the
 * writer's.
 */
struct ack_in;

int ack_in_create(struct node *node, struct ack_in **in, struct errmsg *msg);

/* Signature and certificate are checked; packed is copied.  CORDON_ENOMEM. */
int ack_in_add(struct ack_in *in, const struct ack *ack, struct bytes packed,
	struct errmsg *msg);

/*
 * Hands them to the writer, or frees in when there are none.  Inside the transaction
 * those are left out whose list is not shared with the node's member, that are of
 * another epoch (stale), and that acknowledge what the list never was: such an entry
 * would stand in the way of true ones.
 */
void ack_in_post(struct ack_in *in);

#endif
