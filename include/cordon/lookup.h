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
	const struct cordon_match *matches; /* by score, then id */
	size_t matches_count;
	bool more; /* matches beyond the limit were left out */
	const struct cordon_cleared *cleared;
	size_t cleared_count;
	const struct cordon_freshness *freshness;
	size_t freshness_count;
	uint32_t took_us;             /* in the node */
	const struct cordon_mrz *mrz; /* as the node read it; NULL for other types */
};

const char *cordon_verdict_text(enum cordon_verdict verdict);
const char *cordon_basis_text(enum cordon_basis basis);
const char *cordon_effect_text(enum cordon_effect effect);

/* Wipes and frees; NULL is accepted. */
void cordon_answer_destroy(struct cordon_answer *answer);

#pragma GCC visibility pop

#endif
