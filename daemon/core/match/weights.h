/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_WEIGHTS_H
#define CORE_MATCH_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

/* Words that many of the region's people have, sorted by their bytes. */
struct frequent_word {
	const char *sound;
	uint16_t weight;
};

extern const struct frequent_word frequent_words[];
extern const size_t frequent_words_count;

/* Of words that are in no table. */
#define WEIGHT_OF_INITIAL 120
#define WEIGHT_OF_FATHER 360
#define WEIGHT_OF_GIVEN 400
#define WEIGHT_OF_ANY 520

#endif
