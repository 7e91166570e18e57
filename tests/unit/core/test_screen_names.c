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
static const struct cordon_date unknown;

static void a_name_is_never_more_than_possible(void **state)
{
	struct subject s;
	struct cordon_query query = ask_person("Иванов Сергей Петрович", born);

	(void)state;
	subject_init(&s);
	answers(&query, &s, "possible 766 name: same_name_and_birth_date");
	query.sex = CORDON_SEX_M;
	query.nationality = "BLR";
	answers(&query, &s,
		"possible 769 name: same_name_and_birth_date same_nationality");
	person_answers("SERGEI PETROVICH IVANOV", born, &s,
		"possible 766 name: same_name_and_birth_date");
	person_answers("Иванов Сергей", born, &s,
		"possible 696 name: same_name_and_birth_date without_patronymic");
	person_answers("Иванов Сергей Иванович", born, &s, "nothing");
	person_answers("Иванов Степан", born, &s, "nothing");
}

static void birth_dates_agree_as_far_as_they_are_known(void **state)
{
	static const struct {
		struct cordon_date listed, asked;
		const char *expected;
	} cases[] = {
		{ { 1980, 5, 7 }, { 1980, 5, 7 },
			"possible 766 name: same_name_and_birth_date" },
		{ { 1980, 5, 7 }, { 1980, 5, 0 },
			"possible 760 name: same_name_and_birth_month" },
		{ { 1980, 5, 0 }, { 1980, 5, 7 },
			"possible 760 name: same_name_and_birth_month" },
		{ { 1980, 0, 0 }, { 1980, 5, 7 },
			"possible 752 name: same_name_and_birth_year" },
		{ { 1980, 5, 7 }, { 1980, 0, 0 },
			"possible 752 name: same_name_and_birth_year" },
		{ { 0, 0, 0 }, { 1980, 5, 7 }, "possible 585 name: name_only" },
		{ { 1980, 5, 7 }, { 0, 0, 0 }, "possible 585 name: name_only" },
		{ { 1980, 5, 7 }, { 1980, 5, 8 },
			"possible 693 name: same_name_and_close_birth_date "
			"birth_date:one_digit_differs" },
		{ { 1980, 5, 7 }, { 1980, 6, 7 },
			"possible 693 name: same_name_and_close_birth_date "
			"birth_date:one_digit_differs" },
		{ { 1980, 5, 7 }, { 1981, 5, 7 },
			"possible 693 name: same_name_and_close_birth_date "
			"birth_date:one_digit_differs" },
		{ { 1980, 5, 7 }, { 1980, 7, 5 },
			"possible 748 name: same_name_and_close_birth_date "
			"birth_date:day_and_month_swapped" },
		{ { 1980, 0, 0 }, { 1981, 5, 7 },
			"possible 744 name: same_name_and_close_birth_date "
			"birth_date:year_close" },
		{ { 1980, 5, 7 }, { 1981, 5, 8 }, "nothing" },
		{ { 1980, 5, 7 }, { 1980, 8, 5 }, "nothing" },
		{ { 1980, 5, 0 }, { 1980, 6, 7 }, "nothing" },
		{ { 1980, 0, 0 }, { 1982, 0, 0 }, "nothing" },
	};
	struct subject s;

	(void)state;
	subject_init(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		s.person.born = cases[i].listed;
		person_answers("Иванов Сергей Петрович", cases[i].asked, &s,
			cases[i].expected);
	}
}

static void an_approximate_birth_date_may_be_two_years_off(void **state)
{
	const char *near = "possible 744 name: same_name_and_close_birth_date "
			   "birth_date:year_close";
	const char *name = "Иванов Сергей Петрович";
	struct subject s;

	(void)state;
	subject_init(&s);
	s.person.born_approximate = true;
	person_answers(name, born, &s, "possible 766 name: same_name_and_birth_date");
	person_answers(name, (struct cordon_date){ 1980, 11, 30 }, &s, near);
	person_answers(name, (struct cordon_date){ 1982, 1, 1 }, &s, near);
	person_answers(name, (struct cordon_date){ 1978, 0, 0 }, &s, near);
	person_answers(name, (struct cordon_date){ 1983, 1, 1 }, &s, "nothing");
	person_answers(name, (struct cordon_date){ 1977, 5, 7 }, &s, "nothing");
}

