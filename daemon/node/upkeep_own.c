/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "daemon/node/own_lists_state.h"
#include "daemon/node/pending.h"
#include "daemon/node/upkeep_private.h"
#include "proto/record_codec.h"

/* Own records that have ended, or whose review was not confirmed. */

#define DAY_S 86400
#define OFFSET_MAX_S (14 * 3600) /* no place on earth is further ahead of UTC */

/* ---- ids ------------------------------------------------------------------------ */

int upkeep_ids_init(struct upkeep_ids *ids, struct errmsg *msg)
{
	ids->count = 0;
	ids->ids = calloc(UPKEEP_BATCH, sizeof(*ids->ids));
	ids->sizes = calloc(UPKEEP_BATCH, sizeof(*ids->sizes));
	return ids->ids != NULL && ids->sizes != NULL
		       ? 0
		       : errmsg_set(msg, CORDON_ENOMEM, "out of memory");
}

void upkeep_ids_finish(struct upkeep_ids *ids)
{
	free(ids->ids);
	free(ids->sizes);
}

bool upkeep_ids_add(struct upkeep_ids *ids, struct bytes id)
{
	memcpy(ids->ids[ids->count], id.data, id.size);
	ids->sizes[ids->count] = (uint8_t)id.size;
	return ++ids->count < UPKEEP_BATCH;
}

struct bytes upkeep_ids_get(const struct upkeep_ids *ids, size_t i)
{
	return (struct bytes){ (const uint8_t *)ids->ids[i], ids->sizes[i] };
}

/* ---- withdrawing ---------------------------------------------------------------- */

static int withdraw_one(struct upkeep_job *job, struct own_lists *lists,
	struct bytes id, uint32_t reason, struct errmsg *msg)
{
	struct own_item item = { .type = OWN_WITHDRAW, .id = id, .reason = reason };
	struct own_result result;
	struct arena arena;
	int error;

	if (RAND_bytes(item.salt, sizeof(item.salt)) != 1) {
		return errmsg_set(msg, CORDON_EINTERNAL, "no random numbers");
	}
	arena_init(&arena, 0);
	error = own_lists_change(lists, &item, &arena, &result, msg);
	arena_finish(&arena);
	if (error == 0 && result.error != 0) {
		return errmsg_set(msg, result.error, "%.*s: %s", (int)id.size,
			(const char *)id.data, result.text.text);
	}
	job->done += error == 0;
	return error;
}

int upkeep_withdraw(struct upkeep_job *job, struct store_txn *txn,
	const struct upkeep_ids *ids, uint32_t reason, struct errmsg *msg)
{
	struct own_lists *lists;
	int error;

	if (ids->count == 0) {
		return 0;
	}
	error = own_lists_begin(job->node, txn, &lists, msg);
	if (error != 0) {
		return error;
	}
	for (size_t i = 0; error == 0 && i < ids->count; i++) {
		error = withdraw_one(job, lists, upkeep_ids_get(ids, i), reason, msg);
	}
	if (error == 0) {
		error = own_lists_publish(lists, false, msg);
	}
	own_lists_end(lists);
	return error;
}

/* ---- what has ended ------------------------------------------------------------- */

static bool collect(void *context, int64_t when, struct bytes id)
{
	(void)when;
	return upkeep_ids_add(context, id);
}

int upkeep_ended(struct upkeep_job *job, struct store_txn *txn, struct errmsg *msg)
{
	const struct state *self = &job->node->config->node.member;
	struct upkeep_ids ids;
	int error = upkeep_ids_init(&ids, msg);

	if (error == 0 &&
		store_ended(txn, self, job->context.now_s, collect, &ids) != 0) {
		error = store_txn_error(txn, msg);
	}
	if (error == 0) {
		job->more = ids.count == UPKEEP_BATCH;
		error = upkeep_withdraw(job, txn, &ids, CORDON_WITHDRAWAL_EXPIRED, msg);
	}
	upkeep_ids_finish(&ids);
	return error;
}

/* ---- whose review has lapsed ---------------------------------------------------- */

struct reviews {
	const struct upkeep_job *job;
	int64_t today;          /* in UTC */
	struct upkeep_ids all;  /* whose day may have passed, somewhere */
	struct upkeep_ids past; /* in their own offset */
	uint64_t due;
};

/* The index knows the day; where its midnight is, only the record says. */
static bool collect_review(void *context, int64_t day, struct bytes id)
{
	struct reviews *reviews = context;
	int64_t ended_s = (day + 1) * DAY_S - OFFSET_MAX_S;

	if (ended_s <= reviews->job->context.now_s &&
		reviews->all.count < UPKEEP_BATCH) {
		(void)upkeep_ids_add(&reviews->all, id);
	}
	return ++reviews->due < UPKEEP_REVIEWS_MAX;
}

static int judge(struct reviews *reviews, struct store_txn *txn, struct bytes id,
	struct errmsg *msg)
{
	struct cordon_record *record;
	struct store_row row;
	struct arena arena;
	bool found;
	int error;

