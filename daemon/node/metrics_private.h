/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_METRICS_PRIVATE_H
#define NODE_METRICS_PRIVATE_H

#include "daemon/node/metrics.h"
#include "proto/arena.h"

/*
 * Prometheus' text form: a family is a HELP and a TYPE line and its samples.  Label
 * values are codes, list names and URIs, which need no escaping.
 */
struct text {
	struct node *node;
	struct evbuffer *body;
	struct arena arena;
	bool failed;
};

void metrics_add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void metrics_family(
	struct text *text, const char *name, const char *type, const char *help);
void metrics_single(struct text *text, const char *name, const char *type,
	const char *help, uint64_t value);

/* metrics_trust.c: whom the node has refused, and what ends when. */
void metrics_refusals(struct text *text);
int metrics_expiries(struct text *text);

#endif
