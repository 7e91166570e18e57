/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <cordon/error.h>
#include <cordon/mrz.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct cordon_date today = { 2026, 3, 1 };

/* What a test says of a zone; NULL stands for the specimen's value. */
struct spec {
	const char *code, *issuer, *name, *number, *nationality, *born, *sex, *expires,
		*optional, *optional_2;
	const char *number_digit;   /* instead of the right one */
	const char *optional_digit; /* of a TD3, instead of the right one */
};

struct zone {
	char lines[3][45];
	size_t line_count;
};

static const char *or_else(const char *text, const char *specimen)
{
	return text == NULL ? specimen : text;
}

/* Appends text, with fillers up to the field's size. */
static void field(char *line, const char *text, size_t size)
{
	size_t used = strlen(line);

	memset(line + used, '<', size);
	memcpy(line + used, text, strlen(text));
	line[used + size] = '\0';
}

/* Appends the check digit of the last size characters. */
static void digit(char *line, size_t size)
{
	size_t used = strlen(line);

	line[used] = cordon_mrz_check_digit(line + used - size, size);
	line[used + 1] = '\0';
}

static void number_field(char *line, const struct spec *spec)
{
	field(line, or_else(spec->number, "L898902C3"), 9);
	if (spec->number_digit == NULL) {
		digit(line, 9);
	} else {
		field(line, spec->number_digit, 1);
	}
}

static void born_field(char *line, const struct spec *spec)
{
	field(line, or_else(spec->born, "740812"), 6);
	digit(line, 6);
}

static void sex_and_expires(char *line, const struct spec *spec)
{
	field(line, or_else(spec->sex, "F"), 1);
	field(line, or_else(spec->expires, "320415"), 6);
	digit(line, 6);
}

static void first_line(
	char *line, const struct spec *spec, const char *code, size_t size)
{
	field(line, or_else(spec->code, code), 2);
	field(line, or_else(spec->issuer, "UTO"), 3);
	field(line, or_else(spec->name, "ERIKSSON<<ANNA<MARIA"), size - 5);
}

static void second_line(char *line, const struct spec *spec)
{
	number_field(line, spec);
	field(line, or_else(spec->nationality, "UTO"), 3);
	born_field(line, spec);
	sex_and_expires(line, spec);
}

static struct zone make_td3(struct spec spec)
{
	struct zone zone = { .line_count = 2 };
	char covered[45] = "";
	char *line = zone.lines[1];

	first_line(zone.lines[0], &spec, "PP", 44);
	second_line(line, &spec);
	field(line, or_else(spec.optional, "ZE184226B"), 14);
	if (spec.optional_digit == NULL) {
		digit(line, 14);
	} else {
		field(line, spec.optional_digit, 1);
	}
	snprintf(
		covered, sizeof(covered), "%.10s%.7s%.22s", line, line + 13, line + 21);
	line[43] = cordon_mrz_check_digit(covered, strlen(covered));
	return zone;
}

static struct zone make_td2(struct spec spec)
{
	struct zone zone = { .line_count = 2 };
	char covered[45] = "";
	char *line = zone.lines[1];

	first_line(zone.lines[0], &spec, "I<", 36);
	second_line(line, &spec);
	field(line, or_else(spec.optional, ""), 7);
	snprintf(
		covered, sizeof(covered), "%.10s%.7s%.14s", line, line + 13, line + 21);
	line[35] = cordon_mrz_check_digit(covered, strlen(covered));
	return zone;
}

static struct zone make_td1(struct spec spec)
{
	struct zone zone = { .line_count = 3 };
	char covered[64] = "";
	char *line = zone.lines[1];

	field(zone.lines[0], or_else(spec.code, "I<"), 2);
	field(zone.lines[0], or_else(spec.issuer, "UTO"), 3);
	number_field(zone.lines[0], &spec);
	field(zone.lines[0], or_else(spec.optional, ""), 15);
	born_field(line, &spec);
	sex_and_expires(line, &spec);
	field(line, or_else(spec.nationality, "UTO"), 3);
	field(line, or_else(spec.optional_2, ""), 11);
	snprintf(covered, sizeof(covered), "%.25s%.7s%.7s%.11s", zone.lines[0] + 5,
		line, line + 8, line + 18);
	line[29] = cordon_mrz_check_digit(covered, strlen(covered));
	field(zone.lines[2], or_else(spec.name, "ERIKSSON<<ANNA<MARIA"), 30);
	return zone;
}

