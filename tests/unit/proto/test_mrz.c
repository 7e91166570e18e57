/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/proto/mrz_builder.h"

#include <string.h>

#include <cordon/error.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void a_passport_gives_all_its_fields(void **state)
{
	struct cordon_mrz mrz = zone_parse(zone_td3((struct spec){ .code = "PP" }));

	(void)state;
	assert_zone_valid(&mrz);
	assert_int_equal(mrz.format, CORDON_MRZ_TD3);
	assert_string_equal(mrz.document_code, "PP");
	assert_string_equal(mrz.issuer, "UTO");
	assert_string_equal(mrz.number, "L898902C3");
	assert_string_equal(mrz.surname, "ERIKSSON");
	assert_string_equal(mrz.given, "ANNA MARIA");
	assert_false(mrz.names_truncated);
	assert_false(mrz.cyrillic);
	assert_date_is(&mrz.born, 1974, 8, 12);
	assert_false(mrz.born_century_open);
	assert_string_equal(mrz.born_text, "740812");
	assert_int_equal(mrz.sex, CORDON_SEX_F);
	assert_date_is(&mrz.expires, 2032, 4, 15);
	assert_string_equal(mrz.expires_text, "320415");
	assert_string_equal(mrz.nationality, "UTO");
	assert_string_equal(mrz.optional, "ZE184226B");
	assert_string_equal(mrz.personal_number, "");
	assert_int_equal(mrz.checks.number, CORDON_CHECK_RIGHT);
	assert_int_equal(mrz.checks.born, CORDON_CHECK_RIGHT);
	assert_int_equal(mrz.checks.expires, CORDON_CHECK_RIGHT);
	assert_int_equal(mrz.checks.optional, CORDON_CHECK_RIGHT);
	assert_int_equal(mrz.checks.composite, CORDON_CHECK_RIGHT);
}

static void each_format_is_told_by_its_lines_and_code(void **state)
{
	struct spec none = { .code = NULL };
	struct cordon_mrz td1 = zone_parse(zone_td1(none)),
			  td2 = zone_parse(zone_td2(none));
	struct cordon_mrz a = zone_parse(zone_visa(none, 44)),
			  b = zone_parse(zone_visa(none, 36));

	(void)state;
	assert_zone_valid(&td1);
	assert_zone_valid(&td2);
	assert_zone_valid(&a);
	assert_zone_valid(&b);
	assert_string_equal(cordon_mrz_format_text(td1.format), "TD1");
	assert_string_equal(cordon_mrz_format_text(td2.format), "TD2");
	assert_string_equal(cordon_mrz_format_text(CORDON_MRZ_TD3), "TD3");
	assert_string_equal(cordon_mrz_format_text(a.format), "MRV-A");
	assert_string_equal(cordon_mrz_format_text(b.format), "MRV-B");
}

static void digits_that_a_format_lacks_are_not_judged(void **state)
{
	struct spec spec = { .optional = "2020711" };
	struct cordon_mrz visa = zone_parse(zone_visa(spec, 36)),
			  card = zone_parse(zone_td2(spec));

	(void)state;
	assert_int_equal(visa.checks.optional, CORDON_CHECK_NONE);
	assert_int_equal(visa.checks.composite, CORDON_CHECK_NONE);
	assert_string_equal(visa.optional, "2020711");
	assert_int_equal(card.checks.optional, CORDON_CHECK_NONE);
	assert_int_equal(card.checks.composite, CORDON_CHECK_RIGHT);
}

static void lines_may_come_in_one_text_with_blanks_and_lower_case(void **state)
{
	static const char *const texts[] = {
		"PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\n"
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10\r\n",
		"PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		" pputo eriksson<<anna<maria <<<<<<<<<<<<<<<<<<<\t"
		"L898902C36 UTO 7408122 f 1204159 ZE184226B<<<<<10 ",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct cordon_mrz mrz;

		assert_int_equal(
			cordon_mrz_parse(&texts[i], 1, zone_today, &mrz, NULL, 0), 0);
		assert_zone_valid(&mrz);
		assert_string_equal(mrz.given, "ANNA MARIA");
	}
}

static void empty_lines_around_a_zone_are_passed_over(void **state)
{
	static const char *const lines[] = { "", " ",
		"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "\r",
		"D231458907UTO7408122F1204159<<<<<<<6", "" };
	struct cordon_mrz mrz;

	(void)state;
	assert_int_equal(
		cordon_mrz_parse(lines, COUNT(lines), zone_today, &mrz, NULL, 0), 0);
	assert_zone_valid(&mrz);
}

