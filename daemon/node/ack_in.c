/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/ack_in.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/node/committer.h"

struct pending_ack {
	struct pending_ack *next;
	struct ack ack;
	struct bytes packed;
};

struct ack_in {
	struct commit_job job;
	struct node *node;
	struct arena arena;
	struct pending_ack *first, **last;
	size_t untrue; /* those that acknowledge what never was */
	struct ack example;
};

int ack_in_create(struct node *node, struct ack_in **in, struct errmsg *msg)
{
	struct ack_in *out = calloc(1, sizeof(*out));

	if (out == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	out->node = node;
	out->last = &out->first;
	arena_init(&out->arena, 0);
	*in = out;
	return 0;
}

static void ack_in_destroy(struct ack_in *in)
{
	arena_finish(&in->arena);
	free(in);
}

int ack_in_add(struct ack_in *in, const struct ack *ack, struct bytes packed,
	struct errmsg *msg)
{
	struct pending_ack *pending = arena_alloc(&in->arena, sizeof(*pending));
	uint8_t *data = arena_alloc(&in->arena, packed.size + 1);

	if (pending == NULL || data == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	memcpy(data, packed.data, packed.size);
	pending->ack = *ack;
	pending->packed = (struct bytes){ data, packed.size };
	*in->last = pending;
	in->last = &pending->next;
	return 0;
}

/* Does the acknowledged head stand in the list's history, as far as it is kept? */
static int is_true(struct store_txn *txn, const struct ack *ack,
	const struct list_copy *copy, bool *yes)
{
	struct bytes packed;
	struct head head;
	int error = store_head_at(txn, &ack->list, &ack->epoch, ack->sequence, &packed);

	*yes = ack->sequence <= copy->head.sequence;
	if (error == 0 && packed.size > 0) {
		*yes = head_parse(packed, &head, NULL) == 0 &&
		       memcmp(head.hash, ack->head_hash, HASH_BYTES) == 0;
	}
	return error;
}

static int store_one(
	struct ack_in *in, struct store_txn *txn, const struct pending_ack *pending)
{
	const struct ack *ack = &pending->ack;
	struct list_copy copy;
	bool found, yes;
	int error = store_list_get(txn, &ack->list, &copy, &found);

	if (error != 0 || !found || !epoch_equal(&ack->epoch, &copy.head.epoch)) {
		return error;
	}
	error = is_true(txn, ack, &copy, &yes);
	if (error != 0) {
		return error;
	}
	if (!yes || !head_shared_with(&copy.head, &ack->node.member)) {
		in->example = *ack;
		in->untrue++;
		return 0;
	}
	return store_ack_put(txn, ack, pending->packed);
}

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct ack_in *in = (struct ack_in *)job;

	for (const struct pending_ack *p = in->first; p != NULL; p = p->next) {
		int error = store_one(in, txn, p);

		if (error != 0) {
			store_txn_error(txn, msg);
			return error;
		}
	}
	return 0;
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct ack_in *in = (struct ack_in *)job;

	if (error != 0) {
		log_error("acknowledgements are not kept: %s", text);
	}
	if (in->untrue > 0) {
		char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX];

		ident_list_text(&in->example.list, list);
		ident_uri_text(&in->example.node, uri);
		log_warning("%s: %zu acknowledgements are left out: the list is not "
			    "shared with the node, or never was what it says that it "
			    "holds; the last by %s of sequence %llu",
			list, in->untrue, uri,
			(unsigned long long)in->example.sequence);
		atomic_fetch_add(&in->node->counters.protocol_errors, in->untrue);
	}
	ack_in_destroy(in);
}

void ack_in_post(struct ack_in *in)
{
	int error;

	if (in->first == NULL) {
		ack_in_destroy(in);
		return;
	}
	in->job.run = run;
	in->job.done = done;
	error = committer_post(in->node->committer, &in->job);
	if (error != 0) {
		/* the next acknowledgement of the same nodes says as much and more */
		log_info("acknowledgements are left for the next: %s",
			cordon_error_text(error));
		ack_in_destroy(in);
	}
}
