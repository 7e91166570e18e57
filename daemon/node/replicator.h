/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_REPLICATOR_H
#define NODE_REPLICATOR_H

#include "daemon/node/ack_keep.h"
#include "daemon/node/node.h"

/*
 * Links to the configured peers, and the replication engine that decides what to ask of
 * them.  Runs on main's loop; functions are for that thread unless they say otherwise.
 */
int replicator_create(
	struct node *node, struct replicator **replicator, struct errmsg *msg);
void replicator_destroy(struct replicator *replicator);

/* Closes links, asks nothing any more. */
void replicator_stop(struct replicator *replicator);
/* After SIGHUP: links whose peer is no longer acceptable end. */
void replicator_profile_changed(struct replicator *replicator);

/* Any thread: passes an acknowledgement (copied) on towards the owner of its list. */
void replicator_forward_ack(
	struct replicator *replicator, const struct relayed_ack *relayed);

/* Any thread: this node's role has changed.  Own lists are followed, or not. */
void replicator_role_changed(struct replicator *replicator);

/* Any thread: the node complained of what this one serves. */
void replicator_complained(struct replicator *replicator, const struct identity *who);

/* Any thread: a scrub found damage in a list; taken over. */
struct damage;
void replicator_damaged(struct replicator *replicator, struct damage *damage);

/* ---- for status and verify, any thread; out is arena memory ------------------ */

struct link_info {
	struct identity peer;
	const char *address;
	const char *state; /* "up", "connecting", "waiting" */
	const char *error; /* the last; NULL: none */
	uint64_t lag;
	uint64_t entries, bytes; /* pulled since the start */
	uint64_t complaints;     /* of what this node serves it */
	int64_t since_s;
	uint32_t retry_in_ms;
};

int replicator_links(struct replicator *replicator, struct arena *arena,
	struct link_info **out, size_t *count);

/* What each configured peer says that it holds of list. */
struct peer_head {
	struct identity peer;
	bool reachable;
	bool holds;
	struct epoch epoch;
	uint64_t sequence;
	uint8_t digest[HASH_BYTES];
};

int replicator_peer_heads(struct replicator *replicator, const struct list_id *list,
	struct arena *arena, struct peer_head **out, size_t *count);

#endif
