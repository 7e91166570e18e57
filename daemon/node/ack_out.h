/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ACK_OUT_H
#define NODE_ACK_OUT_H

#include "daemon/node/ack_keep.h"
#include "daemon/node/peer.h"

/*
 * Acknowledgements on their way to the owner: this node's own, signed with its TLS key,
 * and those that other nodes left here.  Sent at once.  A lost one is made good by the
 * next, or when a link comes up again.  On main's loop.
 *
 * Each goes over the links to the owner's nodes, else to source, the peer that the list
 * comes from, which passes it on.
 */
struct ack_route {
	struct peer *const *peers;
	size_t count;
	size_t source; /* index; ENGINE_NOBODY: none */
};

void ack_out_send(
	struct node *node, const struct ack_route *route, const struct head *head);
/* False: there is no link that it could go over. */
bool ack_out_forward(const struct ack_route *route, const struct relayed_ack *relayed);

/*
 * The link to source is new: tells it what is held of its member's lists, and of those
 * that it may have and whose owner is linked to nobody here, for it to pass on.
 */
void ack_out_all(
	struct node *node, struct store_txn *txn, const struct ack_route *route);

#endif