static void what_is_no_zone_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *lines[4];
		size_t count;
		const char *reason;
	} cases[] = {
		{ { NULL }, 0, "0 characters in 0 line(s)" },
		{ { "" }, 1, "0 characters" },
		{ { "P<UTOERIKSSON" }, 1, "13 characters in 1 line(s)" },
		{ { "I<UTOD231458907<<<<<<<<<<<<<<<",
			  "7408122F1204159UTO<<<<<<<<<<<6" },
			2, "60 characters in 2 line(s)" },
		/* 72 characters, but not in two lines of 36 */
		{ { "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D",
			  "231458907UTO7408122F1204159<<<<<<<6" },
			2, "72 characters" },
		{ { "I<UTOERIKSSON<<ANNA<MARI", "A<<<<<<<<<<<D231458907UT",
			  "O7408122F1204159<<<<<<<6" },
			3, "72 characters in 3 line(s)" },
		{ { "I<UTOERIKSSON<<ANN\xc3\x84<MARIA<<<<<<<<<<<",
			  "D231458907UTO7408122F1204159<<<<<<<6" },
			2, "line 1, character 19" },
		{ { "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
			  "D23145890-UTO7408122F1204159<<<<<<<6" },
			2, "line 2, character 10" },
		{ { "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
			  "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
			  "L898902C36UTO7408122F1204159ZE184226B<<<<<10" },
			3, "more than the 90" },
	};
	struct cordon_mrz mrz, before;

	(void)state;
	memset(&mrz, 0x5a, sizeof(mrz));
	before = mrz;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char why[96] = "";

		assert_int_equal(cordon_mrz_parse(cases[i].lines, cases[i].count,
					 zone_today, &mrz, why, sizeof(why)),
			CORDON_ENOTMRZ);
		assert_non_null(strstr(why, cases[i].reason));
		assert_int_equal(cordon_mrz_parse(cases[i].lines, cases[i].count,
					 zone_today, &mrz, NULL, 0),
			CORDON_ENOTMRZ);
	}
	assert_memory_equal(&mrz, &before, sizeof(mrz));
}

static void a_reference_that_is_no_day_is_refused(void **state)
{
	static const struct cordon_date bad[] = { { 0, 0, 0 }, { 2026, 0, 0 },
		{ 2026, 2, 30 }, { 100, 1, 1 }, { 9999, 1, 1 } };
	struct zone zone = zone_td3((struct spec){ .code = NULL });
	const char *lines[2] = { zone.lines[0], zone.lines[1] };
	struct cordon_mrz mrz;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(cordon_mrz_parse(lines, 2, bad[i], &mrz, NULL, 0),
			CORDON_EINVAL);
	}
}

/* 9303-4 §4.2.4: what the digits cover; what they leave out stays unnoticed. */
static void every_covered_character_that_changes_is_noticed(void **state)
{
	struct zone good =
		zone_td3((struct spec){ .born = "750505", .expires = "310505" });

	(void)state;
	for (size_t at = 0; at < 44; at++) {
		struct zone changed = good;
		char *c = &changed.lines[1][at];
		struct cordon_mrz mrz;

		*c = *c == '<'   ? '1'
		     : *c == '9' ? '8'
		     : *c == 'Z' ? 'Y'
				 : (char)(*c + 1);
		mrz = zone_parse(changed);
		assert_false(mrz.valid);
		if ((at < 10 || at > 12) && at != 20) {
			assert_true(mrz.checks.composite == CORDON_CHECK_WRONG);
		}
	}
}

