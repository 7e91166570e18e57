/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "client/ctl/import_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int file_error(const char *path, struct errmsg *msg)
{
	return errmsg_set(msg, CORDON_EIO, "read %s: %s", path, strerror(errno));
}

int import_file_open(struct import_file *file, struct import *import, const char *path,
	struct errmsg *msg)
{
	bool standard_input = strcmp(path, "-") == 0;
	struct stat st;
	int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		return file_error(path, msg);
	}
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : errno;
		file_error(path, msg);
		if (!standard_input) {
			close(fd);
		}
		return CORDON_EIO;
	}
	*file = (struct import_file){
		.import = import,
		.path = path,
		.fd = fd,
		.total = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0,
	};
	return 0;
}

int import_file_read(struct import_file *file, void *data, size_t size, size_t *got,
	struct errmsg *msg)
{
	const struct import_handler *handler = file->import->handler;
	ssize_t bytes;

	do {
		bytes = read(file->fd, data, size);
	} while (bytes < 0 && errno == EINTR);
	if (bytes < 0) {
		return file_error(file->path, msg);
	}
	file->done += (uint64_t)bytes;
	if (handler->progress != NULL) {
		handler->progress(handler->ctx, file->done, file->total);
	}
	*got = (size_t)bytes;
	return 0;
}

void import_file_close(struct import_file *file)
{
	if (file->fd != STDIN_FILENO) {
		close(file->fd);
	}
}

int import_lines_open(struct import_lines *lines, struct import *import,
	const char *path, struct errmsg *msg)
{
	struct import_lines new = { .size = IMPORT_LINE_BYTES_MAX +
					    IMPORT_PIECE_BYTES };
	int error = import_file_open(&new.file, import, path, msg);

	if (error != 0) {
		return error;
	}
	new.data = malloc(new.size);
	if (new.data == NULL) {
		import_file_close(&new.file);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	*lines = new;
	return 0;
}

void import_lines_close(struct import_lines *lines)
{
	import_file_close(&lines->file);
	free(lines->data);
}

/* Reads on behind what waits. */
static int fill(struct import_lines *lines, struct errmsg *msg)
{
	size_t got;
	int error;

	memmove(lines->data, lines->data + lines->start, lines->end - lines->start);
	lines->end -= lines->start;
	lines->start = 0;
	error = import_file_read(
		&lines->file, lines->data + lines->end, IMPORT_PIECE_BYTES, &got, msg);
	if (error == 0) {
		lines->end += got;
		lines->at_end = got == 0;
	}
	return error;
}

static void drop_byte_order_mark(struct import_lines *lines)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (lines->number == 0 && lines->end - lines->start >= 3 &&
		memcmp(lines->data + lines->start, mark, 3) == 0) {
		lines->start += 3;
	}
}

/* The rest of a line that is too long. */
static int skip_line(struct import_lines *lines, struct errmsg *msg)
{
	int error = 0;

	for (;;) {
		const char *end = memchr(
			lines->data + lines->start, '\n', lines->end - lines->start);

		if (end != NULL) {
			lines->start = (size_t)(end - lines->data) + 1;
			return 0;
		}
		lines->start = lines->end;
		if (lines->at_end) {
			return 0;
		}
		error = fill(lines, msg);
		if (error != 0) {
			return error;
		}
	}
}

static void take(
	struct import_lines *lines, size_t bytes, bool ended, struct import_line *line)
{
	const char *text = lines->data + lines->start;

	lines->start += bytes + (ended ? 1 : 0);
	lines->number++;
	if (bytes > 0 && text[bytes - 1] == '\r') {
		bytes--;
	}
	*line = (struct import_line){ .text = text, .bytes = bytes, .ended = ended };
}

/* More than a line may hold waits without an end. */
static int refuse_line(
	struct import_lines *lines, struct import_line *line, struct errmsg *msg)
{
	lines->number++;
	*line = (struct import_line){ .text = "", .too_long = true };
	return skip_line(lines, msg);
}

int import_lines_next(struct import_lines *lines, struct import_line *line, bool *there,
	struct errmsg *msg)
{
	int error;

	for (;;) {
		const char *text, *end;

		drop_byte_order_mark(lines);
		text = lines->data + lines->start;
		end = memchr(text, '\n', lines->end - lines->start);
		*there = true;
		if (end != NULL && end - text <= (ptrdiff_t)IMPORT_LINE_BYTES_MAX) {
			take(lines, (size_t)(end - text), true, line);
			return 0;
		}
		if (lines->end - lines->start > IMPORT_LINE_BYTES_MAX) {
			return refuse_line(lines, line, msg);
		}
		if (lines->at_end) {
			*there = lines->end > lines->start;
			if (*there) {
				take(lines, lines->end - lines->start, false, line);
			}
			return 0;
		}
		error = fill(lines, msg);
		if (error != 0) {
			return error;
		}
	}
}
