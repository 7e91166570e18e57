/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/repairs_private.h"

/* Questions of a repair, and their answers. */

/* Of one answer and what its structs take. */
#define ANSWER_MEMORY_MAX (4 * (size_t)FRAME_MAX_PEER)

struct asking {
	struct arena arena;
	Cordon__ListId list;
	Cordon__Epoch epoch;
};

static void send_to_peer(
	struct repairs *repairs, uint16_t type, const ProtobufCMessage *message)
{
	struct peer *peer = repairs->peers[repairs->now.peer];

	repairs->request = peer_next_request(peer);
	peer_send(peer, type, repairs->request, message);
}

static ProtobufCBinaryData *id_data(
	struct arena *arena, const struct repair_id *ids, size_t count)
{
	ProtobufCBinaryData *data = arena_array(arena, count + 1, sizeof(*data));

	for (size_t i = 0; data != NULL && i < count; i++) {
		data[i] = message_data_bytes(
			(struct bytes){ (const uint8_t *)ids[i].text, ids[i].size });
	}
	return data;
}

static int ask_ranges(struct repairs *repairs, struct asking *q, uint16_t type)
{
	const struct repair *repair = repairs->repair;
	Cordon__RangesRequest message = CORDON__RANGES_REQUEST__INIT;
	size_t count = repair->bounds_count + 1, asked = 0;
	uint32_t *only = arena_array(&q->arena, count, sizeof(*only));

	message.list = &q->list;
	message.epoch = &q->epoch;
	message.bounds = id_data(&q->arena, repair->bounds, repair->bounds_count);
	message.n_bounds = repair->bounds_count;
	message.up_to = repair->stands ? 0 : repair->up_to;
	if (q->arena.failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		if (repair->ranges[i].asked) {
			only[asked++] = (uint32_t)i;
		}
	}
	if (asked < count) {
		message.only = only;
		message.n_only = asked;
	}
	send_to_peer(repairs, type, &message.base);
	return 0;
}

static int ask_fetch(struct repairs *repairs, struct asking *q)
{
	const struct repair *repair = repairs->repair;
	Cordon__FetchRequest message = CORDON__FETCH_REQUEST__INIT;

	message.list = &q->list;
	message.epoch = &q->epoch;
	message.ids = id_data(&q->arena, repair->ids, repair->ids_count);
	message.n_ids = repair->ids_count;
	if (message.ids == NULL) {
		return CORDON_ENOMEM;
	}
	send_to_peer(repairs, MESSAGE_FETCH, &message.base);
	return 0;
}

static void ask_pull(struct repairs *repairs, struct asking *q)
{
	Cordon__PullRequest message = CORDON__PULL_REQUEST__INIT;

	message.list = &q->list;
	message.epoch = &q->epoch;
	message.after = repairs->repair->after;
	send_to_peer(repairs, MESSAGE_PULL, &message.base);
}

int repairs_ask(struct repairs *repairs)
{
	struct asking q;
	int error = 0;

	arena_init(&q.arena, 0);
	list_to_message(&repairs->now.list, &q.list);
	epoch_to_message(&repairs->repair->epoch, &q.epoch);
	switch (repairs->repair->step) {
	case REPAIR_ASK_RANGES:
		error = ask_ranges(repairs, &q, MESSAGE_RANGES);
		break;
	case REPAIR_ASK_MARKS:
		error = ask_ranges(repairs, &q, MESSAGE_MARKS);
		break;
	case REPAIR_ASK_FETCH:
		error = ask_fetch(repairs, &q);
		break;
	case REPAIR_ASK_PULL:
		ask_pull(repairs, &q);
		break;
	case REPAIR_READ:
	case REPAIR_APPLY:
	case REPAIR_DONE:
	case REPAIR_FAILED:
		break;
	}
	arena_finish(&q.arena);
	return error;
}

/* ---- answers
 * -------------------------------------------------------------------------
 */

/* The head, authentic; its message is kept for the store. */
static int open_head(struct repairs *repairs, const Cordon__Head *message,
	struct head *head, struct errmsg *msg)
{
	struct bytes packed;
	int error;

	if (message == NULL) {
		return errmsg_set(msg, CORDON_EPROTO, "an answer without a head");
	}
	error = message_pack(&message->base, &repairs->arena, &packed);
	if (error == 0) {
		error = head_check_open(
			repairs->check, packed, wall_s(clock_wall()), head, msg);
	}
	if (error == 0) {
		repairs->packed = packed;
	}
	return error;
}

static int open_entries(struct repairs *repairs, Cordon__Entry *const *messages,
	size_t count, struct entry **out, struct errmsg *msg)
{
	struct entry *entries =
		arena_array(&repairs->arena, count + 1, sizeof(*entries));
	int error = entries == NULL ? CORDON_ENOMEM : 0;

	for (size_t i = 0; error == 0 && i < count; i++) {
		error = entry_from_message(messages[i], &entries[i], msg);
	}
	*out = entries;
	return error;
}

