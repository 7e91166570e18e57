/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_REPAIR_PRIVATE_H
#define CORE_REPL_REPAIR_PRIVATE_H

#include "daemon/core/repl/repair.h"

/* The inside of repair.h: repair.c is its life, repair_rows.c the own rows and the
 * division into ranges, repair_answers.c what peers say. */

void repair_fail(struct repair *repair, const char *why);

struct bytes repair_id_bytes(const struct repair_id *id);
/* False when it is too long, or empty. */
bool repair_id_set(struct repair_id *id, struct bytes bytes);
int repair_id_compare(const void *a, const void *b);

/* The range that the id lies in. */
size_t repair_range_of(const struct repair *repair, struct bytes id);

/* The entry of an id that was brought; NULL.  *place: where it is, or would be. */
struct entry *repair_entry(struct repair *repair, struct bytes id, size_t *place);

/* Adds to what is wanted or goes; too many end the repair. */
void repair_want(struct repair *repair, struct bytes id);
void repair_let_go(struct repair *repair, uint64_t sequence);

/* Own rows are to be read. */
void repair_read(struct repair *repair, enum repair_reading what, uint64_t after);
/* The bounds for the sample just taken are asked for. */
void repair_divide(struct repair *repair);
/* All that differs is known: fetch it, and go on to the patch. */
void repair_fetch_next(struct repair *repair);
/* All that changed after the own head is known up to the last head. */
void repair_caught_up(struct repair *repair);

#endif
