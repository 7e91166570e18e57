/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CORE_MATCH_CASE_H
#define TESTS_UNIT_CORE_MATCH_CASE_H

#include "daemon/core/match/screen.h"

/*
 * Builders for tests of matching: a subject with a record about them, the questions a
 * border asks, and the answer as one line of text.
 */

/* Noon of the day on which the tests ask. */
extern const struct cordon_date case_today;
int64_t case_now_s(void);

/* A record and the arrays that it points into. */
struct subject {
	struct cordon_record record;
	struct cordon_person person;
	struct cordon_name names[4];
	const char *nationalities[2];
	struct cordon_personal_number personal_numbers[2];
	struct cordon_document documents[3];
	struct cordon_date born_alternatives[2];
	uint32_t actions[4];
	uint32_t markers[2];
	struct cordon_exception exceptions[2];
	struct cordon_document exception_documents[2];
	struct cordon_distinguished distinguished[2];
	struct cordon_name distinguished_names[2];
	struct cordon_document distinguished_documents[2];
};

/*
 * KAZ-1, in force from 2026-03-01 to 2031-03-01: Иванов Сергей Петрович, born
 * 1980-05-07, M, BLR, personal number 3070580A001PB5, passport MP1234567.  All counts
 * beyond these are 0; the further array elements are there to be filled.
 */
void subject_init(struct subject *subject);

/* KAZ-2: an invalid document of KAZ, N1234567, or the range up to number_to. */
void subject_init_document(struct subject *subject, const char *number_to);

/* Questions; the text is borrowed for as long as the query is used. */
struct cordon_query ask_document(const char *number, const char *issuer);
struct cordon_query ask_personal_number(const char *number, const char *issuer);
struct cordon_query ask_person(const char *name, struct cordon_date born);

/* A passport's zone (TD3), right in all digits but those given here. */
struct zone {
	const char *code;     /* "P" */
	const char *issuer;   /* BLR; also the nationality */
	const char *name;     /* IVANOV<<SERGEI */
	const char *number;   /* MP1234567 */
	const char *born;     /* 800507 */
	const char *sex;      /* M */
	const char *optional; /* 3070580A001PB5 */
	bool wrong_number, wrong_born, wrong_optional;
	char lines[2][45]; /* filled by ask_zone */
};

struct cordon_query ask_zone(struct zone *zone);

struct match_context;
extern struct match_context *case_context;
int case_setup(void **state); /* group set-up and tear-down of cmocka */
int case_teardown(void **state);

void case_question(const struct cordon_query *query, struct question *question);

/*
 * What a query finds in one record: "nothing", "cleared: WHY", or
 * "VERDICT SCORE BASIS: REASON REASON".  Good until the next call.
 */
const char *case_answer(
	const struct cordon_query *query, const struct cordon_record *record);

/* The answer must read so. */
void answers(const struct cordon_query *query, const struct subject *subject,
	const char *expected);
void document_answers(const char *number, const char *issuer,
	const struct subject *subject, const char *expected);
void person_answers(const char *name, struct cordon_date born,
	const struct subject *subject, const char *expected);
void zone_answers(
	struct zone zone, const struct subject *subject, const char *expected);

#endif
