/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core/repl/repair_private.h"

/* What is asked is bounded, and so is what is taken; a head must be of the epoch that
 * is asked, of this list, and never an older one than before. */
static bool taken(struct repair *repair, enum repair_step step, const struct head *head,
	size_t bytes)
{
	if (repair->step != step) {
		return false; /* nothing was asked, or it is over */
	}
	repair->rounds++;
	repair->bytes += bytes;
	if (!ident_list_equal(&head->list, &repair->list) ||
		!epoch_equal(&head->epoch, &repair->epoch)) {
		repair_fail(repair, "the answer is of another epoch");
	} else if (copy_head_order(head, &repair->head) < 0 && !repair->stands) {
		repair_fail(repair, "the peer went back behind what it held");
	} else if (repair->rounds > REPAIR_ROUNDS_MAX ||
		   repair->bytes > REPAIR_BYTES_MAX) {
		repair_fail(repair, "it takes too long");
	} else {
		repair->head = *head;
	}
	return repair->step != REPAIR_FAILED;
}

/* ---- ranges
 * --------------------------------------------------------------------------
 */

static int compare_ranges(
	struct repair *repair, const struct repair_told *told, uint64_t *rows)
{
	*rows = 0;
	for (size_t i = 0; i <= repair->bounds_count; i++) {
		struct repair_range *range = &repair->ranges[i];
		uint8_t hash[HASH_BYTES];
		int error = range->asked ? digest_hash(&range->digest, hash) : 0;

		if (error != 0) {
			return error;
		}
		range->asked = range->asked &&
			       (range->count != told[i].count ||
				       memcmp(hash, told[i].digest, HASH_BYTES) != 0);
		if (range->asked) {
			uint64_t more = range->count > told[i].count ? range->count
								     : told[i].count;

			*rows = more > UINT32_MAX - *rows ? UINT32_MAX : *rows + more;
		}
	}
	return 0;
}

/*
 *   1. Nothing differs: what is wrong are rows that cannot be read, or the sum.
 *   2. Few rows are left: their marks.
 *   3. Else what differs is divided.
 */
void repair_ranges(struct repair *repair, const struct head *head,
	const struct repair_told *ranges, size_t count, size_t bytes)
{
	uint64_t rows;

	if (!taken(repair, REPAIR_ASK_RANGES, head, bytes)) {
		return;
	}
	if (count != repair->bounds_count + 1) {
		repair_fail(repair, "the answer has another number of ranges");
	} else if (compare_ranges(repair, ranges, &rows) != 0) {
		repair_fail(repair, "libcrypto failed");
	} else if (rows == 0) { /* 1 */
		repair_fetch_next(repair);
	} else if (rows <= REPAIR_MARKS_MAX) { /* 2 */
		repair_read(repair, REPAIR_READ_MARKS, 0);
	} else if (repair->levels == REPAIR_LEVELS_MAX) {
		repair_fail(repair, "too much differs");
	} else { /* 3 */
		repair_read(repair, REPAIR_READ_SAMPLE, 0);
	}
}

/* ---- marks
 * ---------------------------------------------------------------------------
 */

static int compare_marks(const void *a, const void *b)
{
	const struct repair_mark *x = a, *y = b;

	return repair_id_compare(&x->id, &y->id);
}

/* In order, each once, in the ranges asked for. */
static bool marks_fit(
	const struct repair *repair, const struct repair_mark *marks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct bytes id = repair_id_bytes(&marks[i].id);

		if ((i > 0 && compare_marks(&marks[i - 1], &marks[i]) >= 0) ||
			!repair->ranges[repair_range_of(repair, id)].asked) {
			return false;
		}
	}
	return true;
}

/* A row that changed here after the peer's head is none of its business. */
static bool newer(const struct repair *repair, const struct repair_mark *own)
{
	return repair->stands && own->sequence > repair->head.sequence;
}

static void differ(struct repair *repair, const struct repair_mark *own,
	const struct repair_mark *theirs)
{
	if (own != NULL && newer(repair, own)) {
		return;
	}
	if (own != NULL) {
		repair_let_go(repair, own->sequence);
	}
	if (theirs != NULL) {
		repair_want(repair, repair_id_bytes(&theirs->id));
	}
}

static void merge_marks(
	struct repair *repair, const struct repair_mark *theirs, size_t count)
{
	const struct repair_mark *own = repair->marks;
	size_t i = 0, j = 0;

