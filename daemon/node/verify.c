/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/verify_list.h"

#include <stdlib.h>

#include "daemon/node/serve_snapshot.h"
#include "daemon/node/served.h"

/*
 * Verify: for each list an answer of its own, all from one snapshot, in slices, so that
 * lookups on the same worker go on.
 */

struct verify {
	struct service *service;
	struct store_txn *txn;
	struct head_check *check;
	struct arena arena; /* holds lists */
	struct list_id *lists;
	size_t count, at;
	bool begun; /* the list at */
	struct verify_list list;
};

static void verify_destroy(void *context)
{
	struct verify *verify = context;

	verify_list_finish(&verify->list);
	head_check_destroy(verify->check);
	snapshot_close(verify->service, verify->txn);
	arena_finish(&verify->arena);
	free(verify);
}

/* A damaged page ended the list before: the rest is read from a newer snapshot. */
static int recover(struct verify *verify, struct errmsg *msg)
{
	if (store_txn_error(verify->txn, NULL) != 0 &&
		store_read_renew(verify->txn) != 0) {
		return served_failed(verify->txn, msg);
	}
	return 0;
}

/* One turn's work on the list at: begins it, reads on, or answers. */
static int step(struct verify *verify, struct held *held, struct errmsg *msg)
{
	bool last = verify->at + 1 == verify->count;
	int error;

	if (!verify->begun) {
		error = recover(verify, msg);
		if (error != 0) {
			return error;
		}
		error = verify_list_begin(&verify->list, verify->txn, verify->check,
			&verify->lists[verify->at], msg);
		verify->begun = error == 0;
		return error;
	}
	if (!verify->list.done) {
		return verify_list_slice(&verify->list, snapshot_slice(), msg);
	}
	if (!held_may_write(held)) {
		return CORDON_EBUSY;
	}
	error = verify_list_answer(
		&verify->list, verify->service->node, held, last ? 0 : FRAME_MORE, msg);
	if (error == 0) {
		verify_list_finish(&verify->list);
		verify->begun = false;
		verify->at++;
	}
	return error;
}

static void verify_turn(struct held *held, void *context)
{
	struct verify *verify = context;
	struct errmsg msg = { "" };
	int error = step(verify, held, &msg);

	if (error == CORDON_EBUSY) {
		held_wake_after(held, SERVED_RETRY_MS);
	} else if (error == 0 && verify->at < verify->count) {
		held_wake_after(held, 0);
	} else {
		served_end(held, error, &msg);
	}
}

static const struct held_ops verify_ops = {
	.turn = verify_turn,
	.destroy = verify_destroy,
};

/* ---- the request
 * ------------------------------------------------------------------------ */

/* Lists whose sharing has ended hold nothing that could be verified. */
static bool is_wanted(const struct store_list_info *info, const struct list_id *only)
{
	return info->phase != COPY_UNSHARED &&
	       (only == NULL || ident_list_equal(only, &info->list));
}

static int choose(struct verify *verify, const struct list_id *only, struct errmsg *msg)
{
	struct store_list_info *infos;
	char text[LIST_TEXT_MAX];
	size_t count;

	if (store_list_infos(verify->txn, &verify->arena, &infos, &count) != 0) {
		return served_failed(verify->txn, msg);
	}
	verify->lists = arena_array(&verify->arena, count + 1, sizeof(*verify->lists));
	if (verify->lists == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		if (is_wanted(&infos[i], only)) {
			verify->lists[verify->count++] = infos[i].list;
		}
	}
	if (verify->count == 0 && only != NULL) {
		ident_list_text(only, text);
		return errmsg_set(
			msg, CORDON_ENOTFOUND, "%s: this node has no such list", text);
	}
	if (verify->count == 0) {
		return errmsg_set(msg, CORDON_ENOTFOUND, "this node has no list yet");
	}
	return 0;
}

static int begin(struct verify *verify, struct request *request, struct errmsg *msg)
{
	const Cordon__Control__VerifyRequest *message =
		(const Cordon__Control__VerifyRequest *)request->message;
	struct list_id only;
	int error = 0;

	if (message->list != NULL) {
		error = served_list(message->list, &only, msg);
	}
	if (error == 0) {
		error = head_check_create(
			request->service->node->config, &verify->check, msg);
	}
	if (error == 0) {
		error = snapshot_open(request->service, &verify->txn, msg);
	}
	return error == 0 ? choose(verify, message->list == NULL ? NULL : &only, msg)
			  : error;
}

int handle_verify(struct request *request, struct errmsg *msg)
{
	struct verify *verify = calloc(1, sizeof(*verify));
	struct held *held;
	int error;

	if (verify == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	verify->service = request->service;
	arena_init(&verify->arena, 0);
	error = begin(verify, request, msg);
	if (error == 0) {
		error = held_create(request, &verify_ops, verify, &held);
	}
	if (error != 0) {
		verify_destroy(verify);
		return error;
	}
	held_wake_after(held, 0);
	return 0;
}
