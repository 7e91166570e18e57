/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/engine.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/repl/blame.h"
#include "daemon/core/repl/heads.h"
#include "daemon/core/repl/simbug.h"

static struct engine_list *find_or_add(
	struct engine *engine, const struct list_id *id, int *error)
{
	struct engine_list *list = engine_find(engine, id);

	if (list != NULL) {
		return list;
	}
	if (engine->lists_count == ENGINE_LISTS_MAX) {
		*error = CORDON_ETOOBIG;
		return NULL;
	}
	list = calloc(
		1, sizeof(*list) + engine->peers_count * sizeof(struct engine_peer));
	if (list == NULL) {
		*error = CORDON_ENOMEM;
		return NULL;
	}
	list->id = *id;
	list->source = ENGINE_NOBODY;
	list->traced = ENGINE_NOBODY;
	list->own = engine->signer && ident_state_equal(&id->owner, &engine->member);
	engine->lists[engine->lists_count++] = list;
	return list;
}

int engine_create(const struct state *member, bool signer, size_t peers_count,
	struct engine **engine)
{
	struct engine *e;

	if (peers_count > ENGINE_PEERS_MAX) {
		return CORDON_ETOOBIG;
	}
	e = calloc(1, sizeof(*e));
	if (e == NULL) {
		return CORDON_ENOMEM;
	}
	e->member = *member;
	e->signer = signer;
	e->peers_count = peers_count;
	*engine = e;
	return 0;
}

void engine_destroy(struct engine *engine)
{
	if (engine == NULL) {
		return;
	}
	for (size_t i = 0; i < engine->lists_count; i++) {
		free(engine->lists[i]);
	}
	free(engine);
}

static void remember(struct engine_list *list, const struct list_copy *copy)
{
	list->phase = copy->phase;
	list->mixed = copy->mixed;
	list->held = copy->head;
	list->stopped_epoch = copy_stopped_epoch(copy);
	list->rows = heads_have_rows(copy);
	list->left = copy->left;
	copy_position(copy, &list->position);
	copy_position_anew(copy, &list->anew);
}

int engine_restore(
	struct engine *engine, const struct list_id *id, const struct list_copy *copy)
{
	int error = 0;
	struct engine_list *list = find_or_add(engine, id, &error);

	if (list == NULL) {
		return error;
	}
	remember(list, copy);
	list->move_wanted = copy->phase == COPY_MOVING;
	list->read_from_older = copy_reads(copy) && !SIM_BUG(blame_after_restart);
	return 0;
}

void engine_repairs(struct engine *engine)
{
	engine->repairs = true;
}

void engine_sign(struct engine *engine, bool signer)
{
	engine->signer = signer;
	for (size_t i = 0; i < engine->lists_count; i++) {
		struct engine_list *list = engine->lists[i];

		if (ident_state_equal(&list->id.owner, &engine->member)) {
			list->own = signer;
			blame_forget_read(list);
			list->alone = false;
			list->idle = 0;
			list->mismatches = 0;
			list->traced = ENGINE_NOBODY;
			blame_forget_source(list);
		}
	}
}

static void peer_up(struct engine *engine, size_t peer)
{
	engine->up[peer] = true;
}

/* What it held is not known any more, and pulls at it are void.  That it was set aside,
 * and what was said of it, is not forgotten. */
static void peer_down(struct engine *engine, struct mono now, size_t peer)
{
	engine->up[peer] = false;
	for (size_t i = 0; i < engine->lists_count; i++) {
		struct engine_list *list = engine->lists[i];
		struct mono aside_until = list->peers[peer].aside_until;
		struct epoch strange = list->peers[peer].strange;

		memset(&list->peers[peer], 0, sizeof(list->peers[peer]));
		list->peers[peer].aside_until = aside_until;
		list->peers[peer].strange = strange;
		if (list->source == peer) {
			blame_forget_source(list);
		}
		if (list->traced == peer) { /* it will not answer any more */
			list->traced_until = now;
		}
	}
}

/*
 * Does the head itself (not the entries behind it) change anything here?
 *   1. Newer ones do when they end the sharing.
 *   2. The held one at a later time does, where lookups tell the time.
 *   3. Contradictions do.  A stopped list has seen enough of its epoch.
 */
static bool matters(const struct engine *engine, const struct engine_list *list,
	const struct head *head)
{
	const struct head *held = &list->held;
	int news = copy_head_order(head, held);
	bool stopped = list->phase == COPY_STOPPED;

	if (list->own || (stopped && head->epoch.number <= list->stopped_epoch)) {
		return false;
	}
	if (head->epoch.number == held->epoch.number &&
		(head->epoch.tag != held->epoch.tag ||
			(news == 0 &&
				memcmp(head->hash, held->hash, HASH_BYTES) != 0))) {
		return true; /* 3 */
	}
	if (news > 0) {
		return !head_shared_with(head, &engine->member); /* 1 */
	}
	return news == 0 && head->time_s > held->time_s && /* 2 */
	       (list->phase == COPY_FOLLOWING || list->phase == COPY_STAGING);
}

