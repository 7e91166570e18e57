/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/replicator.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/ack_out.h"
#include "daemon/node/apply_job.h"
#include "daemon/node/head_check.h"
#include "daemon/node/links.h"
#include "daemon/node/opening.h"
#include "daemon/node/peer.h"
#include "daemon/node/watch.h"

/* A pull that waits for its answer.  Void ones are forgotten: their answer is dropped.
 */
struct pull {
	bool waiting;
	struct list_id list;
	size_t peer;
	uint32_t request;
};

struct replicator {
	struct node *node;
	struct engine *engine;
	struct head_check *check;
	struct peer **peers;
	size_t peers_count;
	struct pull pulls[ENGINE_LISTS_MAX];
	size_t pulls_count; /* places used so far */
	struct event *wake;
	struct store_txn *txn; /* reset between uses */
	struct links links;
	struct opening opening;
	size_t jobs; /* at the writer */
	bool stopped;
};

static void step(
	struct replicator *r, const struct engine_event *event, struct bytes packed);

/* ---- jobs -------------------------------------------------------------------- */

static void finished(struct apply_job *job)
{
	struct replicator *r = job->context;
	char list[LIST_TEXT_MAX];
	struct engine_event event = {
		.type = ENGINE_APPLIED,
		.peer = job->peer,
		.list = job->list,
		.result = job->result,
		.copy = &job->copy,
		.pull_answer = job->type == APPLY_JOB_CHUNK,
	};

	r->jobs--;
	ident_list_text(&job->list, list);
	if (job->result == APPLY_ERROR) {
		log_error("%s: not applied: %s", list, job->text.text);
	}
	if (job->type == APPLY_JOB_CHUNK && !apply_failed(job->result)) {
		atomic_fetch_add(
			&r->node->counters.entries_applied, job->chunk.entries_count);
	}
	if (!r->stopped) {
		step(r, &event, (struct bytes){ NULL, 0 });
	}
	apply_job_destroy(job);
}

static struct apply_job *new_job(
	struct replicator *r, size_t peer, const struct list_id *list)
{
	struct apply_job *job;

	if (apply_job_create(r->node, &job) != 0) {
		return NULL;
	}
	job->finished = finished;
	job->context = r;
	job->peer = peer;
	job->list = *list;
	return job;
}

/* error 0: the writer has it.  Else the engine hears of it as an answer that failed. */
static int post(struct replicator *r, struct apply_job *job)
{
	int error = apply_job_post(job);

	if (error == 0) {
		r->jobs++;
	} else {
		log_warning("the writer takes no job: %s", cordon_error_text(error));
		apply_job_destroy(job);
	}
	return error;
}

/* ---- effects ----------------------------------------------------------------- */

static struct pull *pull_place(struct replicator *r, const struct list_id *list)
{
	for (size_t i = 0; i < r->pulls_count; i++) {
		if (ident_list_equal(&r->pulls[i].list, list)) {
			return &r->pulls[i];
		}
	}
	/* the engine has no more lists than there are places */
	r->pulls[r->pulls_count].list = *list;
	return &r->pulls[r->pulls_count++];
}

static void send_pull(struct replicator *r, const struct engine_effect *effect)
{
	struct peer *peer = r->peers[effect->peer];
	const struct copy_position *position = &effect->position;
	struct pull *pull = pull_place(r, &effect->list);
	Cordon__PullRequest message = CORDON__PULL_REQUEST__INIT;
	Cordon__ListId list = CORDON__LIST_ID__INIT;
	Cordon__Epoch epoch = CORDON__EPOCH__INIT;
	struct bytes hash = { position->head_hash, HASH_BYTES };

	pull->waiting = true;
	pull->peer = effect->peer;
	pull->request = peer_next_request(peer);
	list.owner = message_data(effect->list.owner.code);
	list.kind = effect->list.kind;
	epoch.number = position->epoch.number;
	epoch.tag = position->epoch.tag;
	message.list = &list;
	message.epoch = &epoch;
	message.after = position->after;
	if (position->has_hash) {
		message.head_hash = message_data_bytes(hash);
	}
	message.wait_ms = r->node->config->follow_wait_ms;
	peer_send(peer, MESSAGE_PULL, pull->request, &message.base);
}

static void post_head(
	struct replicator *r, const struct engine_effect *effect, struct bytes packed)
{
	struct apply_job *job = new_job(r, effect->peer, &effect->list);

	if (job == NULL || apply_job_set_head(job, &effect->head, packed) != 0) {
		apply_job_destroy(job);
		log_error("out of memory: a head is left for its next repeat");
		return;
	}
	job->type = APPLY_JOB_HEAD;
	post(r, job);
}

