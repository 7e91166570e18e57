/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/apply_job.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/node/aside.h"
#include "daemon/base/clock.h"
#include "daemon/node/evidence.h"
#include "daemon/node/head_check.h"
#include "daemon/node/upkeep.h"
#include "daemon/node/signing.h"

/* A decoded chunk: the frame, and what its entries' structs take. */
#define JOB_MEMORY_MAX (4 * (size_t)FRAME_MAX_PEER)
/* In order, some 20 ms' worth. */
#define INDEX_SLICE_KEYS 65536

int apply_job_create(struct node *node, struct apply_job **job)
{
	struct apply_job *j = calloc(1, sizeof(*j));

	if (j == NULL) {
		return CORDON_ENOMEM;
	}
	j->node = node;
	arena_init(&j->arena, JOB_MEMORY_MAX);
	upkeep_context(node, &j->now);
	*job = j;
	return 0;
}

void apply_job_destroy(struct apply_job *job)
{
	if (job == NULL) {
		return;
	}
	preparation_destroy(job->preparation);
	arena_finish(&job->arena);
	heads_set_finish(&job->proof);
	free(job);
}

static int pack(struct arena *arena, const ProtobufCMessage *message, struct bytes *out)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *data = arena_alloc(arena, size + 1);

	if (data == NULL) {
		return CORDON_ENOMEM;
	}
	out->data = data;
	out->size = protobuf_c_message_pack(message, data);
	return 0;
}

static int read_entries(
	struct apply_job *job, const Cordon__Chunk *message, struct errmsg *msg)
{
	struct entry *entries =
		arena_array(&job->arena, message->n_entries + 1, sizeof(*entries));

	if (entries == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < message->n_entries; i++) {
		int error = entry_from_message(message->entries[i], &entries[i], msg);

		if (error != 0) {
			return error;
		}
	}
	apply_strip(entries, message->n_entries, &job->now);
	job->chunk.head = &job->head;
	job->chunk.after = message->after;
	job->chunk.up_to = message->up_to;
	job->chunk.entries = entries;
	job->chunk.entries_count = message->n_entries;
	return 0;
}

int apply_job_read_chunk(struct apply_job *job, struct bytes payload,
	struct head_check *check, struct errmsg *msg)
{
	ProtobufCMessage *message;
	Cordon__Chunk *chunk;
	int error = message_decode(MESSAGE_CHUNK, payload, &job->arena, &message, msg);

	if (error != 0) {
		return error;
	}
	chunk = (Cordon__Chunk *)message;
	if (chunk->head == NULL) {
		return errmsg_set(msg, CORDON_EPROTO, "a chunk without a head");
	}
	error = pack(&job->arena, &chunk->head->base, &job->packed);
	if (error == 0) {
		error = head_check_open(
			check, job->packed, wall_s(clock_wall()), &job->head, msg);
	}
	if (error == 0 && !ident_list_equal(&job->head.list, &job->list)) {
		error = errmsg_set(msg, CORDON_EPROTO, "a chunk of another list");
	}
	return error == 0 ? read_entries(job, chunk, msg) : error;
}

int apply_job_set_head(
	struct apply_job *job, const struct head *head, struct bytes packed)
{
	uint8_t *data = arena_alloc(&job->arena, packed.size + 1);

	if (data == NULL) {
		return CORDON_ENOMEM;
	}
	memcpy(data, packed.data, packed.size);
	job->head = *head;
	job->packed = (struct bytes){ data, packed.size };
	return 0;
}

/*
 * Before the last chunk of a first load, the index keys that the load has kept back go
 * in by slices, each in a transaction of its own; those that are too many to be kept,
 * before any.
 */
static int index_some(struct apply_job *job, struct store_txn *txn)
{
	bool last = job->chunk.up_to == job->head.sequence;

	job->more = false;
	return job->type != APPLY_JOB_CHUNK ? 0
					    : store_index_some(txn, &job->list, last,
						      INDEX_SLICE_KEYS, &job->more);
}

static enum apply_result apply(
	struct apply_job *job, const struct feed *feed, int *error)
{
	const struct apply_context *now = &job->now;

