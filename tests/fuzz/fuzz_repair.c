/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#include "daemon/core/repl/own.h"
#include "daemon/core/repl/repair.h"
#include "daemon/core/repl/rows.h"
#include "tests/lib/memfeed.h"

#define ROWS 24
#define TURNS_MAX (8 * REPAIR_ROUNDS_MAX)
#define TOLD_MAX 64 /* of one answer */

/* An own copy, and a peer whose answers are the input. */
struct game {
	struct list_copy copy;
	struct memfeed rows;
	struct feed feed;
	struct head heads[3]; /* the own one, the peer's, and a later one */
	struct reader r;
	char ids[TOLD_MAX][16];
	struct entry entries[TOLD_MAX];
};

static struct repair repair;

static void put(struct own_change *change, unsigned number)
{
	char id[16];
	struct entry row = {
		.version = 1, .state = ENTRY_LIVE, .ends_at_s = 3000000000
	};

	snprintf(id, sizeof(id), "KAZ-%02u", number);
	row.id = (struct bytes){ (const uint8_t *)id, strlen(id) };
	row.sealed = (struct bytes){ (const uint8_t *)"sealed", 6 };
	FUZZ_CHECK(own_put(change, &row) == 0);
}

static void begin(struct game *g)
{
	static const struct list_id list = { .owner = { "KAZ" }, .kind = 1 };
	static const struct state blr = { "BLR" };
	struct own_change change;
	struct head *next;

	memset(g, 0, sizeof(*g));
	memfeed_feed(&g->rows, &list, &g->feed);
	own_create(&g->copy, &list, (struct epoch){ 5, 55 });
	own_begin(&change, &g->copy, &g->feed);
	own_share(&change, &blr, 1);
	for (unsigned i = 0; i < ROWS; i++) {
		put(&change, i);
	}
	FUZZ_CHECK(own_publish(&change, 1700000000, &next) == 0);
	own_signed(&change);
	for (size_t i = 0; i < 3; i++) {
		g->heads[i] = g->copy.head;
		g->heads[i].sequence += 4 * i;
		g->heads[i].hash[0] = (uint8_t)i;
		g->heads[i].digest[0] ^= (uint8_t)i;
	}
}

/* Ids like the own ones, and others. */
static struct bytes any_id(struct game *g, size_t place)
{
	unsigned number = reader_u8(&g->r);

	snprintf(g->ids[place], sizeof(g->ids[place]), "%s-%02u",
		number > 250 ? "RUS" : "KAZ", number % 40);
	return (struct bytes){ (const uint8_t *)g->ids[place], strlen(g->ids[place]) };
}

static size_t any_count(struct game *g)
{
	return reader_u8(&g->r) % TOLD_MAX;
}

static const struct head *any_head(struct game *g)
{
	return &g->heads[reader_u8(&g->r) % 3];
}

static size_t any_entries(struct game *g)
{
	size_t count = any_count(g);

	for (size_t i = 0; i < count; i++) {
		uint8_t what = reader_u8(&g->r);

		g->entries[i] = (struct entry){
			.sequence = reader_u8(&g->r),
			.id = any_id(g, i),
			.version = reader_u8(&g->r),
			.state = what % 3 == 0 ? ENTRY_WITHDRAWN : ENTRY_LIVE,
			.ends_at_s = what % 3 == 0 ? 0 : 3000000000,
			.sealed = { (const uint8_t *)"sealed", what % 5 == 0 ? 0 : 6 },
		};
	}
	return count;
}

/* ---- what the repair asks for ------------------------------------------------------
 */

static void read_rows(struct game *g)
{
	uint64_t after = repair.read_after;
	struct entry row;
	bool found = true;

	while (found) {
		FUZZ_CHECK(g->feed.ops->next(g->feed.context, FEED_LIVE, after, &row,
				   &found) == 0);
		if (found) {
			after = row.sequence;
			FUZZ_CHECK(repair_row(&repair, &row) == 0);
		}
	}
	repair_read_end(&repair);
}

static void tell_ranges(struct game *g)
{
	static struct repair_told told[REPAIR_BOUNDS_MAX + 4];
	static uint8_t digests[TOLD_MAX][HASH_BYTES];
	size_t count = repair.bounds_count + 1;

	if (reader_u8(&g->r) % 16 == 0) {
		count = any_count(g);
	}
	for (size_t i = 0; i < count; i++) {
		reader_copy(&g->r, digests[i % TOLD_MAX], 1);
		told[i] =
			(struct repair_told){ reader_u8(&g->r), digests[i % TOLD_MAX] };
	}
	repair_ranges(&repair, any_head(g), told, count, 36 * count);
}

