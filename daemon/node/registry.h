/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_REGISTRY_H
#define NODE_REGISTRY_H

#include "daemon/node/allowance.h"
#include "proto/errmsg.h"

/*
 * Who is connected, by identity or by address, over all workers, and how much of the
 * allowance each has used.  Who has left is remembered until the allowance would be
 * whole again, within a bound: then whoever has been gone for longest is forgotten.
 * Any thread.
 */
struct registry;
/* One of them. */
struct presence;

#define REGISTRY_KEY_BYTES 128
#define REGISTRY_GONE_MAX 65536

/* Whose allowance counts. */
enum presence_sort {
	PRESENCE_ADDRESS,
	PRESENCE_CLIENT,
	PRESENCE_PEER
};

int registry_create(
	const struct config *config, struct registry **registry, struct errmsg *msg);
/* Every connection must have been left. */
void registry_destroy(struct registry *registry);

/*
 * One connection more of key (at most REGISTRY_KEY_BYTES - 1 bytes; always of the same
 * sort), to be left with registry_leave.  CORDON_ELIMIT with what to do, and *limit:
 * which; CORDON_ENOMEM.
 */
int registry_enter(struct registry *registry, const char *key, enum presence_sort sort,
	struct mono now, struct presence **presence, enum limit *limit,
	struct errmsg *msg);
void registry_leave(struct registry *registry, struct presence *presence);

/* ---- while connected --------------------------------------------------------------
 */

const struct allowance *presence_allowance(const struct presence *presence);
const char *presence_key(const struct presence *presence);

/* A request, after bytes that came or went since the last.  false: *limit is which it
 * is over. */
bool presence_take_request(
	struct presence *presence, struct mono now, uint64_t bytes, enum limit *limit);
/* What turned out to be used besides. */
void presence_charge(
	struct presence *presence, struct mono now, uint64_t requests, uint64_t bytes);
/* How long until it may have a request again; 0: now. */
uint32_t presence_wait_ms(struct presence *presence, struct mono now);

/* A request that is not answered at once; false: as many as it may. */
bool presence_take_in_flight(struct presence *presence);
void presence_give_in_flight(struct presence *presence);

#endif
