/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A relay that lies where a node with a damaged row asks it for the difference: what
 * it answers to RANGES, MARKS and FETCH proves nothing, and changes nothing that KAZ
 * has not signed.  The row comes back all the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/liar.h"

/* ---- the lies -------------------------------------------------------------------- */

/* The answer of this type, which is altered; NULL: another one. */
static void *answer(struct liar_frame *frame, uint16_t type)
{
	if (frame->header.type != type || frame->message == NULL) {
		return NULL;
	}
	frame->altered = true;
	return frame->message;
}

static ProtobufCBinaryData bytes_of(
	struct liar_frame *frame, ProtobufCBinaryData from, size_t room)
{
	uint8_t *data = arena_alloc(frame->arena, from.len + room + 1);

	if (data == NULL) {
		abort();
	}
	memset(data, 'Z', from.len + room);
	memcpy(data, from.data, from.len);
	return (ProtobufCBinaryData){ from.len + room, data };
}

/* ---- RANGES ---- */

static void lie_ranges_equal(struct liar_frame *frame, void **kept)
{
	Cordon__RangesAnswer *ranges = answer(frame, MESSAGE_RANGES_ANSWER);

	(void)kept;
	for (size_t i = 1; ranges != NULL && i < ranges->n_ranges; i++) {
		ranges->ranges[i] = ranges->ranges[0];
	}
}

static void lie_ranges_differ(struct liar_frame *frame, void **kept)
{
	Cordon__RangesAnswer *ranges = answer(frame, MESSAGE_RANGES_ANSWER);

	(void)kept;
	for (size_t i = 0; ranges != NULL && i < ranges->n_ranges; i++) {
		ranges->ranges[i]->count = UINT64_MAX;
		ranges->ranges[i]->digest =
			bytes_of(frame, ranges->ranges[i]->digest, 0);
		memset(ranges->ranges[i]->digest.data, 7,
			ranges->ranges[i]->digest.len);
	}
}

static void lie_ranges_short(struct liar_frame *frame, void **kept)
{
	Cordon__RangesAnswer *ranges = answer(frame, MESSAGE_RANGES_ANSWER);

	(void)kept;
	if (ranges != NULL) {
		ranges->n_ranges = ranges->n_ranges > 0 ? ranges->n_ranges - 1 : 0;
	}
}

/* ---- MARKS ---- */

static void lie_marks_none(struct liar_frame *frame, void **kept)
{
	Cordon__MarksAnswer *marks = answer(frame, MESSAGE_MARKS_ANSWER);

	(void)kept;
	if (marks != NULL) {
		marks->n_marks = 0;
	}
}

static void lie_marks_invented(struct liar_frame *frame, void **kept)
{
	Cordon__MarksAnswer *marks = answer(frame, MESSAGE_MARKS_ANSWER);

	(void)kept;
	for (size_t i = 0; marks != NULL && i < marks->n_marks; i++) {
		marks->marks[i]->id = bytes_of(frame, marks->marks[i]->id, 1);
		marks->marks[i]->mark ^= 1;
	}
}

static void lie_marks_unsorted(struct liar_frame *frame, void **kept)
{
	Cordon__MarksAnswer *marks = answer(frame, MESSAGE_MARKS_ANSWER);

	(void)kept;
	if (marks != NULL && marks->n_marks > 1) {
		Cordon__Mark *first = marks->marks[0];

		marks->marks[0] = marks->marks[marks->n_marks - 1];
		marks->marks[marks->n_marks - 1] = first;
	}
}

/* ---- FETCH ---- */

static void lie_fetch_nothing(struct liar_frame *frame, void **kept)
{
	Cordon__FetchAnswer *fetched = answer(frame, MESSAGE_FETCH_ANSWER);

	(void)kept;
	if (fetched != NULL) {
		fetched->n_entries = 0;
	}
}

static void lie_fetch_altered(struct liar_frame *frame, void **kept)
{
	Cordon__FetchAnswer *fetched = answer(frame, MESSAGE_FETCH_ANSWER);

	(void)kept;
	for (size_t i = 0; fetched != NULL && i < fetched->n_entries; i++) {
		Cordon__Entry *entry = fetched->entries[i];

		entry->sealed = bytes_of(frame, entry->sealed, 0);
		entry->sealed.data[entry->sealed.len - 1] ^= 1;
	}
}

static void lie_fetch_withdrawn(struct liar_frame *frame, void **kept)
{
	static uint8_t nothing[] = { 0x0a, 0x00 };
	Cordon__FetchAnswer *fetched = answer(frame, MESSAGE_FETCH_ANSWER);

	(void)kept;
	for (size_t i = 0; fetched != NULL && i < fetched->n_entries; i++) {
		fetched->entries[i]->state = 2;
		fetched->entries[i]->ends_at_s = 0;
		fetched->entries[i]->sealed =
			(ProtobufCBinaryData){ sizeof(nothing), nothing };
	}
}

