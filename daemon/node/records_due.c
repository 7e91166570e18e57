/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "daemon/base/clock.h"
#include "daemon/node/rights.h"
#include "daemon/node/serve_snapshot.h"
#include "daemon/node/served.h"
#include "proto/record_codec.h"

/*
 * Own live records whose review date comes within so many days, in that order.  Their
 * ids come from an index at once; each is then read for its dates, in slices.
 */

#define DUE_MAX 10000
#define DUE_DAYS_MAX 36525 /* a hundred years */

struct due {
	struct service *service;
	struct store_txn *txn;
	struct arena arena;  /* the answer's */
	struct arena record; /* one record at a time */
	Cordon__DueRecord **messages;
	size_t count; /* found */
	size_t ready; /* of them with their dates */
	bool more, failed;
};

static void due_destroy(void *context)
{
	struct due *due = context;

	snapshot_close(due->service, due->txn);
	arena_finish(&due->arena);
	arena_finish(&due->record);
	free(due);
}

static ProtobufCBinaryData date_data(
	struct arena *arena, const struct cordon_date *date)
{
	char text[DATE_TEXT_BYTES];

	date_text(date, text);
	return message_data(arena_printf(arena, "%s", text));
}

static bool take_id(void *context, int64_t review_day, struct bytes id)
{
	struct due *due = context;
	struct cordon_date day = date_from_days(review_day);
	Cordon__DueRecord *message;

	if (due->count == DUE_MAX) {
		due->more = true;
		return false;
	}
	message = arena_alloc(&due->arena, sizeof(*message));
	if (message == NULL) {
		due->failed = true;
		return false;
	}
	cordon__due_record__init(message);
	/* ids are borrowed from the snapshot, which stays */
	message->id = message_data_bytes(id);
	message->review_by = date_data(&due->arena, &day);
	due->messages[due->count++] = message;
	due->failed = due->arena.failed;
	return !due->failed;
}

/* A record of a newer version may be unreadable; its last second is beside it. */
static struct cordon_date last_day(struct due *due, const struct entry *entry)
{
	struct cordon_record *record;

	arena_reset(&due->record);
	if (entry->sealed.size > 0 &&
		record_open(entry->sealed, &due->record, &record, NULL, NULL) == 0) {
		return record->valid_until;
	}
	return date_at(
		entry->ends_at_s - 1, due->service->node->config->utc_offset_min);
}

static int read_one(struct due *due, struct errmsg *msg)
{
	Cordon__DueRecord *message = due->messages[due->ready];
	struct cordon_date until;
	struct store_row row;
	bool found;

	if (store_find(due->txn, (const char *)message->id.data, message->id.len, &row,
		    &found) != 0) {
		return served_failed(due->txn, msg);
	}
	if (!found) {
		return errmsg_set(msg, CORDON_ECORRUPT,
			"%.*s is due, but it is not there", (int)message->id.len,
			(const char *)message->id.data);
	}
	until = last_day(due, &row.entry);
	message->valid_until = date_data(&due->arena, &until);
	due->ready++;
	return due->arena.failed ? CORDON_ENOMEM : 0;
}

static int read_slice(struct due *due, struct errmsg *msg)
{
	struct mono until = snapshot_slice();
	int error = 0;

	while (error == 0 && due->ready < due->count) {
		error = read_one(due, msg);
		if (snapshot_slice_over(until)) {
			break;
		}
	}
	return error;
}

static void due_turn(struct held *held, void *context)
{
	struct due *due = context;
	Cordon__DueAnswer answer = CORDON__DUE_ANSWER__INIT;
	struct errmsg msg = { "" };
	int error = read_slice(due, &msg);

	if (error == 0 && due->ready < due->count) {
		held_wake_after(held, 0);
		return;
	}
	if (error == 0) {
		answer.records = due->messages;
		answer.n_records = due->count;
		answer.more = due->more;
		error = session_answer(held_session(held), held_request(held),
			MESSAGE_DUE_ANSWER, 0, &answer.base);
	}
	if (error == CORDON_EBUSY) {
		held_wake_after(held, SERVED_RETRY_MS);
		return;
	}
	served_end(held, error, &msg);
}

static const struct held_ops due_ops = { .turn = due_turn, .destroy = due_destroy };

static int find_ids(struct due *due, uint32_t within_days, struct errmsg *msg)
{
	const struct config *config = due->service->node->config;
	struct cordon_date today =
		date_at(wall_s(clock_wall()), config->utc_offset_min);

	due->messages = arena_array(&due->arena, DUE_MAX, sizeof(*due->messages));
	if (due->messages == NULL) {
		return CORDON_ENOMEM;
	}
	if (store_due(due->txn, &config->node.member,
		    date_days(&today) + (int64_t)within_days, take_id, due) != 0) {
		return served_failed(due->txn, msg);
	}
	return due->failed ? CORDON_ENOMEM : 0;
}

static int begin(struct due *due, struct request *request, struct errmsg *msg)
{
	const Cordon__DueRequest *message =
		(const Cordon__DueRequest *)request->message;
	const struct state *self = &request->service->node->config->node.member;
	int error = request_may_touch(request, ACTION_DUE, self, 0, msg);

	if (error == 0 && message->within_days > DUE_DAYS_MAX) {
		error = errmsg_set(msg, CORDON_EINVAL,
			"within_days: %u, expected 0 to %d", message->within_days,
			DUE_DAYS_MAX);
	}
	if (error == 0) {
		error = snapshot_open(request->service, &due->txn, msg);
	}
	return error == 0 ? find_ids(due, message->within_days, msg) : error;
}

int handle_due(struct request *request, struct errmsg *msg)
{
	struct due *due = calloc(1, sizeof(*due));
	struct held *held;
	int error;

	if (due == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	due->service = request->service;
	arena_init(&due->arena, 0);
	arena_init(&due->record, 0);
	error = begin(due, request, msg);
	if (error == 0) {
		error = held_create(request, &due_ops, due, &held);
	}
	if (error != 0) {
		due_destroy(due);
		return error;
	}
	held_wake_after(held, 0);
	return 0;
}
