/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/unit/client/import_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/record_json.h"

const char *import_case_vectors;

void import_case_init(struct import_case *c, enum import_format format)
{
	*c = (struct import_case){ .options = { .format = format } };
	assert_true(ident_state_set(&c->options.owner, "KAZ", 3));
	c->records = json_object();
	c->said = strdup("");
}

void import_case_finish(struct import_case *c)
{
	if (c->path != NULL) {
		unlink(c->path);
	}
	if (c->aliases_path != NULL) {
		unlink(c->aliases_path);
	}
	free(c->path);
	free(c->aliases_path);
	free(c->said);
	json_decref(c->records);
}

static char *write_file(const char *data, size_t bytes)
{
	char *path = strdup("/tmp/cordon-import-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, bytes), (ssize_t)bytes);
	close(fd);
	return path;
}

void import_case_file(struct import_case *c, const char *data, size_t bytes)
{
	c->path = write_file(data, bytes);
	c->options.path = c->path;
}

void import_case_text(struct import_case *c, const char *text)
{
	import_case_file(c, text, strlen(text));
}

void import_case_aliases(struct import_case *c, const char *text)
{
	c->aliases_path = write_file(text, strlen(text));
	c->options.aliases_path = c->aliases_path;
}

static char *vector(const char *name)
{
	char *path, *data;
	size_t size;
	FILE *file;

	assert_true(asprintf(&path, "%s/%s", import_case_vectors, name) > 0);
	file = fopen(path, "rb");
	assert_non_null(file);
	data = calloc(1, 1 << 16);
	assert_non_null(data);
	size = fread(data, 1, (1 << 16) - 1, file);
	assert_true(size > 0);
	fclose(file);
	free(path);
	return data;
}

void import_case_vector(struct import_case *c, const char *name)
{
	char *data = vector(name);

	import_case_text(c, data);
	free(data);
	if (c->options.format == IMPORT_OFAC_CSV) {
		data = vector("alt.csv");
		import_case_aliases(c, data);
		free(data);
	}
}

static void say(struct import_case *c, const char *what,
	const struct import_place *place, const char *text)
{
	char *all;

	assert_true(
		asprintf(&all, "%s%s %llu %s: %s\n", c->said, what,
			(unsigned long long)place->line,
			place->reference == NULL ? "-" : place->reference, text) > 0);
	free(c->said);
	c->said = all;
}

static int on_record(
	void *ctx, const struct cordon_record *record, const struct import_place *place)
{
	struct import_case *c = ctx;

	assert_non_null(place->path);
	assert_true(place->line > 0);
	if (c->stop != 0) {
		return c->stop;
	}
	assert_null(json_object_get(c->records, record->id));
	json_object_set_new(c->records, record->id, record_json_write(record, true));
	return 0;
}

static void on_refused(void *ctx, const struct import_place *place, const char *reason)
{
	say(ctx, "refused", place, reason);
}

static void on_left_out(void *ctx, const struct import_place *place, const char *what)
{
	say(ctx, "left out", place, what);
}

static void on_remark(void *ctx, const struct import_place *place, const char *text)
{
	say(ctx, "remark", place, text);
}

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct import_case *c = ctx;

	c->progress_done = done;
	c->progress_total = total;
}

void import_case_run(struct import_case *c)
{
	const struct import_handler handler = {
		.ctx = c,
		.record = on_record,
		.refused = on_refused,
		.left_out = on_left_out,
		.remark = on_remark,
		.progress = on_progress,
	};

	c->error = import_run(&c->options, &handler, &c->counts, &c->msg);
}

void import_case_run_un(struct import_case *c, const char *text)
{
	import_case_init(c, IMPORT_UN_XML);
	import_case_text(c, text);
	import_case_run(c);
}

const json_t *import_case_value(
	const struct import_case *c, const char *id, const char *path)
{
	const json_t *at = json_object_get(c->records, id);

	if (at == NULL) {
		fail_msg("no record %s; said: %s%s", id, c->said, c->msg.text);
	}
	while (*path != '\0' && at != NULL) {
		size_t size = strcspn(path, ".");
		char step[64];

		snprintf(step, sizeof(step), "%.*s", (int)size, path);
		at = json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
				       : json_object_get(at, step);
		path += size + (path[size] == '.' ? 1 : 0);
	}
	return at;
}

void import_case_has(
	const struct import_case *c, const char *id, const char *path, const char *text)
{
	const json_t *value = import_case_value(c, id, path);

	if (!json_is_string(value) || strcmp(json_string_value(value), text) != 0) {
		fail_msg("%s %s: \"%s\", not \"%s\"", id, path,
			json_string_value(value), text);
	}
}

void import_case_lacks(const struct import_case *c, const char *id, const char *path)
{
	assert_null(import_case_value(c, id, path));
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

void import_case_named(
	const struct import_case *c, const char *id, const char *type, const char *name)
{
	const json_t *names = import_case_value(c, id, "person.names");
	const json_t *one;
	char text[1024];
	size_t i;

	json_array_foreach(names, i, one)
	{
		snprintf(text, sizeof(text), "%s|%s|%s", text_of(one, "surname"),
			text_of(one, "given"), text_of(one, "full"));
		if (strcmp(text, name) == 0) {
			assert_string_equal(text_of(one, "type"), type);
			return;
		}
	}
	fail_msg("%s has no name %s: %s", id, name, json_dumps(names, 0));
}

void import_case_document(const struct import_case *c, const char *id, const char *type,
	const char *number, const char *issuer)
{
	const json_t *documents = import_case_value(c, id, "person.documents");
	const json_t *one;
	size_t i;

	json_array_foreach(documents, i, one)
	{
		if (strcmp(text_of(one, "number"), number) == 0) {
			assert_string_equal(text_of(one, "type"), type);
			assert_string_equal(text_of(one, "issuer"), issuer);
			return;
		}
	}
	fail_msg("%s has no document %s: %s", id, number, json_dumps(documents, 0));
}

void import_case_said(const struct import_case *c, const char *words)
{
	if (strstr(c->said, words) == NULL && strstr(c->msg.text, words) == NULL) {
		fail_msg("\"%s\" is not in: %s%s", words, c->said, c->msg.text);
	}
}

void import_case_not_said(const struct import_case *c, const char *words)
{
	if (strstr(c->said, words) != NULL) {
		fail_msg("\"%s\" is in: %s", words, c->said);
	}
}

void import_case_counted(const struct import_case *c, uint64_t records,
	uint64_t refused, uint64_t left_out)
{
	if (c->error != 0 || c->counts.records != records ||
		c->counts.refused != refused || c->counts.left_out != left_out) {
		fail_msg("error %d, %llu records, %llu refused, %llu left out: %s%s",
			c->error, (unsigned long long)c->counts.records,
			(unsigned long long)c->counts.refused,
			(unsigned long long)c->counts.left_out, c->said, c->msg.text);
	}
}
