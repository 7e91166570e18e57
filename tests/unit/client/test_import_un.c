/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/client/import_case.h"

#define FIRST "KAZ-UN-9000001"
#define SECOND "KAZ-UN-9000002"

/* One person of DATAID 1 with these elements. */
#define RUN_PERSON(c, content)                                                         \
	import_case_run_un(c, UN_BEGIN UN_PERSON("1", content) UN_END)
#define PERSON_ID "KAZ-UN-1"

static void run_vector(struct import_case *c)
{
	import_case_init(c, IMPORT_UN_XML);
	import_case_vector(c, "un.xml");
	import_case_run(c);
}

static void persons_go_in_and_entities_are_left_out(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_counted(&c, 2, 0, 1);
	import_case_said(&c, "left out 74 9000100: entity");
	import_case_finish(&c);
}

static void a_person_becomes_an_entry_ban(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_has(&c, FIRST, "kind", "entry_ban");
	import_case_has(&c, FIRST, "reason", "un_sanctions");
	import_case_has(&c, FIRST, "actions.0", "refuse_entry");
	import_case_has(&c, FIRST, "source.list", "UN");
	import_case_has(&c, FIRST, "source.reference", "9000001");
	import_case_has(&c, FIRST, "decision.number", "TTi.001");
	import_case_has(&c, FIRST, "decision.date", "2015-03-27");
	import_case_has(&c, FIRST, "person.sex", "M");
	import_case_has(&c, SECOND, "person.sex", "F");
	import_case_finish(&c);
}

static void validity_counts_from_the_files_own_date(void **state)
{
	struct import_case c;

	(void)state;
	import_case_init(&c, IMPORT_UN_XML);
	import_case_vector(&c, "un.xml");
	c.options.valid_days = 31;
	import_case_run(&c);
	import_case_has(&c, FIRST, "valid_from", "2026-03-01");
	import_case_has(&c, FIRST, "valid_until", "2026-04-01");
	import_case_finish(&c);
	import_case_init(&c, IMPORT_UN_XML);
	import_case_vector(&c, "un.xml");
	c.options.retention_days = 365;
	c.options.as_of = (struct cordon_date){ 2026, 5, 2 };
	import_case_run(&c);
	import_case_has(&c, FIRST, "valid_from", "2026-05-02");
	import_case_has(&c, FIRST, "valid_until", "2027-05-02");
	import_case_finish(&c);
}

static void every_name_is_kept_with_its_type(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_named(&c, FIRST, "primary", "||SEDRIK ALI TOLMAROV");
	import_case_named(&c, FIRST, "primary", "||Седрик Али Толмаров");
	import_case_named(&c, FIRST, "alias", "||Tolmaroff, Sedric");
	import_case_named(
		&c, FIRST, "alias", "||Sedrik Tolmar (original script: Седрик Толмар)");
	import_case_named(&c, FIRST, "alias", "||Sedrik Tolmar");
	import_case_named(&c, FIRST, "alias", "||Седрик Толмар");
	import_case_named(&c, FIRST, "weak_alias", "||“The Clerk”");
	import_case_named(&c, FIRST, "weak_alias", "||Писарь");
	import_case_named(&c, FIRST, "alias", "||Fabian Kostov");
	import_case_lacks(&c, FIRST, "person.names.9");
	import_case_finish(&c);
}

static void every_birth_is_kept(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_has(&c, FIRST, "person.born", "1967-02-03");
	import_case_has(&c, FIRST, "person.born_alternatives.0", "1965");
	import_case_has(&c, FIRST, "person.born_alternatives.1", "1966");
	import_case_has(&c, FIRST, "person.born_alternatives.2", "1967");
	import_case_has(&c, FIRST, "person.born_alternatives.3", "1966-11");
	import_case_has(&c, FIRST, "person.born_alternatives.4", "1968-05-25");
	import_case_lacks(&c, FIRST, "person.born_alternatives.5");
	import_case_has(&c, FIRST, "person.birth_place", "Sari, Mazandaran");
	import_case_has(&c, FIRST, "person.birth_state", "IRN");
	import_case_finish(&c);
}

static void documents_are_found_by_number_and_as_printed(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_document(&c, FIRST, "P", "D 9300898", "IRN");
	import_case_document(
		&c, FIRST, "P", "Diplomatic passport no. D 9300898", "IRN");
	import_case_document(&c, FIRST, "I", "0035-011785", "IRN");
	import_case_document(&c, FIRST, "P", "984158", ""); /* an alias's note has it */
	import_case_document(&c, FIRST, "P", "OR 7654321", ""); /* the comments */
	import_case_has(&c, FIRST, "person.personal_numbers.0.number", "0035-011785");
	import_case_has(&c, FIRST, "person.personal_numbers.0.issuer", "IRN");
	import_case_lacks(&c, FIRST, "person.personal_numbers.1");
	import_case_finish(&c);
}

static void dates_of_documents_are_read_from_their_notes(void **state)
{
	struct import_case c;

	(void)state;
	RUN_PERSON(&c,
		"<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT>"
		"<NUMBER>TB912181</NUMBER><ISSUING_COUNTRY>Trinidad and "
		"Tobago</ISSUING_COUNTRY>"
		"<NOTE>issued on 27 January 2015, expired 26 January 2020</NOTE>"
		"</INDIVIDUAL_DOCUMENT>");
	import_case_has(&c, PERSON_ID, "person.documents.0.issuer", "TTO");
	import_case_has(&c, PERSON_ID, "person.documents.0.issued_on", "2015-01-27");
	import_case_has(&c, PERSON_ID, "person.documents.0.expires_on", "2020-01-26");
	import_case_finish(&c);
}

