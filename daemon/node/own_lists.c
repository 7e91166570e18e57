/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/own_lists.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/own_lists_state.h"
#include "daemon/node/signing.h"

void own_lists_policy(const struct node *node, struct record_policy *policy)
{
	const struct config *config = node->config;

	memset(policy, 0, sizeof(*policy));
	policy->owner = config->node.member;
	policy->today = date_at(wall_s(clock_wall()), config->utc_offset_min);
	policy->range_max = config->range_max;
	policy->members = node->members;
	policy->members_count = config->members_count;
	for (size_t i = 0; i < config->lists_count; i++) {
		policy->retention_days[config->lists[i].kind] =
			config->lists[i].retention_days;
	}
}

int own_lists_begin(struct node *node, struct store_txn *txn, struct own_lists **lists,
	struct errmsg *msg)
{
	struct own_lists *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	l->node = node;
	l->txn = txn;
	arena_init(&l->arena, 0);
	*lists = l;
	return 0;
}

void own_lists_end(struct own_lists *lists)
{
	if (lists == NULL) {
		return;
	}
	arena_finish(&lists->arena);
	free(lists);
}

int own_lists_load(struct own_lists *lists, uint16_t kind, struct own_list **list,
	bool *found, struct errmsg *msg)
{
	struct own_list *l = &lists->kinds[kind];
	struct list_id id = { .owner = lists->node->config->node.member, .kind = kind };
	int error;

	*found = true;
	*list = l;
	if (l->loaded) {
		return 0;
	}
	error = store_feed(lists->txn, &id, &l->feed);
	if (error == 0) {
		error = store_list_get(lists->txn, &id, &l->copy, found);
	}
	if (error != 0) {
		return store_txn_error(lists->txn, msg);
	}
	if (*found) {
		own_begin(&l->change, &l->copy, &l->feed);
		l->loaded = true;
	}
	return 0;
}

static int publish(struct own_lists *lists, struct own_list *list, struct errmsg *msg)
{
	struct node *node = lists->node;
	struct bytes packed;
	struct head *head;
	int error = own_publish(&list->change, wall_s(clock_wall()), &head);

	if (error != 0) {
		return errmsg_set(msg, error, "digest of the list");
	}
	error = head_sign(head, node->head_key, &lists->arena, &packed, msg);
	if (error != 0) {
		return error;
	}
	own_signed(&list->change);
	error = store_list_put(lists->txn, &list->feed.list, &list->copy);
	if (error == 0) {
		error = store_head_put(lists->txn, &list->copy.head, packed);
	}
	return error == 0 ? 0 : store_txn_error(lists->txn, msg);
}

int own_lists_publish(struct own_lists *lists, bool idle, struct errmsg *msg)
{
	if (!lists->opening && !atomic_load(&lists->node->signs)) {
		return signing_refuse(lists->node, msg);
	}
	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		struct own_list *list = &lists->kinds[kind];
		bool found = list->loaded;
		int error = 0;

		if (idle) {
			error = own_lists_load(lists, kind, &list, &found, msg);
		}
		if (error == 0 && found && (idle || list->change.changed)) {
			error = publish(lists, list, msg);
		}
		if (error != 0) {
			return error;
		}
	}
	return 0;
}
