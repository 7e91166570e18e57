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

#define BEGIN "<CONSOLIDATED_LIST dateGenerated=\"2026-03-01T10:00:00Z\"><INDIVIDUALS>"
#define END "</INDIVIDUALS></CONSOLIDATED_LIST>"
#define PERSON(id, content)                                                            \
	"<INDIVIDUAL><DATAID>" id "</DATAID><FIRST_NAME>SEDRIK</FIRST_NAME>" content   \
	"</INDIVIDUAL>"

static void run_vector(struct import_case *c)
{
	import_case_init(c, IMPORT_UN_XML);
	import_case_vector(c, "un.xml");
	import_case_run(c);
}

static void run_text(struct import_case *c, const char *text)
{
	import_case_init(c, IMPORT_UN_XML);
	import_case_text(c, text);
	import_case_run(c);
}

/* One person of DATAID 1 with these elements. */
#define RUN_PERSON(c, content) run_text(c, BEGIN PERSON("1", content) END)
#define PERSON_ID "KAZ-UN-1"

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
	import_case_document(&c, FIRST, "P", "284158", ""); /* an alias's note has it */
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
		"Fabian Kostov: Passport No. 284158, expires 21 August 2005 "
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

/* ---- values that do not fit -------------------------------------------------------
 */

/* A file with one person in which text stands count times between begin and end. */
static void run_repeated(struct import_case *c, const char *begin, const char *text,
	size_t count, const char *end)
{
	size_t size = strlen(BEGIN PERSON("1", "") END) + strlen(begin) + strlen(end) +
		      count * strlen(text) + 1;
	char *file = malloc(size), *at = file;

	assert_non_null(file);
	at += sprintf(at, "%s",
		BEGIN "<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>SEDRIK</FIRST_NAME>");
	at += sprintf(at, "%s", begin);
	for (size_t i = 0; i < count; i++) {
		memcpy(at, text, strlen(text));
		at += strlen(text);
	}
	at += sprintf(at, "%s</INDIVIDUAL>" END, end);
	import_case_init(c, IMPORT_UN_XML);
	import_case_file(c, file, (size_t)(at - file));
	import_case_run(c);
	free(file);
}

#define ALIAS_BEGIN "<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>"
#define ALIAS_END "</ALIAS_NAME></INDIVIDUAL_ALIAS>"

static void a_long_name_is_spread_over_the_parts(void **state)
{
	struct import_case c;
	const char *surname, *given;

	(void)state;
	run_repeated(&c, ALIAS_BEGIN, "Длинноимя ", 26, ALIAS_END); /* 259 characters */
	surname = json_string_value(
		import_case_value(&c, PERSON_ID, "person.names.1.surname"));
	given = json_string_value(
		import_case_value(&c, PERSON_ID, "person.names.1.given"));
	assert_non_null(surname);
	assert_non_null(given);
	/* twelve words of ten characters fit 128 */
	assert_int_equal(strlen(surname), 12 * 19 - 1);
	assert_int_equal(strlen(given), 12 * 19 - 1);
	import_case_has(
		&c, PERSON_ID, "person.names.1.patronymic", "Длинноимя Длинноимя");
	import_case_not_said(&c, "remark");
	import_case_finish(&c);
}

static void a_longer_name_is_cut_and_told(void **state)
{
	struct import_case c;

	(void)state;
	run_repeated(&c, ALIAS_BEGIN, "Longname ", 60, ALIAS_END);
	import_case_said(&c, "remark 1 1: a name of 539 characters is cut");
	assert_non_null(
		strstr(json_string_value(import_case_value(&c, PERSON_ID, "note")),
			"rest of a name: Longname"));
	import_case_finish(&c);
}

static void more_names_than_fit_are_told(void **state)
{
	char names[16384] = "";
	struct import_case c;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		sprintf(names + strlen(names), "Name %c%c; ", 'A' + i / 26,
			'A' + i % 26);
	}
	run_repeated(&c, ALIAS_BEGIN, names, 1, ALIAS_END);
	assert_int_equal(
		json_array_size(import_case_value(&c, PERSON_ID, "person.names")), 256);
	import_case_said(&c, "more than 256 names: \"Name JV\" is in the note only");
	import_case_finish(&c);
}

static void a_long_note_is_cut_visibly(void **state)
{
	struct import_case c;
	const char *note;

	(void)state;
	run_repeated(&c, "<COMMENTS1>", "слово ", 500, "</COMMENTS1>");
	note = json_string_value(import_case_value(&c, PERSON_ID, "note"));
	assert_string_equal(note + strlen(note) - strlen(" […]"), " […]");
	import_case_said(&c, "the note is cut: 2999 characters");
	import_case_finish(&c);
}

static void years_between_are_entered_while_they_fit(void **state)
{
	struct import_case c;

	(void)state;
	RUN_PERSON(&c, "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE>"
		       "<FROM_YEAR>1940</FROM_YEAR><TO_YEAR>1999</TO_YEAR>"
		       "</INDIVIDUAL_DATE_OF_BIRTH>");
	import_case_has(&c, PERSON_ID, "person.born", "1940");
	import_case_has(&c, PERSON_ID, "person.born_alternatives.0", "1999");
	assert_true(json_is_true(
		import_case_value(&c, PERSON_ID, "person.born_approximate")));
	import_case_finish(&c);
}

