/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/search_in.h"

/*
 * Which keys are read, and at which birth dates.  The code bears the same numbers.
 *
 * 1. With a whole date: everybody born on it whose name agrees at all; then, under the
 *    rarest words, those born in the same year (a digit of day or month wrong, or the
 *    two swapped, or only the year or month known), on the same day of a year that
 *    differs in a digit, about the year, and those whose date is not known.  Where a
 *    word is rare all its postings are read.
 * 2. With a year: under the rarest words, those born about then or at a time not known,
 *    and those whose word is one class away.
 * 3. Without a date: the same, whenever they were born.
 */

#define RARE_WORD 2048 /* postings that are read whatever their date */
#define FAR_WORD 128   /* is found whatever the birth date */
#define SELDOM_WORD 24 /* that few are candidates by one word alone */
#define COMMON_WORD 4096
#define PROBED_WORDS_MAX 3
#define LEAST_ON_DATE (-24) /* of who was born on the very day */
#define LEAST_YEAR 1900
#define LAST_YEAR 2099
#define YEAR_LOW_BITS 511u
#define MONTH_DAY(born) ((born)&YEAR_LOW_BITS)
#define YEAR_OF(born) ((born) >> 9)

static const struct search_word *word_of(const struct looking *looking, size_t k)
{
	return &looking->words[looking->order[k]];
}

static bool has_others(const struct looking *looking, const struct search_word *word)
{
	return looking->name_count > word->parts;
}

static struct probe probe_of(const struct looking *looking, size_t k)
{
	const struct search_word *word = word_of(looking, k);

	return (struct probe){ .key = word->key,
		.to = BORN_LAST,
		.word = looking->order[k],
		.base = (int32_t)word->worth,
		.needed = NOTHING,
		.rarest = k == 0,
		.needed_against = NEVER };
}

static int read_word(struct looking *looking, const struct probe *probe)
{
	return looking->words[probe->word].truncated ? search_longer(looking, *probe)
						     : search_probe(looking, probe);
}

static int read_dates(
	struct looking *looking, struct probe *probe, uint32_t from, uint32_t to)
{
	probe->from = from;
	probe->to = to;
	return read_word(looking, probe);
}

/* Years in which a digit differs. */
static int read_other_years(struct looking *looking, struct probe *probe, uint32_t born)
{
	uint32_t year = YEAR_OF(born);
	int error = 0;

	for (uint32_t place = 1; error == 0 && place <= 100; place *= 10) {
		uint32_t digit = year / place % 10;

		for (uint32_t other = 0; error == 0 && other < 10; other++) {
			uint32_t near = year - digit * place + other * place;

			if (other != digit && near >= LEAST_YEAR && near <= LAST_YEAR) {
				error = read_dates(looking, probe,
					near << 9 | MONTH_DAY(born),
					near << 9 | MONTH_DAY(born));
			}
		}
	}
	return error;
}

/* Those of whom the year is known, about. */
static int read_years_about(struct looking *looking, struct probe *probe, uint32_t year)
{
	int error = 0;

	for (uint32_t near = year - 2; error == 0 && near <= year + 2; near++) {
		if (near != year) {
			error = read_dates(looking, probe, near << 9, near << 9);
		}
	}
	return error;
}

static int read_near(struct looking *looking, struct probe *probe, uint32_t born)
{
	uint32_t year = YEAR_OF(born);
	int error = read_dates(looking, probe, year << 9, year << 9 | YEAR_LOW_BITS);

	if (error == 0) {
		error = read_other_years(looking, probe, born);
	}
	if (error == 0) {
		error = read_years_about(looking, probe, year);
	}
	return error == 0 ? read_dates(looking, probe, 0, 0) : error;
}

static int read_word_near(struct looking *looking, size_t k, uint32_t born)
{
	const struct search_word *word = word_of(looking, k);
	struct probe probe = probe_of(looking, k);

	if (!has_others(looking, word)) {
		return read_near(looking, &probe, born);
	}
	probe.needed = WORTH_CLASS;
	if (word->count > RARE_WORD || word->truncated) {
		return read_near(looking, &probe, born);
	}
	probe.needed = NOTHING;
	probe.needed_against = word->count <= FAR_WORD ? WORTH_SOME : NEVER;
	return read_word(looking, &probe);
}

