/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_RECORD_OWN_H
#define PROTO_RECORD_OWN_H

#include "proto/record.h"

/*
 * A record with the memory that it stands in: what cordon_record_destroy frees.
 * Fill the arena, then give its record away with record_own_give.
 */
struct record_own;

/* NULL without memory. */
struct record_own *record_own_create(void);
struct arena *record_own_arena(struct record_own *own);
/* record stands in own's arena; what is returned is for cordon_record_destroy. */
struct cordon_record *record_own_give(
	struct record_own *own, const struct cordon_record *record);
void record_own_destroy(struct record_own *own);

#endif
