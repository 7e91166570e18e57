/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/replicator_private.h"

#include <inttypes.h>

#include "daemon/base/clock.h"
#include "daemon/node/ack_out.h"
#include "daemon/node/complaint.h"
#include "daemon/node/watch.h"

static void finished(struct apply_job *job)
{
	struct replicator *r = job->context;
	char list[LIST_TEXT_MAX];
	struct engine_event event = {
		.type = ENGINE_APPLIED,
		.peer = job->peer,
		.list = job->list,
		.result = job->result,
		.error = job->error,
		.copy = &job->copy,
		.head = job->type == APPLY_JOB_CHUNK ? &job->head : NULL,
		.pull_answer = job->type == APPLY_JOB_CHUNK,
	};

	ident_list_text(&job->list, list);
	if (job->result == APPLY_ERROR) {
		write_log_failed(&r->node->write_log, "%s: not applied: %s", list,
			job->text.text);
	}
	if (job->result == APPLY_UNSURE) {
		log_info(
			"%s: not taken: there is erased content in it, and whether its "
			"records have ended the own clock cannot tell while no other "
			"member's heads agree with it",
			list);
	}
	if (job->type == APPLY_JOB_CHUNK && job->result != APPLY_UNSURE &&
		!apply_failed(job->result)) {
		atomic_fetch_add(
			&r->node->counters.entries_applied, job->chunk.entries_count);
	}
	if (!r->stopped) {
		replicator_tell(r, &event);
	}
	apply_job_destroy(job);
}

struct apply_job *replicator_job(
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
int replicator_post(struct apply_job *job)
{
	int error = apply_job_post(job);

	if (error != 0) {
		log_warning("the writer takes no job: %s", cordon_error_text(error));
		apply_job_destroy(job);
	}
	return error;
}

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

uint32_t replicator_send_pull(struct replicator *r, size_t index,
	const struct list_id *id, const struct copy_position *position)
{
	struct peer *peer = r->peers[index];
	Cordon__PullRequest message = CORDON__PULL_REQUEST__INIT;
	Cordon__ListId list = CORDON__LIST_ID__INIT;
	Cordon__Epoch epoch = CORDON__EPOCH__INIT;
	struct bytes hash = { position->head_hash, HASH_BYTES };
	uint32_t request = peer_next_request(peer);

	list.owner = message_data(id->owner.code);
	list.kind = id->kind;
	epoch.number = position->epoch.number;
	epoch.tag = position->epoch.tag;
	message.list = &list;
	message.epoch = &epoch;
	message.after = position->after;
	if (position->has_hash) {
		message.head_hash = message_data_bytes(hash);
	}
	message.wait_ms = r->node->config->follow_wait_ms;
	peer_send(peer, MESSAGE_PULL, request, &message.base);
	return request;
}

/* What was read ahead is the answer at once. */
static void send_pull(struct replicator *r, const struct engine_effect *effect)
{
	struct pull *pull = pull_place(r, &effect->list);
	struct apply_job *job = NULL;

	pull->peer = effect->peer;
	if (!read_ahead_take(r, effect, &pull->request, &job)) {
		pull->request = replicator_send_pull(
			r, effect->peer, &effect->list, &effect->position);
	}
	pull->waiting = job == NULL;
	if (job != NULL) {
		replicator_go(job);
	}
}

static void post_head(
	struct replicator *r, const struct engine_effect *effect, struct bytes packed)
{
	struct apply_job *job = replicator_job(r, effect->peer, &effect->list);

	if (job == NULL || apply_job_set_head(job, &effect->head, packed) != 0) {
		apply_job_destroy(job);
		log_error("out of memory: a head is left for its next repeat");
		return;
	}
	job->type = APPLY_JOB_HEAD;
	replicator_post(job);
}

static void post_move(struct replicator *r, const struct engine_effect *effect)
{
	struct apply_job *job = replicator_job(r, ENGINE_NOBODY, &effect->list);

	if (job != NULL) {
		job->type = APPLY_JOB_MOVE;
		replicator_post(job);
	}
}

static void tell_held(struct replicator *r, size_t peer)
{
	struct errmsg msg = { "" };
	int error = store_read_renew(r->txn);

	if (error == 0) {
		error = watch_heads(r->txn, r->peers[peer], &msg);
	}
	if (error != 0) {
		log_error("replication: %s", errmsg_text(&msg, error));
	}
	store_read_reset(r->txn);
}

/* The administrator is told, and so is the peer's. */
static void blame(struct replicator *r, const struct engine_effect *effect,
	const char *list, const char *uri)
{
	bool mismatch = effect->why == APPLY_MISMATCH;
	const char *text = mismatch ? "what it sent is not what the owner signed"
				    : "what it sent cannot be read, or is out of order";

	atomic_fetch_add(&r->node->counters.mismatches, 1);
	log_warning("%s: %s is not asked for it for %d s: %s", list, uri,
		ENGINE_ASIDE_MS / 1000, text);
	complaint_send(r->peers[effect->peer], &r->complaints, &effect->list,
		mismatch ? CORDON_EMISMATCH : CORDON_EPROTO, text);
}

/* Nothing of it is taken; what is held goes on answering. */
static void tell_strange(struct replicator *r, const struct engine_effect *effect,
	const char *list, const char *uri)
{
	char text[COMPLAINT_TEXT_MAX];

	snprintf(text, sizeof(text),
		"epoch %" PRIu64 " does not go back to epoch %" PRIu64
		", whose records are held here: its owner began the list anew "
		"without them, and has to run \"cordonctl recover\"",
		effect->head.epoch.number, effect->held_epoch);
	atomic_fetch_add(&r->node->counters.strange_epochs, 1);
	log_error("%s: what %s holds is not followed: %s", list, uri, text);
	complaint_send(r->peers[effect->peer], &r->complaints, &effect->list,
		CORDON_EEPOCH, text);
}

static void warn(struct replicator *r, const struct engine_effect *effect)
{
	char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX] = "nobody";

	ident_list_text(&effect->list, list);
	if (effect->peer < r->peers_count) {
		ident_uri_text(peer_identity(r->peers[effect->peer]), uri);
	}
	if (effect->type == ENGINE_FORKED) {
		log_error("%s: STOPPED: its owner has signed heads that contradict "
			  "each other, the last of them from %s; they are kept as "
			  "evidence; its owner's administrator must open a new epoch",
			list, uri);
	} else if (effect->type == ENGINE_STRANGE) {
		tell_strange(r, effect, list, uri);
	} else if (effect->type == ENGINE_UNSHARED) {
		log_notice("%s: its owner has ended the sharing; erased", list);
	} else {
		blame(r, effect, list, uri);
	}
}

