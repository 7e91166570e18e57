/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/client/import_case.h"

#define FIRST "KAZ-OFAC-90001"
#define SECOND "KAZ-OFAC-90002"
#define THIRD "KAZ-OFAC-90003"

/* A row of a person with these remarks. */
#define ROW(number, remarks)                                                           \
	number ",\"TOLMAROV, Sedrik\",\"individual\",\"TESTS\",-0- ,-0- ,-0- ,-0- ,"   \
	       "-0- ,-0- ,-0- ,\"" remarks "\"\r\n"

static void init(struct import_case *c)
{
	import_case_init(c, IMPORT_OFAC_CSV);
	c->options.as_of = (struct cordon_date){ 2026, 3, 1 };
}

static void run_vector(struct import_case *c)
{
	init(c);
	import_case_vector(c, "sdn.csv");
	import_case_run(c);
}

static void run_text(struct import_case *c, const char *text, const char *aliases)
{
	init(c);
	import_case_text(c, text);
	import_case_aliases(c, aliases);
	import_case_run(c);
}

static void persons_go_in_and_others_are_left_out(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_counted(&c, 3, 0, 2);
	import_case_said(&c, "left out 4 90004: entity");
	import_case_said(&c, "left out 5 90005: vessel");
	import_case_finish(&c);
}

static void a_person_becomes_an_entry_ban_that_refers(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_has(&c, FIRST, "kind", "entry_ban");
	import_case_has(&c, FIRST, "reason", "other");
	import_case_has(&c, FIRST, "actions.0", "refer");
	import_case_has(&c, FIRST, "source.list", "OFAC");
	import_case_has(&c, FIRST, "source.reference", "90001");
	import_case_has(
		&c, FIRST, "decision.legal_basis", "OFAC programmes: TESTS, OTHER");
	import_case_has(&c, FIRST, "valid_from", "2026-03-01");
	import_case_has(&c, FIRST, "person.sex", "M");
	assert_true(json_is_true(import_case_value(&c, SECOND, "weak")));
	import_case_finish(&c);
}

static void names_of_both_files_are_kept_with_their_types(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_named(&c, FIRST, "primary", "TOLMAROV|Sedrik Ali|");
	import_case_named(&c, FIRST, "alias", "TOLMAROFF|Sedric|");
	import_case_named(&c, FIRST, "former", "||TOLMAR");
	import_case_named(&c, FIRST, "alias", "KOSTOV|Fabian|");
	import_case_named(&c, FIRST, "weak_alias", "||THE CLERK");
	import_case_named(&c, FIRST, "former", "TOLMAR|Sedrik|");
	import_case_named(&c, SECOND, "primary", "||VELORA");
	import_case_named(&c, THIRD, "primary", "KOSTOV|Fabian Jr.|");
	import_case_finish(&c);
}

static void births_places_and_nationalities_are_read(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_has(&c, FIRST, "person.born", "1967-02-03");
	import_case_has(&c, FIRST, "person.born_alternatives.0", "1966");
	import_case_has(&c, FIRST, "person.born_alternatives.1", "1961");
	import_case_has(&c, FIRST, "person.born_alternatives.3", "1963");
	import_case_lacks(&c, FIRST, "person.born_alternatives.4");
	assert_true(
		json_is_true(import_case_value(&c, FIRST, "person.born_approximate")));
	import_case_has(&c, FIRST, "person.birth_place", "Sari");
	import_case_has(&c, FIRST, "person.birth_state", "IRN");
	import_case_has(&c, FIRST, "person.nationalities.0", "IRN");
	import_case_has(&c, FIRST, "person.nationalities.1", "PRK");
	import_case_lacks(&c, FIRST, "person.nationalities.2");
	import_case_has(&c, THIRD, "person.born", "1954");
	import_case_has(&c, THIRD, "person.born_alternatives.0", "1955");
	import_case_said(&c, "90003: no state is known by the name \"Atlantis\"");
	import_case_finish(&c);
}

