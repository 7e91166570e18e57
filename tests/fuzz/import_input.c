/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/fuzz/import_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proto/arena.h"
#include "proto/record_json.h"
#include "tests/fuzz/fuzz.h"

#define PATH_BYTES 32

/* A file in memory; *path is how it is opened. */
static int make_file(const void *data, size_t size, char path[PATH_BYTES])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	FUZZ_CHECK(fd >= 0);
	FUZZ_CHECK(write(fd, data, size) == (ssize_t)size);
	snprintf(path, PATH_BYTES, "/proc/self/fd/%d", fd);
	return fd;
}

/* What was made of a list is what its JSON form says, no more and no less. */
static int check_record(
	void *ctx, const struct cordon_record *record, const struct import_place *place)
{
	const enum import_format *format = ctx;
	json_t *json = record_json_write(record, true);
	struct cordon_record *again;
	struct errmsg msg = { "" };
	struct arena arena;

	FUZZ_CHECK(json != NULL && place->line > 0);
	arena_init(&arena, 0);
	if (*format != IMPORT_JSONL) {
		FUZZ_CHECK(ident_record_id_valid(record->id, strlen(record->id)));
		FUZZ_CHECK(record->person->names_count > 0);
	}
	FUZZ_CHECK(record_json_read(json, &arena, &again, &msg) == 0);
	FUZZ_CHECK(record_same_content(record, again));
	arena_finish(&arena);
	json_decref(json);
	return 0;
}

void import_input(enum import_format format, const uint8_t *data, size_t size)
{
	const uint8_t *end =
		format == IMPORT_OFAC_CSV && size > 0 ? memchr(data, 0, size) : NULL;
	size_t first = end == NULL ? size : (size_t)(end - data);
	char path[PATH_BYTES], aliases_path[PATH_BYTES];
	struct import_options options = {
		.format = format,
		.path = path,
		.owner = { "KAZ" },
		.as_of = { 2026, 3, 1 },
	};
	const struct import_handler handler = { .ctx = &format,
		.record = check_record };
	struct import_counts counts;
	struct errmsg msg = { "" };
	int fd = make_file(data, first, path), aliases_fd = -1;

	if (end != NULL) {
		aliases_fd = make_file(end + 1, size - first - 1, aliases_path);
		options.aliases_path = aliases_path;
	}
	import_run(&options, &handler, &counts, &msg);
	close(fd);
	if (aliases_fd >= 0) {
		close(aliases_fd);
	}
}
