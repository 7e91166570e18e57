/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/core/audit_case.h"

static int set_up(void **state)
{
	struct audit_case *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	audit_case_init(c);
	audit_case_fill(c, false);
	*state = c;
	return 0;
}

static int tear_down(void **state)
{
	audit_case_finish(*state);
	free(*state);
	return 0;
}

static void assert_fault(const struct audit_case *c, enum audit_fault_kind kind,
	uint64_t segment, uint64_t frame)
{
	struct audit_fault fault;

	assert_int_equal(audit_case_verify(c, &fault), CORDON_ECORRUPT);
	if (fault.kind != kind || fault.frame != frame || fault.segment != segment) {
		fail_msg("%s at %u/%u: %s", audit_fault_text(fault.kind),
			(unsigned)fault.segment, (unsigned)fault.frame,
			fault.text.text);
	}
}

static void a_log_as_it_was_written_is_good(void **state)
{
	struct audit_case *c = *state;
	struct audit_walk walk = { .key = c->key, .now_us = c->now_us };
	struct audit_fault fault;

	assert_int_equal(audit_case_verify(c, &fault), 0);
	assert_int_equal(audit_case_walk(c, &walk, &fault), 0);
	assert_int_equal(walk.end.entries, 21);
	assert_int_equal(walk.signed_frame, walk.end.number);
	assert_int_equal(walk.end.number, 11);
}

static void zeros_may_stand_behind_an_open_end(void **state)
{
	struct audit_case *c = *state;
	struct audit_fault fault;

	c->size[2] += 1000;
	assert_int_equal(audit_case_verify(c, &fault), 0);
	c->data[2][c->size[2] - 1] = 1;
	assert_fault(c, AUDIT_ALTERED, 2, 12);
}

/* All of them: each frame's number is where the fault is told. */
static void every_edit_of_a_byte_is_found_at_its_frame(void **state)
{
	struct audit_case *c = *state;

	for (uint64_t segment = 1; segment <= 2; segment++) {
		for (unsigned n = 0; n < audit_case_frames(c, segment); n++) {
			struct audit_frame frame = audit_case_frame(c, segment, n);
			size_t from = (size_t)(frame.whole.data - c->data[segment]);

			for (size_t i = 0; i < frame.whole.size; i++) {
				uint8_t *byte = &c->data[segment][from + i];
				struct audit_fault fault;

				*byte ^= (uint8_t)(1u << i % 8);
				assert_int_equal(
					audit_case_verify(c, &fault), CORDON_ECORRUPT);
				assert_int_equal(fault.segment, segment);
				assert_int_equal(fault.frame, frame.number);
				assert_int_equal(fault.offset, from);
				*byte ^= (uint8_t)(1u << i % 8);
			}
		}
	}
}

static void an_edited_entry_is_named(void **state)
{
	struct audit_case *c = *state;
	struct audit_frame frame = audit_case_frame(c, 1, 2); /* entries 4, 5, 6 */
	struct audit_entry entry;
	struct audit_fault fault;
	uint32_t secret;
	size_t size;

	assert_true(
		audit_entry_read(frame.parts[AUDIT_ACT].plain, &entry, &size, &secret));
	((uint8_t *)(uintptr_t)frame.parts[AUDIT_ACT].plain.data)[size + 10] ^= 1;
	assert_int_equal(audit_case_verify(c, &fault), CORDON_ECORRUPT);
	assert_int_equal(fault.entry, 6);
}

static void swapped_entries_are_named(void **state)
{
	struct audit_case *c = *state;
	struct audit_frame frame = audit_case_frame(c, 1, 1); /* entries 0, 1, 2; 3 */
	uint8_t *plain = (uint8_t *)(uintptr_t)frame.parts[AUDIT_EMPTY].plain.data;
	uint8_t kept[512];
	struct audit_entry entry;
	struct audit_fault fault;
	uint32_t secret;
	size_t size, other;

	assert_true(audit_entry_read(
		frame.parts[AUDIT_EMPTY].plain, &entry, &size, &secret));
	plain += size;
	assert_true(audit_entry_read(
		(struct bytes){ plain, 2 * size + 64 }, &entry, &other, &secret));
	memcpy(kept, plain, other);
	memmove(plain, plain + other, other);
	memcpy(plain + other, kept, other);
	assert_int_equal(audit_case_verify(c, &fault), CORDON_ECORRUPT);
	assert_int_equal(fault.frame, 2);
	assert_int_equal(fault.entry, 1);
}

static void a_removed_group_is_missed_where_it_was(void **state)
{
	struct audit_case *c = *state;
	struct audit_frame frame = audit_case_frame(c, 1, 2);

	audit_case_cut(c, 1, (size_t)(frame.whole.data - c->data[1]), frame.whole.size);
	assert_fault(c, AUDIT_REMOVED, 1, 3);
}

static void swapped_groups_are_missed_where_the_first_was(void **state)
{
	struct audit_case *c = *state;
	struct audit_frame one = audit_case_frame(c, 1, 1);
	struct audit_frame two = audit_case_frame(c, 1, 2);
	uint8_t kept[16384];

	memcpy(kept, one.whole.data, one.whole.size);
	memmove((uint8_t *)(uintptr_t)one.whole.data, two.whole.data, two.whole.size);
	memcpy((uint8_t *)(uintptr_t)one.whole.data + two.whole.size, kept,
		one.whole.size);
	assert_fault(c, AUDIT_REMOVED, 1, 2);
}

