/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_codec.h"

#include <string.h>

#include "proto/message.h"
#include "proto/record_fields.h"
#include "proto/record_own.h"

struct opening {
	struct arena *arena;
	struct errmsg *msg;
	bool unknown;
};

static int open_object(struct opening *o, const struct shape *shape,
	const struct field_path *path, const ProtobufCMessage *message, void *object);

static int open_text(struct opening *o, const struct field_path *path,
	const ProtobufCBinaryData *data, const char **text)
{
	bool bad = false;
	const char *found = message_text(*data, o->arena, &bad);

	if (bad) {
		return field_fail(path, o->msg, CORDON_ESYNTAX,
			"not UTF-8, or a control character in it");
	}
	if (found == NULL && data->len > 0) {
		return CORDON_ENOMEM;
	}
	*text = found;
	return 0;
}

static int open_date(struct opening *o, const struct field_path *path,
	const ProtobufCBinaryData *data, struct cordon_date *date)
{
	if (data->len > 0 && !date_parse(date, (const char *)data->data, data->len)) {
		return field_fail(path, o->msg, CORDON_ESYNTAX, "no such date");
	}
	return 0;
}

static int open_value(struct opening *o, const struct field *field,
	const struct field_path *path, const void *in, void *value)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID:
		return open_text(o, path, in, value);
	case FIELD_DATE:
	case FIELD_DAY:
		return open_date(o, path, in, value);
	case FIELD_CODE: {
		uint32_t code = *(const uint32_t *)in;

		o->unknown = o->unknown || (code != 0 && cordon_code_text(field->codes,
								 code) == NULL);
		*(uint32_t *)value = code;
		return 0;
	}
	case FIELD_BOOL:
		*(bool *)value = *(const protobuf_c_boolean *)in != 0;
		return 0;
	case FIELD_INT32:
		*(int32_t *)value = *(const int32_t *)in;
		return 0;
	case FIELD_UINT64: {
		uint64_t number = *(const uint64_t *)in;

		if (number > INT64_MAX) {
			return field_fail(path, o->msg, CORDON_ESYNTAX,
				"beyond what JSON can hold");
		}
		*(uint64_t *)value = number;
		return 0;
	}
	case FIELD_OBJECT:
		return open_object(o, field->shape, path,
			*(const ProtobufCMessage *const *)in, value);
	}
	return 0;
}

static int open_field(struct opening *o, const struct field *field,
	const struct field_path *up, const struct values *in, void *object)
{
	struct field_path path = { up, field->name, 0, field->repeated };
	struct values out = field_make(field, object, in->count, o->arena);

	if (out.data == NULL) {
		return CORDON_ENOMEM;
	}
	for (path.index = 0; path.index < in->count; path.index++) {
		void *value = values_at(&out, path.index);
		int error =
			open_value(o, field, &path, values_at(in, path.index), value);

		if (error == 0 && field->repeated && field_value_absent(field, value)) {
			error = field_fail(&path, o->msg, CORDON_ESYNTAX, "is empty");
		}
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

/* Where protobuf-c has the values of a field. */
static struct values packed_values(const struct field *field,
	const ProtobufCFieldDescriptor *from, const ProtobufCMessage *message)
{
	const char *base = (const char *)message;
	struct values values = { (char *)(uintptr_t)base + from->offset, 1,
		field_packed_size(field) };

	if (field->repeated) {
		values.count = *(const size_t *)(base + from->quantifier_offset);
		values.data = *(char **)values.data;
	} else if (field->type == FIELD_OBJECT &&
		   *(ProtobufCMessage **)values.data == NULL) {
		values.count = 0;
	}
	return values;
}

static int open_object(struct opening *o, const struct shape *shape,
	const struct field_path *path, const ProtobufCMessage *message, void *object)
{
	o->unknown = o->unknown || message->n_unknown_fields > 0;
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		struct values in =
			packed_values(field, &shape->descriptor->fields[i], message);
		int error = in.count == 0 ? 0 : open_field(o, field, path, &in, object);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}

static int open_record(
	struct opening *o, struct bytes sealed, struct cordon_record **record)
{
	ProtobufCMessage *message;
	struct cordon_record *found;
	int error = message_unpack(
		&cordon__record__descriptor, sealed, o->arena, &message, o->msg);

	if (error != 0) {
		return error == CORDON_EPROTO ? CORDON_ESYNTAX : error;
	}
	found = arena_alloc(o->arena, sizeof(*found));
	if (found == NULL) {
		return CORDON_ENOMEM;
	}
	error = open_object(o, &record_shape, NULL, message, found);
	if (error == 0) {
		*record = found;
	}
	return error;
}

int record_open(struct bytes sealed, struct arena *arena, struct cordon_record **record,
	bool *unknown, struct errmsg *msg)
{
	struct opening o = { arena, msg, false };
	int error;

	if (sealed.size > RECORD_SEALED_MAX) {
		return errmsg_set(msg, CORDON_ESYNTAX,
			"%zu bytes, at most %d are a record", sealed.size,
			RECORD_SEALED_MAX);
	}
	error = open_record(&o, sealed, record);
	if (error == 0 && unknown != NULL) {
		*unknown = o.unknown;
	}
	return error;
}

int record_open_own(
	struct bytes sealed, struct cordon_record **record, struct errmsg *msg)
{
	struct record_own *own = record_own_create();
	struct cordon_record *found = NULL;
	int error;

	if (own == NULL) {
		return CORDON_ENOMEM;
	}
	error = record_open(sealed, record_own_arena(own), &found, NULL, msg);
	if (error != 0) {
		record_own_destroy(own);
		return error;
	}
	*record = record_own_give(own, found);
	return 0;
}
