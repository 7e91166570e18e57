/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_LINES_H
#define CTL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Lines of a file or a pipe, as they come: whoever writes a few questions and waits
 * gets them answered before there are more.
 */
#define LINES_BYTES_MAX (1024 * 1024)

struct lines {
	int fd;
	char *data;
	size_t size, start, end;
	uint64_t number; /* of the line given last, from 1 */
	bool eof;
	bool skipping; /* the rest of a line that was too long */
	int error;     /* of the reads; sticky */
};

/* path "-": standard input.  0 or CORDON_EIO, errno says why; CORDON_ENOMEM. */
int lines_open(struct lines *lines, const char *path);
/* Wipes what was read. */
void lines_close(struct lines *lines);

/*
 * The next line, without its end; borrowed until the next call of either function.
 * 1; 0 at the end; CORDON_EIO, errno says why; CORDON_ETOOBIG for a line over
 * LINES_BYTES_MAX: it is counted, and the next call goes on behind it.
 */
int lines_next(struct lines *lines, const char **line, size_t *bytes);

/* Would lines_next have to wait?  Reads what is there, but never waits. */
bool lines_would_wait(struct lines *lines);

#endif
