/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_REGISTRY_H
#define NODE_REGISTRY_H

#include <stdint.h>

#include "proto/errmsg.h"

/*
 * How many connections each identity has open, over all workers.  Any thread.
 */
struct registry;

int registry_create(struct registry **registry, struct errmsg *msg);
/* Every connection must have been left. */
void registry_destroy(struct registry *registry);

/* One connection more.  CORDON_EBUSY with what to do when there are max already,
 * CORDON_ENOMEM. */
int registry_enter(
	struct registry *registry, const char *uri, uint32_t max, struct errmsg *msg);
void registry_leave(struct registry *registry, const char *uri);

#endif
