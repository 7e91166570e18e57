/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/record_json.h"
#include "tests/lib/records.h"

static void assert_begins(const char *text, const char *expected)
{
	if (strncmp(text, expected, strlen(expected)) != 0) {
		fail_msg("\"%s\" does not begin \"%s\"", text, expected);
	}
}

/* Reading records_deportation with one edit fails with this text. */
static void assert_refused(
	struct arena *arena, const char *path, const char *value, const char *expected)
{
	json_t *json = records_json(records_deportation);
	struct cordon_record *record = NULL;
	struct errmsg msg = { "" };

	records_edit(json, path, value);
	assert_int_equal(record_json_read(json, arena, &record, &msg), CORDON_EFIELD);
	assert_begins(msg.text, expected);
	assert_null(record);
	json_decref(json);
}

static void what_is_read_is_written_again(void **state)
{
	static const char *const texts[] = { records_deportation, records_document,
		records_entry_ban };
	struct arena *arena = *state;

	for (size_t i = 0; i < 3; i++) {
		json_t *json = records_json(texts[i]);
		json_t *back = record_json_write(records_read(json, arena), true);

		assert_true(json_equal(json, back));
		json_decref(json);
		json_decref(back);
	}
}

static void codes_dates_and_names_are_read_as_what_they_are(void **state)
{
	struct arena *arena = *state;
	struct cordon_record *r = records_make(records_deportation, NULL, NULL, arena);

	assert_string_equal(r->id, "KAZ-2026-000123");
	assert_int_equal(r->kind, CORDON_KIND_DEPORTATION);
	assert_int_equal(r->version, 7);
	assert_int_equal(r->utc_offset_min, 300);
	assert_int_equal(r->reason, CORDON_REASON_ADMINISTRATIVE_EXPULSION);
	assert_int_equal(r->actions_count, 2);
	assert_int_equal(r->actions[1], CORDON_ACTION_DETAIN);
	assert_int_equal(r->person->names_count, 2);
	assert_string_equal(r->person->names[0].patronymic, "Петрович");
	assert_int_equal(r->person->names[1].type, CORDON_NAME_ALIAS);
	assert_null(r->person->names[1].surname);
	assert_int_equal(r->person->born_alternatives[1].month, 6);
	assert_int_equal(r->person->born_alternatives[1].day, 0);
	assert_int_equal(r->person->sex, CORDON_SEX_M);
	assert_int_equal(r->person->documents[0].type, CORDON_DOCUMENT_PASSPORT);
	assert_int_equal(r->exceptions[0].type, CORDON_EXCEPTION_DATES);
	assert_int_equal(r->exceptions[1].documents_count, 1);
	assert_string_equal(r->distinguished[0].why, "fingerprints compared");
}

static void unknown_names_are_refused_where_they_stand(void **state)
{
	assert_refused(*state, "sirname", "\"x\"", "sirname: there is no such field");
	assert_refused(*state, "person.names[1].surnam", "\"x\"",
		"person.names[1].surnam: there is no such field");
	assert_refused(*state, "distinguished[0].documents[0].colour", "\"red\"",
		"distinguished[0].documents[0].colour: there is no such field");
	assert_refused(*state, "salt", "\"x\"", "salt: there is no such field");
	assert_refused(*state, "", "1", "\"\": there is no such field");
	assert_refused(*state, "Фамилия", "1", "\"Фамилия\": there is no such field");
	assert_refused(*state, "a\nb", "1", "(not text): there is no such field");
}

static void wrong_types_are_refused(void **state)
{
	assert_refused(*state, "id", "7", "id: text is expected, this is a number");
	assert_refused(*state, "person", "[]",
		"person: an object is expected, this is a list");
	assert_refused(*state, "person.names", "{}",
		"person.names: a list is expected, this is an object");
	assert_refused(*state, "person.names[0]", "null",
		"person.names[0]: an object is expected, this is null");
	assert_refused(*state, "person.nationalities[0]", "true",
		"person.nationalities[0]: text is expected, this is true or false");
	assert_refused(*state, "weak", "\"yes\"",
		"weak: true or false is expected, this is text");
	assert_refused(*state, "utc_offset_min", "1.5",
		"utc_offset_min: a whole number is expected, this is a number");
	assert_refused(*state, "utc_offset_min", "2147483648",
		"utc_offset_min: 2147483648 is out of range");
	assert_refused(*state, "version", "-1", "version: -1 is out of range");
	assert_refused(*state, "valid_from", "20260301",
		"valid_from: text is expected, this is a number");
	assert_refused(*state, "actions", "\"detain\"",
		"actions: a list is expected, this is text");
	assert_refused(*state, "reason", "1", "reason: text is expected");
}

