/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/repair_private.h"

#include <stdlib.h>
#include <string.h>

void repair_fail(struct repair *repair, const char *why)
{
	repair->step = REPAIR_FAILED;
	repair->why = why;
}

/* The base at which a later epoch took over from the copy's; NULL. */
static const struct head_base *base_of(
	const struct list_copy *copy, const struct head *head)
{
	for (size_t i = 0; i < head->bases_count; i++) {
		if (epoch_equal(&head->bases[i].epoch, &copy->head.epoch)) {
			return &head->bases[i];
		}
	}
	return NULL;
}

int repair_begin(struct repair *repair, const struct list_copy *copy,
	const struct head *head, bool stands, int64_t erased_before_s)
{
	const struct head_base *base = base_of(copy, head);
	bool same = epoch_equal(&copy->head.epoch, &head->epoch);
	bool lower = copy_head_order(head, &copy->head) < 0;

	if (!copy_answers(copy) || copy->phase == COPY_MOVING ||
		(stands ? !same : lower) || (!same && base == NULL)) {
		return CORDON_ENOTFOUND;
	}
	memset(repair, 0, sizeof(*repair));
	repair->list = copy->head.list;
	repair->epoch = head->epoch;
	repair->stands = stands;
	repair->erased_before_s = erased_before_s;
	repair->own = *copy;
	repair->head = *head;
	repair->up_to = copy->head.sequence;
	if (!same && base->sequence < repair->up_to) {
		repair->up_to = base->sequence;
	}
	repair->after = repair->up_to;
	return 0;
}

void repair_suspect(struct repair *repair, struct bytes id, uint64_t sequence)
{
	repair_want(repair, id);
	repair_let_go(repair, sequence);
}

void repair_correct(struct repair *repair, const struct patch_correction *correction)
{
	repair->correction = *correction;
}

void repair_unreadable(struct repair *repair, uint64_t sequence)
{
	if (repair->step != REPAIR_READ || repair->reading == REPAIR_READ_BEYOND ||
		(repair->reading == REPAIR_READ_SAMPLE && repair->levels == 0)) {
		repair_let_go(repair, sequence);
	}
}

void repair_read(struct repair *repair, enum repair_reading what, uint64_t after)
{
	repair->reading = what;
	repair->read_after = after;
	repair->step = REPAIR_READ;
	repair->sample_count = 0;
	repair->sample_seen = 0;
	repair->sample_every = 1;
	repair->marks_count = 0;
}

/* Of the whole list.  What was collected on suspicion is dropped. */
static void compare(struct repair *repair)
{
	repair->compared = true;
	repair->wanted_count = 0;
	repair->wanted_at = 0;
	repair->entries_count = 0;
	repair->gone_count = 0;
	repair->levels = 0;
	repair->bounds_count = 0;
	repair->ranges[0].asked = true;
	repair->after = repair->up_to;
	memset(&repair->summed, 0, sizeof(repair->summed));
	repair->summed_live = 0;
	repair->pulled = repair->stands;
	if (repair->pulled) {
		repair_read(repair, REPAIR_READ_SAMPLE, 0);
	} else {
		repair->step = REPAIR_ASK_PULL;
	}
}

/*
 *   1. What is suspect is fetched, unless there is more wrong than that: rows that
 *      cannot be read.
 *   2. Rows beyond where a new epoch took over are suspect.
 *   3. Else all is compared.
 */
void repair_start(struct repair *repair)
{
	if (repair->step == REPAIR_FAILED) {
		return;
	}
	if (repair->wanted_count > 0 &&
		repair->gone_count == repair->wanted_count) { /* 1 */
		repair_fetch_next(repair);
	} else if (!epoch_equal(&repair->own.head.epoch, &repair->epoch)) { /* 2 */
		repair_read(repair, REPAIR_READ_BEYOND, repair->up_to);
	} else { /* 3 */
		compare(repair);
	}
}

