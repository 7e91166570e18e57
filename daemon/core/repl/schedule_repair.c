/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/schedule.h"

/*
 * When a list is repaired by id, and from whom:
 *
 *   damaged   A scrub found own rows damaged where they lie.  The list goes on
 *             meanwhile; own lists, too, are repaired from who follows them.
 *   mixed     Live is not what its head says: own damage was found when rows did not
 *             come out, or a move was broken off.  Nothing is pulled meanwhile.
 *   beyond    A peer is in a later epoch that took over below where we stand.
 *
 * Each peer that can help is asked once; then the list is read whole.  An own list
 * cannot be read: its peers are asked again, later.
 */

/* The base at which head's epoch took over from the held one. */
static const struct head_base *base_of(
	const struct engine_list *list, const struct head *head)
{
	for (size_t i = 0; i < head->bases_count; i++) {
		if (epoch_equal(&head->bases[i].epoch, &list->held.epoch)) {
			return &head->bases[i];
		}
	}
	return NULL;
}

/* Do rows of who holds head tell what is wrong with ours? */
static bool helps(const struct engine_list *list, const struct head *head)
{
	const struct head_base *base = base_of(list, head);

	if (list->damaged) {
		return epoch_equal(&head->epoch, &list->held.epoch);
	}
	if (list->own || copy_head_order(head, &list->held) < 0) {
		return false;
	}
	if (list->mixed) {
		return base != NULL || epoch_equal(&head->epoch, &list->held.epoch);
	}
	return base != NULL && base->sequence < list->held.sequence;
}

static bool can_help(struct engine *engine, struct mono now,
	const struct engine_list *list, size_t peer)
{
	const struct engine_peer *p = &list->peers[peer];

	return engine->up[peer] && p->knows &&
	       head_shared_with(&p->head, &engine->member) && helps(list, &p->head) &&
	       (list->phase != COPY_STOPPED ||
		       p->head.epoch.number > list->stopped_epoch) &&
	       !schedule_before(engine, now, p->aside_until);
}

/* Who can help and was not tried; of several the one with the highest head.  *tried:
 * there are some that were. */
static size_t helper(struct engine *engine, struct mono now,
	const struct engine_list *list, bool *tried)
{
	size_t found = ENGINE_NOBODY;

	*tried = false;
	for (size_t i = 0; i < engine->peers_count; i++) {
		if (!can_help(engine, now, list, i)) {
			continue;
		}
		if ((list->repair_tried >> i & 1) != 0) {
			*tried = true;
		} else if (found == ENGINE_NOBODY ||
			   copy_head_order(&list->peers[i].head,
				   &list->peers[found].head) > 0) {
			found = i;
		}
	}
	return found;
}

static void begin(struct engine *engine, struct engine_list *list, size_t peer)
{
	struct engine_effect *effect =
		schedule_effect(engine, ENGINE_REPAIR, list, peer);

	effect->stands = list->damaged;
	effect->head = list->peers[peer].head;
	list->repairing = true;
	list->repair_stands = list->damaged;
	list->repair_tried |= (uint64_t)1 << peer;
	if (!list->damaged) {
		list->source = ENGINE_NOBODY;
		list->asked = false;
	}
}

/* Nobody could make the damage good. */
static void give_up(struct engine *engine, struct mono now, struct engine_list *list)
{
	list->repair_tried = 0;
	list->repair_at = mono_after_ms(now, ENGINE_REPAIR_AGAIN_MS);
	if (!list->own) {
		list->damaged = false;
		schedule_effect(engine, ENGINE_RELOAD, list, ENGINE_NOBODY);
	}
}

bool schedule_repair(struct engine *engine, struct mono now, struct engine_list *list)
{
	bool tried;
	size_t peer;

	if (!engine->repairs || list->held.sequence == 0 ||
		list->phase == COPY_MOVING || list->phase == COPY_UNSHARED ||
		list->phase == COPY_LOADING) {
		return false;
	}
	if (!list->repairing) {
		if (list->damaged && schedule_before(engine, now, list->repair_at)) {
			return false;
		}
		peer = helper(engine, now, list, &tried);
		if (peer != ENGINE_NOBODY) {
			begin(engine, list, peer);
		} else if (list->damaged && tried) {
			give_up(engine, now, list);
			schedule_before(engine, now, list->repair_at);
		}
	}
	return list->repairing && !list->repair_stands;
}

void schedule_damaged(struct engine_list *list)
{
	if (!list->damaged) {
		list->damaged = true;
		list->repair_tried = 0;
		list->repair_at.us = 0;
	}
}

void schedule_repaired(
	struct engine *engine, struct mono now, struct engine_list *list, bool good)
{
	bool stood = list->repair_stands;

	list->repairing = false;
	if (!good) {
		list->repair_at = mono_after_ms(now, ENGINE_RETRY_MS);
		return;
	}
	list->repair_tried = 0;
	list->mismatches = 0;
	list->read_from = 0;
	if (stood) {
		list->damaged = false;
	} else {
		schedule_effect(engine, ENGINE_ACK, list, ENGINE_NOBODY);
	}
}
