/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

/* Repair: entries by id, and digests of ranges of ids. */

struct ids {
	ProtobufCBinaryData data[8];
	size_t count;
};

static struct ids ids_of(const char *a, const char *b, const char *c)
{
	struct ids ids = { .count = 0 };
	const char *all[] = { a, b, c };

	for (size_t i = 0; i < 3; i++) {
		if (all[i] != NULL) {
			ids.data[ids.count++] = message_data(all[i]);
		}
	}
	return ids;
}

static void fetch(struct session *session, const struct head *head, struct ids ids)
{
	Cordon__FetchRequest message = CORDON__FETCH_REQUEST__INIT;

	message.list = list_message(&head->list);
	message.epoch = epoch_message(head->epoch.number, head->epoch.tag);
	message.ids = ids.data;
	message.n_ids = ids.count;
	case_ask(session, MESSAGE_FETCH, handle_fetch, &message.base);
}

static void ranges(struct session *session, const struct head *head, struct ids bounds)
{
	Cordon__RangesRequest message = CORDON__RANGES_REQUEST__INIT;

	message.list = list_message(&head->list);
	message.epoch = epoch_message(head->epoch.number, head->epoch.tag);
	message.bounds = bounds.data;
	message.n_bounds = bounds.count;
	case_ask(session, MESSAGE_RANGES, handle_ranges, &message.base);
}

static void ids_come_as_they_stand(void **state)
{
	struct serve_case *c = *state;
	struct head head =
		case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 KAZ-3 -KAZ-2");
	const Cordon__FetchAnswer *answer;

	fetch(&c->blr, &head, ids_of("KAZ-3", "KAZ-2", "KAZ-7"));
	answer =
		(const Cordon__FetchAnswer *)last_answer(&c->blr, MESSAGE_FETCH_ANSWER);
	assert_int_equal(answer->n_entries, 2); /* KAZ-7 is nowhere */
	assert_memory_equal(answer->entries[0]->id.data, "KAZ-3", 5);
	assert_int_equal(answer->entries[1]->state, ENTRY_WITHDRAWN);
	assert_non_null(answer->head);
}

static void entries_of_another_epoch_are_refused(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");

	head.epoch.tag++;
	fetch(&c->blr, &head, ids_of("KAZ-1", NULL, NULL));
	assert_refused(&c->blr, CORDON_EEPOCH);
	ranges(&c->blr, &head, ids_of(NULL, NULL, NULL));
	assert_refused(&c->blr, CORDON_EEPOCH);
}

static void more_than_a_frame_holds_is_refused(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 KAZ-3");

	c->blr.frame_max = 2 * HEAD_BYTES_MAX + 150;
	fetch(&c->blr, &head, ids_of("KAZ-1", "KAZ-2", "KAZ-3"));
	assert_refused(&c->blr, CORDON_ETOOBIG);
	fetch(&c->blr, &head, ids_of("KAZ-1", NULL, NULL));
	last_answer(&c->blr, MESSAGE_FETCH_ANSWER);
}

static void what_is_no_id_is_refused(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");

	fetch(&c->blr, &head, ids_of("KAZ-1", "kaz 1", NULL));
	assert_refused(&c->blr, CORDON_EPROTO);
	fetch(&c->blr, &head, ids_of("", NULL, NULL));
	assert_refused(&c->blr, CORDON_EPROTO);
}

/* ---- ranges
 * ------------------------------------------------------------------------------ */

static const Cordon__RangesAnswer *ranges_answer(const struct session *session)
{
	return (const Cordon__RangesAnswer *)last_answer(
		session, MESSAGE_RANGES_ANSWER);
}

static void one_range_is_the_whole_list(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 -KAZ-1");
	const Cordon__RangesAnswer *answer;

	ranges(&c->blr, &head, ids_of(NULL, NULL, NULL));
	answer = ranges_answer(&c->blr);
	assert_int_equal(answer->n_ranges, 1);
	assert_int_equal(answer->ranges[0]->count, 2);
	assert_memory_equal(answer->ranges[0]->digest.data, head.digest, HASH_BYTES);
	assert_int_equal(case_held(c), 0);
}

static void a_bound_begins_its_range(void **state)
{
	struct serve_case *c = *state;
	struct head head =
		case_publish(c, &kaz_bans, "BLR", "KAZ-5 KAZ-1 KAZ-3 KAZ-33 KAZ-4");
	const Cordon__RangesAnswer *answer;

	ranges(&c->blr, &head, ids_of("KAZ-3", "KAZ-4", "KAZ-6"));
	answer = ranges_answer(&c->blr);
	assert_int_equal(answer->n_ranges, 4);
	assert_int_equal(answer->ranges[0]->count, 1); /* KAZ-1 */
	assert_int_equal(answer->ranges[1]->count, 2); /* KAZ-3 KAZ-33 */
	assert_int_equal(answer->ranges[2]->count, 2); /* KAZ-4 KAZ-5 */
	assert_int_equal(answer->ranges[3]->count, 0);
}

