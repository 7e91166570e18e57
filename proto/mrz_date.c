/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/mrz.h>

#include <string.h>

#include "proto/mrz_zone.h"
#include "proto/record.h"

#define AGE_MAX 125

/*
 * One part of YYMMDD: its value, or -1 where it is unknown.  Fillers say so (9303-3
 * §4.8); papers that print zeros for it are read the same way and found fault with
 * later.
 */
static int part(const char *text)
{
	bool digits =
		text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';

	return digits ? (text[0] - '0') * 10 + (text[1] - '0') : -1;
}

static int month_or_day(const char *text)
{
	int value = part(text);

	return value < 0 ? 0 : value;
}

/* In that year; a day without its month is not known. */
static struct cordon_date date_in(int year, const char *text)
{
	struct cordon_date date = {
		.year = (int16_t)year,
		.month = (uint8_t)month_or_day(text + 2),
	};

	date.day = date.month == 0 ? 0 : (uint8_t)month_or_day(text + 4);
	return date;
}

/* Of someone not yet born, or older than anyone: no. */
static bool can_be_born(const struct cordon_date *born, struct cordon_date today)
{
	struct cordon_date earliest, latest, oldest = today;

	if (!date_valid(born)) {
		return false;
	}
	earliest = date_first_day(born);
	latest = date_last_day(born);
	oldest.year = (int16_t)(oldest.year - AGE_MAX - 1);
	return date_compare(&earliest, &today) <= 0 &&
	       date_compare(&latest, &oldest) > 0;
}

void mrz_read_born(
	const char *text, struct cordon_date reference, struct cordon_mrz *mrz)
{
	int year = part(text);
	struct cordon_date later, earlier;

	mrz->born = (struct cordon_date){ 0, 0, 0 };
	mrz->born_century_open = false;
	if (year < 0) {
		return;
	}
	year += reference.year - reference.year % 100;
	later = date_in(year, text);
	earlier = date_in(year - 100, text);
	if (!can_be_born(&later, reference)) {
		later = earlier;
		earlier = date_in(year - 200, text);
	}
	if (!can_be_born(&later, reference)) {
		return;
	}
	mrz->born = later;
	mrz->born_century_open = can_be_born(&earlier, reference);
}

void mrz_read_expires(
	const char *text, struct cordon_date reference, struct cordon_mrz *mrz)
{
	int first = reference.year - 50;
	int year = part(text);
	struct cordon_date date;

	mrz->expires = (struct cordon_date){ 0, 0, 0 };
	if (year < 0) {
		return;
	}
	date = date_in(first + (year - first % 100 + 100) % 100, text);
	if (date_valid(&date)) {
		mrz->expires = date;
	}
}
