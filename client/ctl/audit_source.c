/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "client/ctl/audit.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#define UNPACKED_MAX ((unsigned long long)2 << 30)
#define CHECKPOINT_NAME "access-log.checkpoint"

static int fail_file(struct ctl *ctl, const char *what, const char *path)
{
	char text[512];

	snprintf(text, sizeof(text), "cannot %s %.400s: %s", what, path,
		strerror(errno));
	return ctl_fail(ctl, CORDON_EIO, text);
}

static int no_memory(struct ctl *ctl)
{
	return ctl_fail(ctl, CORDON_ENOMEM, "out of memory");
}

static bool grow(struct audit_source *s)
{
	size_t room = s->count + 1;
	void *numbers, *last_s, *names;

	if ((s->count & (s->count - 1)) != 0) {
		return true; /* there is room up to the next power of two */
	}
	room = s->count == 0 ? 1 : 2 * s->count;
	numbers = realloc(s->numbers, room * sizeof(*s->numbers));
	s->numbers = numbers != NULL ? numbers : s->numbers;
	last_s = realloc(s->last_s, room * sizeof(*s->last_s));
	s->last_s = last_s != NULL ? last_s : s->last_s;
	names = realloc(s->names, room * sizeof(*s->names));
	s->names = names != NULL ? names : s->names;
	return numbers != NULL && last_s != NULL && names != NULL;
}

static bool add(
	struct audit_source *s, uint64_t number, int64_t last_s, const char *name)
{
	size_t at;

	if (!grow(s)) {
		return false;
	}
	for (at = s->count; at > 0 && s->numbers[at - 1] > number; at--) {
		s->numbers[at] = s->numbers[at - 1];
		s->last_s[at] = s->last_s[at - 1];
		memcpy(s->names[at], s->names[at - 1], sizeof(s->names[at]));
	}
	s->numbers[at] = number;
	s->last_s[at] = last_s;
	snprintf(s->names[at], sizeof(s->names[at]), "%s", name);
	s->count++;
	return true;
}

/* ---- a directory ------------------------------------------------------------------
 */

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long end = -1;

	if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
		end = ftell(file);
		rewind(file);
	}
	data = end < 0 ? NULL : malloc((size_t)end + 1);
	if (data != NULL) {
		*size = fread(data, 1, (size_t)end, file);
	}
	if (file != NULL) {
		fclose(file);
	}
	return data;
}

/* A plain file beside its packed one says the same: one of them counts. */
static int add_file(struct audit_source *s, const char *name)
{
	char *end;
	uint64_t number = strtoull(name, &end, 10);

	if (end - name != 16 || number == 0 || strlen(name) >= sizeof(*s->names) ||
		(strcmp(end, ".log") != 0 && strcmp(end, ".log.zst") != 0 &&
			strcmp(end, ".kept.zst") != 0)) {
		return EXIT_OK;
	}
	for (size_t i = 0; i < s->count; i++) {
		if (s->numbers[i] == number) {
			return EXIT_OK;
		}
	}
	return add(s, number, 0, name) ? EXIT_OK : no_memory(s->ctl);
}

static int open_dir(struct audit_source *s)
{
	DIR *dir = opendir(s->dir);
	struct dirent *entry;
	char path[4352];
	int status = EXIT_OK;
	uint8_t *newest;
	size_t size = 0;

	if (dir == NULL) {
		return fail_file(s->ctl, "read", s->dir);
	}
	while (status == EXIT_OK && (entry = readdir(dir)) != NULL) {
		status = add_file(s, entry->d_name);
	}
	closedir(dir);
	/* beside the directory, where a node keeps it */
	snprintf(path, sizeof(path), "%.4000s/../%s", s->dir, CHECKPOINT_NAME);
	newest = read_file(path, &size);
	if (newest != NULL && size <= sizeof(s->newest)) {
		memcpy(s->newest, newest, size);
		s->newest_bytes = size;
	}
	free(newest);
	return status;
}

static uint8_t *unpack(uint8_t *packed, size_t *size)
{
	unsigned long long whole = ZSTD_getFrameContentSize(packed, *size);
	uint8_t *out = NULL;
	size_t got;

	if (whole != ZSTD_CONTENTSIZE_ERROR && whole != ZSTD_CONTENTSIZE_UNKNOWN &&
		whole <= UNPACKED_MAX) {
		out = malloc((size_t)whole + 1);
	}
	if (out != NULL) {
		got = ZSTD_decompress(out, (size_t)whole, packed, *size);
		if (ZSTD_isError(got) || got != whole) {
			free(out);
			out = NULL;
		} else {
			*size = got;
		}
	}
	free(packed);
	return out;
}

