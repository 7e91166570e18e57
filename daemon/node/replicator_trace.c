/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/replicator_private.h"
#include "daemon/node/signing.h"

/*
 * Has an owner signed two histories?  Whatever head comes is held against those that
 * are remembered, before it may be dropped; a peer whose rows do not fit is asked for
 * the heads that it remembers; and a peer that knows tells the proof itself.  What is
 * found is the writer's to keep (evidence.h).
 */

/* As many as a store remembers of a list, on both sides, with their neighbours. */
#define TRACED_MAX 600

static struct trace *trace_place(struct replicator *r, const struct list_id *list)
{
	for (size_t i = 0; i < r->traces_count; i++) {
		if (ident_list_equal(&r->traces[i].list, list)) {
			return &r->traces[i];
		}
	}
	/* the engine has no more lists than there are places */
	r->traces[r->traces_count].list = *list;
	return &r->traces[r->traces_count++];
}

static int read_copy(
	struct replicator *r, const struct list_id *list, struct list_copy *copy)
{
	bool found;
	int error = store_read_renew(r->txn);

	return error != 0 ? error : store_list_get(r->txn, list, copy, &found);
}

void replicator_trace(struct replicator *r, size_t peer, const struct list_id *id)
{
	Cordon__HeadsAtRequest message = CORDON__HEADS_AT_REQUEST__INIT;
	struct trace *trace = trace_place(r, id);
	struct list_copy copy;
	Cordon__ListId list;
	Cordon__Epoch epoch;
	int error = read_copy(r, id, &copy);

	store_read_reset(r->txn);
	if (error != 0) {
		log_error("replication: %s", cordon_error_text(error));
		return; /* the engine's time for it passes */
	}
	trace->waiting = true;
	trace->peer = peer;
	trace->request = peer_next_request(r->peers[peer]);
	trace->held = copy.head;
	list_to_message(id, &list);
	epoch_to_message(&copy.head.epoch, &epoch);
	message.list = &list;
	message.epoch = &epoch;
	message.to = copy.head.sequence;
	peer_send(r->peers[peer], MESSAGE_HEADS_AT, trace->request, &message.base);
}

/* ---- judging ----------------------------------------------------------------------
 */

/* All heads of the proof are signed by whom they say. */
static int check_signed(
	struct replicator *r, const struct store_evidence *packed, struct errmsg *msg)
{
	struct head head;
	int error = 0;

	for (size_t i = 0; error == 0 && i < packed->count; i++) {
		error = head_check_open(r->check, packed->heads[i], 0, &head, msg);
	}
	return error;
}

static int post(struct replicator *r, size_t peer, const struct list_id *list,
	const struct store_evidence *packed)
{
	struct apply_job *job = replicator_job(r, peer, list);

	if (job == NULL) {
		return CORDON_ENOMEM;
	}
	job->type = APPLY_JOB_EVIDENCE;
	heads_set_init(&job->proof, list, packed->count);
	for (size_t i = 0; i < packed->count; i++) {
		heads_set_add(&job->proof, packed->heads[i], NULL);
	}
	return replicator_post(job);
}

/* A contradiction in the set goes to the writer.  *found: there is one. */
static int judge(struct replicator *r, size_t peer, const struct heads_set *set,
	bool *found, struct errmsg *msg)
{
	struct store_evidence packed;
	struct evidence evidence;
	int error;

	*found = heads_set_find(set, &evidence, &packed) != EVIDENCE_NONE;
	if (!*found) {
		return 0;
	}
	error = check_signed(r, &packed, msg);
	return error != 0 ? error : post(r, peer, &set->list, &packed);
}

static bool any_of_epoch(void *context, const struct store_evidence *evidence)
{
	struct head head;
	uint64_t *number = context;

	if (head_parse(evidence->heads[0], &head, NULL) == 0 &&
		head.epoch.number >= *number) {
		*number = 0;
	}
	return *number != 0;
}

