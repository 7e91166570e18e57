/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/apply.h"
#include "daemon/node/served.h"

/* Entries by id, as they stand, for repair: with the head, from one read transaction.
 */

#define FETCH_IDS_MAX 4096

static int collect(struct store_txn *txn, const Cordon__FetchRequest *request,
	const struct list_id *list, struct served_entries *entries, struct errmsg *msg)
{
	struct feed feed;
	int error = store_feed(txn, list, &feed);

	for (size_t i = 0; error == 0 && i < request->n_ids; i++) {
		struct bytes id = { request->ids[i].data, request->ids[i].len };
		struct entry row;
		bool found, full = false;

		if (!ident_record_id_valid((const char *)id.data, id.size)) {
			return errmsg_set(
				msg, CORDON_EPROTO, "ids[%zu]: no id of a record", i);
		}
		error = feed.ops->find(feed.context, FEED_LIVE, id, &row, &found);
		if (error == 0 && found) {
			error = served_entries_add(entries, &row, &full);
		}
		if (error == 0 && full) {
			return errmsg_set(msg, CORDON_ETOOBIG,
				"the entries have over %zu bytes; ask for fewer ids",
				entries->bytes_max);
		}
	}
	return error == 0 ? 0 : served_failed(txn, msg);
}

static int check(const Cordon__FetchRequest *request, struct errmsg *msg)
{
	if (request->n_ids > FETCH_IDS_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG, "%zu ids, at most %d",
			request->n_ids, FETCH_IDS_MAX);
	}
	return 0;
}

int handle_fetch(struct request *request, struct errmsg *msg)
{
	const Cordon__FetchRequest *message =
		(const Cordon__FetchRequest *)request->message;
	Cordon__FetchAnswer answer = CORDON__FETCH_ANSWER__INIT;
	Cordon__ListId list_message;
	struct served_entries entries;
	struct store_txn *txn;
	struct served served;
	struct list_id list;
	struct arena arena;
	int error = served_list(message->list, &list, msg);

	if (error == 0) {
		error = check(message, msg);
	}
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
	served_entries_init(&entries, &arena, FETCH_IDS_MAX,
		served_bytes_max(request->session, APPLY_BYTES_MAX));
	error = collect(txn, message, &list, &entries, msg);
	if (error == 0) {
		error = served_head_message(served.packed, &arena, &answer.head, msg);
	}
	if (error == 0) {
		list_to_message(&list, &list_message);
		answer.list = &list_message;
		answer.entries = entries.entries;
		answer.n_entries = entries.count;
		error = session_answer(request->session, request->id,
			MESSAGE_FETCH_ANSWER, 0, &answer.base);
	}
	arena_finish(&arena);
	return error;
}
