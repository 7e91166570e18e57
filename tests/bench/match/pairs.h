/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_MATCH_PAIRS_H
#define TESTS_BENCH_MATCH_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Tables of names that belong together or do not: tab-separated, the first line names
 * the columns.
 */

struct table {
	char *text;
	char ***rows; /* as many fields each as there are columns */
	size_t rows_count, columns_count;
	char **columns;
};

/* Complains on stderr; false. */
bool table_read(const char *path, struct table *table);
void table_finish(struct table *table);

/* The index of a column, or -1. */
int table_column(const struct table *table, const char *name);

/* The field, "" where there is none. */
const char *table_field(const struct table *table, size_t row, int column);

#endif
