/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/patch.h"

#include <string.h>

#include "daemon/core/repl/heads.h"
#include "daemon/core/repl/rows.h"

void patch_correction_make(struct patch_correction *correction,
	const struct digest *summed, uint64_t live_count, const struct list_copy *copy)
{
	correction->digest = *summed;
	digest_subtract(&correction->digest, &copy->digest);
	correction->live_count = live_count - copy->live_count;
}

bool patch_correction_none(const struct patch_correction *correction)
{
	static const struct digest nothing;

	return correction->live_count == 0 &&
	       memcmp(&correction->digest, &nothing, sizeof(nothing)) == 0;
}

/* Entries of this owner, at sequences that the head covers and its floor has not
 * purged; not more in all than one transaction takes. */
static bool well_formed(const struct feed *feed, const struct patch *patch)
{
	if (patch->entries_count > APPLY_ENTRIES_MAX ||
		patch->gone_count > APPLY_ENTRIES_MAX - patch->entries_count) {
		return false;
	}
	for (size_t i = 0; i < patch->entries_count; i++) {
		const struct entry *row = &patch->entries[i];

		if (row->sequence == 0 || row->sequence > patch->head->sequence ||
			!ident_record_id_valid(
				(const char *)row->id.data, row->id.size) ||
			memcmp(row->id.data, feed->list.owner.code, 3) != 0 ||
			(row->state == ENTRY_WITHDRAWN &&
				row->sequence <= patch->head->floor)) {
			return false;
		}
	}
	return true;
}

/* Is there a verified copy here that the patch's head is not too old, or too new,
 * for? */
static bool fits(const struct list_copy *copy, const struct patch *patch)
{
	int news = copy_head_order(patch->head, &copy->head);

	if (!copy_answers(copy) || copy->phase == COPY_MOVING) {
		return false;
	}
	if (patch->stands) {
		return news <= 0 && copy->phase != COPY_STOPPED &&
		       epoch_equal(&patch->head->epoch, &copy->head.epoch);
	}
	return news >= 0;
}