static struct zone make_visa(struct spec spec, size_t line_bytes)
{
	struct zone zone = { .line_count = 2 };

	first_line(zone.lines[0], &spec, "V<", line_bytes);
	second_line(zone.lines[1], &spec);
	field(zone.lines[1], or_else(spec.optional, ""), line_bytes - 28);
	return zone;
}

static struct cordon_mrz parse_at(const struct zone *zone, struct cordon_date reference)
{
	const char *lines[3] = { zone->lines[0], zone->lines[1], zone->lines[2] };
	struct cordon_mrz mrz;

	memset(&mrz, 0xa5, sizeof(mrz));
	assert_int_equal(
		cordon_mrz_parse(lines, zone->line_count, reference, &mrz, NULL, 0), 0);
	return mrz;
}

static struct cordon_mrz parse(struct zone zone)
{
	return parse_at(&zone, today);
}

static void assert_valid(const struct cordon_mrz *mrz)
{
	assert_string_equal(mrz->fault, "");
	assert_true(mrz->valid);
}

static void assert_fault(struct zone zone, const char *words)
{
	struct cordon_mrz mrz = parse(zone);

	assert_false(mrz.valid);
	if (strstr(mrz.fault, words) == NULL) {
		fail_msg("fault \"%s\" does not say \"%s\"", mrz.fault, words);
	}
}

static void assert_date(
	const struct cordon_date *date, int year, unsigned month, unsigned day)
{
	assert_int_equal(date->year, year);
	assert_int_equal(date->month, month);
	assert_int_equal(date->day, day);
}

static void a_passport_gives_all_its_fields(void **state)
{
	struct cordon_mrz mrz = parse(make_td3((struct spec){ .code = "PP" }));

	(void)state;
	assert_valid(&mrz);
	assert_int_equal(mrz.format, CORDON_MRZ_TD3);
	assert_string_equal(mrz.document_code, "PP");
	assert_string_equal(mrz.issuer, "UTO");
	assert_string_equal(mrz.number, "L898902C3");
	assert_string_equal(mrz.surname, "ERIKSSON");
	assert_string_equal(mrz.given, "ANNA MARIA");
	assert_false(mrz.names_truncated);
	assert_false(mrz.cyrillic);
	assert_date(&mrz.born, 1974, 8, 12);
	assert_false(mrz.born_century_open);
	assert_string_equal(mrz.born_text, "740812");
	assert_int_equal(mrz.sex, CORDON_SEX_F);
	assert_date(&mrz.expires, 2032, 4, 15);
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
	struct cordon_mrz td1 = parse(make_td1(none)), td2 = parse(make_td2(none));
	struct cordon_mrz a = parse(make_visa(none, 44)),
			  b = parse(make_visa(none, 36));

	(void)state;
	assert_valid(&td1);
	assert_valid(&td2);
	assert_valid(&a);
	assert_valid(&b);
	assert_string_equal(cordon_mrz_format_text(td1.format), "TD1");
	assert_string_equal(cordon_mrz_format_text(td2.format), "TD2");
	assert_string_equal(cordon_mrz_format_text(CORDON_MRZ_TD3), "TD3");
	assert_string_equal(cordon_mrz_format_text(a.format), "MRV-A");
	assert_string_equal(cordon_mrz_format_text(b.format), "MRV-B");
}

static void digits_that_a_format_lacks_are_not_judged(void **state)
{
	struct spec spec = { .optional = "2020711" };
	struct cordon_mrz visa = parse(make_visa(spec, 36)),
			  card = parse(make_td2(spec));

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
			cordon_mrz_parse(&texts[i], 1, today, &mrz, NULL, 0), 0);
		assert_valid(&mrz);
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
		cordon_mrz_parse(lines, COUNT(lines), today, &mrz, NULL, 0), 0);
	assert_valid(&mrz);
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

		assert_int_equal(cordon_mrz_parse(cases[i].lines, cases[i].count, today,
					 &mrz, why, sizeof(why)),
			CORDON_ENOTMRZ);
		assert_non_null(strstr(why, cases[i].reason));
		assert_int_equal(cordon_mrz_parse(cases[i].lines, cases[i].count, today,
					 &mrz, NULL, 0),
			CORDON_ENOTMRZ);
	}
	assert_memory_equal(&mrz, &before, sizeof(mrz));
}

