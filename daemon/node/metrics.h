/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_METRICS_H
#define NODE_METRICS_H

#include <event2/buffer.h>

#include "daemon/node/node.h"

/*
 * /metrics (Prometheus' text form, version 0.0.4) and /healthz for the host's own
 * monitoring, on main's loop, where the configuration says so (metrics).
 *
 * Health is whether this node can answer lookups: 200 while its store can be read and
 * it is not stopping, 503 otherwise.  Lists that are missing or old make answers
 * incomplete, which each answer says itself, and are no reason to send a border to
 * another node: /healthz names how many, and /metrics which.
 */
struct metrics;

/*
 * Listens.  Store and replicator must be there by the time that the loop runs.
 * *metrics is NULL when the configuration names no address.  CORDON_EUNREACHABLE with
 * the address.
 */
int metrics_create(struct node *node, struct metrics **metrics, struct errmsg *msg);
/* Before the store is closed; NULL is fine. */
void metrics_destroy(struct metrics *metrics);

/* The port listened on. */
uint16_t metrics_port(const struct metrics *metrics);

/* Appends to body what GET /metrics gives; txn: a read transaction, renewed. */
int metrics_text(struct node *node, struct store_txn *txn, struct evbuffer *body);

#endif
