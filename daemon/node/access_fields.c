/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/access_log_entries.h"

/*
 * Which fields of a record differ, by their bytes: a sealed record is protobuf, whose
 * fields of one number are compared as they stand.  Numbers have their names from
 * cordon.proto.
 */

#define FIELD_VERSION 3
#define FIELD_PERSON 19
#define FIELD_SALT 31
#define FIELDS_MAX 64

/* All bytes of one field, tags included. */
struct field {
	size_t bytes;
	uint64_t sum;        /* over all of its occurrences, in order */
	struct bytes inside; /* of the last one, where it is a message */
};

static uint64_t read_varint(struct reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && !r->bad; shift += 7) {
		uint8_t byte = reader_u8(r);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			return value;
		}
	}
	r->bad = true;
	return 0;
}

/* False: no protobuf. */
static bool skip_value(struct reader *r, unsigned wire, struct bytes *inside)
{
	switch (wire) {
	case 0:
		read_varint(r);
		break;
	case 1:
		reader_bytes(r, 8);
		break;
	case 2:
		*inside = reader_bytes(r, (size_t)read_varint(r));
		break;
	case 5:
		reader_bytes(r, 4);
		break;
	default:
		return false;
	}
	return !r->bad;
}

static uint64_t sum_up(uint64_t sum, const uint8_t *data, size_t size)
{
	static const uint8_t key[AUDIT_TAG_KEY_BYTES] = { 0 };

	return sum * 31 + audit_siphash(key, data, size) + size;
}

static bool read_fields(struct bytes message, struct field fields[FIELDS_MAX])
{
	struct reader r;

	reader_init(&r, message.data, message.size);
	while (r.left > 0) {
		const uint8_t *from = r.data;
		uint64_t tag = read_varint(&r);
		struct bytes inside = { NULL, 0 };
		struct field *field;

		if (r.bad || !skip_value(&r, (unsigned)(tag & 7), &inside)) {
			return false;
		}
		if (tag >> 3 >= FIELDS_MAX) {
			continue;
		}
		field = &fields[tag >> 3];
		field->sum = sum_up(field->sum, from, (size_t)(r.data - from));
		field->bytes += (size_t)(r.data - from);
		field->inside = inside;
	}
	return true;
}

struct names {
	char *out;
	size_t size, used;
};

static void add_name(struct names *names, const char *prefix, const char *name)
{
	size_t need = strlen(prefix) + strlen(name) + 2;

	if (names->used + need > names->size) {
		return;
	}
	if (names->used > 0) {
		names->out[names->used++] = ' ';
	}
	memcpy(names->out + names->used, prefix, strlen(prefix));
	names->used += strlen(prefix);
	memcpy(names->out + names->used, name, strlen(name) + 1);
	names->used += strlen(name);
}

static void compare(const ProtobufCMessageDescriptor *type, const char *prefix,
	struct bytes old, struct bytes new, struct names *names)
{
	struct field before[FIELDS_MAX] = { 0 }, after[FIELDS_MAX] = { 0 };

	if (!read_fields(old, before) || !read_fields(new, after)) {
		return;
	}
	for (unsigned i = 1; i < FIELDS_MAX; i++) {
		const ProtobufCFieldDescriptor *field =
			protobuf_c_message_descriptor_get_field(type, i);
		bool top = type == &cordon__record__descriptor;

		if (before[i].sum == after[i].sum &&
			before[i].bytes == after[i].bytes) {
			continue;
		}
		if (top && (i == FIELD_VERSION || i == FIELD_SALT)) {
			continue;
		}
		if (top && i == FIELD_PERSON) {
			compare(&cordon__person__descriptor, "person.",
				before[i].inside, after[i].inside, names);
		} else {
			add_name(
				names, prefix, field == NULL ? "unknown" : field->name);
		}
	}
}

void access_changed_fields(
	struct bytes old, struct bytes new, char *out, size_t out_bytes)
{
	struct names names = { out, out_bytes, 0 };

	out[0] = '\0';
	if (old.size > 0 && new.size > 0) {
		compare(&cordon__record__descriptor, "", old, new, &names);
	}
}
