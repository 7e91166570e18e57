/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/arrivals.h"
#include "client/client_private.h"
#include "client/record_entry.h"
#include "proto/entry.h"
#include "proto/record_codec.h"

static void read_live(struct reading *r, const struct entry *from,
	ProtobufCBinaryData note, struct cordon_record_entry *entry)
{
	struct cordon_record *record;
	int error = record_open(
		from->sealed, r->arena, &record, &entry->not_understood, r->msg);

	if (error != 0) {
		r->error = r->error != 0 ? r->error
			   : error == CORDON_ENOMEM
				   ? error
				   : errmsg_wrap(r->msg, CORDON_EPROTO, "the record");
		return;
	}
	if (record->id == NULL || strcmp(record->id, entry->id) != 0) {
		reading_fault(r, "its record is not its own");
		return;
	}
	record->internal_note = reading_text(r, note);
	entry->record = record;
}

static void read_withdrawal(
	struct reading *r, const struct entry *from, struct cordon_record_entry *entry)
{
	Cordon__Withdrawal *withdrawal =
		cordon__withdrawal__unpack(NULL, from->sealed.size, from->sealed.data);

	if (withdrawal == NULL) {
		reading_fault(r, "a withdrawal that is not readable");
		return;
	}
	entry->withdrawal = withdrawal->reason;
	entry->withdrawn_s = withdrawal->at_s;
	cordon__withdrawal__free_unpacked(withdrawal, NULL);
}

void record_entry_read(struct reading *r, const struct record_entry_parts *parts,
	struct cordon_record_entry *entry)
{
	struct entry from;
	int error = parts->entry == NULL
			    ? CORDON_EPROTO
			    : entry_from_message(parts->entry, &from, r->msg);

	if (error != 0) {
		reading_fault(r, "its entry");
		return;
	}
	entry->id = arena_text(r->arena, from.id.data, from.id.size);
	entry->list = reading_list(r, parts->list);
	entry->epoch = parts->epoch == NULL ? 0 : parts->epoch->number;
	entry->sequence = from.sequence;
	entry->version = from.version;
	if (entry->id == NULL) {
		return; /* reading_end tells */
	}
	if (from.state == ENTRY_WITHDRAWN) {
		entry->state = CORDON_RECORD_WITHDRAWN;
		read_withdrawal(r, &from, entry);
	} else if (from.sealed.size == 0) {
		entry->state = CORDON_RECORD_ERASED;
	} else {
		entry->state = CORDON_RECORD_LIVE;
		read_live(r, &from, parts->note, entry);
	}
}

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__RecordAnswer *message =
		(const Cordon__RecordAnswer *)frame->message;
	struct cordon_record_entry *entry = question_object(request, sizeof(*entry));
	struct reading r = { NULL, "RECORD_ANSWER", msg, 0 };

	if (entry == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	record_entry_read(&r,
		&(struct record_entry_parts){ message->list, message->epoch,
			message->entry, message->internal_note },
		entry);
	arrivals_read(&r, message->arrivals, message->n_arrivals, &entry->arrivals);
	entry->arrivals_count = message->n_arrivals;
	return reading_end(&r);
}

static const struct request_type record_type = {
	.message = MESSAGE_RECORD,
	.answer = MESSAGE_RECORD_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_record_show(struct cordon_client *client, const char *id,
	struct cordon_record_entry **entry)
{
	Cordon__RecordRequest message = CORDON__RECORD_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	message.id = message_data(id);
	error = client_ask(client, &record_type, &message.base, &object);
	if (error == 0) {
		*entry = object;
	}
	return error;
}

void cordon_record_entry_destroy(struct cordon_record_entry *entry)
{
	owned_destroy(entry);
}