static void any_birth_date_on_record_counts(void **state)
{
	const char *name = "Иванов Сергей Петрович";
	struct subject s;

	(void)state;
	subject_init(&s);
	s.born_alternatives[0] = (struct cordon_date){ 1984, 0, 0 };
	s.born_alternatives[1] = (struct cordon_date){ 1985, 1, 2 };
	s.person.born_alternatives_count = 2;
	person_answers(name, born, &s, "possible 766 name: same_name_and_birth_date");
	person_answers(name, (struct cordon_date){ 1985, 1, 2 }, &s,
		"possible 766 name: same_name_and_birth_date");
	person_answers(name, (struct cordon_date){ 1984, 9, 9 }, &s,
		"possible 752 name: same_name_and_birth_year");
	person_answers(name, (struct cordon_date){ 1986, 2, 2 }, &s, "nothing");
	s.person.born = unknown;
	person_answers(name, born, &s, "nothing");
	person_answers(name, (struct cordon_date){ 1985, 1, 2 }, &s,
		"possible 766 name: same_name_and_birth_date");
}

static void sex_and_nationality_are_evidence(void **state)
{
	static const struct {
		uint32_t sex;
		const char *nationality, *expected;
	} cases[] = {
		{ CORDON_SEX_F, NULL,
			"possible 750 name: same_name_and_birth_date sex_differs" },
		{ CORDON_SEX_X, "RUS",
			"possible 762 name: same_name_and_birth_date "
			"nationality_differs" },
		{ CORDON_SEX_F, "BLR",
			"possible 754 name: same_name_and_birth_date sex_differs "
			"same_nationality" },
	};
	struct cordon_query query = ask_person("Иванов Сергей Петрович", born);
	struct subject s;

	(void)state;
	subject_init(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		query.sex = cases[i].sex;
		query.nationality = cases[i].nationality;
		answers(&query, &s, cases[i].expected);
	}
	s.nationalities[1] = "RUS";
	s.person.nationalities_count = 2;
	s.person.sex = 0;
	query.nationality = "RUS";
	answers(&query, &s,
		"possible 769 name: same_name_and_birth_date same_nationality");
	s.person.nationalities_count = 0;
	answers(&query, &s, "possible 766 name: same_name_and_birth_date");
}

static void what_a_name_is_is_said(void **state)
{
	static const struct {
		uint32_t type;
		const char *expected;
	} cases[] = {
		{ CORDON_NAME_ALIAS,
			"possible 812 name: same_name_and_birth_date alias" },
		{ CORDON_NAME_FORMER,
			"possible 810 name: same_name_and_birth_date former_name" },
		{ CORDON_NAME_WEAK_ALIAS,
			"possible 805 name: same_name_and_birth_date weak_alias" },
		{ CORDON_NAME_MISUSED, "possible 805 name: same_name_and_birth_date "
				       "misused_identity" },
		{ 99, "possible 812 name: same_name_and_birth_date alias" },
	};
	struct subject s;

	(void)state;
	subject_init(&s);
	s.names[1].full = "John Smith";
	s.person.names_count = 2;
	for (size_t i = 0; i < COUNT(cases); i++) {
		s.names[1].type = cases[i].type;
		person_answers("Smith, John", born, &s, cases[i].expected);
	}
	/* the same name as a primary one is worth more */
	s.names[0] = s.names[1];
	s.names[0].type = CORDON_NAME_PRIMARY;
	s.names[1].type = CORDON_NAME_MISUSED;
	person_answers(
		"Smith, John", born, &s, "possible 812 name: same_name_and_birth_date");
}

static void a_weak_record_says_so(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s);
	s.record.weak = true;
	s.person.born = unknown;
	person_answers("Иванов Сергей", unknown, &s,
		"possible 508 name: name_only without_patronymic weak_record");
	s.names[0].type = CORDON_NAME_WEAK_ALIAS;
	{
		struct cordon_query query = ask_person("Иванов Сергей", unknown);

		query.sex = CORDON_SEX_F;
		query.nationality = "RUS";
		answers(&query, &s, "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_never_more_than_possible),
		cmocka_unit_test(birth_dates_agree_as_far_as_they_are_known),
		cmocka_unit_test(an_approximate_birth_date_may_be_two_years_off),
		cmocka_unit_test(any_birth_date_on_record_counts),
		cmocka_unit_test(sex_and_nationality_are_evidence),
		cmocka_unit_test(what_a_name_is_is_said),
		cmocka_unit_test(a_weak_record_says_so),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
