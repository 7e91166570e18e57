/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_FILE_H
#define CTL_IMPORT_FILE_H

#include "client/ctl/import_run.h"

#define IMPORT_PIECE_BYTES 65536
#define IMPORT_LINE_BYTES_MAX (1u << 20)

/* A file read from its beginning to its end, with the handler's progress. */
struct import_file {
	struct import *import;
	const char *path;
	int fd;
	uint64_t done, total; /* bytes; total 0: not known */
};

/* path "-": standard input.  CORDON_EIO names the file. */
int import_file_open(struct import_file *file, struct import *import, const char *path,
	struct errmsg *msg);
/* Up to size bytes to data; *got 0 at the end. */
int import_file_read(struct import_file *file, void *data, size_t size, size_t *got,
	struct errmsg *msg);
void import_file_close(struct import_file *file);

/* A file line by line.  Memory: one line. */
struct import_lines {
	struct import_file file;
	char *data;
	size_t size, start, end; /* of data; what waits */
	bool at_end;
	uint64_t number; /* of the line given last, from 1 */
};

struct import_line {
	const char *text; /* without its end (LF or CRLF); good until the next */
	size_t bytes;
	bool too_long; /* beyond IMPORT_LINE_BYTES_MAX: not kept, text is empty */
	bool ended;    /* by a line feed: false for a last line cut short */
};

int import_lines_open(struct import_lines *lines, struct import *import,
	const char *path, struct errmsg *msg);
/* *there false at the end.  A byte order mark before the first line is dropped. */
int import_lines_next(struct import_lines *lines, struct import_line *line, bool *there,
	struct errmsg *msg);
void import_lines_close(struct import_lines *lines);

#endif
