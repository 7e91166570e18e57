/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/compare_word.h"

#include <string.h>

#include "daemon/core/match/compare_costs.h"
#include "daemon/core/match/compare_rules.h"
#include "daemon/core/match/sound.h"

static int32_t limit_of(const struct name_word *a, const struct name_word *b)
{
	return COST_LIMIT_BASE +
	       COST_LIMIT_LETTER * (a->size > b->size ? a->size : b->size);
}

/* A word as the tables know it. */
struct letters {
	uint8_t index[SOUND_MAX];
	int32_t left_out[SOUND_MAX];
	size_t size;
	bool truncated;
};

static void read_letters(
	const struct name_word *word, bool no_vowels, struct letters *out)
{
	out->size = word->size;
	out->truncated = (word->flags & WORD_TRUNCATED) != 0;
	for (size_t i = 0; i < word->size; i++) {
		enum cost_place place = i == 0                 ? COST_FIRST
					: i + 1u == word->size ? COST_LAST
							       : COST_INSIDE;

		out->index[i] = cost_index(word->sound[i]);
		out->left_out[i] = no_vowels && sound_vowel(word->sound[i])
					   ? COST_UNWRITTEN
					   : cost_left_out[place][out->index[i]];
	}
}

static int32_t least(int32_t a, int32_t b, int32_t c)
{
	int32_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* One row of the table of edit costs after another; a's letters are the rows. */
static int32_t edit(const struct letters *a, const struct letters *b, int32_t limit)
{
	int32_t row[SOUND_MAX + 1], best_cut = WORD_COST_NONE;

	row[0] = 0;
	for (size_t k = 0; k < b->size; k++) {
		row[k + 1] = row[k] + b->left_out[k];
	}
	for (size_t i = 0; i < a->size; i++) {
		int32_t diagonal = row[0], row_least;

		row[0] += a->left_out[i];
		row_least = row[0];
		for (size_t k = 0; k < b->size; k++) {
			const uint16_t *change = cost_change[i + k > 0][a->index[i]];
			int32_t here = least(diagonal + change[b->index[k]],
				row[k + 1] + a->left_out[i], row[k] + b->left_out[k]);

			diagonal = row[k + 1];
			row[k + 1] = here;
			row_least = here < row_least ? here : row_least;
		}
		if (b->truncated && row[b->size] < best_cut) {
			best_cut = row[b->size];
		}
		if (row_least > limit && best_cut > limit) {
			return WORD_COST_NONE;
		}
	}
	for (size_t k = 0; a->truncated && k <= b->size; k++) {
		best_cut = row[k] < best_cut ? row[k] : best_cut;
	}
	return row[b->size] < best_cut ? row[b->size] : best_cut;
}

int32_t word_cost(const struct name_word *a, const struct name_word *b)
{
	bool no_vowels = ((a->flags | b->flags) & WORD_NO_VOWELS) != 0;
	int32_t limit = limit_of(a, b), cost;
	struct letters a_letters, b_letters;

	if (a->size == b->size && memcmp(a->sound, b->sound, a->size) == 0) {
		return 0;
	}
	read_letters(a, no_vowels, &a_letters);
	read_letters(b, no_vowels, &b_letters);
	cost = edit(&a_letters, &b_letters, limit);
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
