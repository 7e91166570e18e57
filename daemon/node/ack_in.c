/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/ack_in.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/committer.h"

struct pending_ack {
	struct pending_ack *next;
	struct ack ack;
	struct bytes packed;
};

/* Frames that may wait for the writer together: what one commit is to take. */
#define WAITING_MAX 1024

/*
 * One frame's.  Frames that come while the writer is busy are taken along by the first
 * of them: however many come, they wait for no more than one commit, and cost one.
 */
struct ack_in {
	struct commit_job job;
	struct ack_in *next; /* that waits, the newest first; or of the same commit */
	struct node *node;
	struct arena arena;
	struct pending_ack *first, **last;
	bool taken;    /* of the first: the others are behind it */
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

/* All that wait, in the order they came; whoever comes next posts anew. */
static struct ack_in *take_waiting(struct node *node)
{
	struct ack_in *newest = atomic_exchange(&node->acks_waiting, NULL);
	struct ack_in *first = NULL;

	while (newest != NULL) {
		struct ack_in *next = newest->next;

		newest->next = first;
		first = newest;
		newest = next;
		atomic_fetch_sub(&first->node->acks_waiting_count, 1);
	}
	return first;
}

/* All that wait come behind the first of them, whose job it is. */
static void take_along(struct ack_in *first)
{
	if (!first->taken) {
		struct ack_in *waited = take_waiting(first->node);

		assert(waited == first);
		(void)waited;
		first->taken = true;
	}
}

static int store_frame(struct ack_in *in, struct store_txn *txn, struct errmsg *msg)
{
	for (const struct pending_ack *p = in->first; p != NULL; p = p->next) {
		int error = store_one(in, txn, p);

		if (error != 0) {
			store_txn_error(txn, msg);
			return error;
		}
	}
	return 0;
}

/* The job is the one that came first, and takes the others along. */
static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct ack_in *first = (struct ack_in *)job;
	int error = 0;

	take_along(first);
	for (struct ack_in *in = first; in != NULL && error == 0; in = in->next) {
		error = store_frame(in, txn, msg);
	}
	return error;
}

static void warn_of_untrue(const struct ack_in *in)
{
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
}

static void destroy_all(struct ack_in *in)
{
	while (in != NULL) {
		struct ack_in *next = in->next;

		ack_in_destroy(in);
		in = next;
	}
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct ack_in *first = (struct ack_in *)job;

	take_along(first); /* a transaction that did not begin has not run it */
	if (error != 0) {
		write_log_failed(&first->node->write_log,
			"acknowledgements are not kept: %s", text);
	}
	for (struct ack_in *in = first; in != NULL && error == 0; in = in->next) {
		warn_of_untrue(in);
	}
	destroy_all(first);
}

/* True: it is the first that waits.  Otherwise it may be gone by now. */
static bool wait_in_line(struct node *node, struct ack_in *in)
{
	struct ack_in *before = atomic_load(&node->acks_waiting);

	do {
		in->next = before;
	} while (!atomic_compare_exchange_weak(&node->acks_waiting, &before, in));
	return before == NULL;
}

void ack_in_post(struct ack_in *in)
{
	struct node *node = in->node;
	int error;

	if (in->first == NULL) {
		ack_in_destroy(in);
		return;
	}
	in->job.run = run;
	in->job.done = done;
	/* what one commit takes along none of the others costs a sync */
	in->job.patient = atomic_load(&node->counters.copies_waiting) == 0;
	if (atomic_fetch_add(&node->acks_waiting_count, 1) >= WAITING_MAX) {
		atomic_fetch_sub(&node->acks_waiting_count, 1);
		log_debug("acknowledgements are left for the next: too many wait");
		ack_in_destroy(in);
		return;
	}
	if (!wait_in_line(node, in)) {
		return; /* the first takes it along, and may have done so */
	}
	error = committer_post(node->committer, &in->job);
	if (error != 0) {
		/* the next acknowledgement of the same nodes says as much and more */
		log_info("acknowledgements are left for the next: %s",
			cordon_error_text(error));
		destroy_all(take_waiting(node));
	}
}
