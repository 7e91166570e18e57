/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "daemon/core/repl/rows.h"
#include "tests/lib/carrier.h"
#include "tests/unit/core/repl.h"

static struct repair *repair;

static int group_setup(void **state)
{
	(void)state;
	repair = malloc(sizeof(*repair));
	return repair == NULL;
}

static int group_teardown(void **state)
{
	(void)state;
	free(repair);
	return 0;
}

/* A list of count records; ids as they come: KAZ-1, KAZ-10, KAZ-100 … */
static void fill(struct pair *pair, unsigned count)
{
	owner_add(&pair->owner, 1, count);
	memfeed_copy(&pair->receiver.rows, &pair->owner.rows);
	pair->receiver.copy = pair->owner.copy;
}

/* A row of the receiver's own from now on, to be damaged; NULL: it is lost. */
static struct entry *own_row(struct receiver *receiver, const char *id)
{
	struct memfeed_area *live = &receiver->rows.areas[FEED_LIVE];
	struct bytes name = { (const uint8_t *)id, strlen(id) };

	for (size_t i = 0; i < live->count; i++) {
		if (repair_id_order(live->rows[i]->entry.id, name) == 0) {
			struct entry copy = live->rows[i]->entry;

			receiver->feed.ops->put(
				receiver->feed.context, FEED_LIVE, &copy);
			return &live->rows[i]->entry;
		}
	}
	fail_msg("no row of %s", id);
	return NULL;
}

static void flip(struct receiver *receiver, const char *id)
{
	struct entry *row = own_row(receiver, id);

	((uint8_t *)(uintptr_t)row->sealed.data)[1] ^= 1;
}

static void lose(struct receiver *receiver, const char *id)
{
	struct bytes name = { (const uint8_t *)id, strlen(id) };

	receiver->feed.ops->remove(receiver->feed.context, FEED_LIVE, name);
}

static struct carrier carrier_of(struct pair *pair)
{
	return (struct carrier){ .own = &pair->receiver, .peer = &pair->owner };
}

static void begin(struct pair *pair, bool stands)
{
	assert_int_equal(repair_begin(repair, &pair->receiver.copy,
				 &pair->owner.copy.head, stands, 0),
		0);
	repair_start(repair);
}

static void assert_repaired(struct pair *pair, struct carrier *carrier)
{
	if (carrier_run(carrier, repair) != REPAIR_DONE) {
		fail_msg("%s", repair->why);
	}
	assert_true(receiver_equals(&pair->receiver, &pair->owner));
}

/* It ends, and nothing is changed. */
static void assert_given_up(struct pair *pair, struct carrier *carrier)
{
	struct list_copy before = pair->receiver.copy;
	struct memfeed rows;

	memfeed_copy(&rows, &pair->receiver.rows);
	assert_int_equal(carrier_run(carrier, repair), REPAIR_FAILED);
	assert_non_null(repair->why);
	assert_true(memfeed_equal(&rows, &pair->receiver.rows, FEED_LIVE));
	assert_memory_equal(&before, &pair->receiver.copy, sizeof(before));
	assert_true(carrier->rounds <= REPAIR_ROUNDS_MAX + 1);
	memfeed_finish(&rows);
}

static void what_is_known_to_be_suspect_is_fetched_at_once(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);
	struct entry *row;

	fill(pair, 300);
	flip(&pair->receiver, "KAZ-77");
	row = own_row(&pair->receiver, "KAZ-77");
	assert_int_equal(repair_begin(repair, &pair->receiver.copy,
				 &pair->owner.copy.head, true, 0),
		0);
	repair_suspect(repair, row->id, row->sequence);
	repair_start(repair);
	assert_repaired(pair, &carrier);
	assert_int_equal(carrier.rounds, 1);
	assert_true(carrier.bytes < 600);
}

static void suspicion_that_is_not_all_is_followed_by_comparison(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);
	struct patch_correction correction;
	struct list_copy counted;
	struct entry *row;

	fill(pair, 300);
	flip(&pair->receiver, "KAZ-77");
	row = own_row(&pair->receiver, "KAZ-77");
	own_row(&pair->receiver, "KAZ-78")->version += 2;
	counted = pair->receiver.copy;
	assert_int_equal(rows_recount(&counted, &pair->receiver.feed), 0);
	patch_correction_make(
		&correction, &counted.digest, counted.live_count, &pair->receiver.copy);
	assert_int_equal(repair_begin(repair, &pair->receiver.copy,
				 &pair->owner.copy.head, true, 0),
		0);
	repair_correct(repair, &correction);
	repair_suspect(repair, row->id, row->sequence);
	repair_start(repair);
	assert_repaired(pair, &carrier);
	assert_true(repair->compared);
}

