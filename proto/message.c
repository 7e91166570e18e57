/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/message.h"

#include <string.h>

static const struct {
	uint16_t type;
	const char *name;
	const ProtobufCMessageDescriptor *descriptor;
} types[] = {
#define X(name, number, prefix) { number, #name, &prefix##__descriptor },
	MESSAGE_TYPES(X)
#undef X
};

static int find(uint16_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type == type) {
			return (int)i;
		}
	}
	return -1;
}

const char *message_type_text(uint16_t type)
{
	int i = find(type);

	return i < 0 ? NULL : types[i].name;
}

static void *allocate(void *data, size_t size)
{
	return arena_alloc(data, size);
}

static void release(void *data, void *pointer)
{
	(void)data;
	(void)pointer;
}

int message_unpack(const ProtobufCMessageDescriptor *descriptor, struct bytes packed,
	struct arena *arena, ProtobufCMessage **message, struct errmsg *msg)
{
	ProtobufCAllocator allocator = { allocate, release, arena };
	ProtobufCMessage *out = protobuf_c_message_unpack(
		descriptor, &allocator, packed.size, packed.data);

	if (out == NULL && arena->failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "%s needs too much memory",
			descriptor->short_name);
	}
	if (out == NULL) {
		return errmsg_set(msg, CORDON_EPROTO, "%s is not readable",
			descriptor->short_name);
	}
	*message = out;
	return 0;
}

int message_decode(uint16_t type, struct bytes payload, struct arena *arena,
	ProtobufCMessage **message, struct errmsg *msg)
{
	int i = find(type);

	if (i < 0) {
		return errmsg_set(
			msg, CORDON_EPROTO, "message type %u is not known", type);
	}
	return message_unpack(types[i].descriptor, payload, arena, message, msg);
}

int message_pack(
	const ProtobufCMessage *message, struct arena *arena, struct bytes *packed)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *data = arena_alloc(arena, size);

	if (data == NULL) {
		return CORDON_ENOMEM;
	}
	packed->data = data;
	packed->size = protobuf_c_message_pack(message, data);
	return 0;
}

size_t message_frame_bytes(const ProtobufCMessage *message)
{
	return FRAME_HEADER_BYTES + protobuf_c_message_get_packed_size(message);
}

size_t message_frame_write(uint16_t type, uint16_t flags, uint32_t request,
	const ProtobufCMessage *message, uint8_t *out)
{
	size_t size = protobuf_c_message_pack(message, out + FRAME_HEADER_BYTES);
	struct frame_header header = {
		.size = (uint32_t)size,
		.type = type,
		.flags = flags,
		.request = request,
	};

	frame_header_write(&header, out);
	return FRAME_HEADER_BYTES + size;
}

const char *message_text(ProtobufCBinaryData data, struct arena *arena, bool *bad)
{
	if (data.len == 0) {
		return NULL;
	}
	if (!bytes_are_text(data.data, data.len)) {
		*bad = true;
		return NULL;
	}
	return arena_text(arena, data.data, data.len);
}

ProtobufCBinaryData message_data_bytes(struct bytes bytes)
{
	/* protobuf-c has no const; nothing writes through it */
	ProtobufCBinaryData data = { bytes.size, (uint8_t *)(uintptr_t)bytes.data };

	return data;
}

ProtobufCBinaryData message_data(const char *text)
{
	struct bytes bytes = { (const uint8_t *)text, text == NULL ? 0 : strlen(text) };

	return message_data_bytes(bytes);
}
