/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/memfeed.h"

#include <stdlib.h>
#include <string.h>

#define SCRIBBLE 0xa5

/* What was lent: a copy of a row's bytes. */
struct memfeed_loan {
	struct memfeed_loan *next;
	size_t size;
	uint8_t bytes[];
};

static void *allocate(size_t size)
{
	void *p = malloc(size);

	if (p == NULL) {
		abort();
	}
	return p;
}

/* ---- rows ---------------------------------------------------------------------- */

/* Not for enemies: tells contents apart. */
static uint64_t mix(uint64_t print, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	while (size > 0) {
		size_t taken = size < 8 ? size : 8;
		uint64_t word = size;

		memcpy(&word, bytes, taken);
		print = (print ^ word) * 0x9e3779b97f4a7c15u;
		print ^= print >> 29;
		bytes += taken;
		size -= taken;
	}
	return print;
}

static uint64_t entry_print(const struct entry *entry)
{
	uint64_t numbers[] = { entry->sequence, entry->version, entry->state,
		(uint64_t)entry->ends_at_s, entry->id.size };
	uint64_t print = mix(0x243f6a8885a308d3u, numbers, sizeof(numbers));

	print = mix(print, entry->id.data, entry->id.size);
	return mix(print, entry->sealed_hash, HASH_BYTES);
}

struct memfeed_row *memfeed_row_create(const struct entry *entry)
{
	struct memfeed_row *row =
		allocate(sizeof(*row) + entry->id.size + entry->sealed.size);
	uint8_t *bytes = (uint8_t *)(row + 1);

	row->holders = 1;
	row->entry = *entry;
	memcpy(bytes, entry->id.data, entry->id.size);
	row->entry.id.data = bytes;
	if (entry->sealed.size > 0) {
		memcpy(bytes + entry->id.size, entry->sealed.data, entry->sealed.size);
	}
	row->entry.sealed.data = bytes + entry->id.size;
	row->print = entry_print(entry);
	row->id_print = mix(0, entry->id.data, entry->id.size);
	return row;
}

void memfeed_row_release(struct memfeed_row *row)
{
	if (--row->holders == 0) {
		free(row);
	}
}

static bool same_bytes(struct bytes a, struct bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
	return a->sequence == b->sequence && a->version == b->version &&
	       a->state == b->state && a->ends_at_s == b->ends_at_s &&
	       same_bytes(a->id, b->id) && same_bytes(a->sealed, b->sealed) &&
	       memcmp(a->sealed_hash, b->sealed_hash, HASH_BYTES) == 0;
}

/* The first place whose sequence is greater than after. */
static size_t place_after(const struct memfeed_area *area, uint64_t after)
{
	size_t low = 0, high = area->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (area->rows[middle]->entry.sequence > after) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return low;
}

static bool place_of(const struct memfeed_area *area, struct bytes id, size_t *place)
{
	uint64_t print = mix(0, id.data, id.size);

	for (size_t i = 0; i < area->count; i++) {
		const struct memfeed_row *row = area->rows[i];

		if (row->id_print == print && same_bytes(row->entry.id, id)) {
			*place = i;
			return true;
		}
	}
	return false;
}

static void make_room(struct memfeed_area *area, size_t count)
{
	if (count > area->room) {
		area->room = 2 * count + 8;
		area->rows =
			realloc(area->rows, area->room * sizeof(struct memfeed_row *));
		if (area->rows == NULL) {
			abort();
		}
	}
}

/* Takes over the reference. */
static void put_in(struct memfeed_area *area, size_t place, struct memfeed_row *row)
{
	make_room(area, area->count + 1);
	memmove(&area->rows[place + 1], &area->rows[place],
		(area->count++ - place) * sizeof(struct memfeed_row *));
	area->rows[place] = row;
	area->sum += row->print;
}

/* The reference is the caller's now. */
static struct memfeed_row *pull_out(struct memfeed_area *area, size_t place)
{
	struct memfeed_row *row = area->rows[place];

	memmove(&area->rows[place], &area->rows[place + 1],
		(--area->count - place) * sizeof(struct memfeed_row *));
	area->sum -= row->print;
	return row;
}

