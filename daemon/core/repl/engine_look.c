/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/schedule.h"

/* What others are shown of the engine's state. */

struct engine_list *engine_find(const struct engine *engine, const struct list_id *id)
{
	for (size_t i = 0; i < engine->lists_count; i++) {
		if (ident_list_equal(&engine->lists[i]->id, id)) {
			return engine->lists[i];
		}
	}
	return NULL;
}

/* By how many sequences head is ahead of the held one. */
static uint64_t lag_of(const struct engine_list *list, const struct head *head)
{
	if (head->epoch.number > list->held.epoch.number) {
		return head->sequence;
	}
	return copy_head_order(head, &list->held) > 0
		       ? head->sequence - list->held.sequence
		       : 0;
}

uint64_t engine_peer_lag(const struct engine *engine, size_t peer)
{
	uint64_t lag = 0;

	for (size_t i = 0; i < engine->lists_count; i++) {
		const struct engine_list *list = engine->lists[i];
		const struct engine_peer *p = &list->peers[peer];

		if (!list->own && p->knows &&
			head_shared_with(&p->head, &engine->member)) {
			lag += lag_of(list, &p->head);
		}
	}
	return lag;
}

size_t engine_source(const struct engine *engine, const struct list_id *id)
{
	const struct engine_list *list = engine_find(engine, id);

	return list == NULL ? ENGINE_NOBODY : list->source;
}

bool engine_peer_head(const struct engine *engine, const struct list_id *id,
	size_t peer, struct head *head)
{
	const struct engine_list *list = engine_find(engine, id);

	if (list == NULL || !list->peers[peer].knows) {
		return false;
	}
	*head = list->peers[peer].head;
	return true;
}

bool engine_peers_ahead(const struct engine *engine, const struct list_id *id,
	const struct head *ours, struct head *head)
{
	const struct engine_list *list = engine_find(engine, id);
	const struct head *highest = ours;

	for (size_t i = 0; list != NULL && i < engine->peers_count; i++) {
		const struct engine_peer *peer = &list->peers[i];

		if (peer->knows && copy_head_order(&peer->head, highest) > 0) {
			highest = &peer->head;
		}
	}
	if (highest == ours) {
		return false;
	}
	*head = *highest;
	return true;
}
