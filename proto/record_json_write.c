/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_json.h"

#include "proto/record_fields.h"

static json_t *write_object(const struct shape *shape, const void *object, bool local);

static json_t *write_date(const struct cordon_date *date)
{
	char text[DATE_TEXT_BYTES];

	date_text(date, text);
	return json_string(text);
}

/* A code that this version has no text for (a newer member's) stays a number. */
static json_t *write_code(enum cordon_codes codes, uint32_t number)
{
	const char *text = cordon_code_text(codes, number);

	return text == NULL ? json_integer(number) : json_string(text);
}

static json_t *write_value(const struct field *field, const void *value, bool local)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID:
		return json_string(*(const char *const *)value);
	case FIELD_DATE:
	case FIELD_DAY:
		return write_date(value);
	case FIELD_CODE:
		return write_code(field->codes, *(const uint32_t *)value);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)value);
	case FIELD_INT32:
		return json_integer(*(const int32_t *)value);
	case FIELD_UINT64:
		return json_integer((json_int_t) * (const uint64_t *)value);
	case FIELD_OBJECT:
		return write_object(field->shape, value, local);
	}
	return NULL;
}

static json_t *write_list(
	const struct field *field, const struct values *values, bool local)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < values->count; i++) {
		json_t *value = write_value(field, values_at(values, i), local);

		if (json_array_append_new(list, value) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *write_object(const struct shape *shape, const void *object, bool local)
{
	json_t *json = json_object();

	for (size_t i = 0; json != NULL && i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		struct values values = field_values(field, object);
		json_t *value;

		if (values.count == 0 || (field->local && !local) ||
			(!field->repeated && field_value_absent(field, values.data))) {
			continue;
		}
		value = field->repeated ? write_list(field, &values, local)
					: write_value(field, values.data, local);
		/* takes value over, and fails for NULL */
		if (json_object_set_new(json, field->name, value) != 0) {
			json_decref(json);
			json = NULL;
		}
	}
	return json;
}

json_t *record_json_write(const struct cordon_record *record, bool local)
{
	return write_object(&record_shape, record, local);
}
