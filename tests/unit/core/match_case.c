/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/match_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/record.h"

const struct cordon_date case_today = { 2026, 6, 1 };
struct match_context *case_context;

int64_t case_now_s(void)
{
	return date_days(&case_today) * 86400 + 43200;
}

int case_setup(void **state)
{
	(void)state;
	return match_context_create(&case_context, NULL);
}

int case_teardown(void **state)
{
	(void)state;
	match_context_destroy(case_context);
	return 0;
}

static void init_record(
	struct subject *s, const char *id, uint32_t kind, uint32_t reason)
{
	memset(s, 0, sizeof(*s));
	s->actions[0] = CORDON_ACTION_REFUSE_ENTRY;
	s->record.id = id;
	s->record.kind = kind;
	s->record.version = 1;
	s->record.valid_from = (struct cordon_date){ 2026, 3, 1 };
	s->record.valid_until = (struct cordon_date){ 2031, 3, 1 };
	s->record.utc_offset_min = 300;
	s->record.reason = reason;
	s->record.actions = s->actions;
	s->record.actions_count = 1;
	s->record.exceptions = s->exceptions;
	s->record.distinguished = s->distinguished;
}

void subject_init(struct subject *s)
{
	init_record(s, "KAZ-1", CORDON_KIND_ENTRY_BAN, CORDON_REASON_OVERSTAY);
	s->names[0] = (struct cordon_name){ .type = CORDON_NAME_PRIMARY,
		.surname = "Иванов",
		.given = "Сергей",
		.patronymic = "Петрович" };
	s->nationalities[0] = "BLR";
	s->personal_numbers[0] =
		(struct cordon_personal_number){ "3070580A001PB5", "BLR" };
	s->documents[0] = (struct cordon_document){
		.type = CORDON_DOCUMENT_PASSPORT, .number = "MP1234567", .issuer = "BLR"
	};
	s->person = (struct cordon_person){ .names = s->names,
		.names_count = 1,
		.born = { 1980, 5, 7 },
		.born_alternatives = s->born_alternatives,
		.sex = CORDON_SEX_M,
		.nationalities = s->nationalities,
		.nationalities_count = 1,
		.personal_numbers = s->personal_numbers,
		.personal_numbers_count = 1,
		.documents = s->documents,
		.documents_count = 1,
		.markers = s->markers };
	s->record.person = &s->person;
}

void subject_init_document(struct subject *s, const char *number_to)
{
	init_record(
		s, "KAZ-2", CORDON_KIND_INVALID_DOCUMENT, CORDON_REASON_STOLEN_BLANK);
	s->documents[0] = (struct cordon_document){ .type = CORDON_DOCUMENT_PASSPORT,
		.number = "N1234567",
		.number_to = number_to,
		.issuer = "KAZ" };
	s->record.documents = s->documents;
	s->record.documents_count = 1;
}

struct cordon_query ask_document(const char *number, const char *issuer)
{
	return (struct cordon_query){
		.type = CORDON_QUERY_DOCUMENT, .number = number, .issuer = issuer
	};
}

struct cordon_query ask_personal_number(const char *number, const char *issuer)
{
	return (struct cordon_query){
		.type = CORDON_QUERY_PERSONAL_NUMBER, .number = number, .issuer = issuer
	};
}

struct cordon_query ask_person(const char *name, struct cordon_date born)
{
	return (struct cordon_query){
		.type = CORDON_QUERY_PERSON, .name = name, .born = born
	};
}

/* Appends text, filled up to size, and its check digit where one is asked for. */
static void field(char *line, const char *text, size_t size, bool digit, bool wrong)
{
	size_t used = strlen(line), bytes = strlen(text);

	assert_true(bytes <= size && used + size + digit < 45);
	memset(line + used, '<', size);
	memcpy(line + used, text, bytes);
	if (digit) {
		char c = cordon_mrz_check_digit(line + used, size);

		line[used + size] = wrong ? (char)('0' + (c - '0' + 1) % 10) : c;
	}
	line[used + size + digit] = '\0';
}

static const char *or_else(const char *text, const char *otherwise)
{
	return text == NULL ? otherwise : text;
}

