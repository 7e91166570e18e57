/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_ARENA_H
#define PROTO_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory of one request or one record: many small pieces, given back at once.
 * Sticky: after the first failure (no memory, or the limit) failed is set and
 * every allocation gives NULL.  Not for several threads at a time.
 */
struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used_bytes;          /* handed out since the last reset */
	size_t limit_bytes;         /* 0: none */
	bool failed;
};

/* limit_bytes bounds used_bytes; 0 for none.  Allocates nothing yet. */
void arena_init(struct arena *arena, size_t limit_bytes);

/* Zeroed memory, aligned for any type; NULL on failure. */
void *arena_alloc(struct arena *arena, size_t size);

/* count * size with the product checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A NUL-terminated copy of size bytes. */
char *arena_text(struct arena *arena, const void *data, size_t size);

char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Wipes what was used and keeps the newest block for the next request. */
void arena_reset(struct arena *arena);

/* Wipes and frees all; the arena is as initialised. */
void arena_finish(struct arena *arena);

#endif
