/* SPDX-License-Identifier: Apache-2.0 */
/* What proves that an owner signed two histories, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/evidence.h"

/* A head of KAZ's entry bans whose hash is made of one letter; previous 0: none. */
static struct head head(uint64_t epoch, uint64_t sequence, char name, char previous)
{
	struct head head = {
		.list = { .owner = { "KAZ" }, .kind = CORDON_KIND_ENTRY_BAN },
		.epoch = { .number = epoch, .tag = 7 },
		.sequence = sequence,
		.has_previous = previous != 0,
		.time_s = 1790000000,
	};

	memset(head.hash, name, sizeof(head.hash));
	memset(head.previous, previous, sizeof(head.previous));
	return head;
}

static void check_order(const struct head *const *order, size_t count,
	enum evidence_kind kind, size_t proof)
{
	struct evidence found;

	assert_int_equal(evidence_find(order, count, &found), kind);
	assert_int_equal(found.kind, kind);
	assert_int_equal(found.count, proof);
	for (size_t i = 1; i < found.count; i++) {
		assert_true(found.heads[i - 1]->sequence <= found.heads[i]->sequence);
	}
}

/* Every order of heads, the places from fixed on still to be filled. */
static void permute(const struct head **order, size_t fixed, size_t count,
	enum evidence_kind kind, size_t proof)
{
	if (fixed == count) {
		check_order(order, count, kind, proof);
		return;
	}
	for (size_t i = fixed; i < count; i++) {
		const struct head *was = order[fixed];

		order[fixed] = order[i];
		order[i] = was;
		permute(order, fixed + 1, count, kind, proof);
		order[i] = order[fixed];
		order[fixed] = was;
	}
}

/* In every order, and with each head twice, the proof is this. */
static void expect(
	const struct head *heads, size_t count, enum evidence_kind kind, size_t proof)
{
	const struct head *order[8];

	assert_true(count <= 4);
	for (size_t i = 0; i < count; i++) {
		order[i] = &heads[i];
		order[count + i] = &heads[i];
	}
	permute(order, 0, count, kind, proof);
	check_order(order, 2 * count, kind, proof);
}

static void one_epoch_number_with_two_tags(void **state)
{
	struct head heads[] = { head(5, 3, 'a', 0), head(5, 9, 'b', 'x') };

	(void)state;
	expect(heads, 2, EVIDENCE_NONE, 0);
	heads[1].epoch.tag = 8;
	expect(heads, 2, EVIDENCE_TAGS, 2);
	heads[0].sequence = heads[1].sequence;
	expect(heads, 2, EVIDENCE_TAGS, 2);
}

static void one_sequence_with_two_contents(void **state)
{
	struct head heads[] = { head(5, 3, 'a', 'p'), head(5, 3, 'b', 'q') };

	(void)state;
	expect(heads, 2, EVIDENCE_CONTENTS, 2);
}

static void two_successors_of_one_head(void **state)
{
	struct head heads[] = { head(5, 4, 'a', 'p'), head(5, 6, 'b', 'p') };

	(void)state;
	expect(heads, 2, EVIDENCE_PREVIOUS, 2);
	heads[0].has_previous = false;
	heads[1].has_previous = false;
	expect(heads, 2, EVIDENCE_PREVIOUS, 2); /* two beginnings */
}

static void a_head_between_another_and_the_one_it_follows(void **state)
{
	struct head heads[] = { head(5, 4, 'a', 'z'), head(5, 5, 'b', 'y'),
		head(5, 6, 'c', 'a') };

	(void)state;
	expect(heads, 3, EVIDENCE_BETWEEN, 3);
	expect(&heads[1], 2, EVIDENCE_NONE, 0); /* the one that is named is needed */
	heads[1].sequence = 4;
	memset(heads[1].hash, 'a', HASH_BYTES);
	expect(heads, 3, EVIDENCE_NONE, 0);
}

static void a_head_below_a_lists_first(void **state)
{
	struct head heads[] = { head(5, 2, 'a', 'z'), head(5, 3, 'b', 0) };

	(void)state;
	expect(heads, 2, EVIDENCE_BETWEEN, 2);
}

static void a_head_below_an_epochs_first(void **state)
{
	struct head heads[] = { head(5, 4, 'a', 'z'), head(6, 5, 'b', 'y'),
		head(6, 7, 'c', 'a') };

	(void)state;
	expect(heads, 3, EVIDENCE_BETWEEN, 3);
}