static int read_date(struct looking *looking, uint32_t born)
{
	struct probe probe = { .key = posting_key_date(born),
		.from = born,
		.to = born,
		.word = WORD_NONE,
		.needed = LEAST_ON_DATE,
		.needed_against = NEVER };

	return search_probe(looking, &probe);
}

/* 1. */
int search_with_date(struct looking *looking, uint32_t born)
{
	int error = read_date(looking, born);

	for (size_t k = 0;
		error == 0 && k < looking->keyed_count && k < PROBED_WORDS_MAX; k++) {
		error = read_word_near(looking, k, born);
	}
	if (error == 0 && looking->name_count == 1 && looking->keyed_count == 1) {
		struct probe probe = probe_of(looking, 0);

		probe.rarest = false;
		error = search_neighbours(
			looking, probe, (struct neighbours){ .places = ALL_PLACES });
	}
	return error;
}

/* Within birth dates; of any word but the rarest more has to agree. */
static int read_between(struct looking *looking, size_t k, uint32_t from, uint32_t to)
{
	const struct search_word *word = word_of(looking, k);
	struct probe probe = probe_of(looking, k);

	if (has_others(looking, word) && word->count > SELDOM_WORD) {
		probe.needed = k == 0 ? WORTH_CLASS : WORTH_SOME;
	}
	probe.needed_against = from == 0 ? probe.needed : NEVER;
	return read_dates(looking, &probe, from, to);
}

static int read_neighbours(
	struct looking *looking, size_t k, uint32_t from, uint32_t to)
{
	const struct search_word *word = word_of(looking, k);
	struct probe probe = probe_of(looking, k);

	if (word->parts > 1 || word->truncated) {
		return 0;
	}
	probe.from = from;
	probe.to = to;
	probe.rarest = false;
	probe.needed = has_others(looking, word) ? WORTH_SOME : NOTHING;
	/* the beginning of the other words is seen in the rarest's signatures */
	return search_neighbours(looking, probe,
		(struct neighbours){ .places = k == 0 ? ALL_PLACES : 1,
			.usual = word->count > COMMON_WORD });
}

/* Beside one other name, a common one leads only to those who have that as well. */
static bool leads_nowhere(const struct looking *looking, size_t k)
{
	size_t names = 0;

	for (size_t i = 0; i < looking->name_count; i++) {
		names += !looking->words[i].father && !looking->words[i].initial;
	}
	return k > 0 && names <= 2 && word_of(looking, k)->count > COMMON_WORD;
}

/* 3., and 2. for each range of dates. */
static int search_between(struct looking *looking, uint32_t from, uint32_t to)
{
	int error = 0;

	for (size_t k = 0;
		error == 0 && k < looking->keyed_count && k < PROBED_WORDS_MAX; k++) {
		if (!leads_nowhere(looking, k)) {
			error = read_between(looking, k, from, to);
		}
	}
	for (size_t k = 0; error == 0 && k < looking->keyed_count && k < 2; k++) {
		/* who has a seldom word is a candidate by that alone */
		if (k > 0 && word_of(looking, 0)->count <= SELDOM_WORD &&
			word_of(looking, 0)->count > 0) {
			break;
		}
		error = read_neighbours(looking, k, from, to);
	}
	return error;
}

/* 2. */
int search_with_year(struct looking *looking, uint32_t born)
{
	uint32_t year = YEAR_OF(born);
	int error = search_between(
		looking, (year - 1) << 9, (year + 1) << 9 | YEAR_LOW_BITS);

	for (size_t k = 0;
		error == 0 && k < looking->keyed_count && k < PROBED_WORDS_MAX; k++) {
		error = read_between(looking, k, (year - 2) << 9, (year - 2) << 9);
		if (error == 0) {
			error = read_between(
				looking, k, (year + 2) << 9, (year + 2) << 9);
		}
		if (error == 0) {
			error = read_between(looking, k, 0, 0);
		}
	}
	return error;
}

int search_without_date(struct looking *looking)
{
	return search_between(looking, 0, BORN_LAST);
}
