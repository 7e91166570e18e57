/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/rows.h"
#include "tests/unit/core/repl.h"

/* What a peer brings, as a test composes it: the owner's rows at this moment. */
struct brought {
	struct memfeed rows; /* holds the entries' bytes */
	struct head head;
	struct entry entries[32];
	uint64_t gone[32];
	struct patch_correction correction;
	struct patch patch;
};

static void brought_init(struct brought *b, const struct owner *owner)
{
	memset(b, 0, sizeof(*b));
	memfeed_copy(&b->rows, &owner->rows);
	b->head = owner->copy.head;
	b->patch.head = &b->head;
	b->patch.entries = b->entries;
	b->patch.gone = b->gone;
}

static void brought_finish(struct brought *b)
{
	memfeed_finish(&b->rows);
}

static struct memfeed_row *row_of(struct memfeed *rows, const char *id)
{
	struct memfeed_area *live = &rows->areas[FEED_LIVE];

	for (size_t i = 0; i < live->count; i++) {
		const struct bytes *at = &live->rows[i]->entry.id;

		if (at->size == strlen(id) && memcmp(at->data, id, at->size) == 0) {
			return live->rows[i];
		}
	}
	fail_msg("no row of %s", id);
	return NULL;
}

static struct entry *bring(struct brought *b, const char *id)
{
	struct entry *entry = &b->entries[b->patch.entries_count++];

	*entry = row_of(&b->rows, id)->entry;
	return entry;
}

static void bring_gone(struct brought *b, uint64_t sequence)
{
	b->gone[b->patch.gone_count++] = sequence;
}

/* Everything that the owner has after sequence. */
static void bring_after(struct brought *b, uint64_t sequence)
{
	const struct memfeed_area *live = &b->rows.areas[FEED_LIVE];

	for (size_t i = 0; i < live->count; i++) {
		if (live->rows[i]->entry.sequence > sequence) {
			assert_true(b->patch.entries_count < COUNT(b->entries));
			b->entries[b->patch.entries_count++] = live->rows[i]->entry;
		}
	}
}

/* As a scrub does: what the rows sum up to, against what is kept of them. */
static void measure(struct brought *b, const struct receiver *receiver)
{
	struct list_copy counted = receiver->copy;

	assert_int_equal(rows_recount(&counted, &receiver->feed), 0);
	patch_correction_make(
		&b->correction, &counted.digest, counted.live_count, &receiver->copy);
	b->patch.correction = &b->correction;
}

/* A row of the receiver's own from now on, to be damaged. */
static struct entry *own_row(struct receiver *receiver, const char *id)
{
	struct memfeed_row *row = row_of(&receiver->rows, id);
	struct entry copy = row->entry;

	assert_int_equal(
		receiver->feed.ops->put(receiver->feed.context, FEED_LIVE, &copy), 0);
	return &row_of(&receiver->rows, id)->entry;
}

static void filled(struct pair *pair)
{
	pair_fill(&pair->owner);
	pair_follow(pair);
}

static void damage_version(struct receiver *receiver)
{
	own_row(receiver, "KAZ-4")->version ^= 4;
}

static void damage_state(struct receiver *receiver)
{
	own_row(receiver, "KAZ-4")->state = ENTRY_WITHDRAWN;
}

static void damage_end(struct receiver *receiver)
{
	own_row(receiver, "KAZ-4")->ends_at_s ^= 1 << 20;
}

static void damage_hash(struct receiver *receiver)
{
	own_row(receiver, "KAZ-4")->sealed_hash[7] ^= 1;
}

static void damage_content(struct receiver *receiver)
{
	struct entry *row = own_row(receiver, "KAZ-4");

	((uint8_t *)(uintptr_t)row->sealed.data)[1] ^= 1;
}

static void damage_id(struct receiver *receiver)
{
	struct entry *row = own_row(receiver, "KAZ-4");

	((uint8_t *)(uintptr_t)row->id.data)[4] = 'Q';
}

