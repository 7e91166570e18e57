/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/serve_evidence.h"

struct telling {
	const struct state *member;
	uint64_t epoch_number; /* that the list is stopped at */
	struct arena *arena;
	Cordon__Evidence *out; /* NULL: none yet */
	int error;
	struct errmsg *msg;
};

/* One of the heads names the asker's member, and all are of the epoch in question. */
static bool concerns(const struct telling *t, const struct store_evidence *evidence)
{
	bool named = false;

	for (size_t i = 0; i < evidence->count; i++) {
		struct head head;

		if (head_parse(evidence->heads[i], &head, NULL) != 0) {
			return false;
		}
		/* a head of an earlier epoch may be one that another one follows */
		if (i + 1 == evidence->count && head.epoch.number < t->epoch_number) {
			return false;
		}
		named = named || head_shared_with(&head, t->member);
	}
	return named;
}

static int fill(struct telling *t, const struct store_evidence *evidence)
{
	Cordon__Evidence *out = arena_alloc(t->arena, sizeof(*out));
	int error = 0;

	if (out == NULL) {
		return errmsg_set(t->msg, CORDON_ENOMEM, "out of memory");
	}
	cordon__evidence__init(out);
	out->heads = arena_array(t->arena, evidence->count, sizeof(*out->heads));
	if (out->heads == NULL) {
		return errmsg_set(t->msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; error == 0 && i < evidence->count; i++) {
		error = served_head_message(evidence->heads[i], t->arena,
			&out->heads[out->n_heads++], t->msg);
	}
	t->out = out;
	return error;
}

static bool each(void *context, const struct store_evidence *evidence)
{
	struct telling *t = context;

	if (concerns(t, evidence)) {
		t->error = fill(t, evidence);
	}
	return t->out == NULL && t->error == 0;
}

int serve_evidence(struct store_txn *txn, const struct served *served,
	const struct state *member, struct arena *arena, Cordon__Evidence **out,
	struct errmsg *msg)
{
	struct telling telling = { .member = member,
		.epoch_number = copy_stopped_epoch(&served->copy),
		.arena = arena,
		.msg = msg };

	*out = NULL;
	if (served->copy.phase != COPY_STOPPED) {
		return 0;
	}
	if (store_evidence(txn, &served->list, each, &telling) != 0) {
		return served_failed(txn, msg);
	}
	*out = telling.out;
	return telling.error;
}
