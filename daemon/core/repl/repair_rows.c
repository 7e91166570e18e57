/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core/repl/repair_private.h"

/* Ranges of the first level, and of later ones where little differs. */
#define FAN_OUT 256
/* Rows in a range for which it is not worth while to divide it. */
#define ROWS_UNDIVIDED 16

struct bytes repair_id_bytes(const struct repair_id *id)
{
	return (struct bytes){ (const uint8_t *)id->text, id->size };
}

bool repair_id_set(struct repair_id *id, struct bytes bytes)
{
	if (bytes.size == 0 || bytes.size > sizeof(id->text)) {
		return false;
	}
	memcpy(id->text, bytes.data, bytes.size);
	id->size = (uint8_t)bytes.size;
	return true;
}

int repair_id_order(struct bytes a, struct bytes b)
{
	size_t least = a.size < b.size ? a.size : b.size;
	int order = memcmp(a.data, b.data, least);

	if (order != 0) {
		return order;
	}
	return a.size < b.size ? -1 : a.size > b.size;
}

int repair_id_compare(const void *a, const void *b)
{
	return repair_id_order(repair_id_bytes(a), repair_id_bytes(b));
}

int repair_mark_of(
	const struct list_id *list, const struct entry *entry, uint64_t *mark)
{
	uint8_t seed[HASH_BYTES];
	struct reader r;
	int error = digest_seed(list, entry, seed);

	if (error == 0) {
		reader_init(&r, seed, sizeof(seed));
		*mark = reader_u64(&r);
	}
	return error;
}

