/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record.h"

#include <stdio.h>

#define DAY_S 86400

/*
 * Days are counted in eras of 400 years (146,097 days) that begin on 1 March, so
 * that the leap day comes last (Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms").  Years are never negative here.
 */
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468   /* 0000-03-01 to 1970-01-01 */
#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */

static int days_in_month(int year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

int64_t date_days(const struct cordon_date *date)
{
	int64_t year = date->year - (date->month <= 2 ? 1 : 0);
	int64_t month = (date->month + 9) % 12; /* from March */
	int64_t day_of_year = (153 * month + 2) / 5 + date->day - 1;
	int64_t era = year / 400;
	int64_t year_of_era = year % 400;
	int64_t day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * ERA_DAYS + day_of_era - EPOCH_DAYS;
}

struct cordon_date date_from_days(int64_t days)
{
	int64_t clamped = days < FIRST_DAY  ? FIRST_DAY
			  : days > LAST_DAY ? LAST_DAY
					    : days;
	int64_t era = (clamped + EPOCH_DAYS) / ERA_DAYS;
	int64_t day = (clamped + EPOCH_DAYS) % ERA_DAYS;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153; /* from March */
	struct cordon_date date = {
		.year = (int16_t)(era * 400 + year + (month >= 10 ? 1 : 0)),
		.month = (uint8_t)(month < 10 ? month + 3 : month - 9),
		.day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1),
	};

	return date;
}

bool date_absent(const struct cordon_date *date)
{
	return date->year == 0 && date->month == 0 && date->day == 0;
}

bool date_valid(const struct cordon_date *date)
{
	if (date->year < 1 || date->year > 9999 || date->month > 12) {
		return false;
	}
	if (date->month == 0) {
		return date->day == 0;
	}
	return date->day <= days_in_month(date->year, date->month);
}

bool date_whole(const struct cordon_date *date)
{
	return date->day != 0 && date_valid(date);
}

int date_compare(const struct cordon_date *a, const struct cordon_date *b)
{
	if (a->year != b->year) {
		return a->year < b->year ? -1 : 1;
	}
	if (a->month != b->month) {
		return a->month < b->month ? -1 : 1;
	}
	return (a->day > b->day) - (a->day < b->day);
}

/* The value of count digits, or -1. */
static int digits(const char *text, size_t count)
{
	int value = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return -1;
		}
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

bool date_parse(struct cordon_date *date, const char *text, size_t bytes)
{
	struct cordon_date found = { 0, 0, 0 };
	int year, month = 0, day = 0;

	if ((bytes != 4 && bytes != 7 && bytes != 10) ||
		(bytes >= 7 && text[4] != '-') || (bytes == 10 && text[7] != '-')) {
		return false;
	}
	year = digits(text, 4);
	if (bytes >= 7) {
		month = digits(text + 5, 2);
	}
	if (bytes == 10) {
		day = digits(text + 8, 2);
	}
	/* a part that is written out is no unknown one: "1980-00" is no date */
	if (year < 0 || month < 0 || day < 0 || (bytes >= 7 && month == 0) ||
		(bytes == 10 && day == 0)) {
		return false;
	}
	found.year = (int16_t)year;
	found.month = (uint8_t)month;
	found.day = (uint8_t)day;
	if (!date_valid(&found)) {
		return false;
	}
	*date = found;
	return true;
}

void date_text(const struct cordon_date *date, char *out)
{
	unsigned year = (unsigned)date->year % 10000;
	unsigned month = date->month % 100u, day = date->day % 100u;

	if (date_absent(date)) {
		out[0] = '\0';
	} else if (month == 0) {
		snprintf(out, DATE_TEXT_BYTES, "%04u", year);
	} else if (day == 0) {
		snprintf(out, DATE_TEXT_BYTES, "%04u-%02u", year, month);
	} else {
		snprintf(out, DATE_TEXT_BYTES, "%04u-%02u-%02u", year, month, day);
	}
}

struct cordon_date date_at(int64_t unix_s, int32_t offset_min)
{
	int64_t day = unix_s / DAY_S;
	int64_t second = unix_s % DAY_S + (int64_t)offset_min * 60;

	while (second < 0) {
		second += DAY_S;
		day--;
	}
	return date_from_days(day + second / DAY_S);
}

struct cordon_date date_first_day(const struct cordon_date *date)
{
	struct cordon_date first = *date;

	if (date_absent(date)) {
		return date_from_days(FIRST_DAY);
	}
	first.month = first.month == 0 ? 1 : first.month;
	first.day = first.day == 0 ? 1 : first.day;
	return first;
}

struct cordon_date date_last_day(const struct cordon_date *date)
{
	struct cordon_date last = *date;

	if (date_absent(date)) {
		return date_from_days(LAST_DAY);
	}
	last.month = last.month == 0 ? 12 : last.month;
	last.day = last.day == 0 ? (uint8_t)days_in_month(last.year, last.month)
				 : last.day;
	return last;
}

struct cordon_date date_after_years(const struct cordon_date *date, int years)
{
	struct cordon_date after = *date;

	if (date->year + years > 9999) {
		return date_from_days(LAST_DAY);
	}
	after.year = (int16_t)(date->year + years);
	if (after.month == 2 && after.day == 29 && !date_valid(&after)) {
		after.day = 28;
	}
	return after;
}

int64_t record_begins_s(const struct cordon_record *record)
{
	struct cordon_date first = date_first_day(&record->valid_from);

	return date_days(&first) * DAY_S - (int64_t)record->utc_offset_min * 60;
}

int64_t record_ends_s(const struct cordon_record *record)
{
	struct cordon_date last = date_last_day(&record->valid_until);

	return (date_days(&last) + 1) * DAY_S - (int64_t)record->utc_offset_min * 60;
}
