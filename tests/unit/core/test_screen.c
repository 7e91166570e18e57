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

#define ALL_AGREE                                                                      \
	"same_document_number same_personal_number same_name_and_birth_date "          \
	"without_patronymic same_nationality"

static void a_zone_asks_for_document_number_and_person_at_once(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s);
	zone_answers((struct zone){ 0 }, &s, "match 1000 document: " ALL_AGREE);
	zone_answers((struct zone){ .number = "AB7654321" }, &s,
		"match 1000 personal_number: same_personal_number "
		"same_name_and_birth_date without_patronymic same_nationality");
	zone_answers((struct zone){ .number = "AB7654321", .optional = "" }, &s,
		"possible 703 name: same_name_and_birth_date without_patronymic "
		"same_nationality");
	zone_answers((struct zone){ .number = "AB7654321",
			     .name = "IVANOV<<SERGEI<PETROVICH",
			     .optional = "" },
		&s, "possible 769 name: same_name_and_birth_date same_nationality");
	zone_answers((struct zone){ .name = "PETROV<<IVAN", .optional = "" }, &s,
		"match 1000 document: same_document_number name_not_same "
		"same_birth_date "
		"same_nationality");
	zone_answers(
		(struct zone){
			.number = "AB7654321", .optional = "", .name = "PETROV<<IVAN" },
		&s, "nothing");
}

static void a_name_and_a_doubtful_number_are_more_together(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s);
	s.person.nationalities_count = 0;
	zone_answers((struct zone){ .number = "MPI234567", .optional = "" }, &s,
		"possible 736 name: look_alike_number same_name_and_birth_date "
		"without_patronymic");
	s.person.born = unknown;
	zone_answers((struct zone){ .number = "MPI234567", .optional = "" }, &s,
		"possible 640 document: look_alike_number name_only "
		"without_patronymic");
	s.person.born = born;
	s.names[0].patronymic = NULL;
	zone_answers((struct zone){ .number = "MPI234567", .optional = "" }, &s,
		"possible 740 name: look_alike_number same_name_and_birth_date");
	s.person.nationalities_count = 1;
	zone_answers((struct zone){ .number = "MPI234567", .optional = "" }, &s,
		"possible 744 name: look_alike_number same_name_and_birth_date "
		"same_nationality");
}

static void what_speaks_against_a_number_leaves_it_in_doubt(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s);
	s.person.personal_numbers_count = 0;
	s.person.nationalities_count = 0;
	s.names[0].patronymic = NULL;
	zone_answers((struct zone){ .born = "810608" }, &s,
		"possible 750 document: same_document_number same_name "
		"birth_date_differs");
	zone_answers((struct zone){ .born = "810608", .name = "PETROV<<IVAN" }, &s,
		"possible 750 document: same_document_number name_not_same "
		"birth_date_differs");
	zone_answers((struct zone){ .sex = "F", .name = "PETROVA<<ANNA" }, &s,
		"possible 750 document: same_document_number name_not_same "
		"same_birth_date "
		"sex_differs");
	zone_answers((struct zone){ .sex = "<", .name = "PETROVA<<ANNA" }, &s,
		"match 1000 document: same_document_number name_not_same "
		"same_birth_date");
	/* a look-alike number of somebody else is nothing */
	zone_answers((struct zone){ .born = "810608", .number = "MPI234567" }, &s,
		"nothing");
	zone_answers(
		(struct zone){
			.sex = "F", .number = "MPI234567", .name = "PETROVA<<ANNA" },
		&s, "nothing");
	/* nor is the number of an unknown state much */
	s.documents[0].issuer = NULL;
	zone_answers((struct zone){ .born = "810608", .name = "PETROV<<IVAN" }, &s,
		"possible 450 document: same_document_number issuer_not_listed "
		"name_not_same birth_date_differs");
}

static void a_wrong_check_digit_leaves_what_it_covers_in_doubt(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s);
	s.person.nationalities_count = 0;
	s.names[0].patronymic = NULL;
	zone_answers((struct zone){ .wrong_number = true }, &s,
		"match 1000 personal_number: same_document_number same_personal_number "
		"same_name_and_birth_date check_digit_wrong:number");
	zone_answers((struct zone){ .wrong_number = true, .optional = "" }, &s,
		"possible 790 document: same_document_number same_name_and_birth_date "
		"check_digit_wrong:number");
	zone_answers((struct zone){ .wrong_optional = true }, &s,
		"match 1000 document: same_document_number same_personal_number "
		"same_name_and_birth_date check_digit_wrong:optional");
	zone_answers((struct zone){ .wrong_optional = true,
			     .number = "AB7654321",
			     .name = "PETROV<<IVAN" },
		&s,
		"possible 750 personal_number: same_personal_number name_not_same "
		"same_birth_date check_digit_wrong:optional");
	/* a misread birth date rules nobody out */
	zone_answers((struct zone){ .wrong_born = true,
			     .born = "810601",
			     .number = "AB7654321",
			     .optional = "" },
		&s, "possible 511 name: name_only check_digit_wrong:born");
	zone_answers(
		(struct zone){
			.born = "810601", .number = "AB7654321", .optional = "" },
		&s, "nothing");
}

