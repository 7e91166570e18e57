/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/digest.h"

static const struct list_id kaz_bans = { { "KAZ" }, CORDON_KIND_ENTRY_BAN };

static struct entry entry(uint64_t sequence, const char *id, const char *sealed)
{
	struct entry e = {
		.sequence = sequence,
		.id = { (const uint8_t *)id, strlen(id) },
		.version = 1,
		.state = ENTRY_LIVE,
		.ends_at_s = 1930000000,
	};

	assert_int_equal(hash_bytes(sealed, strlen(sealed), e.sealed_hash), 0);
	return e;
}

static struct digest element(const struct list_id *list, const struct entry *e)
{
	struct digest d;

	assert_int_equal(digest_element(list, e, &d), 0);
	return d;
}

static void assert_hash(const struct digest *digest, const char *expected)
{
	uint8_t hash[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];

	assert_int_equal(digest_hash(digest, hash), 0);
	bytes_to_hex(hash, sizeof(hash), hex);
	assert_string_equal(hex, expected);
}

/*
 * Computed with Python's hashlib: shake_128(sha256(preimage).digest()).digest(2048),
 * where preimage = b"cordon entry 1\0" + owner + pack(">HQB", kind, sequence, len(id))
 * + id + pack(">QBq", version, state, ends_at_s) + sha256(sealed).digest().
 */
static void elements_are_those_of_the_protocol(void **state)
{
	struct entry first = entry(42, "KAZ-2026-000123", "sealed");
	struct entry second = entry(43, "KAZ-7", "gone");
	struct digest sum, other;
	char hex[33];
	uint8_t stored[DIGEST_BYTES];

	(void)state;
	first.version = 3;
	second.state = ENTRY_WITHDRAWN;
	second.ends_at_s = 0;
	sum = element(&kaz_bans, &first);
	digest_store(&sum, stored);
	bytes_to_hex(stored, 16, hex);
	assert_string_equal(hex, "0397ce44dcc1c212c680e3f51cf5fc5c");
	assert_hash(&sum,
		"5cdcd6cb288b7c14612e2d2178378cf8c88ccfa7e8821f5f1e830af727c2d059");
	other = element(&kaz_bans, &second);
	digest_add(&sum, &other);
	assert_hash(&sum,
		"eafdfa39b884c61285bc7f665e16c3aba3206d27aabea2ed4fc36707da81de8a");
}

static void nothing_has_the_digest_of_zeros(void **state)
{
	const struct digest empty = { { 0 } };

	(void)state;
	assert_hash(&empty,
		"e5a00aa9991ac8a5ee3109844d84a55583bd20572ad3ffcd42792f3c36b183ad");
}

/* Every field is inside: a relay can alter none of them. */
static void every_field_moves_the_element(void **state)
{
	const struct entry base = entry(42, "KAZ-1", "sealed");
	struct list_id other_owner = { { "RUS" }, CORDON_KIND_ENTRY_BAN };
	struct list_id other_kind = { { "KAZ" }, CORDON_KIND_DEPORTATION };
	struct entry changed[6] = { base, base, base, base, base, base };
	struct digest elements[9];

	(void)state;
	changed[0].sequence++;
	changed[1].id.size--;
	changed[2].version++;
	changed[3].state = ENTRY_WITHDRAWN;
	changed[4].ends_at_s++;
	changed[5].sealed_hash[31] ^= 1;
	elements[0] = element(&kaz_bans, &base);
	elements[1] = element(&other_owner, &base);
	elements[2] = element(&other_kind, &base);
	for (size_t i = 0; i < 6; i++) {
		elements[3 + i] = element(&kaz_bans, &changed[i]);
	}
	for (size_t i = 0; i < 9; i++) {
		for (size_t j = 0; j < i; j++) {
			assert_memory_not_equal(
				&elements[i], &elements[j], DIGEST_BYTES);
		}
	}
}