static void damage_version(struct receiver *receiver)
{
	own_row(receiver, "KAZ-1234")->version += 8;
}

static void damage_content(struct receiver *receiver)
{
	flip(receiver, "KAZ-1234");
}

static void damage_loss(struct receiver *receiver)
{
	lose(receiver, "KAZ-1234");
}

static void damage_id(struct receiver *receiver)
{
	((uint8_t *)(uintptr_t)own_row(receiver, "KAZ-1234")->id.data)[5] = 'X';
}

static void damage_state(struct receiver *receiver)
{
	own_row(receiver, "KAZ-1234")->state = ENTRY_WITHDRAWN;
}

static void (*const damages[])(struct receiver *) = { damage_version, damage_content,
	damage_loss, damage_id, damage_state };

static void any_damage_is_found_by_comparing(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(damages); i++) {
		struct pair *pair;
		struct carrier carrier;
		void *made;

		pair_setup(&made);
		pair = made;
		fill(pair, 3000);
		damages[i / 2](&pair->receiver);
		carrier = carrier_of(pair);
		begin(pair, i % 2 == 0);
		assert_repaired(pair, &carrier);
		assert_true(carrier.bytes < 16000);
		pair_teardown(&made);
	}
}

static void scattered_damage_is_found_by_dividing(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);

	fill(pair, 6000);
	for (unsigned i = 0; i < 60; i++) {
		char id[CORDON_ID_MAX];

		snprintf(id, sizeof(id), "KAZ-%u", 17 + 97 * i);
		if (i % 3 == 0) {
			flip(&pair->receiver, id);
		} else if (i % 3 == 1) {
			lose(&pair->receiver, id);
		} else {
			own_row(&pair->receiver, id)->ends_at_s++;
		}
	}
	begin(pair, true);
	assert_repaired(pair, &carrier);
	assert_true(repair->levels > 1);
	assert_true(carrier.bytes < 120000);
}

/* ---- the list moves under the repair
 * ---------------------------------------------------
 */

static void grow(struct carrier *carrier, struct repair *r)
{
	char id[CORDON_ID_MAX];

	(void)r;
	snprintf(id, sizeof(id), "KAZ-%zu", 5000 + carrier->rounds);
	owner_change(carrier->peer, id, "new");
	owner_change(carrier->peer, "KAZ-3", id);
	snprintf(id, sizeof(id), "KAZ-%zu", 100 + carrier->rounds);
	owner_drop(carrier->peer, id);
}

static void a_peer_that_moves_on_is_caught_up_with(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct pair *pair;
		struct carrier carrier;
		void *made;

		pair_setup(&made);
		pair = made;
		fill(pair, 2000);
		damages[i](&pair->receiver);
		carrier = carrier_of(pair);
		carrier.before = grow;
		owner_add(&pair->owner, 4000, 100);
		begin(pair, false);
		assert_int_equal(carrier_run(&carrier, repair), REPAIR_DONE);
		carrier.before = NULL;
		receiver_follow(&pair->receiver, &pair->owner, ALL);
		pair_teardown(&made);
	}
}

static void grow_both(struct carrier *carrier, struct repair *r)
{
	grow(carrier, r);
	if (r->step == REPAIR_APPLY) {
		assert_int_equal(receiver_pull(carrier->own, carrier->peer, ALL),
			APPLY_VERIFIED);
	}
}

static void a_list_that_goes_on_is_repaired_as_it_goes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct pair *pair;
		struct carrier carrier;
		void *made;

		pair_setup(&made);
		pair = made;
		fill(pair, 2000);
		damages[i](&pair->receiver);
		carrier = carrier_of(pair);
		carrier.before = grow_both;
		begin(pair, true);
		assert_repaired(pair, &carrier);
		pair_teardown(&made);
	}
}

