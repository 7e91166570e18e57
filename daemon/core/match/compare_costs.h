/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_COMPARE_COSTS_H
#define CORE_MATCH_COMPARE_COSTS_H

#include <stdint.h>

/*
 * What it costs to take one letter of a sound for another, in the units of weights
 * (proto/MATCHING.md, section 5).  Learnt from pairs of spellings; made by
 * tests/bench/match/train.py.
 */

/* In this order, any other character last. */
#define COST_LETTERS_TEXT "aeiouybvpfmnlrdtkgzsxhcSCWZj"
#define COST_LETTERS 29

enum cost_place {
	COST_FIRST = 0,
	COST_INSIDE,
	COST_LAST,
	COST_PLACES
};

/* At the beginning of both words; anywhere else. */
extern const uint16_t cost_change[2][COST_LETTERS][COST_LETTERS];
/* A letter that only one of the words has. */
extern const uint16_t cost_left_out[COST_PLACES][COST_LETTERS];

/* The letter's place in the tables. */
uint8_t cost_index(char letter);

#endif
