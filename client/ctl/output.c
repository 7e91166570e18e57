/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/output.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <unicode/utf8.h>

#define BAR_WIDTH 40
#define REDRAW_MS 100

const char *output_code(enum cordon_codes table, uint32_t number)
{
	const char *text = cordon_code_text(table, number);

	return text == NULL ? "(newer code)" : text;
}

void output_time(int64_t unix_s, char *out)
{
	time_t time = (time_t)unix_s;
	struct tm parts;

	if (unix_s == 0 || gmtime_r(&time, &parts) == NULL ||
		strftime(out, OUTPUT_TIME_BYTES, "%Y-%m-%d %H:%M:%SZ", &parts) == 0) {
		snprintf(out, OUTPUT_TIME_BYTES, "never");
	}
}

int32_t output_next(const char *text, size_t bytes, size_t *at)
{
	const uint8_t *data = (const uint8_t *)text;
	size_t from = *at, i = from;
	UChar32 character;

	U8_NEXT(data, i, bytes, character);
	*at = character < 0 ? from + 1 : i;
	return character < 0 ? -1 : character;
}

/* ICAO and Unicode have no use for these in names; a terminal does. */
static bool disturbs(int32_t c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c <= 0x9f) ||
	       c == 0x061c || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void put(FILE *out, const char *text, bool one_line)
{
	size_t bytes = text == NULL ? 0 : strlen(text);

	for (size_t i = 0, from = 0; i < bytes; from = i) {
		int32_t c = output_next(text, bytes, &i);

		if (c < 0) {
			fprintf(out, "\\x%02X", (unsigned char)text[from]);
		} else if (disturbs(c) || (one_line && c < 0x20)) {
			fprintf(out, "\\u%04X", (unsigned)c);
		} else {
			fwrite(text + from, 1, i - from, out);
		}
	}
}

void output_text(FILE *out, const char *text)
{
	put(out, text, false);
}

void output_line(FILE *out, const char *text)
{
	put(out, text, true);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_draw(
	struct progress *progress, uint64_t done, uint64_t total, uint64_t items)
{
	char bar[BAR_WIDTH + 1];
	int64_t now = now_ms();

	if (!isatty(STDERR_FILENO) ||
		(progress->shown && now - progress->last_ms < REDRAW_MS)) {
		return;
	}
	progress->shown = true;
	progress->last_ms = now;
	if (total == 0) {
		fprintf(stderr, "\r%" PRIu64 " records ", items);
		return;
	}
	for (int i = 0; i < BAR_WIDTH; i++) {
		bar[i] = (uint64_t)i * total < done * BAR_WIDTH ? '#' : '-';
	}
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %3" PRIu64 " %%  %" PRIu64 " records ", bar,
		done * 100 / total, items);
}

void progress_end(struct progress *progress)
{
	if (progress->shown) {
		fprintf(stderr, "\r%*s\r", BAR_WIDTH + 40, "");
		progress->shown = false;
	}
}