static void post_move(struct replicator *r, const struct engine_effect *effect)
{
	struct apply_job *job = new_job(r, ENGINE_NOBODY, &effect->list);

	if (job != NULL) {
		job->type = APPLY_JOB_MOVE;
		post(r, job);
	}
}

static void warn(struct replicator *r, const struct engine_effect *effect)
{
	char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX] = "nobody";

	ident_list_text(&effect->list, list);
	if (effect->peer < r->peers_count) {
		ident_uri_text(peer_identity(r->peers[effect->peer]), uri);
	}
	if (effect->type == ENGINE_FORKED) {
		log_error("%s: STOPPED: two contradicting heads signed by its owner, "
			  "the second "
			  "from %s; both are kept as evidence; its owner's "
			  "administrator must "
			  "open a new epoch",
			list, uri);
	} else if (effect->type == ENGINE_UNSHARED) {
		log_notice("%s: its owner has ended the sharing; erased", list);
	} else {
		atomic_fetch_add(&r->node->counters.mismatches, 1);
		log_warning("%s: %s is not asked for it for %d s: %s", list, uri,
			ENGINE_ASIDE_MS / 1000,
			effect->why == APPLY_MISMATCH
				? "what it sent is not what the owner signed"
				: "what it sent is out of order");
	}
}

static void carry_out(struct replicator *r, const struct engine_effect *effect,
	const struct engine_event *event, struct bytes packed)
{
	switch (effect->type) {
	case ENGINE_PULL:
		send_pull(r, effect);
		break;
	case ENGINE_APPLY_HEAD:
		post_head(r, effect, packed);
		break;
	case ENGINE_MOVE:
		post_move(r, effect);
		break;
	case ENGINE_ACK:
		ack_out_send(r->node, r->peers, r->peers_count, event->peer,
			&event->copy->head);
		break;
	case ENGINE_ASIDE:
	case ENGINE_FORKED:
	case ENGINE_UNSHARED:
		warn(r, effect);
		break;
	}
}

static void set_wake(struct replicator *r, const struct engine_effects *effects)
{
	struct timeval after = { 0, 0 };
	int64_t us;

	if (!effects->wake) {
		event_del(r->wake);
		return;
	}
	us = effects->wake_at.us - clock_mono().us;
	if (us > 0) {
		after.tv_sec = us / 1000000;
		after.tv_usec = us % 1000000;
	}
	event_add(r->wake, &after);
}

/* packed: of an event HEAD, for jobs that keep it. */
static void step(
	struct replicator *r, const struct engine_event *event, struct bytes packed)
{
	struct engine_effects effects;
	int error = engine_step(r->engine, clock_mono(), event, &effects);

	if (error != 0) {
		log_error("replication: %s", cordon_error_text(error));
		return;
	}
	for (size_t i = 0; i < effects.count; i++) {
		carry_out(r, &effects.effects[i], event, packed);
	}
	set_wake(r, &effects);
	for (size_t i = 0; i < r->peers_count; i++) {
		links_set_state(
			&r->links, i, r->peers[i], engine_peer_lag(r->engine, i));
	}
}

static void on_wake(evutil_socket_t fd, short what, void *context)
{
	struct engine_event event = { .type = ENGINE_TICK };

	(void)fd;
	(void)what;
	step(context, &event, (struct bytes){ NULL, 0 });
}

/* ---- what peers say ------------------------------------------------------------ */

static void on_up(void *context, size_t index)
{
	struct replicator *r = context;
	struct engine_event event = { .type = ENGINE_PEER_UP, .peer = index };
	struct errmsg msg = { "" };
	int error = store_read_renew(r->txn);

	if (error == 0) {
		error = watch_heads(r->txn, r->peers[index], &msg);
	}
	if (error == 0) {
		ack_out_all(r->node, r->txn, r->peers[index]);
	} else {
		log_error("replication: %s", errmsg_text(&msg, error));
	}
	store_read_reset(r->txn);
	step(r, &event, (struct bytes){ NULL, 0 });
}

static void on_down(void *context, size_t index)
{
	struct replicator *r = context;
	struct engine_event event = { .type = ENGINE_PEER_DOWN, .peer = index };

	links_forget_heads(&r->links, index);
	step(r, &event, (struct bytes){ NULL, 0 });
}

static void on_failed(void *context, size_t index)
{
	struct replicator *r = context;

	links_set_state(&r->links, index, r->peers[index], 0);
	opening_told(&r->opening, index);
}

/* An own list's head that a peer holds beyond what the store has: history is missing.
 */