static void equal_ranges_have_equal_digests(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 KAZ-3");
	uint8_t before[3][HASH_BYTES];
	const Cordon__RangesAnswer *answer;

	ranges(&c->blr, &head, ids_of("KAZ-2", "KAZ-3", NULL));
	answer = ranges_answer(&c->blr);
	for (size_t i = 0; i < 3; i++) {
		memcpy(before[i], answer->ranges[i]->digest.data, HASH_BYTES);
	}
	head = case_publish(c, &kaz_bans, "BLR", "-KAZ-2");
	ranges(&c->blr, &head, ids_of("KAZ-2", "KAZ-3", NULL));
	answer = ranges_answer(&c->blr);
	assert_memory_equal(answer->ranges[0]->digest.data, before[0], HASH_BYTES);
	assert_memory_not_equal(answer->ranges[1]->digest.data, before[1], HASH_BYTES);
	assert_memory_equal(answer->ranges[2]->digest.data, before[2], HASH_BYTES);
}

static void bounds_that_do_not_rise_are_refused(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");

	ranges(&c->blr, &head, ids_of("KAZ-2", "KAZ-1", NULL));
	assert_refused(&c->blr, CORDON_EPROTO);
	ranges(&c->blr, &head, ids_of("KAZ-2", "KAZ-2", NULL));
	assert_refused(&c->blr, CORDON_EPROTO);
	ranges(&c->blr, &head, ids_of("", NULL, NULL));
	assert_refused(&c->blr, CORDON_EPROTO);
}

/* Each look at the clock takes as long as a slice: so there are as many turns as the
 * list is long, the snapshot stays the same, and others have their turn in between. */
static void a_long_list_is_read_in_slices(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish_many(c, &kaz_bans, "BLR", 400);

	case_clock_step(12000);
	ranges(&c->blr, &head, ids_of(NULL, NULL, NULL));
	assert_int_equal(case_held(c), 1);
	assert_int_equal(c->blr.count, 0);
	assert_int_equal(c->service.serve.snapshots, 1);
	case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-500");
	for (int i = 0; i < 50 && case_held(c) > 0; i++) {
		case_changed(c);
	}
	assert_memory_equal(ranges_answer(&c->blr)->ranges[0]->digest.data, head.digest,
		HASH_BYTES);
	assert_int_equal(c->service.serve.snapshots, 0);
}

static void long_reads_are_few(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish_many(c, &kaz_bans, "BLR", 400);

	case_clock_step(12000);
	for (int i = 0; i < 4; i++) {
		ranges(&c->blr, &head, ids_of(NULL, NULL, NULL));
	}
	ranges(&c->blr, &head, ids_of(NULL, NULL, NULL));
	assert_refused(&c->blr, CORDON_EBUSY);
	case_end(&c->blr);
	assert_int_equal(c->service.serve.snapshots, 0);
	case_clock_step(0);
	ranges(&c->blr, &head, ids_of(NULL, NULL, NULL));
	ranges_answer(&c->blr);
}

/* ---- some of them, and marks
 * ---------------------------------------------------------------- */

static void ask_some(struct session *session, const struct head *head, bool marks,
	struct ids bounds, uint64_t up_to, uint32_t *only, size_t only_count)
{
	Cordon__RangesRequest message = CORDON__RANGES_REQUEST__INIT;

	message.list = list_message(&head->list);
	message.epoch = epoch_message(head->epoch.number, head->epoch.tag);
	message.bounds = bounds.data;
	message.n_bounds = bounds.count;
	message.up_to = up_to;
	message.only = only;
	message.n_only = only_count;
	if (marks) {
		case_ask(session, MESSAGE_MARKS, handle_marks, &message.base);
	} else {
		case_ask(session, MESSAGE_RANGES, handle_ranges, &message.base);
	}
}

static const Cordon__MarksAnswer *marks_answer(const struct session *session)
{
	return (const Cordon__MarksAnswer *)last_answer(session, MESSAGE_MARKS_ANSWER);
}

