/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <cordon/error.h>
#include "proto/document.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check_normalised(const char *text, const char *expected)
{
	char out[CORDON_NUMBER_MAX + 1] = "untouched";

	assert_int_equal(cordon_number_normalise(text, out), 0);
	assert_string_equal(out, expected);
}

static void numbers_are_read_as_an_mrz_prints_them(void **state)
{
	static const char *const cases[][2] = {
		{ "MP1234567", "MP1234567" },
		{ " mp 123-45.67 ", "MP1234567" },
		{ "75 № 1234567", "751234567" },
		{ "123456<AA", "123456AA" },
		{ "19/2345\\6", "1923456" },
		{ "\t12\r\n34", "1234" },
		{ "12\xe2\x80\x8b\xc2\xa0"
		  "34",
			"1234" }, /* zero width, no-break space */
		{ "١٢٣４５", "12345" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_normalised(cases[i][0], cases[i][1]);
	}
}

static void cyrillic_letters_become_the_latin_ones_they_look_like(void **state)
{
	(void)state;
	check_normalised("АВЕКМНОРСТУХ", "ABEKMHOPCTYX");
	check_normalised("авекмнорстух", "ABEKMHOPCTYX");
	check_normalised("МР1234567", "MP1234567");
	check_normalised("XV-ГБ № 123", "XVGB123");
	check_normalised("ІЖ-12", "IZH12");
	check_normalised("ΑΒ123456", "AB123456");
	check_normalised("ЬÄ1", "AE1");
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = { "", " - ", "\xd0", "12\xff", "Ա123", "漢1",
		"1\x01", "ь" };
	char out[CORDON_NUMBER_MAX + 1] = "untouched";

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(cordon_number_normalise(bad[i], out), CORDON_EFIELD);
	}
	assert_string_equal(out, "untouched");
}

static void a_number_may_be_as_long_as_the_limit(void **state)
{
	char text[CORDON_NUMBER_MAX + 4];
	char out[CORDON_NUMBER_MAX + 1] = "untouched";

	(void)state;
	memset(text, '7', sizeof(text));
	text[CORDON_NUMBER_MAX + 1] = '\0';
	assert_int_equal(cordon_number_normalise(text, out), CORDON_ETOOBIG);
	assert_string_equal(out, "untouched");
	memcpy(text + CORDON_NUMBER_MAX, " - ", 4);
	assert_int_equal(cordon_number_normalise(text, out), 0);
	assert_int_equal(strlen(out), CORDON_NUMBER_MAX);
}

static void skeleton_folds_what_is_misread(void **state)
{
	char number[CORDON_NUMBER_MAX + 1], misread[CORDON_NUMBER_MAX + 1];

	(void)state;
	document_skeleton("OQDILZSBG", number);
	assert_string_equal(number, "000112586");
	document_skeleton("AB1O0Z", number);
	document_skeleton("A8IQD2", misread);
	assert_string_equal(number, misread);
	document_skeleton("", number);
	assert_string_equal(number, "");
}

static struct document_range make_range(const char *number, const char *number_to)
{
	struct document_range range;
	struct errmsg msg = { "" };

	assert_int_equal(document_range_parse(number, number_to, &range, &msg), 0);
	return range;
}

static void a_range_is_a_prefix_and_two_values(void **state)
{
	struct document_range range = make_range("ab 0099", "АВ-0101");

	(void)state;
	assert_string_equal(range.prefix, "AB");
	assert_int_equal(range.digits, 4);
	assert_int_equal(range.first, 99);
	assert_int_equal(range.last, 101);
}

static void numbers_beyond_eighteen_digits_share_the_leading_ones(void **state)
{
	struct document_range range =
		make_range("1234567890123456789012", "1234567890123456789999");

	(void)state;
	assert_string_equal(range.prefix, "1234");
	assert_int_equal(range.digits, 18);
	assert_true(range.first == 567890123456789012);
	assert_true(document_range_holds(&range, "1234567890123456789500"));
	assert_false(document_range_holds(&range, "1234567890123456790000"));
}

static void what_is_no_range_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *number, *number_to, *reason;
	} cases[] = {
		{ "AB100", "AB99", "as long as" },
		{ "AB100", "AC100", "digits" },
		{ "A1B23", "A1123", "digits" },
		{ "ABC", "ABC", "digits" },
		{ "AB200", "AB100", "comes before" },
		{ "1000000000000000000", "2000000000000000000", "at most 18" },
		{ "--", "1", "number:" },
		{ "1", "Ա", "number_to:" },
		{ "12345678901234567890123456789012345678901", "1", "longer than 40" },
	};
	struct document_range range = { .prefix = "untouched" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct errmsg msg = { "" };

		assert_int_equal(document_range_parse(cases[i].number,
					 cases[i].number_to, &range, &msg),
			CORDON_EFIELD);
		assert_non_null(strstr(msg.text, cases[i].reason));
		assert_int_equal(document_range_parse(cases[i].number,
					 cases[i].number_to, &range, NULL),
			CORDON_EFIELD);
	}
	assert_string_equal(range.prefix, "untouched");
}

