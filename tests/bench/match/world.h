/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_MATCH_WORLD_H
#define TESTS_BENCH_MATCH_WORLD_H

#include "daemon/core/match/compare.h"
#include "tests/bench/match/people.h"

/* A list of invented people as a node would hold it: cards, and how many have a word.
 */
struct world {
	struct match_context *context;
	struct people *people;
	size_t count;
	uint8_t *bytes;
	uint64_t *offsets; /* count + 1 */
	uint64_t *keys;    /* open hash of skeletons */
	uint32_t *counts;
	size_t slots; /* a power of two */
};

/* Complains on stderr and exits when anything fails, as all here. */
void world_make(
	struct world *world, const struct people_options *options, size_t count);
void world_finish(struct world *world);

struct card world_card(const struct world *world, size_t index);

/* How many of the list have a word of that skeleton. */
uint64_t world_count(const struct world *world, uint64_t skeleton);

void world_words(const struct world *world, const char *full, struct name_words *words);

/* What is asked for, weighed by the list; nothing but the name. */
struct compare_person world_asked(const struct world *world, const char *full);

/* A card of one name, born on a day (born_pack) or 0. */
struct card world_single(const struct world *world, const char *full, uint32_t born,
	uint8_t packed[CARD_BYTES_MAX]);

#endif