static void some_ranges_have_the_digests_that_all_give_them(void **state)
{
	struct serve_case *c = *state;
	struct head head =
		case_publish(c, &kaz_bans, "BLR", "KAZ-5 KAZ-1 KAZ-3 KAZ-33 KAZ-4");
	struct ids bounds = ids_of("KAZ-3", "KAZ-4", "KAZ-6");
	uint8_t digests[4][HASH_BYTES];

	ranges(&c->blr, &head, bounds);
	for (size_t i = 0; i < 4; i++) {
		memcpy(digests[i], ranges_answer(&c->blr)->ranges[i]->digest.data,
			HASH_BYTES);
	}
	for (uint32_t mask = 1; mask < 16; mask++) {
		const Cordon__RangesAnswer *answer;
		uint32_t only[4];
		size_t count = 0;

		for (uint32_t i = 0; i < 4; i++) {
			if (mask & 1u << i) {
				only[count++] = i;
			}
		}
		ask_some(&c->blr, &head, false, bounds, 0, only, count);
		answer = ranges_answer(&c->blr);
		assert_int_equal(answer->n_ranges, 4);
		for (size_t i = 0; i < 4; i++) {
			if (mask & 1u << i) {
				assert_memory_equal(answer->ranges[i]->digest.data,
					digests[i], HASH_BYTES);
			} else {
				assert_int_equal(answer->ranges[i]->digest.len, 0);
				assert_int_equal(answer->ranges[i]->count, 0);
			}
		}
	}
}

static void what_came_after_up_to_is_left_out(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 KAZ-3");
	uint64_t up_to = head.sequence;
	uint32_t all = 0;

	head = case_publish(c, &kaz_bans, "BLR", "KAZ-4 -KAZ-2");
	ask_some(&c->blr, &head, false, ids_of(NULL, NULL, NULL), up_to, NULL, 0);
	assert_int_equal(ranges_answer(&c->blr)->ranges[0]->count, 2);
	ask_some(&c->blr, &head, false, ids_of(NULL, NULL, NULL), up_to, &all, 1);
	assert_int_equal(ranges_answer(&c->blr)->ranges[0]->count, 2);
	ask_some(&c->blr, &head, true, ids_of(NULL, NULL, NULL), up_to, NULL, 0);
	assert_int_equal(marks_answer(&c->blr)->n_marks, 2);
	ask_some(&c->blr, &head, true, ids_of(NULL, NULL, NULL), 0, NULL, 0);
	assert_int_equal(marks_answer(&c->blr)->n_marks, 4);
}

static void marks_come_by_id_and_change_with_the_entry(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-3 KAZ-1 KAZ-2");
	const Cordon__MarksAnswer *answer;
	uint64_t before[2];
	uint32_t last = 1;

	ask_some(&c->blr, &head, true, ids_of("KAZ-2", NULL, NULL), 0, &last, 1);
	answer = marks_answer(&c->blr);
	assert_int_equal(answer->n_marks, 2);
	assert_memory_equal(answer->marks[0]->id.data, "KAZ-2", 5);
	assert_memory_equal(answer->marks[1]->id.data, "KAZ-3", 5);
	before[0] = answer->marks[0]->mark;
	before[1] = answer->marks[1]->mark;
	head = case_publish(c, &kaz_bans, "BLR", "-KAZ-3");
	ask_some(&c->blr, &head, true, ids_of("KAZ-2", NULL, NULL), 0, &last, 1);
	answer = marks_answer(&c->blr);
	assert_int_equal(answer->marks[0]->mark, before[0]);
	assert_int_not_equal(answer->marks[1]->mark, before[1]);
}

static void ranges_that_are_none_are_refused(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	uint32_t beyond = 2, twice[] = { 1, 1 };

	ask_some(&c->blr, &head, false, ids_of("KAZ-2", NULL, NULL), 0, &beyond, 1);
	assert_refused(&c->blr, CORDON_EPROTO);
	ask_some(&c->blr, &head, true, ids_of("KAZ-2", NULL, NULL), 0, twice, 2);
	assert_refused(&c->blr, CORDON_EPROTO);
}

static void marks_of_too_many_entries_are_refused(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish_many(c, &kaz_bans, "BLR", 4100);

	ask_some(&c->blr, &head, true, ids_of(NULL, NULL, NULL), 0, NULL, 0);
	assert_refused(&c->blr, CORDON_ETOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(ids_come_as_they_stand),
		CASE(entries_of_another_epoch_are_refused),
		CASE(more_than_a_frame_holds_is_refused),
		CASE(what_is_no_id_is_refused),
		CASE(one_range_is_the_whole_list),
		CASE(a_bound_begins_its_range),
		CASE(equal_ranges_have_equal_digests),
		CASE(bounds_that_do_not_rise_are_refused),
		CASE(a_long_list_is_read_in_slices),
		CASE(long_reads_are_few),
		CASE(some_ranges_have_the_digests_that_all_give_them),
		CASE(what_came_after_up_to_is_left_out),
		CASE(marks_come_by_id_and_change_with_the_entry),
		CASE(ranges_that_are_none_are_refused),
		CASE(marks_of_too_many_entries_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