/* As the store does with a row that cannot be read: nobody can count it. */
static void lose(struct receiver *receiver)
{
	struct bytes id = { (const uint8_t *)"KAZ-4", 5 };

	assert_int_equal(
		receiver->feed.ops->remove(receiver->feed.context, FEED_LIVE, id), 0);
}

static void (*const damages[])(struct receiver *) = { damage_version, damage_state,
	damage_end, damage_hash, damage_content, damage_id, lose };

static void any_damage_to_a_row_is_made_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct pair *pair;
		struct brought b;
		void *made;

		pair_setup(&made);
		pair = made;
		filled(pair);
		damages[i](&pair->receiver);
		brought_init(&b, &pair->owner);
		measure(&b, &pair->receiver);
		bring(&b, "KAZ-4");
		assert_int_equal(
			receiver_patch(&pair->receiver, &b.patch), APPLY_VERIFIED);
		assert_true(receiver_equals(&pair->receiver, &pair->owner));
		brought_finish(&b);
		pair_teardown(&made);
	}
}

static void the_same_damage_is_made_good_after_a_recount(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct pair *pair;
		struct brought b;
		void *made;

		pair_setup(&made);
		pair = made;
		filled(pair);
		damages[i](&pair->receiver);
		assert_int_equal(
			rows_recount(&pair->receiver.copy, &pair->receiver.feed), 0);
		pair->receiver.copy.mixed = true;
		pair->receiver.copy.phase = COPY_STAGING;
		brought_init(&b, &pair->owner);
		bring(&b, "KAZ-4");
		assert_int_equal(
			receiver_patch(&pair->receiver, &b.patch), APPLY_VERIFIED);
		assert_false(pair->receiver.copy.mixed);
		assert_true(receiver_equals(&pair->receiver, &pair->owner));
		brought_finish(&b);
		pair_teardown(&made);
	}
}

static void damage_and_news_are_one_patch(void **state)
{
	struct pair *pair = *state;
	uint64_t stood;
	struct brought b;

	filled(pair);
	stood = pair->receiver.copy.head.sequence;
	damage_version(&pair->receiver);
	owner_add(&pair->owner, 20, 4);
	owner_drop(&pair->owner, "KAZ-3");
	owner_change(&pair->owner, "KAZ-9", "third");
	brought_init(&b, &pair->owner);
	measure(&b, &pair->receiver);
	bring(&b, "KAZ-4");
	bring_after(&b, stood);
	assert_int_equal(receiver_patch(&pair->receiver, &b.patch), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
	brought_finish(&b);
}

static void a_raised_floor_purges_with_the_patch(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair); /* has KAZ-7's tombstone */
	damage_hash(&pair->receiver);
	owner_begin(&pair->owner);
	owner_floor(&pair->owner, pair->owner.copy.head.sequence);
	owner_publish(&pair->owner);
	brought_init(&b, &pair->owner);
	measure(&b, &pair->receiver);
	bring(&b, "KAZ-4");
	assert_int_equal(receiver_patch(&pair->receiver, &b.patch), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
	brought_finish(&b);
}

/* ---- the list goes on meanwhile ---------------------------------------------------
 */

static void damage_stays_the_same_while_the_list_goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct pair *pair;
		struct brought b;
		void *made;

		pair_setup(&made);
		pair = made;
		filled(pair);
		damages[i](&pair->receiver);
		brought_init(&b, &pair->owner);
		measure(&b, &pair->receiver);
		bring(&b, "KAZ-4");
		b.patch.stands = true;
		owner_add(&pair->owner, 20, 4);
		owner_drop(&pair->owner, "KAZ-2");
		assert_int_equal(receiver_pull(&pair->receiver, &pair->owner, ALL),
			APPLY_VERIFIED);
		assert_int_equal(
			receiver_patch(&pair->receiver, &b.patch), APPLY_VERIFIED);
		assert_true(receiver_equals(&pair->receiver, &pair->owner));
		brought_finish(&b);
		pair_teardown(&made);
	}
}