static void lie_fetch_another(struct liar_frame *frame, void **kept)
{
	Cordon__FetchAnswer *fetched = answer(frame, MESSAGE_FETCH_ANSWER);

	(void)kept;
	for (size_t i = 0; fetched != NULL && i < fetched->n_entries; i++) {
		fetched->entries[i]->id = bytes_of(frame, fetched->entries[i]->id, 1);
		fetched->entries[i]->sequence += 1000;
	}
}

static void lie_fetch_head(struct liar_frame *frame, void **kept)
{
	Cordon__FetchAnswer *fetched = answer(frame, MESSAGE_FETCH_ANSWER);

	(void)kept;
	if (fetched != NULL && fetched->head != NULL) {
		fetched->head->content = bytes_of(frame, fetched->head->content, 0);
		fetched->head->content.data[fetched->head->content.len / 2] ^= 4;
	}
}

static const struct lie {
	const char *name;
	liar_fn *fn;
} lies[] = {
	{ "ranges that are all alike", lie_ranges_equal },
	{ "ranges that all differ", lie_ranges_differ },
	{ "too few ranges", lie_ranges_short },
	{ "no marks", lie_marks_none },
	{ "marks of ids that there are not", lie_marks_invented },
	{ "marks out of order", lie_marks_unsorted },
	{ "nothing fetched", lie_fetch_nothing },
	{ "altered entries", lie_fetch_altered },
	{ "live bans as withdrawn", lie_fetch_withdrawn },
	{ "entries of other ids", lie_fetch_another },
	{ "a forged head", lie_fetch_head },
};

#define LIES (sizeof(lies) / sizeof(lies[0]))

/* ---- a union with a liar --------------------------------------------------------- */

#define BANS "KAZ/entry_ban"

static struct testunion *all;
static struct union_node *kaz, *rus;
static struct liar *liar;

static void id_of(size_t lie, char text[32], char letter)
{
	snprintf(text, 32, "KAZ-MAR%c-%02zu", letter, lie);
}

static void number_of(size_t lie, char text[16])
{
	snprintf(text, 16, "AM%05zu", lie);
}

/* RUS takes KAZ's list from BLR alone, which is the liar; a row for each lie. */
static int setup(void **state)
{
	struct union_node *blr;

	(void)state;
	all = union_create();
	kaz = union_add(all, "KAZ", "node-1");
	blr = union_add(all, "BLR", "node-1");
	rus = union_add(all, "RUS", "node-1");
	kaz->peers = "RUS/node-1";
	rus->peers = "BLR/node-1";
	rus->follows = true;
	union_start(kaz);
	union_put_many(kaz, "K", 40, 'K');
	for (size_t i = 0; i < LIES; i++) {
		char id[32], number[16];

		id_of(i, id, 'K');
		number_of(i, number);
		union_put(kaz, id, number);
	}
	liar = liar_create(blr, kaz);
	liar_open(liar, true);
	union_start(rus);
	union_await_verdict(rus, "AK00039", CORDON_VERDICT_MATCH);
	union_until(all, "RUS has what KAZ has",
		union_list(rus, BANS).sequence == union_list(kaz, BANS).sequence);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	liar_destroy(liar);
	union_destroy(all);
	return 0;
}

/* Of the row only the id's last letters differ: where it is, only a comparison tells.
 */
static void damage(size_t lie)
{
	char id[32], to[32];

	id_of(lie, id, 'K');
	id_of(lie, to, 'Q');
	union_stop(rus);
	assert_true(union_data_alter(rus, id, to) > 0);
	union_start(rus);
}

static void scrub(void)
{
	struct union_output output;

	union_ctl(rus, UNION_ADMIN, NULL, &output, "scrub", "--now", NULL);
	union_output_finish(&output); /* the repair may have failed: it is lied to */
}

/* Nothing is answered from but what KAZ signed, or the one row less. */
static void check_answers(void)
{
	struct union_list held = union_list(rus, BANS);

	assert_int_equal(held.sequence, union_list(kaz, BANS).sequence);
	assert_int_equal(union_verdict(rus, "AK00000"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AK00039"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "ZZ99999"), CORDON_VERDICT_CLEAR);
}

static void a_lie_repairs_nothing(void **state)
{
	const struct lie *lie = *state;
	size_t place = (size_t)(lie - lies);
	char number[16];

	number_of(place, number);
	liar_set(liar, NULL);
	damage(place);
	liar_set(liar, lie->fn);
	scrub();
	union_until(all, lie->name, liar_told(liar) > 0);
	check_answers();
	/* read whole in the end, or told the truth */
	liar_set(liar, NULL);
	scrub();
	union_await_verdict(rus, number, CORDON_VERDICT_MATCH);
	check_answers();
	union_until(
		all, "nothing is wrong any more", union_list(rus, BANS).verified == 1);
	union_verify(rus);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[LIES];

	if (argc > 1) {
		cmocka_set_test_filter(argv[1]);
	}
	for (size_t i = 0; i < LIES; i++) {
		tests[i] = (struct CMUnitTest){ .name = lies[i].name,
			.test_func = a_lie_repairs_nothing,
			.initial_state = (void *)&lies[i] };
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