static void both_centuries_are_searched_where_both_are_possible(void **state)
{
	struct zone zone = { .born = "200507", .number = "AB7654321", .optional = "" };
	struct subject s;

	(void)state;
	subject_init(&s);
	s.person.nationalities_count = 0;
	s.names[0].patronymic = NULL;
	s.person.born = (struct cordon_date){ 1920, 5, 7 };
	zone_answers(zone, &s, "possible 700 name: same_name_and_birth_date");
	s.person.born = (struct cordon_date){ 2020, 5, 7 };
	zone_answers(zone, &s, "possible 700 name: same_name_and_birth_date");
	s.person.born = (struct cordon_date){ 1921, 1, 1 };
	zone_answers(zone, &s, "nothing");
	s.person.born_approximate = true;
	zone_answers(zone, &s,
		"possible 568 name: same_name_and_close_birth_date "
		"birth_date:year_close");
}

static void a_misused_identity_is_never_a_match(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s);
	s.person.nationalities_count = 0;
	s.names[1] = (struct cordon_name){ .type = CORDON_NAME_MISUSED,
		.full = "Smith John" };
	s.person.names_count = 2;
	zone_answers((struct zone){ .name = "SMITH<<JOHN" }, &s,
		"possible 822 name: same_document_number same_personal_number "
		"same_name_and_birth_date misused_identity");
	zone_answers(
		(struct zone){
			.name = "SMITH<<JOHN", .number = "MPI234567", .optional = "" },
		&s, "possible 782 name: same_name_and_birth_date misused_identity");
	document_answers("MP1234567", "BLR", &s,
		"match 1000 document: same_document_number "
		"record_has_misused_identity");
}

static void only_records_in_force_answer(void **state)
{
	const char *found = "match 1000 document: same_document_number";
	struct subject s;

	(void)state;
	subject_init(&s);
	s.record.utc_offset_min = 0;
	s.record.valid_from = case_today;
	s.record.valid_until = case_today;
	document_answers("MP1234567", "BLR", &s, found);
	s.record.valid_from.day++;
	s.record.valid_until.day++;
	document_answers("MP1234567", "BLR", &s, "nothing");
	/* noon in UTC is the next day already in UTC+14 */
	s.record.utc_offset_min = 840;
	document_answers("MP1234567", "BLR", &s, found);
	s.record.valid_from = s.record.valid_until =
		(struct cordon_date){ 2026, 5, 31 };
	document_answers("MP1234567", "BLR", &s, "nothing");
	s.record.utc_offset_min = -720;
	document_answers("MP1234567", "BLR", &s, "nothing");
}

static void kinds_of_newer_members_are_ignored(void **state)
{
	static const uint32_t persons[] = { CORDON_KIND_ENTRY_BAN,
		CORDON_KIND_DEPORTATION, CORDON_KIND_ILLEGAL_STAY };
	static const uint32_t others[] = { 0, 5, 99, UINT32_MAX };
	struct subject s;

	(void)state;
	subject_init(&s);
	for (size_t i = 0; i < COUNT(persons); i++) {
		s.record.kind = persons[i];
		zone_answers((struct zone){ 0 }, &s, "match 1000 document: " ALL_AGREE);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		s.record.kind = others[i];
		zone_answers((struct zone){ 0 }, &s, "nothing");
	}
	/* what should not be there is not looked at */
	s.record.kind = CORDON_KIND_INVALID_DOCUMENT;
	zone_answers((struct zone){ 0 }, &s, "nothing");
	s.record.kind = CORDON_KIND_ENTRY_BAN;
	s.record.person = NULL;
	zone_answers((struct zone){ 0 }, &s, "nothing");
}

static void damaged_names_and_numbers_are_passed_over(void **state)
{
	static char long_name[4000];
	struct subject s;

	(void)state;
	memset(long_name, 'x', sizeof(long_name) - 1);
	subject_init(&s);
	s.names[0] = (struct cordon_name){ .full = long_name };
	s.names[1] = (struct cordon_name){ .full = "\xff\xfe" };
	s.names[2] = (struct cordon_name){ .full = "Ivanov Sergei" };
	s.person.names_count = 4;
	s.documents[0].number = "\xff";
	s.personal_numbers[0].number = NULL;
	person_answers("Иванов Сергей", born, &s,
		"possible 700 name: same_name_and_birth_date alias");
	document_answers("MP1234567", "BLR", &s, "nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_asks_for_document_number_and_person_at_once),
		cmocka_unit_test(a_name_and_a_doubtful_number_are_more_together),
		cmocka_unit_test(what_speaks_against_a_number_leaves_it_in_doubt),
		cmocka_unit_test(a_wrong_check_digit_leaves_what_it_covers_in_doubt),
		cmocka_unit_test(both_centuries_are_searched_where_both_are_possible),
		cmocka_unit_test(a_misused_identity_is_never_a_match),
		cmocka_unit_test(only_records_in_force_answer),
		cmocka_unit_test(kinds_of_newer_members_are_ignored),
		cmocka_unit_test(damaged_names_and_numbers_are_passed_over),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