static void a_range_holds_its_numbers_and_no_others(void **state)
{
	struct document_range range = make_range("AB0099", "AB0101");

	(void)state;
	assert_true(document_range_holds(&range, "AB0099"));
	assert_true(document_range_holds(&range, "AB0100"));
	assert_true(document_range_holds(&range, "AB0101"));
	assert_false(document_range_holds(&range, "AB0098"));
	assert_false(document_range_holds(&range, "AB0102"));
	assert_false(document_range_holds(&range, "AB100"));
	assert_false(document_range_holds(&range, "AB00100"));
	assert_false(document_range_holds(&range, "AC0100"));
	assert_false(document_range_holds(&range, "AB010O"));
	assert_false(document_range_holds(&range, ""));
}

static size_t blocks_with(
	const struct document_block *blocks, size_t count, const char *number)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (blocks[i].length == strlen(number) &&
			strncmp(number, blocks[i].text, strlen(blocks[i].text)) == 0) {
			found++;
		}
	}
	return found;
}

/* Ten blocks of one parent could have been one: the split was not the fewest. */
static bool ten_siblings(const struct document_block *blocks, size_t count)
{
	for (size_t i = 0; i + 9 < count; i++) {
		size_t size = strlen(blocks[i].text);

		if (size == strlen(blocks[i + 9].text) &&
			blocks[i].text[size - 1] == '0' &&
			blocks[i + 9].text[size - 1] == '9' &&
			memcmp(blocks[i].text, blocks[i + 9].text, size - 1) == 0) {
			return true;
		}
	}
	return false;
}

static void check_split(unsigned first, unsigned last)
{
	struct document_block blocks[DOCUMENT_BLOCKS_MAX];
	struct document_range range;
	char number[8], number_to[8];
	size_t count;

	snprintf(number, sizeof(number), "B%03u", first);
	snprintf(number_to, sizeof(number_to), "B%03u", last);
	range = make_range(number, number_to);
	count = document_range_split(&range, blocks);
	assert_false(ten_siblings(blocks, count));
	for (unsigned n = 0; n < 1000; n++) {
		snprintf(number, sizeof(number), "B%03u", n);
		assert_int_equal(blocks_with(blocks, count, number),
			n >= first && n <= last ? 1 : 0);
	}
}

static void blocks_cover_a_range_once_and_nothing_else(void **state)
{
	static const unsigned edges[] = { 0, 1, 9, 10, 11, 99, 100, 101, 109, 110, 555,
		989, 990, 998, 999 };

	(void)state;
	for (size_t i = 0; i < COUNT(edges); i++) {
		for (size_t j = i; j < COUNT(edges); j++) {
			check_split(edges[i], edges[j]);
		}
	}
}

static void one_number_and_a_whole_series_are_one_block(void **state)
{
	struct document_block blocks[DOCUMENT_BLOCKS_MAX];
	struct document_range one = make_range("AB0000007", "AB0000007");
	struct document_range series = make_range("AB0000000", "AB9999999");
	struct document_range carried = make_range("0999", "1000");

	(void)state;
	assert_int_equal(document_range_split(&one, blocks), 1);
	assert_string_equal(blocks[0].text, "AB0000007");
	assert_int_equal(blocks[0].length, 9);
	assert_int_equal(document_range_split(&series, blocks), 1);
	assert_string_equal(blocks[0].text, "AB");
	assert_int_equal(blocks[0].length, 9);
	assert_int_equal(document_range_split(&carried, blocks), 2);
	assert_string_equal(blocks[0].text, "0999");
	assert_string_equal(blocks[1].text, "1000");
}

static void the_widest_range_fits_the_blocks(void **state)
{
	struct document_block blocks[DOCUMENT_BLOCKS_MAX];
	struct document_range range =
		make_range("000000000000000001", "999999999999999998");
	struct document_range all =
		make_range("000000000000000000", "999999999999999999");

	(void)state;
	assert_int_equal(document_range_split(&range, blocks), 9 * 2 * 17 + 8);
	assert_string_equal(blocks[0].text, "000000000000000001");
	assert_int_equal(document_range_split(&all, blocks), 1);
	assert_string_equal(blocks[0].text, "");
	assert_int_equal(blocks[0].length, 18);
}