/* News from a peer ends its rest. */
static void note_head(
	struct mono now, struct engine_peer *peer, const struct head *head)
{
	if (!peer->knows || copy_head_order(head, &peer->head) > 0) {
		peer->told_at = now;
		peer->rests = 0;
		peer->rests_until = now;
	}
	peer->knows = true;
	peer->head = *head;
}

/* Returns true for a head that is as if it had not been told. */
static bool is_strange(struct engine *engine, struct engine_list *list, size_t peer,
	const struct head *head)
{
	struct engine_peer *p = &list->peers[peer];
	struct engine_effect *effect;

	if (list->own || !heads_strange(&list->held, list->rows, &list->left, head)) {
		return false;
	}
	p->knows = false;
	if (!epoch_equal(&p->strange, &head->epoch)) {
		p->strange = head->epoch;
		effect = schedule_effect(engine, ENGINE_STRANGE, list, peer);
		effect->head = *head;
		effect->held_epoch = list->held.epoch.number;
	}
	return true;
}

/* The head of a chunk, which may be older than one that was told meanwhile. */
static void note_later(
	struct mono now, struct engine_peer *peer, const struct head *head)
{
	if (!peer->knows || copy_head_order(head, &peer->head) > 0) {
		note_head(now, peer, head);
	}
}

static void take_head(struct engine *engine, struct mono now, struct engine_list *list,
	const struct engine_event *event)
{
	if (is_strange(engine, list, event->peer, event->head)) {
		return;
	}
	note_head(now, &list->peers[event->peer], event->head);
	if (matters(engine, list, event->head)) {
		struct engine_effect *effect =
			schedule_effect(engine, ENGINE_APPLY_HEAD, list, event->peer);

		effect->head = *event->head;
	}
}

static bool same_position(const struct copy_position *a, const struct copy_position *b)
{
	return epoch_equal(&a->epoch, &b->epoch) && a->after == b->after;
}

/* In less than half of the patience there is now?  Slow sources are given more. */
static bool quick(struct mono now, const struct engine_list *list)
{
	int64_t half_ms = ((int64_t)ENGINE_PATIENCE_MS << list->changes) / 2;

	return now.us < mono_after_ms(list->asked_at, half_ms).us;
}

/* The list stands elsewhere than before: what came was good. */
static void progress(
	struct mono now, struct engine_list *list, const struct engine_event *event)
{
	bool of_peer = event->peer != ENGINE_NOBODY;

	if (quick(now, list)) {
		list->changes -= list->changes > 0;
	}
	list->idle = 0;
	if (of_peer) {
		list->peers[event->peer].rests = 0;
	}
	if (event->result != APPLY_PARTIAL && event->result != APPLY_MOVE) {
		blame_forget_read(list);
	} else if (event->result == APPLY_PARTIAL && of_peer) {
		blame_read_begun(list, event->pull_answer);
		list->read_from |= (uint64_t)1 << event->peer;
	}
}

/* Peers were told at the link's start what is held; one that never sends the list could
 * not know that the end of its sharing concerns us. */
static void want_watch(struct engine *engine, struct mono now)
{
	if (!engine->watch_wanted) {
		engine->watch_wanted = true;
		engine->watch_at = mono_after_ms(now, ENGINE_WATCH_MS);
	}
}

/* What the result says beyond where the list stands now. */
static void take_result(struct engine *engine, struct mono now,
	struct engine_list *list, const struct engine_event *event)
{
	bool of_peer = event->peer != ENGINE_NOBODY;

	switch (event->result) {
	case APPLY_VERIFIED:
		list->mismatches = 0;
		list->alone = false;
		if (!list->damaged && !list->repairing) {
			list->repair_tried = 0;
		}
		schedule_effect(engine, ENGINE_ACK, list, event->peer);
		break;
	case APPLY_UNSHARED:
		schedule_effect(engine, ENGINE_UNSHARED, list, event->peer);
		break;
	case APPLY_BROKEN:
		if (of_peer) {
			blame_aside(engine, now, list, event->peer, event->result);
		}
		break;
	case APPLY_MISMATCH:
		if (of_peer) {
			blame_read_begun(list, event->pull_answer);
			blame_mismatch(engine, now, list, event->peer);
		}
		break;
	case APPLY_UNSURE: /* another peer may have it whole */
		if (of_peer) {
			blame_rest(now, list, event->peer);
		}
		break;
	case APPLY_FORK: /* the owner's doing, not the peer's */
		schedule_effect(engine, ENGINE_FORKED, list, event->peer);
		blame_forget_source(list);
		if (of_peer) {
			blame_rest(now, list, event->peer);
		}
		break;
	case APPLY_ERROR:
		if (event->error == CORDON_ECORRUPT) {
			schedule_damaged(list);
		}
		if (of_peer && event->pull_answer) {
			blame_rest(now, list, event->peer);
		} else if (of_peer) { /* a head that could not be taken comes again */
			want_watch(engine, now);
		}
		list->move_at = mono_after_ms(now, ENGINE_RETRY_MS);
		break;
	case APPLY_PARTIAL:
	case APPLY_MOVE:
	case APPLY_SAME:
	case APPLY_STALE:
	case APPLY_RESTART:
	case APPLY_STRANGE: /* its head has said so already */
		break;
	}
}

