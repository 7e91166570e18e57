/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_COMPARE_RULES_H
#define CORE_MATCH_COMPARE_RULES_H

/*
 * The numbers by which names and persons are compared, but for the costs of letters
 * (compare_costs.c) and the frequent words (weights_table.c).  In the units of weights:
 * WEIGHT_BIT is a factor of two.  proto/MATCHING.md, sections 5 and 6, says the same.
 */

/* words */
#define COST_UNWRITTEN 8    /* a vowel that the other's script does not write */
#define COST_LIMIT_BASE 200 /* the most: this, and for each letter of the longer */
#define COST_LIMIT_LETTER 100

/* names */
#define EVIDENCE_ROLE (-100)       /* a father's name for another kind of name */
#define EVIDENCE_PAIR_LEAST (-170) /* what is worse differs */
#define EVIDENCE_INITIAL 120
#define EVIDENCE_DIFFERS (-300)
#define EVIDENCE_FATHER_DIFFERS (-300)
#define EVIDENCE_MISSING (-130)
#define EVIDENCE_FATHER_MISSING (-8)
#define EVIDENCE_INITIAL_MISSING (-40)

/* A pair of words less alike than this, or words that differ: not by name alone.  One
 * pair may be as little alike as WORST where so many others are the same. */
#define CONFLICT_PERMILLE 620
#define CONFLICT_WORST 560
#define CONFLICT_SAME_LEAST 2

/* At the least where the whole name is the same, however many have it: an officer
 * decides. */
#define EVIDENCE_WHOLE_NAME 410
#define WHOLE_NAME_LEAST 2 /* words, initials and fathers' names not among them */

/* persons */
#define EVIDENCE_FORMER_NAME (-10)
#define EVIDENCE_WEAK_ALIAS (-40)
#define EVIDENCE_MISUSED_IDENTITY (-40)
#define EVIDENCE_SEX_DIFFERS (-80)
#define EVIDENCE_SAME_NATIONALITY 20
#define EVIDENCE_NATIONALITY_DIFFERS (-20)
#define EVIDENCE_WEAK_RECORD (-10)
#define EVIDENCE_BORN_OTHER (-480)
#define EVIDENCE_BORN_CLOSE_YEAR 0
#define EVIDENCE_BORN_DIGIT (-240)
#define EVIDENCE_BORN_SWAPPED 20
#define EVIDENCE_BORN_YEAR 40
#define EVIDENCE_BORN_MONTH 80
#define EVIDENCE_BORN_DATE 110
/* Where the birth date differs, or is not known and a word is in conflict: of what is
 * beyond FROM one part in PART counts, and no more than MOST in all. */
#define EVIDENCE_CONFLICT_FROM 340
#define EVIDENCE_CONFLICT_PART 40
#define EVIDENCE_CONFLICT_MOST 395

#endif