static int take_ranges(struct repairs *repairs, const Cordon__RangesAnswer *answer,
	size_t bytes, struct errmsg *msg)
{
	static const uint8_t nothing[HASH_BYTES];
	struct repair_told *told =
		arena_array(&repairs->arena, answer->n_ranges + 1, sizeof(*told));
	struct head head;
	int error = open_head(repairs, answer->head, &head, msg);

	if (error == 0 && told == NULL) {
		error = CORDON_ENOMEM;
	}
	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < answer->n_ranges; i++) {
		const Cordon__RangeDigest *range = answer->ranges[i];

		told[i].count = range->count;
		told[i].digest =
			range->digest.len == HASH_BYTES ? range->digest.data : nothing;
	}
	repair_ranges(repairs->repair, &head, told, answer->n_ranges, bytes);
	return 0;
}

static int take_marks(struct repairs *repairs, const Cordon__MarksAnswer *answer,
	size_t bytes, struct errmsg *msg)
{
	struct repair_mark *marks =
		arena_array(&repairs->arena, answer->n_marks + 1, sizeof(*marks));
	struct head head;
	int error = open_head(repairs, answer->head, &head, msg);

	if (error == 0 && marks == NULL) {
		error = CORDON_ENOMEM;
	}
	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < answer->n_marks; i++) {
		const Cordon__Mark *mark = answer->marks[i];

		if (!ident_record_id_valid((const char *)mark->id.data, mark->id.len)) {
			return errmsg_set(msg, CORDON_EPROTO, "a mark of no record");
		}
		memcpy(marks[i].id.text, mark->id.data, mark->id.len);
		marks[i].id.size = (uint8_t)mark->id.len;
		marks[i].mark = mark->mark;
	}
	repair_marks(repairs->repair, &head, marks, answer->n_marks, bytes);
	return 0;
}

static int take_fetched(struct repairs *repairs, const Cordon__FetchAnswer *answer,
	size_t bytes, struct errmsg *msg)
{
	struct entry *entries;
	struct head head;
	int error = open_head(repairs, answer->head, &head, msg);

	if (error == 0) {
		error = open_entries(
			repairs, answer->entries, answer->n_entries, &entries, msg);
	}
	if (error == 0) {
		repair_fetched(
			repairs->repair, &head, entries, answer->n_entries, bytes);
	}
	return error;
}

static int take_chunk(struct repairs *repairs, const Cordon__Chunk *answer,
	size_t bytes, struct errmsg *msg)
{
	struct chunk chunk = { .after = answer->after, .up_to = answer->up_to };
	struct entry *entries;
	struct head head;
	int error = open_head(repairs, answer->head, &head, msg);

	if (error == 0) {
		error = open_entries(
			repairs, answer->entries, answer->n_entries, &entries, msg);
	}
	if (error == 0) {
		chunk.head = &head;
		chunk.entries = entries;
		chunk.entries_count = answer->n_entries;
		repair_pulled(repairs->repair, &chunk, bytes);
	}
	return error;
}

static uint16_t expected(enum repair_step step)
{
	switch (step) {
	case REPAIR_ASK_RANGES:
		return MESSAGE_RANGES_ANSWER;
	case REPAIR_ASK_MARKS:
		return MESSAGE_MARKS_ANSWER;
	case REPAIR_ASK_FETCH:
		return MESSAGE_FETCH_ANSWER;
	case REPAIR_ASK_PULL:
		return MESSAGE_CHUNK;
	case REPAIR_READ:
	case REPAIR_APPLY:
	case REPAIR_DONE:
	case REPAIR_FAILED:
		break;
	}
	return 0;
}

static int take(struct repairs *repairs, uint16_t type, struct bytes payload,
	struct errmsg *msg)
{
	ProtobufCMessage *message;
	int error;

	if (type != expected(repairs->repair->step)) {
		return errmsg_set(msg, CORDON_EPROTO, "another answer than was asked");
	}
	repairs->arena.limit_bytes = repairs->arena.used_bytes + ANSWER_MEMORY_MAX;
	error = message_decode(type, payload, &repairs->arena, &message, msg);
	if (error != 0) {
		return error;
	}
	switch (type) {
	case MESSAGE_RANGES_ANSWER:
		return take_ranges(repairs, (const Cordon__RangesAnswer *)message,
			payload.size, msg);
	case MESSAGE_MARKS_ANSWER:
		return take_marks(repairs, (const Cordon__MarksAnswer *)message,
			payload.size, msg);
	case MESSAGE_FETCH_ANSWER:
		return take_fetched(repairs, (const Cordon__FetchAnswer *)message,
			payload.size, msg);
	default:
		return take_chunk(
			repairs, (const Cordon__Chunk *)message, payload.size, msg);
	}
}

void repairs_take(struct repairs *repairs, uint16_t type, struct bytes payload)
{
	int error;

	repairs->text.text[0] = '\0';
	repairs->bytes += payload.size;
	error = take(repairs, type, payload, &repairs->text);
	if (error != 0) {
		repair_refused(repairs->repair, errmsg_text(&repairs->text, error));
	}
}