static void an_id_too_long_has_no_element(void **state)
{
	struct entry e = entry(1, "KAZ-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456", "x");
	struct digest d = { { 7 } };

	(void)state;
	assert_int_equal(digest_element(&kaz_bans, &e, &d), CORDON_EINTERNAL);
	assert_int_equal(d.lanes[0], 7);
}

static void the_order_of_changes_does_not_matter(void **state)
{
	static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct entry entries[3] = { entry(1, "KAZ-1", "a"), entry(2, "KAZ-2", "b"),
		entry(3, "KAZ-3", "c") };
	struct digest first = { { 0 } };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct digest sum = { { 0 } };

		for (size_t j = 0; j < 3; j++) {
			struct digest e = element(&kaz_bans, &entries[orders[i][j]]);

			digest_add(&sum, &e);
		}
		if (i == 0) {
			first = sum;
		}
		assert_memory_equal(&sum, &first, sizeof(sum));
	}
}

static void the_sum_of_many_is_that_of_each(void **state)
{
	const struct entry entries[] = { entry(1, "KAZ-1", "a"), entry(2, "KAZ-2", "b"),
		entry(3, "KAZ-3", "c") };
	static const uint8_t long_id[CORDON_ID_MAX + 1] = "KAZ-4";
	struct entry bad = entry(4, "KAZ-4", "d");
	struct digest sum, one_by_one = { { 0 } };

	(void)state;
	assert_int_equal(digest_sum(&kaz_bans, entries, 3, &sum), 0);
	for (size_t i = 0; i < 3; i++) {
		struct digest e = element(&kaz_bans, &entries[i]);

		digest_add(&one_by_one, &e);
	}
	assert_memory_equal(&sum, &one_by_one, sizeof(sum));
	bad.id = (struct bytes){ long_id, sizeof(long_id) };
	assert_int_equal(digest_sum(&kaz_bans, &bad, 1, &sum), CORDON_EINTERNAL);
	assert_memory_equal(&sum, &one_by_one, sizeof(sum));
	assert_int_equal(digest_sum(&kaz_bans, NULL, 0, &sum), 0);
	memset(&one_by_one, 0, sizeof(one_by_one));
	assert_memory_equal(&sum, &one_by_one, sizeof(sum));
}

static void what_is_taken_out_leaves_no_trace(void **state)
{
	const struct digest empty = { { 0 } };
	struct entry old = entry(1, "KAZ-1", "old"), new = entry(2, "KAZ-1", "new");
	struct digest sum = element(&kaz_bans, &old), out = sum;
	struct digest in = element(&kaz_bans, &new);

	(void)state;
	digest_subtract(&sum, &out);
	assert_memory_equal(&sum, &empty, sizeof(sum));
	digest_add(&sum, &out);
	digest_subtract(&sum, &out);
	digest_add(&sum, &in);
	assert_memory_equal(&sum, &in, sizeof(sum));
}

static void lanes_are_stored_little_endian_and_wrap(void **state)
{
	struct digest d = { { 0x0102, 0xffff } }, one = { { 1, 1 } }, back;
	uint8_t stored[DIGEST_BYTES];

	(void)state;
	digest_add(&d, &one);
	digest_store(&d, stored);
	assert_int_equal(stored[0], 0x03);
	assert_int_equal(stored[1], 0x01);
	assert_int_equal(stored[2], 0);
	assert_int_equal(stored[3], 0);
	digest_load(&back, stored);
	assert_memory_equal(&back, &d, sizeof(d));
	digest_subtract(&d, &one);
	assert_int_equal(d.lanes[1], 0xffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_those_of_the_protocol),
		cmocka_unit_test(nothing_has_the_digest_of_zeros),
		cmocka_unit_test(every_field_moves_the_element),
		cmocka_unit_test(an_id_too_long_has_no_element),
		cmocka_unit_test(the_order_of_changes_does_not_matter),
		cmocka_unit_test(the_sum_of_many_is_that_of_each),
		cmocka_unit_test(what_is_taken_out_leaves_no_trace),
		cmocka_unit_test(lanes_are_stored_little_endian_and_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
