/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_fields.h"

#include <string.h>

#include "proto/cordon.pb-c.h"

#define NAME_LONGEST 128
#define FULL_NAME_LONGEST 256
#define NUMBER_LONGEST 64 /* as printed, with blanks and hyphens */
#define LINE_LONGEST 256
#define TEXT_LONGEST 2000

#define ONE(field_name, field_type, ...)                                               \
	{                                                                              \
		.name = #field_name, .type = FIELD_##field_type,                       \
		.offset = offsetof(struct STRUCT, field_name), __VA_ARGS__             \
	}
#define MANY(field_name, field_type, at_most, ...)                                     \
	{                                                                              \
		.name = #field_name, .type = FIELD_##field_type, .repeated = true,     \
		.offset = offsetof(struct STRUCT, field_name),                         \
		.count_offset = offsetof(struct STRUCT, field_name##_count),           \
		.most = (at_most), __VA_ARGS__                                         \
	}
#define TEXT(field_name, characters) ONE(field_name, TEXT, .longest = (characters))
#define CODE(field_name, table) ONE(field_name, CODE, .codes = CORDON_CODES_##table)
#define CODES(field_name, table, at_most)                                              \
	MANY(field_name, CODE, at_most, .codes = CORDON_CODES_##table)
#define OBJECT(field_name, of) ONE(field_name, OBJECT, .shape = &(of))
#define OBJECTS(field_name, of, at_most)                                               \
	MANY(field_name, OBJECT, at_most, .shape = &(of))
#define PLAIN(field_name, field_type) ONE(field_name, field_type, .longest = 0)
#define STATES(field_name, at_most) MANY(field_name, STATE, at_most, .longest = 3)

#define SHAPE(fields_of, message)                                                      \
	{                                                                              \
		sizeof(struct STRUCT), (fields_of),                                    \
			sizeof(fields_of) / sizeof((fields_of)[0]),                    \
			&cordon__##message##__descriptor                               \
	}

#define STRUCT cordon_name
static const struct field name_fields[] = {
	CODE(type, NAME_TYPE),
	TEXT(surname, NAME_LONGEST),
	TEXT(given, NAME_LONGEST),
	TEXT(patronymic, NAME_LONGEST),
	TEXT(full, FULL_NAME_LONGEST),
};
static const struct shape name_shape = SHAPE(name_fields, name);
#undef STRUCT

#define STRUCT cordon_personal_number
static const struct field personal_number_fields[] = {
	TEXT(number, NUMBER_LONGEST),
	PLAIN(issuer, STATE),
};
static const struct shape personal_number_shape =
	SHAPE(personal_number_fields, personal_number);
#undef STRUCT

#define STRUCT cordon_document
static const struct field document_fields[] = {
	CODE(type, DOCUMENT_TYPE),
	TEXT(number, NUMBER_LONGEST),
	TEXT(number_to, NUMBER_LONGEST),
	PLAIN(issuer, STATE),
	PLAIN(issued_on, DATE),
	PLAIN(expires_on, DATE),
};
static const struct shape document_shape = SHAPE(document_fields, document);
#undef STRUCT

#define STRUCT cordon_person
static const struct field person_fields[] = {
	OBJECTS(names, name_shape, 256),
	PLAIN(born, DATE),
	PLAIN(born_approximate, BOOL),
	MANY(born_alternatives, DATE, 32, .longest = 0),
	CODE(sex, SEX),
	STATES(nationalities, 16),
	TEXT(birth_place, LINE_LONGEST),
	PLAIN(birth_state, STATE),
	OBJECTS(personal_numbers, personal_number_shape, 32),
	OBJECTS(documents, document_shape, 64),
	CODES(markers, MARKER, RECORD_SET_MAX),
};
static const struct shape person_shape = SHAPE(person_fields, person);
#undef STRUCT

#define STRUCT cordon_decision
static const struct field decision_fields[] = {
	TEXT(authority, LINE_LONGEST),
	TEXT(number, LINE_LONGEST),
	PLAIN(date, DAY),
	TEXT(legal_basis, LINE_LONGEST),
};
static const struct shape decision_shape = SHAPE(decision_fields, decision);
#undef STRUCT

#define STRUCT cordon_source
static const struct field source_fields[] = {
	TEXT(list, LINE_LONGEST),
	TEXT(reference, LINE_LONGEST),
};
static const struct shape source_shape = SHAPE(source_fields, source);
#undef STRUCT

#define STRUCT cordon_exception
static const struct field exception_fields[] = {
	CODE(type, EXCEPTION_TYPE),
	PLAIN(from, DAY),
	PLAIN(until, DAY),
	OBJECTS(documents, document_shape, 16),
	TEXT(note, TEXT_LONGEST),
};
static const struct shape exception_shape = SHAPE(exception_fields, exception);
#undef STRUCT

#define STRUCT cordon_distinguished
static const struct field distinguished_fields[] = {
	OBJECTS(names, name_shape, 16),
	PLAIN(born, DAY),
	OBJECTS(documents, document_shape, 16),
	PLAIN(consent_on, DAY),
	TEXT(why, TEXT_LONGEST),
};
static const struct shape distinguished_shape =
	SHAPE(distinguished_fields, distinguished);
#undef STRUCT

#define STRUCT cordon_record
static const struct field record_fields[] = {
	PLAIN(id, ID),
	CODE(kind, KIND),
	PLAIN(version, UINT64),
	PLAIN(valid_from, DAY),
	PLAIN(valid_until, DAY),
	PLAIN(utc_offset_min, INT32),
	PLAIN(review_by, DAY),
	CODE(reason, REASON),
	CODES(actions, ACTION, RECORD_SET_MAX),
	CODE(scope, SCOPE),
	OBJECT(decision, decision_shape),
	OBJECT(source, source_shape),
	TEXT(contact, LINE_LONGEST),
	MANY(links, ID, 32, .longest = CORDON_ID_MAX),
	TEXT(note, TEXT_LONGEST),
	TEXT(warning, TEXT_LONGEST),
	ONE(internal_note, TEXT, .longest = TEXT_LONGEST, .local = true),
	PLAIN(weak, BOOL),
	OBJECT(person, person_shape),
	OBJECTS(documents, document_shape, 16),
	PLAIN(ordered_on, DAY),
	PLAIN(removed_on, DAY),
	PLAIN(removed_to, STATE),
	OBJECTS(exceptions, exception_shape, 32),
	OBJECTS(distinguished, distinguished_shape, 32),
};
const struct shape record_shape = SHAPE(record_fields, record);
#undef STRUCT

static size_t value_size(const struct field *field)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID:
		return sizeof(const char *);
	case FIELD_DATE:
	case FIELD_DAY:
		return sizeof(struct cordon_date);
	case FIELD_CODE:
		return sizeof(uint32_t);
	case FIELD_BOOL:
		return sizeof(bool);
	case FIELD_INT32:
		return sizeof(int32_t);
	case FIELD_UINT64:
		return sizeof(uint64_t);
	case FIELD_OBJECT:
		return field->shape->size;
	}
	return 0;
}