static void a_wrong_digit_is_named(void **state)
{
	static const struct {
		size_t at;
		const char *words;
	} digits[] = {
		{ 9, "document number's check digit" },
		{ 19, "date of birth's check digit" },
		{ 27, "date of expiry's check digit" },
		{ 42, "optional data's check digit" },
		{ 43, "composite check digit" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(digits); i++) {
		struct zone zone = zone_td3((struct spec){ .code = NULL });
		char *c = &zone.lines[1][digits[i].at];

		*c = *c == '9' ? '0' : (char)(*c + 1);
		assert_zone_fault(zone, digits[i].words);
		*c = '<';
		assert_zone_fault(zone, digits[i].words);
	}
}

/* 9303-4 §4.2.2.2, positions 29 to 43 */
static void an_unused_optional_field_may_lack_its_digit(void **state)
{
	struct cordon_mrz left_out = zone_parse(
		zone_td3((struct spec){ .optional = "", .optional_digit = "<" }));
	struct cordon_mrz zero = zone_parse(
		zone_td3((struct spec){ .optional = "", .optional_digit = "0" }));

	(void)state;
	assert_zone_valid(&left_out);
	assert_int_equal(left_out.checks.optional, CORDON_CHECK_NONE);
	assert_zone_valid(&zero);
	assert_int_equal(zero.checks.optional, CORDON_CHECK_RIGHT);
	assert_zone_fault(
		zone_td3((struct spec){ .optional = "", .optional_digit = "1" }),
		"optional data's");
	assert_zone_fault(
		zone_td3((struct spec){ .optional = "X", .optional_digit = "<" }),
		"optional data's");
}

/* 9303-5 §4.2.2 note j and §4.2.4; the continuation with its digit is given. */
static void long_numbers_go_on_in_the_optional_field(void **state)
{
	struct cordon_mrz td1 =
		zone_parse(zone_td1((struct spec){ .number = "D23145890",
			.number_digit = "<",
			.optional = "7349",
			.optional_2 = "AB<C" }));
	struct cordon_mrz with_data = zone_parse(zone_td1((struct spec){
		.number = "D23145890", .number_digit = "<", .optional = "7349<X1" }));
	struct cordon_mrz td2 = zone_parse(zone_td2((struct spec){
		.number = "D23145890", .number_digit = "<", .optional = "7349" }));

	(void)state;
	assert_string_equal(td1.number, "D23145890734");
	assert_string_equal(td1.optional, "AB C");
	assert_zone_valid(&td1);
	assert_string_equal(with_data.number, "D23145890734");
	assert_string_equal(with_data.optional, "X1");
	assert_string_equal(td2.number, "D23145890734");
	assert_string_equal(td2.optional, "");
	assert_zone_valid(&td2);
	assert_zone_fault(zone_td1((struct spec){ .number = "D23145890",
				  .number_digit = "<",
				  .optional = "7348" }),
		"document number's");
}

static void a_filler_for_the_digit_alone_makes_no_long_number(void **state)
{
	static const struct spec specs[] = {
		{ .number_digit = "<" },
		{ .number_digit = "<",
			.optional = "7" }, /* no room for number and digit */
		{ .number_digit = "<", .optional = "<734" },
		{ .number = "D2314589", .number_digit = "<", .optional = "7349" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(specs); i++) {
		struct cordon_mrz mrz = zone_parse(zone_td1(specs[i]));

		assert_int_equal(mrz.checks.number, CORDON_CHECK_WRONG);
		assert_int_equal(strlen(mrz.number), i == 3 ? 8 : 9);
	}
	/* passports and visas have none (9303-7 §4.2.2 note j) */
	assert_zone_fault(
		zone_td3((struct spec){ .number_digit = "<", .optional = "7349" }),
		"number's");
	assert_zone_fault(
		zone_visa((struct spec){ .number_digit = "<", .optional = "7349" }, 36),
		"number's");
}

static void fillers_inside_a_number_are_one_space(void **state)
{
	struct cordon_mrz mrz = zone_parse(
		zone_td3((struct spec){ .number = "12<34<<AA", .optional = "<1<<2" }));

	(void)state;
	assert_zone_valid(&mrz);
	assert_string_equal(mrz.number, "12 34 AA");
	assert_string_equal(mrz.optional, "1 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_passport_gives_all_its_fields),
		cmocka_unit_test(each_format_is_told_by_its_lines_and_code),
		cmocka_unit_test(digits_that_a_format_lacks_are_not_judged),
		cmocka_unit_test(lines_may_come_in_one_text_with_blanks_and_lower_case),
		cmocka_unit_test(empty_lines_around_a_zone_are_passed_over),
		cmocka_unit_test(what_is_no_zone_is_refused_with_the_reason),
		cmocka_unit_test(a_reference_that_is_no_day_is_refused),
		cmocka_unit_test(every_covered_character_that_changes_is_noticed),
		cmocka_unit_test(a_wrong_digit_is_named),
		cmocka_unit_test(an_unused_optional_field_may_lack_its_digit),
		cmocka_unit_test(long_numbers_go_on_in_the_optional_field),
		cmocka_unit_test(a_filler_for_the_digit_alone_makes_no_long_number),
		cmocka_unit_test(fillers_inside_a_number_are_one_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
