/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/carrier.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 400

/* What one answer needs; rows' bytes last until the end. */
struct answers {
	struct memfeed kept[REPAIR_ROUNDS_MAX + 1];
	size_t count;
};

static void *take(size_t size)
{
	void *p = calloc(1, size + 1);

	if (p == NULL) {
		abort();
	}
	return p;
}

static struct bytes bytes_of(const struct repair_id *id)
{
	return (struct bytes){ (const uint8_t *)id->text, id->size };
}

/* As a server does it: a simple search, for tests. */
static size_t range_of(const struct repair *repair, struct bytes id)
{
	size_t i = 0;

	while (i < repair->bounds_count &&
		repair_id_order(bytes_of(&repair->bounds[i]), id) <= 0) {
		i++;
	}
	return i;
}

static const struct memfeed_area *live_of(const struct owner *peer)
{
	return &peer->rows.areas[FEED_LIVE];
}

static size_t question_bytes(const struct repair *repair)
{
	size_t bytes = 0;

	for (size_t i = 0; i < repair->bounds_count; i++) {
		bytes += repair->bounds[i].size + 2u;
	}
	return bytes;
}

static void answer_ranges(struct carrier *carrier, struct repair *repair)
{
	const struct memfeed_area *live = live_of(carrier->peer);
	size_t count = repair->bounds_count + 1, bytes = HEAD_BYTES;
	struct digest *digests = take(count * sizeof(*digests));
	struct repair_told *told = take(count * sizeof(*told));
	uint8_t *hashes = take(count * HASH_BYTES);

	for (size_t i = 0; i < live->count; i++) {
		const struct entry *row = &live->rows[i]->entry;
		size_t range = range_of(repair, row->id);
		struct digest element;

		if (repair->ranges[range].asked && row->sequence <= repair->up_to) {
			digest_element(&repair->list, row, &element);
			digest_add(&digests[range], &element);
			told[range].count++;
		}
	}
	for (size_t i = 0; i < count; i++) {
		told[i].digest = &hashes[i * HASH_BYTES];
		digest_hash(&digests[i], &hashes[i * HASH_BYTES]);
		bytes += repair->ranges[i].asked ? 40 : 2;
	}
	if (carrier->ranges != NULL) {
		carrier->ranges(told, count);
	}
	carrier->bytes += bytes + question_bytes(repair);
	repair_ranges(repair, &carrier->peer->copy.head, told, count, bytes);
	free(hashes);
	free(told);
	free(digests);
}

static int by_id(const void *a, const void *b)
{
	const struct repair_mark *x = a, *y = b;

	return repair_id_order(bytes_of(&x->id), bytes_of(&y->id));
}

static void answer_marks(struct carrier *carrier, struct repair *repair)
{
	const struct memfeed_area *live = live_of(carrier->peer);
	struct repair_mark *marks = take((live->count + 8) * sizeof(*marks));
	size_t count = 0, bytes = HEAD_BYTES;

	for (size_t i = 0; i < live->count; i++) {
		const struct entry *row = &live->rows[i]->entry;

		if (repair->ranges[range_of(repair, row->id)].asked &&
			row->sequence <= repair->up_to) {
			memcpy(marks[count].id.text, row->id.data, row->id.size);
			marks[count].id.size = (uint8_t)row->id.size;
			repair_mark_of(&repair->list, row, &marks[count++].mark);
			bytes += row->id.size + 13;
		}
	}
	qsort(marks, count, sizeof(*marks), by_id);
	if (carrier->marks != NULL) {
		carrier->marks(marks, &count);
	}
	carrier->bytes += bytes + question_bytes(repair);
	repair_marks(repair, &carrier->peer->copy.head, marks, count, bytes);
	free(marks);
}

static size_t entry_bytes(const struct entry *entry)
{
	return entry->id.size + entry->sealed.size + 24;
}

static void keep_rows(struct answers *answers, struct carrier *carrier)
{
	memfeed_copy(&answers->kept[answers->count++], &carrier->peer->rows);
}

static void answer_fetch(
	struct carrier *carrier, struct repair *repair, struct answers *answers)
{
	const struct memfeed_area *live = live_of(carrier->peer);
	struct entry entries[REPAIR_FETCH_MAX + 8];
	size_t count = 0, bytes = HEAD_BYTES;

	keep_rows(answers, carrier);
	for (size_t i = 0; i < repair->ids_count; i++) {
		for (size_t k = 0; k < live->count; k++) {
			const struct entry *row = &live->rows[k]->entry;

			if (repair_id_order(row->id, bytes_of(&repair->ids[i])) == 0) {
				entries[count++] = *row;
				bytes += entry_bytes(row);
			}
		}
		carrier->bytes += repair->ids[i].size + 2u;
	}
	if (carrier->entries != NULL) {
		carrier->entries(entries, &count);
	}
	carrier->bytes += bytes;
	repair_fetched(repair, &carrier->peer->copy.head, entries, count, bytes);
}

static void answer_pull(
	struct carrier *carrier, struct repair *repair, struct answers *answers)
{
	size_t bytes = HEAD_BYTES;
	struct parcel *parcel = take(sizeof(*parcel));

	keep_rows(answers, carrier);
	parcel_init(parcel, carrier->peer, repair->after, PARCEL_MAX);
	for (size_t i = 0; i < parcel->chunk.entries_count; i++) {
		bytes += entry_bytes(&parcel->entries[i]);
	}
	if (carrier->entries != NULL) {
		carrier->entries(parcel->entries, &parcel->chunk.entries_count);
	}
	carrier->bytes += bytes;
	repair_pulled(repair, &parcel->chunk, bytes);
	parcel_finish(parcel);
	free(parcel);
}

static void read_own(struct carrier *carrier, struct repair *repair)
{
	const struct memfeed_area *live = &carrier->own->rows.areas[FEED_LIVE];

	for (size_t i = 0; i < live->count; i++) {
		if (live->rows[i]->entry.sequence > repair->read_after &&
			repair_row(repair, &live->rows[i]->entry) != 0) {
			abort();
		}
	}
	repair_read_end(repair);
}

static void step(
	struct carrier *carrier, struct repair *repair, struct answers *answers)
{
	switch (repair->step) {
	case REPAIR_READ:
		read_own(carrier, repair);
		return;
	case REPAIR_ASK_RANGES:
		answer_ranges(carrier, repair);
		break;
	case REPAIR_ASK_MARKS:
		answer_marks(carrier, repair);
		break;
	case REPAIR_ASK_FETCH:
		answer_fetch(carrier, repair, answers);
		break;
	case REPAIR_ASK_PULL:
		answer_pull(carrier, repair, answers);
		break;
	case REPAIR_APPLY:
		carrier->applied = receiver_patch(carrier->own, &repair->patch);
		repair_applied(repair, carrier->applied);
		return;
	case REPAIR_DONE:
	case REPAIR_FAILED:
		break;
	}
	carrier->rounds++;
}

enum repair_step carrier_run(struct carrier *carrier, struct repair *repair)
{
	struct answers *answers = take(sizeof(*answers));

	while (repair->step != REPAIR_DONE && repair->step != REPAIR_FAILED) {
		if (carrier->before != NULL) {
			carrier->before(carrier, repair);
		}
		step(carrier, repair, answers);
	}
	for (size_t i = 0; i < answers->count; i++) {
		memfeed_finish(&answers->kept[i]);
	}
	free(answers);
	return repair->step;
}
