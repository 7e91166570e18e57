/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/ctl/args.h"
#include "tests/unit/client/capture.h"

/* Command lines as tables. */

static const struct option_spec global[] = {
	{ "json", NULL, "for programs" },
	{ "timeout", "SECONDS", "longest wait" },
	{ "help", NULL, "this text" },
	{ NULL, NULL, NULL },
};

static const struct option_spec own[] = {
	{ "reason", "CODE", "why" },
	{ "remark", "TEXT", "what else" },
	{ "until", "DATE", "how long" },
	{ NULL, NULL, NULL },
};

static struct capture said;

static int read_with(struct args *args, bool first, char **argv)
{
	int argc = 0, read;

	while (argv[argc] != NULL) {
		argc++;
	}
	*args = (struct args){ .count = 0 };
	args_allow(args, global);
	args_allow(args, own);
	capture_begin(&said);
	read = args_read(args, argc, argv, first);
	capture_end(&said);
	return read;
}

/* A NULL-ended argv of the words. */
#define WORDS(...)                                                                     \
	(char *[])                                                                     \
	{                                                                              \
		__VA_ARGS__, NULL                                                      \
	}
#define W(text) ((char *)(uintptr_t)(text))

static void options_stand_anywhere_among_operands(void **state)
{
	struct args args;

	(void)state;
	assert_int_equal(read_with(&args, false,
				 WORDS(W("KAZ-1"), W("--reason"), W("error"),
					 W("--json"), W("--remark=a b"))),
		4); /* operands come last */
	assert_int_equal(args.operands_count, 1);
	assert_string_equal(args.operands[0], "KAZ-1");
	assert_string_equal(args_value(&args, "reason"), "error");
	assert_string_equal(args_value(&args, "remark"), "a b");
	assert_true(args_given(&args, "json"));
	assert_false(args_given(&args, "until"));
	assert_null(args_value(&args, "no-such"));
}

static void two_hyphens_end_the_options(void **state)
{
	struct args args;

	(void)state;
	read_with(&args, false, WORDS(W("--json"), W("--"), W("--reason")));
	assert_int_equal(args.operands_count, 1);
	assert_string_equal(args.operands[0], "--reason");
	assert_false(args_given(&args, "reason"));
}

static void a_value_may_look_like_an_option(void **state)
{
	struct args args;

	(void)state;
	read_with(&args, false, WORDS(W("--remark"), W("--json")));
	assert_string_equal(args_value(&args, "remark"), "--json");
	assert_false(args_given(&args, "json"));
}

static void the_first_word_ends_the_global_ones(void **state)
{
	struct args args;

	(void)state;
	assert_int_equal(
		read_with(&args, true,
			WORDS(W("--timeout"), W("5"), W("status"), W("--json"))),
		2);
	assert_string_equal(args_value(&args, "timeout"), "5");
	assert_false(args_given(&args, "json"));
}

static void faults_are_named(void **state)
{
	struct args args;

	(void)state;
	assert_int_equal(read_with(&args, false, WORDS(W("--no-such"))), -1);
	assert_has(said.err, "--no-such: no such option");
	assert_int_equal(read_with(&args, false, WORDS(W("--re"), W("x"))), -1);
	assert_has(said.err, "--re: no such option, or several that begin so");
	assert_int_equal(read_with(&args, false, WORDS(W("--reason"))), -1);
	assert_has(said.err, "--reason needs a value: CODE");
	assert_int_equal(read_with(&args, false, WORDS(W("--json=yes"))), -1);
	assert_has(said.err, "--json takes no value");
	assert_int_equal(read_with(&args, false, WORDS(W("-x"))), -1);
	assert_has(said.err, "-x: no such option");
	assert_string_equal(said.out, "");
}

static void h_is_help(void **state)
{
	struct args args;

	(void)state;
	read_with(&args, false, WORDS(W("-h")));
	assert_true(args_given(&args, "help"));
}

static bool number_of(const char *text, uint32_t *number)
{
	struct args args;
	bool good;

	read_with(&args, false, WORDS(W("--timeout"), W(text)));
	capture_begin(&said);
	good = args_number(&args, "timeout", 1, 100, number);
	capture_end(&said);
	return good;
}

static void numbers_have_bounds(void **state)
{
	static const char *const none[] = { "0", "101", "-1", "+5", " 5", "5 ", "5s",
		"", "0x10", "1e1", "18446744073709551616", "4294967297" };
	uint32_t number = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_false(number_of(none[i], &number));
		assert_has(said.err, "expected a number from 1 to 100");
		assert_int_equal(number, 7);
	}
	assert_true(number_of("1", &number));
	assert_int_equal(number, 1);
	assert_true(number_of("100", &number));
	assert_int_equal(number, 100);
}

static void what_was_not_given_changes_nothing(void **state)
{
	struct cordon_date date = { 2026, 1, 2 };
	uint32_t number = 7, code = 8;
	struct args args;

	(void)state;
	read_with(&args, false, WORDS(W("KAZ-1")));
	assert_true(args_number(&args, "timeout", 1, 2, &number));
	assert_true(args_date(&args, "until", &date));
	assert_true(args_code(&args, "reason", CORDON_CODES_WITHDRAWAL, &code));
	assert_int_equal(number, 7);
	assert_int_equal(code, 8);
	assert_int_equal(date.year, 2026);
}

static void dates_and_codes_are_read_or_explained(void **state)
{
	struct cordon_date date = { 0, 0, 0 };
	struct args args;
	uint32_t code = 0;

	(void)state;
	read_with(&args, false,
		WORDS(W("--until"), W("2027-02-28"), W("--reason"), W("deceased")));
	assert_true(args_date(&args, "until", &date));
	assert_int_equal(date.day, 28);
	assert_true(args_code(&args, "reason", CORDON_CODES_WITHDRAWAL, &code));
	assert_int_equal(code, CORDON_WITHDRAWAL_DECEASED);
	read_with(&args, false,
		WORDS(W("--until"), W("2027-02-29"), W("--reason"), W("dead")));
	capture_begin(&said);
	assert_false(args_date(&args, "until", &date));
	assert_false(args_code(&args, "reason", CORDON_CODES_WITHDRAWAL, &code));
	capture_end(&said);
	assert_has(said.err, "--until 2027-02-29: expected a date");
	assert_has(said.err, "--reason dead: expected one of expired, review_lapsed");
}

static void help_is_a_line_for_each(void **state)
{
	(void)state;
	capture_begin(&said);
	args_print_help(own);
	capture_end(&said);
	assert_has(said.out, "  --reason CODE                why\n");
	assert_has(said.out, "  --until DATE                 how long\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere_among_operands),
		cmocka_unit_test(two_hyphens_end_the_options),
		cmocka_unit_test(a_value_may_look_like_an_option),
		cmocka_unit_test(the_first_word_ends_the_global_ones),
		cmocka_unit_test(faults_are_named),
		cmocka_unit_test(h_is_help),
		cmocka_unit_test(numbers_have_bounds),
		cmocka_unit_test(what_was_not_given_changes_nothing),
		cmocka_unit_test(dates_and_codes_are_read_or_explained),
		cmocka_unit_test(help_is_a_line_for_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
