/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_OUTPUT_H
#define CTL_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#define OUTPUT_TIME_BYTES 32

/* "2026-11-24 20:15:00Z"; "never" for 0. */
void output_time(int64_t unix_s, char *out);

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
