/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/core/match_case.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct cordon_date born = { 1980, 5, 7 };

/* Someone of the same name and birth date, who carries AB7654321. */
static void distinguish(struct subject *s)
{
	s->distinguished_names[0] =
		(struct cordon_name){ .surname = "Иванов", .given = "Сергей" };
	s->distinguished_documents[0] =
		(struct cordon_document){ .number = "AB7654321", .issuer = "BLR" };
	s->distinguished[0] =
		(struct cordon_distinguished){ .names = s->distinguished_names,
			.names_count = 1,
			.born = born,
			.documents = s->distinguished_documents,
			.documents_count = 1,
			.consent_on = { 2026, 4, 1 },
			.why = "namesake, court of Minsk 12/3" };
	s->record.distinguished_count = 1;
}

static const struct zone namesake = { .number = "AB7654321", .optional = "" };

static void a_distinguished_person_is_cleared(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s);
	distinguish(&s);
	zone_answers(namesake, &s, "cleared: namesake, court of Minsk 12/3");
	s.distinguished[0].why = NULL;
	zone_answers(namesake, &s, "cleared: ");
	s.distinguished[1] = s.distinguished[0];
	s.distinguished[0].documents_count = 0;
	s.distinguished[1].why = "the second";
	s.record.distinguished_count = 2;
	zone_answers(namesake, &s, "cleared: the second");
}

static void nobody_is_cleared_who_only_resembles_one(void **state)
{
	const char *possible = "possible 703 name: same_name_and_birth_date "
			       "without_patronymic same_nationality";
	struct subject s;

	(void)state;
	subject_init(&s);
	distinguish(&s);
	s.distinguished[0].born.day++;
	zone_answers(namesake, &s, possible);
	distinguish(&s);
	s.distinguished[0].born = (struct cordon_date){ 1980, 5, 0 };
	zone_answers(namesake, &s, possible);
	distinguish(&s);
	s.distinguished_names[0].given = "Степан";
	zone_answers(namesake, &s, possible);
	distinguish(&s);
	s.distinguished_documents[0].number = "AB765432I";
	zone_answers(namesake, &s, possible);
	distinguish(&s);
	s.distinguished_documents[0].issuer = "RUS";
	zone_answers(namesake, &s, possible);
	s.distinguished_documents[0].issuer = NULL;
	zone_answers(namesake, &s, possible);
	distinguish(&s);
	person_answers("Иванов Сергей", born, &s,
		"possible 696 name: same_name_and_birth_date without_patronymic");
}

static void a_listed_number_is_not_cleared(void **state)
{
	struct zone zone = namesake;
	struct subject s;

	(void)state;
	subject_init(&s);
	distinguish(&s);
	s.documents[0].number = "AB7654321";
	zone_answers(namesake, &s,
		"match 1000 document: same_document_number same_name_and_birth_date "
		"without_patronymic same_nationality");
	s.documents[0].issuer = NULL;
	zone_answers(namesake, &s,
		"possible 743 name: same_document_number issuer_not_listed "
		"same_name_and_birth_date without_patronymic same_nationality");
	/* one that only looks alike clears */
	s.documents[0].issuer = "BLR";
	s.documents[0].number = "AB765432I";
	zone_answers(namesake, &s, "cleared: namesake, court of Minsk 12/3");
	zone.optional = NULL;
	zone_answers(zone, &s,
		"match 1000 personal_number: look_alike_number same_personal_number "
		"same_name_and_birth_date without_patronymic same_nationality");
}

static void screen_these(struct zone zone, const struct cordon_record *const *records,
	size_t count, struct arena *arena, struct screened *screened)
{
	struct cordon_query query = ask_zone(&zone);
	struct question question;
	struct screening screening = { case_context, &question, case_now_s(), arena,
		NULL, false };

	case_question(&query, &question);
	assert_int_equal(screen_all(screening, records, NULL, count, screened), 0);
}

