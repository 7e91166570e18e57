/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/db.h"
#include "tests/unit/store/fixture.h"

static void put_head(struct store_txn *txn, const struct head *head, const char *packed)
{
	assert_int_equal(store_head_put(txn, head, bytes_text(packed)), 0);
}

static void a_repeated_head_is_current_and_no_new_link(void **state)
{
	struct fixture *f = *state;
	struct head first = head_of(&kaz_bans, 1, 5), second = head_of(&kaz_bans, 1, 6);
	struct store_txn *txn = write_begin(f);
	struct bytes packed;

	assert_int_equal(store_head_get(txn, &kaz_bans, &packed), 0);
	assert_null(packed.data);
	assert_int_equal(packed.size, 0);
	put_head(txn, &first, "five");
	put_head(txn, &first, "five later");
	assert_int_equal(store_head_get(txn, &kaz_bans, &packed), 0);
	assert_packed(packed, "five later");
	put_head(txn, &second, "six");
	assert_int_equal(store_head_get(txn, &kaz_bans, &packed), 0);
	assert_packed(packed, "six");
	assert_int_equal(store_head_at(txn, &kaz_bans, &first.epoch, 5, &packed), 0);
	assert_packed(packed, "five");
	assert_int_equal(store_head_at(txn, &kaz_bans, &second.epoch, 6, &packed), 0);
	assert_packed(packed, "six");
	assert_int_equal(store_head_at(txn, &kaz_bans, &first.epoch, 7, &packed), 0);
	assert_int_equal(packed.size, 0);
	assert_int_equal(store_head_get(txn, &rus_bans, &packed), 0);
	assert_int_equal(packed.size, 0);
	commit(txn);
}

static void the_newest_256_heads_of_a_list_are_kept(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = write_begin(f);
	struct head other = head_of(&kaz_documents, 1, 1);
	struct epoch epoch = head_of(&kaz_bans, 3, 0).epoch;
	struct bytes packed;

	put_head(txn, &other, "other");
	other = head_of(&rus_bans, 1, 1);
	put_head(txn, &other, "other");
	for (uint64_t sequence = 1; sequence <= 300; sequence++) {
		struct head head = head_of(&kaz_bans, 3, sequence);

		put_head(txn, &head, "head");
	}
	for (uint64_t sequence = 1; sequence <= 300; sequence++) {
		assert_int_equal(
			store_head_at(txn, &kaz_bans, &epoch, sequence, &packed), 0);
		assert_int_equal(packed.size, sequence > 300 - 256 ? 4 : 0);
	}
	assert_int_equal(store_head_at(txn, &rus_bans, &other.epoch, 1, &packed), 0);
	assert_packed(packed, "other");
	assert_int_equal(
		store_head_at(txn, &kaz_documents, &other.epoch, 1, &packed), 0);
	assert_packed(packed, "other");
	commit(txn);
}

static void heads_that_are_no_heads_are_refused(void **state)
{
	struct fixture *f = *state;
	static uint8_t large[HEAD_BYTES_MAX + 1];
	struct head head = head_of(&kaz_bans, 1, 1);
	struct store_txn *txn = write_begin(f);

	assert_int_equal(
		store_head_put(txn, &head, (struct bytes){ NULL, 0 }), CORDON_EINVAL);
	store_abort(txn);
	txn = write_begin(f);
	assert_int_equal(
		store_head_put(txn, &head, (struct bytes){ large, sizeof(large) }),
		CORDON_EINVAL);
	store_abort(txn);
}

struct told {
	char text[64]; /* what was told, each with a blank */
	size_t count, max;
};

static bool tell(struct told *told, struct bytes packed)
{
	size_t used = strlen(told->text);

	assert_true(used + packed.size + 2 < sizeof(told->text));
	memcpy(told->text + used, packed.data, packed.size);
	memcpy(told->text + used + packed.size, " ", 2);
	return ++told->count != told->max;
}

static bool tell_head(void *context, struct bytes packed)
{
	return tell(context, packed);
}

static void expect_down(
	struct store_txn *txn, uint64_t from, uint64_t to, const char *expected)
{
	struct epoch epoch = head_of(&kaz_bans, 2, 1).epoch;
	struct told told = { .count = 0 };

	assert_int_equal(
		store_heads_down(txn, &kaz_bans, &epoch, from, to, tell_head, &told),
		0);
	assert_string_equal(told.text, expected);
}

