/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_json.h"

#include <stdio.h>
#include <string.h>

#include "proto/record_fields.h"

struct reading {
	struct arena *arena;
	struct errmsg *msg;
};

#define CODES_SEARCHED 64
#define CODES_TEXT_BYTES 384

static const char *type_text(const json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "text";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}
	return "something else";
}

static int wrong_type(struct reading *r, const struct field_path *path,
	const char *expected, const json_t *json)
{
	return field_fail(path, r->msg, CORDON_EFIELD, "%s is expected, this is %s",
		expected, type_text(json));
}

/* The string in json; NULL with the reason in msg. */
static const char *text_of(
	struct reading *r, const struct field_path *path, const json_t *json)
{
	if (!json_is_string(json)) {
		wrong_type(r, path, "text", json);
		return NULL;
	}
	if (json_string_length(json) == 0) {
		field_fail(path, r->msg, CORDON_EFIELD,
			"is empty; leave it out where nothing is known");
		return NULL;
	}
	return json_string_value(json);
}

static int read_text(struct reading *r, const struct field_path *path,
	const json_t *json, const char **value)
{
	const char *text = text_of(r, path, json);
	const char *copy;

	if (text == NULL) {
		return CORDON_EFIELD;
	}
	if (!bytes_are_text(text, json_string_length(json))) {
		return field_fail(
			path, r->msg, CORDON_EFIELD, "a control character is in it");
	}
	copy = arena_text(r->arena, text, json_string_length(json));
	if (copy == NULL) {
		return CORDON_ENOMEM;
	}
	*value = copy;
	return 0;
}

static int read_date(struct reading *r, const struct field_path *path,
	const json_t *json, struct cordon_date *value)
{
	const char *text = text_of(r, path, json);
	char quoted[FIELD_QUOTE_BYTES];

	if (text == NULL) {
		return CORDON_EFIELD;
	}
	if (!date_parse(value, text, json_string_length(json))) {
		return field_fail(path, r->msg, CORDON_EFIELD,
			"%s: no such date; YYYY-MM-DD, YYYY-MM or YYYY is expected",
			field_quote(text, quoted));
	}
	return 0;
}

/* "a, b, c" of all codes of a table. */
static void codes_text(enum cordon_codes codes, char out[CODES_TEXT_BYTES])
{
	size_t used = 0;

	out[0] = '\0';
	for (uint32_t number = 1; number < CODES_SEARCHED; number++) {
		const char *text = cordon_code_text(codes, number);

		if (text != NULL && used < CODES_TEXT_BYTES) {
			int size = snprintf(out + used, CODES_TEXT_BYTES - used, "%s%s",
				used > 0 ? ", " : "", text);

			used += size > 0 ? (size_t)size : 0;
		}
	}
}

static int read_code(struct reading *r, const struct field *field,
	const struct field_path *path, const json_t *json, uint32_t *value)
{
	const char *text = text_of(r, path, json);
	char quoted[FIELD_QUOTE_BYTES], codes[CODES_TEXT_BYTES];
	uint32_t number;

	if (text == NULL) {
		return CORDON_EFIELD;
	}
	number = cordon_code_number(field->codes, text);
	if (number == 0) {
		codes_text(field->codes, codes);
		return field_fail(path, r->msg, CORDON_EFIELD,
			"%s is not known; one of these is expected: %s",
			field_quote(text, quoted), codes);
	}
	*value = number;
	return 0;
}

static int read_number(struct reading *r, const struct field *field,
	const struct field_path *path, const json_t *json, void *value)
{
	bool narrow = field->type == FIELD_INT32;
	json_int_t number = json_integer_value(json);

	if (!json_is_integer(json)) {
		return wrong_type(r, path, "a whole number", json);
	}
	if (narrow ? number < INT32_MIN || number > INT32_MAX : number < 0) {
		return field_fail(path, r->msg, CORDON_EFIELD,
			"%" JSON_INTEGER_FORMAT " is out of range", number);
	}
	if (narrow) {
		*(int32_t *)value = (int32_t)number;
	} else {
		*(uint64_t *)value = (uint64_t)number;
	}
	return 0;
}

static int read_object(struct reading *r, const struct shape *shape,
	const struct field_path *path, const json_t *json, void *object);

static int read_value(struct reading *r, const struct field *field,
	const struct field_path *path, const json_t *json, void *value)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID:
		return read_text(r, path, json, value);
	case FIELD_DATE:
	case FIELD_DAY:
		return read_date(r, path, json, value);
	case FIELD_CODE:
		return read_code(r, field, path, json, value);
	case FIELD_BOOL:
		if (!json_is_boolean(json)) {
			return wrong_type(r, path, "true or false", json);
		}
		*(bool *)value = json_is_true(json);
		return 0;
	case FIELD_INT32:
	case FIELD_UINT64:
		return read_number(r, field, path, json, value);
	case FIELD_OBJECT:
		return read_object(r, field->shape, path, json, value);
	}
	return CORDON_EINTERNAL;
}

static int read_list(struct reading *r, const struct field *field,
	struct field_path *path, const json_t *json, void *object)
{
	size_t count = json_array_size(json);
	struct values values;

	if (!json_is_array(json)) {
		return wrong_type(r, path, "a list", json);
	}
	if (count == 0) {
		return 0;
	}
	values = field_make(field, object, count, r->arena);
	if (values.data == NULL) {
		return CORDON_ENOMEM;
	}
	path->indexed = true;
	for (path->index = 0; path->index < count; path->index++) {
		int error =
			read_value(r, field, path, json_array_get(json, path->index),
				values_at(&values, path->index));

		if (error != 0) {
			return error;
		}
	}
	return 0;
}

/* The name is the sender's, and goes into the error as text of bounded size. */
static int unknown_field(struct reading *r, const struct field_path *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz_";
	struct field_path at = *path;
	char quoted[FIELD_QUOTE_BYTES];

	if (at.name[0] == '\0' || at.name[strspn(at.name, plain)] != '\0' ||
		strlen(at.name) >= FIELD_QUOTE_BYTES) {
		at.name = field_quote(at.name, quoted);
	}
	return field_fail(&at, r->msg, CORDON_EFIELD, "there is no such field");
}

static int read_field(struct reading *r, const struct shape *shape,
	struct field_path *path, const json_t *json, void *object)
{
	const struct field *field = shape_find(shape, path->name);
	struct values values;

	if (field == NULL) {
		return unknown_field(r, path);
	}
	if (field->repeated) {
		return read_list(r, field, path, json, object);
	}
	values = field_make(field, object, 1, r->arena);
	if (values.data == NULL) {
		return CORDON_ENOMEM;
	}
	return read_value(r, field, path, json, values.data);
}

static int read_object(struct reading *r, const struct shape *shape,
	const struct field_path *path, const json_t *json, void *object)
{
	/* jansson iterates without changing anything, but has no const for it */
	json_t *members = (json_t *)(uintptr_t)json;
	const char *name;
	json_t *value;

	if (!json_is_object(json)) {
		return wrong_type(r, path, "an object", json);
	}
	json_object_foreach(members, name, value)
	{
		struct field_path at = { path, name, 0, false };
		int error = read_field(r, shape, &at, value, object);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}

int record_json_read(const json_t *json, struct arena *arena,
	struct cordon_record **record, struct errmsg *msg)
{
	struct reading r = { arena, msg };
	struct cordon_record *found = arena_alloc(arena, sizeof(*found));
	int error;

	if (found == NULL) {
		return CORDON_ENOMEM;
	}
	error = read_object(&r, &record_shape, NULL, json, found);
	if (error == 0) {
		*record = found;
	}
	return error;
}
