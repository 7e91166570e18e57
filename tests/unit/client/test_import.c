/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/client/import_case.h"

#define LINE_BYTES (1u << 20) /* the longest line */

/* A record in one line, without its end. */
#define RECORD(id)                                                                     \
	"{\"id\":\"" id "\",\"kind\":\"entry_ban\",\"reason\":\"overstay\","           \
	"\"valid_from\":\"2026-03-01\",\"valid_until\":\"2031-03-01\","                \
	"\"actions\":[\"refuse_entry\"],\"person\":{\"names\":[{\"type\":\"primary\"," \
	"\"surname\":\"Толмаров\"}],\"born\":\"1980-05-07\"}}"

static void run_jsonl(struct import_case *c, const char *text)
{
	import_case_init(c, IMPORT_JSONL);
	import_case_text(c, text);
	import_case_run(c);
}

/* ---- options ------------------------------------------------------------------- */

static void formats_are_known_by_their_names(void **state)
{
	(void)state;
	for (unsigned i = IMPORT_JSONL; i <= IMPORT_OFAC_CSV; i++) {
		assert_int_equal(
			import_format_parse(import_format_text((enum import_format)i)),
			i);
	}
	assert_int_equal(import_format_parse("un_xml"), 0);
	assert_int_equal(import_format_parse(""), 0);
}

static void wrong_options_are_told(void **state)
{
	static const struct {
		struct import_options options;
		const char *words;
	} cases[] = {
		{ { .path = "x" }, "one of jsonl, un-xml, ofac-csv" },
		{ { .format = IMPORT_JSONL }, "the file to import is needed" },
		{ { .format = IMPORT_UN_XML, .path = "x" }, "--owner" },
		{ { .format = IMPORT_JSONL, .path = "x", .aliases_path = "y" },
			"only ofac-csv" },
		{ { .format = IMPORT_OFAC_CSV, .path = "x", .owner = { "KAZ" } },
			"no date of their own: give the day" },
		{ { .format = IMPORT_UN_XML,
			  .path = "x",
			  .owner = { "KAZ" },
			  .as_of = { 2026, 3, 0 } },
			"a whole date" },
		{ { .format = IMPORT_UN_XML,
			  .path = "x",
			  .owner = { "KAZ" },
			  .valid_days = 36526 },
			"at most 36525 days" },
	};
	const struct import_handler none = { .ctx = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct import_counts counts;
		struct errmsg msg = { "" };

		assert_int_equal(import_run(&cases[i].options, &none, &counts, &msg),
			CORDON_EINVAL);
		if (strstr(msg.text, cases[i].words) == NULL) {
			fail_msg("\"%s\" lacks \"%s\"", msg.text, cases[i].words);
		}
	}
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
	static const char *const paths[] = { "/nowhere/list.jsonl", "/tmp" };

	(void)state;
	for (unsigned format = IMPORT_JSONL; format <= IMPORT_OFAC_CSV; format++) {
		for (size_t i = 0; i < 2; i++) {
			struct import_case c;

			import_case_init(&c, (enum import_format)format);
			c.options.path = paths[i];
			c.options.as_of = (struct cordon_date){ 2026, 3, 1 };
			import_case_run(&c);
			assert_int_equal(c.error, CORDON_EIO);
			import_case_said(&c, paths[i]);
			import_case_finish(&c);
		}
	}
}

static void callbacks_may_be_left_out(void **state)
{
	const struct import_handler none = { .ctx = NULL };
	struct import_case c;

	(void)state;
	import_case_init(&c, IMPORT_JSONL);
	import_case_text(&c, RECORD("KAZ-1") "\nno json\n");
	assert_int_equal(import_run(&c.options, &none, &c.counts, &c.msg), 0);
	import_case_counted(&c, 1, 1, 0);
	import_case_finish(&c);
}

/* ---- Cordon's own lines ------------------------------------------------------------
 */

static void each_line_is_a_record(void **state)
{
	struct import_case c;

	(void)state;
	import_case_init(&c, IMPORT_JSONL);
	import_case_vector(&c, "records.jsonl");
	import_case_run(&c);
	import_case_counted(&c, 2, 0, 0);
	import_case_has(&c, "KAZ-2026-000123", "person.names.0.surname", "Толмаров");
	import_case_has(&c, "KAZ-2026-9", "documents.0.number_to", "750050000");
	assert_true(c.progress_total > 0);
	assert_int_equal(c.progress_done, c.progress_total);
	import_case_finish(&c);
}

static void marks_blank_lines_and_line_ends_of_other_systems_are_passed_over(
	void **state)
{
	struct import_case c;

	(void)state;
	run_jsonl(&c, "\xef\xbb\xbf" RECORD("KAZ-1") "\r\n\r\n   \t\n" RECORD("KAZ-2"));
	import_case_counted(&c, 2, 0, 0);
	import_case_finish(&c);
}

