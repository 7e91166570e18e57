/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* setenv */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/ctl/ctl.h"
#include "tests/unit/client/capture.h"

/* cordonctl.conf, and options over it. */

static struct capture said;

static int set_up(void **state)
{
	struct ctl *ctl = calloc(1, sizeof(*ctl));

	assert_non_null(ctl);
	arena_init(&ctl->arena, 0);
	unsetenv("CORDONCTL_CONFIG");
	*state = ctl;
	return 0;
}

static int tear_down(void **state)
{
	struct ctl *ctl = *state;

	arena_finish(&ctl->arena);
	free(ctl);
	return 0;
}

/* With --config of this content, and other options (NULL, or a word at a time). */
static int configure(struct ctl *ctl, const char *content, char **more)
{
	char *argv[16] = { (char *)(uintptr_t) "--config" };
	struct args args = { .count = 0 };
	int argc = 2, status;

	argv[1] = (char *)(uintptr_t)capture_file(content, strlen(content));
	while (more != NULL && *more != NULL) {
		argv[argc++] = *more++;
	}
	args_allow(&args, ctl_global_options);
	assert_int_equal(args_read(&args, argc, argv, false), argc);
	capture_begin(&said);
	status = ctl_configure(ctl, &args);
	capture_end(&said);
	return status;
}

static void every_key_is_read(void **state)
{
	struct ctl *ctl = *state;

	assert_int_equal(configure(ctl,
				 "# where\n"
				 "server = {\"node.example:7700\", run/socket}\n"
				 "cert = /etc/a.pem\nkey = a.key\nca = ca.pem\n"
				 "crl = crl.pem // the list\n"
				 "purpose = visa\nofficer = 4711\ncheckpoint = gate\n"
				 "direction = exit\ntimeout = 7\n",
				 NULL),
		EXIT_OK);
	assert_int_equal(ctl->servers_count, 2);
	assert_string_equal(ctl->servers[0], "node.example:7700");
	assert_string_equal(ctl->servers[1], "/tmp/run/socket"); /* the file's place */
	assert_string_equal(ctl->certificate, "/etc/a.pem");
	assert_string_equal(ctl->key, "/tmp/a.key");
	assert_string_equal(ctl->ca, "/tmp/ca.pem");
	assert_string_equal(ctl->crl, "/tmp/crl.pem");
	assert_string_equal(ctl->purpose, "visa");
	assert_string_equal(ctl->officer, "4711");
	assert_string_equal(ctl->checkpoint, "gate");
	assert_string_equal(ctl->direction, "exit");
	assert_int_equal(ctl->timeout_ms, 7000);
	assert_false(ctl->json);
}

static void options_go_before_the_file(void **state)
{
	static char *const words[] = { (char *)(uintptr_t) "--server",
		(char *)(uintptr_t) "b:2", (char *)(uintptr_t) "--cert",
		(char *)(uintptr_t) "c", (char *)(uintptr_t) "--timeout",
		(char *)(uintptr_t) "9", (char *)(uintptr_t) "--json", NULL };
	struct ctl *ctl = *state;

	assert_int_equal(configure(ctl,
				 "server = {\"a:1\", \"a:2\"}\ncert = x\nkey = y\n"
				 "timeout = 3\n",
				 (char **)(uintptr_t)words),
		EXIT_OK);
	assert_int_equal(ctl->servers_count, 1);
	assert_string_equal(ctl->servers[0], "b:2");
	assert_string_equal(ctl->certificate, "c");
	assert_string_equal(ctl->key, "/tmp/y");
	assert_int_equal(ctl->timeout_ms, 9000);
	assert_true(ctl->json);
}

static void an_empty_file_says_nothing(void **state)
{
	static const char *const contents[] = { "", "\n \t\n", "# only words\n" };
	struct ctl *ctl = *state;

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(configure(ctl, contents[i], NULL), EXIT_OK);
		assert_int_equal(ctl->servers_count, 0);
		assert_int_equal(ctl->timeout_ms, 0);
	}
}

static void faults_are_named_with_their_line(void **state)
{
	static const struct {
		const char *content, *words;
	} cases[] = {
		{ "cert = a\n# key\nkeys = b\n", ":3: no such option 'keys'" },
		{ "timeout = soon\n", ":1: " },
		{ "timeout = 86401\n", "expected 1 to 86400 seconds" },
		{ "timeout = -1\n", "expected 1 to 86400 seconds" },
		{ "cert = \"a\n", ":2: " },
		{ "server = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q}\n",
			"at most 16 nodes" },
	};
	struct ctl *ctl = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (configure(ctl, cases[i].content, NULL) != EXIT_USAGE) {
			fail_msg("taken: %s", cases[i].content);
		}
		assert_has(said.err, cases[i].words);
	}
}

static void a_file_that_is_none_is_refused(void **state)
{
	struct ctl *ctl = *state;
	char *big = malloc(70001);

	assert_non_null(big);
	memset(big, '#', 70000);
	big[70000] = '\0';
	assert_int_equal(configure(ctl, big, NULL), EXIT_USAGE);
	assert_has(said.err, "too long");
	free(big);
}

static void a_missing_file_is_named(void **state)
{
	char *argv[] = { (char *)(uintptr_t) "--config",
		(char *)(uintptr_t) "/no/such.conf" };
	struct args args = { .count = 0 };
	struct ctl *ctl = *state;

	args_allow(&args, ctl_global_options);
	assert_int_equal(args_read(&args, 2, argv, false), 2);
	capture_begin(&said);
	assert_int_equal(ctl_configure(ctl, &args), EXIT_USAGE);
	capture_end(&said);
	assert_has(said.err, "read /no/such.conf: No such file");
}

static void the_environment_names_a_file(void **state)
{
	struct args args = { .count = 0 };
	struct ctl *ctl = *state;
	static const char content[] = "timeout = 4\n";

	args_allow(&args, ctl_global_options);
	setenv("CORDONCTL_CONFIG", capture_file(content, strlen(content)), 1);
	assert_int_equal(ctl_configure(ctl, &args), EXIT_OK);
	assert_int_equal(ctl->timeout_ms, 4000);
}

static void a_timeout_out_of_bounds_is_refused(void **state)
{
	static char *const words[] = { (char *)(uintptr_t) "--timeout",
		(char *)(uintptr_t) "0", NULL };

	assert_int_equal(configure(*state, "", (char **)(uintptr_t)words), EXIT_USAGE);
	assert_has(said.err, "--timeout 0: expected a number from 1 to 86400");
}

static void without_any_node_it_says_how_to_name_one(void **state)
{
	struct ctl *ctl = *state;

	assert_int_equal(configure(ctl, "", NULL), EXIT_OK);
	capture_begin(&said);
	assert_int_equal(ctl_connect(ctl), EXIT_USAGE);
	capture_end(&said);
	assert_has(said.err, "no node is named");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_key_is_read),
		TEST(options_go_before_the_file),
		TEST(an_empty_file_says_nothing),
		TEST(faults_are_named_with_their_line),
		TEST(a_file_that_is_none_is_refused),
		TEST(a_missing_file_is_named),
		TEST(the_environment_names_a_file),
		TEST(a_timeout_out_of_bounds_is_refused),
		TEST(without_any_node_it_says_how_to_name_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
