/* SPDX-License-Identifier: Apache-2.0 */
#include "client/owned.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

struct owned {
	struct arena arena;
	atomic_size_t objects; /* not destroyed yet */
	unsigned char *slots;
	size_t slot_bytes;
};

/* Before each object, so that its pointer leads to the arena. */
struct slot {
	_Alignas(max_align_t) struct owned *owned;
};

struct owned *owned_create(size_t count, size_t size, size_t limit_bytes)
{
	struct owned *owned = calloc(1, sizeof(*owned));

	if (owned == NULL) {
		return NULL;
	}
	arena_init(&owned->arena, limit_bytes);
	atomic_init(&owned->objects, count);
	owned->slot_bytes = (sizeof(struct slot) + size + sizeof(struct slot) - 1) /
			    sizeof(struct slot) * sizeof(struct slot);
	owned->slots = arena_array(&owned->arena, count, owned->slot_bytes);
	if (owned->slots == NULL) {
		owned_abandon(owned);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		((struct slot *)(void *)(owned->slots + i * owned->slot_bytes))->owned =
			owned;
	}
	return owned;
}

struct arena *owned_arena(struct owned *owned)
{
	return &owned->arena;
}

void *owned_object(struct owned *owned, size_t i)
{
	return owned->slots + i * owned->slot_bytes + sizeof(struct slot);
}

void owned_abandon(struct owned *owned)
{
	if (owned != NULL) {
		arena_finish(&owned->arena);
		free(owned);
	}
}

void owned_destroy(void *object)
{
	struct owned *owned;

	if (object == NULL) {
		return;
	}
	owned = ((struct slot *)object - 1)->owned;
	if (atomic_fetch_sub(&owned->objects, 1) == 1) {
		owned_abandon(owned);
	}
}
