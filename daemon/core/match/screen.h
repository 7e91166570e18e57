/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SCREEN_H
#define CORE_MATCH_SCREEN_H

#include <cordon/lookup.h>
#include "proto/arena.h"
#include "proto/document.h"
#include "proto/errmsg.h"

/*
 * Matching, pure: a query becomes a question with keys; the store finds
 * candidates by the keys; every candidate is screened with score and reasons.
 */

#define MATCH_NAME_BYTES 512 /* longest name accepted, UTF-8 */
#define MATCH_TOKENS_MAX 24
#define MATCH_KEYS_MAX 16 /* exact person keys of one name */

/* Hash of a set of normalised name tokens, independent of their order; never 0. */
typedef uint64_t name_key;

/* What a query asks, normalised once. */
struct question {
	enum cordon_query_type type;
	bool has_number; /* document part (also of an MRZ) */
	char number[CORDON_NUMBER_MAX + 1];
	char skeleton[CORDON_NUMBER_MAX + 1];
	char issuer[4]; /* "" unknown; ICAO's "D" kept as in records */
	uint32_t document_type; /* 0 any */
	bool has_personal_number;
	char personal_number[CORDON_NUMBER_MAX + 1];
	char personal_skeleton[CORDON_NUMBER_MAX + 1];
	char personal_issuer[4];
	bool has_name;
	name_key keys[MATCH_KEYS_MAX]; /* spellings that could be listed */
	size_t keys_count;
	struct cordon_date born; /* may be partial or absent */
	bool born_century_open; /* ±100 years is meant too */
	uint32_t sex;
	char nationality[4];
	bool checkdigit_wrong; /* of an MRZ: nothing found then means "read again" */
	struct cordon_mrz mrz; /* for MRZ queries */
};

/*
 * today: the reference date of two-digit years.  CORDON_EFIELD with field and
 * reason, CORDON_ENOTMRZ; a wrong check digit is no error here.
 */
int question_make(const struct cordon_query *query, struct cordon_date today,
	struct question *question, struct errmsg *msg);

/* The keys under which a record's names are indexed, without duplicates.  keys:
 * room for max; returns how many there are (at most max; *cut set beyond). */
size_t record_name_keys(const struct cordon_record *record, name_key *keys, size_t max,
	bool *cut);

/*
 * Screens one candidate.  now_s: unix second; expired or not yet valid never
 * matches.  Returns true with *match filled (id, kind, score, verdict, basis,
 * because; in arena memory; effect and actions are the caller's) or false.
 * *cleared (not NULL) is set instead when a distinguished person's document, name
 * and birth date all agree and the document itself is not listed.
 */
bool screen_record(const struct question *question, const struct cordon_record *record,
	int64_t now_s, struct arena *arena, struct cordon_match *match,
	struct cordon_cleared *cleared);

/* What an owner's match means at this member. */
struct effect_context {
	const char *member; /* own code */
	bool binding; /* recognise OWNER/KIND says so, or the own list */
	bool objected;
	int64_t now_s;
	uint32_t direction;
};

/* Sets match->effect and match->actions (arena memory). */
void screen_effect(const struct question *question, const struct cordon_record *record,
	const struct effect_context *context, struct arena *arena,
	struct cordon_match *match);

/* By score descending, then id ascending: for qsort. */
int screen_compare(const void *a, const void *b);

#endif
