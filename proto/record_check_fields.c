/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_check.h"

#include <string.h>

static int check_object(const struct check *c, const struct shape *shape,
	const struct field_path *path, const void *object);

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++) {
		count += ((unsigned char)*text >> 6) != 2 ? 1 : 0;
	}
	return count;
}

static int check_text(const struct check *c, const struct field *field,
	const struct field_path *path, const char *text)
{
	char quoted[FIELD_QUOTE_BYTES];
	size_t length;

	if (!bytes_are_text(text, strlen(text))) {
		return field_fail(path, c->msg, CORDON_EFIELD,
			"not UTF-8, or a control character in it");
	}
	if (field->type == FIELD_STATE && !ident_state_known(text)) {
		return field_fail(path, c->msg, CORDON_EFIELD,
			"%s: no such state; a code of ICAO 9303-3 section 5 is "
			"expected, "
			"such as KAZ",
			field_quote(text, quoted));
	}
	if (field->type == FIELD_ID && !ident_record_id_valid(text, strlen(text))) {
		return field_fail(path, c->msg, CORDON_EFIELD,
			"%s: no id; the owner's three letters, '-' and 1 to 32 of A-Z "
			"0-9 - "
			"are expected",
			field_quote(text, quoted));
	}
	length = characters(text);
	if (field->type == FIELD_TEXT && length > field->longest) {
		return field_fail(path, c->msg, CORDON_ETOOBIG,
			"%zu characters, at most %zu are allowed", length,
			field->longest);
	}
	return 0;
}

static int check_date(const struct check *c, const struct field *field,
	const struct field_path *path, const struct cordon_date *date)
{
	char text[DATE_TEXT_BYTES];

	date_text(date, text);
	if (!date_valid(date)) {
		return field_fail(
			path, c->msg, CORDON_EFIELD, "%s: no such date", text);
	}
	if (field->type == FIELD_DAY && !date_whole(date)) {
		return field_fail(path, c->msg, CORDON_EFIELD,
			"%s: a whole date, YYYY-MM-DD, is expected", text);
	}
	return 0;
}

static int check_value(const struct check *c, const struct field *field,
	const struct field_path *path, const void *value)
{
	if (field_value_absent(field, value)) {
		return field->repeated
			       ? field_fail(path, c->msg, CORDON_EFIELD, "is empty")
			       : 0;
	}
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID:
		return check_text(c, field, path, *(const char *const *)value);
	case FIELD_DATE:
	case FIELD_DAY:
		return check_date(c, field, path, value);
	case FIELD_CODE:
		if (cordon_code_text(field->codes, *(const uint32_t *)value) == NULL) {
			return field_fail(path, c->msg, CORDON_EFIELD,
				"code %u is not known",
				(unsigned)*(const uint32_t *)value);
		}
		return 0;
	case FIELD_OBJECT:
		return check_object(c, field->shape, path, value);
	case FIELD_BOOL:
	case FIELD_INT32:
	case FIELD_UINT64:
		return 0;
	}
	return 0;
}

static bool same(const struct field *field, const void *a, const void *b)
{
	if (field->type == FIELD_CODE) {
		return *(const uint32_t *)a == *(const uint32_t *)b;
	}
	return strcmp(*(const char *const *)a, *(const char *const *)b) == 0;
}

/* Codes, states and ids are there once. */
static int check_twice(const struct check *c, const struct field *field,
	const struct field_path *path, const struct values *values)
{
	if (field->type != FIELD_CODE && field->type != FIELD_STATE &&
		field->type != FIELD_ID) {
		return 0;
	}
	for (size_t i = 0; i < path->index; i++) {
		if (same(field, values_at(values, i), values_at(values, path->index))) {
			return field_fail(path, c->msg, CORDON_EFIELD,
				"says the same as [%zu]; once is enough", i);
		}
	}
	return 0;
}

static int check_field(const struct check *c, const struct field *field,
	const struct field_path *up, const void *object)
{
	struct values values = field_values(field, object);
	struct field_path path = field_of(up, field->name);

	if (field->repeated && values.count > field->most) {
		return field_fail(&path, c->msg, CORDON_ETOOBIG,
			"%zu of them, at most %zu are allowed", values.count,
			field->most);
	}
	path.indexed = field->repeated;
	for (path.index = 0; path.index < values.count; path.index++) {
		int error =
			check_value(c, field, &path, values_at(&values, path.index));

		if (error == 0 && field->repeated) {
			error = check_twice(c, field, &path, &values);
		}
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

static int check_object(const struct check *c, const struct shape *shape,
	const struct field_path *path, const void *object)
{
	for (size_t i = 0; i < shape->count; i++) {
		int error = check_field(c, &shape->fields[i], path, object);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}

int check_fields(const struct check *c)
{
	return check_object(c, &record_shape, NULL, c->record);
}
