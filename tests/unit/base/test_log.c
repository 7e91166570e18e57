/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/log.h"

/* What goes to stderr between capture and captured. */
struct capture {
	int saved, read_end;
	char text[65536];
	size_t size;
};

static void capture(struct capture *c)
{
	int fds[2];

	memset(c, 0, sizeof(*c));
	assert_int_equal(pipe(fds), 0);
	c->saved = dup(STDERR_FILENO);
	assert_true(c->saved >= 0);
	assert_int_equal(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	close(fds[1]);
	c->read_end = fds[0];
}

static const char *captured(struct capture *c)
{
	ssize_t got;

	dup2(c->saved, STDERR_FILENO); /* the pipe's last writer: it now ends */
	close(c->saved);
	while ((got = read(c->read_end, c->text + c->size,
			sizeof(c->text) - 1 - c->size)) > 0) {
		c->size += (size_t)got;
	}
	close(c->read_end);
	c->text[c->size] = '\0';
	return c->text;
}

/* As journald does it: the stream's device and inode in the environment. */
static void set_journal_stream(uintmax_t inode_offset)
{
	char stream[64];
	struct stat st;

	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
		(uintmax_t)st.st_ino + inode_offset);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
}

static int without_journal(void **state)
{
	(void)state;
	return unsetenv("JOURNAL_STREAM");
}

static void a_line_has_time_level_and_text(void **state)
{
	struct capture c;
	int year, end = 0;

	(void)state;
	capture(&c);
	log_init(LOG_LEVEL_INFO);
	log_warning("list %s is %d s old", "KAZ/entry_ban", 70);
	captured(&c);
	assert_int_equal(
		sscanf(c.text, "%4d-%*2d-%*2dT%*2d:%*2d:%*2d.%*3dZ %n", &year, &end),
		1);
	assert_true(year >= 2024);
	assert_int_equal(end, strlen("2026-03-01T10:11:12.123Z "));
	assert_string_equal(c.text + end, "warning list KAZ/entry_ban is 70 s old\n");
}

static void only_lines_up_to_the_level_are_written(void **state)
{
	static const struct {
		enum log_level level;
		size_t lines;
	} cases[] = { { LOG_LEVEL_ERROR, 1 }, { LOG_LEVEL_NOTICE, 3 },
		{ LOG_LEVEL_DEBUG, 5 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture c;
		size_t lines = 0;

		capture(&c);
		log_init(cases[i].level);
		log_error("1");
		log_warning("2");
		log_notice("3");
		log_info("4");
		log_debug("5");
		for (const char *p = captured(&c); (p = strchr(p, '\n')) != NULL; p++) {
			lines++;
		}
		assert_int_equal(lines, cases[i].lines);
	}
}

static void under_journald_a_line_has_the_level_as_a_number(void **state)
{
	struct capture c;

	(void)state;
	capture(&c);
	set_journal_stream(0);
	log_init(LOG_LEVEL_DEBUG);
	log_error("a");
	log_debug("b");
	assert_string_equal(captured(&c), "<3>a\n<7>b\n");
}

static void a_redirected_stderr_is_not_the_journal(void **state)
{
	static const char *const streams[] = { "", "1", "x:y", ":" };
	struct capture c;

	(void)state;
	capture(&c);
	set_journal_stream(1);
	log_init(LOG_LEVEL_INFO);
	log_error("a");
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		setenv("JOURNAL_STREAM", streams[i], 1);
		log_init(LOG_LEVEL_INFO);
		log_error("b");
	}
	assert_null(strchr(captured(&c), '<'));
}

static void nobody_smuggles_in_a_line_or_a_terminal_command(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{ "a\n<3>forged", "<6>a\\x0a<3>forged\n" },
		{ "\r\t\x1b[31m\x7f", "<6>\\x0d\\x09\\x1b[31m\\x7f\n" },
		{ "a\u202eb\u2066", "<6>a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6\n" },
		{ "\u2019 \u061c", "<6>\u2019 \\xd8\\x9c\n" },
		{ "C1 \xc2\x9b", "<6>C1 \\xc2\\x9b\n" },
		{ "Жақыпов \xf0\x90\x8d\x88", "<6>Жақыпов \xf0\x90\x8d\x88\n" },
		{ "\xff \xd0", "<6>\\xff \\xd0\n" },
		{ "\xed\xa0\x80", "<6>\\xed\\xa0\\x80\n" },
		{ "", "<6>\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture c;

		capture(&c);
		set_journal_stream(0);
		log_init(LOG_LEVEL_INFO);
		log_info("%s", cases[i].text);
		assert_string_equal(captured(&c), cases[i].line);
	}
}

static void an_endless_text_is_cut_and_says_so(void **state)
{
	static const char *const pieces[] = { "x", "Ж", "\x01" };
	static const char *const shown[] = { "x", "ЖЖ", "\\x01" };

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		char text[8192] = "";
		struct capture c;

		for (size_t at = 0; at + 3 < sizeof(text); at += strlen(pieces[i])) {
			strcpy(text + at, pieces[i]);
		}
		capture(&c);
		log_init(LOG_LEVEL_INFO);
		log_info("%s", text);
		captured(&c);
		assert_true(c.size <= 4096);
		assert_ptr_equal(strchr(c.text, '\n'), c.text + c.size - 1);
		assert_string_equal(c.text + c.size - 7, " [...]\n");
		assert_memory_equal(c.text + c.size - 7 - strlen(shown[i]), shown[i],
			strlen(shown[i]));
	}
}

static void errno_survives_a_log_line(void **state)
{
	struct capture c;
	int after;

	(void)state;
	capture(&c);
	close(STDERR_FILENO);
	errno = ENOSPC;
	log_error("nobody hears this");
	after = errno;
	captured(&c);
	assert_int_equal(after, ENOSPC);
}

#define THREADS 4
#define LINES 100

static void *log_many(void *arg)
{
	for (int i = 0; i < LINES; i++) {
		log_info("thread %d says %032d", *(int *)arg, i);
	}
	return NULL;
}

static void lines_of_many_threads_stay_whole(void **state)
{
	static const size_t line_bytes = 3 + 14 + 32 + 1;
	int numbers[THREADS];
	pthread_t threads[THREADS];
	struct capture c;

	(void)state;
	capture(&c);
	set_journal_stream(0);
	log_init(LOG_LEVEL_INFO);
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		assert_int_equal(
			pthread_create(&threads[i], NULL, log_many, &numbers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
	}
	captured(&c);
	assert_int_equal(c.size, THREADS * LINES * line_bytes);
	for (size_t at = 0; at < c.size; at += line_bytes) {
		assert_memory_equal(c.text + at, "<6>thread ", 10);
		assert_int_equal(c.text[at + line_bytes - 1], '\n');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_line_has_time_level_and_text, without_journal),
		cmocka_unit_test_setup(
			only_lines_up_to_the_level_are_written, without_journal),
		cmocka_unit_test(under_journald_a_line_has_the_level_as_a_number),
		cmocka_unit_test(a_redirected_stderr_is_not_the_journal),
		cmocka_unit_test(nobody_smuggles_in_a_line_or_a_terminal_command),
		cmocka_unit_test_setup(
			an_endless_text_is_cut_and_says_so, without_journal),
		cmocka_unit_test(errno_survives_a_log_line),
		cmocka_unit_test(lines_of_many_threads_stay_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