static void it_is_found_among_many(void **state)
{
	struct head heads[] = { head(5, 1, 'a', 0), head(5, 2, 'b', 'a'),
		head(5, 3, 'c', 'b'), head(5, 3, 'd', 'b') };

	(void)state;
	expect(heads, 4, EVIDENCE_CONTENTS, 2);
}

static void an_honest_chain_proves_nothing(void **state)
{
	struct head heads[] = { head(5, 1, 'a', 0), head(5, 4, 'b', 'a'),
		head(5, 5, 'c', 'b'), head(5, 9, 'd', 'c') };
	struct head gaps[] = { head(5, 1, 'a', 0), head(5, 5, 'c', 'b'),
		head(5, 9, 'd', 'x') };

	(void)state;
	expect(heads, 4, EVIDENCE_NONE, 0);
	expect(gaps, 3, EVIDENCE_NONE, 0);
}

/* Idle repeats, also of an owner that was stopped and started. */
static void the_same_head_at_a_later_time_proves_nothing(void **state)
{
	struct head heads[] = { head(5, 4, 'b', 'a'), head(5, 4, 'b', 'a'),
		head(5, 6, 'c', 'b') };

	(void)state;
	heads[1].time_s += 5;
	expect(heads, 3, EVIDENCE_NONE, 0);
}

/* The old signer went on beyond the place where the new epoch took over. */
static void epochs_that_took_over_prove_nothing(void **state)
{
	struct head heads[] = { head(5, 4, 'a', 'z'), head(5, 5, 'b', 'a'),
		head(6, 5, 'c', 'a'), head(7, 5, 'd', 'a') };
	struct head_base base = { .epoch = { 5, 7 }, .sequence = 4 };

	(void)state;
	memset(base.hash, 'a', sizeof(base.hash));
	heads[2].bases[heads[2].bases_count++] = base;
	heads[3].bases[heads[3].bases_count++] = base;
	heads[3].epoch.tag = 99;
	expect(heads, 4, EVIDENCE_NONE, 0);
}

static void heads_of_other_lists_are_left_out(void **state)
{
	struct head heads[] = { head(5, 3, 'a', 'p'), head(5, 3, 'b', 'p') };
	const struct head *order[] = { &heads[0], &heads[1] };
	struct evidence found;

	(void)state;
	heads[1].list.kind = CORDON_KIND_DEPORTATION;
	assert_int_equal(evidence_find(order, 2, &found), EVIDENCE_NONE);
	heads[1].list = heads[0].list;
	strcpy(heads[1].list.owner.code, "RUS");
	assert_int_equal(evidence_find(order, 2, &found), EVIDENCE_NONE);
}

static void one_head_or_none_proves_nothing(void **state)
{
	struct head only = head(5, 3, 'a', 0);
	const struct head *order[] = { &only };
	struct evidence found = { .count = 9 };

	(void)state;
	assert_int_equal(evidence_find(order, 1, &found), EVIDENCE_NONE);
	assert_int_equal(evidence_find(NULL, 0, &found), EVIDENCE_NONE);
	assert_int_equal(found.count, 0);
}

/* A head that says it follows itself, or what comes after it, breaks nothing here. */
static void impossible_chains_are_judged_too(void **state)
{
	struct head heads[] = { head(5, 4, 'a', 'a'), head(5, 3, 'b', 'c'),
		head(5, 9, 'c', 'd') };

	(void)state;
	expect(heads, 3, EVIDENCE_NONE, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_epoch_number_with_two_tags),
		cmocka_unit_test(one_sequence_with_two_contents),
		cmocka_unit_test(two_successors_of_one_head),
		cmocka_unit_test(a_head_between_another_and_the_one_it_follows),
		cmocka_unit_test(a_head_below_a_lists_first),
		cmocka_unit_test(a_head_below_an_epochs_first),
		cmocka_unit_test(it_is_found_among_many),
		cmocka_unit_test(an_honest_chain_proves_nothing),
		cmocka_unit_test(the_same_head_at_a_later_time_proves_nothing),
		cmocka_unit_test(epochs_that_took_over_prove_nothing),
		cmocka_unit_test(heads_of_other_lists_are_left_out),
		cmocka_unit_test(one_head_or_none_proves_nothing),
		cmocka_unit_test(impossible_chains_are_judged_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
