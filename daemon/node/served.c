/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/served.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/repl/rows.h"

/* A frame's entries need tags and lengths besides their own bytes. */
#define ENTRY_OVERHEAD_BYTES 8

int served_failed(const struct store_txn *txn, struct errmsg *msg)
{
	int error = store_txn_error(txn, msg);

	return error == 0 ? errmsg_set(msg, CORDON_EINTERNAL, "read the store") : error;
}

void served_end(struct held *held, int error, const struct errmsg *msg)
{
	if (error != 0) {
		session_refuse(held_session(held), held_request(held), error,
			errmsg_text(msg, error));
	}
	held_end(held);
}

const struct state *request_member(const struct request *request)
{
	return &request->asker->identity.member;
}

int served_list(const Cordon__ListId *message, struct list_id *list, struct errmsg *msg)
{
	int error = list_from_message(message, list, msg);

	return error == 0 ? 0 : errmsg_wrap(msg, error, "list");
}

int served_infos(struct service *service, struct store_txn *txn,
	const struct store_list_info **infos, size_t *count)
{
	struct serve_state *state = &service->serve;

	if (state->infos_snapshot != service->snapshot) {
		int error;

		state->infos_snapshot = 0;
		arena_reset(&state->infos_arena);
		error = store_list_infos(
			txn, &state->infos_arena, &state->infos, &state->infos_count);
		if (error != 0) {
			return error;
		}
		state->infos_snapshot = service->snapshot;
	}
	*infos = state->infos;
	*count = state->infos_count;
	return 0;
}

static int compare_info(const void *list, const void *info)
{
	return ident_list_compare(list, &((const struct store_list_info *)info)->list);
}

const struct store_list_info *served_info(
	const struct store_list_info *infos, size_t count, const struct list_id *list)
{
	return count == 0 ? NULL
			  : bsearch(list, infos, count, sizeof(*infos), compare_info);
}

void serve_state_finish(struct serve_state *state)
{
	arena_finish(&state->infos_arena);
	arena_finish(&state->acks_arena);
}

bool served_shared(const struct list_copy *copy, const struct state *member)
{
	bool reading = copy->phase == COPY_STAGING || copy->phase == COPY_MOVING;

	return copy->head.epoch.number != 0 && head_shared_with(&copy->head, member) &&
	       (!reading || copy->high.epoch.number == 0 ||
		       head_shared_with(&copy->high, member));
}

/* After a move that had to be dropped, or damage, copy, rows and head may disagree:
 * then nothing goes out, whatever the phase says. */
static int agrees(const struct served *served, bool *yes)
{
	const struct list_copy *copy = &served->copy;
	struct head head;
	int error;

	*yes = false;
	if (head_parse(served->packed, &head, NULL) != 0 ||
		memcmp(head.hash, copy->head.hash, HASH_BYTES) != 0) {
		return 0;
	}
	error = rows_match(&copy->digest, copy->live_count, &head, yes);
	return error;
}

int served_serves(struct store_txn *txn, struct served *served, bool *serves)
{
	int error;

	*serves = false;
	if (!copy_serves(&served->copy)) {
		return 0;
	}
	error = store_head_get(txn, &served->list, &served->packed);
	return error == 0 ? agrees(served, serves) : error;
}

static int not_shared(const struct list_id *list, struct errmsg *msg)
{
	char text[LIST_TEXT_MAX];

	ident_list_text(list, text);
	return errmsg_set(msg, CORDON_ENOTSHARED,
		"%s: this node has no such list that is shared with the asker", text);
}

int served_open(struct store_txn *txn, const struct state *member,
	const struct list_id *list, struct served *served, struct errmsg *msg)
{
	char text[LIST_TEXT_MAX];
	bool found, serves;

	served->list = *list;
	if (store_list_get(txn, list, &served->copy, &found) != 0) {
		return served_failed(txn, msg);
	}
	if (!found || !served_shared(&served->copy, member)) { /* 1 */
		return not_shared(list, msg);
	}
	if (served_serves(txn, served, &serves) != 0) {
		return served_failed(txn, msg);
	}
	if (!serves) { /* 2 */
		ident_list_text(list, text);
		return errmsg_set(msg, CORDON_EUNVERIFIED,
			"%s: not verified here now (%s); ask another node", text,
			copy_phase_text(served->copy.phase));
	}
	return 0;
}

int served_epoch(
	const struct served *served, const Cordon__Epoch *message, struct errmsg *msg)
{
	struct epoch epoch;
	int error = epoch_from_message(message, &epoch, msg);

	if (error == 0 && !epoch_equal(&epoch, &served->copy.head.epoch)) {
		error = errmsg_set(msg, CORDON_EEPOCH,
			"epoch %llu is asked for, %llu is in force here",
			(unsigned long long)epoch.number,
			(unsigned long long)served->copy.head.epoch.number);
	}
	return error;
}

int served_head_message(struct bytes packed, struct arena *arena, Cordon__Head **head,
	struct errmsg *msg)
{
	ProtobufCMessage *message;
	int error =
		message_unpack(&cordon__head__descriptor, packed, arena, &message, msg);

	if (error != 0) {
		return errmsg_wrap(msg,
			error == CORDON_EPROTO ? CORDON_ECORRUPT : error,
			"stored head");
	}
	*head = (Cordon__Head *)message;
	return 0;
}

size_t served_bytes_max(const struct session *session, size_t wanted)
{
	size_t frame_max = session_frame_max(session);
	size_t besides = 2 * HEAD_BYTES_MAX;
	size_t room = frame_max > besides ? frame_max - besides : 0;

	return wanted < room ? wanted : room;
}

void served_entries_init(struct served_entries *entries, struct arena *arena,
	size_t max, size_t bytes_max)
{
	memset(entries, 0, sizeof(*entries));
	entries->arena = arena;
	entries->max = max;
	entries->bytes_max = bytes_max;
}

static int make_room(struct served_entries *entries)
{
	size_t room = entries->room == 0 ? 64 : 2 * entries->room;
	Cordon__Entry **more;

	if (entries->count < entries->room) {
		return 0;
	}
	more = arena_array(entries->arena, room, sizeof(Cordon__Entry *));
	if (more == NULL) {
		return CORDON_ENOMEM;
	}
	if (entries->count > 0) {
		memcpy(more, entries->entries,
			entries->count * sizeof(Cordon__Entry *));
	}
	entries->entries = more;
	entries->room = room;
	return 0;
}

/* A message, and the row whose hash it borrows. */
struct entry_message {
	Cordon__Entry message;
	struct entry row;
};

int served_entries_add(
	struct served_entries *entries, const struct entry *row, bool *full)
{
	struct entry_message *both = arena_alloc(entries->arena, sizeof(*both));
	Cordon__Entry *message;
	size_t bytes;

	if (both == NULL || make_room(entries) != 0) {
		return CORDON_ENOMEM;
	}
	both->row = *row;
	message = &both->message;
	entry_to_message(&both->row, message);
	bytes = cordon__entry__get_packed_size(message) + ENTRY_OVERHEAD_BYTES;
	*full = entries->count == entries->max ||
		(entries->count > 0 && entries->bytes + bytes > entries->bytes_max);
	if (!*full) {
		entries->entries[entries->count++] = message;
		entries->bytes += bytes;
	}
	return 0;
}