/* A range ends before its bound: an id that equals one begins the next range. */
size_t repair_range_of(const struct repair *repair, struct bytes id)
{
	size_t low = 0, high = repair->bounds_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (repair_id_order(repair_id_bytes(&repair->bounds[middle]), id) <=
			0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

void repair_want(struct repair *repair, struct bytes id)
{
	if (repair->wanted_count == REPAIR_ROWS_MAX) {
		repair_fail(repair, "more rows differ than a repair takes");
	} else if (repair_id_set(&repair->wanted[repair->wanted_count], id)) {
		repair->wanted_count++;
	}
}

void repair_let_go(struct repair *repair, uint64_t sequence)
{
	if (repair->gone_count == APPLY_ENTRIES_MAX) {
		repair_fail(repair, "more rows go than a repair takes");
	} else {
		repair->gone[repair->gone_count++] = sequence;
	}
}

/* ---- own rows
 * ------------------------------------------------------------------------
 */

/* Does the row take part in the comparison?  Not what the own list has beyond where the
 * two have a common past, and not what is known to have changed at the peer. */
static bool compared(struct repair *repair, const struct entry *row)
{
	size_t place;

	return row->sequence <= repair->up_to &&
	       repair_entry(repair, row->id, &place) == NULL;
}

static void take_beyond(struct repair *repair, const struct entry *row)
{
	repair_want(repair, row->id);
	repair_let_go(repair, row->sequence);
}

/* Every sample_every-th id of the ranges asked for; every second one of them goes when
 * there is no room. */
static void take_sample(struct repair *repair, const struct entry *row)
{
	const size_t room = sizeof(repair->sample) / sizeof(repair->sample[0]);

	if (repair->levels == 0 && row->sequence > repair->up_to) {
		take_beyond(repair, row);
	}
	if (!repair->ranges[repair_range_of(repair, row->id)].asked ||
		repair->sample_seen++ % repair->sample_every != 0 ||
		!repair_id_set(&repair->sample[repair->sample_count], row->id)) {
		return;
	}
	repair->sample_count++;
	if (repair->sample_count == room) {
		for (size_t i = 0; 2 * i < room; i++) {
			repair->sample[i] = repair->sample[2 * i];
		}
		repair->sample_count = room / 2;
		repair->sample_every *= 2;
	}
}

/* The row as it would be if its bytes were what was meant: a row with other bytes than
 * those of its hash differs from the peer's. */
static int as_it_is(const struct entry *row, struct entry *is, bool *same)
{
	int error = 0;

	*is = *row;
	if (row->sealed.size > 0) {
		error = hash_bytes(row->sealed.data, row->sealed.size, is->sealed_hash);
	}
	*same = memcmp(is->sealed_hash, row->sealed_hash, HASH_BYTES) == 0;
	return error;
}

static int take_digest(struct repair *repair, const struct entry *row)
{
	struct repair_range *range = &repair->ranges[repair_range_of(repair, row->id)];
	struct digest element;
	struct entry is;
	bool same = true;
	int error;

	if (!range->asked && repair->levels > 0) {
		return 0;
	}
	error = as_it_is(row, &is, &same);
	if (error == 0) {
		error = digest_element(&repair->list, row, &element);
	}
	if (error == 0 && repair->levels == 0) {
		digest_add(&repair->summed, &element);
		repair->summed_live += row->state == ENTRY_LIVE;
	}
	if (error == 0 && !same) {
		error = digest_element(&repair->list, &is, &element);
	}
	if (error == 0 && compared(repair, row)) {
		digest_add(&range->digest, &element);
		range->count++;
	}
	return error;
}

static int take_mark(struct repair *repair, const struct entry *row)
{
	struct repair_mark *mark = &repair->marks[repair->marks_count];
	struct entry is;
	bool same;
	int error;

	if (!repair->ranges[repair_range_of(repair, row->id)].asked ||
		!compared(repair, row)) {
		return 0;
	}
	if (repair->marks_count == REPAIR_MARKS_MAX ||
		!repair_id_set(&mark->id, row->id)) {
		repair_fail(repair, "more rows are in the ranges than were counted");
		return 0;
	}
	error = as_it_is(row, &is, &same);
	if (error == 0) {
		error = repair_mark_of(&repair->list, &is, &mark->mark);
	}
	mark->sequence = row->sequence;
	repair->marks_count += error == 0;
	return error;
}

int repair_row(struct repair *repair, const struct entry *row)
{
	if (repair->step != REPAIR_READ) {
		return 0;
	}
	switch (repair->reading) {
	case REPAIR_READ_BEYOND:
		take_beyond(repair, row);
		break;
	case REPAIR_READ_SAMPLE:
		take_sample(repair, row);
		break;
	case REPAIR_READ_DIGESTS:
		return take_digest(repair, row);
	case REPAIR_READ_MARKS:
		return take_mark(repair, row);
	}
	return 0;
}

/* ---- dividing
 * -------------------------------------------------------------------------
 */

/* The bounds of ranges that differ stay bounds, so that the division lies within them.
 */
static size_t keep_edges(const struct repair *repair, struct repair_id *bounds)
{
	size_t count = 0;

	for (size_t i = 0; i < repair->bounds_count; i++) {
		if (repair->ranges[i].asked || repair->ranges[i + 1].asked) {
			bounds[count++] = repair->bounds[i];
		}
	}
	return count;
}

/* As many parts as are worth while, spread evenly over the rows. */
static size_t add_parts(
	const struct repair *repair, struct repair_id *bounds, size_t count)
{
	size_t parts = count > FAN_OUT / 4 ? 4 * count : FAN_OUT - 1;
	uint64_t worth = repair->sample_seen / ROWS_UNDIVIDED;

	if (parts > REPAIR_BOUNDS_MAX) {
		parts = REPAIR_BOUNDS_MAX;
	}
	parts = parts > count ? parts - count : 0;
	parts = parts < worth ? parts : (size_t)worth;
	parts = parts < repair->sample_count ? parts : repair->sample_count;
	for (size_t i = 0; i < parts; i++) {
		bounds[count++] = repair->sample[(i * repair->sample_count +
							 repair->sample_count / 2) /
						 parts];
	}
	return count;
}

static size_t sort_unique(struct repair_id *bounds, size_t count)
{
	size_t kept = 0;

	if (count > 0) {
		qsort(bounds, count, sizeof(bounds[0]), repair_id_compare);
	}
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 ||
			repair_id_compare(&bounds[kept - 1], &bounds[i]) != 0) {
			bounds[kept++] = bounds[i];
		}
	}
	return kept;
}

/* A new range lies in an old one, whose bounds are bounds still. */
static void mark_asked(struct repair *repair, const struct repair_id *bounds,
	size_t count, bool *asked)
{
	asked[0] = repair->ranges[0].asked;
	for (size_t i = 0; i < count; i++) {
		size_t old = repair_range_of(repair, repair_id_bytes(&bounds[i]));

		asked[i + 1] = repair->ranges[old].asked;
	}
}

void repair_divide(struct repair *repair)
{
	struct repair_id bounds[REPAIR_BOUNDS_MAX];
	bool asked[REPAIR_BOUNDS_MAX + 1];
	size_t count = keep_edges(repair, bounds);

	if (repair->sample_count > 0) {
		qsort(repair->sample, repair->sample_count, sizeof(repair->sample[0]),
			repair_id_compare);
	}
	count = sort_unique(bounds, add_parts(repair, bounds, count));
	mark_asked(repair, bounds, count, asked);
	memcpy(repair->bounds, bounds, count * sizeof(bounds[0]));
	repair->bounds_count = count;
	for (size_t i = 0; i <= count; i++) {
		memset(&repair->ranges[i], 0, sizeof(repair->ranges[i]));
		repair->ranges[i].asked = asked[i];
	}
}
