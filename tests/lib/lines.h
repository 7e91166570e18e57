/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LINES_H
#define TESTS_LINES_H

#include "tests/lib/union.h"

/*
 * Bad lines between the nodes of a union (tests/lib/proxy.h), kept by a process of
 * their own, so that they work while the test waits.  A line is the way by which one
 * node calls another and pulls from it; it is made before the caller is started.
 */
struct lines;

struct lines *lines_create(struct testunion *u);
/* Cuts what is open. */
void lines_destroy(struct lines *lines);

/* From now on from reaches to by a line; its index. */
size_t lines_between(
	struct lines *lines, struct union_node *from, const struct union_node *to);
size_t lines_count(const struct lines *lines);
/* Of lines_between; SIZE_MAX: there is none. */
size_t lines_find(const struct lines *lines, const struct union_node *from,
	const struct union_node *to);

/* One of PROXY_COMMANDS, or "shake MIN-MS MAX-MS SEED"; fails when it is refused. */
void lines_tell(struct lines *lines, size_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void lines_tell_all(struct lines *lines, const char *command);
/* Each of them is cut again and again, min_ms to max_ms after the last time; 0, 0: no
 * more. */
void lines_shake(struct lines *lines, unsigned min_ms, unsigned max_ms, uint64_t seed);

struct lines_counts {
	uint64_t connections;
	uint64_t up_bytes, down_bytes; /* passed on so far; up: to whom was called */
};
struct lines_counts lines_counts(struct lines *lines, size_t line);

/* How nodes know each other. */
enum lines_shape {
	LINES_CHAIN,
	LINES_STAR, /* all know the first */
	LINES_RING,
	LINES_MESH,
	LINES_SHAPES
};

const char *lines_shape_text(enum lines_shape shape);
/*
 * count nodes of as many members (3 to 5), each with a line to every node that it
 * knows; not started.  lines NULL: they reach each other directly.
 */
void lines_join(struct testunion *u, struct lines *lines, enum lines_shape shape,
	struct union_node **nodes, size_t count);
/* Starts them all, then waits for all. */
void lines_start(struct union_node **nodes, size_t count);

#endif