static void an_empty_file_holds_nothing(void **state)
{
	static const char *const files[] = { "", "\n", "\xef\xbb\xbf", "\r\n\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct import_case c;

		run_jsonl(&c, files[i]);
		import_case_counted(&c, 0, 0, 0);
		import_case_finish(&c);
	}
}

static void a_bad_line_is_told_with_its_number_and_the_rest_goes_in(void **state)
{
	struct import_case c;

	(void)state;
	run_jsonl(&c,
		RECORD("KAZ-1") "\n{\"id\":\"KAZ-2\",\"kind\":\"ban\"}\n\nhello\n[1]\n"
				"{\"id\":\"KAZ-3\",\"id\":\"KAZ-4\"}\n" RECORD(
					"KAZ-5") "\n");
	import_case_counted(&c, 2, 4, 0);
	import_case_said(&c, "refused 2 KAZ-2: kind");
	import_case_said(&c, "refused 4 -: no JSON");
	import_case_said(&c, "refused 5 -: ");
	import_case_said(&c, "refused 6 -: no JSON");
	import_case_has(&c, "KAZ-5", "kind", "entry_ban");
	import_case_finish(&c);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	static const char bad[] = "{\"id\":\"KAZ-\xff\"}\n"
				  "{\"id\":\"KAZ-\0\"}\n" RECORD("KAZ-1") "\n";
	struct import_case c;

	(void)state;
	import_case_init(&c, IMPORT_JSONL);
	import_case_file(&c, bad, sizeof(bad) - 1);
	import_case_run(&c);
	import_case_counted(&c, 1, 2, 0);
	import_case_finish(&c);
}

/* A line of size bytes, then a good one. */
static void run_long_line(struct import_case *c, size_t size, bool ended)
{
	static const char good[] = RECORD("KAZ-1") "\n";
	char *file = malloc(size + 1 + sizeof(good));

	assert_non_null(file);
	memset(file, ' ', size);
	file[size] = '\n';
	memcpy(file + size + 1, good, sizeof(good));
	import_case_init(c, IMPORT_JSONL);
	import_case_file(c, file, ended ? size + sizeof(good) : size);
	import_case_run(c);
	free(file);
}

static void lines_have_a_longest_length(void **state)
{
	static const size_t too_long[] = { LINE_BYTES + 1, LINE_BYTES + 65536,
		3 * LINE_BYTES };
	struct import_case c;

	(void)state;
	run_long_line(&c, LINE_BYTES, true);
	import_case_counted(&c, 1, 0, 0);
	import_case_finish(&c);
	for (size_t i = 0; i < sizeof(too_long) / sizeof(too_long[0]); i++) {
		run_long_line(&c, too_long[i], true);
		import_case_counted(&c, 1, 1, 0);
		import_case_said(&c, "refused 1 -: the line is longer than");
		import_case_finish(&c);
		run_long_line(&c, too_long[i], false);
		import_case_counted(&c, 0, 1, 0);
		import_case_finish(&c);
	}
}

static void deep_nesting_is_refused(void **state)
{
	char text[8192];
	struct import_case c;

	(void)state;
	memset(text, '[', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	run_jsonl(&c, text);
	import_case_counted(&c, 0, 1, 0);
	import_case_finish(&c);
}

static void an_error_of_the_receiver_ends_the_import(void **state)
{
	struct import_case c;

	(void)state;
	import_case_init(&c, IMPORT_JSONL);
	import_case_text(&c, RECORD("KAZ-1") "\n" RECORD("KAZ-2") "\n");
	c.stop = CORDON_EUNREACHABLE;
	import_case_run(&c);
	assert_int_equal(c.error, CORDON_EUNREACHABLE);
	import_case_said(&c, "line 1");
	import_case_finish(&c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_known_by_their_names),
		cmocka_unit_test(wrong_options_are_told),
		cmocka_unit_test(a_file_that_cannot_be_read_is_named),
		cmocka_unit_test(callbacks_may_be_left_out),
		cmocka_unit_test(each_line_is_a_record),
		cmocka_unit_test(
			marks_blank_lines_and_line_ends_of_other_systems_are_passed_over),
		cmocka_unit_test(an_empty_file_holds_nothing),
		cmocka_unit_test(
			a_bad_line_is_told_with_its_number_and_the_rest_goes_in),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
		cmocka_unit_test(lines_have_a_longest_length),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(an_error_of_the_receiver_ends_the_import),
	};

	import_case_vectors = argc > 1 ? argv[1] : "tests/vectors/lists";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