static void impossible_dates_are_refused(void **state)
{
	assert_refused(*state, "person.born", "\"1980-02-30\"",
		"person.born: \"1980-02-30\": no such date");
	assert_refused(*state, "valid_until", "\"01.03.2031\"",
		"valid_until: \"01.03.2031\": no such date");
	assert_refused(*state, "person.born_alternatives[1]", "\"80\"",
		"person.born_alternatives[1]: \"80\": no such date");
	assert_refused(*state, "exceptions[0].until", "\"2026-13-01\"",
		"exceptions[0].until: \"2026-13-01\": no such date");
}

static void unknown_codes_are_refused_with_those_there_are(void **state)
{
	assert_refused(*state, "kind", "\"entry_bam\"",
		"kind: \"entry_bam\" is not known; one of these is expected: "
		"entry_ban, "
		"deportation, illegal_stay, invalid_document");
	assert_refused(*state, "actions[1]", "\"arrest\"", "actions[1]: \"arrest\"");
	assert_refused(*state, "person.sex", "\"m\"",
		"person.sex: \"m\" is not known; one of these is expected: M, F, X");
}

static void empty_text_is_refused(void **state)
{
	assert_refused(*state, "person.names[0].given", "\"\"",
		"person.names[0].given: is empty");
	assert_refused(*state, "links[0]", "\"\"", "links[0]: is empty");
}

static void control_characters_are_refused(void **state)
{
	assert_refused(*state, "note", "\"a\\nb\"", "note: a control character");
	assert_refused(
		*state, "contact", "\"\\u0085\"", "contact: a control character");
}

static void a_long_value_is_cut_between_characters(void **state)
{
	char value[600] = "\"";
	struct arena *arena = *state;
	json_t *json = records_json(records_deportation);
	struct cordon_record *record;
	struct errmsg msg = { "" };

	for (size_t i = 0; i < 100; i++) {
		strcat(value, "Ж");
	}
	strcat(value, "\"");
	records_edit(json, "scope", value);
	assert_int_equal(record_json_read(json, arena, &record, &msg), CORDON_EFIELD);
	assert_true(bytes_are_text(msg.text, strlen(msg.text)));
	assert_non_null(strstr(msg.text, "Ж...\""));
	json_decref(json);
}

static void an_empty_list_is_an_absent_one(void **state)
{
	struct cordon_record *record =
		records_make(records_deportation, "links", "[]", *state);

	assert_int_equal(record->links_count, 0);
	assert_null(record->links);
}

static void a_newer_code_is_written_as_its_number(void **state)
{
	struct cordon_record *record =
		records_make(records_entry_ban, NULL, NULL, *state);
	char *text;

	record->reason = 99;
	assert_int_equal(cordon_record_to_json(record, &text), 0);
	assert_non_null(strstr(text, "\"reason\":99,"));
	free(text);
}

static void the_public_form_is_one_line_sorted_without_local_fields(void **state)
{
	struct cordon_record *record = NULL;
	char *text;

	(void)state;
	assert_int_equal(cordon_record_from_json(records_document,
				 strlen(records_document), &record, NULL, 0),
		0);
	record->internal_note = "ours alone";
	assert_int_equal(cordon_record_to_json(record, &text), 0);
	assert_string_equal(text,
		"{\"actions\":[\"seize_document\",\"notify_issuer\"],"
		"\"documents\":[{\"issuer\":\"KAZ\",\"number\":\"N75000001\","
		"\"number_to\":\"N75050000\",\"type\":\"P\"}],"
		"\"id\":\"KAZ-9\",\"kind\":\"invalid_document\","
		"\"reason\":\"stolen_blank\",\"valid_from\":\"2026-02-01\","
		"\"valid_until\":\"2035-12-31\"}");
	free(text);
	cordon_record_destroy(record);
}