static void a_row_that_changed_meanwhile_stays(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-4");
	bring_gone(&b, row_of(&b.rows, "KAZ-4")->entry.sequence);
	b.patch.stands = true;
	owner_change(&pair->owner, "KAZ-4", "newer");
	pair_follow(pair);
	assert_int_equal(receiver_patch(&pair->receiver, &b.patch), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
	brought_finish(&b);
}

static void an_owner_takes_its_own_row_back(void **state)
{
	struct pair *pair = *state;
	struct owner *owner = &pair->owner;
	struct receiver own = { .error = 0 };
	struct brought b;

	filled(pair);
	brought_init(&b, owner); /* as the peer holds it */
	bring(&b, "KAZ-4");
	b.patch.stands = true;
	receiver_init(&own, "KAZ", owner);
	own.copy = owner->copy;
	memfeed_copy(&own.rows, &owner->rows);
	damage_state(&own);
	measure(&b, &own);
	assert_int_equal(receiver_patch(&own, &b.patch), APPLY_VERIFIED);
	assert_true(receiver_equals(&own, owner));
	receiver_finish(&own);
	brought_finish(&b);
}

/* ---- another epoch ------------------------------------------------------------------
 */

/* The receiver followed the owner for three more changes that a new epoch, opened on
 * what the owner was before, knows nothing of. */
static void stand_beyond(struct pair *pair, uint64_t *base)
{
	struct owner old;

	filled(pair);
	owner_copy(&old, &pair->owner);
	*base = old.copy.head.sequence;
	owner_change(&pair->owner, "KAZ-1", "lost");
	owner_add(&pair->owner, 30, 2);
	owner_drop(&pair->owner, "KAZ-9");
	pair_follow(pair);
	owner_finish(&pair->owner);
	owner_copy(&pair->owner, &old);
	owner_finish(&old);
	pair_reopen(&pair->owner, 6);
	owner_add(&pair->owner, 40, 2);
}

static void who_is_beyond_a_new_epochs_base_is_patched(void **state)
{
	struct pair *pair = *state;
	const struct memfeed_area *live = &pair->receiver.rows.areas[FEED_LIVE];
	struct brought b;
	uint64_t base;

	stand_beyond(pair, &base);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-1");
	bring(&b, "KAZ-9");
	bring_after(&b, base);
	for (size_t i = 0; i < live->count; i++) {
		if (live->rows[i]->entry.sequence > base) {
			bring_gone(&b, live->rows[i]->entry.sequence);
		}
	}
	assert_int_equal(receiver_patch(&pair->receiver, &b.patch), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
	brought_finish(&b);
}

/* ---- what does not fit
 * ----------------------------------------------------------------
 */

/* Nothing is changed, the receiver goes on as before. */
static void assert_refused(
	struct pair *pair, struct brought *b, enum apply_result expected)
{
	struct list_copy before = pair->receiver.copy;
	struct memfeed rows;

	memfeed_copy(&rows, &pair->receiver.rows);
	assert_int_equal(receiver_patch(&pair->receiver, &b->patch), expected);
	assert_true(memfeed_equal(&rows, &pair->receiver.rows, FEED_LIVE));
	assert_memory_equal(&before, &pair->receiver.copy, sizeof(before));
	memfeed_finish(&rows);
	brought_finish(b);
}

static void a_wrong_entry_is_a_mismatch(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	damage_version(&pair->receiver);
	brought_init(&b, &pair->owner);
	measure(&b, &pair->receiver);
	bring(&b, "KAZ-4")->ends_at_s++;
	assert_refused(pair, &b, APPLY_MISMATCH);
}

static void a_missing_entry_is_a_mismatch(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	damage_version(&pair->receiver);
	brought_init(&b, &pair->owner);
	measure(&b, &pair->receiver);
	assert_refused(pair, &b, APPLY_MISMATCH);
}

static void a_forged_absence_is_a_mismatch(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	brought_init(&b, &pair->owner);
	bring_gone(&b, row_of(&b.rows, "KAZ-4")->entry.sequence);
	assert_refused(pair, &b, APPLY_MISMATCH);
}

static void damage_without_its_correction_is_a_mismatch(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	damage_version(&pair->receiver);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-4");
	assert_refused(pair, &b, APPLY_MISMATCH);
}

static void a_correction_of_other_damage_is_a_mismatch(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	damage_version(&pair->receiver);
	brought_init(&b, &pair->owner);
	measure(&b, &pair->receiver);
	b.correction.digest.lanes[17]++;
	bring(&b, "KAZ-4");
	assert_refused(pair, &b, APPLY_MISMATCH);
}

static void rows_that_crowd_out_good_ones_are_a_mismatch(void **state)
{
	struct pair *pair = *state;
	struct brought b;
	struct entry *entry;

	filled(pair);
	brought_init(&b, &pair->owner);
	entry = bring(&b, "KAZ-4");
	entry->sequence = row_of(&b.rows, "KAZ-6")->entry.sequence;
	assert_refused(pair, &b, APPLY_MISMATCH);
}

static void two_entries_of_one_place_or_one_id_are_a_mismatch(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-4");
	bring(&b, "KAZ-6")->sequence = b.entries[0].sequence;
	assert_refused(pair, &b, APPLY_MISMATCH);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-4");
	bring(&b, "KAZ-4")->sequence--;
	assert_refused(pair, &b, APPLY_MISMATCH);
}

static void entries_out_of_form_are_broken(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-4")->sequence = 0;
	assert_refused(pair, &b, APPLY_BROKEN);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-4")->sequence = b.head.sequence + 1;
	assert_refused(pair, &b, APPLY_BROKEN);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-4")->id = (struct bytes){ (const uint8_t *)"RUS-4", 5 };
	assert_refused(pair, &b, APPLY_BROKEN);
	brought_init(&b, &pair->owner);
	b.patch.gone_count = APPLY_ENTRIES_MAX + 1;
	assert_refused(pair, &b, APPLY_BROKEN);
	brought_init(&b, &pair->owner);
	bring(&b, "KAZ-4");
	b.patch.gone_count = APPLY_ENTRIES_MAX;
	assert_refused(pair, &b, APPLY_BROKEN);
}

static void a_tombstone_below_the_floor_is_broken(void **state)
{
	struct pair *pair = *state;
	struct brought b;
	struct owner old;

	pair_fill(&pair->owner);
	owner_copy(&old, &pair->owner);
	owner_begin(&pair->owner);
	owner_floor(&pair->owner, pair->owner.copy.head.sequence);
	owner_publish(&pair->owner);
	pair_follow(pair);
	brought_init(&b, &old);
	b.head = pair->owner.copy.head;
	bring(&b, "KAZ-7");
	assert_refused(pair, &b, APPLY_BROKEN);
	owner_finish(&old);
}

static void a_head_lower_than_the_verified_one_is_stale(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	brought_init(&b, &pair->owner);
	owner_add(&pair->owner, 20, 1);
	pair_follow(pair);
	bring_gone(&b, pair->owner.copy.head.sequence);
	assert_refused(pair, &b, APPLY_STALE);
}

static void a_list_that_goes_on_takes_no_head_of_the_future(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	owner_add(&pair->owner, 20, 1);
	brought_init(&b, &pair->owner);
	b.patch.stands = true;
	assert_refused(pair, &b, APPLY_STALE);
}

static void a_head_of_another_list_is_broken(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	brought_init(&b, &pair->owner);
	b.head.list.kind = CORDON_KIND_DEPORTATION;
	assert_refused(pair, &b, APPLY_BROKEN);
}

static void another_history_is_a_fork(void **state)
{
	struct pair *pair = *state;
	struct brought b;

	filled(pair);
	brought_init(&b, &pair->owner);
	b.head.hash[0] ^= 1;
	assert_int_equal(receiver_patch(&pair->receiver, &b.patch), APPLY_FORK);
	brought_finish(&b);
}

static void a_copy_that_does_not_answer_takes_no_patch(void **state)
{
	static const enum copy_phase phases[] = { COPY_EMPTY, COPY_LOADING,
		COPY_MOVING };

	(void)state;
	for (size_t i = 0; i < COUNT(phases); i++) {
		struct pair *pair;
		struct brought b;
		struct owner old;
		void *made;

		pair_setup(&made);
		pair = made;
		pair_reach(pair, phases[i], &old);
		brought_init(&b, &pair->owner);
		assert_refused(pair, &b, APPLY_STALE);
		owner_finish(&old);
		pair_teardown(&made);
	}
}

static void a_read_under_way_is_given_up(void **state)
{
	struct pair *pair = *state;
	struct brought b;
	struct owner old;

	pair_reach(pair, COPY_STAGING, &old);
	brought_init(&b, &pair->owner);
	bring_after(&b, old.copy.head.sequence);
	assert_int_equal(receiver_patch(&pair->receiver, &b.patch), APPLY_VERIFIED);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
	owner_finish(&old);
	brought_finish(&b);
}

static void a_feed_that_fails_is_an_error_wherever_it_does(void **state)
{
	struct pair *pair = *state;
	struct memfeed *rows = &pair->receiver.rows;
	size_t operations = 0;
	struct brought b;

	filled(pair);
	damage_version(&pair->receiver);
	owner_add(&pair->owner, 20, 1);
	for (size_t at = 1; at < 100; at++) {
		struct list_copy before = pair->receiver.copy;
		enum apply_result result;

		brought_init(&b, &pair->owner);
		measure(&b, &pair->receiver);
		bring(&b, "KAZ-4");
		bring(&b, "KAZ-20");
		rows->fail_at = at;
		rows->fail_error = CORDON_EIO;
		result = receiver_patch(&pair->receiver, &b.patch);
		brought_finish(&b);
		operations = at;
		if (result != APPLY_ERROR) {
			assert_int_equal(result, APPLY_VERIFIED);
			break;
		}
		assert_int_equal(pair->receiver.error, CORDON_EIO);
		assert_memory_equal(&before, &pair->receiver.copy, sizeof(before));
	}
	rows->fail_at = 0;
	assert_true(operations > 5);
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_damage_to_a_row_is_made_good),
		cmocka_unit_test(the_same_damage_is_made_good_after_a_recount),
		PAIR_TEST(damage_and_news_are_one_patch),
		PAIR_TEST(a_raised_floor_purges_with_the_patch),
		cmocka_unit_test(damage_stays_the_same_while_the_list_goes_on),
		PAIR_TEST(a_row_that_changed_meanwhile_stays),
		PAIR_TEST(an_owner_takes_its_own_row_back),
		PAIR_TEST(who_is_beyond_a_new_epochs_base_is_patched),
		PAIR_TEST(a_wrong_entry_is_a_mismatch),
		PAIR_TEST(a_missing_entry_is_a_mismatch),
		PAIR_TEST(a_forged_absence_is_a_mismatch),
		PAIR_TEST(damage_without_its_correction_is_a_mismatch),
		PAIR_TEST(a_correction_of_other_damage_is_a_mismatch),
		PAIR_TEST(rows_that_crowd_out_good_ones_are_a_mismatch),
		PAIR_TEST(two_entries_of_one_place_or_one_id_are_a_mismatch),
		PAIR_TEST(entries_out_of_form_are_broken),
		PAIR_TEST(a_tombstone_below_the_floor_is_broken),
		PAIR_TEST(a_head_lower_than_the_verified_one_is_stale),
		PAIR_TEST(a_list_that_goes_on_takes_no_head_of_the_future),
		PAIR_TEST(a_head_of_another_list_is_broken),
		PAIR_TEST(another_history_is_a_fork),
		cmocka_unit_test(a_copy_that_does_not_answer_takes_no_patch),
		PAIR_TEST(a_read_under_way_is_given_up),
		PAIR_TEST(a_feed_that_fails_is_an_error_wherever_it_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
