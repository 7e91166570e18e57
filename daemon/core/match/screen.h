/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SCREEN_H
#define CORE_MATCH_SCREEN_H

#include <cordon/lookup.h>
#include "daemon/core/match/compare.h"
#include "proto/arena.h"
#include "proto/document.h"
#include "proto/errmsg.h"

/*
 * Matching, pure: a query becomes a question; candidates are found by its numbers in
 * the store, by its name and birth date in the index of persons (search.h); every
 * candidate is screened with score and reasons.
 */

#define MATCH_NAME_BYTES 1600 /* longest name of a query, UTF-8 */

/* What a query asks, normalised once. */
struct question {
	enum cordon_query_type type;
	bool has_number; /* document part (also of an MRZ) */
	char number[CORDON_NUMBER_MAX + 1];
	char skeleton[CORDON_NUMBER_MAX + 1];
	char issuer[4];         /* "" unknown; ICAO's "D" kept as in records */
	uint32_t document_type; /* 0 any */
	bool has_personal_number;
	char personal_number[CORDON_NUMBER_MAX + 1];
	char personal_skeleton[CORDON_NUMBER_MAX + 1];
	char personal_issuer[4];
	bool has_name;
	struct cordon_date born; /* may be partial or absent */
	bool born_century_open;  /* ±100 years is meant too */
	uint32_t sex;
	char nationality[4];
	struct compare_person
		person;        /* all that is asked of one; weights without a list */
	uint32_t min_score;    /* of names; 0: each kind's */
	bool checkdigit_wrong; /* of an MRZ: nothing found then means "read again" */
	struct cordon_mrz mrz; /* for MRZ queries */
};

/*
 * today: the reference date of two-digit years.  CORDON_EFIELD with field and
 * reason, CORDON_ENOTMRZ; a wrong check digit is no error here.
 */
int question_make(struct match_context *context, const struct cordon_query *query,
	struct cordon_date today, struct question *question, struct errmsg *msg);

/* Kinds with persons are places in arrays of so many. */
#define SCREEN_KINDS CORDON_KIND_INVALID_DOCUMENT

/* One question on its way past the candidates. */
struct screening {
	struct match_context *context;
	const struct question *question;
	int64_t now_s;       /* unix second; expired or not yet valid never matches */
	struct arena *arena; /* the answer's */
	/* The score below which a name alone answers nothing, by kind; NULL or 0:
	 * SCORE_NAME.  The question's own goes before it. */
	const uint32_t *name_least;
	bool document_listed; /* some record lists the very document: it clears nobody
			       */
};

/* The least score of a name for a kind, or (0) for any of them. */
uint32_t screen_least(const struct screening *screening, uint32_t kind);

bool screen_in_force(const struct cordon_record *record, int64_t now_s);

enum screen_result {
	SCREEN_NOTHING = 0,
	SCREEN_MATCH,
	SCREEN_CLEARED
};

/*
 * Screens one candidate.  scored: what a search found of it already, or NULL.
 * SCREEN_MATCH: *match is filled (all but effect and actions,
 * which are screen_effect's), borrowing the record, which must live as long.
 * SCREEN_CLEARED: *cleared is filled in arena memory, since a distinguished person's
 * document, name and birth date all agree and the document itself is not listed.
 * Negative: CORDON_ENOMEM, CORDON_EINTERNAL.
 */
int screen_record(const struct screening *screening, const struct cordon_record *record,
	const struct person_score *scored, struct cordon_match *match,
	struct cordon_cleared *cleared);

struct screened {
	struct cordon_match *matches; /* by score, the name's evidence, id */
	size_t matches_count;
	struct cordon_cleared *cleared;
	size_t cleared_count;
};

/*
 * Screens all candidates of one question, each record once, and sees to
 * document_listed: a person is not cleared by a document that any of them lists.
 * scored: NULL, or for each record what a search found of it, or NULL.
 * The result is in the screening's arena and borrows the records.
 */
int screen_all(struct screening screening, const struct cordon_record *const *records,
	const struct person_score *const *scored, size_t count,
	struct screened *screened);

/* What an owner's match means at this member. */
struct effect_context {
	const char *member; /* own code */
	bool binding;       /* recognise OWNER/KIND says so, or the own list */
	bool objected;
	int64_t now_s;
	uint32_t direction;
};

/* Sets match->effect and match->actions (arena memory).  CORDON_ENOMEM. */
int screen_effect(const struct question *question, const struct cordon_record *record,
	const struct effect_context *context, struct arena *arena,
	struct cordon_match *match);

/* The codes of a set of reasons, in arena memory.  CORDON_ENOMEM. */
int screen_reasons(struct arena *arena, uint64_t reasons, const char *const **because,
	size_t *count);

#endif
