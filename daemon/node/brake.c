/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/brake.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/log_quota.h"
#include "daemon/node/own_lists_state.h"

#define MINUTES 60
#define MINUTE_US INT64_C(60000000)

/* What was withdrawn of each kind in each minute of the last hour. */
struct brake {
	int64_t minute; /* the last that is counted */
	uint64_t counts[OWN_KINDS + 1][MINUTES];
	struct log_quota warnings;
	uint64_t held; /* since the last of them */
};

struct brake *brake_create(void)
{
	struct brake *brake = calloc(1, sizeof(*brake));

	if (brake != NULL) {
		log_quota_init(&brake->warnings, 1);
	}
	return brake;
}

void brake_destroy(struct brake *brake)
{
	free(brake);
}

/* Forgets the minutes that are over an hour ago. */
static void move_on(struct brake *brake)
{
	int64_t now = clock_mono().us / MINUTE_US;
	int64_t gone = now - brake->minute;

	for (int64_t i = 1; i <= gone && i <= MINUTES; i++) {
		for (size_t kind = 0; kind <= OWN_KINDS; kind++) {
			brake->counts[kind][(brake->minute + i) % MINUTES] = 0;
		}
	}
	brake->minute = now;
}

static uint64_t within_hour(struct brake *brake, uint16_t kind)
{
	uint64_t sum = 0;

	move_on(brake);
	for (size_t i = 0; i < MINUTES; i++) {
		sum += brake->counts[kind][i];
	}
	return sum;
}

void brake_withdrawn(struct node *node, uint16_t kind, uint64_t count)
{
	if (node->brake != NULL && kind <= OWN_KINDS) {
		move_on(node->brake);
		node->brake->counts[kind][node->brake->minute % MINUTES] += count;
	}
}

void brake_warn(struct node *node, uint64_t count)
{
	struct brake *brake = node->brake;
	uint64_t left_out;

	if (brake == NULL || count == 0) {
		return;
	}
	brake->held += count;
	if (log_quota_take(&brake->warnings, clock_mono(), &left_out)) {
		log_warning("%" PRIu64 " withdrawals are too many at once and wait for "
			    "an administrator: cordonctl brake list",
			brake->held);
		brake->held = 0;
	}
}

int brake_count(struct brake_request *request, struct store_txn *txn,
	const struct own_item *item)
{
	struct store_row row;
	bool found;
	int error;

	if (item->type != OWN_WITHDRAW) {
		return 0;
	}
	error = store_find(
		txn, (const char *)item->id.data, item->id.size, &row, &found);
	if (error == 0 && found && row.entry.state == ENTRY_LIVE &&
		row.list.kind <= OWN_KINDS) {
		request->count[row.list.kind]++;
	}
	return error;
}

/*
 * The share is of what the list held an hour ago, as far as that is known: what is live
 * and what was withdrawn since.  Of others in the same transaction lists knows.
 */
static bool too_many(struct node *node, uint16_t kind, uint64_t wanted,
	uint64_t in_transaction, uint64_t live)
{
	const struct config *config = node->config;
	uint64_t before = within_hour(node->brake, kind) + in_transaction;
	uint64_t total = before + wanted;

	return config->brake_percent < 100 && total > config->brake_least &&
	       total * 100 > (live + before) * config->brake_percent;
}

int brake_judge(struct node *node, struct brake_request *request,
	struct own_lists *lists, struct errmsg *msg)
{
	for (uint16_t kind = 1; node->brake != NULL && kind <= OWN_KINDS; kind++) {
		struct own_list *list;
		bool found;
		int error;

		if (request->count[kind] == 0) {
			continue;
		}
		error = own_lists_load(lists, kind, &list, &found, msg);
		if (error != 0) {
			return error;
		}
		request->hold[kind] =
			found && too_many(node, kind, request->count[kind],
					 list->withdrawn, list->copy.live_count);
	}
	return 0;
}

int brake_hold(struct store_txn *txn, const struct list_id *list,
	const struct entry *row, const struct own_item *item)
{
	struct store_held held = {
		.list = *list,
		.id = item->id,
		.version = row->version,
		.reason = item->reason,
		.at_s = wall_s(clock_wall()),
	};
	int error = store_held_batch(txn, list, &held.batch);

	if (item->by != NULL) {
		held.by = (struct bytes){ (const uint8_t *)item->by, strlen(item->by) };
	}
	if (item->text != NULL) {
		held.text = (struct bytes){ (const uint8_t *)item->text,
			strlen(item->text) };
	}
	return error == 0 ? store_held_put(txn, &held) : error;
}