static void heads_around_a_place_are_told_downwards(void **state)
{
	struct fixture *f = *state;
	struct head earlier = head_of(&kaz_bans, 1, 9),
		    later = head_of(&kaz_bans, 3, 1),
		    other = head_of(&kaz_documents, 2, 5), head;
	struct store_txn *txn = write_begin(f);
	static const char *const names[] = { "3", "5", "6", "9" };

	expect_down(txn, 1, 9, "");
	put_head(txn, &earlier, "earlier");
	put_head(txn, &other, "other");
	for (size_t i = 0; i < 4; i++) {
		head = head_of(&kaz_bans, 2, (uint64_t)(names[i][0] - '0'));
		assert_int_equal(
			store_head_remember(txn, &head, bytes_text(names[i])), 0);
	}
	expect_down(txn, 5, 6, "9 6 5 3 ");
	expect_down(txn, 5, 5, "6 5 3 ");
	expect_down(txn, 4, 4, "5 3 ");
	expect_down(txn, 7, 8, "9 6 ");
	expect_down(txn, 1, 2, "3 ");
	expect_down(txn, 10, 20, "9 ");
	expect_down(txn, 0, UINT64_MAX, "9 6 5 3 ");
	put_head(txn, &later, "later");
	expect_down(txn, 10, 20, "9 ");
	expect_down(txn, 9, 9, "9 6 ");
	commit(txn);
}

static void a_remembered_head_is_not_that_of_the_live_rows(void **state)
{
	struct fixture *f = *state;
	struct head live = head_of(&kaz_bans, 1, 5), ahead = head_of(&kaz_bans, 1, 8);
	struct store_txn *txn = write_begin(f);
	struct bytes packed;

	put_head(txn, &live, "five");
	assert_int_equal(store_head_remember(txn, &ahead, bytes_text("eight")), 0);
	assert_int_equal(store_head_get(txn, &kaz_bans, &packed), 0);
	assert_packed(packed, "five");
	assert_int_equal(store_head_at(txn, &kaz_bans, &ahead.epoch, 8, &packed), 0);
	assert_packed(packed, "eight");
	commit(txn);
}

static bool tell_evidence(void *context, const struct store_evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++) {
		if (!tell(context, evidence->heads[i])) {
			return false;
		}
	}
	return true;
}

static bool count_evidence(void *context, const struct store_evidence *evidence)
{
	assert_int_equal(evidence->count, 2);
	++*(size_t *)context;
	return true;
}

static bool put_evidence(struct store_txn *txn, uint64_t sequence, const char *a,
	const char *b, const char *c)
{
	struct head first = head_of(&kaz_bans, 1, sequence);
	struct store_evidence evidence = { { bytes_text(a), bytes_text(b) }, 2 };
	bool added = false;

	if (c != NULL) {
		evidence.heads[evidence.count++] = bytes_text(c);
	}
	assert_int_equal(store_evidence_put(txn, &first, &evidence, &added), 0);
	return added;
}

static void evidence_is_kept_once_and_not_without_end(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn = write_begin(f);
	struct told told = { .count = 0 };
	size_t count = 0;

	assert_true(put_evidence(txn, 5, "a", "bb", NULL));
	assert_false(put_evidence(txn, 5, "a", "bb", NULL));
	assert_true(put_evidence(txn, 6, "x", "yy", "zzz"));
	assert_int_equal(store_evidence(txn, &kaz_bans, tell_evidence, &told), 0);
	assert_string_equal(told.text, "a bb x yy zzz ");
	commit(txn);
	txn = write_begin(f);
	assert_true(put_evidence(txn, 5, "a", "other", NULL));
	for (uint64_t sequence = 7; sequence < 200; sequence++) {
		assert_int_equal(
			put_evidence(txn, sequence, "y", "z", NULL), sequence < 68);
	}
	assert_int_equal(store_evidence(txn, &rus_bans, count_evidence, &count), 0);
	assert_int_equal(count, 0);
	commit(txn);
}

static void what_is_no_evidence_is_refused(void **state)
{
	struct fixture *f = *state;
	struct head first = head_of(&kaz_bans, 1, 5);
	struct store_evidence alone = { { bytes_text("a") }, 1 },
			      empty = { { bytes_text("a"), { NULL, 0 } }, 2 };
	bool added = false;
	struct store_txn *txn = write_begin(f);

	assert_int_equal(
		store_evidence_put(txn, &first, &alone, &added), CORDON_EINVAL);
	store_abort(txn);
	txn = write_begin(f);
	assert_int_equal(
		store_evidence_put(txn, &first, &empty, &added), CORDON_EINVAL);
	store_abort(txn);
	assert_false(added);
}

