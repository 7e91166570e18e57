/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/unit/client/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int redirect(FILE *stream, int fd)
{
	FILE *file = tmpfile();
	int real;

	assert_non_null(file);
	fflush(stream);
	real = dup(fd);
	assert_true(real >= 0);
	assert_true(dup2(fileno(file), fd) >= 0);
	fclose(file); /* the descriptor lives on */
	return real;
}

static void restore(FILE *stream, int fd, int real, char *text, size_t size)
{
	ssize_t got;

	fflush(stream);
	got = pread(fd, text, size - 1, 0);
	assert_true(got >= 0);
	text[got] = '\0';
	assert_true(dup2(real, fd) >= 0);
	close(real);
}

void capture_begin(struct capture *capture)
{
	capture->out_fd = redirect(stdout, STDOUT_FILENO);
	capture->err_fd = redirect(stderr, STDERR_FILENO);
}

void capture_end(struct capture *capture)
{
	restore(stdout, STDOUT_FILENO, capture->out_fd, capture->out,
		sizeof(capture->out));
	restore(stderr, STDERR_FILENO, capture->err_fd, capture->err,
		sizeof(capture->err));
}

void assert_has(const char *text, const char *words)
{
	if (strstr(text, words) == NULL) {
		fail_msg("\"%s\" was expected in: %s", words, text);
	}
}

static char paths[4][32];

static void remove_files(void)
{
	for (size_t i = 0; i < 4; i++) {
		if (paths[i][0] != '\0') {
			unlink(paths[i]);
		}
	}
}

const char *capture_file(const char *content, unsigned long bytes)
{
	static unsigned next;
	char *path = paths[next % 4];
	int fd;

	if (next++ == 0) {
		assert_int_equal(atexit(remove_files), 0);
	}
	if (path[0] != '\0') {
		unlink(path);
	}
	strcpy(path, "/tmp/cordon-ctl-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_true(write(fd, content, bytes) == (ssize_t)bytes);
	close(fd);
	return path;
}
