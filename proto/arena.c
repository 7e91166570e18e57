/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "proto/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 4096
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t size;
	size_t used;
	_Alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *arena, size_t limit_bytes)
{
	memset(arena, 0, sizeof(*arena));
	arena->limit_bytes = limit_bytes;
}

static struct arena_block *add_block(struct arena *arena, size_t least)
{
	size_t size = arena->blocks == NULL ? BLOCK_BYTES : 2 * arena->blocks->size;
	struct arena_block *block;

	if (size > (size_t)1 << 20) {
		size = (size_t)1 << 20;
	}
	if (size < least) {
		size = least;
	}
	block = malloc(sizeof(*block) + size);
	if (block == NULL) {
		return NULL;
	}
	block->next = arena->blocks;
	block->size = size;
	block->used = 0;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	void *out;

	if (arena->failed || size > SIZE_MAX / 2) {
		arena->failed = true;
		return NULL;
	}
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (arena->limit_bytes != 0 && size > arena->limit_bytes - arena->used_bytes) {
		arena->failed = true;
		return NULL;
	}
	if (block == NULL || size > block->size - block->used) {
		block = add_block(arena, size);
	}
	if (block == NULL) {
		arena->failed = true;
		return NULL;
	}
	out = block->data + block->used;
	block->used += size;
	arena->used_bytes += size;
	memset(out, 0, size);
	return out;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size) {
		arena->failed = true;
		return NULL;
	}
	return arena_alloc(arena, count * size);
}

char *arena_text(struct arena *arena, const void *data, size_t size)
{
	char *out = size == SIZE_MAX ? NULL : arena_alloc(arena, size + 1);

	if (out != NULL && size > 0) {
		memcpy(out, data, size);
	}
	return out;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list ap;
	char *out;
	int size;

	va_start(ap, format);
	size = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (size < 0) {
		arena->failed = true;
		return NULL;
	}
	out = arena_alloc(arena, (size_t)size + 1);
	if (out != NULL) {
		va_start(ap, format);
		vsnprintf(out, (size_t)size + 1, format, ap);
		va_end(ap);
	}
	return out;
}

static void free_after(struct arena_block *block)
{
	while (block != NULL) {
		struct arena_block *next = block->next;

		explicit_bzero(block->data, block->used);
		free(block);
		block = next;
	}
}

void arena_reset(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	if (block != NULL) {
		free_after(block->next);
		block->next = NULL;
		explicit_bzero(block->data, block->used);
		block->used = 0;
	}
	arena->used_bytes = 0;
	arena->failed = false;
}

void arena_finish(struct arena *arena)
{
	free_after(arena->blocks);
	arena->blocks = NULL;
	arena->used_bytes = 0;
	arena->failed = false;
}
