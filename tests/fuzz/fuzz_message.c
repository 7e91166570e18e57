/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "proto/entry.h"
#include "proto/hello.h"
#include "proto/lookup_codec.h"

/*
 * One message of each type, the type in the first byte: what decodes is written back
 * and read again as the same, and whoever reads what is in it says why not, or
 * understands.
 */

#define DECODED_MAX_BYTES (4 * 1024 * 1024)

static void check_text(int error, const struct errmsg *msg)
{
	FUZZ_CHECK(error == 0 || strlen(msg->text) < sizeof(msg->text));
}

static void read_lookup(const Cordon__LookupRequest *message, struct arena *arena)
{
	struct cordon_context context;
	struct cordon_query *queries =
		arena_array(arena, message->n_queries + 1, sizeof(*queries));
	Cordon__LookupRequest *again;
	struct errmsg msg = { "" };
	size_t count = 0;
	int error = lookup_context_read(message->context, arena, &context, &msg);

	check_text(error, &msg);
	for (size_t i = 0; queries != NULL && i < message->n_queries; i++) {
		count += lookup_query_read(message->queries[i], arena, &queries[count],
				 &msg) == 0;
	}
	/* what was understood can be asked again */
	if (error == 0 && count > 0 && count <= CORDON_BATCH_MAX) {
		error = lookup_request_to_message(
			&context, queries, count, arena, &again, &msg);
		FUZZ_CHECK(error == 0 || error == CORDON_ENOMEM);
		FUZZ_CHECK(error != 0 || again->n_queries == count);
	}
}

static void read_explain(const Cordon__ExplainRequest *message, struct arena *arena)
{
	struct errmsg msg = { "" };
	struct cordon_query query;
	const char *id;

	check_text(lookup_explain_read(message, arena, &query, &id, &msg), &msg);
}

static void read_answers(const Cordon__LookupAnswer *message, struct arena *arena)
{
	for (size_t i = 0; i < message->n_answers; i++) {
		struct cordon_answer answer = { 0 };
		struct errmsg msg = { "" };
		int error =
			lookup_answer_read(message->answers[i], arena, &answer, &msg);

		check_text(error, &msg);
		FUZZ_CHECK(error != 0 || answer.matches_count == 0 ||
			   answer.verdict != CORDON_VERDICT_CLEAR);
	}
}

static void read_entries(Cordon__Entry *const *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		Cordon__Entry again = CORDON__ENTRY__INIT;
		struct errmsg msg = { "" };
		struct entry entry;

		if (entry_from_message(entries[i], &entry, &msg) == 0) {
			entry_to_message(&entry, &again);
			FUZZ_CHECK(again.sequence == entries[i]->sequence &&
				   again.id.len == entries[i]->id.len);
		}
	}
}

static void read_hello(uint16_t type, struct bytes payload, struct arena *arena)
{
	const struct frame_header header = { .size = (uint32_t)payload.size,
		.type = type };
	struct errmsg msg = { "" };
	struct hello theirs, own;
	uint32_t version;

	if (hello_read(&header, payload, arena, &theirs, &msg) == 0) {
		hello_init(&own, FRAME_MAX_CLIENT, "fuzz");
		check_text(hello_agree(&own, &theirs, &version, &msg), &msg);
	}
}

static void read_inside(uint16_t type, ProtobufCMessage *message, struct arena *arena)
{
	struct errmsg msg = { "" };
	struct list_id list;

	switch (type) {
	case MESSAGE_LOOKUP:
		read_lookup((Cordon__LookupRequest *)message, arena);
		break;
	case MESSAGE_EXPLAIN:
		read_explain((Cordon__ExplainRequest *)message, arena);
		break;
	case MESSAGE_LOOKUP_ANSWER:
		read_answers((Cordon__LookupAnswer *)message, arena);
		break;
	case MESSAGE_CHUNK: {
		Cordon__Chunk *chunk = (Cordon__Chunk *)message;

		check_text(list_from_message(chunk->list, &list, &msg), &msg);
		read_entries(chunk->entries, chunk->n_entries);
		break;
	}
	default:
		break;
	}
}

/* Unknown fields are not kept, so what is written may be shorter, and then stays. */
static void check_packing(
	uint16_t type, const ProtobufCMessage *message, struct arena *arena)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *packed = malloc(size + 1), *twice = malloc(size + 1);
	ProtobufCMessage *again;

	FUZZ_CHECK(packed != NULL && twice != NULL);
	FUZZ_CHECK(protobuf_c_message_pack(message, packed) == size);
	if (message_decode(type, (struct bytes){ packed, size }, arena, &again, NULL) ==
		0) {
		FUZZ_CHECK(protobuf_c_message_get_packed_size(again) == size);
		FUZZ_CHECK(protobuf_c_message_pack(again, twice) == size);
		FUZZ_CHECK(memcmp(packed, twice, size) == 0);
	}
	free(packed);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes payload = { data + 1, size - 1 };
	ProtobufCMessage *message;
	struct arena arena;

	if (size == 0) {
		return 0;
	}
	arena_init(&arena, DECODED_MAX_BYTES);
	read_hello(data[0], payload, &arena);
	if (message_decode(data[0], payload, &arena, &message, NULL) == 0) {
		check_packing(data[0], message, &arena);
		read_inside(data[0], message, &arena);
	}
	arena_finish(&arena);
	return 0;
}
