/* SPDX-License-Identifier: Apache-2.0 */
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

struct pairs {
	size_t count;
	struct bytes a, b;
};

static bool see_pair(void *context, struct bytes packed_a, struct bytes packed_b)
{
	struct pairs *pairs = context;

	pairs->count++;
	pairs->a = packed_a;
	pairs->b = packed_b;
	return true;
}

static void evidence_is_kept_once_and_not_without_end(void **state)
{
	struct fixture *f = *state;
	struct head head = head_of(&kaz_bans, 1, 5);
	struct pairs pairs = { 0 };
	struct store_txn *txn = write_begin(f);

	assert_int_equal(
		store_evidence_put(txn, &head, bytes_text("a"), bytes_text("bb")), 0);
	assert_int_equal(
		store_evidence_put(txn, &head, bytes_text("x"), bytes_text("y")), 0);
	assert_int_equal(store_evidence(txn, &kaz_bans, see_pair, &pairs), 0);
	assert_int_equal(pairs.count, 1);
	assert_packed(pairs.a, "a");
	assert_packed(pairs.b, "bb");
	for (uint64_t sequence = 6; sequence < 200; sequence++) {
		head = head_of(&kaz_bans, 1, sequence);
		assert_int_equal(store_evidence_put(txn, &head,
					 (struct bytes){ NULL, 0 }, bytes_text("y")),
			0);
	}
	pairs.count = 0;
	assert_int_equal(store_evidence(txn, &kaz_bans, see_pair, &pairs), 0);
	assert_int_equal(pairs.count, 64);
	pairs.count = 0;
	assert_int_equal(store_evidence(txn, &rus_bans, see_pair, &pairs), 0);
	assert_int_equal(pairs.count, 0);
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
		TEST(the_newest_acknowledgement_of_each_node_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
