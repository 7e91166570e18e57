/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/config_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "proto/bytes.h"

/* What a word may hold without quotes, and what may follow it. */
#define WORD                                                                           \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"               \
	"._:/%@-[]"
#define AFTER " \t\r\n={},"

#define DEPTH_MAX 2 /* a list in a section */

struct scanner {
	const char *path;
	const char *at, *end;
	int line;
	char last, before_last;    /* the last two tokens: = , { } or w(ord) */
	int open_lines[DEPTH_MAX]; /* of the braces that are open */
	size_t depth;
	struct config_text out;
	struct errmsg *msg;
};

static int refuse(const struct scanner *s, int line, const char *what)
{
	return errmsg_set(s->msg, CORDON_ECONFIG, "%s:%d: %s", s->path, line, what);
}

static bool is_in(const struct scanner *s, const char *set)
{
	return s->at < s->end && *s->at != '\0' && strchr(set, *s->at) != NULL;
}

static bool starts(const struct scanner *s, const char *prefix)
{
	size_t size = strlen(prefix);

	return (size_t)(s->end - s->at) >= size && memcmp(s->at, prefix, size) == 0;
}

static void put(struct scanner *s, const char *text)
{
	size_t size = strlen(text);

	memcpy(s->out.text + s->out.size, text, size);
	s->out.size += size;
}

static void copy(struct scanner *s)
{
	s->out.text[s->out.size++] = *s->at++;
}

static void token(struct scanner *s, char kind)
{
	s->before_last = s->last;
	s->last = kind;
}

/* Text but for tabs, and perhaps the carriage return of a file from elsewhere. */
static bool line_is_text(const char *line, size_t size)
{
	const char *tab;

	if (size > 0 && line[size - 1] == '\r') {
		size--;
	}
	while ((tab = memchr(line, '\t', size)) != NULL) {
		if (!bytes_are_text(line, (size_t)(tab - line))) {
			return false;
		}
		size -= (size_t)(tab - line) + 1;
		line = tab + 1;
	}
	return bytes_are_text(line, size);
}

static int check_text(struct scanner *s)
{
	const char *line = s->at;
	int number = 1;

	while (line < s->end) {
		const char *newline = memchr(line, '\n', (size_t)(s->end - line));
		const char *end = newline == NULL ? s->end : newline;

		if (!line_is_text(line, (size_t)(end - line))) {
			return refuse(s, number, "control characters, or not UTF-8");
		}
		number++;
		line = end + 1;
	}
	return 0;
}

/* The character at the cursor, whole. */
static int refuse_character(const struct scanner *s)
{
	int size = 1;

	while (s->at + size < s->end && (s->at[size] & 0xc0) == 0x80) {
		size++;
	}
	return errmsg_set(s->msg, CORDON_ECONFIG,
		"%s:%d: \"%.*s\" here: put the value in quotes", s->path, s->line, size,
		s->at);
}

static int check_after(const struct scanner *s)
{
	return s->at == s->end || is_in(s, AFTER) ? 0 : refuse_character(s);
}

static int blank_comment(struct scanner *s)
{
	bool block = starts(s, "/*");
	int first = s->line;

	s->at += block ? 2 : 1;
	while (s->at < s->end) {
		if (block && starts(s, "*/")) {
			s->at += 2;
			put(s, " ");
			return 0;
		}
		if (*s->at == '\n') {
			if (!block) {
				return 0;
			}
			s->line++;
			put(s, "\n");
		}
		s->at++;
	}
	return block ? refuse(s, first, "a comment that does not end") : 0;
}

static int copy_string(struct scanner *s)
{
	char quote = *s->at;

	copy(s);
	while (s->at < s->end && *s->at != quote && *s->at != '\n') {
		if (quote == '"' && starts(s, "${")) {
			return refuse(s, s->line,
				"\"${\" in a text: variables of the environment are "
				"not read");
		}
		if (*s->at == '\\') {
			copy(s);
			if (quote == '"' && !is_in(s, "\\\"")) {
				return refuse(s, s->line,
					"\"\\\" in a text: only \"\\\\\" and \"\\\"\" "
					"are known");
			}
		}
		if (s->at < s->end && *s->at != '\n') {
			copy(s);
		}
	}
	if (!is_in(s, "\"'")) {
		return refuse(
			s, s->line, "a text in quotes that does not end on its line");
	}
	copy(s);
	token(s, 'w');
	return check_after(s);
}

static int copy_word(struct scanner *s)
{
	while (is_in(s, WORD)) {
		copy(s);
	}
	token(s, 'w');
	return check_after(s);
}

static int copy_opening(struct scanner *s)
{
	if (s->last != '=') {
		if (s->out.sections_count == CONFIG_SECTIONS_MAX) {
			return refuse(s, s->line, "more than 1024 sections");
		}
		s->out.section_lines[s->out.sections_count++] = s->line;
	}
	if (s->depth == DEPTH_MAX) {
		return refuse(s, s->line, "a section or list inside a list");
	}
	s->open_lines[s->depth++] = s->line;
	token(s, '{');
	copy(s);
	return 0;
}

/* libconfuse calls nobody for an empty list. */
static int copy_closing(struct scanner *s)
{
	if (s->last == '{' && s->before_last == '=') {
		put(s, "''");
	}
	if (s->depth == 0) {
		return refuse(s, s->line, "a closing brace without an opening one");
	}
	s->depth--;
	token(s, '}');
	copy(s);
	return 0;
}

static int copy_next(struct scanner *s)
{
	switch (*s->at) {
	case '\n':
		s->line++;
		copy(s);
		return 0;
	case ' ':
	case '\t':
	case '\r':
		s->at++;
		put(s, " ");
		return 0;
	case '"':
	case '\'':
		return copy_string(s);
	case '{':
		return copy_opening(s);
	case '}':
		return copy_closing(s);
	case '=':
	case ',':
		token(s, *s->at);
		copy(s);
		return 0;
	default:
		if (*s->at == '#' || starts(s, "//") || starts(s, "/*")) {
			return blank_comment(s);
		}
		return is_in(s, WORD) ? copy_word(s) : refuse_character(s);
	}
}

int config_text_prepare(const char *path, const char *input, size_t input_bytes,
	struct arena *arena, struct config_text *text, struct errmsg *msg)
{
	struct scanner s = { .path = path,
		.at = input,
		.end = input + input_bytes,
		.line = 1,
		.msg = msg };
	int error = 0;

	if (input_bytes > CONFIG_FILE_MAX_BYTES) {
		return errmsg_set(msg, CORDON_ECONFIG, "%s: more than %d bytes", path,
			CONFIG_FILE_MAX_BYTES);
	}
	/* "={}" becomes "={''}": never more than twice as much */
	s.out.text = arena_alloc(arena, 2 * input_bytes + 1);
	s.out.section_lines = arena_array(arena, CONFIG_SECTIONS_MAX, sizeof(int));
	if (arena->failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "%s: out of memory", path);
	}
	error = check_text(&s);
	while (error == 0 && s.at < s.end) {
		error = copy_next(&s);
	}
	if (error == 0 && s.depth > 0) {
		error = refuse(
			&s, s.open_lines[s.depth - 1], "a brace that is not closed");
	}
	if (error == 0) {
		*text = s.out;
	}
	return error;
}
