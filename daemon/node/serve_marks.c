/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/repair.h"
#include "daemon/node/serve_bounds.h"

/* Ids and marks of the entries in ranges of ids, from one read transaction: little
 * enough for one turn, or refused. */

#define MARKS_MAX 4096

struct marks {
	Cordon__Mark **messages;
	size_t count, room;
	struct arena *arena;
};

static int add(struct marks *marks, const struct list_id *list, const struct entry *row,
	struct errmsg *msg)
{
	Cordon__Mark *message = arena_alloc(marks->arena, sizeof(*message));
	const char *id = arena_text(marks->arena, row->id.data, row->id.size);

	if (marks->count == marks->room) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"the ranges hold over %d entries; ask for fewer", MARKS_MAX);
	}
	if (message == NULL || id == NULL) {
		return CORDON_ENOMEM;
	}
	cordon__mark__init(message);
	message->id =
		message_data_bytes((struct bytes){ (const uint8_t *)id, row->id.size });
	if (repair_mark_of(list, row, &message->mark) != 0) {
		return errmsg_set(msg, CORDON_EINTERNAL, "mark of an entry");
	}
	marks->messages[marks->count++] = message;
	return 0;
}

/* Rows that are looked at and not asked for (up_to) are bounded as well. */
static int collect(struct store_txn *txn, const struct list_id *list,
	struct bounds *bounds, struct marks *marks, struct errmsg *msg)
{
	for (size_t looks = 0; looks <= 2 * MARKS_MAX; looks++) {
		struct entry row;
		size_t range;
		bool found;
		int error = 0;

		if (bounds_next(bounds, txn, list, &row, &range, &found) != 0) {
			return served_failed(txn, msg);
		}
		if (!found) {
			return 0;
		}
		if (range != SIZE_MAX) {
			error = add(marks, list, &row, msg);
		}
		if (error != 0) {
			return error;
		}
	}
	return errmsg_set(msg, CORDON_ETOOBIG, "too much changed in the ranges");
}

static int answer(struct request *request, const struct served *served,
	const struct marks *marks, struct errmsg *msg)
{
	Cordon__MarksAnswer message = CORDON__MARKS_ANSWER__INIT;
	Cordon__ListId list;
	int error =
		served_head_message(served->packed, marks->arena, &message.head, msg);

	if (error != 0) {
		return error;
	}
	list_to_message(&served->list, &list);
	message.list = &list;
	message.marks = marks->messages;
	message.n_marks = marks->count;
	return session_answer(
		request->session, request->id, MESSAGE_MARKS_ANSWER, 0, &message.base);
}

static int make(struct request *request, struct store_txn *txn,
	const struct served *served, struct arena *arena, struct errmsg *msg)
{
	const Cordon__RangesRequest *message =
		(const Cordon__RangesRequest *)request->message;
	struct marks marks = { .arena = arena, .room = MARKS_MAX };
	struct bounds bounds;
	int error = bounds_read(&bounds, message, arena, msg);

	if (error == 0 && bounds.asked == NULL) {
		bounds.asked = arena_array(arena, bounds.count + 1, sizeof(bool));
		for (size_t i = 0; bounds.asked != NULL && i <= bounds.count; i++) {
			bounds.asked[i] = true; /* by id, which is their order */
		}
	}
	marks.messages = arena_array(arena, MARKS_MAX, sizeof(*marks.messages));
	if (error == 0 && arena->failed) {
		error = CORDON_ENOMEM;
	}
	if (error == 0) {
		error = collect(txn, &served->list, &bounds, &marks, msg);
	}
	return error == 0 ? answer(request, served, &marks, msg) : error;
}

int handle_marks(struct request *request, struct errmsg *msg)
{
	const Cordon__RangesRequest *message =
		(const Cordon__RangesRequest *)request->message;
	struct store_txn *txn;
	struct served served;
	struct list_id list;
	struct arena arena;
	int error = served_list(message->list, &list, msg);

	if (error == 0) {
		error = request_txn(request, &txn, msg);
	}
	if (error == 0) {
		error = served_open(txn, request_member(request), &list, &served, msg);
	}
	if (error == 0) {
		error = served_epoch(&served, message->epoch, msg);
	}
	if (error != 0) {
		return error;
	}
	arena_init(&arena, 0);
	error = make(request, txn, &served, &arena, msg);
	arena_finish(&arena);
	return error;
}
