/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_OWNED_H
#define CLIENT_OWNED_H

#include "proto/arena.h"

/*
 * What the library gives away: an object and all that it points to, in one arena,
 * freed by the object's own pointer.  Several objects may share one arena (the answers
 * of one request); it goes with the last of them, on whatever thread.
 */
struct owned;

/* count objects of size bytes; NULL without memory.  limit_bytes as arena_init. */
struct owned *owned_create(size_t count, size_t size, size_t limit_bytes);

/* Where the objects' parts go. */
struct arena *owned_arena(struct owned *owned);
/* The object, zeroed at first. */
void *owned_object(struct owned *owned, size_t i);

/* Before the objects are given away: wipes and frees all.  NULL is accepted. */
void owned_abandon(struct owned *owned);
/* One object that was given away.  NULL is accepted. */
void owned_destroy(void *object);

#endif
