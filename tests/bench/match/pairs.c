/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/match/pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *need(void *memory)
{
	if (memory == NULL) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t used = 0, room = 1 << 20;
	char *text;

	if (file == NULL) {
		perror(path);
		return NULL;
	}
	text = need(malloc(room));
	for (;;) {
		size_t got = fread(text + used, 1, room - used - 1, file);

		used += got;
		if (got == 0) {
			break;
		}
		if (room - used < 2) {
			room *= 2;
			text = need(realloc(text, room));
		}
	}
	fclose(file);
	text[used] = '\0';
	return text;
}

static char **split(char *line, size_t count)
{
	char **fields = need(calloc(count, sizeof(*fields)));

	for (size_t i = 0; i < count; i++) {
		size_t size = strcspn(line, "\t");
		bool more = line[size] == '\t';

		fields[i] = line;
		line[size] = '\0';
		line += more ? size + 1 : size;
	}
	return fields;
}

static size_t count_columns(const char *line)
{
	size_t count = 1;

	for (; *line != '\0'; line++) {
		count += *line == '\t';
	}
	return count;
}

bool table_read(const char *path, struct table *table)
{
	size_t room = 0;

	*table = (struct table){ .text = read_text(path) };
	for (char *line = table->text; line != NULL && *line != '\0';) {
		size_t size = strcspn(line, "\n");
		char *next = line[size] == '\n' ? line + size + 1 : line + size;

		line[size] = '\0';
		if (table->columns == NULL) {
			table->columns_count = count_columns(line);
			table->columns = split(line, table->columns_count);
		} else {
			if (table->rows_count == room) {
				room = room == 0 ? 1024 : 2 * room;
				table->rows = need(realloc(
					table->rows, room * sizeof(*table->rows)));
			}
			table->rows[table->rows_count++] =
				split(line, table->columns_count);
		}
		line = next;
	}
	return table->text != NULL;
}

void table_finish(struct table *table)
{
	for (size_t i = 0; i < table->rows_count; i++) {
		free(table->rows[i]);
	}
	free(table->rows);
	free(table->columns);
	free(table->text);
	*table = (struct table){ 0 };
}

int table_column(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->columns_count; i++) {
		if (strcmp(table->columns[i], name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

const char *table_field(const struct table *table, size_t row, int column)
{
	return column < 0 ? "" : table->rows[row][column];
}
