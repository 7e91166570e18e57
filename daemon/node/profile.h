/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_PROFILE_H
#define NODE_PROFILE_H

#include "daemon/node/node.h"

/* The node's TLS profile: made at start, replaced whole on SIGHUP. */
int profile_init(struct node *node, struct errmsg *msg);
void profile_finish(struct node *node);

/* Reads certificates, keys, CAs and CRLs again.  On failure the old ones stay in force.
 */
int profile_reload(struct node *node, struct errmsg *msg);

/* Logs what has ended or ends soon (expiry.h). */
void profile_warn(struct node *node);

#endif
