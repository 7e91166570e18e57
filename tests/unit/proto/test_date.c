/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/record.h"

static struct cordon_date date(const char *text)
{
	struct cordon_date d = { 0, 0, 0 };

	if (text[0] != '\0') {
		assert_true(date_parse(&d, text, strlen(text)));
	}
	return d;
}

static void assert_date(struct cordon_date d, const char *expected)
{
	char text[DATE_TEXT_BYTES];

	date_text(&d, text);
	assert_string_equal(text, expected);
}

static void days_are_counted_from_1970(void **state)
{
	static const struct {
		const char *text;
		int64_t days;
	} known[] = {
		{ "0001-01-01", -719162 },
		{ "1582-10-15", -141427 },
		{ "1900-03-01", -25508 },
		{ "1969-12-31", -1 },
		{ "1970-01-01", 0 },
		{ "2000-02-29", 11016 },
		{ "2000-03-01", 11017 },
		{ "2026-03-01", 20513 },
		{ "9999-12-31", 2932896 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct cordon_date d = date(known[i].text);

		assert_int_equal(date_days(&d), known[i].days);
		assert_date(date_from_days(known[i].days), known[i].text);
	}
}

static void every_day_follows_the_one_before(void **state)
{
	struct cordon_date before = date("0001-01-01");

	(void)state;
	for (int64_t day = date_days(&before) + 1; day <= 2932896; day++) {
		struct cordon_date d = date_from_days(day);

		if (date_days(&d) != day || !date_whole(&d) ||
			date_compare(&before, &d) >= 0) {
			fail_msg("day %lld", (long long)day);
		}
		before = d;
	}
	assert_date(before, "9999-12-31");
}

static void days_outside_the_calendar_give_its_ends(void **state)
{
	(void)state;
	assert_date(date_from_days(INT64_MIN), "0001-01-01");
	assert_date(date_from_days(INT64_MAX), "9999-12-31");
}

static void partial_dates_keep_what_is_known(void **state)
{
	static const char *const texts[] = { "1980", "1980-05", "1980-05-07", "0001",
		"9999-12-31", "2024-02-29", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_date(date(texts[i]), texts[i]);
	}
}

static void what_is_no_date_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = { "", "0000", "198", "19800", "1980-",
		"1980-5", "1980-00", "1980-13", "1980-05-00", "1980-02-30",
		"1900-02-29", "2023-02-29", "2023-04-31", "1980/05/07", "1980-05/07",
		"1980-05-7", "1980-05-077", "+980", "-980", " 980", "1980-05-0x",
		"1980-+5" };
	struct cordon_date d = date("1980-05-07");

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_false(date_parse(&d, texts[i], strlen(texts[i])));
	}
	assert_date(d, "1980-05-07");
}

static void only_given_parts_must_exist(void **state)
{
	static const struct {
		struct cordon_date date;
		bool absent, valid, whole;
	} cases[] = {
		{ { 0, 0, 0 }, true, false, false },
		{ { 1980, 0, 0 }, false, true, false },
		{ { 1980, 2, 0 }, false, true, false },
		{ { 1980, 2, 29 }, false, true, true },
		{ { 1981, 2, 29 }, false, false, false },
		{ { 1980, 0, 1 }, false, false, false },
		{ { 0, 5, 0 }, false, false, false },
		{ { -1, 1, 1 }, false, false, false },
		{ { 10000, 1, 1 }, false, false, false },
		{ { 1980, 13, 1 }, false, false, false },
		{ { 1980, 12, 32 }, false, false, false },
		{ { 1980, 255, 255 }, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(date_absent(&cases[i].date), cases[i].absent);
		assert_int_equal(date_valid(&cases[i].date), cases[i].valid);
		assert_int_equal(date_whole(&cases[i].date), cases[i].whole);
	}
}

static void text_of_an_impossible_date_stays_within_its_bytes(void **state)
{
	const struct cordon_date d = { -32768, 255, 255 };
	char text[DATE_TEXT_BYTES + 1];

	(void)state;
	memset(text, '#', sizeof(text));
	date_text(&d, text);
	assert_true(strlen(text) < DATE_TEXT_BYTES);
	assert_int_equal(text[DATE_TEXT_BYTES], '#');
}

static void the_date_depends_on_where_one_is(void **state)
{
	(void)state;
	assert_date(date_at(0, 0), "1970-01-01");
	assert_date(date_at(0, -1), "1969-12-31");
	assert_date(date_at(-1, 0), "1969-12-31");
	assert_date(date_at(-1, 1), "1970-01-01");
	assert_date(date_at(1772323199, 0), "2026-02-28");
	assert_date(date_at(1772323199, 300), "2026-03-01");
	assert_date(date_at(1772323200 + 86399, 840), "2026-03-02");
	assert_date(date_at(INT64_MAX, 840), "9999-12-31");
	assert_date(date_at(INT64_MIN, -720), "0001-01-01");
}

static void a_partial_date_spans_its_days(void **state)
{
	static const struct {
		const char *text, *first, *last;
	} cases[] = {
		{ "2024", "2024-01-01", "2024-12-31" },
		{ "2024-02", "2024-02-01", "2024-02-29" },
		{ "2024-02-03", "2024-02-03", "2024-02-03" },
		{ "", "0001-01-01", "9999-12-31" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cordon_date d = date(cases[i].text);

		assert_date(date_first_day(&d), cases[i].first);
		assert_date(date_last_day(&d), cases[i].last);
	}
}

static void a_record_is_in_force_on_whole_days_of_its_offset(void **state)
{
	struct cordon_record record = {
		.valid_from = date("2026-03-01"),
		.valid_until = date("2026-03-01"),
	};

	(void)state;
	assert_int_equal(record_begins_s(&record), 1772323200);
	assert_int_equal(record_ends_s(&record), 1772323200 + 86400);
	record.utc_offset_min = 300;
	assert_int_equal(record_begins_s(&record), 1772323200 - 18000);
	assert_int_equal(record_ends_s(&record), 1772323200 + 86400 - 18000);
	record.utc_offset_min = -720;
	assert_int_equal(record_begins_s(&record), 1772323200 + 43200);
}

static void absent_dates_bound_nothing(void **state)
{
	const struct cordon_record record = { .id = NULL };

	(void)state;
	assert_true(record_begins_s(&record) < -62135596000);
	assert_true(record_ends_s(&record) > 253402300000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_counted_from_1970),
		cmocka_unit_test(every_day_follows_the_one_before),
		cmocka_unit_test(days_outside_the_calendar_give_its_ends),
		cmocka_unit_test(partial_dates_keep_what_is_known),
		cmocka_unit_test(what_is_no_date_is_refused_and_changes_nothing),
		cmocka_unit_test(only_given_parts_must_exist),
		cmocka_unit_test(text_of_an_impossible_date_stays_within_its_bytes),
		cmocka_unit_test(the_date_depends_on_where_one_is),
		cmocka_unit_test(a_partial_date_spans_its_days),
		cmocka_unit_test(a_record_is_in_force_on_whole_days_of_its_offset),
		cmocka_unit_test(absent_dates_bound_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
