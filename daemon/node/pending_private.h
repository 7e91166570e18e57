/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_PENDING_PRIVATE_H
#define NODE_PENDING_PRIVATE_H

#include "daemon/node/served.h"

/* The inside of serve_pending.c and pending_list.c. */

/* Tells what waits: all changes, or one with its items (pending_list.c). */
int pending_list(struct request *request, struct errmsg *msg);

#endif
