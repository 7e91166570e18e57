/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/pending.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cordon/client.h>
#include "daemon/base/clock.h"

#define DAY_S 86400

static bool same_bytes(struct bytes a, struct bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

/* ---- records ----------------------------------------------------------------------
 */

static void say(const struct node *node, uint64_t number, uint32_t why,
	struct own_result *result)
{
	char eyes[EYES_TEXT_MAX];

	eyes_text(why, eyes);
	result->outcome = CORDON_OUTCOME_PENDING;
	errmsg_set(&result->text, 0,
		"waits for a second pair of eyes (%s) as change %" PRIu64
		": another certificate of %s approves or rejects it, cordonctl record "
		"approve %" PRIu64,
		eyes, number, node->config->node.member.code, number);
}

static int refuse(struct own_result *result, int error)
{
	result->outcome = CORDON_OUTCOME_REFUSED;
	result->error = error;
	return 0;
}

static int put(struct node *node, struct store_txn *txn, const struct own_item *item,
	const struct entry *old, struct own_result *result)
{
	struct pending_change *change = item->change;
	struct store_pending pending = {
		.id = item->id,
		.kind = result->kind,
		.version = old == NULL ? 0 : old->version,
		.why = item->why,
		.at_s = wall_s(clock_wall()),
		.by = text_bytes(item->by),
		.item = item->packed,
	};
	int error = 0;

	pending.expires_s = pending.at_s + (int64_t)node->config->pending_days * DAY_S;
	if (change->number == 0) {
		error = store_pending_number(txn, &change->number);
	}
	pending.number = change->number;
	pending.position = ++change->count;
	change->why |= item->why;
	if (error == 0) {
		error = store_pending_put(txn, &pending);
	}
	say(node, change->number, item->why, result);
	return error;
}

/*
 * 1. Too large a record waits for nobody.
 * 2. What waits already, of the same certificate, on the same version, is that change.
 * 3. Somebody else's is theirs to be decided first; what has expired is nobody's.
 * 4. Otherwise it is put in the place of an earlier one.
 */
int pending_keep(struct node *node, struct store_txn *txn, const struct own_item *item,
	const struct entry *old, struct own_result *result)
{
	struct store_pending before;
	bool found;
	int error;

	if (item->packed.size > STORE_PENDING_ITEM_MAX) { /* 1 */
		errmsg_set(&result->text, CORDON_ETOOBIG,
			"the record is too large to wait");
		return refuse(result, CORDON_ETOOBIG);
	}
	error = store_pending_find(txn, item->id, &before, &found);
	if (error != 0) {
		return error;
	}
	if (found && before.expires_s > wall_s(clock_wall())) {
		bool own = same_bytes(before.by, text_bytes(item->by));

		if (own && same_bytes(before.item, item->packed) &&
			before.version == (old == NULL ? 0 : old->version)) { /* 2 */
			say(node, before.number, before.why, result);
			return 0;
		}
		if (!own) { /* 3 */
			errmsg_set(&result->text, CORDON_ECONFLICT,
				"change %" PRIu64 " of the record, by %.*s, waits to "
				"be approved or rejected first",
				before.number, (int)before.by.size,
				(const char *)before.by.data);
			return refuse(result, CORDON_ECONFLICT);
		}
	}
	if (found) { /* 4 */
		error = store_pending_remove(txn, before.number, before.position);
	}
	return error == 0 ? put(node, txn, item, old, result) : error;
}

int pending_stands(struct store_txn *txn, uint64_t number, uint32_t position,
	bool *waits, bool *stands)
{
	struct store_pending pending;
	struct store_row row;
	bool found = false;
	int error = store_pending_get(txn, number, position, &pending, waits);

	*stands = false;
	if (error != 0 || !*waits) {
		return error;
	}
	error = store_find(
		txn, (const char *)pending.id.data, pending.id.size, &row, &found);
	*stands = error == 0 && pending.version == (found ? row.entry.version : 0);
	return error;
}

void pending_told(
	struct node *node, const struct pending_change *change, const char *by)
{
	char eyes[EYES_TEXT_MAX];

	if (change->count == 0) {
		return;
	}
	eyes_text(change->why, eyes);
	atomic_fetch_add(&node->upkept.pending, change->count);
	log_notice("change %" PRIu64 " of %s: %u items wait for a second pair of eyes: "
		   "%s",
		change->number, by, change->count, eyes);
}

/* ---- exports ----------------------------------------------------------------------
 */

struct looked_for {
	struct bytes by, packed;
	int64_t now_s;
	bool found, approved;
	uint64_t number;
	uint32_t position;
};

static bool is_it(void *context, const struct store_pending *pending)
{
	struct looked_for *wanted = context;

	wanted->found = pending->id.size == 0 && pending->expires_s > wanted->now_s &&
			same_bytes(pending->by, wanted->by) &&
			same_bytes(pending->item, wanted->packed);
	wanted->approved = pending->approved_by.size > 0;
	wanted->number = pending->number;
	wanted->position = pending->position;
	return !wanted->found;
}

int pending_export(struct node *node, struct store_txn *txn, struct bytes by,
	struct bytes packed, uint64_t *number)
{
	int64_t now_s = wall_s(clock_wall());
	struct looked_for wanted = { .by = by, .packed = packed, .now_s = now_s };
	struct store_pending pending = {
		.position = 1,
		.why = EYES_EXPORT,
		.at_s = now_s,
		.expires_s = now_s + (int64_t)node->config->pending_days * DAY_S,
		.by = by,
		.item = packed,
	};
	int error = store_pending_each(txn, 0, 0, is_it, &wanted);

	if (error != 0) {
		return error;
	}
	if (wanted.found) {
		*number = wanted.approved ? 0 : wanted.number;
		return wanted.approved ? store_pending_remove(
						 txn, wanted.number, wanted.position)
				       : 0;
	}
	error = store_pending_number(txn, number);
	pending.number = *number;
	return error == 0 ? store_pending_put(txn, &pending) : error;
}

/* ---- the end of waiting -----------------------------------------------------------
 */

struct expired {
	int64_t now_s;
	size_t max, count;
	uint64_t left;
	struct place {
		uint64_t number;
		uint32_t position;
	} * places;
};

static bool note_expired(void *context, const struct store_pending *pending)
{
	struct expired *expired = context;

	if (pending->expires_s > expired->now_s) {
		expired->left++;
	} else if (expired->count < expired->max) {
		expired->places[expired->count++] =
			(struct place){ pending->number, pending->position };
	}
	return true;
}

int pending_expire(struct store_txn *txn, int64_t now_s, size_t max, size_t *removed,
	uint64_t *left)
{
	struct expired expired = { .now_s = now_s, .max = max };
	int error;

	expired.places = calloc(max, sizeof(*expired.places));
	if (expired.places == NULL) {
		return CORDON_ENOMEM;
	}
	error = store_pending_each(txn, 0, 0, note_expired, &expired);
	for (size_t i = 0; error == 0 && i < expired.count; i++) {
		error = store_pending_remove(
			txn, expired.places[i].number, expired.places[i].position);
	}
	*removed = expired.count;
	*left = expired.left;
	free(expired.places);
	return error;
}