static void tell_marks(struct game *g)
{
	static struct repair_mark marks[TOLD_MAX];
	size_t count = any_count(g);

	for (size_t i = 0; i < count; i++) {
		struct bytes id = any_id(g, i);

		marks[i].id.size = (uint8_t)id.size;
		memcpy(marks[i].id.text, id.data, id.size);
		marks[i].mark = reader_u64(&g->r);
	}
	repair_marks(&repair, any_head(g), marks, count, 16 * count);
}

static void tell_pulled(struct game *g)
{
	struct chunk chunk = { .head = any_head(g), .after = repair.after };

	if (reader_u8(&g->r) % 8 == 0) {
		chunk.after = reader_u8(&g->r);
	}
	chunk.entries_count = any_entries(g);
	chunk.entries = g->entries;
	chunk.up_to =
		reader_u8(&g->r) % 4 == 0 ? reader_u8(&g->r) : chunk.head->sequence;
	repair_pulled(&repair, &chunk, 100 * chunk.entries_count);
}

/* Only what is then exactly what a head says is kept. */
static void apply(struct game *g)
{
	const struct apply_context context = {
		.member = { "BLR" }, .now_s = 1700000000, .trusted = true
	};
	struct list_copy after = g->copy;
	enum apply_result result;
	bool equal = false;
	int error = 0;

	memfeed_begin(&g->rows);
	result = apply_patch(&after, &g->feed, &repair.patch, &context, &error);
	FUZZ_CHECK(error == 0 && result != APPLY_ERROR);
	if (result == APPLY_VERIFIED) {
		memfeed_commit(&g->rows);
		g->copy = after;
		FUZZ_CHECK(rows_recount(&after, &g->feed) == 0 &&
			   rows_match(&after.digest, after.live_count, &after.head,
				   &equal) == 0);
		FUZZ_CHECK(equal);
	} else {
		memfeed_abort(&g->rows);
	}
	repair_applied(&repair, result);
}

static void turn(struct game *g)
{
	size_t count;

	switch (repair.step) {
	case REPAIR_READ:
		read_rows(g);
		break;
	case REPAIR_ASK_RANGES:
		FUZZ_CHECK(repair.bounds_count <= REPAIR_BOUNDS_MAX);
		tell_ranges(g);
		break;
	case REPAIR_ASK_MARKS:
		tell_marks(g);
		break;
	case REPAIR_ASK_FETCH:
		FUZZ_CHECK(
			repair.ids_count > 0 && repair.ids_count <= REPAIR_FETCH_MAX);
		count = any_entries(g);
		repair_fetched(&repair, any_head(g), g->entries, count, 100 * count);
		break;
	case REPAIR_ASK_PULL:
		tell_pulled(g);
		break;
	case REPAIR_APPLY:
		apply(g);
		break;
	case REPAIR_DONE:
	case REPAIR_FAILED:
		break;
	}
}

/* Whatever a peer answers, a repair comes to an end, and nothing is in the rows then
 * that no head covers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct game g;
	struct memfeed before;
	bool stands, equal = false;
	unsigned turns = 0;

	begin(&g);
	memfeed_init(&before);
	memfeed_copy(&before, &g.rows);
	reader_init(&g.r, data, size);
	stands = reader_u8(&g.r) % 2 == 1;
	FUZZ_CHECK(repair_begin(
			   &repair, &g.copy, &g.heads[stands ? 0 : 1], stands, 0) == 0);
	for (unsigned i = reader_u8(&g.r) % 4; i > 0; i--) {
		repair_suspect(&repair, any_id(&g, 0), reader_u8(&g.r));
	}
	repair_start(&repair);
	while (repair.step != REPAIR_DONE && repair.step != REPAIR_FAILED) {
		FUZZ_CHECK(++turns < TURNS_MAX);
		turn(&g);
	}
	FUZZ_CHECK(repair.step != REPAIR_FAILED || repair.why != NULL);
	FUZZ_CHECK(rows_match(&g.copy.digest, g.copy.live_count, &g.copy.head,
			   &equal) == 0 &&
		   equal);
	FUZZ_CHECK(repair.step == REPAIR_DONE ||
		   memfeed_equal(&before, &g.rows, FEED_LIVE));
	memfeed_finish(&before);
	memfeed_finish(&g.rows);
	return 0;
}