/* A list that was moved in comes from nobody just now: from whom it is taken. */
static void acknowledge(struct replicator *r, const struct engine_event *event)
{
	struct ack_route route = { r->peers, r->peers_count, event->peer };

	if (route.source == ENGINE_NOBODY) {
		route.source = engine_source(r->engine, &event->list);
	}
	ack_out_send(r->node, &route, &event->copy->head);
}

bool replicator_pass_on(void *context, const struct relayed_ack *relayed)
{
	struct replicator *r = context;
	struct ack_route route = { r->peers, r->peers_count,
		engine_source(r->engine, &relayed->list) };

	return ack_out_forward(&route, relayed);
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
		acknowledge(r, event);
		break;
	case ENGINE_WATCH:
		tell_held(r, effect->peer);
		break;
	case ENGINE_REPAIR:
		replicator_repair(r, effect);
		break;
	case ENGINE_RELOAD:
		replicator_reload(r, effect);
		break;
	case ENGINE_TRACE:
		replicator_trace(r, effect->peer, &effect->list);
		break;
	case ENGINE_ASIDE:
	case ENGINE_STRANGE:
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
void replicator_step(
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
	ack_keep_try(&r->keep, replicator_pass_on, r);
	for (size_t i = 0; i < r->peers_count; i++) {
		links_set_state(
			&r->links, i, r->peers[i], engine_peer_lag(r->engine, i));
	}
}

void replicator_tell(struct replicator *r, const struct engine_event *event)
{
	replicator_step(r, event, (struct bytes){ NULL, 0 });
}
