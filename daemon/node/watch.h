/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_WATCH_H
#define NODE_WATCH_H

#include "daemon/node/peer.h"

/* Asks the peer for the heads that this node may have, now and whenever they change,
 * and tells which are held, so that heads that end a sharing come too. */
int watch_heads(struct store_txn *txn, struct peer *peer, struct errmsg *msg);

#endif
