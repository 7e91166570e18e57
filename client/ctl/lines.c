/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cordon/error.h>

int lines_open(struct lines *lines, const char *path)
{
	memset(lines, 0, sizeof(*lines));
	lines->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
					   : open(path, O_RDONLY | O_CLOEXEC);
	if (lines->fd < 0) {
		return CORDON_EIO;
	}
	lines->size = LINES_BYTES_MAX + 1;
	lines->data = malloc(lines->size);
	if (lines->data == NULL) {
		close(lines->fd);
		return CORDON_ENOMEM;
	}
	return 0;
}

void lines_close(struct lines *lines)
{
	free(lines->data);
	close(lines->fd);
}

static char *line_end(const struct lines *lines)
{
	return memchr(lines->data + lines->start, '\n', lines->end - lines->start);
}

static int fill(struct lines *lines)
{
	ssize_t got;

	if (lines->start > 0) {
		memmove(lines->data, lines->data + lines->start,
			lines->end - lines->start);
		lines->end -= lines->start;
		lines->start = 0;
	}
	if (lines->end == lines->size) {
		return CORDON_ETOOBIG;
	}
	do {
		got = read(
			lines->fd, lines->data + lines->end, lines->size - lines->end);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		return CORDON_EIO;
	}
	lines->eof = got == 0;
	lines->end += (size_t)got;
	return 0;
}

int lines_next(struct lines *lines, const char **line, size_t *bytes)
{
	char *end;

	while ((end = line_end(lines)) == NULL && !lines->eof) {
		int error = fill(lines);

		if (error != 0) {
			return error;
		}
	}
	if (end == NULL && lines->start == lines->end) {
		return 0;
	}
	*line = lines->data + lines->start;
	*bytes = (size_t)((end == NULL ? lines->data + lines->end : end) - *line);
	lines->start += *bytes + (end != NULL);
	if (*bytes > 0 && (*line)[*bytes - 1] == '\r') {
		--*bytes;
	}
	lines->number++;
	return 1;
}

bool lines_would_wait(const struct lines *lines)
{
	struct pollfd ready = { .fd = lines->fd, .events = POLLIN };

	if (lines->eof || line_end(lines) != NULL) {
		return false;
	}
	return poll(&ready, 1, 0) == 0;
}
