/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNION_PRIVATE_H
#define TESTS_UNION_PRIVATE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/union.h"

#define UNION_FILES 8

struct testunion {
	char dir[48];
	char host[64];
	struct union_node *nodes[UNION_NODES_MAX];
	size_t count;
	unsigned runs;            /* of commands, for their files' names */
	char *files[UNION_FILES]; /* of union_file */
	unsigned next_file;
	pid_t reaper; /* removes the directory when the test has gone */
	int reaper_fd;
};

/* A child process that dies with the test. */
struct union_child {
	const char *const *argv;
	const char *in; /* files; NULL: /dev/null */
	const char *out;
	const char *err; /* appended to */
	int netns;
};
pid_t union_spawn(struct testunion *u, const struct union_child *child);
/* Waits for its end; the exit status, or 128 + the signal. */
int union_reap(struct testunion *u, pid_t pid, const char *what);

/* The whole file, NUL-terminated, the caller's; NULL: there is none. */
char *union_read(const char *path);
void union_write(const char *path, const char *content);

#endif
