/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_MATCH_YARDSTICK_H
#define TESTS_BENCH_MATCH_YARDSTICK_H

#include <stddef.h>

/*
 * What open screening servers do: ICU's transliteration to Latin letters, then the best
 * alignment of words by Jaro-Winkler.
 */

#define YARDSTICK_WORDS 10
#define YARDSTICK_LETTERS 24

struct yardstick_name {
	unsigned char count;
	unsigned char sizes[YARDSTICK_WORDS];
	char words[YARDSTICK_WORDS][YARDSTICK_LETTERS];
};

struct yardstick;
/* Complains on stderr and returns NULL. */
struct yardstick *yardstick_create(void);
void yardstick_destroy(struct yardstick *yardstick);

void yardstick_read(
	struct yardstick *yardstick, const char *text, struct yardstick_name *name);

/* 0..1: the mean over the letters of both names, words without a partner counting 0
 * only where the shorter name has them. */
double yardstick_compare(
	const struct yardstick_name *a, const struct yardstick_name *b);

double jaro_winkler(const char *a, size_t a_size, const char *b, size_t b_size);

#endif
