/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/schedule.h"

#include <string.h>

struct engine_effect *schedule_effect(struct engine *engine,
	enum engine_effect_type type, const struct engine_list *list, size_t peer)
{
	struct engine_effect *effect = &engine->effects[engine->effects_count++];

	memset(effect, 0, sizeof(*effect));
	effect->type = type;
	if (list != NULL) {
		effect->list = list->id;
	}
	effect->peer = peer;
	return effect;
}

bool schedule_before(struct engine *engine, struct mono now, struct mono at)
{
	if (at.us <= now.us) {
		return false;
	}
	if (!engine->wake || at.us < engine->wake_at.us) {
		engine->wake = true;
		engine->wake_at = at;
	}
	return true;
}

static bool reading(const struct engine_list *list)
{
	return list->phase == COPY_LOADING || list->phase == COPY_STAGING;
}

/* A head against where the next pull starts: <0 behind it, 0 there, >0 owes rows. */
static int order_at(const struct engine_list *list, const struct head *head)
{
	struct head at = { .epoch = list->position.epoch,
		.sequence = list->position.after };

	return copy_head_order(head, &at);
}

/* Is there anything for us in what the peer holds? */
static bool worth_asking(const struct engine_list *list, const struct head *head)
{
	int news = copy_head_order(head, &list->held);

	switch (list->phase) {
	case COPY_EMPTY:
		return true;
	case COPY_FOLLOWING: /* the same: it will wait for the next */
		return news >= 0;
	case COPY_UNSHARED:
		return news > 0;
	case COPY_LOADING:
	case COPY_STAGING:
		return news > 0 || (news == 0 && list->mixed);
	case COPY_STOPPED:
		return head->epoch.number > list->stopped_epoch;
	case COPY_MOVING:
		break;
	}
	return false;
}

/* May it be asked at all?  A rest that is not over asks for a wake. */
static bool usable(struct engine *engine, struct mono now,
	const struct engine_list *list, size_t peer)
{
	const struct engine_peer *p = &list->peers[peer];

	return engine->up[peer] && p->knows &&
	       head_shared_with(&p->head, &engine->member) &&
	       worth_asking(list, &p->head) &&
	       !schedule_before(engine, now, p->aside_until) &&
	       !schedule_before(engine, now, p->rests_until);
}

/* Of two usable peers: the higher head, of equals the one that told it first. */
static bool better(const struct engine_list *list, size_t a, size_t b)
{
	const struct engine_peer *x = &list->peers[a], *y = &list->peers[b];
	int order = copy_head_order(&x->head, &y->head);

	return order > 0 || (order == 0 && x->told_at.us < y->told_at.us);
}

/* The best usable peer but one; behind: also such as cannot go on with the read. */
static size_t best(struct engine *engine, struct mono now,
	const struct engine_list *list, size_t but, bool behind)
{
	size_t found = ENGINE_NOBODY;

	for (size_t i = 0; i < engine->peers_count; i++) {
		if (i == but || !usable(engine, now, list, i) ||
			(!behind && order_at(list, &list->peers[i].head) < 0)) {
			continue;
		}
		if (found == ENGINE_NOBODY || better(list, i, found)) {
			found = i;
		}
	}
	return found;
}

static void pull(struct engine *engine, struct mono now, struct engine_list *list,
	size_t peer, const struct copy_position *position)
{
	struct engine_effect *effect = schedule_effect(engine, ENGINE_PULL, list, peer);

	effect->position = *position;
	/* a read that goes on names no head, and an epoch */
	list->from_nothing = !position->has_hash &&
			     (list->from_nothing || position->epoch.number == 0);
	list->source = peer;
	list->asked = true;
	list->asked_at = now;
	list->asked_from = list->position;
	list->asked_anew = position != &list->position;
}

bool schedule_read_from_others(const struct engine_list *list, size_t peer)
{
	return list->read_from_older || (list->read_from & ~((uint64_t)1 << peer)) != 0;
}

/* After two mismatches what is built upon is in doubt, not who serves; after one of a
 * read from several peers, all but what a single one sends. */
static void pull_on(
	struct engine *engine, struct mono now, struct engine_list *list, size_t peer)
{
	static const struct copy_position nothing;
	bool doubt = list->phase == COPY_FOLLOWING && list->mismatches > 1 &&
		     order_at(list, &list->peers[peer].head) > 0;
	bool anew =
		list->alone && reading(list) && schedule_read_from_others(list, peer);