static void a_string_that_is_no_text_is_not_written(void **state)
{
	struct cordon_name name = { .type = 1, .surname = "\xff" };
	struct cordon_person person = { .names = &name, .names_count = 1 };
	struct cordon_record record = { .id = "KAZ-1", .person = &person };
	char *text = NULL;

	(void)state;
	assert_int_equal(cordon_record_to_json(&record, &text), CORDON_EFIELD);
	assert_null(text);
}

static void what_is_no_json_says_where(void **state)
{
	static const struct {
		const char *text;
		int error;
		const char *expected;
	} cases[] = {
		{ "", CORDON_ESYNTAX, "no JSON: line 1" },
		{ "{\"id\":\"KAZ-1\",}", CORDON_ESYNTAX, "no JSON: line 1, column 15" },
		{ "{\"id\":\"KAZ-1\"\n", CORDON_ESYNTAX, "no JSON: line 2" },
		{ "{\"id\":\"KAZ-1\",\"id\":\"KAZ-2\"}", CORDON_ESYNTAX, "no JSON" },
		{ "{\"id\":\"\xff\"}", CORDON_ESYNTAX, "no JSON" },
		{ "{} {}", CORDON_ESYNTAX, "no JSON" },
		{ "{\"note\":\"\\u0000\"}", CORDON_ESYNTAX, "no JSON" },
		{ "{\"note\":\"\\ud800\"}", CORDON_ESYNTAX, "no JSON" },
		{ "[]", CORDON_EFIELD, "an object is expected, this is a list" },
		{ "{\"ID\":\"KAZ-1\"}", CORDON_EFIELD,
			"\"ID\": there is no such field" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cordon_record *record = NULL;
		char message[200];

		assert_int_equal(
			cordon_record_from_json(cases[i].text, strlen(cases[i].text),
				&record, message, sizeof(message)),
			cases[i].error);
		assert_begins(message, cases[i].expected);
		assert_null(record);
	}
}

static void a_short_buffer_gets_what_fits(void **state)
{
	struct cordon_record *record = NULL;
	char message[8];

	(void)state;
	assert_int_equal(cordon_record_from_json("{\"aaaaaЖ\":1}", 13, &record, message,
				 sizeof(message)),
		CORDON_EFIELD);
	assert_string_equal(message, "\"aaaaa");
	assert_int_equal(
		cordon_record_from_json("{\"ЖЖЖЖ\":1}", 14, &record, message, 8),
		CORDON_EFIELD);
	assert_string_equal(message, "\"ЖЖЖ");
	assert_int_equal(
		cordon_record_from_json("[]", 2, &record, message, 0), CORDON_EFIELD);
}

static void json_longer_than_any_record_is_refused(void **state)
{
	size_t size = 1024 * 1024 + 1;
	char *text = malloc(size), message[64];
	struct cordon_record *record = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, '[', size);
	assert_int_equal(cordon_record_from_json(text, size, &record, message, 64),
		CORDON_ESYNTAX);
	assert_int_equal(cordon_record_from_json(text, size - 1, &record, message, 64),
		CORDON_ESYNTAX);
	assert_null(record);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written_again),
		cmocka_unit_test(codes_dates_and_names_are_read_as_what_they_are),
		cmocka_unit_test(unknown_names_are_refused_where_they_stand),
		cmocka_unit_test(wrong_types_are_refused),
		cmocka_unit_test(impossible_dates_are_refused),
		cmocka_unit_test(unknown_codes_are_refused_with_those_there_are),
		cmocka_unit_test(empty_text_is_refused),
		cmocka_unit_test(control_characters_are_refused),
		cmocka_unit_test(a_long_value_is_cut_between_characters),
		cmocka_unit_test(an_empty_list_is_an_absent_one),
		cmocka_unit_test(a_newer_code_is_written_as_its_number),
		cmocka_unit_test(
			the_public_form_is_one_line_sorted_without_local_fields),
		cmocka_unit_test(a_string_that_is_no_text_is_not_written),
		cmocka_unit_test(what_is_no_json_says_where),
		cmocka_unit_test(a_short_buffer_gets_what_fits),
		cmocka_unit_test(json_longer_than_any_record_is_refused),
	};

	return cmocka_run_group_tests(tests, records_setup, records_teardown);
}
