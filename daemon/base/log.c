/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "proto/bytes.h"

/* A line fits the 4,096 bytes that a pipe takes whole (POSIX, PIPE_BUF), so that
 * lines of several threads and processes do not mix. */
#define LINE_BYTES 4096
#define PREFIX_BYTES 64
#define TEXT_BYTES 2048

/*
 * The one piece of process-wide state here: where stderr leads and how much is
 * wanted.  Written by log_init before there are threads, only read after.
 */
static struct {
	enum log_level level;
	bool journal;
} settings = { LOG_LEVEL_INFO, false };

static const char *const level_texts[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

/*
 * systemd.exec(5): JOURNAL_STREAM is "device:inode" of the journal's socket; a
 * child whose stderr was redirected inherits the variable but not the stream.
 */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;

	return stream != NULL &&
	       sscanf(stream, "%" SCNuMAX ":%" SCNuMAX, &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device &&
	       st.st_ino == inode;
}

void log_init(enum log_level level)
{
	settings.level = level;
	settings.journal = stderr_is_journal();
}

/* journald adds its own time and shows the level. */
static size_t put_prefix(char *line, enum log_level level)
{
	int64_t now_us = clock_wall().us;
	time_t now_s = (time_t)(now_us / 1000000);
	struct tm utc;
	size_t used;

	if (settings.journal) {
		return (size_t)snprintf(line, PREFIX_BYTES, "<%d>", level);
	}
	gmtime_r(&now_s, &utc);
	used = strftime(line, PREFIX_BYTES, "%Y-%m-%dT%H:%M:%S", &utc);
	return used + (size_t)snprintf(line + used, PREFIX_BYTES - used, ".%03dZ %s ",
			      (int)(now_us % 1000000 / 1000), level_texts[level]);
}

/* Marks of direction and line separators: U+061C, U+200E to U+200F, U+2028 to U+202E,
 * U+2066 to U+2069. */
static bool turns_text(const char *text, size_t left)
{
	const uint8_t *c = (const uint8_t *)text;

	if (left >= 2 && c[0] == 0xd8 && c[1] == 0x9c) {
		return true;
	}
	if (left < 3 || c[0] != 0xe2) {
		return false;
	}
	return (c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f ||
					(c[2] >= 0xa8 && c[2] <= 0xae))) ||
	       (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9);
}

/* Bytes of the UTF-8 character at text; 0 for a control, for what changes how the rest
 * of the line is read, and for what is no UTF-8. */
static size_t character(const char *text, size_t left)
{
	if (turns_text(text, left)) {
		return 0;
	}
	for (size_t size = 1; size <= 4 && size <= left; size++) {
		if (bytes_are_text(text, size)) {
			return size;
		}
	}
	return 0;
}

/*
 * Nobody outside gets to write a line of their own, or to a terminal.  What does not
 * fit is cut, never inside a character, and the line says so; cut: text is already.
 */
static size_t put_escaped(char *out, size_t room, const char *text, bool cut)
{
	static const char more[] = " [...]";
	size_t left = strlen(text);
	size_t used = 0;

	while (left > 0 && room - used > sizeof(more) + 4) {
		size_t step = character(text, left);

		if (step == 0 && cut && left < 4) {
			break;
		}
		if (step == 0) {
			used += (size_t)snprintf(out + used, room - used, "\\x%02x",
				(unsigned)(uint8_t)*text);
			step = 1;
		} else {
			memcpy(out + used, text, step);
			used += step;
		}
		text += step;
		left -= step;
	}
	return left == 0 && !cut
		       ? used
		       : used + (size_t)snprintf(out + used, room - used, "%s", more);
}

/* A log that cannot be written has nowhere to say so. */
static void write_line(const char *line, size_t size)
{
	while (size > 0) {
		ssize_t written = write(STDERR_FILENO, line, size);

		if (written == 0 || (written < 0 && errno != EINTR)) {
			return;
		}
		if (written > 0) {
			line += written;
			size -= (size_t)written;
		}
	}
}

void log_line(enum log_level level, const char *format, ...)
{
	int saved_errno = errno;
	char text[TEXT_BYTES];
	char line[LINE_BYTES];
	size_t used;
	va_list ap;
	int size;

	if (level > settings.level) {
		return;
	}
	va_start(ap, format);
	size = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (size < 0) {
		size = snprintf(text, sizeof(text), "bad format \"%s\"", format);
	}
	used = put_prefix(line, level);
	used += put_escaped(line + used, sizeof(line) - 1 - used, text,
		(size_t)size >= sizeof(text));
	line[used++] = '\n';
	write_line(line, used);
	errno = saved_errno;
}
