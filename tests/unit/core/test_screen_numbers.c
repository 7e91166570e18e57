/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/core/match_case.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void a_number_and_its_issuer_match(void **state)
{
	struct subject s;

	(void)state;
	subject_init_document(&s, NULL);
	document_answers(
		"N1234567", "KAZ", &s, "match 1000 document: same_document_number");
	document_answers(
		" n-123 45/67", "KAZ", &s, "match 1000 document: same_document_number");
	document_answers("N1234568", "KAZ", &s, "nothing");
	document_answers("N1234567", "RUS", &s, "nothing");
	document_answers("N123456", "KAZ", &s, "nothing");
	subject_init(&s);
	document_answers(
		"MP1234567", "BLR", &s, "match 1000 document: same_document_number");
	document_answers(
		"МР1234567", "BLR", &s, "match 1000 document: same_document_number");
}

static void germany_is_one_state_by_either_code(void **state)
{
	struct subject s;

	(void)state;
	subject_init_document(&s, NULL);
	s.documents[0].issuer = "D";
	document_answers(
		"N1234567", "DEU", &s, "match 1000 document: same_document_number");
	document_answers(
		"N1234567", "D", &s, "match 1000 document: same_document_number");
	s.documents[0].issuer = "DEU";
	document_answers(
		"N1234567", "D", &s, "match 1000 document: same_document_number");
}

static void a_number_without_its_issuer_is_possible(void **state)
{
	struct subject s;

	(void)state;
	subject_init_document(&s, NULL);
	document_answers("N1234567", NULL, &s,
		"possible 700 document: same_document_number issuer_not_given");
	document_answers("NI234567", NULL, &s,
		"possible 400 document: look_alike_number issuer_not_given");
	s.documents[0].issuer = NULL;
	document_answers("N1234567", "KAZ", &s,
		"possible 700 document: same_document_number issuer_not_listed");
	document_answers("N1234567", NULL, &s,
		"possible 700 document: same_document_number issuer_not_given "
		"issuer_not_listed");
	s.documents[0].issuer = "";
	document_answers("N1234567", "KAZ", &s,
		"possible 700 document: same_document_number issuer_not_listed");
}

static void look_alike_numbers_are_possible(void **state)
{
	struct subject s;

	(void)state;
	subject_init_document(&s, NULL);
	document_answers(
		"NI234567", "KAZ", &s, "possible 600 document: look_alike_number");
	document_answers(
		"NL2345G7", "KAZ", &s, "possible 600 document: look_alike_number");
	document_answers("NI234567", "RUS", &s, "nothing");
}

static void the_type_of_document_must_be_compatible(void **state)
{
	static const struct {
		uint32_t listed, asked;
		const char *expected;
	} cases[] = {
		{ 0, CORDON_DOCUMENT_VISA,
			"match 1000 document: same_document_number" },
		{ CORDON_DOCUMENT_VISA, 0,
			"match 1000 document: same_document_number" },
		{ CORDON_DOCUMENT_VISA, CORDON_DOCUMENT_VISA,
			"match 1000 document: same_document_number" },
		{ CORDON_DOCUMENT_RESIDENCE_PERMIT, CORDON_DOCUMENT_IDENTITY_CARD,
			"match 1000 document: same_document_number" },
		{ CORDON_DOCUMENT_PASSPORT, CORDON_DOCUMENT_VISA,
			"possible 650 document: same_document_number "
			"document_type_differs" },
		{ CORDON_DOCUMENT_INTERNAL_PASSPORT, CORDON_DOCUMENT_PASSPORT,
			"possible 650 document: same_document_number "
			"document_type_differs" },
	};
	struct cordon_query query = ask_document("N1234567", "KAZ");
	struct subject s;

	(void)state;
	subject_init_document(&s, NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		s.documents[0].type = cases[i].listed;
		query.document_type = cases[i].asked;
		answers(&query, &s, cases[i].expected);
	}
	query.number = "NI234567";
	answers(&query, &s,
		"possible 600 document: look_alike_number document_type_differs");
}

static void a_range_holds_its_numbers(void **state)
{
	struct subject s;

	(void)state;
	subject_init_document(&s, "N1239999");
	document_answers("N1234567", "KAZ", &s, "match 980 range: number_in_range");
	document_answers("n 1237000", "KAZ", &s, "match 980 range: number_in_range");
	document_answers("N1239999", "KAZ", &s, "match 980 range: number_in_range");
	document_answers("N1240000", "KAZ", &s, "nothing");
	document_answers("N1234566", "KAZ", &s, "nothing");
	document_answers("N01234567", "KAZ", &s, "nothing");
	document_answers("N1237000", "RUS", &s, "nothing");
	document_answers("N1237000", NULL, &s,
		"possible 700 range: number_in_range issuer_not_given");
	document_answers(
		"N12370OO", "KAZ", &s, "possible 600 range: look_alike_number");
	document_answers("N1240OOO", "KAZ", &s, "nothing");
	s.documents[0].number_to = "X9";
	document_answers("N1234567", "KAZ", &s, "nothing");
}

static void the_best_of_several_documents_counts(void **state)
{
	struct subject s;

	(void)state;
	subject_init_document(&s, NULL);
	s.documents[1] = s.documents[0];
	s.documents[0].number = "N123456Z";
	s.documents[2].number = NULL;
	s.record.documents_count = 3;
	document_answers(
		"N1234567", "KAZ", &s, "match 1000 document: same_document_number");
	document_answers(
		"N1234562", "KAZ", &s, "possible 600 document: look_alike_number");
}

static void a_personal_number_and_its_state_match(void **state)
{
	static const struct {
		const char *number, *issuer, *expected;
	} cases[] = {
		{ "3070580A001PB5", "BLR",
			"match 1000 personal_number: same_personal_number" },
		{ "3070580a 001-pb5", "BLR",
			"match 1000 personal_number: same_personal_number" },
		{ "3070580A001PB5", "RUS", "nothing" },
		{ "307O580A001PB5", "BLR",
			"possible 600 personal_number: look_alike_personal_number" },
		{ "3070580A001PB6", "BLR", "nothing" },
		/* a personal number is no document's */
		{ "MP1234567", "BLR", "nothing" },
	};
	struct subject s;

	(void)state;
	subject_init(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cordon_query query =
			ask_personal_number(cases[i].number, cases[i].issuer);

		answers(&query, &s, cases[i].expected);
	}
	document_answers("3070580A001PB5", "BLR", &s, "nothing");
	s.personal_numbers[0].issuer = NULL;
	{
		struct cordon_query query =
			ask_personal_number("3070580A001PB5", "BLR");

		answers(&query, &s,
			"possible 700 personal_number: same_personal_number "
			"issuer_not_listed");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_and_its_issuer_match),
		cmocka_unit_test(germany_is_one_state_by_either_code),
		cmocka_unit_test(a_number_without_its_issuer_is_possible),
		cmocka_unit_test(look_alike_numbers_are_possible),
		cmocka_unit_test(the_type_of_document_must_be_compatible),
		cmocka_unit_test(a_range_holds_its_numbers),
		cmocka_unit_test(the_best_of_several_documents_counts),
		cmocka_unit_test(a_personal_number_and_its_state_match),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