static void a_reference_that_is_no_day_is_refused(void **state)
{
	static const struct cordon_date bad[] = { { 0, 0, 0 }, { 2026, 0, 0 },
		{ 2026, 2, 30 }, { 100, 1, 1 }, { 9999, 1, 1 } };
	struct zone zone = make_td3((struct spec){ .code = NULL });
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
		make_td3((struct spec){ .born = "750505", .expires = "310505" });

	(void)state;
	for (size_t at = 0; at < 44; at++) {
		struct zone changed = good;
		char *c = &changed.lines[1][at];
		struct cordon_mrz mrz;

		*c = *c == '<'   ? '1'
		     : *c == '9' ? '8'
		     : *c == 'Z' ? 'Y'
				 : (char)(*c + 1);
		mrz = parse(changed);
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
		struct zone zone = make_td3((struct spec){ .code = NULL });
		char *c = &zone.lines[1][digits[i].at];

		*c = *c == '9' ? '0' : (char)(*c + 1);
		assert_fault(zone, digits[i].words);
		*c = '<';
		assert_fault(zone, digits[i].words);
	}
}

/* 9303-4 §4.2.2.2, positions 29 to 43 */
static void an_unused_optional_field_may_lack_its_digit(void **state)
{
	struct cordon_mrz left_out =
		parse(make_td3((struct spec){ .optional = "", .optional_digit = "<" }));
	struct cordon_mrz zero =
		parse(make_td3((struct spec){ .optional = "", .optional_digit = "0" }));

	(void)state;
	assert_valid(&left_out);
	assert_int_equal(left_out.checks.optional, CORDON_CHECK_NONE);
	assert_valid(&zero);
	assert_int_equal(zero.checks.optional, CORDON_CHECK_RIGHT);
	assert_fault(make_td3((struct spec){ .optional = "", .optional_digit = "1" }),
		"optional data's");
	assert_fault(make_td3((struct spec){ .optional = "X", .optional_digit = "<" }),
		"optional data's");
}

/* 9303-5 §4.2.2 note j and §4.2.4; the continuation with its digit is given. */
static void long_numbers_go_on_in_the_optional_field(void **state)
{
	struct cordon_mrz td1 = parse(make_td1((struct spec){ .number = "D23145890",
		.number_digit = "<",
		.optional = "7349",
		.optional_2 = "AB<C" }));
	struct cordon_mrz with_data = parse(make_td1((struct spec){
		.number = "D23145890", .number_digit = "<", .optional = "7349<X1" }));
	struct cordon_mrz td2 = parse(make_td2((struct spec){
		.number = "D23145890", .number_digit = "<", .optional = "7349" }));

	(void)state;
	assert_string_equal(td1.number, "D23145890734");
	assert_string_equal(td1.optional, "AB C");
	assert_valid(&td1);
	assert_string_equal(with_data.number, "D23145890734");
	assert_string_equal(with_data.optional, "X1");
	assert_string_equal(td2.number, "D23145890734");
	assert_string_equal(td2.optional, "");
	assert_valid(&td2);
	assert_fault(make_td1((struct spec){ .number = "D23145890",
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
		struct cordon_mrz mrz = parse(make_td1(specs[i]));

		assert_int_equal(mrz.checks.number, CORDON_CHECK_WRONG);
		assert_int_equal(strlen(mrz.number), i == 3 ? 8 : 9);
	}
	/* passports and visas have none (9303-7 §4.2.2 note j) */
	assert_fault(make_td3((struct spec){ .number_digit = "<", .optional = "7349" }),
		"number's");
	assert_fault(
		make_visa((struct spec){ .number_digit = "<", .optional = "7349" }, 36),
		"number's");
}

static void fillers_inside_a_number_are_one_space(void **state)
{
	struct cordon_mrz mrz = parse(
		make_td3((struct spec){ .number = "12<34<<AA", .optional = "<1<<2" }));

	(void)state;
	assert_valid(&mrz);
	assert_string_equal(mrz.number, "12 34 AA");
	assert_string_equal(mrz.optional, "1 2");
}

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
			parse(make_td3((struct spec){ .born = cases[i].text }));

		assert_valid(&mrz);
		assert_date(&mrz.born, cases[i].year, cases[i].month, cases[i].day);
		assert_string_equal(mrz.born_text, cases[i].text);
	}
}

