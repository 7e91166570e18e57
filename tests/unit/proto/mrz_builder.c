/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/proto/mrz_builder.h"

#include <stdio.h>
#include <string.h>

const struct cordon_date zone_today = { 2026, 3, 1 };

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

/* Over positions 1 to 10, 14 to 20 and rest from 22 (9303-4 and 9303-6 §4.2.4). */
static void composite(char *line, size_t rest)
{
	char covered[45];

	snprintf(covered, sizeof(covered), "%.10s%.7s%.*s", line, line + 13, (int)rest,
		line + 21);
	line[21 + rest] = cordon_mrz_check_digit(covered, strlen(covered));
}

struct zone zone_td3(struct spec spec)
{
	struct zone zone = { .line_count = 2 };
	char *line = zone.lines[1];

	first_line(zone.lines[0], &spec, "PP", 44);
	second_line(line, &spec);
	field(line, or_else(spec.optional, "ZE184226B"), 14);
	if (spec.optional_digit == NULL) {
		digit(line, 14);
	} else {
		field(line, spec.optional_digit, 1);
	}
	composite(line, 22);
	return zone;
}

struct zone zone_td2(struct spec spec)
{
	struct zone zone = { .line_count = 2 };
	char *line = zone.lines[1];

	first_line(zone.lines[0], &spec, "I<", 36);
	second_line(line, &spec);
	field(line, or_else(spec.optional, ""), 7);
	composite(line, 14);
	return zone;
}

struct zone zone_td1(struct spec spec)
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

struct zone zone_visa(struct spec spec, size_t line_bytes)
{
	struct zone zone = { .line_count = 2 };

	first_line(zone.lines[0], &spec, "V<", line_bytes);
	second_line(zone.lines[1], &spec);
	field(zone.lines[1], or_else(spec.optional, ""), line_bytes - 28);
	return zone;
}

struct cordon_mrz zone_parse_at(const struct zone *zone, struct cordon_date reference)
{
	const char *lines[3] = { zone->lines[0], zone->lines[1], zone->lines[2] };
	struct cordon_mrz mrz;

	memset(&mrz, 0xa5, sizeof(mrz));
	assert_int_equal(
		cordon_mrz_parse(lines, zone->line_count, reference, &mrz, NULL, 0), 0);
	return mrz;
}

struct cordon_mrz zone_parse(struct zone zone)
{
	return zone_parse_at(&zone, zone_today);
}

void assert_zone_valid(const struct cordon_mrz *mrz)
{
	assert_string_equal(mrz->fault, "");
	assert_true(mrz->valid);
}

void assert_zone_fault(struct zone zone, const char *words)
{
	struct cordon_mrz mrz = zone_parse(zone);

	assert_false(mrz.valid);
	if (strstr(mrz.fault, words) == NULL) {
		fail_msg("fault \"%s\" does not say \"%s\"", mrz.fault, words);
	}
}

void assert_date_is(
	const struct cordon_date *date, int year, unsigned month, unsigned day)
{
	assert_int_equal(date->year, year);
	assert_int_equal(date->month, month);
	assert_int_equal(date->day, day);
}
