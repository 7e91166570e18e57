/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

/* A head with all that a head can have. */
static struct head large_head(const struct list_id *list)
{
	struct head head = head_of(list, 9, 12345);

	head.floor = 17;
	head.live_count = 99;
	head.has_previous = true;
	memset(head.digest, 0xd1, sizeof(head.digest));
	memset(head.previous, 0xee, sizeof(head.previous));
	head.bases_count = HEAD_BASES_MAX;
	for (size_t i = 0; i < HEAD_BASES_MAX; i++) {
		head.bases[i].epoch = (struct epoch){ i + 1, UINT64_MAX - i };
		head.bases[i].sequence = 1000 + i;
		memset(head.bases[i].hash, (int)i, HASH_BYTES);
	}
	head.shared_with_count = HEAD_MEMBERS_MAX;
	for (size_t i = 0; i < HEAD_MEMBERS_MAX; i++) {
		snprintf(head.shared_with[i].code, sizeof(head.shared_with[i].code),
			"%c%cX", (char)('A' + i / 26), (char)('A' + i % 26));
	}
	return head;
}

static void fill_digest(struct digest *digest, unsigned seed)
{
	for (size_t i = 0; i < DIGEST_LANES; i++) {
		digest->lanes[i] = (uint16_t)(seed * (i + 1));
	}
}

static struct list_copy large_copy(const struct list_id *list)
{
	struct list_copy copy;

	memset(&copy, 0, sizeof(copy));
	copy.phase = COPY_MOVING;
	copy.head = large_head(list);
	copy.high = large_head(list);
	copy.high.sequence = UINT64_MAX;
	copy.live_count = 99;
	fill_digest(&copy.digest, 3);
	fill_digest(&copy.read_digest, 5);
	copy.read_epoch = (struct epoch){ 9, 86 };
	copy.base = 4;
	copy.position = 5;
	copy.whole = true;
	copy.read_live_count = 6;
	copy.swept = 7;
	copy.mixed = true;
	return copy;
}

static void assert_head_equal(const struct head *a, const struct head *b)
{
	assert_true(ident_list_equal(&a->list, &b->list));
	assert_true(epoch_equal(&a->epoch, &b->epoch));
	assert_int_equal(a->bases_count, b->bases_count);
	for (size_t i = 0; i < a->bases_count; i++) {
		assert_true(epoch_equal(&a->bases[i].epoch, &b->bases[i].epoch));
		assert_true(a->bases[i].sequence == b->bases[i].sequence);
		assert_memory_equal(a->bases[i].hash, b->bases[i].hash, HASH_BYTES);
	}
	assert_true(a->sequence == b->sequence);
	assert_true(a->floor == b->floor);
	assert_true(a->live_count == b->live_count);
	assert_memory_equal(a->digest, b->digest, HASH_BYTES);
	assert_int_equal(a->shared_with_count, b->shared_with_count);
	for (size_t i = 0; i < a->shared_with_count; i++) {
		assert_string_equal(a->shared_with[i].code, b->shared_with[i].code);
	}
	assert_int_equal(a->has_previous, b->has_previous);
	assert_memory_equal(a->previous, b->previous, HASH_BYTES);
	assert_true(a->time_s == b->time_s);
	assert_memory_equal(a->hash, b->hash, HASH_BYTES);
}

static void assert_copy_equal(const struct list_copy *a, const struct list_copy *b)
{
	assert_int_equal(a->phase, b->phase);
	assert_head_equal(&a->head, &b->head);
	assert_head_equal(&a->high, &b->high);
	assert_memory_equal(&a->digest, &b->digest, sizeof(a->digest));
	assert_memory_equal(&a->read_digest, &b->read_digest, sizeof(a->read_digest));
	assert_true(a->live_count == b->live_count);
	assert_true(epoch_equal(&a->read_epoch, &b->read_epoch));
	assert_true(a->base == b->base && a->position == b->position);
	assert_true(a->whole == b->whole);
	assert_true(a->read_live_count == b->read_live_count);
	assert_true(a->swept == b->swept && a->mixed == b->mixed);
}

static void commit_copy(
	struct fixture *f, const struct list_id *list, const struct list_copy *copy)
{
	struct store_txn *txn = write_begin(f);

	assert_int_equal(store_list_put(txn, list, copy), 0);
	commit(txn);
}

static struct list_copy get_copy(
	struct fixture *f, const struct list_id *list, bool *found)
{
	struct store_txn *txn = read_begin(f);
	struct list_copy copy;

