/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/ctl/answer.h"
#include "client/ctl/copies.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"
#include "tests/unit/client/capture.h"

/* What people and programs are shown. */

static struct capture said;

static const char *printed(const char *text)
{
	capture_begin(&said);
	output_text(stdout, text);
	capture_end(&said);
	return said.out;
}

static void a_name_is_one_line(void **state)
{
	(void)state;
	capture_begin(&said);
	output_line(stdout, "KARIMOV\n    effect       none\t\x1b[2K\u202eX");
	capture_end(&said);
	assert_string_equal(said.out,
		"KARIMOV\\u000A    effect       none\\u0009\\u001B[2K\\u202EX");
}

static void text_is_shown_as_it_is(void **state)
{
	static const char *const texts[] = { "", "KARIMOV ALISHER", "Әлішер Қаримов",
		"ალიშერ", "علي", "a\tb\nc", "\xf0\x9f\x9b\x82" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_string_equal(printed(texts[i]), texts[i]);
	}
	assert_string_equal(printed(NULL), "");
}

/* KARIMOV, and what a terminal would show the other way round. */
static void marks_of_direction_are_seen(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "KARIMOV\xe2\x80\xae"
		  "VONAVI",
			"KARIMOV\\u202EVONAVI" },
		{ "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad",
			"\\u202A\\u202B\\u202C\\u202D" },
		{ "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9",
			"\\u2066\\u2067\\u2068\\u2069" },
		{ "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u200E\\u200F\\u061C" },
		{ "\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029" },
		{ "\x1b[2J\r\x7f\xc2\x9b", "\\u001B[2J\\u000D\\u007F\\u009B" },
		/* beside them, and shown */
		{ "\xe2\x80\x8d\xe2\x80\x90\xe2\x81\xa5\xe2\x81\xaa",
			"\xe2\x80\x8d\xe2\x80\x90\xe2\x81\xa5\xe2\x81\xaa" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(printed(cases[i].text), cases[i].shown);
	}
}

static void bytes_that_are_no_text_are_seen(void **state)
{
	(void)state;
	assert_string_equal(printed("a\xff"
				    "b\xc3"),
		"a\\xFFb\\xC3");
	assert_string_equal(printed("\xed\xa0\x80"), "\\xED\\xA0\\x80");
	assert_string_equal(printed("\xc0\xaf"), "\\xC0\\xAF"); /* overlong */
}

static void assert_json_text(const char *text, const char *expected)
{
	json_t *json = output_json_text(text);

	assert_true(json_is_string(json));
	assert_string_equal(json_string_value(json), expected);
	json_decref(json);
}

