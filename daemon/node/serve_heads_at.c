/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/served.h"

/*
 * The heads of an epoch that are remembered here, for whoever looks for the place where
 * two histories part.  Lists that are stopped are answered for as well: heads are
 * evidence whoever carries them.  A head that does not name the asker is left out.
 */

#define HEADS_AT_MAX 256

struct collecting {
	const struct state *member;
	struct arena *arena;
	Cordon__HeadsAtAnswer *answer;
	int error;
	struct errmsg *msg;
};

static bool add(void *context, struct bytes packed)
{
	struct collecting *c = context;
	struct head head;

	c->error = head_parse(packed, &head, c->msg);
	if (c->error == 0 && head_shared_with(&head, c->member)) {
		c->error = served_head_message(packed, c->arena,
			&c->answer->heads[c->answer->n_heads++], c->msg);
	}
	return c->error == 0 && c->answer->n_heads < HEADS_AT_MAX;
}

static int check_shared(struct store_txn *txn, const struct state *member,
	const struct list_id *list, struct errmsg *msg)
{
	struct list_copy copy;
	bool found;

	if (store_list_get(txn, list, &copy, &found) != 0) {
		return served_failed(txn, msg);
	}
	return found && served_shared(&copy, member)
		       ? 0
		       : errmsg_set(msg, CORDON_ENOTSHARED, "%s",
				 cordon_error_text(CORDON_ENOTSHARED));
}

static int read_place(const Cordon__HeadsAtRequest *message, struct list_id *list,
	struct epoch *epoch, struct errmsg *msg)
{
	int error = served_list(message->list, list, msg);

	if (error == 0) {
		error = epoch_from_message(message->epoch, epoch, msg);
	}
	if (error == 0 && message->from > message->to) {
		error = errmsg_set(msg, CORDON_EPROTO,
			"from %llu to %llu is no range of sequences",
			(unsigned long long)message->from,
			(unsigned long long)message->to);
	}
	return error;
}

static int answer(struct request *request, struct store_txn *txn,
	const struct list_id *list, const struct epoch *epoch, struct errmsg *msg)
{
	const Cordon__HeadsAtRequest *message =
		(const Cordon__HeadsAtRequest *)request->message;
	Cordon__HeadsAtAnswer out = CORDON__HEADS_AT_ANSWER__INIT;
	struct collecting collecting = { .member = request_member(request),
		.arena = request->arena,
		.answer = &out,
		.msg = msg };
	Cordon__ListId list_message;

	list_to_message(list, &list_message);
	out.list = &list_message;
	out.heads = arena_array(request->arena, HEADS_AT_MAX, sizeof(*out.heads));
	if (out.heads == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (store_heads_down(txn, list, epoch, message->from, message->to, add,
		    &collecting) != 0) {
		return served_failed(txn, msg);
	}
	return collecting.error != 0 ? collecting.error
				     : session_answer(request->session, request->id,
					       MESSAGE_HEADS_AT_ANSWER, 0, &out.base);
}

int handle_heads_at(struct request *request, struct errmsg *msg)
{
	struct store_txn *txn;
	struct list_id list;
	struct epoch epoch;
	int error = read_place(
		(const Cordon__HeadsAtRequest *)request->message, &list, &epoch, msg);

	if (error == 0) {
		error = request_txn(request, &txn, msg);
	}
	if (error == 0) {
		error = check_shared(txn, request_member(request), &list, msg);
	}
	return error != 0 ? error : answer(request, txn, &list, &epoch, msg);
}
