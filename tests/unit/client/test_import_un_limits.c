/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/client/import_case.h"

/* One person of DATAID 1 with these elements. */
#define RUN_PERSON(c, content)                                                         \
	import_case_run_un(c, UN_BEGIN UN_PERSON("1", content) UN_END)
#define PERSON_ID "KAZ-UN-1"

/* ---- values that do not fit -------------------------------------------------------
 */

/* A file with one person in which text stands count times between begin and end. */
static void run_repeated(struct import_case *c, const char *begin, const char *text,
	size_t count, const char *end)
{
	size_t size = strlen(UN_BEGIN UN_PERSON("1", "") UN_END) + strlen(begin) +
		      strlen(end) + count * strlen(text) + 1;
	char *file = malloc(size), *at = file;

	assert_non_null(file);
	at += sprintf(at, "%s",
		UN_BEGIN
		"<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>SEDRIK</FIRST_NAME>");
	at += sprintf(at, "%s", begin);
	for (size_t i = 0; i < count; i++) {
		memcpy(at, text, strlen(text));
		at += strlen(text);
	}
	at += sprintf(at, "%s</INDIVIDUAL>" UN_END, end);
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
		"</COMMENTS1></INDIVIDUAL>" UN_PERSON("2", "") "<INDIVIDUAL>");
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
	import_case_run_un(&c,
		UN_BEGIN UN_PERSON("12a", "") UN_PERSON("", "") UN_PERSON("0",
			"") UN_PERSON("99999999999999999999999", "") UN_PERSON("7", "")
			UN_PERSON("7", "") "<INDIVIDUAL><DATAID>8</DATAID></INDIVIDUAL>"
					   "<ROBOT><DATAID>9</DATAID></ROBOT>" UN_END);
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
	import_case_run_un(&c, "<CONSOLIDATED_LIST><INDIVIDUALS/></CONSOLIDATED_LIST>");
	assert_int_equal(c.error, CORDON_ESYNTAX);
	import_case_said(&c, "--as-of");
	import_case_finish(&c);
	import_case_run_un(&c, "<CONSOLIDATED_LIST dateGenerated=\"2026-02-30T\"/>");
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
		{ UN_BEGIN "<INDIVIDUAL><DATAID>1</DATAID>", "no element found" },
		{ UN_BEGIN "<INDIVIDUAL></ENTITY>", "mismatched tag" },
		{ UN_BEGIN "<INDIVIDUAL>\xff</INDIVIDUAL>" UN_END, "not well-formed" },
		{ UN_BEGIN "<a><a><a><a><a><a><a><a><a><a><a>", "too deep" },
		{ "<!DOCTYPE CONSOLIDATED_LIST>" UN_BEGIN UN_END,
			"document type declaration" },
		{ "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
		  "\"&a;&a;&a;&a;\">]>" UN_BEGIN "<INDIVIDUAL>&b;</INDIVIDUAL>" UN_END,
			"document type declaration" },
		{ "<!DOCTYPE l SYSTEM \"file:///etc/passwd\">" UN_BEGIN UN_END,
			"document type declaration" },
		{ UN_BEGIN "<INDIVIDUAL>&b;</INDIVIDUAL>" UN_END, "undefined entity" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct import_case c;

		import_case_run_un(&c, cases[i].text);
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
	import_case_run_un(&c, UN_BEGIN UN_PERSON("1", "") "<INDIVIDUAL><DATAID>2");
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
