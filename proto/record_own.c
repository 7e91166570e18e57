/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "proto/record_own.h"

#include <stdlib.h>
#include <string.h>

struct record_own {
	struct cordon_record record; /* first: what callers hold */
	struct arena arena;
};

struct record_own *record_own_create(void)
{
	struct record_own *own = calloc(1, sizeof(*own));

	if (own != NULL) {
		arena_init(&own->arena, 0);
	}
	return own;
}

struct arena *record_own_arena(struct record_own *own)
{
	return &own->arena;
}

struct cordon_record *record_own_give(
	struct record_own *own, const struct cordon_record *record)
{
	own->record = *record;
	return &own->record;
}

void record_own_destroy(struct record_own *own)
{
	if (own != NULL) {
		arena_finish(&own->arena);
		explicit_bzero(own, sizeof(*own));
		free(own);
	}
}

void cordon_record_destroy(struct cordon_record *record)
{
	record_own_destroy((struct record_own *)record);
}
