/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/arrivals.h"
#include "daemon/node/rights.h"
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

/*
 * Why an acknowledgement proves less than it did when it came, for people; NULL when it
 * does not.  It was checked then; certificates end, and so does sharing.
 */
static const char *find_fault(struct request *request, const struct list_acks *acks,
	const struct identity *from, struct bytes packed)
{
	struct node *node = request->service->node;
	struct tls_profile *profile;
	struct errmsg msg = { "" };
	struct identity holder;
	struct bytes certificate;
	struct ack ack;
	int error;

	if (!head_shared_with(&acks->head, &from->member)) {
		return arena_printf(request->arena,
			"the list is not shared with %s any more", from->member.code);
	}
	error = ack_open(packed, &ack, &certificate, &msg);
	if (error == 0) {
		profile = node_profile(node);
		error = tls_profile_check_certificate(
			profile, certificate, &holder, &msg);
		tls_profile_unref(profile);
	}
	return error == 0
		       ? NULL
		       : arena_printf(request->arena, "%s", errmsg_text(&msg, error));
}

/* The signed acknowledgements themselves: what the owner can show to others. */
static int add_proofs(struct request *request, struct store_txn *txn,
	const struct list_acks *acks, struct arrivals *arrivals)
{
	for (size_t i = 0; i < arrivals->count; i++) {
		Cordon__Arrival *arrival = arrivals->messages[i];
		struct identity node;
		struct bytes packed;

		if (arrival->epoch == NULL) {
			continue;
		}
		if (ident_uri_parse(&node, (const char *)arrival->node.data,
			    arrival->node.len, NULL) != 0 ||
			store_ack_packed(txn, &acks->head.list, &node, &packed) != 0) {
			return CORDON_EINTERNAL;
		}
		arrival->ack = message_data_bytes(packed);
		arrival->fault = message_data(find_fault(request, acks, &node, packed));
	}
	return request->arena->failed ? CORDON_ENOMEM : 0;
}

static int add_arrivals(struct request *request, struct store_txn *txn,
	const struct store_row *row, Cordon__RecordAnswer *answer)
{
	struct arrivals arrivals = {
		.arena = request->arena,
		.config = request->service->node->config,
	};
	struct list_acks acks;
	bool found = false;
	int error = arrivals_read(txn, request->arena, &row->list, &acks, &found);

	if (error == 0 && found) {
		error = arrivals_add(&arrivals, &acks, row->entry.sequence);
	}
	if (error == 0 && found) {
		error = add_proofs(request, txn, &acks, &arrivals);
	}
	answer->arrivals = arrivals.messages;
	answer->n_arrivals = arrivals.count;
	return error;
}

/* ---- the answer
 * ---------------------------------------------------------------------- */

/* What only the owner's own people see: its note, and who has it. */
static int add_own(struct request *request, struct store_txn *txn,
	const struct store_row *row, Cordon__RecordAnswer *answer, struct errmsg *msg)
{
	const struct node *node = request->service->node;
	const struct state *self = &node->config->node.member;
	const struct authz *authz = rights_authz(node->rights);
	struct bytes note = { NULL, 0 };
	int error = 0;

	if (!ident_state_equal(&row->list.owner, self) ||
		!ident_state_equal(request_member(request), self)) {
		return 0;
	}
	if (authz_reads_note(authz, request->asker, &row->list.owner, row->list.kind) &&
		store_note_get(txn, row->entry.id, &note) != 0) {
		return served_failed(txn, msg);
	}
	answer->internal_note = message_data_bytes(note);
	if (atomic_load(&node->signs)) {
		error = add_arrivals(request, txn, row, answer);
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
	int error = add_own(request, txn, row, &answer, msg);

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
		error = request_may_touch(request, ACTION_RECORD_SHOW, &row.list.owner,
			row.list.kind, msg);
	}
	return error == 0 ? answer_record(request, txn, &row, &copy, msg) : error;
}
