/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/ident.h"

static struct list_id list(const char *text)
{
	struct list_id id = { .kind = 0 };

	assert_true(ident_list_parse(&id, text));
	return id;
}

static void a_list_has_one_text(void **state)
{
	static const char *const texts[] = { "KAZ/entry_ban", "RUS/invalid_document",
		"BLR/kind-5", "BLR/kind-65535" };
	char out[LIST_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct list_id id = list(texts[i]);

		ident_list_text(&id, out);
		assert_string_equal(out, texts[i]);
	}
}

static void what_names_no_list_is_refused(void **state)
{
	static const char *const texts[] = { "", "KAZ", "KAZ/", "KAZ/ban",
		"kaz/entry_ban", "KA/entry_ban", "KAZA/entry_ban", "KAZ/kind-",
		"KAZ/kind-0", "KAZ/kind-1", "KAZ/kind-05", "KAZ/kind-65536",
		"KAZ/kind-99999", "KAZ/kind-4294967301", "KAZ/kind--5", "KAZ/kind-5 ",
		"KAZ/entry_ban/" };
	struct list_id id = list("RUS/deportation");

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_false(ident_list_parse(&id, texts[i]));
	}
	assert_int_equal(id.kind, CORDON_KIND_DEPORTATION);
}

static void lists_are_ordered_by_owner_then_kind(void **state)
{
	static const char *const texts[] = { "ARM/invalid_document", "BLR/entry_ban",
		"BLR/deportation", "BLR/kind-300", "KAZ/entry_ban" };
	size_t count = sizeof(texts) / sizeof(texts[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			struct list_id a = list(texts[i]), b = list(texts[j]);
			int order = ident_list_compare(&a, &b);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
			assert_int_equal(ident_list_equal(&a, &b), i == j);
		}
	}
}

static void a_record_id_is_owner_dash_and_1_to_32_characters(void **state)
{
	static const char *const good[] = { "KAZ-2026-000123", "RUS-9", "BLR--",
		"KAZ-ABCDEFGHIJKLMNOPQRSTUVWXYZ012345" };
	static const char *const bad[] = { "", "KAZ", "KAZ-", "KA-1", "kaz-1", "KAZ-a",
		"KAZ_1", "K1Z-1", "KAZ-1 ", "KAZ-\xd0\x90",
		"KAZ-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(ident_record_id_valid(good[i], strlen(good[i])));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(ident_record_id_valid(bad[i], strlen(bad[i])));
	}
	assert_false(ident_record_id_valid("KAZ-1\0", 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_has_one_text),
		cmocka_unit_test(what_names_no_list_is_refused),
		cmocka_unit_test(lists_are_ordered_by_owner_then_kind),
		cmocka_unit_test(a_record_id_is_owner_dash_and_1_to_32_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
