/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/hello.h"

#include "proto/failure.h"
#include "proto/ident.h"

void hello_init(struct hello *hello, uint32_t frame_max, const char *software)
{
	*hello = (struct hello){
		.protocol_min = PROTOCOL_MIN,
		.protocol_max = PROTOCOL_MAX,
		.frame_max = frame_max,
		.software = software,
	};
}

static bool policies_to_message(
	const struct hello *hello, struct arena *arena, Cordon__Hello *message)
{
	size_t count = hello->policies_count;
	Cordon__KindPolicy *policies = arena_array(arena, count, sizeof(*policies));
	Cordon__KindPolicy **pointers =
		arena_array(arena, count, sizeof(Cordon__KindPolicy *));

	if (policies == NULL || pointers == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		policies[i] = (Cordon__KindPolicy)CORDON__KIND_POLICY__INIT;
		policies[i].kind = hello->policies[i].kind;
		policies[i].retention_days = hello->policies[i].retention_days;
		pointers[i] = &policies[i];
	}
	message->policies = pointers;
	message->n_policies = count;
	return true;
}

Cordon__Hello *hello_to_message(const struct hello *hello, struct arena *arena)
{
	Cordon__Hello *message = arena_alloc(arena, sizeof(*message));

	if (message == NULL) {
		return NULL;
	}
	*message = (Cordon__Hello)CORDON__HELLO__INIT;
	message->protocol_min = hello->protocol_min;
	message->protocol_max = hello->protocol_max;
	message->frame_max = hello->frame_max;
	message->software = message_data(hello->software);
	message->node = message_data(hello->node);
	message->demands_purpose = hello->demands_purpose;
	message->demands_officer = hello->demands_officer;
	return policies_to_message(hello, arena, message) ? message : NULL;
}

/* Rule 2; the Error that may stand in Hello's place is returned as it is. */
static int check_frame(const struct frame_header *header, struct bytes payload,
	struct arena *arena, struct errmsg *msg)
{
	const char *name = message_type_text(header->type);
	ProtobufCMessage *message;
	struct failure failure;
	int error;

	if (header->request != 0 || header->flags != 0 ||
		(header->type != MESSAGE_HELLO && header->type != MESSAGE_ERROR)) {
		return errmsg_set(msg, CORDON_EPROTO,
			"the other side began with message %s (type %u, request %u, "
			"flags %u) "
			"in place of HELLO",
			name == NULL ? "unknown" : name, header->type, header->request,
			header->flags);
	}
	if (header->type == MESSAGE_HELLO) {
		return 0;
	}
	error = message_decode(header->type, payload, arena, &message, msg);
	if (error != 0) {
		return error;
	}
	failure_from_message((const Cordon__Error *)message, arena, &failure);
	return errmsg_set(msg, failure.error, "%s", failure.text);
}

static int check_content(const Cordon__Hello *message, struct errmsg *msg)
{
	if (message->protocol_min == 0 ||
		message->protocol_min > message->protocol_max) {
		return errmsg_set(msg, CORDON_EPROTO,
			"HELLO: protocol versions %u to %u are no range from 1 up",
			message->protocol_min, message->protocol_max);
	}
	if (message->frame_max < FRAME_MAX_HELLO) {
		return errmsg_set(msg, CORDON_EPROTO,
			"HELLO: frame_max %u is below %d bytes", message->frame_max,
			FRAME_MAX_HELLO);
	}
	return 0;
}

static int read_node(const Cordon__Hello *message, struct arena *arena,
	struct hello *theirs, struct errmsg *msg)
{
	struct identity node;
	int error;

	if (message->node.len == 0) {
		return 0;
	}
	error = ident_uri_parse(
		&node, (const char *)message->node.data, message->node.len, msg);
	if (error == 0 && node.role != ROLE_NODE) {
		error = errmsg_set(msg, CORDON_EPROTO, "the role is %s, not node",
			ident_role_text(node.role));
	}
	if (error != 0) {
		return errmsg_wrap(msg, CORDON_EPROTO, "HELLO: the node's URI");
	}
	theirs->node = arena_text(arena, message->node.data, message->node.len);
	return 0;
}

static void read_policies(
	const Cordon__Hello *message, struct arena *arena, struct hello *theirs)
{
	size_t count = message->n_policies;
	struct cordon_kind_policy *policies =
		arena_array(arena, count, sizeof(*policies));

	for (size_t i = 0; policies != NULL && i < count; i++) {
		policies[i].kind = message->policies[i]->kind;
		policies[i].retention_days = message->policies[i]->retention_days;
	}
	theirs->policies = policies;
	theirs->policies_count = count;
}

int hello_read(const struct frame_header *header, struct bytes payload,
	struct arena *arena, struct hello *theirs, struct errmsg *msg)
{
	const Cordon__Hello *message;
	ProtobufCMessage *decoded;
	struct hello hello;
	bool ignored = false;
	int error = check_frame(header, payload, arena, msg);

	if (error == 0) {
		error = message_decode(header->type, payload, arena, &decoded, msg);
	}
	if (error != 0) {
		return error;
	}
	message = (const Cordon__Hello *)decoded;
	error = check_content(message, msg);
	if (error != 0) {
		return error;
	}
	hello = (struct hello){
		.protocol_min = message->protocol_min,
		.protocol_max = message->protocol_max,
		.frame_max = message->frame_max,
		.software = message_text(message->software, arena, &ignored),
		.demands_purpose = message->demands_purpose,
		.demands_officer = message->demands_officer,
	};
	read_policies(message, arena, &hello);
	error = read_node(message, arena, &hello, msg);
	if (error != 0) {
		return error;
	}
	if (arena->failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "HELLO needs too much memory");
	}
	*theirs = hello;
	return 0;
}

int hello_agree(const struct hello *own, const struct hello *theirs, uint32_t *version,
	struct errmsg *msg)
{
	uint32_t low = own->protocol_min > theirs->protocol_min ? own->protocol_min
								: theirs->protocol_min;
	uint32_t high = own->protocol_max < theirs->protocol_max ? own->protocol_max
								 : theirs->protocol_max;

	if (low > high) {
		return errmsg_set(msg, CORDON_EVERSION,
			"no common protocol version: this side speaks %u to %u, the "
			"other %u to "
			"%u; the older needs an update",
			own->protocol_min, own->protocol_max, theirs->protocol_min,
			theirs->protocol_max);
	}
	*version = high;
	return 0;
}
