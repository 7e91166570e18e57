/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/weights.h"

#include <string.h>

#include "daemon/core/match/compare.h"

#define FRACTION_BITS 8

/* log2 of value in 1/256, by squaring; value > 0. */
static uint32_t log2_256(uint64_t value)
{
	uint32_t log = 31;
	uint64_t part = value;

	for (; part >> 32 != 0; log++) {
		part >>= 1;
	}
	for (; part >> 31 == 0; log--) {
		part <<= 1;
	}

	for (unsigned i = 0; i < FRACTION_BITS; i++) {
		part = part * part >> 31; /* 1 <= part / 2^31 < 4 */
		log <<= 1;
		if (part >> 32 != 0) {
			part >>= 1;
			log |= 1;
		}
	}
	return log;
}

uint32_t weight_in_list(
	const struct name_word *word, uint64_t with_word, uint64_t persons)
{
	uint32_t region = weight_without_list(word), of_all, share, weight = 0;
	/* how many of WEIGHT_LIST_PERSONS have the word in the region, in 1/1024 */
	uint64_t expected =
		((uint64_t)WEIGHT_LIST_PERSONS << 10) >> region / WEIGHT_BIT;

	of_all = log2_256(((persons + WEIGHT_LIST_PERSONS) << 10) | 1);
	share = log2_256(
		((with_word < persons ? with_word : persons) << 10) + expected + 1);
	if (of_all > share) {
		weight = (of_all - share) * WEIGHT_BIT >> FRACTION_BITS;
	}
	if (weight < WEIGHT_LIST_LEAST) {
		return WEIGHT_LIST_LEAST;
	}
	return weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
}

/* As strings sort: bytes, the shorter first. */
static int compare_sound(const struct name_word *word, const char *sound)
{
	size_t size = strlen(sound), shorter = word->size < size ? word->size : size;
	int order = memcmp(word->sound, sound, shorter);

	return order != 0 ? order : (int)word->size - (int)size;
}

static uint32_t frequent_weight(const struct name_word *word, uint32_t otherwise)
{
	size_t low = 0, high = frequent_words_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_sound(word, frequent_words[middle].sound);

		if (order == 0) {
			return frequent_words[middle].weight;
		}
		if (order > 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return otherwise;
}

uint32_t weight_without_list(const struct name_word *word)
{
	if ((word->flags & WORD_INITIAL) != 0) {
		return WEIGHT_OF_INITIAL;
	}
	if ((word->flags & WORD_OF_FATHER) != 0 || word->part == WORD_PATRONYMIC) {
		return frequent_weight(word, WEIGHT_OF_FATHER);
	}
	return frequent_weight(
		word, word->part == WORD_GIVEN ? WEIGHT_OF_GIVEN : WEIGHT_OF_ANY);
}