	pull(engine, now, list, peer,
		doubt  ? &nothing
		: anew ? &list->anew
		       : &list->position);
}

static bool source_goes_on(
	struct engine *engine, struct mono now, const struct engine_list *list)
{
	return reading(list) && list->source != ENGINE_NOBODY &&
	       usable(engine, now, list, list->source) &&
	       order_at(list, &list->peers[list->source].head) > 0;
}

/* The source has been asked.  See engine.h for when another peer is asked instead.
 * True when one was. */
static bool consider_change(
	struct engine *engine, struct mono now, struct engine_list *list)
{
	size_t other = best(engine, now, list, list->source, false);
	const struct head *from = &list->peers[list->source].head;
	const struct engine_peer *peer;
	struct mono since;

	if (other == ENGINE_NOBODY) {
		return false;
	}
	peer = &list->peers[other];
	if (order_at(list, &peer->head) <= 0 ||
		(order_at(list, from) <= 0 &&
			copy_head_order(&peer->head, from) <= 0)) {
		return false;
	}
	since = peer->told_at.us > list->asked_at.us ? peer->told_at : list->asked_at;
	if (schedule_before(engine, now,
		    mono_after_ms(
			    since, (int64_t)ENGINE_PATIENCE_MS << list->changes))) {
		return false;
	}
	list->changes += list->changes < 8;
	pull_on(engine, now, list, other);
	return true;
}

/*
 * The source says nothing: where it owes rows for too long, else for longer than any
 * wait for the next change.  Nobody is woken for it: links that live bring heads.
 */
static void consider_silence(
	struct engine *engine, struct mono now, struct engine_list *list)
{
	const struct engine_peer *peer = &list->peers[list->source];
	bool owes = order_at(list, &peer->head) > 0;
	int64_t most_ms = (int64_t)(owes ? ENGINE_SILENCE_MS : ENGINE_WAIT_MS)
			  << list->silences;
	struct mono since = owes && peer->told_at.us > list->asked_at.us
				    ? peer->told_at
				    : list->asked_at;

	if (now.us >= mono_after_ms(since, most_ms).us) {
		list->silences += list->silences < 4;
		pull_on(engine, now, list, list->source);
	}
}

/* Nobody who can be reached has more of the read: begin another, after a while. */
static void consider_anew(
	struct engine *engine, struct mono now, struct engine_list *list)
{
	size_t peer = best(engine, now, list, ENGINE_NOBODY, true);

	if (peer == ENGINE_NOBODY || order_at(list, &list->peers[peer].head) > 0) {
		list->stuck = false;
		return;
	}
	if (!list->stuck) {
		list->stuck = true;
		list->stuck_since = now;
	}
	if (!schedule_before(
		    engine, now, mono_after_ms(list->stuck_since, ENGINE_GIVE_UP_MS))) {
		pull(engine, now, list, peer, &list->anew);
		list->stuck_since = now;
		schedule_before(engine, now, mono_after_ms(now, ENGINE_GIVE_UP_MS));
	}
}

static void move_on(struct engine *engine, struct mono now, struct engine_list *list)
{
	if (list->move_wanted && !schedule_before(engine, now, list->move_at)) {
		list->move_wanted = false;
		schedule_effect(engine, ENGINE_MOVE, list, ENGINE_NOBODY);
	}
}

void schedule_list(struct engine *engine, struct mono now, struct engine_list *list)
{
	size_t peer;

	if (schedule_repair(engine, now, list) || list->own) {
		return;
	}
	if (list->phase == COPY_MOVING) {
		move_on(engine, now, list);
		return;
	}
	if (reading(list)) {
		consider_anew(engine, now, list);
	}
	if (!list->asked) {
		peer = source_goes_on(engine, now, list)
			       ? list->source
			       : best(engine, now, list, ENGINE_NOBODY, false);
		if (peer != ENGINE_NOBODY) {
			pull_on(engine, now, list, peer);
		}
	}
	if (list->asked && consider_change(engine, now, list)) {
		consider_change(engine, now, list); /* asks for the next wake */
	}
	if (list->asked) {
		consider_silence(engine, now, list);
	}
}

void schedule_watch(struct engine *engine, struct mono now)
{
	if (!engine->watch_wanted || schedule_before(engine, now, engine->watch_at)) {
		return;
	}
	engine->watch_wanted = false;
	for (size_t i = 0; i < engine->peers_count; i++) {
		if (engine->up[i]) {
			schedule_effect(engine, ENGINE_WATCH, NULL, i);
		}
	}
}
