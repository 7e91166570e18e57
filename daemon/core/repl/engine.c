/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/engine.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/repl/schedule.h"

static struct engine_list *find(const struct engine *engine, const struct list_id *id)
{
	for (size_t i = 0; i < engine->lists_count; i++) {
		if (ident_list_equal(&engine->lists[i]->id, id)) {
			return engine->lists[i];
		}
	}
	return NULL;
}

static struct engine_list *find_or_add(
	struct engine *engine, const struct list_id *id, int *error)
{
	struct engine_list *list = find(engine, id);

	if (list != NULL) {
		return list;
	}
	if (engine->lists_count == ENGINE_LISTS_MAX) {
		*error = CORDON_ETOOBIG;
		return NULL;
	}
	list = calloc(1, sizeof(*list));
	if (list == NULL) {
		*error = CORDON_ENOMEM;
		return NULL;
	}
	list->id = *id;
	list->source = ENGINE_NOBODY;
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
	list->held = copy->head;
	copy_position(copy, &list->position);
	if (list->own_ahead && copy_head_order(&list->ahead, &copy->head) <= 0) {
		list->own_ahead = false;
	}
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
	return 0;
}

static void peer_up(struct engine *engine, size_t peer)
{
	engine->up[peer] = true;
}

/* What it held is not known any more, and pulls at it are void. */
static void peer_down(struct engine *engine, size_t peer)
{
	engine->up[peer] = false;
	for (size_t i = 0; i < engine->lists_count; i++) {
		struct engine_list *list = engine->lists[i];

		memset(&list->peers[peer].head, 0, sizeof(list->peers[peer].head));
		list->peers[peer].knows = false;
		if (list->source == peer) {
			list->source = ENGINE_NOBODY;
			list->asked = false;
		}
	}
}

/* Does the head itself (not the entries behind it) change anything here? */
static bool matters(const struct engine *engine, const struct engine_list *list,
	const struct head *head)
{
	int news = copy_head_order(head, &list->held);

	if (list->own) {
		return false;
	}
	if (news > 0) {
		return !head_shared_with(head, &engine->member) ||
		       list->phase == COPY_UNSHARED ||
		       head->epoch.number != list->held.epoch.number;
	}
	if (news < 0) {
		return head->epoch.number == list->held.epoch.number &&
		       head->epoch.tag != list->held.epoch.tag;
	}
	return head->epoch.tag != list->held.epoch.tag ||
	       head->time_s > list->held.time_s ||
	       memcmp(head->hash, list->held.hash, HASH_BYTES) != 0;
}

static void take_head(struct engine *engine, struct mono now, struct engine_list *list,
	const struct engine_event *event)
{
	struct engine_peer *peer = &list->peers[event->peer];

	if (!peer->knows || copy_head_order(event->head, &peer->head) > 0) {
		peer->behind_since = now;
	}
	peer->knows = true;
	peer->head = *event->head;
	if (list->own && copy_head_order(event->head, &list->held) > 0) {
		list->own_ahead = true;
		list->ahead = *event->head;
	}
	if (matters(engine, list, event->head)) {
		struct engine_effect *effect =
			schedule_effect(engine, ENGINE_APPLY_HEAD, list, event->peer);

		effect->head = *event->head;
	}
}

/* The peer proved that it is not to be asked for this list now. */
static void set_aside(struct engine *engine, struct mono now, struct engine_list *list,
	const struct engine_event *event)
{
	struct engine_effect *effect =
		schedule_effect(engine, ENGINE_ASIDE, list, event->peer);

	effect->why = event->result;
	list->peers[event->peer].rests_until = mono_after_ms(now, ENGINE_ASIDE_MS);
	list->source = ENGINE_NOBODY;
}

static void rest(struct mono now, struct engine_list *list, size_t peer)
{
	list->peers[peer].rests_until = mono_after_ms(now, ENGINE_RETRY_MS);
	list->source = ENGINE_NOBODY;
}

static void applied(struct engine *engine, struct mono now, struct engine_list *list,
	const struct engine_event *event)
{
	if (event->result != APPLY_ERROR) {
		remember(list, event->copy);
	}
	if (event->pull_answer && list->source == event->peer) {
		list->asked = false;
	}
	switch (event->result) {
	case APPLY_VERIFIED:
		schedule_effect(engine, ENGINE_ACK, list, event->peer);
		break;
	case APPLY_MOVE:
		list->move_wanted = true;
		break;
	case APPLY_PARTIAL:
		list->move_wanted = event->peer == ENGINE_NOBODY;
		break;
	case APPLY_UNSHARED:
		schedule_effect(engine, ENGINE_UNSHARED, list, event->peer);
		break;
	case APPLY_STALE:
		if (event->pull_answer) {
			rest(now, list, event->peer);
		}
		break;
	case APPLY_BROKEN:
	case APPLY_MISMATCH:
		if (event->peer != ENGINE_NOBODY) {
			set_aside(engine, now, list, event);
		}
		break;
	case APPLY_FORK:
		list->phase = COPY_STOPPED;
		schedule_effect(engine, ENGINE_FORKED, list, event->peer);
		break;
	case APPLY_ERROR:
		if (event->peer != ENGINE_NOBODY) {
			rest(now, list, event->peer);
		}
		break;
	case APPLY_SAME:
	case APPLY_RESTART:
		break;
	}
}

static void refused(struct mono now, struct engine_list *list, size_t peer)
{
	if (list->source == peer) {
		list->asked = false;
	}
	rest(now, list, peer);
}

static int take_event(
	struct engine *engine, struct mono now, const struct engine_event *event)
{
	struct engine_list *list = NULL;
	int error = 0;

	if (event->type == ENGINE_HEAD || event->type == ENGINE_APPLIED ||
		event->type == ENGINE_REFUSED) {
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
		peer_down(engine, event->peer);
		break;
	case ENGINE_HEAD:
		take_head(engine, now, list, event);
		break;
	case ENGINE_APPLIED:
		applied(engine, now, list, event);
		break;
	case ENGINE_REFUSED:
		refused(now, list, event->peer);
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
		schedule_list(engine, now, engine->lists[i]);
	}
	effects->effects = engine->effects;
	effects->count = engine->effects_count;
	effects->wake = engine->wake;
	effects->wake_at = engine->wake_at;
	return 0;
}

uint64_t engine_peer_lag(const struct engine *engine, size_t peer)
{
	uint64_t lag = 0;

	for (size_t i = 0; i < engine->lists_count; i++) {
		const struct engine_list *list = engine->lists[i];
		const struct head *head = &list->peers[peer].head;

		if (list->own || !list->peers[peer].knows ||
			!head_shared_with(head, &engine->member)) {
			continue;
		}
		if (head->epoch.number > list->held.epoch.number) {
			lag += head->sequence;
		} else if (head->epoch.number == list->held.epoch.number &&
			   head->sequence > list->held.sequence) {
			lag += head->sequence - list->held.sequence;
		}
	}
	return lag;
}

size_t engine_source(const struct engine *engine, const struct list_id *id)
{
	const struct engine_list *list = find(engine, id);

	return list == NULL ? ENGINE_NOBODY : list->source;
}

bool engine_own_ahead(
	const struct engine *engine, const struct list_id *id, struct head *head)
{
	const struct engine_list *list = find(engine, id);

	if (list == NULL || !list->own_ahead) {
		return false;
	}
	*head = list->ahead;
	return true;
}