static void dates_that_cannot_be_are_found_fault_with(void **state)
{
	static const char *const bad[] = { "741301", "740230", "740001", "740800",
		"7408<1", "7<0812", "74O812", "<40812", "<<1301" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_fault(make_td3((struct spec){ .born = bad[i] }), bad[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_fault(make_td3((struct spec){ .expires = bad[i] }), bad[i]);
	}
	assert_fault(make_td3((struct spec){ .expires = "3204<<" }), "3204<<");
	assert_fault(make_td3((struct spec){ .expires = "<<<<<<" }), "expiry");
}

static void zeros_for_unknown_parts_are_read_and_found_fault_with(void **state)
{
	struct zone zone = make_td3((struct spec){ .born = "740000" });
	struct cordon_mrz mrz = parse(zone);

	(void)state;
	assert_date(&mrz.born, 1974, 0, 0);
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
		struct zone zone = make_td3((struct spec){ .born = cases[i].text });
		struct cordon_mrz mrz = parse_at(&zone, cases[i].reference);

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
		struct zone zone = make_td3((struct spec){ .expires = cases[i].text });
		struct cordon_date reference = { cases[i].today_year, 6, 1 };
		struct cordon_mrz mrz = parse_at(&zone, reference);

		assert_int_equal(mrz.expires.year, cases[i].year);
	}
}

/* The examples of 9303-4 §4.2.3 and 9303-5 §4.2.3 */
static void a_name_that_fills_its_field_counts_as_truncated(void **state)
{
	struct cordon_mrz full = parse(make_td3(
		(struct spec){ .name = "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR" }));
	struct cordon_mrz short_by_one = parse(make_td3(
		(struct spec){ .name = "PAPANDROPOULOUS<<JONATHON<WARREN<TREVO" }));
	struct cordon_mrz card = parse(
		make_td1((struct spec){ .name = "VILARCHAO<FERNANDEZ<<JOSE<RAMO" }));
	struct cordon_mrz only = parse(
		make_td1((struct spec){ .name = "BENNELONG<WOOLOOMOOLOO<WARRAND" }));

	(void)state;
	assert_true(full.names_truncated);
	assert_false(short_by_one.names_truncated);
	assert_true(card.names_truncated);
	assert_string_equal(card.surname, "VILARCHAO FERNANDEZ");
	assert_string_equal(card.given, "JOSE RAMO");
	assert_true(only.names_truncated);
	assert_string_equal(only.surname, "BENNELONG WOOLOOMOOLOO WARRAND");
	assert_string_equal(only.given, "");
	assert_valid(&full);
	assert_valid(&only);
}

/* 9303-3 §4.6 */
static void one_identifier_is_enough(void **state)
{
	struct cordon_mrz surname =
		parse(make_td3((struct spec){ .name = "ARKFREITH" }));
	struct cordon_mrz given =
		parse(make_td3((struct spec){ .name = "<<ANNA<MARIA" }));

	(void)state;
	assert_valid(&surname);
	assert_string_equal(surname.surname, "ARKFREITH");
	assert_string_equal(surname.given, "");
	assert_valid(&given);
	assert_string_equal(given.surname, "");
	assert_string_equal(given.given, "ANNA MARIA");
}

static void names_out_of_form_are_found_fault_with(void **state)
{
	static const char *const bad[] = { "", "<ERIKSSON<<ANNA", "ERIKSSON<<<ANNA",
		"ERIKSSON<<ANNA<<MARIA", "ERIKSS0N<<ANNA", "<<<ANNA" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_fault(make_td3((struct spec){ .name = bad[i] }), "name");
	}
}

static void sex_is_m_f_or_a_filler(void **state)
{
	struct cordon_mrz man = parse(make_td3((struct spec){ .sex = "M" }));
	struct cordon_mrz unspecified = parse(make_td3((struct spec){ .sex = "<" }));

	(void)state;
	assert_int_equal(man.sex, CORDON_SEX_M);
	assert_int_equal(unspecified.sex, CORDON_SEX_X);
	assert_valid(&unspecified);
	assert_fault(make_td3((struct spec){ .sex = "X" }), "sex X");
	assert_fault(make_td3((struct spec){ .sex = "0" }), "sex 0");
}

static void document_codes_are_those_of_the_format(void **state)
{
	static const char *const cards[] = { "I<", "ID", "IR", "A<", "AR", "C<", "CI",
		"C1" };
	static const char *const none[] = { "IV", "AV", "P<", "1D", "<I", "<<" };

	(void)state;
	for (size_t i = 0; i < COUNT(cards); i++) {
		struct cordon_mrz td1 =
			parse(make_td1((struct spec){ .code = cards[i] }));
		struct cordon_mrz td2 =
			parse(make_td2((struct spec){ .code = cards[i] }));

		assert_valid(&td1);
		assert_valid(&td2);
	}
	for (size_t i = 0; i < COUNT(none); i++) {
		assert_fault(make_td1((struct spec){ .code = none[i] }), none[i]);
		assert_fault(make_td2((struct spec){ .code = none[i] }), none[i]);
	}
	/* 9303-5 §4.2.2 note k and Appendix C; 9303-6 §4.2.2 note k */
	assert_fault(make_td1((struct spec){ .code = "AI" }), "AI");
	assert_fault(make_td2((struct spec){ .code = "AC" }), "AC");
	assert_fault(make_td3((struct spec){ .code = "I<" }), "I<");
	assert_fault(make_td3((struct spec){ .code = "P1" }), "P1");
}

static void states_are_those_of_9303_3_section_5(void **state)
{
	struct cordon_mrz german =
		parse(make_td3((struct spec){ .issuer = "D", .nationality = "D" }));
	struct cordon_mrz stateless = parse(make_td3(
		(struct spec){ .code = "PS", .issuer = "KAZ", .nationality = "XXA" }));
	struct cordon_mrz omitted = parse(make_td3((struct spec){ .nationality = "" }));

	(void)state;
	assert_valid(&german);
	assert_string_equal(german.issuer, "D");
	assert_valid(&stateless);
	assert_valid(&omitted);
	assert_fault(make_td3((struct spec){ .issuer = "QQQ" }), "issuer QQQ");
	assert_fault(make_td3((struct spec){ .issuer = "" }), "issuer <<<");
	assert_fault(make_td3((struct spec){ .issuer = "<D" }), "issuer <D<");
	assert_fault(
		make_td3((struct spec){ .nationality = "UT0" }), "nationality UT0");
	assert_fault(make_td1((struct spec){ .nationality = "" }), "nationality <<<");
}

static void a_number_must_be_there(void **state)
{
	(void)state;
	assert_fault(make_td3((struct spec){ .number = "" }), "no document number");
}

static void personal_numbers_are_given_where_the_state_prints_them(void **state)
{
	struct cordon_mrz passport = parse(make_td3((struct spec){
		.issuer = "BLR", .nationality = "BLR", .optional = "3070580A001PB5" }));
	struct cordon_mrz card = parse(make_td1((struct spec){ .code = "ID",
		.issuer = "KAZ",
		.nationality = "KAZ",
		.optional = "800507300123" }));
	struct cordon_mrz visa = parse(make_visa(
		(struct spec){ .issuer = "KAZ", .optional = "800507300123" }, 44));

	(void)state;
	assert_valid(&passport);
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
	zone = make_td3(spec);
	zone.lines[1][27] = '<'; /* no date, no digit: both count as zero */
	return zone;
}

static void the_russian_internal_passport_is_read_in_its_own_code(void **state)
{
	struct cordon_mrz mrz = parse(make_internal_passport(
		(struct spec){ .issuer = "RUS", .nationality = "RUS" }));
	char name[64];

	(void)state;
	assert_valid(&mrz);
	assert_true(mrz.cyrillic);
	assert_string_equal(mrz.given, "SERGEQ PETROVI3");
	assert_int_equal(cordon_mrz_cyrillic_name(mrz.given, name, sizeof(name)), 0);
	assert_string_equal(name, "СЕРГЕЙ ПЕТРОВИЧ");
	assert_string_equal(mrz.number, "450123456");
	assert_string_equal(mrz.optional, "7110203770001");
	assert_date(&mrz.expires, 0, 0, 0);
	assert_int_equal(mrz.checks.expires, CORDON_CHECK_NONE);
	/* no other state's PN is one */
	assert_fault(make_internal_passport((struct spec){ .issuer = "UTO" }), "name");
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