size_t field_packed_size(const struct field *field)
{
	switch (field->type) {
	case FIELD_CODE:
		return sizeof(uint32_t);
	case FIELD_OBJECT:
		return sizeof(ProtobufCMessage *);
	default:
		return sizeof(ProtobufCBinaryData);
	}
}

/* Behind a pointer: arrays, and objects that may be absent. */
static bool pointed_at(const struct field *field)
{
	return field->repeated || field->type == FIELD_OBJECT;
}

struct values field_values(const struct field *field, const void *object)
{
	struct values values = { (char *)(uintptr_t)object + field->offset, 1,
		value_size(field) };

	if (pointed_at(field)) {
		memcpy(&values.data, (const char *)object + field->offset,
			sizeof(values.data));
		values.count = values.data == NULL ? 0 : 1;
	}
	if (field->repeated && values.data != NULL) {
		memcpy(&values.count, (const char *)object + field->count_offset,
			sizeof(values.count));
	}
	return values;
}

void *values_at(const struct values *values, size_t i)
{
	return values->data + i * values->size;
}

struct values field_make(
	const struct field *field, void *object, size_t count, struct arena *arena)
{
	struct values values = { (char *)object + field->offset, 1, value_size(field) };
	char *data;

	if (!pointed_at(field)) {
		return values;
	}
	data = arena_array(arena, count, values.size);
	if (data != NULL) {
		memcpy(values.data, &data, sizeof(data));
	}
	if (data != NULL && field->repeated) {
		memcpy((char *)object + field->count_offset, &count, sizeof(count));
		values.count = count;
	}
	values.data = data;
	return values;
}

bool field_value_absent(const struct field *field, const void *value)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID: {
		const char *text = *(const char *const *)value;

		return text == NULL || text[0] == '\0';
	}
	case FIELD_DATE:
	case FIELD_DAY:
		return date_absent(value);
	case FIELD_CODE:
		return *(const uint32_t *)value == 0;
	case FIELD_BOOL:
		return !*(const bool *)value;
	case FIELD_INT32:
		return *(const int32_t *)value == 0;
	case FIELD_UINT64:
		return *(const uint64_t *)value == 0;
	case FIELD_OBJECT:
		return false;
	}
	return true;
}

const struct field *shape_find(const struct shape *shape, const char *name)
{
	for (size_t i = 0; i < shape->count; i++) {
		if (strcmp(shape->fields[i].name, name) == 0) {
			return &shape->fields[i];
		}
	}
	return NULL;
}
