/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_csv.h"

#include <string.h>

#include <csv.h>
#include <unicode/ustring.h>

#include "client/ctl/import_file.h"
#include "client/ctl/import_text.h"

#define END_MARK "\x1a" /* DOS's end of a file, which OFAC still writes */

struct csv_state {
	struct import *import;
	const struct csv_format *format;
	struct errmsg *msg;
	struct csv_parser parser;
	struct csv_row row;
	uint64_t line; /* being read */
	bool bad_text, too_large;
	bool open; /* a row has begun that has not ended */
	int error;
};

static bool valid_utf8(const char *text, size_t bytes)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t units;

	u_strFromUTF8(NULL, 0, &units, text, (int32_t)bytes, &status);
	return U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR;
}

static const char *column(struct csv_state *c, const char *text, size_t bytes)
{
	struct arena *arena = c->format->arena;
	const char *clean;

	if (!valid_utf8(text, bytes)) {
		c->bad_text = true;
		return NULL;
	}
	clean = import_text_clean(arena, text, bytes);
	c->too_large = c->too_large || arena->failed;
	return clean != NULL && strcmp(clean, "-0-") == 0 ? NULL : clean;
}

static void on_column(void *text, size_t bytes, void *context)
{
	struct csv_state *c = context;

	if (c->error != 0) {
		return;
	}
	if (c->row.count == 0) {
		c->row.line = c->line;
		if (c->format->arena == &c->import->arena) {
			arena_reset(c->format->arena);
		}
	}
	if (c->row.count < CSV_COLUMNS_MAX) {
		c->row.columns[c->row.count] =
			text == NULL ? NULL : column(c, text, bytes);
	}
	c->row.count++;
}

/* A row that holds the end mark alone has its text cleaned away. */
static bool only_end_mark(const struct csv_state *c)
{
	return c->row.count == 1 && c->row.columns[0] == NULL && !c->bad_text;
}

static void take_row(struct csv_state *c)
{
	struct import *import = c->import;

	import->place = (struct import_place){ c->format->path, c->row.line,
		c->row.columns[0] };
	if (c->bad_text) {
		import_refuse(import, "the row is not UTF-8 text");
	} else if (c->too_large) {
		import_refuse(import, "the row needs more than %u bytes of memory",
			IMPORT_ENTRY_BYTES_MAX);
	} else if (c->row.count != c->format->columns) {
		import_refuse(import,
			"the row, which ends on line %llu, has %zu columns, not %zu: "
			"is a quote "
			"missing?",
			(unsigned long long)c->line, c->row.count, c->format->columns);
	} else {
		c->error = c->format->row(c->format->ctx, &c->row, c->msg);
	}
	import->place.reference = NULL;
}

static void on_row(int end, void *context)
{
	struct csv_state *c = context;

	(void)end;
	if (c->error == 0 && c->row.count > 0 && !only_end_mark(c)) {
		take_row(c);
	}
	c->row = (struct csv_row){ .line = 0 };
	c->bad_text = false;
	c->too_large = false;
	c->open = false;
}

static int syntax_error(struct csv_state *c, const char *reason)
{
	return errmsg_set(c->msg, CORDON_ESYNTAX, "%s, line %llu: %s", c->format->path,
		(unsigned long long)(c->row.count > 0 ? c->row.line : c->line), reason);
}

static int feed(struct csv_state *c, const char *text, size_t bytes)
{
	if (csv_parse(&c->parser, text, bytes, on_column, on_row, c) != bytes) {
		return csv_error(&c->parser) == CSV_ENOMEM
			       ? errmsg_set(c->msg, CORDON_ENOMEM, "out of memory")
			       : syntax_error(c, csv_strerror(csv_error(&c->parser)));
	}
	if (csv_get_buffer_size(&c->parser) > IMPORT_ENTRY_BYTES_MAX) {
		return syntax_error(c, "a quoted column does not end");
	}
	return c->error;
}

static bool blank(const struct import_line *line)
{
	size_t size = 0;

	while (size < line->bytes &&
		(line->text[size] == ' ' || line->text[size] == '\t')) {
		size++;
	}
	return size == line->bytes;
}

static int read_line(struct csv_state *c, const struct import_line *line)
{
	int error;

	if (line->too_long) {
		return syntax_error(c, "the line is too long: is it CSV?");
	}
	c->open = c->open || !blank(line);
	error = feed(c, line->text, line->bytes);
	return error != 0 ? error : feed(c, "\n", 1);
}

static int read_lines(struct csv_state *c, struct import_lines *lines)
{
	struct import_line line;
	bool there = true;
	int error = 0;

	while (error == 0 && there) {
		error = import_lines_next(lines, &line, &there, c->msg);
		if (error == 0 && there) {
			c->line = lines->number;
			error = read_line(c, &line);
		}
	}
	/* outside quotes the last line's end would have ended the row */
	return error == 0 && c->open ? syntax_error(c, "the file ends within a quoted "
						       "column: it is cut short")
				     : error;
}

int csv_read(struct import *import, const struct csv_format *format, struct errmsg *msg)
{
	struct csv_state c = { .import = import, .format = format, .msg = msg };
	struct import_lines lines;
	int error = import_lines_open(&lines, import, format->path, msg);

	if (error != 0) {
		return error;
	}
	if (csv_init(&c.parser, 0) != 0) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		goto close_lines;
	}
	error = read_lines(&c, &lines);
	csv_free(&c.parser);
close_lines:
	import_lines_close(&lines);
	return error;
}
