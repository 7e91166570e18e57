/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/compare.h"

#include <stdlib.h>

#define APPROXIMATE_YEARS 2

/* How many digits differ, of numbers with as many. */
static unsigned digits_differ(unsigned a, unsigned b)
{
	unsigned count = 0;

	for (; a != 0 || b != 0; a /= 10, b /= 10) {
		count += a % 10 != b % 10;
	}
	return count;
}

static enum born_likeness whole_dates(struct cordon_date a, struct cordon_date b)
{
	unsigned digits = digits_differ((unsigned)a.year, (unsigned)b.year) +
			  digits_differ(a.month, b.month) + digits_differ(a.day, b.day);

	if (digits == 0) {
		return BORN_DATE;
	}
	if (a.year == b.year && a.month == b.day && a.day == b.month) {
		return BORN_SWAPPED;
	}
	return digits == 1 ? BORN_DIGIT : BORN_OTHER;
}

/* As far as both are known. */
static enum born_likeness dates(struct cordon_date a, struct cordon_date b)
{
	if (a.day != 0 && b.day != 0) {
		return whole_dates(a, b);
	}
	if (a.year != b.year) {
		/* who knows the year only may know it roughly */
		return (a.month == 0 || b.month == 0) && abs(a.year - b.year) == 1
			       ? BORN_CLOSE_YEAR
			       : BORN_OTHER;
	}
	if (a.month == 0 || b.month == 0) {
		return BORN_YEAR;
	}
	return a.month == b.month ? BORN_MONTH : BORN_OTHER;
}

static enum born_likeness better(enum born_likeness a, enum born_likeness b)
{
	return b > a ? b : a;
}

static enum born_likeness with_listed(
	struct cordon_date asked, const struct card *card, size_t index)
{
	struct cordon_date listed = born_unpack(card->dates[index]);
	enum born_likeness likeness = dates(asked, listed);

	if (index == 0 && card->born_approximate && likeness == BORN_OTHER &&
		abs(asked.year - listed.year) <= APPROXIMATE_YEARS) {
		return BORN_CLOSE_YEAR;
	}
	return likeness;
}

enum born_likeness compare_born(
	const struct compare_person *asked, const struct card *card)
{
	struct cordon_date date = born_unpack(asked->born), earlier = date;
	enum born_likeness best = BORN_OTHER;

	if (asked->born == 0 || card->dates_count == 0) {
		return BORN_NOT_KNOWN;
	}
	earlier.year = (int16_t)(earlier.year - 100);
	for (size_t i = 0; i < card->dates_count; i++) {
		best = better(best, with_listed(date, card, i));
		if (asked->born_century_open) {
			best = better(best, with_listed(earlier, card, i));
		}
	}
	/* a misread date does not speak against anybody */
	return best == BORN_OTHER && asked->born_misread ? BORN_NOT_KNOWN : best;
}
