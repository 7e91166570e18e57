/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/own_lists_state.h"
#include "daemon/node/upkeep_private.h"
#include "proto/message.h"

/*
 * Tombstones go when every node that has to has acknowledged them, or after
 * tombstone_days.  Of a member that gets the list, each node has to that ever
 * acknowledged anything of it; a member none of whose nodes did holds them all up.
 */

#define DAY_S 86400

struct acknowledged {
	const struct head *head;
	const struct state *self;
	bool heard[HEAD_MEMBERS_MAX]; /* of head's shared_with */
	uint64_t sequence;            /* by all that were heard */
};

static bool concerns(struct acknowledged *by, const struct state *member)
{
	for (size_t i = 0; i < by->head->shared_with_count; i++) {
		if (ident_state_equal(&by->head->shared_with[i], member)) {
			by->heard[i] = true;
			return true;
		}
	}
	return ident_state_equal(by->self, member); /* its further nodes */
}

static bool take_ack(void *context, const struct ack *ack)
{
	struct acknowledged *by = context;

	if (concerns(by, &ack->node.member)) {
		uint64_t sequence =
			epoch_equal(&ack->epoch, &by->head->epoch) ? ack->sequence : 0;

		if (sequence < by->sequence) {
			by->sequence = sequence;
		}
	}
	return true;
}

/* The highest sequence that everybody is known to have. */
static int acknowledged(const struct upkeep_job *job, struct store_txn *txn,
	const struct head *head, uint64_t *sequence)
{
	struct acknowledged by = { .head = head,
		.self = &job->node->config->node.member,
		.sequence = head->sequence };
	int error = store_acks(txn, &head->list, take_ack, &by);

	for (size_t i = 0; i < head->shared_with_count; i++) {
		if (!by.heard[i]) {
			by.sequence = 0;
		}
	}
	*sequence = by.sequence;
	return error;
}

/* A tombstone says when it was made. */
static int outlived(const struct upkeep_job *job, const struct entry *row, bool *yes)
{
	int64_t keep_s = (int64_t)job->node->config->tombstone_days * DAY_S;
	Cordon__Withdrawal *withdrawal =
		cordon__withdrawal__unpack(NULL, row->sealed.size, row->sealed.data);

	if (withdrawal == NULL) {
		return CORDON_ECORRUPT;
	}
	/* a clock that is years ahead knows no ages */
	*yes = (job->context.trusted || job->node->config->peers_count == 0) &&
	       withdrawal->at_s <= job->context.now_s - keep_s;
	cordon__withdrawal__free_unpacked(withdrawal, NULL);
	return 0;
}

/* What was noted beside the record goes with the last that is known of it. */
static int let_go(struct store_txn *txn, const struct entry *row)
{
	char id[CORDON_ID_MAX];

	memcpy(id, row->id.data, row->id.size);
	return store_note_put(
		txn, (struct bytes){ (const uint8_t *)id, row->id.size }, NULL);
}

struct walk {
	struct upkeep_job *job;
	struct store_txn *txn;
	const struct feed *feed;
	struct upkeep_place *place;
	uint64_t acknowledged;
	uint64_t floor; /* of the last tombstone that goes; 0: none */
	size_t count;
	bool stop;
};

static int step(struct walk *walk, const struct entry *row)
{
	uint64_t sequence = row->sequence;
	bool goes = sequence <= walk->acknowledged;
	int error = 0;

	if (row->state == ENTRY_WITHDRAWN) {
		if (!goes) {
			error = outlived(walk->job, row, &goes);
		}
		if (error != 0 || !goes) {
			walk->stop = true;
			return error;
		}
		error = let_go(walk->txn, row);
		walk->floor = sequence;
		walk->stop = ++walk->count == UPKEEP_BATCH;
		walk->job->more |= walk->stop;
	}
	walk->place->tombstones = sequence;
	return error;
}

static int look(struct walk *walk)
{
	for (size_t i = 0; !walk->stop; i++) {
		struct entry row;
		bool found;
		int error;

		if (i == UPKEEP_LOOKS) {
			walk->job->more = true;
			return 0;
		}
		error = walk->feed->ops->next(walk->feed->context, FEED_LIVE,
			walk->place->tombstones, &row, &found);
		if (error == 0 && found) {
			error = step(walk, &row);
		}
		if (error != 0 || !found) {
			return error;
		}
	}
	return 0;
}

static int raise_floor(struct upkeep_job *job, struct own_lists *lists,
	struct own_list *list, struct upkeep_place *place, struct errmsg *msg)
{
	const struct head *head = &list->copy.head;
	struct walk walk = {
		.job = job, .txn = lists->txn, .feed = &list->feed, .place = place
	};
	int error = acknowledged(job, lists->txn, head, &walk.acknowledged);

	if (error == 0) {
		error = look(&walk);
	}
	if (error == 0 && walk.floor > 0) {
		error = own_raise_floor(&list->change, walk.floor);
		job->done += walk.count;
	}
	if (error != 0 && store_txn_error(lists->txn, msg) == 0) {
		errmsg_set(msg, error, "a tombstone cannot be read");
	}
	return error;
}

static int of_kind(struct upkeep_job *job, struct own_lists *lists, uint16_t kind,
	struct errmsg *msg)
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
	if (place->tombstones < list->copy.head.floor) {
		place->tombstones = list->copy.head.floor;
	}
	return raise_floor(job, lists, list, place, msg);
}

int upkeep_tombstones(struct upkeep_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct own_lists *lists;
	int error = own_lists_begin(job->node, txn, &lists, msg);

	if (error != 0) {
		return error;
	}
	for (uint16_t kind = 1; error == 0 && !job->more && kind <= OWN_KINDS; kind++) {
		error = of_kind(job, lists, kind, msg);
	}
	if (error == 0) {
		error = own_lists_publish(lists, false, msg);
	}
	own_lists_end(lists);
	return error;
}
