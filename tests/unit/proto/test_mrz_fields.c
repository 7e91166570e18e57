/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/proto/mrz_builder.h"

#include <string.h>

#include <cordon/error.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 9303-3 §4.8 */
static void unknown_parts_of_a_birth_are_left_open(void **state)
{
	static const struct {
		const char *text;
		int year;
		unsigned month, day;
	} cases[] = {
		{ "74<<<<", 1974, 0, 0 },
		{ "7408<<", 1974, 8, 0 },
		{ "74<<12", 1974, 0, 0 },
		{ "<<0812", 0, 0, 0 },
		{ "<<<<<<", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cordon_mrz mrz =
			zone_parse(zone_td3((struct spec){ .born = cases[i].text }));

		assert_zone_valid(&mrz);
		assert_date_is(&mrz.born, cases[i].year, cases[i].month, cases[i].day);
		assert_string_equal(mrz.born_text, cases[i].text);
	}
}

static void dates_that_cannot_be_are_found_fault_with(void **state)
{
	static const char *const bad[] = { "741301", "740230", "740001", "740800",
		"7408<1", "7<0812", "74O812", "<40812", "<<1301" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_zone_fault(zone_td3((struct spec){ .born = bad[i] }), bad[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_zone_fault(zone_td3((struct spec){ .expires = bad[i] }), bad[i]);
	}
	assert_zone_fault(zone_td3((struct spec){ .expires = "3204<<" }), "3204<<");
	assert_zone_fault(zone_td3((struct spec){ .expires = "<<<<<<" }), "expiry");
}

static void zeros_for_unknown_parts_are_read_and_found_fault_with(void **state)
{
	struct zone zone = zone_td3((struct spec){ .born = "740000" });
	struct cordon_mrz mrz = zone_parse(zone);

	(void)state;
	assert_date_is(&mrz.born, 1974, 0, 0);
	assert_false(mrz.valid);
}

static void a_birth_lies_in_the_latest_century_that_can_be(void **state)
{
	static const struct {
		struct cordon_date reference;
		const char *text;
		int year;
		bool open;
	} cases[] = {
		{ { 2026, 3, 1 }, "260301", 2026, true },  /* today, or 100 years old */
		{ { 2026, 3, 1 }, "260302", 1926, false }, /* never tomorrow */
		{ { 2026, 3, 1 }, "26<<<<", 2026,
			true }, /* it may have been in January */
		{ { 2026, 3, 1 }, "2604<<", 1926, false },
		{ { 2026, 3, 1 }, "010301", 2001, true },  /* 125 years today */
		{ { 2026, 3, 1 }, "000302", 2000, true },  /* 126 tomorrow */
		{ { 2026, 3, 1 }, "000301", 2000, false }, /* 126 today */
		{ { 2026, 3, 1 }, "991231", 1999, false },
		{ { 2026, 3, 1 }, "000229", 2000, false }, /* no such day in 1900 */
		{ { 1999, 12, 31 }, "000101", 1900, false },
		{ { 2000, 1, 1 }, "000101", 2000, true },
		{ { 2000, 1, 1 }, "991231", 1999, true },
		{ { 2104, 6, 1 }, "040229", 2104, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zone zone = zone_td3((struct spec){ .born = cases[i].text });
		struct cordon_mrz mrz = zone_parse_at(&zone, cases[i].reference);

		assert_int_equal(mrz.born.year, cases[i].year);
		assert_int_equal(mrz.born_century_open, cases[i].open);
	}
}

static void an_expiry_lies_within_fifty_years(void **state)
{
	static const struct {
		int16_t today_year;
		const char *text;
		int year;
	} cases[] = { { 2026, "751231", 2075 }, { 2026, "760101", 1976 },
		{ 2026, "260101", 2026 }, { 1999, "490101", 1949 },
		{ 1999, "480101", 2048 }, { 2050, "000101", 2000 },
		{ 2050, "990101", 2099 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zone zone = zone_td3((struct spec){ .expires = cases[i].text });
		struct cordon_date reference = { cases[i].today_year, 6, 1 };
		struct cordon_mrz mrz = zone_parse_at(&zone, reference);

		assert_int_equal(mrz.expires.year, cases[i].year);
	}
}

/* The examples of 9303-4 §4.2.3 and 9303-5 §4.2.3 */
static void a_name_that_fills_its_field_counts_as_truncated(void **state)
{
	struct cordon_mrz full = zone_parse(zone_td3(
		(struct spec){ .name = "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR" }));
	struct cordon_mrz short_by_one = zone_parse(zone_td3(
		(struct spec){ .name = "PAPANDROPOULOUS<<JONATHON<WARREN<TREVO" }));
	struct cordon_mrz card = zone_parse(
		zone_td1((struct spec){ .name = "VILARCHAO<FERNANDEZ<<JOSE<RAMO" }));
	struct cordon_mrz only = zone_parse(
		zone_td1((struct spec){ .name = "BENNELONG<WOOLOOMOOLOO<WARRAND" }));

	(void)state;
	assert_true(full.names_truncated);
	assert_false(short_by_one.names_truncated);
	assert_true(card.names_truncated);
	assert_string_equal(card.surname, "VILARCHAO FERNANDEZ");
	assert_string_equal(card.given, "JOSE RAMO");
	assert_true(only.names_truncated);
	assert_string_equal(only.surname, "BENNELONG WOOLOOMOOLOO WARRAND");
	assert_string_equal(only.given, "");
	assert_zone_valid(&full);
	assert_zone_valid(&only);
}

/* 9303-3 §4.6 */
static void one_identifier_is_enough(void **state)
{
	struct cordon_mrz surname =
		zone_parse(zone_td3((struct spec){ .name = "ARKFREITH" }));
	struct cordon_mrz given =
		zone_parse(zone_td3((struct spec){ .name = "<<ANNA<MARIA" }));

	(void)state;
	assert_zone_valid(&surname);
	assert_string_equal(surname.surname, "ARKFREITH");
	assert_string_equal(surname.given, "");
	assert_zone_valid(&given);
	assert_string_equal(given.surname, "");
	assert_string_equal(given.given, "ANNA MARIA");
}

static void names_out_of_form_are_found_fault_with(void **state)
{
	static const char *const bad[] = { "", "<ERIKSSON<<ANNA", "ERIKSSON<<<ANNA",
		"ERIKSSON<<ANNA<<MARIA", "ERIKSS0N<<ANNA", "<<<ANNA" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_zone_fault(zone_td3((struct spec){ .name = bad[i] }), "name");
	}
}

static void sex_is_m_f_or_a_filler(void **state)
{
	struct cordon_mrz man = zone_parse(zone_td3((struct spec){ .sex = "M" }));
	struct cordon_mrz unspecified =
		zone_parse(zone_td3((struct spec){ .sex = "<" }));

	(void)state;
	assert_int_equal(man.sex, CORDON_SEX_M);
	assert_int_equal(unspecified.sex, CORDON_SEX_X);
	assert_zone_valid(&unspecified);
	assert_zone_fault(zone_td3((struct spec){ .sex = "X" }), "sex X");
	assert_zone_fault(zone_td3((struct spec){ .sex = "0" }), "sex 0");
}

static void document_codes_are_those_of_the_format(void **state)
{
	static const char *const cards[] = { "I<", "ID", "IR", "A<", "AR", "C<", "CI",
		"C1" };
	static const char *const none[] = { "IV", "AV", "P<", "1D", "<I", "<<" };

	(void)state;
	for (size_t i = 0; i < COUNT(cards); i++) {
		struct cordon_mrz td1 =
			zone_parse(zone_td1((struct spec){ .code = cards[i] }));
		struct cordon_mrz td2 =
			zone_parse(zone_td2((struct spec){ .code = cards[i] }));

		assert_zone_valid(&td1);
		assert_zone_valid(&td2);
	}
	for (size_t i = 0; i < COUNT(none); i++) {
		assert_zone_fault(zone_td1((struct spec){ .code = none[i] }), none[i]);
		assert_zone_fault(zone_td2((struct spec){ .code = none[i] }), none[i]);
	}
	/* 9303-5 §4.2.2 note k and Appendix C; 9303-6 §4.2.2 note k */
	assert_zone_fault(zone_td1((struct spec){ .code = "AI" }), "AI");
	assert_zone_fault(zone_td2((struct spec){ .code = "AC" }), "AC");
	assert_zone_fault(zone_td3((struct spec){ .code = "I<" }), "I<");
	assert_zone_fault(zone_td3((struct spec){ .code = "P1" }), "P1");
}

static void states_are_those_of_9303_3_section_5(void **state)
{
	struct cordon_mrz german = zone_parse(
		zone_td3((struct spec){ .issuer = "D", .nationality = "D" }));
	struct cordon_mrz stateless = zone_parse(zone_td3(
		(struct spec){ .code = "PS", .issuer = "KAZ", .nationality = "XXA" }));
	struct cordon_mrz omitted =
		zone_parse(zone_td3((struct spec){ .nationality = "" }));

	(void)state;
	assert_zone_valid(&german);
	assert_string_equal(german.issuer, "D");
	assert_zone_valid(&stateless);
	assert_zone_valid(&omitted);
	assert_zone_fault(zone_td3((struct spec){ .issuer = "QQQ" }), "issuer QQQ");
	assert_zone_fault(zone_td3((struct spec){ .issuer = "" }), "issuer <<<");
	assert_zone_fault(zone_td3((struct spec){ .issuer = "<D" }), "issuer <D<");
	assert_zone_fault(
		zone_td3((struct spec){ .nationality = "UT0" }), "nationality UT0");
	assert_zone_fault(
		zone_td1((struct spec){ .nationality = "" }), "nationality <<<");
}

static void a_number_must_be_there(void **state)
{
	(void)state;
	assert_zone_fault(
		zone_td3((struct spec){ .number = "" }), "no document number");
}

static void personal_numbers_are_given_where_the_state_prints_them(void **state)
{
	struct cordon_mrz passport = zone_parse(zone_td3((struct spec){
		.issuer = "BLR", .nationality = "BLR", .optional = "3070580A001PB5" }));
	struct cordon_mrz card = zone_parse(zone_td1((struct spec){ .code = "ID",
		.issuer = "KAZ",
		.nationality = "KAZ",
		.optional = "800507300123" }));
	struct cordon_mrz visa = zone_parse(zone_visa(
		(struct spec){ .issuer = "KAZ", .optional = "800507300123" }, 44));

	(void)state;
	assert_zone_valid(&passport);
	assert_string_equal(passport.personal_number, "3070580A001PB5");
	assert_string_equal(card.personal_number, "800507300123");
	assert_string_equal(visa.personal_number, "");
	assert_string_equal(visa.optional, "800507300123");
}

static struct zone make_internal_passport(struct spec spec)
{
	struct zone zone;

	spec.code = "PN";
	spec.name = "IVANOV<<SERGEQ<PETROVI3";
	spec.number = "450123456";
	spec.optional = "7110203770001";
	spec.expires = "";
	zone = zone_td3(spec);
	zone.lines[1][27] = '<'; /* no date, no digit: both count as zero */
	return zone;
}

static void the_russian_internal_passport_is_read_in_its_own_code(void **state)
{
	struct cordon_mrz mrz = zone_parse(make_internal_passport(
		(struct spec){ .issuer = "RUS", .nationality = "RUS" }));
	char name[64];

	(void)state;
	assert_zone_valid(&mrz);
	assert_true(mrz.cyrillic);
	assert_string_equal(mrz.given, "SERGEQ PETROVI3");
	assert_int_equal(cordon_mrz_cyrillic_name(mrz.given, name, sizeof(name)), 0);
	assert_string_equal(name, "СЕРГЕЙ ПЕТРОВИЧ");
	assert_string_equal(mrz.number, "450123456");
	assert_string_equal(mrz.optional, "7110203770001");
	assert_date_is(&mrz.expires, 0, 0, 0);
	assert_int_equal(mrz.checks.expires, CORDON_CHECK_NONE);
	/* no other state's PN is one */
	assert_zone_fault(
		make_internal_passport((struct spec){ .issuer = "UTO" }), "name");
}

static void the_letter_code_gives_every_letter_back(void **state)
{
	static const char code[] = "ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678<05";
	char out[2 * sizeof(code)];

	(void)state;
	assert_int_equal(cordon_mrz_cyrillic_name(code, out, sizeof(out)), 0);
	assert_string_equal(out, "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ 05");
	assert_int_equal(cordon_mrz_cyrillic_name("ZDRIL7K", out, 15), 0);
	assert_string_equal(out, "ЗДРИЛЮК");
	assert_int_equal(cordon_mrz_cyrillic_name("IVANOV", out, 12), CORDON_ETOOBIG);
	assert_string_equal(out, "ЗДРИЛЮК");
	assert_int_equal(cordon_mrz_cyrillic_name("", out, 1), 0);
	assert_int_equal(cordon_mrz_cyrillic_name("", out, 0), CORDON_ETOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_parts_of_a_birth_are_left_open),
		cmocka_unit_test(dates_that_cannot_be_are_found_fault_with),
		cmocka_unit_test(zeros_for_unknown_parts_are_read_and_found_fault_with),
		cmocka_unit_test(a_birth_lies_in_the_latest_century_that_can_be),
		cmocka_unit_test(an_expiry_lies_within_fifty_years),
		cmocka_unit_test(a_name_that_fills_its_field_counts_as_truncated),
		cmocka_unit_test(one_identifier_is_enough),
		cmocka_unit_test(names_out_of_form_are_found_fault_with),
		cmocka_unit_test(sex_is_m_f_or_a_filler),
		cmocka_unit_test(document_codes_are_those_of_the_format),
		cmocka_unit_test(states_are_those_of_9303_3_section_5),
		cmocka_unit_test(a_number_must_be_there),
		cmocka_unit_test(
			personal_numbers_are_given_where_the_state_prints_them),
		cmocka_unit_test(the_russian_internal_passport_is_read_in_its_own_code),
		cmocka_unit_test(the_letter_code_gives_every_letter_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