static void area_clear(struct memfeed_area *area)
{
	for (size_t i = 0; i < area->count; i++) {
		memfeed_row_release(area->rows[i]);
	}
	area->count = 0;
	area->sum = 0;
}

/* ---- transactions -------------------------------------------------------------- */

struct memfeed_undo {
	struct memfeed_row *row; /* a reference */
	enum feed_area area;
	bool was_put; /* else it was taken out */
};

/* Takes over a reference of row. */
static void note(
	struct memfeed *memfeed, enum feed_area area, struct memfeed_row *row, bool put)
{
	if (!memfeed->noting) {
		memfeed_row_release(row);
		return;
	}
	if (memfeed->undo_count == memfeed->undo_room) {
		memfeed->undo_room = 2 * memfeed->undo_room + 16;
		memfeed->undo = realloc(
			memfeed->undo, memfeed->undo_room * sizeof(*memfeed->undo));
		if (memfeed->undo == NULL) {
			abort();
		}
	}
	memfeed->undo[memfeed->undo_count++] =
		(struct memfeed_undo){ .row = row, .area = area, .was_put = put };
}

static void take_out(struct memfeed *memfeed, enum feed_area area, size_t place)
{
	note(memfeed, area, pull_out(&memfeed->areas[area], place), false);
}

/* In the place of the id's earlier row.  Takes over the reference. */
static int insert(struct memfeed *memfeed, enum feed_area to, struct memfeed_row *row)
{
	struct memfeed_area *area = &memfeed->areas[to];
	size_t place;

	if (place_of(area, row->entry.id, &place)) {
		take_out(memfeed, to, place);
	}
	place = place_after(area, row->entry.sequence);
	if (place > 0 && area->rows[place - 1]->entry.sequence == row->entry.sequence) {
		memfeed_row_release(row);
		return CORDON_ECONFLICT; /* as the store */
	}
	row->holders++;
	put_in(area, place, row);
	note(memfeed, to, row, true);
	return 0;
}

void memfeed_begin(struct memfeed *memfeed)
{
	memfeed->noting = true;
}

void memfeed_commit(struct memfeed *memfeed)
{
	for (size_t i = 0; i < memfeed->undo_count; i++) {
		memfeed_row_release(memfeed->undo[i].row);
	}
	memfeed->undo_count = 0;
	memfeed->noting = false;
}

static void end_loans(struct memfeed *memfeed);

void memfeed_abort(struct memfeed *memfeed)
{
	end_loans(memfeed);
	for (size_t i = memfeed->undo_count; i > 0; i--) {
		struct memfeed_undo *undo = &memfeed->undo[i - 1];
		struct memfeed_area *area = &memfeed->areas[undo->area];
		uint64_t sequence = undo->row->entry.sequence;

		if (undo->was_put) {
			memfeed_row_release(
				pull_out(area, place_after(area, sequence) - 1));
		} else {
			undo->row->holders++;
			put_in(area, place_after(area, sequence), undo->row);
		}
	}
	memfeed_commit(memfeed);
}

/* ---- loans ---------------------------------------------------------------------- */

static void free_loans(struct memfeed_loan **loans)
{
	while (*loans != NULL) {
		struct memfeed_loan *next = (*loans)->next;

		free(*loans);
		*loans = next;
	}
}

static void lend(
	struct memfeed *memfeed, const struct memfeed_row *row, struct entry *out)
{
	const struct entry *entry = &row->entry;
	size_t size = entry->id.size + entry->sealed.size;
	struct memfeed_loan *loan = allocate(sizeof(*loan) + size);

	loan->next = memfeed->lent;
	loan->size = size;
	memfeed->lent = loan;
	memcpy(loan->bytes, row + 1, size);
	*out = *entry;
	out->id.data = loan->bytes;
	out->sealed.data = loan->bytes + entry->id.size;
}

/* A change is about to come: who still looks at what was lent sees rubbish, and after
 * one more change freed memory. */
