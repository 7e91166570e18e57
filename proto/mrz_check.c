/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/mrz.h>

#include <string.h>

#include "proto/mrz_zone.h"

/* 9303-3 §4.9: digits as they are, A to Z 10 to 35, the filler 0; -1 for others. */
static int value_of(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'A' && c <= 'Z') {
		return c - 'A' + 10;
	}
	return c == MRZ_FILLER ? 0 : -1;
}

char cordon_mrz_check_digit(const char *text, size_t bytes)
{
	static const int weights[] = { 7, 3, 1 };
	int sum = 0;

	for (size_t i = 0; i < bytes; i++) {
		int value = value_of(text[i]);

		if (value < 0) {
			return 0;
		}
		sum = (sum + value * weights[i % 3]) % 10;
	}
	return bytes == 0 ? 0 : (char)('0' + sum);
}

static enum cordon_check compare(const char *text, size_t bytes, char printed)
{
	return cordon_mrz_check_digit(text, bytes) == printed ? CORDON_CHECK_RIGHT
							      : CORDON_CHECK_WRONG;
}

static enum cordon_check check_span(
	const struct mrz_zone *zone, struct mrz_span span, uint8_t digit)
{
	return compare(zone->text + span.at, span.size, zone->text[digit]);
}

static bool only_fillers(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (text[i] != MRZ_FILLER) {
			return false;
		}
	}
	return true;
}

/*
 * A long number shows its nine principal characters, a filler where the digit would
 * be, then its rest and its digit at the beginning of the optional field.  The
 * filler that should follow is missing where the field is full.
 */
size_t mrz_continuation_bytes(const struct mrz_zone *zone)
{
	const struct mrz_layout *l = zone->layout;
	size_t bytes = 0;

	if (!l->long_number || zone->text[l->number_digit] != MRZ_FILLER ||
		zone->text[l->number.at + l->number.size - 1] == MRZ_FILLER) {
		return 0;
	}
	while (bytes < l->optional.size &&
		zone->text[l->optional.at + bytes] != MRZ_FILLER) {
		bytes++;
	}
	return bytes >= 2 ? bytes : 0;
}

static enum cordon_check check_number(const struct mrz_zone *zone)
{
	const struct mrz_layout *l = zone->layout;
	size_t rest = mrz_continuation_bytes(zone);
	char number[MRZ_BYTES_MAX];

	if (rest == 0) {
		return check_span(zone, l->number, l->number_digit);
	}
	memcpy(number, zone->text + l->number.at, l->number.size);
	memcpy(number + l->number.size, zone->text + l->optional.at, rest - 1);
	return compare(number, l->number.size + rest - 1,
		zone->text[l->optional.at + rest - 1]);
}

/* The Russian internal passport never expires, and says so with fillers. */
static enum cordon_check check_expires(const struct mrz_zone *zone, bool may_be_absent)
{
	const struct mrz_layout *l = zone->layout;

	if (may_be_absent && zone->text[l->expires_digit] == MRZ_FILLER &&
		only_fillers(zone->text + l->expires.at, l->expires.size)) {
		return CORDON_CHECK_NONE;
	}
	return check_span(zone, l->expires, l->expires_digit);
}

/* 9303-4 §4.2.2.2, position 43: of an unused field it may be 0 or left out. */
static enum cordon_check check_optional(const struct mrz_zone *zone)
{
	const struct mrz_layout *l = zone->layout;

	if (l->optional_digit == MRZ_NO_DIGIT ||
		(zone->text[l->optional_digit] == MRZ_FILLER &&
			only_fillers(zone->text + l->optional.at, l->optional.size))) {
		return CORDON_CHECK_NONE;
	}
	return check_span(zone, l->optional, l->optional_digit);
}

static enum cordon_check check_composite(const struct mrz_zone *zone)
{
	const struct mrz_layout *l = zone->layout;
	char covered[MRZ_BYTES_MAX];
	size_t bytes = 0;

	if (l->composite_digit == MRZ_NO_DIGIT) {
		return CORDON_CHECK_NONE;
	}
	for (size_t i = 0; i < MRZ_PARTS_MAX; i++) {
		memcpy(covered + bytes, zone->text + l->composite[i].at,
			l->composite[i].size);
		bytes += l->composite[i].size;
	}
	return compare(covered, bytes, zone->text[l->composite_digit]);
}

void mrz_check_digits(const struct mrz_zone *zone, struct cordon_mrz *mrz)
{
	const struct mrz_layout *l = zone->layout;

	mrz->checks.number = check_number(zone);
	mrz->checks.born = check_span(zone, l->born, l->born_digit);
	mrz->checks.expires = check_expires(zone, mrz->cyrillic);
	mrz->checks.optional = check_optional(zone);
	mrz->checks.composite = check_composite(zone);
}
