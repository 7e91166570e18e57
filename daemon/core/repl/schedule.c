/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/schedule.h"

#include <string.h>

struct engine_effect *schedule_effect(struct engine *engine,
	enum engine_effect_type type, const struct engine_list *list, size_t peer)
{
	struct engine_effect *effect = &engine->effects[engine->effects_count++];

	memset(effect, 0, sizeof(*effect));
	effect->type = type;
	effect->list = list->id;
	effect->peer = peer;
	return effect;
}

static void wake_at(struct engine *engine, struct mono at)
{
	if (!engine->wake || at.us < engine->wake_at.us) {
		engine->wake = true;
		engine->wake_at = at;
	}
}

/* May it be asked at all?  A rest that is not over asks for a wake. */
static bool usable(struct engine *engine, struct mono now,
	const struct engine_list *list, size_t peer)
{
	const struct engine_peer *p = &list->peers[peer];

	if (!engine->up[peer] || !p->knows ||
		!head_shared_with(&p->head, &engine->member)) {
		return false;
	}
	if (p->rests_until.us > now.us) {
		wake_at(engine, p->rests_until);
		return false;
	}
	return true;
}

/* Is the peer's head ahead of what is read and verified here? */
static bool ahead(const struct engine_list *list, const struct head *head)
{
	return copy_head_order(head, &list->held) > 0;
}

/* The usable peer with the highest head that is not below ours; the source first. */
static size_t best(
	struct engine *engine, struct mono now, const struct engine_list *list)
{
	size_t found = ENGINE_NOBODY;

	for (size_t i = 0; i < engine->peers_count; i++) {
		const struct head *head = &list->peers[i].head;

		if (!usable(engine, now, list, i) ||
			copy_head_order(head, &list->held) < 0) {
			continue;
		}
		if (found == ENGINE_NOBODY ||
			copy_head_order(head, &list->peers[found].head) > 0 ||
			(i == list->source &&
				copy_head_order(head, &list->peers[found].head) == 0)) {
			found = i;
		}
	}
	return found;
}

static void pull(
	struct engine *engine, struct mono now, struct engine_list *list, size_t peer)
{
	struct engine_effect *effect = schedule_effect(engine, ENGINE_PULL, list, peer);

	effect->position = list->position;
	list->source = peer;
	list->asked = true;
	list->asked_at = now;
}

/*
 * The source has been asked.  Another peer is asked instead when it has held more than
 * we do for ENGINE_PATIENCE_MS, and the source has had as long to deliver.
 */
static void consider_change(
	struct engine *engine, struct mono now, struct engine_list *list, size_t other)
{
	const struct engine_peer *peer = &list->peers[other];
	struct mono patience = mono_after_ms(peer->behind_since.us > list->asked_at.us
						     ? peer->behind_since
						     : list->asked_at,
		ENGINE_PATIENCE_MS);

	if (other == list->source || !ahead(list, &peer->head) ||
		copy_head_order(&peer->head, &list->peers[list->source].head) <= 0) {
		return;
	}
	if (patience.us > now.us) {
		wake_at(engine, patience);
		return;
	}
	pull(engine, now, list, other);
}

void schedule_list(struct engine *engine, struct mono now, struct engine_list *list)
{
	size_t peer;

	if (list->own || list->phase == COPY_STOPPED) {
		return;
	}
	if (list->phase == COPY_MOVING) {
		if (list->move_wanted) {
			list->move_wanted = false;
			schedule_effect(engine, ENGINE_MOVE, list, ENGINE_NOBODY);
		}
		return;
	}
	peer = best(engine, now, list);
	if (peer == ENGINE_NOBODY || (list->phase == COPY_UNSHARED &&
					     !ahead(list, &list->peers[peer].head))) {
		return;
	}
	if (!list->asked || list->source == ENGINE_NOBODY) {
		pull(engine, now, list, peer);
		return;
	}
	consider_change(engine, now, list, peer);
}
