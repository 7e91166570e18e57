/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ARRIVALS_H
#define NODE_ARRIVALS_H

#include "daemon/node/session.h"

/*
 * Where an own list has arrived, as the nodes that hold it have acknowledged: for those
 * who look at a record, and for submitters who wait.
 */

/* A list's head and the newest acknowledgement of each node, from one moment. */
struct list_acks {
	struct head head;
	struct ack *acks; /* in order of the nodes' URIs */
	size_t count;
};

/* Into arena memory.  *found false: there is no such list. */
int arrivals_read(struct store_txn *txn, struct arena *arena,
	const struct list_id *list, struct list_acks *acks, bool *found);

/*
 * Does the node that acknowledged hold what the list had at sequence, which is of
 * head's epoch or of one that it took over from?  An acknowledgement of an earlier
 * epoch counts as far as the epoch in force took over from it.
 */
bool arrivals_covers(const struct ack *ack, const struct head *head, uint64_t sequence);

/* Has any node of the member acknowledged sequence? */
bool arrivals_member_has(
	const struct list_acks *acks, const struct state *member, uint64_t sequence);
/* How many of the members that share the list, the owner not counted. */
size_t arrivals_count(const struct list_acks *acks, uint64_t sequence);

/* The messages of an answer, grown list by list. */
struct arrivals {
	struct arena *arena;
	const struct config *config;
	Cordon__Arrival **messages;
	size_t count, room;
};

/*
 * Adds, in order of member and node: who has acknowledged anything of the list,
 * configured peers that may have it and have not, and members that share it and of
 * whom no node is known.  sequence: what arrived is about.  CORDON_ENOMEM.
 */
int arrivals_add(
	struct arrivals *arrivals, const struct list_acks *acks, uint64_t sequence);

#endif
