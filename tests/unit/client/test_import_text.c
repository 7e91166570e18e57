/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/ctl/import_country.h"
#include "client/ctl/import_number.h"
#include "client/ctl/import_seen.h"
#include "client/ctl/import_text.h"
#include "proto/record.h"

static struct arena arena;

static int make_arena(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int remove_arena(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static const char *clean(const char *text)
{
	return import_text_clean(&arena, text, strlen(text));
}

static void text_is_cleaned_for_a_record(void **state)
{
	(void)state;
	assert_string_equal(clean("  a\t\r\n b\xc2\xa0\xe2\x80\xaf c "), "a b c");
	assert_string_equal(clean("a\x01\x7f\xe2\x80\x8f"
				  "b"),
		"ab");
	assert_string_equal(clean("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb4"),
		"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb4"); /* ZWNJ is spelling */
	assert_null(clean(""));
	assert_null(clean(" \n\xe2\x80\x8e "));
}

static void text_is_cut_at_a_blank(void **state)
{
	(void)state;
	assert_int_equal(import_text_cut("one two three", 13), 13);
	assert_int_equal(import_text_cut("one two three", 9), 7);
	assert_int_equal(import_text_cut("one two three", 7), 7);
	assert_int_equal(import_text_cut("абвгд", 3), 6);
	assert_int_equal(import_text_cut("", 3), 0);
	assert_int_equal(import_text_length("абвгд е"), 7);
}

static void reads_date(const char *text, const char *expected, size_t used)
{
	struct cordon_date date;
	char got[DATE_TEXT_BYTES];
	size_t size = import_text_date(text, &date);

	if (expected == NULL) {
		assert_int_equal(size, 0);
		return;
	}
	date_text(&date, got);
	assert_string_equal(got, expected);
	assert_int_equal(size, used);
}

static void dates_are_read_in_the_forms_of_lists(void **state)
{
	(void)state;
	reads_date("2026-12-11.", "2026-12-11", 10);
	reads_date("11 Jun. 2017", "2017-06-11", 12);
	reads_date("09 May 2018; x", "2018-05-09", 11);
	reads_date("October 19, 2020", "2020-10-19", 16);
	reads_date("Nov. 1973", "1973-11", 9);
	reads_date("Sept 1958", "1958-09", 9);
	reads_date("1958", "1958", 4);
	reads_date("1958-1960", "1958", 4);
}

static void what_is_no_date_is_not_read(void **state)
{
	static const char *const texts[] = { "", "x", "31 Feb 2011", "2011-02-31x",
		"19588", "Mariam 1973", "Ma 1973", "11 1973", "0000", "123 Jun 2017",
		"Jun", "11 Jun" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		reads_date(texts[i], i == 3 ? "2011" : NULL, 4);
	}
}

static void a_date_is_found_behind_a_word(void **state)
{
	static const char *const words[] = { "expir", "valid until", NULL };
	static const struct {
		const char *text, *date;
	} cases[] = {
		{ "Expiration date: 7 Oct 2019", "2019-10-07" },
		{ "issued on 27 January 2015, expired 26 January 2020", "2020-01-26" },
		{ "valid until 10 April 2018", "2018-04-10" },
		{ "981110042 (Expired 25 Jan. 2016)", "2016-01-25" },
		{ "issued on 27 January 2015", NULL },
		{ "expired, and then for a long time nothing 2016", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cordon_date date;
		char got[DATE_TEXT_BYTES];
		bool found = import_text_date_after(cases[i].text, words, &date);

		assert_int_equal(found, cases[i].date != NULL);
		if (found) {
			date_text(&date, got);
			assert_string_equal(got, cases[i].date);
		}
	}
}

static void numbers_are_freed_of_the_words_around(void **state)
{
	static const struct {
		const char *text, *number;
	} cases[] = {
		{ "A9002987", "A9002987" },
		{ "OB 9243318", "OB 9243318" },
		{ "TR-P 914 166", "TR-P 914 166" },
		{ "CAR diplomatic passport no. D90000898", "D90000898" },
		{ "Laissez-passer no. N°935/TEST", "935/TEST" },
		{ "981110042 (Expired 25 Jan. 2016)", "981110042" },
		{ "Russian passport number 9208 No. 955627", "9208 955627" },
		{ "German travel document (“Reiseausweis”) A 9139243", "A 9139243" },
		{ "R90012098, South Sudan", "R90012098" },
		{ "Provisional passport No.: 98642163", "98642163" },
		{ "C 9415363 - 16/2/1421H", "C 9415363" },
		{ "AF965508 Colombia", "AF965508" },
		{ "9117921 issued under the name X", "9117921" },
		{ "#H9044232", "H9044232" },
		{ "78.965.693", "78.965.693" },
		{ "35202- 9135948-7", "35202- 9135948-7" },
		{ "13/Ta Ta Na (Abc)919077", "13/Ta Ta Na (Abc)919077" },
		{ "665", "665" },
		{ "Residential card number 665", "665" },
		{ "Birth certificate", NULL },
		{ "", NULL },
		{ "(123)", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *number = import_number(&arena, cases[i].text);

		if (cases[i].number == NULL) {
			assert_null(number);
		} else {
			assert_string_equal(number, cases[i].number);
		}
	}
}

static void passports_are_found_in_running_text(void **state)
{
	const char *text =
		"(DPOB 1970) - Passport No. 984158, expires 2005; passport "
		"no.93825239, "
		"the Passport Department in 2003; passport number OR 9961825 issued; "
		"a passport";

	(void)state;
	assert_string_equal(import_number_next_passport(&arena, &text), "984158");
	assert_string_equal(import_number_next_passport(&arena, &text), "93825239");
	assert_string_equal(import_number_next_passport(&arena, &text), "OR 9961825");
	assert_null(import_number_next_passport(&arena, &text));
	text = "";
	assert_null(import_number_next_passport(&arena, &text));
}

static void states_are_known_by_the_names_lists_use(void **state)
{
	static const struct {
		const char *name, *code;
	} cases[] = {
		{ "Iran (Islamic Republic of)", "IRN" },
		{ "Korea, North", "PRK" },
		{ "Democratic People's Republic of Korea", "PRK" },
		{ "Democratic People’s Republic of Korea", "PRK" },
		{ "Republic of Korea", "KOR" },
		{ "Congo, Democratic Republic of the", "COD" },
		{ "Congo", "COG" },
		{ "Bosnia-Herzegovina", "BIH" },
		{ "Bosnia and Herzegovina", "BIH" },
		{ "Macedonia, The Former Yugoslav Republic of", "MKD" },
		{ "Türkiye", "TUR" },
		{ "turkey", "TUR" },
		{ "Côte d'Ivoire", "CIV" },
		{ "the Philippines", "PHL" },
		{ "The Gambia", "GMB" },
		{ "Saint Kitts and Nevis", "KNA" },
		{ "Cabo Verde. Previously Cape Verde.", "CPV" },
		{ "United Kingdom of Great Britain and Northern Ireland", "GBR" },
		{ "former Soviet Union", "SUN" },
		{ "Kosovo", "RKS" },
		{ "Hong Kong", "HKG" },
		{ "Germany", "DEU" },
		{ "Kazakhstan", "KAZ" },
		{ "Kyrgyzstan", "KGZ" },
		{ "Russian Federation", "RUS" },
		{ "Belarus", "BLR" },
		{ "Tajikistan", "TJK" },
		{ "Palestinian", "PSE" },
		{ "Atlantis", NULL },
		{ "", NULL },
		{ ",", NULL },
		{ "(", NULL },
		{ "Казахстан", NULL },
	};
	struct import_countries *countries;

	(void)state;
	assert_int_equal(import_countries_create(&countries, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *code = import_country(countries, cases[i].name);

		if (cases[i].code == NULL
				? code != NULL
				: code == NULL || strcmp(code, cases[i].code) != 0) {
			fail_msg("%s: %s", cases[i].name, code == NULL ? "none" : code);
		}
	}
	import_countries_destroy(countries);
}

static void numbers_seen_before_are_known(void **state)
{
	struct import_seen seen = { NULL, 0, 0 };
	bool before;

	(void)state;
	for (uint64_t round = 0; round < 2; round++) {
		for (uint64_t n = 1; n <= 5000; n++) {
			assert_int_equal(import_seen_add(&seen, n * 1024, &before), 0);
			assert_int_equal(before, round == 1);
		}
	}
	import_seen_finish(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cleaned_for_a_record),
		cmocka_unit_test(text_is_cut_at_a_blank),
		cmocka_unit_test(dates_are_read_in_the_forms_of_lists),
		cmocka_unit_test(what_is_no_date_is_not_read),
		cmocka_unit_test(a_date_is_found_behind_a_word),
		cmocka_unit_test(numbers_are_freed_of_the_words_around),
		cmocka_unit_test(passports_are_found_in_running_text),
		cmocka_unit_test(states_are_known_by_the_names_lists_use),
		cmocka_unit_test(numbers_seen_before_are_known),
	};

	return cmocka_run_group_tests(tests, make_arena, remove_arena);
}
