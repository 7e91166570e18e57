/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/rows.h"
#include "tests/unit/core/repl.h"

/* The digest and count that are kept are those of the rows. */
static void assert_counted(struct owner *owner)
{
	struct list_copy anew = owner->copy;

	assert_int_equal(rows_recount(&anew, &owner->feed), 0);
	assert_memory_equal(&anew.digest, &owner->copy.digest, sizeof(anew.digest));
	assert_int_equal(anew.live_count, owner->copy.live_count);
	assert_int_equal(owner->copy.head.live_count, anew.live_count);
}

static void the_first_head_has_sequence_one_and_no_predecessor(void **state)
{
	const struct head *head = &((struct pair *)*state)->owner.copy.head;

	assert_int_equal(head->epoch.number, 5);
	assert_int_equal(head->live_count, 0);
	assert_false(head->has_previous);
	assert_int_equal(head->shared_with_count, 2);
	/* one for the first publication, one for the sharing */
	assert_int_equal(head->sequence, 2);
}

static void one_transaction_is_one_link_of_the_chain(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct head before = owner->copy.head;

	owner_add(owner, 1, 3);
	assert_int_equal(owner->copy.head.sequence, before.sequence + 3);
	assert_int_equal(owner->copy.head.live_count, 3);
	assert_true(owner->copy.head.has_previous);
	assert_memory_equal(owner->copy.head.previous, before.hash, HASH_BYTES);
	assert_counted(owner);
}

static void a_repeat_is_the_same_head_at_a_later_time(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct head before, *next;

	owner_add(owner, 1, 1);
	before = owner->copy.head;
	owner_begin(owner);
	owner_publish(owner);
	assert_int_equal(owner->copy.head.time_s, before.time_s + 1);
	assert_int_equal(owner->copy.head.sequence, before.sequence);
	assert_memory_equal(owner->copy.head.hash, before.hash, HASH_BYTES);
	assert_memory_equal(owner->copy.head.previous, before.previous, HASH_BYTES);

	owner_begin(owner); /* the clock went back */
	assert_int_equal(own_publish(&owner->change, 5, &next), 0);
	assert_int_equal(next->time_s, before.time_s + 1);
}

static void a_link_after_repeats_names_the_last_link(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	uint8_t last[HASH_BYTES];

	owner_add(owner, 1, 1);
	memcpy(last, owner->copy.head.hash, HASH_BYTES);
	owner_begin(owner);
	owner_publish(owner);
	owner_add(owner, 2, 1);
	assert_memory_equal(owner->copy.head.previous, last, HASH_BYTES);
}

static void a_changed_record_moves_to_its_new_sequence(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	const struct memfeed_area *live = &owner->rows.areas[FEED_LIVE];

	owner_add(owner, 1, 2);
	owner_change(owner, "KAZ-1", "second");
	assert_int_equal(live->count, 2);
	assert_int_equal(live->rows[1]->entry.sequence, owner->copy.head.sequence);
	assert_memory_equal(live->rows[1]->entry.id.data, "KAZ-1", 5);
	assert_counted(owner);
}

static void a_withdrawn_record_leaves_a_tombstone_that_is_not_live(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;

	owner_add(owner, 1, 2);
	owner_drop(owner, "KAZ-1");
	assert_int_equal(owner->rows.areas[FEED_LIVE].count, 2);
	assert_int_equal(owner->copy.head.live_count, 1);
	assert_counted(owner);
	owner_change(owner, "KAZ-1", "back again");
	assert_int_equal(owner->copy.head.live_count, 2);
	assert_counted(owner);
}

static void sharing_takes_a_sequence_of_its_own(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct head before = owner->copy.head;

	owner_begin(owner);
	owner_share(owner, "BLR RUS"); /* as it is */
	owner_publish(owner);
	assert_int_equal(owner->copy.head.sequence, before.sequence);
	owner_begin(owner);
	owner_share(owner, "RUS");
	owner_publish(owner);
	assert_int_equal(owner->copy.head.sequence, before.sequence + 1);
	assert_int_equal(owner->copy.head.shared_with_count, 1);
	owner_begin(owner);
	owner_share(owner, "");
	owner_publish(owner);
	assert_int_equal(owner->copy.head.sequence, before.sequence + 2);
	assert_int_equal(owner->copy.head.shared_with_count, 0);
}

static void the_floor_purges_tombstones_and_takes_a_sequence(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	uint64_t first, last;

	owner_add(owner, 1, 3);
	owner_drop(owner, "KAZ-1");
	first = owner->copy.head.sequence;
	owner_drop(owner, "KAZ-2");
	last = owner->copy.head.sequence;
	owner_begin(owner);
	owner_floor(owner, first);
	owner_publish(owner);
	assert_int_equal(owner->copy.head.floor, first);
	assert_int_equal(owner->copy.head.sequence, last + 1);
	assert_int_equal(owner->rows.areas[FEED_LIVE].count, 2); /* KAZ-2, KAZ-3 */
	assert_counted(owner);
}