static void a_document_that_ends_before_it_begins_loses_its_dates(void **state)
{
	struct import_case c;

	(void)state;
	RUN_PERSON(&c,
		"<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT>"
		"<NUMBER>AA111222</NUMBER><DATE_OF_ISSUE>2013-01-01</DATE_OF_ISSUE>"
		"<NOTE>expires on 10 Mar. 2003</NOTE></INDIVIDUAL_DOCUMENT>");
	import_case_lacks(&c, PERSON_ID, "person.documents.0.issued_on");
	import_case_lacks(&c, PERSON_ID, "person.documents.0.expires_on");
	import_case_said(&c, "ends before it was issued");
	import_case_finish(&c);
}

static void a_document_listed_twice_is_one(void **state)
{
	struct import_case c;

	(void)state;
	RUN_PERSON(&c,
		"<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Numéro de "
		"passeport</TYPE_OF_DOCUMENT>"
		"<NUMBER>981420754</NUMBER></INDIVIDUAL_DOCUMENT>"
		"<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT>"
		"<NUMBER>981 420 754</NUMBER><ISSUING_COUNTRY>Chad</ISSUING_COUNTRY>"
		"</INDIVIDUAL_DOCUMENT>");
	import_case_document(&c, PERSON_ID, "P", "981420754", "TCD");
	import_case_lacks(&c, PERSON_ID, "person.documents.1");
	import_case_finish(&c);
}

static void a_paper_without_a_number_is_in_the_note(void **state)
{
	struct import_case c;

	(void)state;
	RUN_PERSON(&c,
		"<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>National Identification Number"
		"</TYPE_OF_DOCUMENT><TYPE_OF_DOCUMENT2>Birth "
		"certificate</TYPE_OF_DOCUMENT2>"
		"<NOTE>issued at Sari</NOTE></INDIVIDUAL_DOCUMENT>");
	import_case_lacks(&c, PERSON_ID, "person.documents");
	import_case_said(&c, "\"Birth certificate\" is no number");
	import_case_has(&c, PERSON_ID, "note",
		"Birth certificate: Birth certificate; Birth certificate: issued at "
		"Sari");
	import_case_finish(&c);
}

static void states_are_mapped_and_unknown_ones_told(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_has(&c, FIRST, "person.nationalities.0", "IRN");
	import_case_has(&c, FIRST, "person.nationalities.1", "SUN");
	import_case_lacks(&c, SECOND, "person.nationalities");
	import_case_said(&c, "9000002: no state is known by the name \"Atlantis\"");
	import_case_has(&c, SECOND, "note",
		"state as printed: Atlantis; born: 30-35 years old; HEIGHT_CM: 171");
	import_case_finish(&c);
}

static void what_has_no_field_is_in_the_note_and_told(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_has(&c, FIRST, "note",
		"title: Colonel; designation: Head of supply; designation: Deputy "
		"head; "
		"“The Clerk”: original script: Писарь; place of birth: Plovdiv, "
		"Bulgaria; "
		"Fabian Kostov: Passport No. 984158, expires 21 August 2005 "
		"(Bulgaria); "
		"Passport: Diplomatic passport no. D 9300898; "
		"Diplomatic passport no. D 9300898: Expires on 11 Jun. 2017; "
		"National Identification Number: 0035-011785; "
		"Travels under passport number OR 7654321, issued in 2014.; "
		"address: Sari, Iran (Islamic Republic of)");
	import_case_said(
		&c, "9000002: date of birth \"30-35 years old\" is in the note only");
	import_case_said(&c, "9000002: element HEIGHT_CM is not known");
	import_case_finish(&c);
}

static void a_person_without_birth_and_number_is_weak(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_lacks(&c, FIRST, "weak");
	assert_true(json_is_true(import_case_value(&c, SECOND, "weak")));
	import_case_finish(&c);
}

static void the_same_file_gives_the_same_records(void **state)
{
	struct import_case first, second;

	(void)state;
	run_vector(&first);
	run_vector(&second);
	assert_true(json_equal(first.records, second.records));
	import_case_finish(&first);
	import_case_finish(&second);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(persons_go_in_and_entities_are_left_out),
		cmocka_unit_test(a_person_becomes_an_entry_ban),
		cmocka_unit_test(validity_counts_from_the_files_own_date),
		cmocka_unit_test(every_name_is_kept_with_its_type),
		cmocka_unit_test(every_birth_is_kept),
		cmocka_unit_test(documents_are_found_by_number_and_as_printed),
		cmocka_unit_test(dates_of_documents_are_read_from_their_notes),
		cmocka_unit_test(a_document_that_ends_before_it_begins_loses_its_dates),
		cmocka_unit_test(a_document_listed_twice_is_one),
		cmocka_unit_test(a_paper_without_a_number_is_in_the_note),
		cmocka_unit_test(states_are_mapped_and_unknown_ones_told),
		cmocka_unit_test(what_has_no_field_is_in_the_note_and_told),
		cmocka_unit_test(a_person_without_birth_and_number_is_weak),
		cmocka_unit_test(the_same_file_gives_the_same_records),
	};

	import_case_vectors = argc > 1 ? argv[1] : "tests/vectors/lists";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
