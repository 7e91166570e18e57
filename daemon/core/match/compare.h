/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_COMPARE_H
#define CORE_MATCH_COMPARE_H

#include "daemon/core/match/card.h"
#include "daemon/core/match/reasons.h"

/*
 * How well a name that is asked for and a listed one agree: an alignment of their words
 * with a cost that knows transliteration, weighed by how rare each word is
 * (proto/MATCHING.md, section 5).  Integers only, so that every implementation gets the
 * same score.
 */

/* How rare a word is, WEIGHT_BIT for each halving of its share of persons: 0
 * (everybody's) .. WEIGHT_MAX. */
#define WEIGHT_BIT 40
#define WEIGHT_MAX 1000

/*
 * with_word of the persons listed have a word of that skeleton.  Up to about
 * WEIGHT_LIST_PERSONS the region's own frequencies count as well, so that a word is not
 * thought common because the list is short.
 */
#define WEIGHT_LIST_PERSONS 20000
/* The least in a list where the word is everybody's: it still has to agree. */
#define WEIGHT_LIST_LEAST 170
uint32_t weight_in_list(
	const struct name_word *word, uint64_t with_word, uint64_t persons);

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
	WORD_DIFFERS,       /* two words in one place that are not alike */
	WORD_MISSING_ASKED, /* only the listed name has it */
	WORD_MISSING_LISTED /* only the name asked for has it */
};

struct word_pair {
	uint8_t fate;         /* enum word_fate */
	int8_t asked, listed; /* index; -1 none */
	uint8_t joined;    /* WORD_JOINED: 1, asked + 1 belongs to it; 2, listed + 1 */
	uint16_t permille; /* likeness, 1000 same */
	uint16_t weight;   /* of the word asked for, or of the one missing there */
	int16_t evidence;  /* what it adds to or takes from the name, as weights */
};

#define WORD_PAIRS_MAX (2 * NAME_WORDS_MAX)

struct comparison {
	int32_t evidence;       /* of the names alone, as weights; may be negative */
	uint32_t name_permille; /* how much of the names agrees: 0 nothing .. 1000 */
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

/* Ways in which two birth dates can agree; of several dates the last of these counts.
 */
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

/* The best of the card's dates. */
enum born_likeness compare_born(
	const struct compare_person *asked, const struct card *card);

struct person_score {
	uint32_t score; /* 0..SCORE_MATCH - 1; MATCHING.md section 6 says what it means
			 */
	int32_t evidence;    /* all of it, as weights; ranks what has equal scores */
	uint64_t reasons;    /* a set of REASON(…) */
	uint32_t name_score; /* likewise, as if no birth date were known */
	enum born_likeness born;
	uint8_t name_type;  /* of the listed name that agrees best */
	uint8_t name_index; /* in the card's order */
	struct comparison name;
};

/* What of the person beside the name speaks for or against: sex, nationality. */
uint64_t compare_traits(const struct compare_person *asked, const struct card *card);

/* The best of a card's names together with the rest.  Of equal ones the first. */
void compare_person(const struct compare_person *asked, const struct card *card,
	struct person_score *score);

#endif