static void a_floor_that_is_no_higher_changes_nothing(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct head before;

	owner_begin(owner);
	owner_floor(owner, 2);
	owner_publish(owner);
	before = owner->copy.head;
	owner_begin(owner);
	owner_floor(owner, 2);
	owner_floor(owner, 1);
	assert_false(owner->change.changed);
	assert_int_equal(
		own_raise_floor(&owner->change, before.sequence + 1), CORDON_EINVAL);
	assert_false(owner->change.changed);
}

static void a_new_epoch_names_where_it_took_over(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct head before, *head = &owner->copy.head;

	owner_add(owner, 1, 2);
	before = *head;
	owner_begin(owner);
	owner_reopen(owner, 9);
	owner_publish(owner);
	assert_int_equal(head->epoch.number, 9);
	assert_int_equal(head->sequence, before.sequence + 1);
	assert_int_equal(head->bases_count, 1);
	assert_int_equal(head->bases[0].epoch.number, 5);
	assert_int_equal(head->bases[0].sequence, before.sequence);
	assert_memory_equal(head->bases[0].hash, before.hash, HASH_BYTES);
	assert_memory_equal(head->previous, before.hash, HASH_BYTES);
}

static void an_epoch_that_is_no_higher_is_refused(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct list_copy unpublished;

	owner_begin(owner);
	assert_int_equal(
		own_reopen(&owner->change, (struct epoch){ 5, 99 }), CORDON_EINVAL);
	assert_false(owner->change.changed);
	own_create(&unpublished, &owner->feed.list, (struct epoch){ 5, 55 });
	own_begin(&owner->change, &unpublished, &owner->feed);
	assert_int_equal(
		own_reopen(&owner->change, (struct epoch){ 6, 66 }), CORDON_EINVAL);
}

static void the_oldest_base_gives_way(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	const struct head *head = &owner->copy.head;

	for (unsigned i = 0; i < HEAD_BASES_MAX + 2; i++) {
		owner_begin(owner);
		owner_reopen(owner, 6 + i);
		owner_publish(owner); /* aborts when the bases are not in order */
	}
	assert_int_equal(head->bases_count, HEAD_BASES_MAX);
	assert_int_equal(head->bases[0].epoch.number, 7);
	assert_int_equal(
		head->bases[HEAD_BASES_MAX - 1].epoch.number, head->epoch.number - 1);
}

/* A change of each sort, whose nth operation on the rows fails. */
static int change_all(struct owner *owner)
{
	struct entry row = {
		.id = { (const uint8_t *)"KAZ-1", 5 },
		.version = 2,
		.state = ENTRY_WITHDRAWN,
		.sealed = { (const uint8_t *)"w", 1 },
	};
	int error;

	owner_begin(owner);
	error = own_put(&owner->change, &row);
	return error != 0 ? error : own_raise_floor(&owner->change, row.sequence);
}

static void a_failing_write_is_passed_up(void **state)
{
	struct owner *owner = &((struct pair *)*state)->owner;
	struct owner work;
	size_t n = 0;
	int error;

	owner_add(owner, 1, 1);
	do {
		owner_copy(&work, owner);
		work.rows.fail_at = ++n;
		work.rows.fail_error = CORDON_EFULL;
		error = change_all(&work);
		if (error == 0) {
			assert_int_equal(work.rows.fail_at + work.rows.operations, n);
		} else {
			assert_int_equal(error, CORDON_EFULL);
		}
		owner_finish(&work);
	} while (error != 0);
	assert_true(n > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(the_first_head_has_sequence_one_and_no_predecessor),
		PAIR_TEST(one_transaction_is_one_link_of_the_chain),
		PAIR_TEST(a_repeat_is_the_same_head_at_a_later_time),
		PAIR_TEST(a_link_after_repeats_names_the_last_link),
		PAIR_TEST(a_changed_record_moves_to_its_new_sequence),
		PAIR_TEST(a_withdrawn_record_leaves_a_tombstone_that_is_not_live),
		PAIR_TEST(sharing_takes_a_sequence_of_its_own),
		PAIR_TEST(the_floor_purges_tombstones_and_takes_a_sequence),
		PAIR_TEST(a_floor_that_is_no_higher_changes_nothing),
		PAIR_TEST(a_new_epoch_names_where_it_took_over),
		PAIR_TEST(an_epoch_that_is_no_higher_is_refused),
		PAIR_TEST(the_oldest_base_gives_way),
		PAIR_TEST(a_failing_write_is_passed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