static bool same_id(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* Takes what stands at sequence out of the rows, and out of the sum where it can have
 * been counted. */
static int take_out(struct list_copy *copy, const struct feed *feed, struct bytes id,
	uint64_t sequence)
{
	struct entry row;
	bool found = false;
	int error = 0;

	if (sequence != 0) {
		error = feed->ops->peek(feed->context, sequence, &row, &found);
	}
	if (error == 0 && found) {
		error = rows_count_out(copy, feed, &row);
	}
	return error == 0 ? feed->ops->scrap(feed->context, id, sequence) : error;
}

/*
 * Where the id's own row stands; 0: nowhere.  What is said to be its row and is
 * readable may be another's: then it is none of its own.
 */
static int own_place(const struct feed *feed, struct bytes id, uint64_t *sequence)
{
	struct entry row;
	bool found, readable;
	int error = feed->ops->locate(feed->context, id, sequence, &found);

	if (error == 0 && found) {
		error = feed->ops->peek(feed->context, *sequence, &row, &readable);
	}
	if (error == 0 && (!found || (readable && !same_id(row.id, id)))) {
		*sequence = 0;
	}
	return error;
}

/* The list went on: the id's row is newer than the patch's. */
static int outdated(const struct feed *feed, const struct patch *patch,
	const struct entry *row, bool *yes)
{
	uint64_t sequence = 0;
	int error = 0;

	if (patch->stands) {
		error = own_place(feed, row->id, &sequence);
	}
	*yes = sequence > row->sequence;
	return error;
}

/* Makes room: the id's row, wherever it is, and what stands where it will. */
static int make_room(struct list_copy *copy, const struct feed *feed,
	const struct patch *patch, const struct entry *row)
{
	static const struct bytes nobody;
	uint64_t sequence = 0;
	bool newer;
	int error = outdated(feed, patch, row, &newer);

	if (error != 0 || newer) {
		return error;
	}
	error = own_place(feed, row->id, &sequence);
	if (error == 0) {
		error = take_out(copy, feed, row->id, sequence);
	}
	return error == 0 && sequence != row->sequence
		       ? take_out(copy, feed, nobody, row->sequence)
		       : error;
}

/* *taken: two of the patch's entries want one place. */
static int put(struct list_copy *copy, const struct feed *feed,
	const struct patch *patch, const struct entry *row, bool *taken)
{
	struct entry other;
	bool newer;
	int error = outdated(feed, patch, row, &newer);

	if (error != 0 || newer) {
		return error;
	}
	error = feed->ops->peek(feed->context, row->sequence, &other, taken);
	if (error == 0 && !*taken) {
		error = feed->ops->locate(
			feed->context, row->id, &(uint64_t){ 0 }, taken);
	}
	if (error != 0 || *taken) {
		return error;
	}
	error = rows_count_in(copy, feed, row);
	return error == 0 ? feed->ops->put(feed->context, FEED_LIVE, row) : error;
}

/* All that goes first, so that rows of the patch may change places. */
static int change_rows(struct list_copy *copy, const struct feed *feed,
	const struct patch *patch, bool *taken)
{
	static const struct bytes nobody;
	int error = 0;

	*taken = false;
	for (size_t i = 0; error == 0 && i < patch->gone_count; i++) {
		error = take_out(copy, feed, nobody, patch->gone[i]);
	}
	for (size_t i = 0; error == 0 && i < patch->entries_count; i++) {
		error = make_room(copy, feed, patch, &patch->entries[i]);
	}
	for (size_t i = 0; error == 0 && !*taken && i < patch->entries_count; i++) {
		error = put(copy, feed, patch, &patch->entries[i], taken);
	}
	return error;
}

/* Tombstones go as the new head says, and what was being read goes too. */
static int settle(struct list_copy *copy, const struct feed *feed,
	const struct head *target, bool *equal)
{
	int error = rows_purge(copy, feed, copy->head.floor, target->floor);

	if (error == 0) {
		error = rows_match(&copy->digest, copy->live_count, target, equal);
	}
	if (error == 0 && *equal && copy->phase == COPY_STAGING) {
		error = feed->ops->clear(feed->context, FEED_STAGE);
	}
	return error;
}

/*
 *   1. The head itself may say something else: a fork, the end of the sharing.
 *   2. Form, and whether it fits this copy at all.
 *   3. The sum becomes that of the rows that are there.
 *   4. Rows go and come; then live must be what the head says.
 */
enum apply_result apply_patch(struct list_copy *copy, const struct feed *feed,
	const struct patch *patch, const struct apply_context *context, int *error)
{
	const struct head *target = patch->stands ? &copy->head : patch->head;
	enum apply_result result =
		heads_take(copy, feed, patch->head, &context->member, error);
	bool taken, equal = false;
	int code;

	if (result != APPLY_PARTIAL) { /* 1 */
		return result;
	}
	if (!well_formed(feed, patch)) { /* 2 */
		return APPLY_BROKEN;
	}
	if (!fits(copy, patch)) {
		return APPLY_STALE;
	}
	result = apply_stubs(patch->entries, patch->entries_count, context);
	if (result != APPLY_PARTIAL) {
		return result;
	}
	if (patch->correction != NULL) { /* 3 */
		digest_add(&copy->digest, &patch->correction->digest);
		copy->live_count += patch->correction->live_count;
	}
	code = change_rows(copy, feed, patch, &taken); /* 4 */
	if (code == 0 && !taken) {
		code = settle(copy, feed, target, &equal);
	}
	if (code != 0) {
		*error = code;
		return APPLY_ERROR;
	}
	if (!equal) {
		return APPLY_MISMATCH;
	}
	copy->phase = COPY_FOLLOWING;
	copy->whole = false;
	copy->mixed = false;
	if (copy_head_order(target, &copy->head) > 0 ||
		target->time_s > copy->head.time_s) {
		copy->head = *target;
	}
	return APPLY_VERIFIED;
}
