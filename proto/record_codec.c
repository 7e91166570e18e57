/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_codec.h"

#include <stdlib.h>

#include "proto/message.h"
#include "proto/record_fields.h"

struct packing {
	struct arena *arena;
	bool with_local;
};

static int compare_codes(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* A set has one order and holds each code once. */
static size_t copy_set(uint32_t *out, const uint32_t *codes, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		out[i] = codes[i];
	}
	qsort(out, count, sizeof(*out), compare_codes);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || out[i] != out[kept - 1]) {
			out[kept++] = out[i];
		}
	}
	return kept;
}

static ProtobufCMessage *fill(
	const struct shape *shape, const void *object, const struct packing *packing);

static ProtobufCBinaryData date_data(
	const struct cordon_date *date, struct arena *arena)
{
	char *text = arena_alloc(arena, DATE_TEXT_BYTES);

	if (text != NULL) {
		date_text(date, text);
	}
	return message_data(text);
}

/* Writes one value to where protobuf-c has it. */
static void fill_value(const struct field *field, const void *value, void *out,
	const struct packing *packing)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID:
		*(ProtobufCBinaryData *)out = message_data(*(const char *const *)value);
		break;
	case FIELD_DATE:
	case FIELD_DAY:
		*(ProtobufCBinaryData *)out = date_data(value, packing->arena);
		break;
	case FIELD_CODE:
		*(uint32_t *)out = *(const uint32_t *)value;
		break;
	case FIELD_BOOL:
		*(protobuf_c_boolean *)out = *(const bool *)value;
		break;
	case FIELD_INT32:
		*(int32_t *)out = *(const int32_t *)value;
		break;
	case FIELD_UINT64:
		*(uint64_t *)out = *(const uint64_t *)value;
		break;
	case FIELD_OBJECT:
		*(ProtobufCMessage **)out = fill(field->shape, value, packing);
		break;
	}
}

static void fill_repeated(const struct field *field, const struct values *values,
	const ProtobufCFieldDescriptor *to, char *message,
	const struct packing *packing)
{
	size_t size = field_packed_size(field), count = values->count;
	char *out = arena_array(packing->arena, count, size);

	if (out == NULL || count == 0) {
		return;
	}
	if (field->type == FIELD_CODE) {
		count = copy_set(
			(uint32_t *)out, (const uint32_t *)values->data, values->count);
	} else {
		for (size_t i = 0; i < count; i++) {
			fill_value(
				field, values_at(values, i), out + i * size, packing);
		}
	}
	*(size_t *)(message + to->quantifier_offset) = count;
	*(char **)(message + to->offset) = out;
}

/* The message of an object in arena memory; NULL without memory. */
static ProtobufCMessage *fill(
	const struct shape *shape, const void *object, const struct packing *packing)
{
	char *message = arena_alloc(packing->arena, shape->descriptor->sizeof_message);

	if (message == NULL) {
		return NULL;
	}
	protobuf_c_message_init(shape->descriptor, message);
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		const ProtobufCFieldDescriptor *to = &shape->descriptor->fields[i];
		struct values values = field_values(field, object);

		if (field->local && !packing->with_local) {
			continue;
		}
		if (field->repeated) {
			fill_repeated(field, &values, to, message, packing);
		} else if (values.count > 0) {
			fill_value(field, values.data, message + to->offset, packing);
		}
	}
	return (ProtobufCMessage *)message;
}

static int pack(
	const Cordon__Record *message, struct arena *arena, struct bytes *packed)
{
	if (arena->failed) {
		return CORDON_ENOMEM;
	}
	if (protobuf_c_message_get_packed_size(&message->base) > RECORD_SEALED_MAX) {
		return CORDON_ETOOBIG;
	}
	return message_pack(&message->base, arena, packed);
}

int record_seal(const struct cordon_record *record,
	const uint8_t salt[RECORD_SALT_BYTES], struct arena *arena,
	struct bytes *sealed)
{
	struct packing packing = { arena, false };
	struct bytes salt_bytes = { salt, RECORD_SALT_BYTES };
	Cordon__Record *message =
		(Cordon__Record *)fill(&record_shape, record, &packing);

	if (message == NULL) {
		return CORDON_ENOMEM;
	}
	if (salt != NULL) {
		message->salt = message_data_bytes(salt_bytes);
	}
	return pack(message, arena, sealed);
}

int record_pack(
	const struct cordon_record *record, struct arena *arena, struct bytes *packed)
{
	struct packing packing = { arena, true };
	Cordon__Record *message =
		(Cordon__Record *)fill(&record_shape, record, &packing);

	if (message == NULL) {
		return CORDON_ENOMEM;
	}
	message->version = 0;
	return pack(message, arena, packed);
}