/* The patch, of all that was brought. */
static void make_patch(struct repair *repair)
{
	repair->patch = (struct patch){
		.head = &repair->head,
		.entries = repair->entries,
		.entries_count = repair->entries_count,
		.gone = repair->gone,
		.gone_count = repair->gone_count,
		.correction = patch_correction_none(&repair->correction)
				      ? NULL
				      : &repair->correction,
		.stands = repair->stands,
	};
	if (repair->entries_count + repair->gone_count > APPLY_ENTRIES_MAX) {
		repair_fail(repair, "more differs than one transaction takes");
	} else {
		repair->step = REPAIR_APPLY;
	}
}

/* Each id once, in order, so that a false answer shows. */
static void sort_wanted(struct repair *repair)
{
	size_t kept = 0;

	qsort(repair->wanted, repair->wanted_count, sizeof(repair->wanted[0]),
		repair_id_compare);
	for (size_t i = 0; i < repair->wanted_count; i++) {
		if (kept == 0 || repair_id_compare(&repair->wanted[kept - 1],
					 &repair->wanted[i]) != 0) {
			repair->wanted[kept++] = repair->wanted[i];
		}
	}
	repair->wanted_count = kept;
}

void repair_fetch_next(struct repair *repair)
{
	size_t left;

	if (repair->step == REPAIR_FAILED) {
		return;
	}
	if (repair->wanted_at == 0) {
		sort_wanted(repair);
	}
	left = repair->wanted_count - repair->wanted_at;
	if (left > 0) {
		repair->ids = &repair->wanted[repair->wanted_at];
		repair->ids_count = left < REPAIR_FETCH_MAX ? left : REPAIR_FETCH_MAX;
		repair->step = REPAIR_ASK_FETCH;
	} else if (repair->stands) {
		make_patch(repair);
	} else {
		repair->step = REPAIR_ASK_PULL;
	}
}

void repair_caught_up(struct repair *repair)
{
	if (repair->compared && !repair->pulled) {
		repair->pulled = true;
		repair_read(repair, REPAIR_READ_SAMPLE, 0);
	} else {
		make_patch(repair);
	}
}

static void read_sample_end(struct repair *repair)
{
	repair_divide(repair);
	if (repair->step != REPAIR_FAILED) {
		repair_read(repair, REPAIR_READ_DIGESTS, 0);
	}
}

static void read_digests_end(struct repair *repair)
{
	if (repair->levels == 0) {
		patch_correction_make(&repair->correction, &repair->summed,
			repair->summed_live, &repair->own);
	}
	repair->levels++;
	repair->step = REPAIR_ASK_RANGES;
}

void repair_read_end(struct repair *repair)
{
	if (repair->step != REPAIR_READ) {
		return;
	}
	switch (repair->reading) {
	case REPAIR_READ_BEYOND:
		repair_fetch_next(repair);
		break;
	case REPAIR_READ_SAMPLE:
		read_sample_end(repair);
		break;
	case REPAIR_READ_DIGESTS:
		read_digests_end(repair);
		break;
	case REPAIR_READ_MARKS:
		repair->step = REPAIR_ASK_MARKS;
		break;
	}
}

void repair_refused(struct repair *repair, const char *why)
{
	repair_fail(repair, why);
}

/*
 *   1. Done.
 *   2. It was made on suspicion, and is not all: compare.
 *   3. It does not fit.
 */
void repair_applied(struct repair *repair, enum apply_result result)
{
	if (result == APPLY_VERIFIED) { /* 1 */
		repair->step = REPAIR_DONE;
	} else if (result == APPLY_MISMATCH && !repair->compared) { /* 2 */
		compare(repair);
	} else { /* 3 */
		repair_fail(
			repair, result == APPLY_MISMATCH
					? "what came does not make the list what its "
					  "owner signed"
					: "the list is not where it was any more");
	}
}
