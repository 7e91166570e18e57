/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/digest.h"
#include "proto/record_codec.h"

static Cordon__Entry live(void)
{
	Cordon__Entry message = CORDON__ENTRY__INIT;

	message.sequence = 42;
	message.id = message_data("KAZ-2026-000123");
	message.version = 3;
	message.state = ENTRY_LIVE;
	message.ends_at_s = 1930000000;
	message.sealed = message_data("sealed");
	return message;
}

static Cordon__Entry erased(const uint8_t hash[HASH_BYTES])
{
	Cordon__Entry message = live();
	struct bytes bytes = { hash, HASH_BYTES };

	message.sealed = message_data(NULL);
	message.sealed_hash = message_data_bytes(bytes);
	return message;
}

static Cordon__Entry withdrawn(void)
{
	Cordon__Entry message = live();

	message.state = ENTRY_WITHDRAWN;
	message.ends_at_s = 0;
	return message;
}

static void assert_refused(const Cordon__Entry *message, const char *word)
{
	struct entry entry = { .sequence = 7 };
	struct errmsg msg = { "" };

	assert_int_equal(entry_from_message(message, &entry, &msg), CORDON_EPROTO);
	if (strstr(msg.text, word) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", msg.text, word);
	}
	assert_int_equal(entry.sequence, 7);
}

static void a_live_entry_goes_there_and_back(void **state)
{
	Cordon__Entry message = live(), back;
	struct entry entry;
	uint8_t hash[HASH_BYTES];

	(void)state;
	assert_int_equal(entry_from_message(&message, &entry, NULL), 0);
	assert_int_equal(hash_bytes("sealed", 6, hash), 0);
	assert_memory_equal(entry.sealed_hash, hash, HASH_BYTES);
	entry_to_message(&entry, &back);
	assert_int_equal(back.sequence, 42);
	assert_int_equal(back.version, 3);
	assert_int_equal(back.state, ENTRY_LIVE);
	assert_int_equal(back.ends_at_s, 1930000000);
	assert_int_equal(back.id.len, 15);
	assert_ptr_equal(back.id.data, message.id.data);
	assert_ptr_equal(back.sealed.data, message.sealed.data);
	assert_int_equal(back.sealed_hash.len, 0);
}

static void an_erased_entry_keeps_the_hash(void **state)
{
	uint8_t hash[HASH_BYTES] = { 1, 2, 3 };
	Cordon__Entry message = erased(hash), back;
	struct entry entry;

	(void)state;
	assert_int_equal(entry_from_message(&message, &entry, NULL), 0);
	assert_int_equal(entry.sealed.size, 0);
	assert_memory_equal(entry.sealed_hash, hash, HASH_BYTES);
	entry_to_message(&entry, &back);
	assert_int_equal(back.sealed.len, 0);
	assert_int_equal(back.sealed_hash.len, HASH_BYTES);
	assert_memory_equal(back.sealed_hash.data, hash, HASH_BYTES);
}

static void a_tombstone_has_no_end(void **state)
{
	Cordon__Entry message = withdrawn();
	struct entry entry;

	(void)state;
	assert_int_equal(entry_from_message(&message, &entry, NULL), 0);
	assert_int_equal(entry.state, ENTRY_WITHDRAWN);
	message.ends_at_s = 1;
	assert_refused(&message, "withdrawn with an end");
	message = withdrawn();
	message.sealed = message_data(NULL);
	assert_refused(&message, "withdrawn without sealed bytes");
}

static void numbers_out_of_range_are_refused(void **state)
{
	Cordon__Entry message = live();

	(void)state;
	message.sequence = 0;
	assert_refused(&message, "sequence is 0");
	message = live();
	message.version = 0;
	assert_refused(&message, "version is 0");
	message = live();
	message.state = 0;
	assert_refused(&message, "neither live nor withdrawn");
	message.state = 3;
	assert_refused(&message, "neither live nor withdrawn");
	message = live();
	message.ends_at_s = 0;
	assert_refused(&message, "live without an end");
	message.ends_at_s = INT64_MIN;
	assert_refused(&message, "live without an end");
}

static void an_id_out_of_form_is_refused(void **state)
{
	static const char *const ids[] = { NULL, "KAZ", "KAZ-\n", "kaz-1",
		"KAZ-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456" };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		Cordon__Entry message = live();

		message.id = message_data(ids[i]);
		assert_refused(&message, "id is not");
	}
}

static void bytes_and_hash_exclude_each_other(void **state)
{
	uint8_t hash[HASH_BYTES] = { 0 };
	struct bytes short_hash = { hash, HASH_BYTES - 1 };
	Cordon__Entry message = erased(hash);

	(void)state;
	message.sealed = message_data("sealed");
	assert_refused(&message, "both");
	message.sealed = message_data(NULL);
	message.sealed_hash = message_data(NULL);
	assert_refused(&message, "neither");
	message.sealed_hash = message_data_bytes(short_hash);
	assert_refused(&message, "neither");
}

static void more_bytes_than_a_record_has_are_refused(void **state)
{
	static uint8_t large[RECORD_SEALED_MAX + 1];
	struct bytes bytes = { large, RECORD_SEALED_MAX };
	Cordon__Entry message = live();
	struct entry entry;

	(void)state;
	message.sealed = message_data_bytes(bytes);
	assert_int_equal(entry_from_message(&message, &entry, NULL), 0);
	bytes.size++;
	message.sealed = message_data_bytes(bytes);
	assert_refused(&message, "more sealed bytes");
}

static void a_list_is_three_letters_and_a_kind(void **state)
{
	Cordon__ListId message, bad;
	struct list_id list, back = { .kind = 9 };

	(void)state;
	assert_true(ident_list_parse(&list, "KAZ/invalid_document"));
	list_to_message(&list, &message);
	assert_int_equal(list_from_message(&message, &back, NULL), 0);
	assert_true(ident_list_equal(&list, &back));
	assert_int_equal(list_from_message(NULL, &back, NULL), CORDON_EPROTO);
	bad = message;
	bad.kind = 0;
	assert_int_equal(list_from_message(&bad, &back, NULL), CORDON_EPROTO);
	bad.kind = 65536;
	assert_int_equal(list_from_message(&bad, &back, NULL), CORDON_EPROTO);
	bad = message;
	bad.owner = message_data("KA");
	assert_int_equal(list_from_message(&bad, &back, NULL), CORDON_EPROTO);
	bad.owner = message_data("KaZ");
	assert_int_equal(list_from_message(&bad, &back, NULL), CORDON_EPROTO);
	assert_int_equal(back.kind, CORDON_KIND_INVALID_DOCUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_entry_goes_there_and_back),
		cmocka_unit_test(an_erased_entry_keeps_the_hash),
		cmocka_unit_test(a_tombstone_has_no_end),
		cmocka_unit_test(numbers_out_of_range_are_refused),
		cmocka_unit_test(an_id_out_of_form_is_refused),
		cmocka_unit_test(bytes_and_hash_exclude_each_other),
		cmocka_unit_test(more_bytes_than_a_record_has_are_refused),
		cmocka_unit_test(a_list_is_three_letters_and_a_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
