/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_COMPARE_H
#define CORE_MATCH_COMPARE_H

#include "daemon/core/match/card.h"
#include "daemon/core/match/evidence.h"

/*
 * How well a name that is asked for and a listed one agree: an alignment of their words
 * with a cost that knows transliteration, weighed by how rare each word is
 * (proto/MATCHING.md, section 5).  Integers only, so that every implementation gets the
 * same score.
 */

/* How rare a word is: 0 (everybody's) .. WEIGHT_MAX; from how many of the listed names
 * have it. */
#define WEIGHT_MAX 1000
uint32_t weight_of_count(uint64_t with_word, uint64_t persons);
/* The same without a list, from the region's own frequencies. */
uint32_t weight_without_list(const struct name_word *word);

/* What is asked, prepared once for many comparisons. */
struct compare_name {
	struct name_words words;
	uint32_t weights[NAME_WORDS_MAX]; /* of each word; WEIGHT_MAX */
};

enum word_fate {
	WORD_SAME = 0,      /* equal sound */
	WORD_CLOSE,         /* similar */
	WORD_AS_INITIAL,    /* one is the other's initial */
	WORD_JOINED,        /* two words of one name are one of the other's */
	WORD_MISSING_ASKED, /* only the listed name has it */
	WORD_MISSING_LISTED /* only the name asked for has it */
};

struct word_pair {
	uint8_t fate;         /* enum word_fate */
	int8_t asked, listed; /* index; -1 none */
	uint16_t permille;    /* likeness, 1000 same */
	uint16_t weight;
};

#define WORD_PAIRS_MAX (2 * NAME_WORDS_MAX)

struct comparison {
	uint32_t name_permille; /* the names alone; 0 nothing alike .. 1000 */
	struct word_pair pairs[WORD_PAIRS_MAX];
	size_t pairs_count;
};

/* The best alignment.  Bounded: at most NAME_WORDS_MAX squared word comparisons. */
void compare_names(const struct compare_name *asked, const struct name_words *listed,
	struct comparison *comparison);

/* The evidence beside the name. */
struct compare_person {
	struct compare_name name;
	uint32_t born;          /* born_pack; 0 unknown, may be partial */
	bool born_century_open; /* +-100 years is meant too */
	bool born_misread;      /* a check digit over it is wrong */
	uint8_t sex;            /* 0 unknown */
	char nationality[4];    /* "" unknown */
};

/* Ways in which two birth dates can agree, worst first. */
enum born_likeness {
	BORN_OTHER = 0,  /* speaks against */
	BORN_NOT_KNOWN,  /* on either side */
	BORN_CLOSE_YEAR, /* approximate, or a year off */
	BORN_DIGIT,      /* one digit of one part differs */
	BORN_SWAPPED,    /* day and month */
	BORN_YEAR,       /* the year, no more is known on one side */
	BORN_MONTH,      /* year and month, likewise */
	BORN_DATE        /* the whole date */
};

struct person_score {
	uint32_t score; /* 0..SCORE_MATCH - 1; MATCHING.md section 6 says what it means
			 */
	uint64_t reasons; /* a set of REASON(…) */
	enum born_likeness born;
	uint8_t name_type;  /* of the listed name that agrees best */
	uint8_t name_index; /* in the card's order */
	struct comparison name;
};

/* The best of a card's names together with the rest.  Of equal ones the first. */
void compare_person(const struct compare_person *asked, const struct card *card,
	struct person_score *score);

#endif