struct cordon_query ask_zone(struct zone *zone)
{
	char *one = zone->lines[0], *two = zone->lines[1];
	char composite[40] = "";
	const char *issuer = or_else(zone->issuer, "BLR");

	one[0] = two[0] = '\0';
	field(one, or_else(zone->code, "P"), 2, false, false);
	field(one, issuer, 3, false, false);
	field(one, or_else(zone->name, "IVANOV<<SERGEI"), 39, false, false);
	field(two, or_else(zone->number, "MP1234567"), 9, true, zone->wrong_number);
	field(two, issuer, 3, false, false);
	field(two, or_else(zone->born, "800507"), 6, true, zone->wrong_born);
	field(two, or_else(zone->sex, "M"), 1, false, false);
	field(two, "300101", 6, true, false);
	field(two, or_else(zone->optional, "3070580A001PB5"), 14, true,
		zone->wrong_optional);
	/* 9303-4 §4.2.2.2: positions 1 to 10, 14 to 20 and 22 to 43 */
	snprintf(composite, sizeof(composite), "%.10s%.7s%.22s", two, two + 13,
		two + 21);
	two[43] = cordon_mrz_check_digit(composite, strlen(composite));
	two[44] = '\0';
	return (struct cordon_query){
		.type = CORDON_QUERY_MRZ, .mrz_lines = { one, two }, .mrz_line_count = 2
	};
}

void case_question(const struct cordon_query *query, struct question *question)
{
	struct errmsg msg = { "" };

	if (question_make(case_context, query, case_today, question, &msg) != 0) {
		fail_msg("no question: %s", msg.text);
	}
}

static void describe(const struct cordon_match *match, char *out, size_t size)
{
	static const char *const verdicts[] = {
		[CORDON_VERDICT_POSSIBLE] = "possible", [CORDON_VERDICT_MATCH] = "match"
	};
	static const char *const bases[] = { [CORDON_BASIS_DOCUMENT] = "document",
		[CORDON_BASIS_RANGE] = "range",
		[CORDON_BASIS_PERSONAL_NUMBER] = "personal_number",
		[CORDON_BASIS_NAME] = "name" };
	int used = snprintf(out, size, "%s %u %s:", verdicts[match->verdict],
		match->score, bases[match->basis]);

	for (size_t i = 0; i < match->because_count; i++) {
		used += snprintf(
			out + used, size - (size_t)used, " %s", match->because[i]);
		assert_true((size_t)used < size);
	}
}

const char *case_answer(
	const struct cordon_query *query, const struct cordon_record *record)
{
	static char text[1024];
	struct question question;
	struct arena arena;
	struct screening screening = { case_context, &question, case_now_s(), &arena,
		NULL, false };
	struct cordon_match match;
	struct cordon_cleared cleared;

	case_question(query, &question);
	arena_init(&arena, 0);
	switch (screen_record(&screening, record, NULL, &match, &cleared)) {
	case SCREEN_NOTHING:
		snprintf(text, sizeof(text), "nothing");
		break;
	case SCREEN_MATCH:
		describe(&match, text, sizeof(text));
		/* a match and its score are the same statement */
		assert_int_equal(
			match.verdict == CORDON_VERDICT_MATCH, match.score >= 900);
		assert_true(match.score >= 1 && match.score <= 1000);
		break;
	case SCREEN_CLEARED:
		assert_string_equal(cleared.id, record->id);
		snprintf(text, sizeof(text), "cleared: %s", cleared.why);
		break;
	default:
		fail_msg("screening failed");
	}
	arena_finish(&arena);
	return text;
}

void answers(const struct cordon_query *query, const struct subject *subject,
	const char *expected)
{
	assert_string_equal(case_answer(query, &subject->record), expected);
}

void document_answers(const char *number, const char *issuer,
	const struct subject *subject, const char *expected)
{
	struct cordon_query query = ask_document(number, issuer);

	answers(&query, subject, expected);
}

void person_answers(const char *name, struct cordon_date date,
	const struct subject *subject, const char *expected)
{
	struct cordon_query query = ask_person(name, date);

	answers(&query, subject, expected);
}

void zone_answers(struct zone zone, const struct subject *subject, const char *expected)
{
	struct cordon_query query = ask_zone(&zone);

	answers(&query, subject, expected);
}