/*
 * Would a contradiction of heads of this epoch be news?
 *   1. Not of an epoch that another one has put an end to.
 *   2. Not of one that the list is stopped at.
 *   3. An own list is not stopped: what is kept is told once.
 */
static int wanted(struct replicator *r, const struct list_id *list,
	const struct list_copy *copy, const struct epoch *epoch, bool *yes)
{
	uint64_t number = epoch->number;
	int error = 0;

	if (number < copy->head.epoch.number || /* 1 */
		(copy->phase == COPY_STOPPED &&
			number <= copy_stopped_epoch(copy))) { /* 2 */
		*yes = false;
		return 0;
	}
	if (signing_of(r->node) == SIGNING_YES &&
		ident_state_equal(&list->owner, &r->node->config->node.member)) {
		error = store_evidence(r->txn, list, any_of_epoch, &number); /* 3 */
	}
	*yes = number != 0;
	return error;
}

static int suspect(struct replicator *r, size_t peer, const struct head *head,
	struct bytes packed, bool *found, struct errmsg *msg)
{
	struct list_copy copy;
	struct heads_set set;
	bool yes = false;
	int error = read_copy(r, &head->list, &copy);

	if (error == 0 && memcmp(head->hash, copy.head.hash, HASH_BYTES) != 0) {
		error = wanted(r, &head->list, &copy, &head->epoch, &yes);
	}
	if (error != 0 || !yes) {
		return error;
	}
	heads_set_init(&set, &head->list, 8);
	heads_set_add(&set, packed, msg);
	heads_set_add_stored(
		&set, r->txn, &head->epoch, head->sequence, head->sequence);
	heads_set_add_kept(&set, r->txn, &copy.head);
	error = heads_set_add_kept(&set, r->txn, &copy.high);
	if (error == 0) {
		error = judge(r, peer, &set, found, msg);
	}
	heads_set_finish(&set);
	return error;
}

bool replicator_suspect(
	struct replicator *r, size_t peer, const struct head *head, struct bytes packed)
{
	struct errmsg msg = { "" };
	bool found = false;
	int error = suspect(r, peer, head, packed, &found, &msg);

	store_read_reset(r->txn);
	if (error != 0) {
		log_error("hold a head against those that are remembered: %s",
			errmsg_text(&msg, error));
	}
	return error == 0 && found;
}

/* ---- answers -----------------------------------------------------------------------
 */

static int add_message(
	struct heads_set *set, const Cordon__Head *message, struct errmsg *msg)
{
	struct bytes packed;
	int error = message_pack(&message->base, &set->arena, &packed);

	return error != 0 ? errmsg_set(msg, error, "out of memory")
			  : heads_set_add(set, packed, msg);
}

/* Is the held head among those from the first-th on? */
static bool among(const struct heads_set *set, size_t first, const struct head *held)
{
	for (size_t i = first; i < set->count; i++) {
		if (memcmp(set->heads[i].hash, held->hash, HASH_BYTES) == 0) {
			return true;
		}
	}
	return false;
}

/* Anything wrong with the answer: as if it had shown nothing that excuses the peer. */
static enum engine_trace look(struct replicator *r, size_t index,
	const struct trace *trace, const Cordon__HeadsAtAnswer *answer,
	struct errmsg *msg)
{
	enum engine_trace result = ENGINE_TRACE_SAME;
	struct heads_set set;
	bool found = false;
	size_t own;
	int error;

	heads_set_init(&set, &trace->list, TRACED_MAX);
	error = store_read_renew(r->txn);
	if (error == 0) {
		error = heads_set_add_stored(
			&set, r->txn, &trace->held.epoch, 0, trace->held.sequence);
	}
	own = set.count;
	for (size_t i = 0; error == 0 && i < answer->n_heads; i++) {
		error = add_message(&set, answer->heads[i], msg);
	}
	if (error == 0) {
		error = judge(r, index, &set, &found, msg);
	}
	if (error == 0 && found) {
		result = ENGINE_TRACE_FORK;
	} else if (error == 0 && !among(&set, own, &trace->held)) {
		result = ENGINE_TRACE_UNKNOWN;
	}
	heads_set_finish(&set);
	store_read_reset(r->txn);
	return result;
}

