/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "client/ctl/pki.h"
#include "tests/unit/client/pki_fixture.h"

/* ---- the command ------------------------------------------------------------------
 */

#define RUN_MAX 16

/* Runs cordonctl pki with these words; what it prints goes to file out (both streams).
 */
static int run(struct fixture *f, const char *out, int json, ...)
{
	char *argv[RUN_MAX + 1] = { NULL };
	int argc = 0, status, saved_out, saved_err, fd;
	va_list ap;

	va_start(ap, json);
	while (argc < RUN_MAX && (argv[argc] = va_arg(ap, char *)) != NULL) {
		argc++;
	}
	va_end(ap);
	fflush(NULL);
	saved_out = dup(STDOUT_FILENO);
	saved_err = dup(STDERR_FILENO);
	fd = open(fix_path(f, out), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	status = cmd_pki(argc, argv, json != 0);
	fflush(NULL);
	dup2(saved_out, STDOUT_FILENO);
	dup2(saved_err, STDERR_FILENO);
	close(saved_out);
	close(saved_err);
	close(fd);
	return status;
}

static const char *printed(struct fixture *f, const char *out)
{
	FILE *file = fopen(fix_path(f, out), "r");
	size_t size;

	assert_non_null(file);
	size = fread(f->msg.text, 1, sizeof(f->msg.text) - 1, file);
	f->msg.text[size] = '\0';
	fclose(file);
	return f->msg.text;
}

static void the_command_makes_a_member_from_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		run(f, "o", false, "init-member", "BLR", fix_path(f, "blr"), NULL), 0);
	assert_int_equal(
		run(f, "o", true, "issue", fix_path(f, "blr"), "--role", "node",
			"--name", "minsk-1", "--host", "localhost", NULL),
		0);
	printed(f, "o");
	fix_says(f, "\"uri\":\"cordon://BLR/node/minsk-1\"");
	fix_says(f, "/blr/node-minsk-1.key\"");
	assert_int_equal(fix_accept(f, "blr/node-minsk-1", "BLR", "blr"), 0);
	assert_int_equal(run(f, "o", false, "revoke", fix_path(f, "blr"),
				 fix_path(f, "blr/node-minsk-1.pem"), "--reason",
				 "superseded", NULL),
		0);
	assert_int_equal(
		fix_accept(f, "blr/node-minsk-1", "BLR", "blr"), CORDON_EIDENTITY);
	assert_int_equal(
		run(f, "o", false, "list", fix_path(f, "blr"), "--json", NULL), 0);
	printed(f, "o");
	fix_says(f, "\"state\":\"revoked\"");
	fix_says(f, "\"reason\":\"superseded\"");
	assert_int_equal(
		run(f, "o", false, "crl", fix_path(f, "blr"), "--days", "3", NULL), 0);
	printed(f, "o");
	fix_says(f, "is list 3");
}

static void wrong_usage_is_told_with_the_usage(void **state)
{
	struct fixture *f = *state;
	const char *kaz = fix_path(f, "kaz");

	assert_int_equal(run(f, "o", false, NULL), 2);
	assert_int_equal(run(f, "o", false, "destroy", NULL), 2);
	printed(f, "o");
	fix_says(f, "no such verb: destroy");
	assert_int_equal(run(f, "o", false, "issue", kaz, NULL), 2);
	printed(f, "o");
	fix_says(f, "--role and --name are needed");
	assert_int_equal(run(f, "o", false, "list", NULL), 2);
	printed(f, "o");
	fix_says(f, "1 operand is expected, 0 given");
	assert_int_equal(run(f, "o", false, "list", kaz, "--role", "node", NULL), 2);
	printed(f, "o");
	fix_says(f, "unknown option");
	assert_int_equal(run(f, "o", false, "crl", kaz, "--days", NULL), 2);
	assert_int_equal(
		run(f, "o", false, "init-member", "kaz", fix_path(f, "x"), NULL), 2);
	printed(f, "o");
	fix_says(f, "three capital letters");
	assert_int_equal(
		run(f, "o", false, "issue", kaz, "--role", "king", "--name", "n", NULL),
		2);
	printed(f, "o");
	fix_says(f, "role \"king\"");
}

static void days_that_are_no_days_are_refused(void **state)
{
	struct fixture *f = *state;
	const char *bad[] = { "0", "-1", "1x", "", "36501", "99999999999999999999",
		" 7" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(run(f, "o", false, "crl", fix_path(f, "kaz"), "--days",
					 bad[i], NULL),
			2);
		printed(f, "o");
		fix_says(f, "from 1 to 36500");
	}
}

static void help_is_no_error(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(run(f, "o", false, "--help", NULL), 0);
	printed(f, "o");
	fix_says(f, "init-member XXX DIR");
	assert_int_equal(run(f, "o", false, "issue", "--help", NULL), 0);
	printed(f, "o");
	fix_says(f, "--role ROLE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIX_TEST(the_command_makes_a_member_from_nothing),
		FIX_TEST(wrong_usage_is_told_with_the_usage),
		FIX_TEST(days_that_are_no_days_are_refused),
		FIX_TEST(help_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
