/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/compare_word.h"

#include <string.h>

#include "daemon/core/match/compare_costs.h"
#include "daemon/core/match/compare_rules.h"
#include "daemon/core/match/sound.h"

int32_t word_limit(const struct word_letters *a, const struct word_letters *b)
{
	return COST_LIMIT_BASE +
	       COST_LIMIT_LETTER * (a->size > b->size ? a->size : b->size);
}

static void price(const char *sound, struct word_letters *out)
{
	for (size_t i = 0; i < out->size; i++) {
		enum cost_place place = i == 0                ? COST_FIRST
					: i + 1u == out->size ? COST_LAST
							      : COST_INSIDE;

		out->index[i] = cost_index(sound[i]);
		out->left_out[i] = cost_left_out[place][out->index[i]];
		out->left_out_unwritten[i] =
			sound_vowel(sound[i]) ? COST_UNWRITTEN : out->left_out[i];
	}
}

void word_letters(const struct name_word *word, struct word_letters *letters)
{
	letters->size = word->size;
	letters->flags = word->flags;
	price(word->sound, letters);
}

bool word_letters_joined(const struct name_word *first, const struct name_word *second,
	struct word_letters *letters)
{
	char sound[SOUND_MAX];

	if (first->size + second->size > SOUND_MAX) {
		return false;
	}
	memcpy(sound, first->sound, first->size);
	memcpy(sound + first->size, second->sound, second->size);
	letters->size = (uint8_t)(first->size + second->size);
	letters->flags = first->flags | second->flags;
	price(sound, letters);
	return true;
}

static int32_t least(int32_t a, int32_t b, int32_t c)
{
	int32_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* The row of the table of edit costs for one more letter of a; returns its least. */
static int32_t next_row(int32_t *row, const uint16_t *change, int32_t left_out,
	const struct word_letters *b, const uint16_t *b_left_out)
{
	int32_t diagonal = row[0], row_least;

	row[0] += left_out;
	row_least = row[0];
	for (size_t k = 0; k < b->size; k++) {
		int32_t here = least(diagonal + change[b->index[k]],
			row[k + 1] + left_out, row[k] + b_left_out[k]);

		diagonal = row[k + 1];
		row[k + 1] = here;
		row_least = here < row_least ? here : row_least;
	}
	return row_least;
}

int32_t word_cost(
	const struct word_letters *a, const struct word_letters *b, int32_t most)
{
	bool unwritten = ((a->flags | b->flags) & WORD_NO_VOWELS) != 0;
	const uint16_t *a_left_out = unwritten ? a->left_out_unwritten : a->left_out;
	const uint16_t *b_left_out = unwritten ? b->left_out_unwritten : b->left_out;
	int32_t row[SOUND_MAX + 1], cut = WORD_COST_NONE, cost;

	row[0] = 0;
	for (size_t k = 0; k < b->size; k++) {
		row[k + 1] = row[k] + b_left_out[k];
	}
	for (size_t i = 0; i < a->size; i++) {
		const uint16_t *change = cost_change[i > 0][a->index[i]];

		if (next_row(row, change, a_left_out[i], b, b_left_out) >= most &&
			cut >= most) {
			return WORD_COST_NONE;
		}
		if ((b->flags & WORD_TRUNCATED) != 0 && row[b->size] < cut) {
			cut = row[b->size];
		}
	}
	for (size_t k = 0; (a->flags & WORD_TRUNCATED) != 0 && k <= b->size; k++) {
		cut = row[k] < cut ? row[k] : cut;
	}
	cost = row[b->size] < cut ? row[b->size] : cut;
	return cost < most ? cost : WORD_COST_NONE;
}