static void check_own(struct replicator *r, size_t index, const struct head *head)
{
	struct list_copy copy;
	bool found;
	int error = store_read_renew(r->txn);

	if (error == 0) {
		error = store_list_get(r->txn, &head->list, &copy, &found);
	}
	store_read_reset(r->txn);
	if (error != 0) {
		log_error("own lists: %s", cordon_error_text(error));
	} else if (copy_head_order(head, &copy.head) > 0) {
		opening_refuse(&r->opening, peer_identity(r->peers[index]), head);
	}
}

static void take_head(struct replicator *r, size_t index, const Cordon__Head *message)
{
	struct engine_event event = { .type = ENGINE_HEAD, .peer = index };
	struct errmsg msg = { "" };
	struct head head;
	struct arena arena;
	struct bytes packed;
	uint8_t *data;
	int error = CORDON_ENOMEM;

	arena_init(&arena, HEAD_BYTES_MAX * 2);
	packed.size = cordon__head__get_packed_size(message);
	data = arena_alloc(&arena, packed.size + 1);
	if (data != NULL) {
		cordon__head__pack(message, data);
		packed.data = data;
		error = head_check_open(r->check, packed, &head, &msg);
	}
	if (error == 0) {
		event.list = head.list;
		event.head = &head;
		links_set_head(&r->links, index, &head);
		if (r->node->head_key != NULL &&
			ident_state_equal(
				&head.list.owner, &r->node->config->node.member)) {
			check_own(r, index, &head);
		}
		step(r, &event, packed);
	} else {
		char uri[IDENT_URI_MAX];

		ident_uri_text(peer_identity(r->peers[index]), uri);
		log_warning("a head from %s is not taken: %s", uri,
			errmsg_text(&msg, error));
	}
	arena_finish(&arena);
}

static void on_heads(void *context, size_t index, const Cordon__Heads *heads)
{
	struct replicator *r = context;

	for (size_t i = 0; i < heads->n_heads; i++) {
		take_head(r, index, heads->heads[i]);
	}
	opening_told(&r->opening, index);
	opening_heard(&r->opening, &peer_identity(r->peers[index])->member);
}

static struct pull *waiting_pull(struct replicator *r, size_t index, uint32_t request)
{
	for (size_t i = 0; i < r->pulls_count; i++) {
		struct pull *pull = &r->pulls[i];

		if (pull->waiting && pull->peer == index && pull->request == request) {
			pull->waiting = false;
			return pull;
		}
	}
	return NULL;
}

static void refuse(struct replicator *r, size_t index, const struct list_id *list)
{
	struct engine_event event = {
		.type = ENGINE_REFUSED, .peer = index, .list = *list
	};

	step(r, &event, (struct bytes){ NULL, 0 });
}

static void on_chunk(
	void *context, size_t index, uint32_t request, struct bytes payload)
{
	struct replicator *r = context;
	struct pull *pull = waiting_pull(r, index, request);
	struct errmsg msg = { "" };
	struct apply_job *job;
	struct list_id list;
	int error;

	if (pull == NULL) {
		return; /* void meanwhile: another source has been asked */
	}
	list = pull->list;
	job = new_job(r, index, &list);
	error = job == NULL ? CORDON_ENOMEM
			    : apply_job_read_chunk(job, payload, r->check, &msg);
	if (error != 0) {
		char uri[IDENT_URI_MAX];

		ident_uri_text(peer_identity(r->peers[index]), uri);
		log_warning("a chunk from %s is not taken: %s", uri,
			errmsg_text(&msg, error));
		apply_job_destroy(job);
		refuse(r, index, &list);
		return;
	}
	job->type = APPLY_JOB_CHUNK;
	if (post(r, job) != 0) {
		refuse(r, index, &list);
	}
}

static void on_refused(
	void *context, size_t index, uint32_t request, int error, const char *text)
{
	struct replicator *r = context;
	struct pull *pull = waiting_pull(r, index, request);
	char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX];

	if (pull == NULL) {
		return;
	}
	ident_list_text(&pull->list, list);
	ident_uri_text(peer_identity(r->peers[index]), uri);
	log_info("%s: %s does not send it now: %s: %s", list, uri,
		cordon_error_name(error), text);
	refuse(r, index, &pull->list);
}

static const struct peer_handler peer_handler = {
	.up = on_up,
	.down = on_down,
	.failed = on_failed,
	.heads = on_heads,
	.chunk = on_chunk,
	.refused = on_refused,
};

/* ---- life ---------------------------------------------------------------------- */

static int restore(struct replicator *r, struct errmsg *msg)
{
	struct list_id *lists;
	struct list_copy copy;
	struct arena arena;
	size_t count;
	bool found;
	int error;

	arena_init(&arena, 0);
	error = store_lists(r->txn, &arena, &lists, &count);
	for (size_t i = 0; error == 0 && i < count; i++) {
		error = store_list_get(r->txn, &lists[i], &copy, &found);
		if (error == 0) {
			error = engine_restore(r->engine, &lists[i], &copy);
		}
	}
	arena_finish(&arena);
	store_read_reset(r->txn);
	return error == 0 ? 0 : errmsg_set(msg, error, "read the lists");
}

