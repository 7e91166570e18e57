/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "proto/record_fields.h"
#include "proto/record_json.h"
#include "proto/record_own.h"

/* Nothing that fits RECORD_SEALED_MAX needs more, all of it escaped. */
#define JSON_BYTES_MAX (1024 * 1024)

static int parse(const char *text, size_t text_bytes, json_t **json, struct errmsg *msg)
{
	json_error_t error;
	json_t *found;

	if (text_bytes > JSON_BYTES_MAX) {
		return errmsg_set(msg, CORDON_ESYNTAX,
			"%zu bytes of JSON, at most %d are a record", text_bytes,
			JSON_BYTES_MAX);
	}
	found = json_loadb(text, text_bytes, JSON_REJECT_DUPLICATES, &error);
	if (found == NULL) {
		return errmsg_set(msg, CORDON_ESYNTAX,
			"no JSON: line %d, column %d: %s", error.line, error.column,
			bytes_are_text(error.text, strlen(error.text)) ? error.text
								       : "unreadable");
	}
	*json = found;
	return 0;
}

static int read_own(
	const json_t *json, struct cordon_record **record, struct errmsg *msg)
{
	struct record_own *own = record_own_create();
	struct cordon_record *found;
	int error;

	if (own == NULL) {
		return CORDON_ENOMEM;
	}
	error = record_json_read(json, record_own_arena(own), &found, msg);
	if (error != 0) {
		record_own_destroy(own);
		return error;
	}
	*record = record_own_give(own, found);
	return 0;
}

int cordon_record_from_json(const char *text, size_t text_bytes,
	struct cordon_record **record, char *message, size_t message_bytes)
{
	struct errmsg msg = { "" };
	json_t *json = NULL;
	int error = parse(text, text_bytes, &json, &msg);

	if (error == 0) {
		error = read_own(json, record, &msg);
	}
	json_decref(json);
	if (error != 0) {
		errmsg_copy(&msg, error, message, message_bytes);
	}
	return error;
}

static bool all_text(const struct shape *shape, const void *object);

static bool value_is_text(const struct field *field, const void *value)
{
	const char *text;

	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID:
		text = *(const char *const *)value;
		return text == NULL || bytes_are_text(text, strlen(text));
	case FIELD_OBJECT:
		return all_text(field->shape, value);
	default:
		return true;
	}
}

static bool all_text(const struct shape *shape, const void *object)
{
	for (size_t i = 0; i < shape->count; i++) {
		struct values values = field_values(&shape->fields[i], object);

		for (size_t j = 0; j < values.count; j++) {
			if (!value_is_text(&shape->fields[i], values_at(&values, j))) {
				return false;
			}
		}
	}
	return true;
}

int cordon_record_to_json(const struct cordon_record *record, char **text)
{
	json_t *json;
	char *out;

	if (!all_text(&record_shape, record)) {
		return CORDON_EFIELD;
	}
	json = record_json_write(record, false);
	if (json == NULL) {
		return CORDON_ENOMEM;
	}
	out = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(json);
	if (out == NULL) {
		return CORDON_ENOMEM;
	}
	*text = out;
	return 0;
}