static int load_from_dir(
	struct audit_source *s, size_t index, uint8_t **data, size_t *size)
{
	char path[4352];
	uint8_t *loaded;
	size_t length = strlen(s->names[index]);

	snprintf(path, sizeof(path), "%.4000s/%s", s->dir, s->names[index]);
	loaded = read_file(path, size);
	if (loaded == NULL) {
		return fail_file(s->ctl, "read", path);
	}
	if (length > 4 && strcmp(s->names[index] + length - 4, ".zst") == 0) {
		loaded = unpack(loaded, size);
	}
	if (loaded == NULL) {
		char text[512];

		snprintf(text, sizeof(text),
			"segment %llu is altered: %.300s cannot be decompressed",
			(unsigned long long)s->numbers[index], path);
		return ctl_fail(s->ctl, CORDON_ECORRUPT, text);
	}
	*data = loaded;
	return EXIT_OK;
}

/* ---- a node -----------------------------------------------------------------------
 */

static void keep_newest(struct audit_source *s, const struct cordon_access_log *log)
{
	if (log->checkpoint_bytes > 0 && log->checkpoint_bytes <= sizeof(s->newest)) {
		memcpy(s->newest, log->checkpoint, log->checkpoint_bytes);
		s->newest_bytes = log->checkpoint_bytes;
	}
}

static int open_node(struct audit_source *s)
{
	struct cordon_access_log *log;
	int error, status = ctl_connect(s->ctl);

	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_access_log(s->ctl->client, 0, 0, &log);
	if (error != 0) {
		return ctl_client_failed(s->ctl, error);
	}
	keep_newest(s, log);
	for (size_t i = 0; status == EXIT_OK && i < log->segments_count; i++) {
		if (!add(s, log->segments[i].number, log->segments[i].last_s, "")) {
			status = no_memory(s->ctl);
		}
	}
	cordon_access_log_destroy(log);
	return status;
}

static int load_from_node(
	struct audit_source *s, size_t index, uint8_t **data, size_t *size)
{
	uint8_t *all = NULL;
	size_t used = 0;
	uint64_t whole = 0;

	do {
		struct cordon_access_log *log;
		uint8_t *grown;
		size_t got;
		int error = cordon_access_log(
			s->ctl->client, s->numbers[index], used, &log);

		if (error != 0) {
			free(all);
			return ctl_client_failed(s->ctl, error);
		}
		/* of the one being written, what there was at first */
		whole = used == 0 ? log->segment_bytes : whole;
		got = log->data_bytes;
		grown = realloc(all, used + got + 1);
		if (grown != NULL) {
			memcpy(grown + used, log->data, got);
			all = grown;
			used += got;
		}
		cordon_access_log_destroy(log);
		if (grown == NULL) {
			free(all);
			return no_memory(s->ctl);
		}
		if (got == 0) {
			break;
		}
	} while (used < whole);
	*data = all;
	*size = used < whole ? used : (size_t)whole;
	return EXIT_OK;
}

/* ---- either -----------------------------------------------------------------------
 */

int audit_source_open(struct audit_source *source, struct ctl *ctl, const char *dir)
{
	*source = (struct audit_source){ .ctl = ctl, .dir = dir };
	return dir == NULL ? open_node(source) : open_dir(source);
}

int audit_source_load(
	struct audit_source *source, size_t index, uint8_t **data, size_t *size)
{
	return source->dir == NULL ? load_from_node(source, index, data, size)
				   : load_from_dir(source, index, data, size);
}

void audit_source_close(struct audit_source *source)
{
	free(source->numbers);
	free(source->last_s);
	free(source->names);
}

int audit_source_newest(struct audit_source *source, const char *path)
{
	size_t size = 0;
	uint8_t *data = read_file(path, &size);
	char *text;

	if (data == NULL) {
		return fail_file(source->ctl, "read", path);
	}
	data[size] = '\0';
	text = (char *)data;
	text[strcspn(text, "\r\n")] = '\0';
	if (strlen(text) % 2 == 0 && strlen(text) / 2 <= sizeof(source->newest) &&
		strlen(text) > 0 &&
		bytes_from_hex(text, source->newest, strlen(text) / 2)) {
		source->newest_bytes = strlen(text) / 2;
	} else if (size <= sizeof(source->newest)) {
		memcpy(source->newest, data, size);
		source->newest_bytes = size;
	}
	free(data);
	return EXIT_OK;
}