static void end_loans(struct memfeed *memfeed)
{
	free_loans(&memfeed->void_loans);
	memfeed->void_loans = memfeed->lent;
	memfeed->lent = NULL;
	for (struct memfeed_loan *l = memfeed->void_loans; l != NULL; l = l->next) {
		memset(l->bytes, SCRIBBLE, l->size);
	}
}

/* ---- operations ------------------------------------------------------------------ */

static int operation(struct memfeed *memfeed, bool change)
{
	memfeed->operations++;
	if (memfeed->fail_at > 0 && --memfeed->fail_at == 0) {
		return memfeed->fail_error;
	}
	if (change) {
		end_loans(memfeed);
	}
	return 0;
}

static int find(void *context, enum feed_area area, struct bytes id, struct entry *row,
	bool *found)
{
	struct memfeed *memfeed = context;
	const struct memfeed_area *rows = &memfeed->areas[area];
	int error = operation(memfeed, false);
	size_t place;

	if (error == 0) {
		*found = place_of(rows, id, &place);
		if (*found) {
			lend(memfeed, rows->rows[place], row);
		}
	}
	return error;
}

static int next(void *context, enum feed_area area, uint64_t after, struct entry *row,
	bool *found)
{
	struct memfeed *memfeed = context;
	const struct memfeed_area *rows = &memfeed->areas[area];
	int error = operation(memfeed, false);

	if (error == 0) {
		size_t place = place_after(rows, after);

		*found = place < rows->count;
		if (*found) {
			lend(memfeed, rows->rows[place], row);
		}
	}
	return error;
}

static int put(void *context, enum feed_area area, const struct entry *row)
{
	struct memfeed *memfeed = context;
	int error = operation(memfeed, true);

	return error != 0 ? error : insert(memfeed, area, memfeed_row_create(row));
}

static int remove_id(void *context, enum feed_area area, struct bytes id)
{
	struct memfeed *memfeed = context;
	int error = operation(memfeed, true);
	size_t place;

	if (error == 0 && place_of(&memfeed->areas[area], id, &place)) {
		take_out(memfeed, area, place);
	}
	return error;
}

static int promote(void *context, uint64_t sequence)
{
	struct memfeed *memfeed = context;
	struct memfeed_area *stage = &memfeed->areas[FEED_STAGE];
	int error = operation(memfeed, true);
	size_t place = sequence == 0 ? 0 : place_after(stage, sequence - 1);
	struct memfeed_row *row;

	if (error != 0) {
		return error;
	}
	if (place == stage->count || stage->rows[place]->entry.sequence != sequence) {
		return CORDON_ENOTFOUND;
	}
	row = stage->rows[place];
	row->holders++;
	take_out(memfeed, FEED_STAGE, place);
	return insert(memfeed, FEED_LIVE, row);
}

static int clear(void *context, enum feed_area area)
{
	struct memfeed *memfeed = context;
	int error = operation(memfeed, true);

	while (error == 0 && memfeed->areas[area].count > 0) {
		take_out(memfeed, area, memfeed->areas[area].count - 1);
	}
	return error;
}

static int locate(void *context, struct bytes id, uint64_t *sequence, bool *found)
{
	struct memfeed *memfeed = context;
	const struct memfeed_area *live = &memfeed->areas[FEED_LIVE];
	int error = operation(memfeed, false);
	size_t place;

	if (error == 0) {
		*found = place_of(live, id, &place);
		if (*found) {
			*sequence = live->rows[place]->entry.sequence;
		}
	}
	return error;
}

static bool place_at(const struct memfeed_area *area, uint64_t sequence, size_t *place)
{
	*place = sequence == 0 ? area->count : place_after(area, sequence - 1);
	return *place < area->count && area->rows[*place]->entry.sequence == sequence;
}

static int peek(void *context, uint64_t sequence, struct entry *row, bool *found)
{
	struct memfeed *memfeed = context;
	const struct memfeed_area *live = &memfeed->areas[FEED_LIVE];
	int error = operation(memfeed, false);
	size_t place;

	if (error == 0) {
		*found = place_at(live, sequence, &place);
		if (*found) {
			lend(memfeed, live->rows[place], row);
		}
	}
	return error;
}