static void json_texts_are_always_utf8(void **state)
{
	json_t *nothing = output_json_text(NULL);

	(void)state;
	assert_true(json_is_null(nothing));
	json_decref(nothing);
	assert_json_text("Қаримов", "Қаримов");
	assert_json_text("a\xff"
			 "b",
		"a\xef\xbf\xbd"
		"b");
	assert_json_text("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_json_text("\xd0", "\xef\xbf\xbd");
	/* programs get names as they are */
	assert_json_text("A\xe2\x80\xaeZ", "A\xe2\x80\xaeZ");
}

static void json_is_whole_or_nothing(void **state)
{
	static const char *const texts[] = { "a", "\xff", "c" };
	json_t *array = output_json_texts(texts, 3), *object;

	(void)state;
	assert_int_equal(json_array_size(array), 3);
	output_json_add(&array, NULL); /* as without memory */
	assert_null(array);
	output_json_add(&array, json_integer(1));
	assert_null(array);
	object = output_json_with(json_object(), "a", json_integer(1));
	assert_non_null(object);
	object = output_json_with(object, "b", NULL);
	assert_null(object);
	assert_null(output_json_with(NULL, "c", json_integer(1)));
	/* and is not printed in part */
	capture_begin(&said);
	assert_int_equal(
		ctl_print_json(json_pack("{s:o}", "array", array)), EXIT_FAILED);
	capture_end(&said);
	assert_string_equal(said.out, "");
	assert_has(said.err, "out of memory");
}

static void a_failure_is_told_whatever_its_text_is(void **state)
{
	struct ctl ctl = { .json = true };
	json_t *json, *error;

	(void)state;
	capture_begin(&said);
	assert_int_equal(ctl_fail(&ctl, CORDON_EIO, "read \xff.pem: \x1b[1mno\n"), 1);
	capture_end(&said);
	json = json_loads(said.out, 0, NULL);
	error = json_object_get(json, "error");
	assert_string_equal(json_string_value(json_object_get(error, "code")), "IO");
	assert_has(json_string_value(json_object_get(error, "text")),
		"read \xef\xbf\xbd.pem");
	json_decref(json);
	assert_has(said.err, "cordonctl: read \\xFF.pem: \\u001B[1mno");
}

static void times_are_in_utc_and_never_is_a_word(void **state)
{
	char text[OUTPUT_TIME_BYTES];

	(void)state;
	output_time(1795521601, text);
	assert_string_equal(text, "2026-11-24 12:00:01Z");
	output_time(0, text);
	assert_string_equal(text, "never");
}

static void a_bar_is_for_terminals_only(void **state)
{
	struct progress progress = { .shown = false };

	(void)state;
	capture_begin(&said);
	progress_draw(&progress, 5, 10, 3);
	progress_end(&progress);
	capture_end(&said);
	assert_string_equal(said.err, "");
}

/* ---- names in answers --------------------------------------------------------------
 */

static void names_of_matches_show_what_they_hide(void **state)
{
	static struct cordon_name name = { .type = CORDON_NAME_PRIMARY,
		.surname = "KARIMOV\xe2\x80\xae" };
	static struct cordon_person person = { .names = &name, .names_count = 1 };
	static struct cordon_record record = { .id = "KAZ-1",
		.person = &person,
		.warning = "armed\xe2\x80\x8f",
		.contact = "desk\xe2\x81\xa6" };
	static const struct cordon_match match = { .id = "KAZ-1", .record = &record };
	static const struct cordon_cleared cleared = { "KAZ-2", "twin\xe2\x80\xaa" };
	struct cordon_answer answer = { .verdict = CORDON_VERDICT_POSSIBLE,
		.complete = true,
		.matches = &match,
		.matches_count = 1,
		.cleared = &cleared,
		.cleared_count = 1 };

	(void)state;
	capture_begin(&said);
	answer_print(&answer);
	capture_end(&said);
	assert_has(said.out, "KARIMOV\\u202E\n");
	assert_has(said.out, "WARNING      armed\\u200F\n");
	assert_has(said.out, "contact      desk\\u2066\n");
	assert_has(said.out, "cleared of KAZ-2: twin\\u202A\n");
}

/* ---- arrivals -----------------------------------------------------------------------
 */

static const char *shown(
	const struct cordon_arrival *arrival, uint64_t expected, uint64_t epoch)
{
	capture_begin(&said);
	copies_print_arrival(stdout, arrival, expected, epoch);
	capture_end(&said);
	return said.out;
}

static void an_arrival_is_a_line(void **state)
{
	struct cordon_arrival a = { .member = "RUS",
		.node = "cordon://RUS/node/moscow-1",
		.arrived = true,
		.sequence = 43,
		.time_s = 1795521601,
		.epoch = 7 };

	(void)state;
	assert_string_equal(
		shown(&a, 43, 7), "RUS moscow-1: arrived 2026-11-24 12:00:01Z\n");
	assert_string_equal(
		shown(&a, 40, 7), "RUS moscow-1: arrived by 2026-11-24 12:00:01Z\n");
	a.arrived = false;
	a.sequence = 41;
	assert_string_equal(shown(&a, 43, 7),
		"RUS moscow-1: not yet (at sequence 41 of 43, 2026-11-24 12:00:01Z)\n");
	assert_string_equal(shown(&a, 43, 8),
		"RUS moscow-1: not yet (last acknowledged in another epoch, 2026-11-24 "
		"12:00:01Z)\n");
	a.fault = "its certificate is revoked";
	a.arrived = true;
	assert_string_equal(shown(&a, 41, 7),
		"RUS moscow-1: arrived 2026-11-24 12:00:01Z; its certificate is "
		"revoked\n");
}

/* Not "acknowledged up to 0 on never". */
static void who_has_said_nothing_is_not_called_up_to_0(void **state)
{
	struct cordon_arrival a = { .member = "RUS",
		.node = "cordon://RUS/node/moscow-1" };

	(void)state;
	assert_string_equal(shown(&a, 43, 7),
		"RUS moscow-1: not yet (it has acknowledged nothing)\n");
	a.node = NULL;
	assert_string_equal(
		shown(&a, 43, 7), "RUS: not yet (it has acknowledged nothing)\n");
}

static void the_acknowledgement_is_in_base64(void **state)
{
	static const unsigned char ack[] = { 0, 1, 2, 0xff };
	struct cordon_arrival a[] = { { .member = "RUS",
					      .node = "cordon://RUS/node/moscow-1",
					      .ack = ack,
					      .ack_bytes = 4 },
		{ .member = "BLR" } };
	json_t *json = copies_arrivals_json(a, 2), *first = json_array_get(json, 0),
	       *second = json_array_get(json, 1);

	(void)state;
	assert_string_equal(
		json_string_value(json_object_get(first, "ack")), "AAEC/w==");
	assert_true(json_is_null(json_object_get(first, "fault")));
	assert_true(json_is_null(json_object_get(second, "ack")));
	assert_true(json_is_null(json_object_get(second, "node")));
	assert_null(json_object_get(first, "list"));
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_shown_as_it_is),
		cmocka_unit_test(a_name_is_one_line),
		cmocka_unit_test(marks_of_direction_are_seen),
		cmocka_unit_test(bytes_that_are_no_text_are_seen),
		cmocka_unit_test(json_texts_are_always_utf8),
		cmocka_unit_test(json_is_whole_or_nothing),
		cmocka_unit_test(a_failure_is_told_whatever_its_text_is),
		cmocka_unit_test(times_are_in_utc_and_never_is_a_word),
		cmocka_unit_test(a_bar_is_for_terminals_only),
		cmocka_unit_test(names_of_matches_show_what_they_hide),
		cmocka_unit_test(an_arrival_is_a_line),
		cmocka_unit_test(who_has_said_nothing_is_not_called_up_to_0),
		cmocka_unit_test(the_acknowledgement_is_in_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
