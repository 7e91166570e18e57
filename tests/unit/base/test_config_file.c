/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/config.h"
#include "daemon/base/config_build.h"
#include "proto/arena.h"
#include "tests/unit/base/config_texts.h"

static struct config *parse(const char *text)
{
	struct errmsg msg = { "" };
	struct config *config = NULL;

	if (config_parse("/etc/cordon/a.conf", text, strlen(text), &config, &msg) !=
		0) {
		fail_msg("%s", msg.text);
	}
	return config;
}

static void one_may_write_it_in_many_ways(void **state)
{
	static const char *const texts[] = {
		"/* none */" LEAST "list entry_ban { share_with = { BLR , } }\n"
		"member BLR\n{\nca=b}",
		"# \"{ is no brace\r\n" LEAST
		"\tlist\tentry_ban{share_with={'BLR'}}\r\n"
		"member 'BLR' { ca = b // }\n}",
		LEAST "member BLR { # {\n ca = 'b' /* } */ }\n"
		      "list \"entry_ban\" { share_with = BLR }//",
		LEAST
		"member BLR { ca = b } list entry_ban { share_with = {/* \" */BLR} } #",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct config *c = parse(texts[i]);

		assert_int_equal(c->members_count, 2);
		assert_string_equal(c->members[1].ca, "/etc/cordon/b");
		assert_int_equal(c->lists_count, 1);
		assert_int_equal(c->lists[0].share_with_count, 1);
		config_destroy(c);
	}
}

static void text_in_quotes_is_taken_as_it_is(void **state)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ "\"a # b // c /* d */ {e}\"", "a # b // c /* d */ {e}" },
		{ "\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c" },
		{ "'a \"b\" ${HOME} $x'", "a \"b\" ${HOME} $x" },
		{ "\"$HOME costs 5$\"", "$HOME costs 5$" },
		{ "'вид на жительство'", "вид на жительство" },
		{ "a//b/", "a//b/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		struct config *c;

		snprintf(text, sizeof(text), UNION "objection RUS-1 { why = %s }\n",
			cases[i].line);
		c = parse(text);
		assert_string_equal(c->objections[0].why, cases[i].why);
		config_destroy(c);
	}
}

static void an_empty_list_is_a_list(void **state)
{
	struct config *c =
		parse(UNION "list entry_ban { share_with = { /* nobody */ } }\n"
			    "recognise { binding = {} }\n");

	(void)state;
	assert_int_equal(c->lists[0].share_with_count, 0);
	assert_int_equal(c->recognise_count, 0);
	config_destroy(c);
}

static void paths_are_relative_to_the_file(void **state)
{
	static const struct {
		const char *path, *certificate;
	} cases[] = {
		{ "/a.conf", "/node.pem" },
		{ "/srv/b/a.conf", "/srv/b/node.pem" },
		{ "/srv/b/../a.conf", "/srv/b/../node.pem" },
	};
	char here[4096], expected[8192];
	struct config *c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			config_parse(cases[i].path, LEAST, strlen(LEAST), &c, NULL), 0);
		assert_string_equal(c->certificate, cases[i].certificate);
		config_destroy(c);
	}
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(
		config_parse("conf/a.conf", LEAST, strlen(LEAST), &c, NULL), 0);
	snprintf(expected, sizeof(expected), "%s/conf/node.pem", here);
	assert_string_equal(c->certificate, expected);
	config_destroy(c);
}

static void a_file_is_read(void **state)
{
	char path[] = "/tmp/cordon-config-XXXXXX";
	int fd = mkstemp(path);
	struct config *c;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, LEAST, strlen(LEAST)), strlen(LEAST));
	close(fd);
	assert_int_equal(config_load(path, &c, NULL), 0);
	assert_string_equal(c->path, path);
	assert_string_equal(c->key, "/tmp/node.key");
	config_destroy(c);
	unlink(path);
}

static void what_is_no_readable_file_is_refused(void **state)
{
	static const struct {
		const char *path, *words;
	} cases[] = {
		{ "/nonexistent/a.conf", "read /nonexistent/a.conf: No such file" },
		{ "/tmp", "read /tmp: Is a directory" },
		{ "/dev/zero", "/dev/zero: more than 1048576 bytes" },
		{ "/dev/null", "/dev/null: node is missing. Who this node is" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config *c = NULL;
		struct errmsg msg = { "" };

		assert_int_equal(config_load(cases[i].path, &c, &msg), CORDON_ECONFIG);
		assert_null(c);
		if (strncmp(msg.text, cases[i].words, strlen(cases[i].words)) != 0) {
			fail_msg("%s", msg.text);
		}
	}
}

#define THREADS 4
#define ROUNDS 20

static void *parse_many(void *arg)
{
	static const char bad[] = LEAST "user = \"not\\closed\n";

	for (int i = 0; i < ROUNDS; i++) {
		struct config *c;

		if (config_parse("/a", EVERYTHING, strlen(EVERYTHING), &c, NULL) != 0) {
			return NULL;
		}
		config_destroy(c);
		if (config_parse("/a", bad, strlen(bad), &c, NULL) != CORDON_ECONFIG) {
			return NULL;
		}
	}
	return arg;
}

static void threads_may_read_at_a_time(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(
			pthread_create(&threads[i], NULL, parse_many, threads), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		void *result;

		pthread_join(threads[i], &result);
		assert_non_null(result);
	}
}

/* Reads it all in limit_bytes of memory. */
static int parse_within(size_t limit_bytes)
{
	struct arena arena;
	struct config config = { .path = "/a", .arena = &arena };
	struct config_block *blocks;
	int error;

	arena_init(&arena, limit_bytes);
	error = config_file_parse(
		"/a", EVERYTHING, strlen(EVERYTHING), &arena, &blocks, NULL);
	if (error == 0) {
		error = config_build(blocks, "", &config, NULL);
	}
	arena_finish(&arena);
	return error;
}

static void running_out_of_memory_is_told_wherever_it_happens(void **state)
{
	size_t limit_bytes = 1;
	int failures = 0;

	(void)state;
	for (; parse_within(limit_bytes) != 0; limit_bytes += 53) {
		assert_int_equal(parse_within(limit_bytes), CORDON_ENOMEM);
		failures++;
	}
	assert_true(failures > 100);
}

static void destroying_nothing_does_nothing(void **state)
{
	struct config zeroed;

	(void)state;
	memset(&zeroed, 0, sizeof(zeroed));
	config_destroy(NULL);
	config_destroy(&zeroed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_may_write_it_in_many_ways),
		cmocka_unit_test(text_in_quotes_is_taken_as_it_is),
		cmocka_unit_test(an_empty_list_is_a_list),
		cmocka_unit_test(paths_are_relative_to_the_file),
		cmocka_unit_test(a_file_is_read),
		cmocka_unit_test(what_is_no_readable_file_is_refused),
		cmocka_unit_test(threads_may_read_at_a_time),
		cmocka_unit_test(running_out_of_memory_is_told_wherever_it_happens),
		cmocka_unit_test(destroying_nothing_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