static void documents_and_personal_numbers_are_read(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_document(&c, FIRST, "P", "A9002987", "IRN");
	import_case_has(&c, FIRST, "person.documents.0.issued_on", "2013-06-11");
	import_case_has(&c, FIRST, "person.documents.0.expires_on", "2018-06-10");
	import_case_document(&c, FIRST, "P", "N0 348171/IRAN", "IRN");
	import_case_document(&c, FIRST, "I", "003-501178-5", "IRN");
	import_case_document(&c, FIRST, "", "900-12-3456", "USA");
	import_case_document(&c, FIRST, "", "892124B", "BGR");
	import_case_has(&c, FIRST, "person.personal_numbers.0.number", "003-501178-5");
	import_case_has(&c, FIRST, "person.personal_numbers.1.issuer", "USA");
	import_case_lacks(&c, FIRST, "person.personal_numbers.2");
	import_case_finish(&c);
}

static void the_rest_is_in_the_note(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_has(&c, FIRST, "note",
		"KOSTOV, Fabian: since 2019; title: Head of supply; "
		"place of birth: Plovdiv, Bulgaria; National ID No.: 003-501178-5; "
		"SSN: 900-12-3456; Driver's License No.: 892124B; "
		"Additional Sanctions Information - Subject to Secondary Sanctions; "
		"Linked To: TESTLAND TRADING HOUSE");
	import_case_finish(&c);
}

static void the_same_files_give_the_same_records(void **state)
{
	struct import_case first, second;

	(void)state;
	run_vector(&first);
	run_vector(&second);
	assert_true(json_equal(first.records, second.records));
	import_case_finish(&first);
	import_case_finish(&second);
}

static void aliases_without_an_entry_are_told(void **state)
{
	struct import_case c;

	(void)state;
	run_vector(&c);
	import_case_said(&c, "aliases of 1 entries that are not in");
	import_case_finish(&c);
}

static void an_import_without_aliases_says_so(void **state)
{
	struct import_case c;

	(void)state;
	init(&c);
	import_case_text(&c, ROW("1", "DOB 1960."));
	import_case_run(&c);
	import_case_counted(&c, 1, 0, 0);
	import_case_said(&c, "no --aliases file was given");
	import_case_finish(&c);
}

static void remarks_of_other_forms_are_kept(void **state)
{
	struct import_case c;

	(void)state;
	run_text(&c,
		ROW("1", "DOB early sixties; Passport with no number; a.k.a. 'CUT SHO"),
		"");
	import_case_counted(&c, 1, 0, 0);
	import_case_said(&c, "1: date of birth \"early sixties\" is in the note only");
	import_case_said(&c, "1: Passport \"with no number\" is no number");
	import_case_named(&c, "KAZ-OFAC-1", "weak_alias", "||CUT SHO");
	import_case_has(&c, "KAZ-OFAC-1", "note",
		"born: early sixties; Passport: with no number");
	import_case_finish(&c);
}

static void rows_out_of_form_are_refused_and_the_rest_goes_in(void **state)
{
	struct import_case c;

	(void)state;
	run_text(&c,
		"1,2,3\r\n" ROW("x", "") ROW("0", "") "\r\n" ROW("5", "\xff") ROW(
			"6", "") ROW("6",
			"") "7,-0- ,\"individual\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"
			    "-0- ,-0- \r\n" ROW("8", "Gender Male."),
		"1,2,3\n\"\",1,\"aka\",\"X\",-0- \n6,1,\"aka\",-0- ,-0- "
		"\n8,1,\"abc\",\"Y\",-0- ");
	import_case_counted(&c, 2, 9, 0);
	import_case_said(&c,
		"refused 1 1: the row, which ends on line 1, has 3 columns, not 12");
	import_case_said(&c, "refused 2 x: column 1");
	import_case_said(&c, "refused 5 5: the row is not UTF-8 text");
	import_case_said(&c, "refused 7 6: entry 6 is in the list for the second time");
	import_case_said(&c, "refused 8 7: the entry has no name");
	import_case_said(&c, "refused 2 -: column 1: the number of an entry");
	import_case_said(&c, "refused 3 6: column 4: a name is expected");
	import_case_said(&c, "8: alias of the unknown type \"abc\"");
	import_case_finish(&c);
}

