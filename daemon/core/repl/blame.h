/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_BLAME_H
#define CORE_REPL_BLAME_H

#include "daemon/core/repl/schedule.h"

/* Who is asked no more for a while, and why.  Inside core/repl only. */

/* Nobody is asked now; pulls under way are void. */
void blame_forget_source(struct engine_list *list);

/* Not asked for a while, which is longer each time. */
void blame_rest(struct mono now, struct engine_list *list, size_t peer);

/* The peer proved that it is not to be asked for this list now. */
void blame_aside(struct engine *engine, struct mono now, struct engine_list *list,
	size_t peer, enum apply_result why);

/* An answer that left the list where it was.  At the end of a wait that is usual. */
void blame_no_progress(struct mono now, struct engine_list *list, size_t peer);

/* Whom the read under way came from. */
void blame_forget_read(struct engine_list *list);
/* What came begins a read, if it answers a pull that gave up what others had sent. */
void blame_read_begun(struct engine_list *list, bool pull_answer);

/* What the peer sent is not what the owner signed, or not on top of what we hold. */
void blame_mismatch(
	struct engine *engine, struct mono now, struct engine_list *list, size_t peer);

/* The peer says that it remembers another head where we stand. */
void blame_differs(
	struct engine *engine, struct mono now, struct engine_list *list, size_t peer);

/* What the heads that it remembers say of it. */
void blame_traced(struct engine *engine, struct mono now, struct engine_list *list,
	size_t peer, enum engine_trace trace);

/* Who does not answer in time is blamed. */
void blame_tick(struct engine *engine, struct mono now, struct engine_list *list);

#endif
