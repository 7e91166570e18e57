/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <jansson.h>

#include "client/ctl/import_file.h"
#include "proto/record_json.h"

/* Cordon's own lines, one record each: what export prints and record put reads. */

static bool blank(const struct import_line *line)
{
	for (size_t i = 0; i < line->bytes; i++) {
		if (strchr(" \t\r", line->text[i]) == NULL || line->text[i] == '\0') {
			return false;
		}
	}
	return true;
}

static int take_json(struct import *import, const json_t *json, struct errmsg *msg)
{
	struct cordon_record *record;
	struct errmsg reason = { "" };
	int error;

	import->place.reference = json_string_value(json_object_get(json, "id"));
	error = record_json_read(json, &import->arena, &record, &reason);
	if (error == CORDON_ENOMEM && !import->arena.failed) {
		return errmsg_set(msg, error, "out of memory");
	}
	if (error != 0) {
		import_refuse(import, "%s", errmsg_text(&reason, error));
		return 0;
	}
	error = import_record(import, record);
	return error == 0
		       ? 0
		       : errmsg_set(msg, error, "%s, line %llu: %s", import->place.path,
				 (unsigned long long)import->place.line,
				 cordon_error_text(error));
}

static int take_line(
	struct import *import, const struct import_line *line, struct errmsg *msg)
{
	json_error_t reason;
	json_t *json;
	int error;

	if (line->too_long) {
		import_refuse(import, "the line is longer than %u bytes",
			IMPORT_LINE_BYTES_MAX);
		return 0;
	}
	if (blank(line)) {
		return 0;
	}
	json = json_loadb(line->text, line->bytes, JSON_REJECT_DUPLICATES, &reason);
	if (json == NULL) {
		import_refuse(import, "no JSON: %s (at byte %d)", reason.text,
			reason.position);
		return 0;
	}
	arena_reset(&import->arena);
	error = take_json(import, json, msg);
	json_decref(json);
	import->place.reference = NULL;
	return error;
}

int import_jsonl(struct import *import, struct errmsg *msg)
{
	struct import_lines lines;
	struct import_line line;
	bool there = true;
	int error = import_lines_open(&lines, import, import->options->path, msg);

	if (error != 0) {
		return error;
	}
	while (error == 0 && there) {
		error = import_lines_next(&lines, &line, &there, msg);
		if (error == 0 && there) {
			import->place.line = lines.number;
			error = take_line(import, &line, msg);
		}
	}
	import_lines_close(&lines);
	return error;
}
