/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/audit/entry.h"

static struct bytes text(const char *s)
{
	return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

static void assert_text(struct bytes got, const char *expected)
{
	assert_int_equal(got.size, strlen(expected));
	assert_memory_equal(got.data, expected, got.size);
}

static void an_entry_is_read_as_it_was_written(void **state)
{
	uint8_t ids[64], hash[HASH_BYTES] = { 9 };
	size_t ids_used = 0, size, written;
	struct audit_entry e = {
		.kind = AUDIT_LOOKUP,
		.flags = AUDIT_INCOMPLETE,
		.at_us = 1767225600123456,
		.took_us = 31,
		.error = 7,
		.message = 32,
		.role = ROLE_CHECKPOINT,
		.purpose = 1,
		.direction = 2,
		.verdict = 3,
		.query = 4,
		.outcome = 5,
		.tags = { 11, 0, 13 },
		.version = 17,
		.who = text("cordon://KAZ/checkpoint/almaty-1"),
		.officer = text("4711"),
		.checkpoint = text("gate-2"),
		.address = text("127.0.0.1"),
		.lookup = text("6b-0-1"),
		.id = text("KAZ-1"),
		.fields = text("reason"),
		.text = text("why"),
		.old_hash = { hash, HASH_BYTES },
		.secret = text("secret"),
		.records_count = 2,
	};
	struct audit_entry got;
	uint8_t out[1024];
	uint32_t secret;

	(void)state;
	assert_true(audit_records_add(ids, sizeof(ids), &ids_used, text("KAZ-7")));
	assert_true(audit_records_add(ids, sizeof(ids), &ids_used, text("RUS-81")));
	e.records = (struct bytes){ ids, ids_used };
	written = audit_entry_write(&e, out);
	assert_true(written <= audit_entry_bytes(&e));
	assert_true(audit_entry_read(
		(struct bytes){ out, written + 5 }, &got, &size, &secret));
	assert_int_equal(size, written);
	assert_int_equal(secret, 6);
	assert_int_equal(got.at_us, e.at_us);
	assert_int_equal(got.took_us, 31);
	assert_int_equal(got.error, 7);
	assert_int_equal(got.message, 32);
	assert_int_equal(got.verdict, 3);
	assert_int_equal(got.outcome, 5);
	assert_int_equal(got.tags[AUDIT_TAG_DOCUMENT], 11);
	assert_int_equal(got.tags[AUDIT_TAG_PERSONAL], 0);
	assert_int_equal(got.tags[AUDIT_TAG_PERSON], 13);
	assert_int_equal(got.version, 17);
	assert_text(got.who, "cordon://KAZ/checkpoint/almaty-1");
	assert_text(got.lookup, "6b-0-1");
	assert_text(got.fields, "reason");
	assert_memory_equal(got.old_hash.data, hash, HASH_BYTES);
	assert_int_equal(got.new_hash.size, 0);
	assert_text(audit_records_next(&got.records), "KAZ-7");
	assert_text(audit_records_next(&got.records), "RUS-81");
	assert_int_equal(got.records.size, 0);
}

static void long_texts_are_cut_between_characters(void **state)
{
	char lengthy[3000];
	struct audit_entry e = { .kind = AUDIT_LOG }, got;
	uint8_t out[4096];
	uint32_t secret;
	size_t size;

	(void)state;
	lengthy[0] = 'x';
	for (size_t i = 1; i + 1 < sizeof(lengthy); i += 2) {
		memcpy(lengthy + i, "\xd0\x96", 2);
	}
	e.text = (struct bytes){ (const uint8_t *)lengthy, sizeof(lengthy) - 1 };
	size = audit_entry_write(&e, out);
	assert_true(size <= audit_entry_bytes(&e));
	assert_true(
		audit_entry_read((struct bytes){ out, size }, &got, &size, &secret));
	assert_int_equal(got.text.size, 1023);
	assert_true(bytes_are_text(got.text.data, got.text.size));
}

static void no_entry_is_read_beyond_its_end(void **state)
{
	struct audit_entry e = { .kind = AUDIT_READ, .who = text("cordon://KAZ/a/b") };
	uint8_t out[256];
	size_t size = audit_entry_write(&e, out), got_size;
	struct audit_entry got;
	uint32_t secret;

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		uint8_t *exact = malloc(cut + 1);

		memcpy(exact, out, cut);
		assert_false(audit_entry_read(
			(struct bytes){ exact, cut }, &got, &got_size, &secret));
		free(exact);
	}
}

/* From the paper's appendix A. */
static void siphash_is_siphash(void **state)
{
	uint8_t key[AUDIT_TAG_KEY_BYTES], data[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof(key); i++) {
		key[i] = i;
	}
	for (uint8_t i = 0; i < sizeof(data); i++) {
		data[i] = i;
	}
	assert_true(
		audit_siphash(key, data, sizeof(data)) == UINT64_C(0xa129ca6149be45e5));
}

static void tags_tell_what_is_hashed(void **state)
{
	uint8_t key[AUDIT_TAG_KEY_BYTES] = { 1 }, other[AUDIT_TAG_KEY_BYTES] = { 2 };

	(void)state;
	assert_true(audit_tag(key, AUDIT_TAG_DOCUMENT, "A1", 2) ==
		    audit_tag(key, AUDIT_TAG_DOCUMENT, "A1", 2));
	assert_true(audit_tag(key, AUDIT_TAG_DOCUMENT, "A1", 2) !=
		    audit_tag(key, AUDIT_TAG_PERSONAL, "A1", 2));
	assert_true(audit_tag(key, AUDIT_TAG_DOCUMENT, "A1", 2) !=
		    audit_tag(other, AUDIT_TAG_DOCUMENT, "A1", 2));
}

static void a_sum_sees_every_change_of_a_byte(void **state)
{
	struct audit_entry e = { .kind = AUDIT_READ, .who = text("cordon://KAZ/a/b") };
	uint8_t out[256], secret[9] = "asked it";
	struct bytes plain = { out, audit_entry_write(&e, out) };
	uint32_t sum = audit_entry_sum(5, plain, (struct bytes){ secret, 9 });

	(void)state;
	assert_true(sum != audit_entry_sum(6, plain, (struct bytes){ secret, 9 }));
	for (size_t i = 0; i < plain.size; i++) {
		out[i] ^= 0x10;
		if (i < AUDIT_ENTRY_SUM_AT || i >= AUDIT_ENTRY_SUM_AT + 4) {
			assert_true(sum != audit_entry_sum(5, plain,
						   (struct bytes){ secret, 9 }));
		}
		out[i] ^= 0x10;
	}
	for (size_t i = 0; i < 9; i++) {
		secret[i] ^= 1;
		assert_true(
			sum != audit_entry_sum(5, plain, (struct bytes){ secret, 9 }));
		secret[i] ^= 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_read_as_it_was_written),
		cmocka_unit_test(long_texts_are_cut_between_characters),
		cmocka_unit_test(no_entry_is_read_beyond_its_end),
		cmocka_unit_test(siphash_is_siphash),
		cmocka_unit_test(tags_tell_what_is_hashed),
		cmocka_unit_test(a_sum_sees_every_change_of_a_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