	switch (job->type) {
	case APPLY_JOB_CHUNK:
		return apply_chunk(&job->copy, feed, &job->chunk, now, error);
	case APPLY_JOB_HEAD:
		return apply_head(&job->copy, feed, &job->head, &now->member, error);
	case APPLY_JOB_RELOAD:
		return apply_reload(&job->copy, feed, error);
	case APPLY_JOB_MOVE:
	case APPLY_JOB_EVIDENCE:
		break;
	}
	return apply_move(&job->copy, feed, APPLY_ENTRIES_MAX, error);
}

/* The head that goes with the copy: the one live shows, or will once the move is done.
 */
static bool head_changed(const struct apply_job *job)
{
	return (job->type == APPLY_JOB_CHUNK || job->type == APPLY_JOB_HEAD) &&
	       (job->result == APPLY_VERIFIED || job->result == APPLY_MOVE ||
		       job->result == APPLY_SAME || job->result == APPLY_UNSHARED);
}

static bool is_own(const struct apply_job *job)
{
	return ident_state_equal(&job->list.owner, &job->node->config->node.member);
}

static int keep(struct apply_job *job, struct store_txn *txn, struct errmsg *msg)
{
	int error = store_list_put(txn, &job->list, &job->copy);

	if (error == 0 && is_own(job) && job->result == APPLY_VERIFIED) {
		error = aside_verified(txn, &job->copy);
	}
	if (error == 0 && head_changed(job)) {
		error = store_head_put(txn, &job->head, job->packed);
	}
	/* what is read of may be contradicted before it is verified */
	if (error == 0 && job->type == APPLY_JOB_CHUNK &&
		job->result == APPLY_PARTIAL) {
		error = store_head_remember(txn, &job->head, job->packed);
	}
	return error == 0 ? 0 : store_txn_error(txn, msg);
}

/* What the head contradicts: what live shows, or what is being read. */
static int collect(struct apply_job *job, struct store_txn *txn)
{
	heads_set_init(&job->proof, &job->list, 3);
	heads_set_add(&job->proof, job->packed, NULL);
	heads_set_add_kept(&job->proof, txn, &job->copy.head);
	return heads_set_add_kept(&job->proof, txn, &job->copy.high);
}

/* The list takes nothing any more, without a proof: what was read of is remembered no
 * longer. */
static int stop(struct apply_job *job, const struct feed *feed, struct store_txn *txn,
	struct errmsg *msg)
{
	int error = 0;

	if (apply_stop(&job->copy, feed, &job->head.epoch, &error) == APPLY_ERROR) {
		return errmsg_set(msg, error, "stop the list");
	}
	error = store_list_put(txn, &job->list, &job->copy);
	return error == 0 ? 0 : store_txn_error(txn, msg);
}

/* A contradiction: the evidence is kept, and the list takes nothing any more, unless
 * this node signs it. */
static int keep_evidence(struct apply_job *job, const struct feed *feed, bool signs,
	struct store_txn *txn, struct errmsg *msg)
{
	char uri[IDENT_URI_MAX];
	struct store_evidence packed;
	struct evidence evidence;
	struct evidence_case found = { &evidence, &packed, uri, !signs };

	ident_uri_text(&job->node->config->peers[job->peer].node, uri);
	if (job->proof.error != 0) {
		return errmsg_set(
			msg, job->proof.error, "hold heads against each other");
	}
	if (heads_set_find(&job->proof, &evidence, &packed) == EVIDENCE_NONE) {
		return stop(job, feed, txn, msg);
	}
	return evidence_keep(txn, &job->copy, &found, &job->result, msg);
}

/* Something did not come out as signed: nothing of it is kept, and who is to blame is
 * found out. */
static int begin_again(struct apply_job *job, const struct feed *feed,
	struct store_txn *txn, struct errmsg *msg)
{
	int error = 0;
	enum apply_result result = apply_again(&job->copy, feed, &error);

	if (result == APPLY_ERROR) {
		return errmsg_set(msg, error, "drop what was read");
	}
	job->result = result;
	return keep(job, txn, msg);
}

static bool signs_itself(const struct apply_job *job)
{
	return is_own(job) && signing_of(job->node) == SIGNING_YES;
}

/* An own list that this node has signed before: its rows do not go unseen. */
static int put_aside(struct apply_job *job, struct store_txn *txn,
	struct aside_wrap *wrap, struct feed *feed, struct errmsg *msg)
{
	bool marked = false;
	struct feed outer;

