/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_LOOKUP_H
#define NODE_LOOKUP_H

#include "daemon/node/session.h"

/*
 * What one worker keeps for its lookups: the lists as of its snapshot, and memory for
 * one query at a time.
 */
struct lookups;

int lookups_create(struct lookups **lookups, struct errmsg *msg);
void lookups_destroy(struct lookups *lookups);

#endif
