/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORDON_LOOKUP_H
#define CORDON_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/mrz.h>
#include <cordon/record.h>

#pragma GCC visibility push(default)

/*
 * Questions from the border and their answers.
 *
 * A query is filled and owned by the caller.  An answer is the library's own
 * memory, read-only, freed by cordon_answer_destroy.
 */

enum cordon_query_type {
	CORDON_QUERY_DOCUMENT = 1,
	CORDON_QUERY_PERSONAL_NUMBER,
	CORDON_QUERY_MRZ,
	CORDON_QUERY_PERSON
};

#define CORDON_BATCH_MAX 1024   /* queries in one request */
#define CORDON_LIMIT_DEFAULT 20 /* matches in one answer */
#define CORDON_LIMIT_MAX 200
#define CORDON_SCORE_MAX 1000

struct cordon_query {
	enum cordon_query_type type;
	/* document: number, issuer, document_type; personal number: number, issuer */
	const char *number;
	const char *issuer;     /* may be NULL for a document: then at best possible */
	uint32_t document_type; /* 0: any */
	/* mrz */
	const char *mrz_lines[3];
	size_t mrz_line_count;
	/* person */
	const char *name; /* any script, any order */
	struct cordon_date born;
	uint32_t sex;
	const char *nationality;
	uint32_t limit; /* of matches; 0: CORDON_LIMIT_DEFAULT */
	/* the least score by which a name is found, 1..CORDON_SCORE_MAX; 0: what the
	 * node's configuration says for each kind */
	uint32_t min_score;
};

/* Who asks and why; sent with every request.  All optional unless the node's
 * configuration demands them. */
struct cordon_context {
	uint32_t purpose;    /* enum cordon_purpose */
	uint32_t direction;  /* enum cordon_direction */
	const char *officer; /* id, not a name */
	const char *checkpoint;
	uint32_t max_age_s; /* a list older than this is missing; 0: any age */
	struct cordon_date reference_date; /* of two-digit years; absent: today */
};

enum cordon_verdict {
	CORDON_VERDICT_CLEAR = 1, /* nothing found; look at complete */
	CORDON_VERDICT_POSSIBLE,  /* an officer decides */
	CORDON_VERDICT_MATCH
};

enum cordon_basis {
	CORDON_BASIS_DOCUMENT = 1,
	CORDON_BASIS_RANGE,
	CORDON_BASIS_PERSONAL_NUMBER,
	CORDON_BASIS_NAME
};

/* What the match means at the answering member. */
enum cordon_effect {
	CORDON_EFFECT_BINDING = 1, /* the owner's actions apply */
	CORDON_EFFECT_INFORM,
	CORDON_EFFECT_OWN_NATIONAL, /* a state admits its own */
	CORDON_EFFECT_EXCEPTION,    /* the owner allows this entry */
	CORDON_EFFECT_OBJECTION     /* this member has objected */
};

/* How far the birth date asked for and a listed one agree. */
enum cordon_born_likeness {
	CORDON_BORN_NOT_COMPARED = 0, /* nothing was asked by name */
	CORDON_BORN_OTHER,            /* speaks against */
	CORDON_BORN_NOT_KNOWN,        /* on either side */
	CORDON_BORN_CLOSE_YEAR,       /* approximate, or a year off */
	CORDON_BORN_DIGIT,            /* one digit differs */
	CORDON_BORN_SWAPPED,          /* day and month */
	CORDON_BORN_YEAR,             /* no more is known on one side */
	CORDON_BORN_MONTH,
	CORDON_BORN_DATE
};

struct cordon_match {
	const char *id;
	uint32_t kind;
	uint32_t score;              /* 0..1000 */
	enum cordon_verdict verdict; /* possible or match */
	enum cordon_basis basis;
	const char *const *because; /* reason codes, some with ":detail" */
	size_t because_count;
	enum cordon_effect effect;
	const uint32_t *actions; /* enum cordon_action; those that apply here */
	size_t actions_count;
	const struct cordon_record *record;
	/* Of a question with a name: the record's name that agrees best (NULL: none was
	 * compared), its place among them from 1, how much of it agrees in permille,
	 * and how far the birth date. */
	const struct cordon_name *name;
	uint32_t name_place;
	uint32_t name_permille;
	enum cordon_born_likeness born;
};

struct cordon_cleared {
	const char *id;
	const char *why;
};

struct cordon_freshness {
	const char *list; /* "KAZ/entry_ban" */
	uint64_t epoch;
	uint64_t sequence;
	int64_t age_s; /* since the owner's last signed head; -1 never loaded */
	int verified;  /* 1 yes, 0 no, -1 not checked yet */
};

struct cordon_answer {
	int error; /* 0, or why this query has no answer; then only error_text */
	const char *error_text;
	const char *lookup; /* the answer's id in the access log */
	enum cordon_verdict verdict;
	bool complete;
	const char *const *missing; /* lists that could not be searched as asked */
	size_t missing_count;
	/* by score; of equal ones first whose name agrees better, then by id */
	const struct cordon_match *matches;
	size_t matches_count;
	bool more; /* matches beyond the limit were left out */
	const struct cordon_cleared *cleared;
	size_t cleared_count;
	const struct cordon_freshness *freshness;
	size_t freshness_count;
	uint32_t took_us;             /* in the node */
	const struct cordon_mrz *mrz; /* as the node read it; NULL for other types */
	/* Persons listed whose name agrees as well as the best one's, whoever they are;
	 * 0: no name was found, or an older node's answer. */
	uint64_t namesakes;
	/* The name is too common to look at everybody: the most likely ones were, and
	 * the answer is not complete. */
	bool cut;
	/* With cut or more, or where one word of a name finds nothing: what would
	 * narrow the question, as codes: "birth_date", "whole_birth_date",
	 * "another_name" (given name, surname or patronymic), "limit" (a higher one).
	 */
	const char *const *narrow;
	size_t narrow_count;
};

