/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <cordon/error.h>

#include "client/ctl/lines.h"
#include "tests/unit/client/capture.h"

/* Lines of files and pipes. */

static void open_text(struct lines *lines, const char *text)
{
	assert_int_equal(lines_open(lines, capture_file(text, strlen(text))), 0);
}

static void assert_line(struct lines *lines, const char *expected, uint64_t number)
{
	const char *line;
	size_t bytes;

	assert_int_equal(lines_next(lines, &line, &bytes), 1);
	assert_int_equal(bytes, strlen(expected));
	assert_memory_equal(line, expected, bytes);
	assert_int_equal(lines->number, number);
}

static void assert_end(struct lines *lines)
{
	const char *line;
	size_t bytes;

	for (int i = 0; i < 2; i++) { /* and stays there */
		assert_int_equal(lines_next(lines, &line, &bytes), 0);
	}
	lines_close(lines);
}

static void lines_end_as_files_end_them(void **state)
{
	struct lines lines;

	(void)state;
	open_text(&lines, "one\ntwo\r\n\n\r\nlast");
	assert_line(&lines, "one", 1);
	assert_line(&lines, "two", 2);
	assert_line(&lines, "", 3);
	assert_line(&lines, "", 4);
	assert_line(&lines, "last", 5);
	assert_end(&lines);
	open_text(&lines, "one\n");
	assert_line(&lines, "one", 1);
	assert_end(&lines);
	open_text(&lines, "");
	assert_end(&lines);
	open_text(&lines, "\r");
	assert_line(&lines, "", 1);
	assert_end(&lines);
}

static void a_nul_is_a_byte_like_another(void **state)
{
	static const char text[] = "a\0b\nc";
	struct lines lines;
	const char *line;
	size_t bytes;

	(void)state;
	assert_int_equal(lines_open(&lines, capture_file(text, sizeof(text) - 1)), 0);
	assert_int_equal(lines_next(&lines, &line, &bytes), 1);
	assert_int_equal(bytes, 3);
	assert_memory_equal(line, "a\0b", 3);
	assert_line(&lines, "c", 2);
	assert_end(&lines);
}

/* A line of so many x, between two others; ended or not. */
static char *with_line_of(size_t bytes, bool ended)
{
	char *text = malloc(bytes + 16);

	assert_non_null(text);
	memcpy(text, "one\n", 4);
	memset(text + 4, 'x', bytes);
	strcpy(text + 4 + bytes, ended ? "\nlast\n" : "");
	return text;
}

static void the_longest_line_is_read_and_one_byte_more_is_not(void **state)
{
	char *text = with_line_of(LINES_BYTES_MAX, true);
	struct lines lines;
	const char *line;
	size_t bytes;

	(void)state;
	open_text(&lines, text);
	assert_line(&lines, "one", 1);
	assert_int_equal(lines_next(&lines, &line, &bytes), 1);
	assert_int_equal(bytes, LINES_BYTES_MAX);
	assert_line(&lines, "last", 3);
	assert_end(&lines);
	free(text);
	text = with_line_of(LINES_BYTES_MAX + 1, true);
	open_text(&lines, text);
	assert_line(&lines, "one", 1);
	assert_int_equal(lines_next(&lines, &line, &bytes), CORDON_ETOOBIG);
	assert_int_equal(lines.number, 2);
	assert_line(&lines, "last", 3);
	assert_end(&lines);
	free(text);
}

static void much_too_long_lines_are_passed_over(void **state)
{
	char *text = with_line_of(3 * LINES_BYTES_MAX, true);
	struct lines lines;
	const char *line;
	size_t bytes;

	(void)state;
	open_text(&lines, text);
	assert_line(&lines, "one", 1);
	assert_int_equal(lines_next(&lines, &line, &bytes), CORDON_ETOOBIG);
	assert_line(&lines, "last", 3);
	assert_end(&lines);
	free(text);
	text = with_line_of(2 * LINES_BYTES_MAX, false);
	open_text(&lines, text);
	assert_line(&lines, "one", 1);
	assert_int_equal(lines_next(&lines, &line, &bytes), CORDON_ETOOBIG);
	assert_end(&lines);
	free(text);
}

static void what_cannot_be_opened_or_read_is_an_error(void **state)
{
	struct lines lines;
	const char *line;
	size_t bytes;

	(void)state;
	assert_int_equal(lines_open(&lines, "/no/such/file"), CORDON_EIO);
	assert_int_equal(lines_open(&lines, "/tmp"), 0);
	assert_int_equal(lines_next(&lines, &line, &bytes), CORDON_EIO);
	assert_int_equal(lines_next(&lines, &line, &bytes), CORDON_EIO);
	lines_close(&lines);
}

/* Standard input is a pipe for this long. */
static void a_pipe_gives_what_is_there(void **state)
{
	int real = dup(STDIN_FILENO), fds[2];
	struct lines lines;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_true(dup2(fds[0], STDIN_FILENO) >= 0);
	assert_int_equal(lines_open(&lines, "-"), 0);
	assert_true(lines_would_wait(&lines));
	assert_int_equal(write(fds[1], "one\ntw", 6), 6);
	assert_false(lines_would_wait(&lines));
	assert_line(&lines, "one", 1);
	assert_true(lines_would_wait(&lines)); /* half a line is none */
	assert_int_equal(write(fds[1], "o\n", 2), 2);
	assert_false(lines_would_wait(&lines));
	assert_line(&lines, "two", 2);
	close(fds[1]);
	assert_false(lines_would_wait(&lines)); /* the end does not wait */
	assert_end(&lines);
	assert_true(dup2(real, STDIN_FILENO) >= 0);
	close(real);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_as_files_end_them),
		cmocka_unit_test(a_nul_is_a_byte_like_another),
		cmocka_unit_test(the_longest_line_is_read_and_one_byte_more_is_not),
		cmocka_unit_test(much_too_long_lines_are_passed_over),
		cmocka_unit_test(what_cannot_be_opened_or_read_is_an_error),
		cmocka_unit_test(a_pipe_gives_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
