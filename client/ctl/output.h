/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_OUTPUT_H
#define CTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cordon/record.h>

#define OUTPUT_TIME_BYTES 32

/* A code in words; "(newer code)" for one that this version does not know. */
const char *output_code(enum cordon_codes table, uint32_t number);

/* "2026-11-24 20:15:00Z"; "never" for 0. */
void output_time(int64_t unix_s, char *out);

/*
 * Text that others wrote, for people: what could change how the rest of the line is
 * read is written as \u202E, a byte that is no UTF-8 as \xFF: controls (but line feeds
 * and tabs), marks of direction, line separators.  text NULL prints nothing.
 */
void output_text(FILE *out, const char *text);
/* The same of what has no lines: a name must not look like the next line. */
void output_line(FILE *out, const char *text);

/* The character at *at of text (*at < bytes), -1 for a byte that begins none; moves
 * *at behind it. */
int32_t output_next(const char *text, size_t bytes, size_t *at);

/* A progress bar on stderr, when that is a terminal; drawn at most ten times a second.
 */
struct progress {
	bool shown;
	int64_t last_ms;
};

void progress_draw(
	struct progress *progress, uint64_t done, uint64_t total, uint64_t items);
/* Wipes the bar away. */
void progress_end(struct progress *progress);

#endif