static void an_owner_ahead_of_its_peer_loses_nothing(void **state)
{
	struct pair *pair = *state;
	struct receiver own;
	struct owner behind;
	struct carrier carrier = { .own = &own, .peer = &behind };

	owner_add(&pair->owner, 1, 2000);
	owner_copy(&behind, &pair->owner);
	owner_add(&pair->owner, 3000, 20);
	owner_change(&pair->owner, "KAZ-9", "newer");
	owner_drop(&pair->owner, "KAZ-10");
	receiver_init(&own, "KAZ", &pair->owner);
	memfeed_copy(&own.rows, &pair->owner.rows);
	own.copy = pair->owner.copy;
	flip(&own, "KAZ-1234");
	damage_state(&own);
	assert_int_equal(
		repair_begin(repair, &own.copy, &behind.copy.head, true, 0), 0);
	repair_start(repair);
	assert_int_equal(carrier_run(&carrier, repair), REPAIR_DONE);
	assert_true(receiver_equals(&own, &pair->owner));
	receiver_finish(&own);
	owner_finish(&behind);
}

/* ---- epochs
 * ----------------------------------------------------------------------------
 */

static void who_is_beyond_a_new_epochs_base_goes_on_by_id(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);
	struct owner old;

	fill(pair, 2000);
	owner_copy(&old, &pair->owner);
	owner_change(&pair->owner, "KAZ-1", "lost");
	owner_add(&pair->owner, 3000, 3);
	owner_drop(&pair->owner, "KAZ-9");
	pair_follow(pair);
	owner_finish(&pair->owner);
	owner_copy(&pair->owner, &old);
	owner_finish(&old);
	pair_reopen(&pair->owner, 6);
	owner_add(&pair->owner, 4000, 10);
	begin(pair, false);
	assert_repaired(pair, &carrier);
	assert_int_equal(carrier.rounds, 2); /* fetch, pull */
	assert_true(carrier.bytes < 3000);
}

static void two_that_have_no_common_past_are_not_repaired(void **state)
{
	struct pair *pair = *state;
	struct head head;

	fill(pair, 10);
	head = pair->owner.copy.head;
	head.sequence--;
	assert_int_equal(repair_begin(repair, &pair->receiver.copy, &head, false, 0),
		CORDON_ENOTFOUND);
	assert_int_equal(repair_begin(repair, &pair->receiver.copy, &head, true, 0), 0);
	head.epoch.number++;
	assert_int_equal(repair_begin(repair, &pair->receiver.copy, &head, true, 0),
		CORDON_ENOTFOUND);
	assert_int_equal(repair_begin(repair, &pair->receiver.copy, &head, false, 0),
		CORDON_ENOTFOUND);
	pair->receiver.copy.phase = COPY_MOVING;
	assert_int_equal(repair_begin(repair, &pair->receiver.copy,
				 &pair->owner.copy.head, false, 0),
		CORDON_ENOTFOUND);
}

/* ---- malice
 * ----------------------------------------------------------------------------
 */

static void false_counts(struct repair_told *told, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		told[i].count = UINT64_MAX;
	}
}

static void all_differ(struct repair_told *told, size_t count)
{
	static uint8_t other[HASH_BYTES];

	other[0]++;
	for (size_t i = 0; i < count; i++) {
		told[i].digest = other;
	}
}

static void marks_twice(struct repair_mark *marks, size_t *count)
{
	marks[*count] = marks[*count - 1];
	++*count;
}

static void marks_foreign(struct repair_mark *marks, size_t *count)
{
	memcpy(marks[*count].id.text, "KAZ-zzzz", 8);
	marks[*count].id.size = 8;
	++*count;
}

static void marks_wrong(struct repair_mark *marks, size_t *count)
{
	for (size_t i = 0; i < *count; i++) {
		marks[i].mark++;
	}
}

static void marks_none(struct repair_mark *marks, size_t *count)
{
	(void)marks;
	*count = 0;
}

static void entries_none(struct entry *entries, size_t *count)
{
	(void)entries;
	*count = 0;
}

static void entries_foreign(struct entry *entries, size_t *count)
{
	if (*count > 0) {
		entries[0].id = (struct bytes){ (const uint8_t *)"KAZ-2", 5 };
	}
}

static void entries_altered(struct entry *entries, size_t *count)
{
	if (*count > 0) {
		entries[0].ends_at_s++;
	}
}

static void entries_erased(struct entry *entries, size_t *count)
{
	if (*count > 0) {
		entries[0].sealed.size = 0;
	}
}

static void entries_of_the_future(struct entry *entries, size_t *count)
{
	if (*count > 0) {
		entries[0].sequence += 1000000;
	}
}

static void fill_and_damage(struct pair *pair)
{
	fill(pair, 3000);
	damage_version(&pair->receiver);
}

