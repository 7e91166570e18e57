/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/compare_word.h"

#include <string.h>

#define COST_VOWEL 60        /* one vowel for another */
#define COST_VOWEL_MORE 80   /* one vowel more */
#define COST_LETTER 240      /* another consonant */
#define COST_LETTER_MORE 200 /* one consonant more */
#define COST_UNWRITTEN 10    /* a vowel that the other's script does not write */
#define LIMIT_BASE 100       /* the limit: this and for each letter of the longer */
#define LIMIT_LETTER 40

static bool vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

static int32_t limit_of(const struct name_word *a, const struct name_word *b)
{
	return LIMIT_BASE + LIMIT_LETTER * (a->size > b->size ? a->size : b->size);
}

struct costs {
	int32_t vowel_more;
	bool a_truncated, b_truncated;
};

static int32_t more(const struct costs *costs, char c)
{
	return vowel(c) ? costs->vowel_more : COST_LETTER_MORE;
}

static int32_t exchange(char a, char b)
{
	if (a == b) {
		return 0;
	}
	return vowel(a) && vowel(b) ? COST_VOWEL : COST_LETTER;
}

static int32_t least(int32_t a, int32_t b, int32_t c)
{
	int32_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* One row of the table of edit costs after another; a's letters are the rows. */
static int32_t edit(const struct costs *costs, const struct name_word *a,
	const struct name_word *b, int32_t limit)
{
	int32_t row[SOUND_MAX + 1], best_cut = WORD_COST_NONE;

	row[0] = 0;
	for (size_t k = 0; k < b->size; k++) {
		row[k + 1] = row[k] + more(costs, b->sound[k]);
	}
	for (size_t i = 0; i < a->size; i++) {
		int32_t diagonal = row[0], row_least;

		row[0] += more(costs, a->sound[i]);
		row_least = row[0];
		for (size_t k = 0; k < b->size; k++) {
			int32_t here =
				least(diagonal + exchange(a->sound[i], b->sound[k]),
					row[k + 1] + more(costs, a->sound[i]),
					row[k] + more(costs, b->sound[k]));

			diagonal = row[k + 1];
			row[k + 1] = here;
			row_least = here < row_least ? here : row_least;
		}
		if (costs->b_truncated && row[b->size] < best_cut) {
			best_cut = row[b->size];
		}
		if (row_least > limit && best_cut > limit) {
			return WORD_COST_NONE;
		}
	}
	if (costs->a_truncated) {
		for (size_t k = 0; k <= b->size; k++) {
			best_cut = row[k] < best_cut ? row[k] : best_cut;
		}
	}
	return row[b->size] < best_cut ? row[b->size] : best_cut;
}

int32_t word_cost(const struct name_word *a, const struct name_word *b)
{
	int32_t limit = limit_of(a, b), cost;
	struct costs costs = {
		.vowel_more = ((a->flags | b->flags) & WORD_NO_VOWELS) != 0
				      ? COST_UNWRITTEN
				      : COST_VOWEL_MORE,
		.a_truncated = (a->flags & WORD_TRUNCATED) != 0,
		.b_truncated = (b->flags & WORD_TRUNCATED) != 0,
	};

	if (a->size == b->size && memcmp(a->sound, b->sound, a->size) == 0) {
		return 0;
	}
	cost = edit(&costs, a, b, limit);
	return cost < limit ? cost : WORD_COST_NONE;
}

uint16_t word_permille(
	const struct name_word *a, const struct name_word *b, int32_t cost)
{
	int32_t limit = limit_of(a, b);

	return cost >= limit ? 0 : (uint16_t)(1000 - cost * 1000 / limit);
}

bool word_is_initial(const struct name_word *a, const struct name_word *b)
{
	return ((a->flags | b->flags) & WORD_INITIAL) != 0 &&
	       a->sound[0] == b->sound[0];
}