/* Written by an earlier version: size of the first head, both heads. */
static void pairs_in_the_old_form_are_read(void **state)
{
	struct fixture *f = *state;
	struct head first = head_of(&kaz_bans, 1, 5);
	struct told told = { .count = 0 };
	struct store_txn *txn = write_begin(f);
	struct bytes old = { (const uint8_t *)"\0\0\0\2aabbb", 9 };
	struct key key;

	key_evidence(&key, &first);
	assert_int_equal(db_put(txn, TABLE_EVIDENCE, key_bytes(&key), old), 0);
	assert_int_equal(store_evidence(txn, &kaz_bans, tell_evidence, &told), 0);
	assert_string_equal(told.text, "aa bbb ");
	commit(txn);
}

static struct ack ack_of(
	const struct list_id *list, const char *node, uint64_t sequence)
{
	struct ack ack = { .list = *list,
		.epoch = { 2, 3 },
		.sequence = sequence,
		.time_s = 1780000000 };

	assert_int_equal(ident_uri_parse(&ack.node, node, strlen(node), NULL), 0);
	memset(ack.head_hash, (int)sequence, sizeof(ack.head_hash));
	return ack;
}

struct seen_acks {
	struct fixture *f;
	const char *text;
	bool stop;
};

static bool see_ack(void *context, const struct ack *ack)
{
	struct seen_acks *seen = context;
	char uri[IDENT_URI_MAX];

	ident_uri_text(&ack->node, uri);
	assert_int_equal(ack->epoch.tag, 3);
	assert_int_equal(ack->head_hash[0], ack->sequence);
	seen->text = arena_printf(
		&seen->f->arena, "%s%s %u; ", seen->text, uri, (unsigned)ack->sequence);
	return !seen->stop;
}

static void put_ack(struct store_txn *txn, struct ack ack)
{
	assert_int_equal(store_ack_put(txn, &ack, bytes_text("signed")), 0);
}

static void the_newest_acknowledgement_of_each_node_is_kept(void **state)
{
	struct fixture *f = *state;
	struct seen_acks seen = { .f = f, .text = "" };
	struct ack later_epoch = ack_of(&kaz_bans, "cordon://RUS/node/n2", 1);
	struct store_txn *txn = write_begin(f);

	put_ack(txn, ack_of(&kaz_bans, "cordon://RUS/node/n2", 7));
	put_ack(txn, ack_of(&kaz_bans, "cordon://BLR/node/n1", 4));
	put_ack(txn, ack_of(&kaz_bans, "cordon://BLR/node/n1", 5));
	put_ack(txn, ack_of(&kaz_bans, "cordon://BLR/node/n1", 3));
	put_ack(txn, ack_of(&kaz_documents, "cordon://BLR/node/n1", 9));
	assert_int_equal(store_acks(txn, &kaz_bans, see_ack, &seen), 0);
	assert_string_equal(
		seen.text, "cordon://BLR/node/n1 5; cordon://RUS/node/n2 7; ");
	later_epoch.epoch.number++;
	put_ack(txn, later_epoch);
	seen = (struct seen_acks){ .f = f, .text = "", .stop = true };
	assert_int_equal(store_acks(txn, &kaz_bans, see_ack, &seen), 0);
	assert_string_equal(seen.text, "cordon://BLR/node/n1 5; ");
	seen = (struct seen_acks){ .f = f, .text = "" };
	assert_int_equal(store_acks(txn, &kaz_bans, see_ack, &seen), 0);
	assert_string_equal(
		seen.text, "cordon://BLR/node/n1 5; cordon://RUS/node/n2 1; ");
	commit(txn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_repeated_head_is_current_and_no_new_link),
		TEST(the_newest_256_heads_of_a_list_are_kept),
		TEST(heads_that_are_no_heads_are_refused),
		TEST(evidence_is_kept_once_and_not_without_end),
		TEST(what_is_no_evidence_is_refused),
		TEST(pairs_in_the_old_form_are_read),
		TEST(heads_around_a_place_are_told_downwards),
		TEST(a_remembered_head_is_not_that_of_the_live_rows),
		TEST(the_newest_acknowledgement_of_each_node_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