	if (store_find(txn, (const char *)id.data, id.size, &row, &found) != 0) {
		return store_txn_error(txn, msg);
	}
	/* what has ended by now is withdrawn as that */
	if (!found || row.entry.ends_at_s <= reviews->job->context.now_s) {
		return 0;
	}
	arena_init(&arena, 0);
	error = record_open(row.entry.sealed, &arena, &record, NULL, msg);
	if (error == 0) {
		int64_t ended_s = (date_days(&record->review_by) + 1) * DAY_S -
				  (int64_t)record->utc_offset_min * 60;

		if (ended_s <= reviews->job->context.now_s) {
			(void)upkeep_ids_add(&reviews->past, id);
		}
	}
	arena_finish(&arena);
	return error;
}

static int find_lapsed(
	struct reviews *reviews, struct store_txn *txn, struct errmsg *msg)
{
	const struct state *self = &reviews->job->node->config->node.member;
	int error = 0;

	if (store_due(txn, self, reviews->today + UPKEEP_REVIEW_DAYS, collect_review,
		    reviews) != 0) {
		return store_txn_error(txn, msg);
	}
	for (size_t i = 0; error == 0 && i < reviews->all.count; i++) {
		error = judge(reviews, txn, upkeep_ids_get(&reviews->all, i), msg);
	}
	return error;
}

int upkeep_lapsed(struct upkeep_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct reviews reviews = { .job = job, .today = job->context.now_s / DAY_S };
	int error = upkeep_ids_init(&reviews.all, msg);

	if (error == 0) {
		error = upkeep_ids_init(&reviews.past, msg);
	}
	if (error == 0) {
		error = find_lapsed(&reviews, txn, msg);
	}
	if (error == 0 && store_held_count(txn, &job->held) != 0) {
		error = store_txn_error(txn, msg);
	}
	if (error == 0) {
		job->more = reviews.past.count == UPKEEP_BATCH;
		job->reviews = reviews.due - reviews.past.count;
		error = upkeep_withdraw(
			job, txn, &reviews.past, CORDON_WITHDRAWAL_REVIEW_LAPSED, msg);
	}
	upkeep_ids_finish(&reviews.all);
	upkeep_ids_finish(&reviews.past);
	return error;
}

/* ---- erased content in own lists ------------------------------------------------ */

/*
 * Records taken back from peers that had erased them.  They have ended, but without
 * content nothing is left in the index that says so: the rows are looked through, once.
 */
static int look(struct upkeep_job *job, const struct own_list *list,
	struct upkeep_place *place, struct upkeep_ids *ids)
{
	for (size_t i = 0; i < UPKEEP_LOOKS; i++) {
		struct entry row;
		bool found;
		int error = list->feed.ops->next(
			list->feed.context, FEED_LIVE, place->stubs, &row, &found);

		if (error != 0 || !found) {
			return error;
		}
		place->stubs = row.sequence;
		if (entry_is_stub(&row) && row.ends_at_s <= job->context.now_s &&
			!upkeep_ids_add(ids, row.id)) {
			break;
		}
	}
	job->more = true;
	return 0;
}

static int look_through(struct upkeep_job *job, struct own_lists *lists, uint16_t kind,
	struct upkeep_ids *ids, struct errmsg *msg)
{
	struct upkeep_place *place = &job->places[kind];
	struct own_list *list;
	bool found;
	int error = own_lists_load(lists, kind, &list, &found, msg);

	if (error != 0 || !found) {
		return error;
	}
	if (!epoch_equal(&place->epoch, &list->copy.head.epoch)) {
		memset(place, 0, sizeof(*place));
		place->epoch = list->copy.head.epoch;
	}
	if (look(job, list, place, ids) != 0) {
		return store_txn_error(lists->txn, msg);
	}
	return 0;
}

int upkeep_stubs(struct upkeep_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct own_lists *lists = NULL;
	struct upkeep_ids ids;
	int error = upkeep_ids_init(&ids, msg);

	if (error == 0) {
		error = own_lists_begin(job->node, txn, &lists, msg);
	}
	for (uint16_t kind = 1; error == 0 && !job->more && kind <= OWN_KINDS; kind++) {
		error = look_through(job, lists, kind, &ids, msg);
	}
	own_lists_end(lists);
	if (error == 0) {
		error = upkeep_withdraw(job, txn, &ids, CORDON_WITHDRAWAL_EXPIRED, msg);
	}
	upkeep_ids_finish(&ids);
	return error;
}

/* ---- what was not approved ------------------------------------------------------ */

int upkeep_pending(struct upkeep_job *job, struct store_txn *txn, struct errmsg *msg)
{
	int error = pending_expire(
		txn, job->context.now_s, UPKEEP_BATCH, &job->done, &job->pending);

	job->more = job->done == UPKEEP_BATCH;
	if (error == CORDON_ENOMEM) {
		return errmsg_set(msg, error, "out of memory");
	}
	return error == 0 ? 0 : store_txn_error(txn, msg);
}