static struct trace *waiting_trace(struct replicator *r, size_t index, uint32_t request)
{
	for (size_t i = 0; i < r->traces_count; i++) {
		struct trace *trace = &r->traces[i];

		if (trace->waiting && trace->peer == index &&
			trace->request == request) {
			trace->waiting = false;
			return trace;
		}
	}
	return NULL;
}

bool replicator_traced(struct replicator *r, size_t index, uint32_t request,
	const Cordon__HeadsAtAnswer *answer)
{
	struct trace *trace = waiting_trace(r, index, request);
	struct engine_event event = { .type = ENGINE_TRACED, .peer = index };
	struct errmsg msg = { "" };

	if (trace == NULL) {
		return false;
	}
	event.list = trace->list;
	event.trace = answer == NULL ? ENGINE_TRACE_SAME
				     : look(r, index, trace, answer, &msg);
	if (msg.text[0] != '\0') {
		replicator_rubbish(r, index, "list of heads", CORDON_EPROTO, &msg);
	}
	if (event.trace == ENGINE_TRACE_UNKNOWN) {
		char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX];

		ident_list_text(&trace->list, list);
		ident_uri_text(peer_identity(r->peers[index]), uri);
		log_notice("%s: the head at %llu cannot be traced in what %s "
			   "remembers: a fork is suspected, and not proven",
			list, (unsigned long long)trace->held.sequence, uri);
	}
	replicator_tell(r, &event);
	return true;
}

/* ---- a proof that a peer tells -----------------------------------------------------
 */

static bool concerns(const struct heads_set *set, const struct state *member)
{
	for (size_t i = 0; i < set->count; i++) {
		if (head_shared_with(&set->heads[i], member)) {
			return true;
		}
	}
	return false;
}

static int take(struct replicator *r, size_t index, const struct heads_set *set,
	struct errmsg *msg)
{
	struct list_copy copy;
	bool yes = false, found = false;
	int error = read_copy(r, &set->list, &copy);

	if (error == 0 && concerns(set, &r->node->config->node.member)) {
		error = wanted(r, &set->list, &copy, &set->heads[0].epoch, &yes);
	}
	if (error == 0 && yes) {
		error = judge(r, index, set, &found, msg);
	}
	store_read_reset(r->txn);
	return error == 0 && yes && !found
		       ? errmsg_set(msg, CORDON_EPROTO,
				 "its heads do not contradict each other")
		       : error;
}

void replicator_take_evidence(
	struct replicator *r, size_t index, const Cordon__Evidence *message)
{
	struct errmsg msg = { "" };
	struct heads_set set;
	struct head first;
	struct bytes packed;
	struct arena arena;
	int error = CORDON_EPROTO;

	arena_init(&arena, 0);
	if (message->n_heads >= 2 && message->n_heads <= EVIDENCE_HEADS_MAX) {
		error = message_pack(&message->heads[0]->base, &arena, &packed);
	}
	if (error == 0) {
		error = head_parse(packed, &first, &msg);
	}
	if (error == 0) {
		heads_set_init(&set, &first.list, EVIDENCE_HEADS_MAX);
		for (size_t i = 0; error == 0 && i < message->n_heads; i++) {
			error = add_message(&set, message->heads[i], &msg);
		}
		if (error == 0) {
			error = take(r, index, &set, &msg);
		}
		heads_set_finish(&set);
	}
	if (error != 0) {
		replicator_rubbish(r, index, "proof", error, &msg);
	}
	arena_finish(&arena);
}