static void matches_come_by_score_then_id(void **state)
{
	struct subject s[4];
	const struct cordon_record *records[4];
	struct screened screened;
	struct arena arena;

	(void)state;
	for (size_t i = 0; i < COUNT(s); i++) {
		subject_init(&s[i]);
		records[i] = &s[i].record;
	}
	s[0].record.id = "KAZ-9";
	s[1].record.id = "KAZ-10";
	s[2].record.id = "BLR-1";
	s[2].person.documents_count = s[2].person.personal_numbers_count = 0;
	s[3].record.id = "KAZ-0";
	s[3].record.kind = 99;
	arena_init(&arena, 0);
	screen_these((struct zone){ 0 }, records, 4, &arena, &screened);
	assert_int_equal(screened.matches_count, 3);
	assert_string_equal(screened.matches[0].id, "KAZ-10");
	assert_string_equal(screened.matches[1].id, "KAZ-9");
	assert_string_equal(screened.matches[2].id, "BLR-1");
	assert_ptr_equal(screened.matches[2].record, records[2]);
	assert_int_equal(screened.cleared_count, 0);
	screen_these((struct zone){ 0 }, records, 0, &arena, &screened);
	assert_int_equal(screened.matches_count, 0);
	arena_finish(&arena);
}

static void a_document_listed_anywhere_clears_nobody(void **state)
{
	struct subject ban, stolen;
	const struct cordon_record *records[] = { &ban.record, &stolen.record };
	struct screened screened;
	struct arena arena;

	(void)state;
	arena_init(&arena, 0);
	subject_init(&ban);
	distinguish(&ban);
	subject_init_document(&stolen, NULL);
	stolen.documents[0].issuer = "BLR";
	stolen.documents[0].number = "AB765432I";
	screen_these(namesake, records, 2, &arena, &screened);
	assert_int_equal(screened.cleared_count, 1);
	assert_string_equal(screened.cleared[0].id, "KAZ-1");
	assert_int_equal(screened.matches_count, 1);
	stolen.documents[0].number = "AB7654000";
	stolen.documents[0].number_to = "AB7654999";
	screen_these(namesake, records, 2, &arena, &screened);
	assert_int_equal(screened.cleared_count, 0);
	assert_int_equal(screened.matches_count, 2);
	assert_string_equal(screened.matches[0].id, "KAZ-2");
	assert_string_equal(screened.matches[1].id, "KAZ-1");
	/* a report that is not in force lists nothing */
	stolen.record.valid_until = stolen.record.valid_from;
	screen_these(namesake, records, 2, &arena, &screened);
	assert_int_equal(screened.cleared_count, 1);
	assert_int_equal(screened.matches_count, 0);
	arena_finish(&arena);
}

static void without_memory_nothing_is_said(void **state)
{
	struct subject s;
	struct zone zone = { 0 };
	struct cordon_query query = ask_zone(&zone);
	struct question question;
	struct cordon_match match = { .id = "untouched" };
	struct cordon_cleared cleared;
	struct screened screened = { .matches_count = 7 };
	const struct cordon_record *records[] = { &s.record };

	(void)state;
	case_question(&query, &question);
	subject_init(&s);
	for (size_t limit = 1; limit < 33; limit += 16) {
		struct arena arena;
		struct screening screening = { case_context, &question, case_now_s(),
			&arena, NULL, false };

		arena_init(&arena, limit);
		assert_int_equal(
			screen_record(&screening, &s.record, NULL, &match, &cleared),
			CORDON_ENOMEM);
		assert_string_equal(match.id, "untouched");
		arena_finish(&arena);
		arena_init(&arena, limit);
		assert_int_equal(screen_all(screening, records, NULL, 1, &screened),
			CORDON_ENOMEM);
		assert_int_equal(screened.matches_count, 7);
		arena_finish(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_distinguished_person_is_cleared),
		cmocka_unit_test(nobody_is_cleared_who_only_resembles_one),
		cmocka_unit_test(a_listed_number_is_not_cleared),
		cmocka_unit_test(matches_come_by_score_then_id),
		cmocka_unit_test(a_document_listed_anywhere_clears_nobody),
		cmocka_unit_test(without_memory_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
