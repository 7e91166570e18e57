/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_PEER_H
#define NODE_PEER_H

#include "daemon/core/time.h"
#include "daemon/node/node.h"

/*
 * The link to one configured peer: connects, makes sure who answered, exchanges Hello,
 * hands out what comes, and comes back with growing pauses when it is cut.  On main's
 * loop.
 */
struct peer;

struct peer_handler {
	void (*up)(void *context, size_t index);
	/* The link is gone; not called for attempts that never got up. */
	void (*down)(void *context, size_t index);
	/* The first attempt since the last up has failed. */
	void (*failed)(void *context, size_t index);
	/* message is valid during the call. */
	void (*heads)(void *context, size_t index, const Cordon__Heads *heads);
	/* The answer to a request: payload is a packed Chunk, valid during the call. */
	void (*chunk)(
		void *context, size_t index, uint32_t request, struct bytes payload);
	/* As heads; the answer to a request. */
	void (*heads_at)(void *context, size_t index, uint32_t request,
		const Cordon__HeadsAtAnswer *answer);
	/* The answer to a question of a repair; as chunk.  type: RANGES_ANSWER,
	 * MARKS_ANSWER or FETCH_ANSWER. */
	void (*repair)(void *context, size_t index, uint16_t type, uint32_t request,
		struct bytes payload);
	void (*refused)(void *context, size_t index, uint32_t request, int error,
		const char *text);
};

/* Connects from the loop.  handler is borrowed. */
int peer_create(struct node *node, size_t index, const struct peer_handler *handler,
	void *context, struct peer **peer, struct errmsg *msg);
void peer_destroy(struct peer *peer);

const struct identity *peer_identity(const struct peer *peer);
bool peer_is_up(const struct peer *peer);

/* A request id not used on this link before. */
uint32_t peer_next_request(struct peer *peer);
/* While up; CORDON_EBUSY and the like are the link's to recover from: it closes. */
void peer_send(struct peer *peer, uint16_t type, uint32_t request,
	const ProtobufCMessage *message);

/* After SIGHUP. */
void peer_profile_changed(struct peer *peer);

/* For status. */
struct peer_state {
	const char *state; /* "up", "connecting", "waiting" */
	char address[80];
	char error[256]; /* the last; "" none */
	int64_t since_s;
	struct mono retry_at; /* waiting */
};

void peer_state(const struct peer *peer, struct peer_state *state);

#endif
