/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ACK_OUT_H
#define NODE_ACK_OUT_H

#include "daemon/node/peer.h"

/*
 * Acknowledgements on their way to the owner: this node's own, signed with its TLS key,
 * and those that other nodes left here.  Best effort: a lost one is made good by the
 * next, or when the link to the owner comes up again.  On main's loop.
 *
 * Each goes over a link to a node of the owner, else to source, the peer that the list
 * comes from (ENGINE_NOBODY: none), which passes it on.
 */
void ack_out_send(struct node *node, struct peer *const *peers, size_t count,
	size_t source, const struct head *head);
void ack_out_forward(struct peer *const *peers, size_t count, size_t source,
	const struct list_id *list, struct bytes packed);

/* The link to peer is new: tells it what is held of its member's lists. */
void ack_out_all(struct node *node, struct store_txn *txn, struct peer *peer);

#endif
