/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 40
#define REDRAW_MS 100

void output_time(int64_t unix_s, char *out)
{
	time_t time = (time_t)unix_s;
	struct tm parts;

	if (unix_s == 0 || gmtime_r(&time, &parts) == NULL ||
		strftime(out, OUTPUT_TIME_BYTES, "%Y-%m-%d %H:%M:%SZ", &parts) == 0) {
		snprintf(out, OUTPUT_TIME_BYTES, "never");
	}
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
