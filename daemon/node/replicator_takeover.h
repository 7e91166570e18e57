/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_REPLICATOR_TAKEOVER_H
#define NODE_REPLICATOR_TAKEOVER_H

#include "daemon/node/replicator.h"
#include "daemon/node/takeover.h"

/*
 * Any thread.  Checks, carries out, and posts takeover->answer to takeover->asker in
 * any case: with error, with done, or with reason.  what, members (code, forced), node,
 * answer and asker are set; zeroed otherwise.
 */
void replicator_takeover(struct replicator *replicator, struct takeover *takeover);

#endif