	if ((job->type == APPLY_JOB_CHUNK || job->type == APPLY_JOB_HEAD) &&
		job->copy.phase != COPY_MOVING) {
		return aside_settle(txn, &job->copy, feed, &job->head, msg);
	}
	if (aside_feed(wrap, txn, &job->copy, feed, &outer, &marked) != 0) {
		return store_txn_error(txn, msg);
	}
	*feed = outer;
	return 0;
}

/*
 * The copy is changed along with the rows; where apply fails after it has changed
 * rows, the store's transaction must go: a second one records what remains.
 */
static int run(struct commit_job *base, struct store_txn *txn, struct errmsg *msg)
{
	struct apply_job *job = (struct apply_job *)base;
	struct aside_wrap wrap;
	struct feed feed;
	bool found;
	int error = 0;

	if (store_feed(txn, &job->list, &feed) != 0 ||
		store_list_get(txn, &job->list, &job->copy, &found) != 0) {
		return store_txn_error(txn, msg);
	}
	store_feed_prepared(&feed, job->keys);
	if (job->type == APPLY_JOB_EVIDENCE) {
		return keep_evidence(job, &feed, signs_itself(job), txn, msg);
	}
	if (signs_itself(job)) {
		job->result = APPLY_STALE; /* this node has taken over meanwhile */
		return 0;
	}
	if (job->type == APPLY_JOB_RELOAD &&
		store_scrap_unreadable(txn, &job->list) != 0) {
		return store_txn_error(txn, msg);
	}
	if (is_own(job)) {
		error = put_aside(job, txn, &wrap, &feed, msg);
	}
	if (error != 0) {
		return error;
	}
	if (job->result == APPLY_FORK) {
		collect(job, txn);
		return keep_evidence(job, &feed, false, txn, msg);
	}
	if (job->result == APPLY_MISMATCH) {
		return begin_again(job, &feed, txn, msg);
	}
	if (index_some(job, txn) != 0) {
		return store_txn_error(txn, msg);
	}
	if (job->more) {
		return 0;
	}
	job->result = apply(job, &feed, &error);
	switch (job->result) {
	case APPLY_STALE:
	case APPLY_UNSURE:
	case APPLY_STRANGE:
		return 0;
	case APPLY_ERROR:
		store_txn_error(txn, msg);
		return error;
	case APPLY_BROKEN:
	case APPLY_MISMATCH:
	case APPLY_FORK:
		return CORDON_EMISMATCH; /* undone; done() looks at the result */
	case APPLY_VERIFIED:
	case APPLY_PARTIAL:
	case APPLY_MOVE:
	case APPLY_SAME:
	case APPLY_RESTART:
	case APPLY_UNSHARED:
		break;
	}
	return keep(job, txn, msg);
}

static void deliver(struct letter *letter)
{
	struct apply_job *job =
		(struct apply_job *)((char *)letter -
				     offsetof(struct apply_job, letter));

	job->finished(job);
}

/* On the writer thread.  Nothing that posts again waits for anything. */
static void done(struct commit_job *base, int error, const char *text)
{
	struct apply_job *job = (struct apply_job *)base;
	bool second = job->text.text[0] != '\0';

	if (error == 0 && job->more) {
		error = committer_post(job->node->committer, &job->job);
		if (error == 0) {
			return;
		}
		text = cordon_error_text(error);
	}
	if (error == CORDON_EMISMATCH && !second &&
		(job->result == APPLY_MISMATCH || job->result == APPLY_FORK)) {
		errmsg_set(&job->text, error, "%s",
			job->result == APPLY_FORK
				? "two heads contradict each other"
				: cordon_error_text(CORDON_EMISMATCH));
		if (committer_post(job->node->committer, &job->job) == 0) {
			return;
		}
	} else if (error != 0 && apply_failed(job->result) &&
		   job->result != APPLY_ERROR && !second) {
		errmsg_set(&job->text, error, "the peer broke the order of the feed");
	} else if (error != 0) {
		job->result = APPLY_ERROR;
		job->error = error;
		errmsg_set(&job->text, error, "%s", text);
	}
	mailbox_post(job->node->mailbox, &job->letter);
}

int apply_job_post(struct apply_job *job)
{
	job->job.run = run;
	job->job.done = done;
	job->letter.deliver = deliver;
	return committer_post(job->node->committer, &job->job);
}
