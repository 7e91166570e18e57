/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

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
	OPENSSL_cleanse(lines->data, lines->size);
	free(lines->data);
	close(lines->fd);
}

static char *line_end(const struct lines *lines)
{
	return memchr(lines->data + lines->start, '\n', lines->end - lines->start);
}

/* Room for more: what was given away goes; of a line that is too long, all. */
static void make_room(struct lines *lines)
{
	if (lines->skipping) {
		lines->start = lines->end;
	}
	memmove(lines->data, lines->data + lines->start, lines->end - lines->start);
	lines->end -= lines->start;
	lines->start = 0;
}

/* Reads once; the line under way must leave room. */
static void fill(struct lines *lines)
{
	ssize_t got;

	make_room(lines);
	do {
		got = read(
			lines->fd, lines->data + lines->end, lines->size - lines->end);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		lines->error = CORDON_EIO;
		return;
	}
	lines->eof = got == 0;
	lines->end += (size_t)got;
}

/* No line ends in what has been read, and more is to come and has room. */
static bool needs_more(const struct lines *lines)
{
	return line_end(lines) == NULL && !lines->eof && lines->error == 0 &&
	       (lines->skipping || lines->end - lines->start <= LINES_BYTES_MAX);
}

/* Behind the end of the line that was too long. */
static void skip_rest(struct lines *lines)
{
	char *end;

	while (lines->skipping && needs_more(lines)) {
		fill(lines);
	}
	end = line_end(lines);
	if (lines->skipping) {
		lines->start =
			end == NULL ? lines->end : (size_t)(end + 1 - lines->data);
		lines->skipping = false;
	}
}

int lines_next(struct lines *lines, const char **line, size_t *bytes)
{
	char *end;
	size_t length;

	skip_rest(lines);
	while (needs_more(lines)) {
		fill(lines);
	}
	end = line_end(lines);
	if (end == NULL && lines->error != 0) {
		return lines->error;
	}
	if (end == NULL && lines->start == lines->end) {
		return 0;
	}
	lines->number++;
	length = (size_t)((end == NULL ? lines->data + lines->end : end) -
			  (lines->data + lines->start));
	if (length > LINES_BYTES_MAX) {
		lines->skipping = true;
		return CORDON_ETOOBIG;
	}
	*line = lines->data + lines->start;
	*bytes = length;
	lines->start += length + (end != NULL);
	if (length > 0 && (*line)[length - 1] == '\r') {
		--*bytes;
	}
	return 1;
}

bool lines_would_wait(struct lines *lines)
{
	struct pollfd ready = { .fd = lines->fd, .events = POLLIN };

	for (;;) {
		if (lines->skipping && !needs_more(lines)) {
			skip_rest(lines);
		}
		if (!needs_more(lines)) {
			return false;
		}
		if (poll(&ready, 1, 0) == 0) {
			return true;
		}
		fill(lines);
	}
}