static bool holds(enum copy_phase phase)
{
	return phase != COPY_EMPTY && phase != COPY_UNSHARED;
}

/*
 *   1. The list stands where the copy does now.
 *   2. The pull is over when this answers it, or void when the list stands elsewhere
 *      than when it was sent.
 *   3. A list being moved in goes on, after an error as well.
 */
static void applied(struct engine *engine, struct mono now, struct engine_list *list,
	const struct engine_event *event)
{
	struct copy_position was = list->position;
	enum copy_phase phase = list->phase;
	bool answer = event->pull_answer && list->source == event->peer;

	if (event->result != APPLY_ERROR) { /* 1 */
		remember(list, event->copy);
	}
	if (event->head != NULL && engine->up[event->peer] &&
		!is_strange(engine, list, event->peer, event->head)) {
		note_later(now, &list->peers[event->peer], event->head);
	}
	if (answer || !same_position(&list->asked_from, &list->position)) { /* 2 */
		list->silences = 0;
		list->asked = false;
	}
	if (!holds(phase) && holds(list->phase)) {
		want_watch(engine, now);
	}
	list->move_at = now;
	take_result(engine, now, list, event);
	list->move_wanted = list->phase == COPY_MOVING && /* 3 */
			    (event->peer == ENGINE_NOBODY ||
				    event->result == APPLY_MOVE || list->move_wanted);
	if (apply_failed(event->result)) {
		return;
	}
	if (phase != list->phase || !same_position(&was, &list->position) ||
		(answer && list->asked_anew && event->result == APPLY_PARTIAL)) {
		progress(now, list, event);
	} else if (answer && event->result != APPLY_UNSURE) {
		blame_no_progress(now, list, event->peer);
	}
}

static int take_event(
	struct engine *engine, struct mono now, const struct engine_event *event)
{
	struct engine_list *list = NULL;
	int error = 0;

	if (event->type == ENGINE_HEAD || event->type == ENGINE_APPLIED ||
		event->type == ENGINE_REFUSED || event->type == ENGINE_TRACED ||
		event->type == ENGINE_RUBBISH || event->type == ENGINE_DAMAGED ||
		event->type == ENGINE_REPAIRED) {
		list = find_or_add(engine, &event->list, &error);
		if (list == NULL) {
			return error;
		}
	}
	switch (event->type) {
	case ENGINE_PEER_UP:
		peer_up(engine, event->peer);
		break;
	case ENGINE_PEER_DOWN:
		peer_down(engine, now, event->peer);
		break;
	case ENGINE_HEAD:
		take_head(engine, now, list, event);
		break;
	case ENGINE_APPLIED:
		applied(engine, now, list, event);
		break;
	case ENGINE_REFUSED:
		blame_rest(now, list, event->peer);
		if (event->differs) {
			blame_differs(engine, now, list, event->peer);
		}
		break;
	case ENGINE_TRACED:
		blame_traced(engine, now, list, event->peer, event->trace);
		break;
	case ENGINE_RUBBISH:
		blame_aside(engine, now, list, event->peer, event->result);
		break;
	case ENGINE_DAMAGED:
		schedule_damaged(list);
		break;
	case ENGINE_REPAIRED:
		if (event->result == APPLY_VERIFIED) {
			remember(list, event->copy);
		}
		schedule_repaired(engine, now, list, event->result == APPLY_VERIFIED);
		break;
	case ENGINE_TICK:
		break;
	}
	return 0;
}

int engine_step(struct engine *engine, struct mono now,
	const struct engine_event *event, struct engine_effects *effects)
{
	int error;

	engine->effects_count = 0;
	engine->wake = false;
	error = take_event(engine, now, event);
	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < engine->lists_count; i++) {
		blame_tick(engine, now, engine->lists[i]);
		schedule_list(engine, now, engine->lists[i]);
	}
	schedule_watch(engine, now);
	effects->effects = engine->effects;
	effects->count = engine->effects_count;
	effects->wake = engine->wake;
	effects->wake_at = engine->wake_at;
	return 0;
}