static int create_parts(struct replicator *r, struct errmsg *msg)
{
	const struct config *config = r->node->config;
	int error = engine_create(&config->node.member, r->node->head_key != NULL,
		config->peers_count, &r->engine);

	if (error == 0) {
		error = links_init(&r->links, config->peers_count);
	}
	if (error != 0) {
		return errmsg_set(msg, error, "replication engine");
	}
	error = head_check_create(config, &r->check, msg);
	if (error == 0) {
		error = store_read_begin(r->node->store, &r->txn, msg);
	}
	if (error == 0) {
		error = restore(r, msg);
	}
	if (error == 0) {
		error = opening_init(&r->opening, r->node, msg);
	}
	if (error != 0) {
		return error;
	}
	r->wake = evtimer_new(r->node->base, on_wake, r);
	r->peers = calloc(config->peers_count + 1, sizeof(struct peer *));
	if (r->wake == NULL || r->peers == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < config->peers_count && error == 0; i++) {
		error = peer_create(r->node, i, &peer_handler, r, &r->peers[i], msg);
		if (error == 0) {
			r->peers_count++;
			links_set_state(&r->links, i, r->peers[i], 0);
		}
	}
	return error;
}

int replicator_create(
	struct node *node, struct replicator **replicator, struct errmsg *msg)
{
	struct engine_event tick = { .type = ENGINE_TICK };
	struct replicator *r = calloc(1, sizeof(*r));
	int error;

	if (r == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r->node = node;
	error = create_parts(r, msg);
	if (error != 0) {
		replicator_destroy(r);
		return error;
	}
	step(r, &tick, (struct bytes){ NULL, 0 }); /* moves that a stop had cut */
	*replicator = r;
	return 0;
}

void replicator_stop(struct replicator *replicator)
{
	replicator->stopped = true;
	opening_finish(&replicator->opening);
	event_del(replicator->wake);
	for (size_t i = 0; i < replicator->peers_count; i++) {
		peer_destroy(replicator->peers[i]);
		replicator->peers[i] = NULL;
	}
	replicator->peers_count = 0;
}

/* The writer has stopped and main's mailbox is empty: no job is under way. */
void replicator_destroy(struct replicator *replicator)
{
	if (replicator == NULL) {
		return;
	}
	for (size_t i = 0; i < replicator->peers_count; i++) {
		peer_destroy(replicator->peers[i]);
	}
	free(replicator->peers);
	opening_finish(&replicator->opening);
	if (replicator->wake != NULL) {
		event_free(replicator->wake);
	}
	if (replicator->txn != NULL) {
		store_read_end(replicator->txn);
	}
	head_check_destroy(replicator->check);
	links_finish(&replicator->links);
	engine_destroy(replicator->engine);
	free(replicator);
}

void replicator_profile_changed(struct replicator *replicator)
{
	for (size_t i = 0; i < replicator->peers_count; i++) {
		peer_profile_changed(replicator->peers[i]);
	}
}

/* ---- for other threads ----------------------------------------------------------- */

struct forward {
	struct letter letter;
	struct replicator *replicator;
	struct list_id list;
	size_t size;
	uint8_t data[];
};

static void deliver_forward(struct letter *letter)
{
	struct forward *forward = (struct forward *)letter;
	struct replicator *r = forward->replicator;
	struct bytes packed = { forward->data, forward->size };

	if (!r->stopped) {
		ack_out_forward(r->peers, r->peers_count,
			engine_source(r->engine, &forward->list), &forward->list,
			packed);
	}
	free(forward);
}

void replicator_forward_ack(
	struct replicator *replicator, const struct list_id *list, struct bytes packed)
{
	struct forward *forward = malloc(sizeof(*forward) + packed.size);

	if (forward == NULL) {
		log_error("out of memory: an acknowledgement is left for the next");
		return;
	}
	forward->letter.deliver = deliver_forward;
	forward->replicator = replicator;
	forward->list = *list;
	forward->size = packed.size;
	memcpy(forward->data, packed.data, packed.size);
	mailbox_post(replicator->node->mailbox, &forward->letter);
}

int replicator_links(struct replicator *replicator, struct arena *arena,
	struct link_info **out, size_t *count)
{
	return links_read(&replicator->links, arena, out, count);
}

int replicator_peer_heads(struct replicator *replicator, const struct list_id *list,
	struct arena *arena, struct peer_head **out, size_t *count)
{
	return links_read_heads(&replicator->links, list, arena, out, count);
}
