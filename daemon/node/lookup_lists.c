/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/node/lookup_private.h"
#include "proto/entry.h"

/*
 * Which lists an answer rests on.  Missing are, and the code bears the same numbers:
 *
 * 1. a list that the node knows and has no verified copy of (rows of an own one that is
 *    given up for another go on answering, without a head), or stopped following;
 * 2. one whose newest head is older than the asker accepts, unless this node signs it:
 *    then there is nothing newer anywhere, however seldom an idle list is signed again;
 * 3. one with records that this version cannot search;
 * 4. all lists of a member that no node has told of since the start: those it does not
 *    know of may exist.
 *
 * A list that its owner does not share any more is none of ours.
 */

static bool same_info(const struct store_list_info *a, const struct store_list_info *b)
{
	return ident_list_equal(&a->list, &b->list) && a->phase == b->phase &&
	       a->epoch.number == b->epoch.number && a->epoch.tag == b->epoch.tag &&
	       a->sequence == b->sequence && a->head_time_s == b->head_time_s &&
	       a->not_understood == b->not_understood;
}

static bool same_lists(const struct lookup_lists *a, const struct lookup_lists *b)
{
	if (a->count != b->count) {
		return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (!same_info(&a->infos[i], &b->infos[i])) {
			return false;
		}
	}
	return true;
}

int lookup_lists_read(
	struct service *service, struct store_txn *txn, struct errmsg *msg)
{
	struct lookups *l = service->lookups;
	struct lookup_lists *fresh = &l->spare;
	struct store_persons_progress names;

	if (l->snapshot == service->snapshot) {
		return 0;
	}
	arena_reset(&fresh->arena);
	if (store_list_infos(txn, &fresh->arena, &fresh->infos, &fresh->count) != 0 ||
		store_persons_progress(txn, &names) != 0) {
		int error = store_txn_error(txn, msg);

		return error != 0 ? error : errmsg_set(msg, CORDON_ENOMEM, "lists");
	}
	if (l->generation == 0 || !same_lists(fresh, &l->lists)) {
		struct lookup_lists old = l->lists;

		l->lists = *fresh;
		l->spare = old;
		l->generation++;
	}
	l->names_partial = names.partial;
	l->snapshot = service->snapshot;
	return 0;
}

static bool info_answers(const struct store_list_info *info)
{
	const struct list_copy copy = { .phase = info->phase,
		.head = { .sequence = info->sequence } };

	return copy_answers(&copy);
}

static bool phase_serves(enum copy_phase phase)
{
	const struct list_copy copy = { .phase = phase };

	return copy_serves(&copy);
}

static int compare_info(const void *key, const void *info)
{
	const struct store_list_info *i = info;

	return ident_list_compare(key, &i->list);
}

bool lookup_lists_answer(const struct lookups *lookups, const struct list_id *list)
{
	const struct lookup_lists *lists = &lookups->lists;
	const struct store_list_info *info =
		lists->count == 0 ? NULL
				  : bsearch(list, lists->infos, lists->count,
					    sizeof(*info), compare_info);

	return info != NULL && info_answers(info);
}

static bool is_signed_here(
	const struct lookup_run *run, const struct store_list_info *info)
{
	struct node *node = run->request->service->node;

	return atomic_load(&node->signs) && atomic_load(&node->own_open) &&
	       ident_state_equal(&info->list.owner, &run->config->node.member);
}

static bool is_too_old(const struct lookup_run *run, const struct store_list_info *info)
{
	uint32_t max_age_s = run->context.max_age_s;

	return max_age_s > 0 && info->head_time_s < run->now_s - (int64_t)max_age_s &&
	       !is_signed_here(run, info);
}

static bool is_missing(const struct lookup_run *run, const struct store_list_info *info)
{
	if (info->phase == COPY_UNSHARED) {
		return false;
	}
	return !info_answers(info) || info->sequence == 0 ||
	       info->phase == COPY_STOPPED || /* 1 */
	       is_too_old(run, info) ||       /* 2 */
	       info->not_understood > 0;      /* 3 */
}

static bool knows_lists_of(const struct lookups *lookups, const struct state *owner)
{
	for (size_t i = 0; i < lookups->lists.count; i++) {
		if (ident_state_equal(&lookups->lists.infos[i].list.owner, owner)) {
			return true;
		}
	}
	return false;
}

/* 4; of the own member's lists the node that signs them knows by itself. */
static bool member_unheard(const struct lookup_run *run, size_t member)
{
	struct node *node = run->request->service->node;
	const struct state *code = &run->config->members[member].code;

	if (ident_state_equal(code, &run->config->node.member) &&
		node->head_key != NULL) {
		return !atomic_load(&node->own_open) &&
		       !knows_lists_of(run->lookups, code);
	}
	return (atomic_load(&node->heard) & (uint64_t)1 << member) == 0;
}

int lookup_lists_missing(struct lookup_run *run)
{
	const struct lookup_lists *lists = &run->lookups->lists;
	struct arena *arena = run->request->arena;
	const char **missing = arena_array(
		arena, lists->count + run->config->members_count, sizeof(*missing));
	size_t count = 0;

	if (missing == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < lists->count; i++) {
		if (is_missing(run, &lists->infos[i])) {
			char *text = arena_alloc(arena, LIST_TEXT_MAX);

			if (text != NULL) {
				ident_list_text(&lists->infos[i].list, text);
			}
			missing[count++] = text;
		}
	}
	for (size_t i = 0; i < run->config->members_count; i++) {
		if (member_unheard(run, i)) {
			missing[count++] = arena_printf(
				arena, "%s/*", run->config->members[i].code.code);
		}
	}
	run->missing = missing;
	run->missing_count = count;
	return arena->failed ? CORDON_ENOMEM : 0;
}

/* One row of the table with what it points to. */
struct freshness_row {
	Cordon__ListFreshness list;
	Cordon__ListId id;
	Cordon__Epoch epoch;
};

static void fill_row(struct freshness_row *row, const struct store_list_info *info)
{
	row->list = (Cordon__ListFreshness)CORDON__LIST_FRESHNESS__INIT;
	row->id = (Cordon__ListId)CORDON__LIST_ID__INIT;
	row->epoch = (Cordon__Epoch)CORDON__EPOCH__INIT;
	list_to_message(&info->list, &row->id);
	row->epoch.number = info->epoch.number;
	row->epoch.tag = info->epoch.tag;
	row->list.list = &row->id;
	row->list.epoch = &row->epoch;
	row->list.sequence = info->sequence;
	row->list.head_time_s = info->head_time_s;
	row->list.verified = phase_serves(info->phase) ? 1 : 2;
}

Cordon__Freshness *lookup_lists_freshness(
	const struct lookups *lookups, int64_t now_s, struct arena *arena)
{
	const struct lookup_lists *lists = &lookups->lists;
	Cordon__Freshness *message = arena_alloc(arena, sizeof(*message));
	struct freshness_row *rows = arena_array(arena, lists->count, sizeof(*rows));
	Cordon__ListFreshness **pointers =
		arena_array(arena, lists->count, sizeof(Cordon__ListFreshness *));

	if (message == NULL || rows == NULL || pointers == NULL) {
		return NULL;
	}
	*message = (Cordon__Freshness)CORDON__FRESHNESS__INIT;
	message->generation = lookups->generation;
	message->at_s = now_s;
	message->lists = pointers;
	for (size_t i = 0; i < lists->count; i++) {
		if (lists->infos[i].phase != COPY_UNSHARED) {
			fill_row(&rows[i], &lists->infos[i]);
			pointers[message->n_lists++] = &rows[i].list;
		}
	}
	return message;
}