/* ---- why a record was found, or not ------------------------------------------- */

enum cordon_word_part {
	CORDON_WORD_ANY = 0, /* of a name whose parts are not told apart */
	CORDON_WORD_SURNAME,
	CORDON_WORD_GIVEN,
	CORDON_WORD_PATRONYMIC
};

/* What was made of a word; a set. */
enum cordon_word_flag {
	CORDON_WORD_INITIAL = 1,
	CORDON_WORD_OF_FATHER = 2,   /* the sound is the father's name's */
	CORDON_WORD_COUNTERPART = 4, /* another language's form of a name */
	CORDON_WORD_TRUNCATED = 8,   /* its end may be missing */
	CORDON_WORD_NO_VOWELS = 16   /* its script leaves them out */
};

struct cordon_explained_word {
	const char *sound; /* a-z: how the word is compared */
	enum cordon_word_part part;
	uint32_t flags;   /* set of enum cordon_word_flag */
	uint64_t key;     /* what it is indexed under */
	uint64_t persons; /* names listed with a word of that key */
	uint32_t weight;  /* how rare that is: 40 for each halving; at most 1000 */
};

enum cordon_word_fate {
	CORDON_FATE_SAME = 1,
	CORDON_FATE_CLOSE,
	CORDON_FATE_INITIAL,
	CORDON_FATE_JOINED, /* two words of one name are one of the other's */
	CORDON_FATE_DIFFERS,
	CORDON_FATE_ONLY_LISTED,
	CORDON_FATE_ONLY_ASKED
};

/* Words that stand for each other; NULL: there is none on that side. */
struct cordon_explained_pair {
	enum cordon_word_fate fate;
	const struct cordon_explained_word *asked, *listed;
	const struct cordon_explained_word *joined; /* and this one, of either side */
	uint32_t permille;                          /* likeness */
	uint32_t weight;
	int32_t evidence; /* what it adds, or takes */
};

struct cordon_explained_name {
	uint32_t type; /* enum cordon_name_type; 0: what was asked */
	const char *text;
	const struct cordon_explained_word *words;
	size_t words_count;
	/* of listed names: */
	const struct cordon_explained_pair *pairs;
	size_t pairs_count;
	uint32_t permille; /* how much agrees */
	int32_t evidence;  /* of the names alone */
	uint32_t score;    /* with everything else */
};

/* What the question or the record stands under in the index. */
struct cordon_explained_key {
	const char *text; /* a sound, or a birth date */
	bool is_date;
	uint64_t key;
	uint64_t postings; /* of all records */
	bool asked, listed;
	bool stored; /* listed: the record's posting is there */
};

enum cordon_explained_outcome {
	CORDON_EXPLAINED_FOUND = 1,
	CORDON_EXPLAINED_BELOW,        /* score under the threshold */
	CORDON_EXPLAINED_NOT_REACHED,  /* score above it, and the search missed it */
	CORDON_EXPLAINED_NOT_IN_FORCE, /* expired, or not yet valid */
	CORDON_EXPLAINED_NO_PERSON,    /* the record is about none */
	CORDON_EXPLAINED_NO_INDEX      /* not indexed (yet) */
};

/* An answer for one record, step by step. */
struct cordon_explanation {
	const char *id;
	uint32_t kind;
	enum cordon_explained_outcome outcome;
	uint32_t score, min_score;
	const char *const *because;
	size_t because_count;
	const struct cordon_explained_name *asked;
	const struct cordon_explained_name *listed;
	size_t listed_count;
	const struct cordon_explained_name *best; /* of listed; NULL: none */
	const char *asked_born;                   /* NULL: none */
	const char *const *listed_born;
	size_t listed_born_count;
	bool born_approximate; /* the first of them */
	enum cordon_born_likeness born;
	const struct cordon_explained_key *keys;
	size_t keys_count;
	uint64_t persons;  /* in the index */
	uint32_t place;    /* among what was found, from 1; 0: it was not */
	uint64_t scanned;  /* postings that the search read */
	uint64_t compared; /* persons that it compared */
	bool cut;          /* as in an answer */
};

const char *cordon_verdict_text(enum cordon_verdict verdict);
const char *cordon_basis_text(enum cordon_basis basis);
const char *cordon_effect_text(enum cordon_effect effect);
/* "date", "day_and_month_swapped" … */
const char *cordon_born_text(enum cordon_born_likeness born);
/* "same", "close" … */
const char *cordon_fate_text(enum cordon_word_fate fate);
/* "found", "below_threshold" … */
const char *cordon_explained_text(enum cordon_explained_outcome outcome);

/* Wipes and frees; NULL is accepted. */
void cordon_answer_destroy(struct cordon_answer *answer);
void cordon_explanation_destroy(struct cordon_explanation *explanation);

#pragma GCC visibility pop

#endif
