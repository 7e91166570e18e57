/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/blame.h"
#include "daemon/core/repl/simbug.h"

void blame_forget_source(struct engine_list *list)
{
	list->source = ENGINE_NOBODY;
	list->asked = false;
}

void blame_rest(struct mono now, struct engine_list *list, size_t peer)
{
	struct engine_peer *p = &list->peers[peer];
	int64_t rest_ms = (int64_t)ENGINE_RETRY_MS << p->rests;

	if (rest_ms < ENGINE_REST_MAX_MS) {
		p->rests++;
	}
	p->rests_until = mono_after_ms(now, rest_ms);
	if (list->source == peer) {
		blame_forget_source(list);
	}
}

/* As long as it is not asked, whether or not it is to blame. */
static void leave_aside(struct mono now, struct engine_list *list, size_t peer)
{
	list->peers[peer].aside_until = mono_after_ms(now, ENGINE_ASIDE_MS);
	if (list->source == peer) {
		blame_forget_source(list);
	}
}

void blame_aside(struct engine *engine, struct mono now, struct engine_list *list,
	size_t peer, enum apply_result why)
{
	struct engine_effect *effect =
		schedule_effect(engine, ENGINE_ASIDE, list, peer);

	effect->why = why;
	leave_aside(now, list, peer);
}

void blame_no_progress(struct mono now, struct engine_list *list, size_t peer)
{
	if (now.us >= mono_after_ms(list->asked_at, ENGINE_PATIENCE_MS).us) {
		list->idle = 0;
	} else if (++list->idle > 1) {
		list->idle = 0;
		blame_rest(now, list, peer);
	}
}

/* Without an answer that shows otherwise it was the peer's fault. */
static void end_trace(struct engine *engine, struct mono now, struct engine_list *list)
{
	size_t peer = list->traced;

	list->traced = ENGINE_NOBODY;
	if (list->traced_blames) {
		blame_aside(engine, now, list, peer, APPLY_MISMATCH);
	}
}

static void trace(struct engine *engine, struct mono now, struct engine_list *list,
	size_t peer, bool blames)
{
	if (list->traced != ENGINE_NOBODY) {
		end_trace(engine, now, list);
	}
	schedule_effect(engine, ENGINE_TRACE, list, peer);
	list->traced = peer;
	list->traced_blames = blames;
	list->traced_until = mono_after_ms(now, ENGINE_TRACE_MS);
}

void blame_forget_read(struct engine_list *list)
{
	list->read_from = 0;
	list->read_from_older = false;
}

void blame_read_begun(struct engine_list *list, bool pull_answer)
{
	if (pull_answer && list->asked_anew) {
		blame_forget_read(list);
	}
}

/*
 *   1. A read from several peers proves nothing about the last of them: from now on,
 *      each reads for itself.
 *   2. What is read from nothing rests on nothing but what the peers sent.
 *   3. What does not fit on a sound copy may come of another history.
 */
void blame_mismatch(
	struct engine *engine, struct mono now, struct engine_list *list, size_t peer)
{
	bool others = schedule_read_from_others(list, peer);

	list->mismatches++;
	blame_forget_read(list);
	if (others && !SIM_BUG(blame_the_last)) { /* 1 */
		list->alone = true;
		blame_rest(now, list, peer);
	} else if (list->from_nothing || list->held.sequence == 0) { /* 2 */
		blame_aside(engine, now, list, peer, APPLY_MISMATCH);
	} else { /* 3 */
		leave_aside(now, list, peer);
		trace(engine, now, list, peer, true);
	}
}

void blame_differs(
	struct engine *engine, struct mono now, struct engine_list *list, size_t peer)
{
	if (list->traced != peer) {
		trace(engine, now, list, peer, false);
	}
}

void blame_traced(struct engine *engine, struct mono now, struct engine_list *list,
	size_t peer, enum engine_trace trace)
{
	bool blames = list->traced_blames;

	if (list->traced != peer) {
		return; /* too late */
	}
	if (trace == ENGINE_TRACE_SAME) {
		end_trace(engine, now, list);
		return;
	}
	list->traced = ENGINE_NOBODY;
	if (blames) {
		list->peers[peer].aside_until = now;
	}
	if (trace == ENGINE_TRACE_UNKNOWN && blames) {
		list->mismatches = list->mismatches > 2 ? list->mismatches : 2;
	}
}

void blame_tick(struct engine *engine, struct mono now, struct engine_list *list)
{
	if (list->traced != ENGINE_NOBODY &&
		!schedule_before(engine, now, list->traced_until)) {
		end_trace(engine, now, list);
	}
}