/* At every byte: at a frame's end the last segment is missed by the newest checkpoint
 * alone. */
static void every_truncation_is_found(void **state)
{
	struct audit_case *c = *state;

	for (uint64_t segment = 1; segment <= 2; segment++) {
		size_t whole = c->size[segment];

		for (size_t size = 0; size < whole; size++) {
			struct audit_fault fault;

			c->size[segment] = size;
			assert_int_equal(audit_case_verify(c, &fault), CORDON_ECORRUPT);
			if (size > 0) {
				assert_int_equal(fault.segment, segment);
				assert_int_equal(fault.kind, AUDIT_TRUNCATED);
			}
		}
		c->size[segment] = whole;
	}
}

static void a_missing_segment_is_found(void **state)
{
	struct audit_case *c = *state;
	struct audit_fault fault;

	audit_case_segment(c);
	audit_case_group(c, 1, 0, 0);
	audit_case_checkpoint(c, AUDIT_END);
	c->size[2] = 0;
	assert_fault(c, AUDIT_REMOVED, 2, 8);
	c->size[1] = 0; /* and the oldest */
	assert_int_equal(audit_case_verify(c, &fault), CORDON_ECORRUPT);
	assert_int_equal(fault.kind, AUDIT_REMOVED);
	assert_int_equal(fault.segment, 1);
}

static void what_was_dropped_in_time_is_not_missed(void **state)
{
	struct audit_case *c = *state;
	struct audit_fault fault;

	c->end.oldest = 2;
	audit_case_segment(c);
	audit_case_checkpoint(c, AUDIT_END);
	c->size[1] = 0;
	assert_int_equal(audit_case_verify(c, &fault), 0);
}

static void empty_lookups_go_after_their_time_and_the_chain_holds(void **state)
{
	struct audit_case *c = *state;
	size_t before = c->size[1];
	struct audit_fault fault;

	c->size[1] = audit_drop(c->data[1], c->size[1], AUDIT_EMPTY, c->now_us);
	assert_true(c->size[1] < before);
	assert_fault(c, AUDIT_EARLY, 1, 2);
	c->now_us += 91 * CASE_DAY_US;
	assert_int_equal(audit_case_verify(c, &fault), 0);
	assert_int_equal(audit_case_frame(c, 1, 1).parts[AUDIT_FOUND].entries, 1);
	assert_int_equal(
		audit_drop(c->data[1], c->size[1], AUDIT_EMPTY, c->now_us), c->size[1]);
}

static void other_classes_are_never_dropped(void **state)
{
	struct audit_case *c = *state;

	c->size[1] = audit_drop(c->data[1], c->size[1], AUDIT_ACT, c->now_us);
	c->now_us += 9999 * CASE_DAY_US;
	assert_fault(c, AUDIT_EARLY, 1, 3);
}

/* Who has no key can hash anew, and is found by the next checkpoint. */
static void hashing_anew_does_not_help(void **state)
{
	struct audit_case *c = *state;
	struct audit_case forged;
	struct audit_fault fault;

	audit_case_init(&forged);
	audit_case_segment(&forged);
	audit_case_group(&forged, 2, 1, 0); /* one entry fewer */
	audit_case_group(&forged, 1, 0, 2);
	audit_case_checkpoint(&forged, AUDIT_INTERVAL); /* by another key */
	memcpy(c->data[1], forged.data[1], forged.size[1]);
	c->size[1] = forged.size[1];
	assert_int_equal(audit_case_verify(c, &fault), CORDON_ECORRUPT);
	assert_int_equal(fault.kind, AUDIT_FORGED);
	assert_int_equal(fault.frame, 4);
	assert_int_equal(fault.from, 0);
	audit_case_finish(&forged);
}

static void an_older_log_put_back_is_found(void **state)
{
	struct audit_case *c = *state, older;
	struct audit_fault fault;

	audit_case_init(&older);
	EVP_PKEY_free(older.pkey);
	head_key_destroy(older.key);
	older.pkey = c->pkey;
	older.key = c->key;
	audit_case_fill(&older, true);
	older.newest_size = 0; /* of itself it is good */
	assert_int_equal(audit_case_verify(&older, &fault), 0);
	audit_case_group(c, 1, 1, 1);
	older.end.number = 0;
	memcpy(older.newest, c->newest, c->newest_size);
	older.newest_size = c->newest_size; /* but not the newest's */
	assert_int_equal(audit_case_verify(&older, &fault), CORDON_ECORRUPT);
	older.pkey = NULL;
	older.key = NULL;
	audit_case_finish(&older);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_log_as_it_was_written_is_good),
		TEST(zeros_may_stand_behind_an_open_end),
		TEST(every_edit_of_a_byte_is_found_at_its_frame),
		TEST(an_edited_entry_is_named),
		TEST(swapped_entries_are_named),
		TEST(a_removed_group_is_missed_where_it_was),
		TEST(swapped_groups_are_missed_where_the_first_was),
		TEST(every_truncation_is_found),
		TEST(a_missing_segment_is_found),
		TEST(what_was_dropped_in_time_is_not_missed),
		TEST(empty_lookups_go_after_their_time_and_the_chain_holds),
		TEST(other_classes_are_never_dropped),
		TEST(hashing_anew_does_not_help),
		TEST(an_older_log_put_back_is_found),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