static void overlapping_and_nested_ranges_keep_their_own_numbers(void **state)
{
	struct document_range outer = make_range("X1000", "X1999");
	struct document_range nested = make_range("X1500", "X1505");
	struct document_range across = make_range("X1995", "X2004");

	(void)state;
	assert_true(document_range_holds(&outer, "X1502"));
	assert_true(document_range_holds(&nested, "X1502"));
	assert_false(document_range_holds(&across, "X1502"));
	assert_true(document_range_holds(&outer, "X1999"));
	assert_true(document_range_holds(&across, "X1999"));
	assert_false(document_range_holds(&outer, "X2000"));
	assert_true(document_range_holds(&across, "X2000"));
}

static struct cordon_mrz make_zone(const char *issuer, const char *optional)
{
	struct cordon_mrz mrz = { .format = CORDON_MRZ_TD3, .number = "AB1234567" };

	snprintf(mrz.issuer, sizeof(mrz.issuer), "%s", issuer);
	snprintf(mrz.optional, sizeof(mrz.optional), "%s", optional);
	return mrz;
}

static void personal_numbers_are_found_where_states_print_them(void **state)
{
	static const char *const cases[][3] = {
		{ "BLR", "3070580A001PB5", "3070580A001PB5" },
		{ "KAZ", "800507300123", "800507300123" },
		{ "KGZ", "20705198000123", "20705198000123" },
		{ "UZB", "30705801230017", "30705801230017" },
		{ "EST", "38005070018", "38005070018" },
		{ "LVA", "070580 10018", "07058010018" },
		{ "UKR", "19800507 00012", "1980050700012" },
		{ "KAZ", "X 800507300123", "800507300123" },
		{ "KAZ", "800507300123 X1", "800507300123" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cordon_mrz mrz = make_zone(cases[i][0], cases[i][1]);
		char out[CORDON_NUMBER_MAX + 1];

		assert_true(document_personal_number(&mrz, out));
		assert_string_equal(out, cases[i][2]);
	}
}

static void other_optional_data_is_no_personal_number(void **state)
{
	static const char *const cases[][2] = {
		{ "KAZ", "" },
		{ "KAZ", "80050730012" },
		{ "KAZ", "8005073001234" },
		{ "KAZ", "80050730012A" },
		{ "KAZ", "80 0507 300123" },
		{ "KAZ", "80050730 0123" },
		{ "LVA", "0705801 0018" },
		{ "BLR", "3070580A001PBX" },
		{ "BLR", "30705801001PB5" },
		{ "RUS", "4151218910003" },
		{ "USA", "800507300123" },
		{ "", "800507300123" },
	};
	struct cordon_mrz visa = make_zone("KAZ", "800507300123");
	char out[CORDON_NUMBER_MAX + 1] = "untouched";

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cordon_mrz mrz = make_zone(cases[i][0], cases[i][1]);

		assert_false(document_personal_number(&mrz, out));
	}
	visa.format = CORDON_MRZ_MRV_A;
	assert_false(document_personal_number(&visa, out));
	assert_string_equal(out, "untouched");
}

static void the_internal_passports_series_is_put_together(void **state)
{
	struct cordon_mrz mrz = make_zone("RUS", "4151218910003");
	char out[CORDON_NUMBER_MAX + 1];

	(void)state;
	snprintf(mrz.number, sizeof(mrz.number), "391935349");
	assert_int_equal(document_zone_number(&mrz, out), 0);
	assert_string_equal(out, "391935349");
	mrz.cyrillic = true;
	assert_int_equal(document_zone_number(&mrz, out), 0);
	assert_string_equal(out, "3914935349");
	mrz.optional[0] = '\0';
	assert_int_equal(document_zone_number(&mrz, out), 0);
	assert_string_equal(out, "391935349");
	mrz.number[0] = '\0';
	assert_int_equal(document_zone_number(&mrz, out), CORDON_EFIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_an_mrz_prints_them),
		cmocka_unit_test(cyrillic_letters_become_the_latin_ones_they_look_like),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(a_number_may_be_as_long_as_the_limit),
		cmocka_unit_test(skeleton_folds_what_is_misread),
		cmocka_unit_test(a_range_is_a_prefix_and_two_values),
		cmocka_unit_test(numbers_beyond_eighteen_digits_share_the_leading_ones),
		cmocka_unit_test(what_is_no_range_is_refused_with_the_reason),
		cmocka_unit_test(a_range_holds_its_numbers_and_no_others),
		cmocka_unit_test(blocks_cover_a_range_once_and_nothing_else),
		cmocka_unit_test(one_number_and_a_whole_series_are_one_block),
		cmocka_unit_test(the_widest_range_fits_the_blocks),
		cmocka_unit_test(overlapping_and_nested_ranges_keep_their_own_numbers),
		cmocka_unit_test(personal_numbers_are_found_where_states_print_them),
		cmocka_unit_test(other_optional_data_is_no_personal_number),
		cmocka_unit_test(the_internal_passports_series_is_put_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
