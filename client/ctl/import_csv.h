/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_CSV_H
#define CTL_IMPORT_CSV_H

#include "client/ctl/import_run.h"

#define CSV_COLUMNS_MAX 16

/* A row as OFAC prints it: "-0-" and blank columns are NULL. */
struct csv_row {
	uint64_t line;                        /* of its beginning */
	const char *columns[CSV_COLUMNS_MAX]; /* cleaned */
	size_t count;
};

struct csv_format {
	const char *path;
	size_t columns; /* of each row; others are refused */
	void *ctx;
	/* Columns are in arena, which is reset before each row when it is import's.
	 * import->place is set.  Not 0 ends the reading. */
	struct arena *arena;
	int (*row)(void *ctx, const struct csv_row *row, struct errmsg *msg);
};

/*
 * Reads a file row by row.  CORDON_ESYNTAX when a quoted column does not end; a row
 * that is not UTF-8 or has another number of columns is refused.
 */
int csv_read(
	struct import *import, const struct csv_format *format, struct errmsg *msg);

#endif
