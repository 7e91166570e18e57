/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_LINKS_H
#define NODE_LINKS_H

#include <pthread.h>

#include "daemon/core/repl/engine.h"
#include "daemon/node/peer.h"
#include "daemon/node/replicator.h"

/*
 * What status and verify show of the links: written on main after each step, read by
 * any thread.
 */
struct links_entry {
	struct list_id list;
	struct epoch epoch;
	uint64_t sequence;
	uint8_t digest[HASH_BYTES];
};

struct links_peer {
	struct identity identity;
	struct peer_state state;
	uint64_t lag;
	uint64_t entries, bytes; /* pulled since the start */
	uint64_t complaints;     /* of what this node serves it, since the start */
	struct links_entry *heads;
	size_t heads_count, heads_room;
};

struct links {
	pthread_mutex_t lock;
	struct links_peer *peers;
	size_t count;
};

int links_init(struct links *links, size_t count);
void links_finish(struct links *links);

void links_set_state(
	struct links *links, size_t peer, const struct peer *from, uint64_t lag);
/* A chunk came: of so many entries, perhaps more than are taken. */
void links_add_pulled(struct links *links, size_t peer, size_t entries, size_t bytes);
/* The node complained of what this one serves it; one without a link is left out.  Any
 * thread. */
void links_complained(struct links *links, const struct identity *who);
/* A head that the peer says it holds.  Without memory the older one stays. */
void links_set_head(struct links *links, size_t peer, const struct head *head);
/* The link is gone: nothing is known. */
void links_forget_heads(struct links *links, size_t peer);

/* As replicator_links and replicator_peer_heads; any thread. */
int links_read(struct links *links, struct arena *arena, struct link_info **out,
	size_t *count);
int links_read_heads(struct links *links, const struct list_id *list,
	struct arena *arena, struct peer_head **out, size_t *count);

#endif
