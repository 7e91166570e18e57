/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_FRESHNESS_H
#define CLIENT_FRESHNESS_H

#include <cordon/lookup.h>
#include "proto/message.h"

/*
 * How fresh a node's lists are, as it last said on a connection.  Answers name the
 * generation they mean; the node sends each new one before the first answer that
 * names it, so the newest is the only one that can be asked for.
 */
struct freshness {
	struct arena arena;
	bool known;
	uint64_t generation;
	struct cordon_freshness *lists; /* age_s as of received_ms */
	size_t lists_count;
	int64_t received_ms;
};

void freshness_init(struct freshness *freshness);
void freshness_finish(struct freshness *freshness);

/* Takes what the node said.  CORDON_EPROTO, CORDON_ENOMEM. */
int freshness_take(struct freshness *freshness, const Cordon__Freshness *message,
	int64_t now_ms, struct errmsg *msg);

/* Copies the table (lists_count long) into answer memory, ages up to now.
 * CORDON_EPROTO when the generation is not the one known, CORDON_ENOMEM. */
int freshness_copy(const struct freshness *freshness, uint64_t generation,
	int64_t now_ms, struct arena *arena, const struct cordon_freshness **lists,
	struct errmsg *msg);

#endif
