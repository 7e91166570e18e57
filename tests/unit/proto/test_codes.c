/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/ident.h"

#define CODES_SEARCHED 256

static void every_code_has_one_number_and_one_text(void **state)
{
	static const size_t expected[CORDON_CODES_COUNT] = {
		[CORDON_CODES_KIND] = 4,
		[CORDON_CODES_REASON] = 20,
		[CORDON_CODES_ACTION] = 7,
		[CORDON_CODES_SCOPE] = 2,
		[CORDON_CODES_WITHDRAWAL] = 9,
		[CORDON_CODES_NAME_TYPE] = 5,
		[CORDON_CODES_MARKER] = 6,
		[CORDON_CODES_SEX] = 3,
		[CORDON_CODES_DOCUMENT_TYPE] = 9,
		[CORDON_CODES_EXCEPTION_TYPE] = 3,
		[CORDON_CODES_PURPOSE] = 7,
		[CORDON_CODES_DIRECTION] = 4,
	};

	(void)state;
	for (unsigned table = 0; table < CORDON_CODES_COUNT; table++) {
		size_t found = 0;

		for (uint32_t number = 0; number < CODES_SEARCHED; number++) {
			const char *text = cordon_code_text(table, number);

			if (text != NULL) {
				assert_int_equal(
					cordon_code_number(table, text), number);
				found++;
			}
		}
		assert_int_equal(found, expected[table]);
	}
}

static void numbers_on_the_wire_do_not_move(void **state)
{
	(void)state;
	assert_int_equal(cordon_code_number(CORDON_CODES_KIND, "invalid_document"), 4);
	assert_int_equal(cordon_code_number(CORDON_CODES_REASON, "counterfeit"), 37);
	assert_int_equal(cordon_code_number(CORDON_CODES_DOCUMENT_TYPE, "N"), 9);
	assert_string_equal(
		cordon_code_text(CORDON_CODES_MARKER, 3), "asylum_claimant");
}

static void what_no_table_holds_has_no_code(void **state)
{
	(void)state;
	assert_null(cordon_code_text(CORDON_CODES_KIND, 0));
	assert_null(cordon_code_text(CORDON_CODES_KIND, 5));
	assert_null(cordon_code_text(CORDON_CODES_REASON, UINT32_MAX));
	assert_null(cordon_code_text(CORDON_CODES_COUNT, 1));
	assert_int_equal(cordon_code_number(CORDON_CODES_COUNT, "all"), 0);
	assert_int_equal(cordon_code_number(CORDON_CODES_SEX, "m"), 0);
	assert_int_equal(cordon_code_number(CORDON_CODES_SEX, ""), 0);
	assert_int_equal(cordon_code_number(CORDON_CODES_SEX, NULL), 0);
}

static void states_of_iso_icao_and_the_past_are_known(void **state)
{
	static const char *const known[] = { "ABW", "BLR", "KAZ", "RUS", "KGZ", "ARM",
		"D", "GBN", "EUE", "RKS", "UNK", "XXA", "XXX", "XPO", "SUN", "YUG",
		"SCG", "CSK", "DDR", "UTO", "ZWE" };
	static const char *const unknown[] = { "", "K", "KA", "kaz", "KAZ ", "KAZA",
		"AAA", "ZZZ", "DE", "XYZ" };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_true(ident_state_known(known[i]));
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		assert_false(ident_state_known(unknown[i]));
	}
}

/* 249 of ISO 3166-1, 26 of ICAO 9303-3 §5 and 5 former ones. */
static void no_state_is_missing(void **state)
{
	char code[4] = "AAA";
	size_t count = ident_state_known("D") ? 1 : 0;

	(void)state;
	for (code[0] = 'A'; code[0] <= 'Z'; code[0]++) {
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
			for (code[2] = 'A'; code[2] <= 'Z'; code[2]++) {
				count += ident_state_known(code) ? 1 : 0;
			}
		}
	}
	assert_int_equal(count, 249 + 26 + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_one_number_and_one_text),
		cmocka_unit_test(numbers_on_the_wire_do_not_move),
		cmocka_unit_test(what_no_table_holds_has_no_code),
		cmocka_unit_test(states_of_iso_icao_and_the_past_are_known),
		cmocka_unit_test(no_state_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
