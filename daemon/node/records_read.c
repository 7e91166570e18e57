/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/served.h"

/* One record as it stands, live or withdrawn, and where it has arrived. */

static int find(struct store_txn *txn, const Cordon__RecordRequest *message,
	struct store_row *row, struct list_copy *copy, struct errmsg *msg)
{
	const char *id = (const char *)message->id.data;
	char text[LIST_TEXT_MAX];
	bool found, known;

	if (!ident_record_id_valid(id, message->id.len)) {
		return errmsg_set(msg, CORDON_EFIELD,
			"id: expected a member's three letters, '-', and 1 to 32 of "
			"A-Z, 0-9 and '-'");
	}
	if (store_find(txn, id, message->id.len, row, &found) != 0) {
		return served_failed(txn, msg);
	}
	if (!found) {
		return errmsg_set(msg, CORDON_ENOTFOUND, "id: %.*s: no such record",
			(int)message->id.len, id);
	}
	if (store_list_get(txn, &row->list, copy, &known) != 0) {
		return served_failed(txn, msg);
	}
	if (!copy_answers(copy)) {
		ident_list_text(&row->list, text);
		return errmsg_set(msg, CORDON_EUNVERIFIED,
			"%s is still being loaded here; ask later, or another node",
			text);
	}
	return 0;
}

/* ---- arrivals ----------------------------------------------------------------------
 */

struct arrivals {
	struct arena *arena;
	const struct list_copy *copy;
	uint64_t sequence; /* of the entry */
	Cordon__Arrival **messages;
	size_t count, room;
	bool failed;
};

static Cordon__Arrival *add_arrival(
	struct arrivals *arrivals, const struct identity *node)
{
	Cordon__Arrival *message = arena_alloc(arrivals->arena, sizeof(*message));
	char *uri = arena_alloc(arrivals->arena, IDENT_URI_MAX);

	if (arrivals->count == arrivals->room) {
		size_t room = arrivals->room == 0 ? 16 : 2 * arrivals->room;
		Cordon__Arrival **more =
			arena_array(arrivals->arena, room, sizeof(*more));

		if (more != NULL && arrivals->count > 0) {
			memcpy(more, arrivals->messages,
				arrivals->count * sizeof(*more));
		}
		arrivals->messages = more;
		arrivals->room = room;
	}
	if (arrivals->arena->failed) {
		arrivals->failed = true;
		return NULL;
	}
	cordon__arrival__init(message);
	ident_uri_text(node, uri);
	message->node = message_data(uri);
	arrivals->messages[arrivals->count++] = message;
	return message;
}

/* An acknowledgement of an earlier epoch says nothing of this one's sequences. */
static bool take_ack(void *context, const struct ack *ack)
{
	struct arrivals *arrivals = context;
	Cordon__Arrival *message = add_arrival(arrivals, &ack->node);

	if (message == NULL) {
		return false;
	}
	message->time_s = ack->time_s;
	if (epoch_equal(&ack->epoch, &arrivals->copy->head.epoch)) {
		message->sequence = ack->sequence;
		message->arrived = ack->sequence >= arrivals->sequence;
	}
	return true;
}

static bool is_listed(const struct arrivals *arrivals, const struct identity *node)
{
	char uri[IDENT_URI_MAX];

	ident_uri_text(node, uri);
	for (size_t i = 0; i < arrivals->count; i++) {
		const ProtobufCBinaryData *data = &arrivals->messages[i]->node;

		if (data->len == strlen(uri) &&
			memcmp(data->data, uri, data->len) == 0) {
			return true;
		}
	}
	return false;
}

/* Peers that may have the list and have never acknowledged anything of it. */
static void add_silent(struct arrivals *arrivals, const struct config *config)
{
	for (size_t i = 0; i < config->peers_count && !arrivals->failed; i++) {
		const struct identity *node = &config->peers[i].node;

		if (head_shared_with(&arrivals->copy->head, &node->member) &&
			!is_listed(arrivals, node)) {
			(void)add_arrival(arrivals, node);
		}
	}
}

static int add_arrivals(struct request *request, struct store_txn *txn,
	const struct store_row *row, const struct list_copy *copy,
	Cordon__RecordAnswer *answer)
{
	struct arrivals arrivals = {
		.arena = request->arena,
		.copy = copy,
		.sequence = row->entry.sequence,
	};
	int error = store_acks(txn, &row->list, take_ack, &arrivals);

	if (error != 0) {
		return error;
	}
	add_silent(&arrivals, request->service->node->config);
	if (arrivals.failed) {
		return CORDON_ENOMEM;
	}
	answer->arrivals = arrivals.messages;
	answer->n_arrivals = arrivals.count;
	return 0;
}

/* ---- the answer
 * ---------------------------------------------------------------------- */

/* What only the owner's own people see: its note, and who has it. */
static int add_own(struct request *request, struct store_txn *txn,
	const struct store_row *row, const struct list_copy *copy,
	Cordon__RecordAnswer *answer, struct errmsg *msg)
{
	const struct node *node = request->service->node;
	const struct state *self = &node->config->node.member;
	struct bytes note;
	int error = 0;

	if (!ident_state_equal(&row->list.owner, self) ||
		!ident_state_equal(request_member(request), self)) {
		return 0;
	}
	if (store_note_get(txn, row->entry.id, &note) != 0) {
		return served_failed(txn, msg);
	}
	answer->internal_note = message_data_bytes(note);
	if (atomic_load(&node->signs)) {
		error = add_arrivals(request, txn, row, copy, answer);
	}
	return error == CORDON_ENOMEM || error == 0 ? error : served_failed(txn, msg);
}

static int answer_record(struct request *request, struct store_txn *txn,
	const struct store_row *row, const struct list_copy *copy, struct errmsg *msg)
{
	Cordon__RecordAnswer answer = CORDON__RECORD_ANSWER__INIT;
	Cordon__ListId list;
	Cordon__Epoch epoch;
	Cordon__Entry entry;
	int error = add_own(request, txn, row, copy, &answer, msg);

	if (error != 0) {
		return error;
	}
	list_to_message(&row->list, &list);
	epoch_to_message(&copy->head.epoch, &epoch);
	entry_to_message(&row->entry, &entry);
	answer.list = &list;
	answer.epoch = &epoch;
	answer.entry = &entry;
	return session_answer(
		request->session, request->id, MESSAGE_RECORD_ANSWER, 0, &answer.base);
}

int handle_record(struct request *request, struct errmsg *msg)
{
	const Cordon__RecordRequest *message =
		(const Cordon__RecordRequest *)request->message;
	struct store_txn *txn;
	struct store_row row;
	struct list_copy copy;
	int error = request_txn(request, &txn, msg);

	if (error == 0) {
		error = find(txn, message, &row, &copy, msg);
	}
	if (error == 0) {
		error = policy_check(request->asker, ACTION_RECORD_SHOW,
			&request->service->node->config->node.member, &row.list.owner,
			msg);
	}
	return error == 0 ? answer_record(request, txn, &row, &copy, msg) : error;
}