	assert_int_equal(store_list_get(txn, list, &copy, found), 0);
	store_read_end(txn);
	return copy;
}

static void an_unheard_list_is_empty(void **state)
{
	struct fixture *f = *state;
	bool found = true;
	struct list_copy copy = get_copy(f, &kaz_bans, &found);

	assert_false(found);
	assert_int_equal(copy.phase, COPY_EMPTY);
	assert_int_equal(copy.head.epoch.number, 0);
	assert_int_equal(copy.live_count, 0);
}

static void every_field_of_a_list_survives_a_restart(void **state)
{
	struct fixture *f = *state;
	struct list_copy copy = large_copy(&kaz_bans), back;
	bool found = false;

	commit_copy(f, &kaz_bans, &copy);
	fixture_reopen(f);
	back = get_copy(f, &kaz_bans, &found);
	assert_true(found);
	assert_copy_equal(&copy, &back);

	/* and goes again when it goes */
	memset(&copy.high, 0, sizeof(copy.high));
	memset(&copy.read_digest, 0, sizeof(copy.read_digest));
	copy.phase = COPY_FOLLOWING;
	copy.whole = false;
	commit_copy(f, &kaz_bans, &copy);
	back = get_copy(f, &kaz_bans, &found);
	assert_copy_equal(&copy, &back);
}

static void lists_come_in_order_with_what_workers_need(void **state)
{
	struct fixture *f = *state;
	struct list_copy copy = large_copy(&kaz_bans);
	struct store_list_info *infos;
	struct list_id *lists;
	struct store_txn *txn;
	size_t count;

	commit_copy(f, &rus_bans, &copy);
	commit_copy(f, &kaz_documents, &copy);
	commit_copy(f, &kaz_bans, &copy);
	copy.phase = COPY_FOLLOWING;
	copy.head.time_s = 1790000000;
	commit_copy(f, &kaz_bans, &copy);
	txn = read_begin(f);
	assert_int_equal(store_lists(txn, &f->arena, &lists, &count), 0);
	assert_int_equal(count, 3);
	assert_true(ident_list_equal(&lists[0], &kaz_bans));
	assert_true(ident_list_equal(&lists[1], &kaz_documents));
	assert_true(ident_list_equal(&lists[2], &rus_bans));
	assert_int_equal(store_list_infos(txn, &f->arena, &infos, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(infos[0].phase, COPY_FOLLOWING);
	assert_int_equal(infos[0].epoch.number, 9);
	assert_int_equal(infos[0].sequence, 12345);
	assert_true(infos[0].head_time_s == 1790000000);
	assert_int_equal(infos[1].phase, COPY_MOVING);
	store_read_end(txn);
}

static void a_store_without_lists_has_none(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = read_begin(f);
	struct list_id *lists;
	size_t count = 1;

	assert_int_equal(store_lists(txn, &f->arena, &lists, &count), 0);
	assert_int_equal(count, 0);
	store_read_end(txn);
}

static void putting_a_list_keeps_the_count_of_what_was_not_understood(void **state)
{
	struct fixture *f = *state;
	struct list_copy copy = large_copy(&kaz_bans);
	struct entry entry = raw_entry(1, "KAZ-1", "\xff");
	struct store_txn *txn = write_begin(f);

	put(txn, &kaz_bans, &entry);
	assert_int_equal(store_list_put(txn, &kaz_bans, &copy), 0);
	commit(txn);
	assert_int_equal(not_understood(f, &kaz_bans), 1);
}

static void an_idle_list_writes_only_what_changed(void **state)
{
	struct fixture *f = *state;
	struct list_copy copy = large_copy(&kaz_bans);
	uint64_t generation;

	commit_copy(f, &kaz_bans, &copy);
	generation = store_generation(f->store);
	commit_copy(f, &kaz_bans, &copy);
	assert_true(store_generation(f->store) == generation);
	copy.head.time_s++;
	commit_copy(f, &kaz_bans, &copy);
	assert_true(store_generation(f->store) > generation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_unheard_list_is_empty),
		TEST(every_field_of_a_list_survives_a_restart),
		TEST(lists_come_in_order_with_what_workers_need),
		TEST(a_store_without_lists_has_none),
		TEST(putting_a_list_keeps_the_count_of_what_was_not_understood),
		TEST(an_idle_list_writes_only_what_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