/* Ids are looked for among the rows themselves: there is nothing else to forget. */
static int scrap(void *context, struct bytes id, uint64_t sequence)
{
	struct memfeed *memfeed = context;
	struct memfeed_area *live = &memfeed->areas[FEED_LIVE];
	int error = operation(memfeed, true);
	size_t place;

	(void)id;
	if (error == 0 && place_at(live, sequence, &place)) {
		take_out(memfeed, FEED_LIVE, place);
	}
	return error;
}

static const struct feed_ops memfeed_ops = {
	.find = find,
	.next = next,
	.put = put,
	.remove = remove_id,
	.promote = promote,
	.clear = clear,
	.locate = locate,
	.peek = peek,
	.scrap = scrap,
};

/* ---- the whole --------------------------------------------------------------------
 */

void memfeed_init(struct memfeed *memfeed)
{
	memset(memfeed, 0, sizeof(*memfeed));
}

void memfeed_finish(struct memfeed *memfeed)
{
	for (size_t i = 0; i < 2; i++) {
		area_clear(&memfeed->areas[i]);
		free(memfeed->areas[i].rows);
	}
	memfeed_commit(memfeed);
	free(memfeed->undo);
	free_loans(&memfeed->lent);
	free_loans(&memfeed->void_loans);
	memfeed_init(memfeed);
}

void memfeed_feed(
	struct memfeed *memfeed, const struct list_id *list, struct feed *feed)
{
	feed->ops = &memfeed_ops;
	feed->context = memfeed;
	feed->list = *list;
}

static void copy_areas(struct memfeed *to, const struct memfeed *from)
{
	for (size_t a = 0; a < 2; a++) {
		const struct memfeed_area *rows = &from->areas[a];

		make_room(&to->areas[a], rows->count);
		for (size_t i = 0; i < rows->count; i++) {
			rows->rows[i]->holders++;
			to->areas[a].rows[i] = rows->rows[i];
		}
		to->areas[a].count = rows->count;
		to->areas[a].sum = rows->sum;
	}
}

void memfeed_copy(struct memfeed *to, const struct memfeed *from)
{
	memfeed_init(to);
	copy_areas(to, from);
}

void memfeed_restore(struct memfeed *to, const struct memfeed *from)
{
	end_loans(to);
	for (size_t i = 0; i < 2; i++) {
		area_clear(&to->areas[i]);
	}
	copy_areas(to, from);
}

bool memfeed_same(const struct memfeed *a, const struct memfeed *b, enum feed_area area)
{
	return a->areas[area].count == b->areas[area].count &&
	       a->areas[area].sum == b->areas[area].sum;
}

bool memfeed_equal(
	const struct memfeed *a, const struct memfeed *b, enum feed_area area)
{
	const struct memfeed_area *x = &a->areas[area], *y = &b->areas[area];

	if (x->count != y->count) {
		return false;
	}
	for (size_t i = 0; i < x->count; i++) {
		if (x->rows[i] != y->rows[i] &&
			!same_entry(&x->rows[i]->entry, &y->rows[i]->entry)) {
			return false;
		}
	}
	return true;
}

bool memfeed_holds(
	const struct memfeed *memfeed, enum feed_area area, const struct entry *row)
{
	const struct memfeed_area *rows = &memfeed->areas[area];
	size_t place = row->sequence == 0 ? 0 : place_after(rows, row->sequence - 1);

	return place < rows->count && same_entry(&rows->rows[place]->entry, row);
}

bool memfeed_knows(
	const struct memfeed *memfeed, enum feed_area area, const struct entry *row)
{
	const struct memfeed_area *rows = &memfeed->areas[area];
	size_t place;

	return place_at(rows, row->sequence, &place) &&
	       rows->rows[place]->print == entry_print(row);
}

bool memfeed_has_content(
	const struct memfeed *memfeed, enum feed_area area, uint64_t sequence)
{
	const struct memfeed_area *rows = &memfeed->areas[area];
	size_t place;

	return place_at(rows, sequence, &place) &&
	       rows->rows[place]->entry.sealed.size > 0;
}