static void an_entry_of_unbounded_size_is_refused_and_the_rest_goes_in(void **state)
{
	struct import_case c;

	(void)state;
	run_repeated(&c, "<COMMENTS1>", "0123456789abcdef", 5 << 16,
		"</COMMENTS1></INDIVIDUAL>" PERSON("2", "") "<INDIVIDUAL>");
	/* the third is empty: no DATAID */
	import_case_counted(&c, 1, 2, 0);
	import_case_said(&c, "needs more than");
	import_case_value(&c, "KAZ-UN-2", "id");
	import_case_finish(&c);
}

/* ---- hostile and broken files
 * --------------------------------------------------------- */

static void entries_out_of_form_are_refused(void **state)
{
	struct import_case c;

	(void)state;
	run_text(&c, BEGIN PERSON("12a", "") PERSON("", "") PERSON("0", "") PERSON(
			     "99999999999999999999999", "") PERSON("7", "") PERSON("7",
			     "") "<INDIVIDUAL><DATAID>8</DATAID></INDIVIDUAL>"
				 "<ROBOT><DATAID>9</DATAID></ROBOT>" END);
	import_case_counted(&c, 1, 7, 0);
	import_case_said(&c, "12a: DATAID \"12a\": a number is expected");
	import_case_said(&c, "7: DATAID 7 is in the list for the second time");
	import_case_said(&c, "8: the entry has no name");
	import_case_said(&c, "9: <ROBOT> is neither INDIVIDUAL nor ENTITY");
	import_case_finish(&c);
}

static void a_list_without_a_date_asks_for_one(void **state)
{
	struct import_case c;

	(void)state;
	run_text(&c, "<CONSOLIDATED_LIST><INDIVIDUALS/></CONSOLIDATED_LIST>");
	assert_int_equal(c.error, CORDON_ESYNTAX);
	import_case_said(&c, "--as-of");
	import_case_finish(&c);
	run_text(&c, "<CONSOLIDATED_LIST dateGenerated=\"2026-02-30T\"/>");
	assert_int_equal(c.error, CORDON_ESYNTAX);
	import_case_finish(&c);
}

static void what_is_no_list_is_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "no element found" },
		{ "hello", "syntax error" },
		{ "<html/>", "begins with <html>" },
		{ BEGIN "<INDIVIDUAL><DATAID>1</DATAID>", "no element found" },
		{ BEGIN "<INDIVIDUAL></ENTITY>", "mismatched tag" },
		{ BEGIN "<INDIVIDUAL>\xff</INDIVIDUAL>" END, "not well-formed" },
		{ BEGIN "<a><a><a><a><a><a><a><a><a><a><a>", "too deep" },
		{ "<!DOCTYPE CONSOLIDATED_LIST>" BEGIN END,
			"document type declaration" },
		{ "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
		  "\"&a;&a;&a;&a;\">]>" BEGIN "<INDIVIDUAL>&b;</INDIVIDUAL>" END,
			"document type declaration" },
		{ "<!DOCTYPE l SYSTEM \"file:///etc/passwd\">" BEGIN END,
			"document type declaration" },
		{ BEGIN "<INDIVIDUAL>&b;</INDIVIDUAL>" END, "undefined entity" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct import_case c;

		run_text(&c, cases[i].text);
		assert_int_equal(c.error, CORDON_ESYNTAX);
		import_case_said(&c, cases[i].words);
		import_case_finish(&c);
	}
}

static void a_tag_without_an_end_is_given_up(void **state)
{
	size_t size = 3 << 20;
	char *file = malloc(size);
	struct import_case c;

	(void)state;
	assert_non_null(file);
	memset(file, 'a', size);
	memcpy(file, "<CONSOLIDATED_LIST x=\"", 22);
	import_case_init(&c, IMPORT_UN_XML);
	import_case_file(&c, file, size);
	import_case_run(&c);
	free(file);
	assert_int_equal(c.error, CORDON_ESYNTAX);
	import_case_said(&c, "a tag that does not end");
	assert_true(c.progress_done < c.progress_total);
	import_case_finish(&c);
}

static void what_was_read_before_the_file_breaks_was_handed_over(void **state)
{
	struct import_case c;

	(void)state;
	run_text(&c, BEGIN PERSON("1", "") "<INDIVIDUAL><DATAID>2");
	assert_int_equal(c.error, CORDON_ESYNTAX);
	assert_int_equal(c.counts.records, 1);
	import_case_finish(&c);
}

static void an_error_of_the_receiver_ends_the_import(void **state)
{
	struct import_case c;

	(void)state;
	import_case_init(&c, IMPORT_UN_XML);
	import_case_vector(&c, "un.xml");
	c.stop = CORDON_ETIMEOUT;
	import_case_run(&c);
	assert_int_equal(c.error, CORDON_ETIMEOUT);
	import_case_said(&c, "line 4");
	assert_int_equal(c.counts.records, 1);
	import_case_finish(&c);
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
		cmocka_unit_test(a_long_name_is_spread_over_the_parts),
		cmocka_unit_test(a_longer_name_is_cut_and_told),
		cmocka_unit_test(more_names_than_fit_are_told),
		cmocka_unit_test(a_long_note_is_cut_visibly),
		cmocka_unit_test(years_between_are_entered_while_they_fit),
		cmocka_unit_test(
			an_entry_of_unbounded_size_is_refused_and_the_rest_goes_in),
		cmocka_unit_test(entries_out_of_form_are_refused),
		cmocka_unit_test(a_list_without_a_date_asks_for_one),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(a_tag_without_an_end_is_given_up),
		cmocka_unit_test(what_was_read_before_the_file_breaks_was_handed_over),
		cmocka_unit_test(an_error_of_the_receiver_ends_the_import),
	};

	import_case_vectors = argc > 1 ? argv[1] : "tests/vectors/lists";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