static void false_answers_change_nothing(void **state)
{
	static const struct carrier hostile[] = {
		{ .ranges = false_counts },
		{ .ranges = all_differ },
		{ .marks = marks_twice },
		{ .marks = marks_foreign },
		{ .marks = marks_none },
		{ .entries = entries_none },
		{ .entries = entries_foreign },
		{ .entries = entries_altered },
		{ .entries = entries_erased },
		{ .entries = entries_of_the_future },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(hostile); i++) {
		struct carrier carrier = hostile[i / 2];
		struct pair *pair;
		void *made;

		pair_setup(&made);
		pair = made;
		fill_and_damage(pair);
		carrier.own = &pair->receiver;
		carrier.peer = &pair->owner;
		begin(pair, i % 2 == 0);
		assert_given_up(pair, &carrier);
		pair_teardown(&made);
	}
}

static void marks_that_all_differ_only_cost_more(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);

	fill_and_damage(pair);
	carrier.marks = marks_wrong;
	begin(pair, true);
	assert_repaired(pair, &carrier);
}

static void go_back(struct carrier *carrier, struct repair *r)
{
	if (r->step == REPAIR_ASK_MARKS) {
		carrier->peer->copy.head.sequence--;
	}
}

static void a_peer_that_goes_back_is_left(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);

	fill_and_damage(pair);
	carrier.before = go_back;
	begin(pair, false);
	assert_given_up(pair, &carrier);
}

static void reopen(struct carrier *carrier, struct repair *r)
{
	if (r->step == REPAIR_ASK_FETCH) {
		carrier->peer->copy.head.epoch.number++;
	}
}

static void an_epoch_that_ends_meanwhile_ends_the_repair(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);

	fill_and_damage(pair);
	carrier.before = reopen;
	begin(pair, true);
	assert_given_up(pair, &carrier);
}

static void refuse(struct carrier *carrier, struct repair *r)
{
	(void)carrier;
	if (r->step == REPAIR_ASK_MARKS) {
		repair_refused(r, "busy");
	}
}

static void a_refusal_ends_the_repair(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);

	fill_and_damage(pair);
	carrier.before = refuse;
	begin(pair, true);
	assert_given_up(pair, &carrier);
}

static void answers_that_nobody_asked_for_are_dropped(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);

	fill_and_damage(pair);
	begin(pair, true);
	repair_fetched(repair, &pair->owner.copy.head, NULL, 0, 1);
	repair_marks(repair, &pair->owner.copy.head, NULL, 0, 1);
	repair_ranges(repair, &pair->owner.copy.head, NULL, 0, 1);
	assert_int_equal(repair->rounds, 0);
	assert_repaired(pair, &carrier);
}

static void too_much_damage_is_left_to_a_whole_read(void **state)
{
	struct pair *pair = *state;
	struct carrier carrier = carrier_of(pair);

	fill(pair, 3000);
	for (unsigned i = 1; i <= 3000; i++) {
		char id[CORDON_ID_MAX];

		snprintf(id, sizeof(id), "KAZ-%u", i);
		lose(&pair->receiver, id);
	}
	begin(pair, true);
	assert_given_up(pair, &carrier);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(what_is_known_to_be_suspect_is_fetched_at_once),
		PAIR_TEST(suspicion_that_is_not_all_is_followed_by_comparison),
		cmocka_unit_test(any_damage_is_found_by_comparing),
		PAIR_TEST(scattered_damage_is_found_by_dividing),
		cmocka_unit_test(a_peer_that_moves_on_is_caught_up_with),
		cmocka_unit_test(a_list_that_goes_on_is_repaired_as_it_goes),
		PAIR_TEST(an_owner_ahead_of_its_peer_loses_nothing),
		PAIR_TEST(who_is_beyond_a_new_epochs_base_goes_on_by_id),
		PAIR_TEST(two_that_have_no_common_past_are_not_repaired),
		cmocka_unit_test(false_answers_change_nothing),
		PAIR_TEST(marks_that_all_differ_only_cost_more),
		PAIR_TEST(a_peer_that_goes_back_is_left),
		PAIR_TEST(an_epoch_that_ends_meanwhile_ends_the_repair),
		PAIR_TEST(a_refusal_ends_the_repair),
		PAIR_TEST(answers_that_nobody_asked_for_are_dropped),
		PAIR_TEST(too_much_damage_is_left_to_a_whole_read),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