static void a_quoted_column_may_span_lines(void **state)
{
	struct import_case c;

	(void)state;
	run_text(&c, ROW("1", "Linked To: A\nB; DOB 1960") ROW("2", "DOB 1961"), "");
	import_case_counted(&c, 2, 0, 0);
	import_case_has(&c, "KAZ-OFAC-1", "note", "Linked To: A B");
	import_case_has(&c, "KAZ-OFAC-1", "person.born", "1960");
	import_case_finish(&c);
}

static void a_file_cut_short_within_quotes_fails(void **state)
{
	struct import_case c;

	(void)state;
	run_text(&c, ROW("1", "") "2,\"TOLMAR", "");
	assert_int_equal(c.error, CORDON_ESYNTAX);
	import_case_said(&c, "line 2: the file ends within a quoted column");
	assert_int_equal(c.counts.records, 1);
	import_case_finish(&c);
	run_text(&c, ROW("1", ""), "1,2,\"aka");
	assert_int_equal(c.error, CORDON_ESYNTAX);
	import_case_finish(&c);
}

/* size bytes of text, in lines of 64 K when lines is set, within an open quote. */
static void run_open_quote(struct import_case *c, size_t size, bool lines)
{
	char *file = malloc(size);

	assert_non_null(file);
	memset(file, 'a', size);
	file[0] = '"';
	for (size_t i = 65536; lines && i < size; i += 65536) {
		file[i] = '\n';
	}
	init(c);
	import_case_file(c, file, size);
	import_case_run(c);
	free(file);
}

static void columns_and_lines_of_unbounded_size_are_given_up(void **state)
{
	struct import_case c;

	(void)state;
	run_open_quote(&c, 6 << 20, true);
	assert_int_equal(c.error, CORDON_ESYNTAX);
	import_case_said(&c, "a quoted column does not end");
	assert_true(c.progress_done < c.progress_total);
	import_case_finish(&c);
	run_open_quote(&c, 2 << 20, false);
	assert_int_equal(c.error, CORDON_ESYNTAX);
	import_case_said(&c, "the line is too long");
	import_case_finish(&c);
}

static void an_error_of_the_receiver_ends_the_import(void **state)
{
	struct import_case c;

	(void)state;
	init(&c);
	import_case_vector(&c, "sdn.csv");
	c.stop = CORDON_ETIMEOUT;
	import_case_run(&c);
	assert_int_equal(c.error, CORDON_ETIMEOUT);
	assert_int_equal(c.counts.records, 1);
	import_case_said(&c, "line 1");
	import_case_finish(&c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(persons_go_in_and_others_are_left_out),
		cmocka_unit_test(a_person_becomes_an_entry_ban_that_refers),
		cmocka_unit_test(names_of_both_files_are_kept_with_their_types),
		cmocka_unit_test(births_places_and_nationalities_are_read),
		cmocka_unit_test(documents_and_personal_numbers_are_read),
		cmocka_unit_test(the_rest_is_in_the_note),
		cmocka_unit_test(the_same_files_give_the_same_records),
		cmocka_unit_test(aliases_without_an_entry_are_told),
		cmocka_unit_test(an_import_without_aliases_says_so),
		cmocka_unit_test(remarks_of_other_forms_are_kept),
		cmocka_unit_test(rows_out_of_form_are_refused_and_the_rest_goes_in),
		cmocka_unit_test(a_quoted_column_may_span_lines),
		cmocka_unit_test(a_file_cut_short_within_quotes_fails),
		cmocka_unit_test(columns_and_lines_of_unbounded_size_are_given_up),
		cmocka_unit_test(an_error_of_the_receiver_ends_the_import),
	};

	import_case_vectors = argc > 1 ? argv[1] : "tests/vectors/lists";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