	while (i < repair->marks_count || j < count) {
		int order;

		if (i == repair->marks_count || j == count) {
			order = i == repair->marks_count ? 1 : -1;
		} else {
			order = compare_marks(&own[i], &theirs[j]);
		}
		if (order < 0) {
			differ(repair, &own[i++], NULL);
		} else if (order > 0) {
			differ(repair, NULL, &theirs[j++]);
		} else {
			if (own[i].mark != theirs[j].mark) {
				differ(repair, &own[i], &theirs[j]);
			}
			i++;
			j++;
		}
	}
}

void repair_marks(struct repair *repair, const struct head *head,
	const struct repair_mark *marks, size_t count, size_t bytes)
{
	if (!taken(repair, REPAIR_ASK_MARKS, head, bytes)) {
		return;
	}
	if (!marks_fit(repair, marks, count)) {
		repair_fail(repair, "the answer has rows that were not asked for");
		return;
	}
	if (repair->marks_count > 0) {
		qsort(repair->marks, repair->marks_count, sizeof(repair->marks[0]),
			compare_marks);
	}
	merge_marks(repair, marks, count);
	repair_fetch_next(repair);
}

/* ---- entries
 * -------------------------------------------------------------------------
 */

struct entry *repair_entry(struct repair *repair, struct bytes id, size_t *place)
{
	size_t low = 0, high = repair->entries_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = repair_id_order(repair->entries[middle].id, id);

		if (order == 0) {
			*place = middle;
			return &repair->entries[middle];
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*place = low;
	return NULL;
}

/* In the place of an older one of its id. */
static void take_entry(struct repair *repair, const struct entry *entry)
{
	size_t place, behind;
	struct entry *old = repair_entry(repair, entry->id, &place);

	if (old != NULL) {
		if (entry->sequence > old->sequence) {
			*old = *entry;
		}
		return;
	}
	if (repair->entries_count == APPLY_ENTRIES_MAX) {
		repair_fail(repair, "more differs than one transaction takes");
		return;
	}
	behind = repair->entries_count++ - place;
	old = &repair->entries[place];
	memmove(old + 1, old, behind * sizeof(*old));
	*old = *entry;
}

/* Only an owner's word ends a ban: content may be missing of what has ended long ago.
 */
static bool whole(const struct repair *repair, const struct entry *entry)
{
	return entry->sealed.size > 0 ||
	       (entry->state == ENTRY_LIVE &&
		       entry->ends_at_s < repair->erased_before_s);
}

/* From where it was asked, in order, and further than before. */
static bool chunk_fits(const struct repair *repair, const struct chunk *chunk)
{
	uint64_t last = chunk->after;

	if (chunk->after != repair->after || chunk->up_to < chunk->after ||
		chunk->up_to > chunk->head->sequence ||
		(chunk->entries_count == 0 && chunk->up_to < chunk->head->sequence)) {
		return false;
	}
	for (size_t i = 0; i < chunk->entries_count; i++) {
		const struct entry *entry = &chunk->entries[i];

		if (entry->sequence <= last || entry->sequence > chunk->up_to ||
			!whole(repair, entry)) {
			return false;
		}
		last = entry->sequence;
	}
	return true;
}

void repair_pulled(struct repair *repair, const struct chunk *chunk, size_t bytes)
{
	if (!taken(repair, REPAIR_ASK_PULL, chunk->head, bytes)) {
		return;
	}
	if (!chunk_fits(repair, chunk)) {
		repair_fail(repair, "what changed meanwhile does not come in order");
		return;
	}
	for (size_t i = 0; i < chunk->entries_count; i++) {
		take_entry(repair, &chunk->entries[i]);
	}
	repair->after = chunk->up_to;
	if (repair->step != REPAIR_FAILED && chunk->up_to == chunk->head->sequence) {
		repair_caught_up(repair);
	}
}

static bool asked_for(const struct repair *repair, const struct entry *entry)
{
	struct repair_id id;

	return repair_id_set(&id, entry->id) &&
	       bsearch(&id, repair->ids, repair->ids_count, sizeof(id),
		       repair_id_compare) != NULL;
}

void repair_fetched(struct repair *repair, const struct head *head,
	const struct entry *entries, size_t count, size_t bytes)
{
	if (!taken(repair, REPAIR_ASK_FETCH, head, bytes)) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!asked_for(repair, &entries[i]) ||
			entries[i].sequence > head->sequence) {
			repair_fail(
				repair, "the answer has rows that were not asked for");
			return;
		}
		if (!whole(repair, &entries[i])) {
			repair_fail(repair, "the peer has not got the bytes of a row");
			return;
		}
		take_entry(repair, &entries[i]);
	}
	repair->wanted_at += repair->ids_count;
	repair_fetch_next(repair);
}
