/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/replicator_private.h"

#include <inttypes.h>

#include "daemon/base/clock.h"
#include "daemon/node/ack_out.h"
#include "daemon/node/upkeep.h"
#include "daemon/node/watch.h"

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
		struct ack_route route = { r->peers, r->peers_count, index };

		ack_out_all(r->node, r->txn, &route);
	} else {
		log_error("replication: %s", errmsg_text(&msg, error));
	}
	store_read_reset(r->txn);
	replicator_tell(r, &event);
}

static void on_down(void *context, size_t index)
{
	struct replicator *r = context;
	struct engine_event event = { .type = ENGINE_PEER_DOWN, .peer = index };

	links_forget_heads(&r->links, index);
	read_ahead_drop_peer(r, index);
	r->own.told[index] = false;
	replicator_tell(r, &event);
}

static void on_failed(void *context, size_t index)
{
	struct replicator *r = context;

	links_set_state(&r->links, index, r->peers[index], 0);
	opening_told(&r->opening, index);
}

/* What a peer sends may be provoked at will: a bound on the lines about it. */
void replicator_rubbish(struct replicator *r, size_t index, const char *what, int error,
	const struct errmsg *msg)
{
	char uri[IDENT_URI_MAX];
	uint64_t left_out;

	if (!log_quota_take(&r->rubbish, clock_mono(), &left_out)) {
		return;
	}
	if (left_out > 0) {
		log_warning(
			"%" PRIu64 " more heads and chunks were not taken", left_out);
	}
	ident_uri_text(peer_identity(r->peers[index]), uri);
	log_warning(
		"a %s from %s is not taken: %s", what, uri, errmsg_text(msg, error));
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
		error = head_check_open(
			r->check, packed, wall_s(clock_wall()), &head, &msg);
	}
	if (error == 0) {
		event.list = head.list;
		event.head = &head;
		links_set_head(&r->links, index, &head);
		upkeep_heard(r->node->upkeep, &head);
		replicator_own_head(r, index, &head, packed);
		if (!replicator_suspect(r, index, &head, packed)) {
			replicator_step(r, &event, packed);
		}
	} else {
		replicator_rubbish(r, index, "head", error, &msg);
	}
	arena_finish(&arena);
}

#define WARN_KEYS_MS ((int64_t)24 * 60 * 60 * 1000)

/* Once a day; heads come all the time. */
static void warn_of_keys(struct replicator *r)
{
	struct mono now = clock_mono();

	if (r->keys_warned_at.us == 0 ||
		now.us >= mono_after_ms(r->keys_warned_at, WARN_KEYS_MS).us) {
		r->keys_warned_at = now;
		head_check_warn(r->check, r->node->config->warn_head_keys_days,
			wall_s(clock_wall()));
	}
}

static void on_heads(void *context, size_t index, const Cordon__Heads *heads)
{
	struct replicator *r = context;

	for (size_t i = 0; i < heads->n_heads; i++) {
		take_head(r, index, heads->heads[i]);
	}
	for (size_t i = 0; i < heads->n_evidence; i++) {
		replicator_take_evidence(r, index, heads->evidence[i]);
	}
	warn_of_keys(r);
	replicator_own_told(r, index);
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

static void refuse(struct replicator *r, size_t index, const struct list_id *list,
	enum engine_event_type type)
{
	struct engine_event event = {
		.type = type, .peer = index, .list = *list, .result = APPLY_BROKEN
	};

	replicator_tell(r, &event);
}

/* Checked so far as it can be before its turn; NULL: it is none, and *why says whether
 * the peer is to blame. */
static struct apply_job *read_chunk(struct replicator *r, size_t index,
	const struct list_id *list, struct bytes payload, enum engine_event_type *why)
{
	struct apply_job *job = replicator_job(r, index, list);
	struct errmsg msg = { "" };
	int error = job == NULL ? CORDON_ENOMEM
				: apply_job_read_chunk(job, payload, r->check, &msg);

	*why = error == 0 || error == CORDON_ENOMEM ? ENGINE_REFUSED : ENGINE_RUBBISH;
	if (error != 0) {
		replicator_rubbish(r, index, "chunk", error, &msg);
		apply_job_destroy(job);
		return NULL;
	}
	links_add_pulled(&r->links, index, job->chunk.entries_count, payload.size);
	job->type = APPLY_JOB_CHUNK;
	if (replicator_suspect(r, index, &job->head, job->packed)) {
		apply_job_destroy(job);
		return NULL;
	}
	return job;
}

static void deliver_refused(struct letter *letter)
{
	struct apply_job *job =
		(struct apply_job *)((char *)letter -
				     offsetof(struct apply_job, letter));
	struct replicator *r = job->context;

	if (!r->stopped) {
		refuse(r, job->peer, &job->list, ENGINE_REFUSED);
	}
	apply_job_destroy(job);
}

/* The engine may be in the middle of a step: that the writer takes no job it is told
 * later. */
void replicator_go(struct apply_job *job)
{
	int error;

	job->waits = false;
	if (job->preparing) {
		return;
	}
	error = apply_job_post(job);
	if (error != 0) {
		log_warning("the writer takes no job: %s", cordon_error_text(error));
		job->letter.deliver = deliver_refused;
		mailbox_post(job->node->mailbox, &job->letter);
	}
}

static void prepared(struct apply_job *job)
{
	struct replicator *r = job->context;

	job->preparing = false;
	if (job->dropped || r->stopped) {
		apply_job_destroy(job);
	} else if (!job->waits) {
		replicator_go(job);
	}
}

static void prepare(struct replicator *r, struct apply_job *job)
{
	if (job->chunk.entries_count >= PREPARER_ENTRIES_LEAST) {
		job->preparing = true;
		job->prepared = prepared;
		preparer_post(r->preparer, job);
	}
}

static void came_ahead(struct replicator *r, size_t index, uint32_t request,
	struct list_id list, struct bytes payload)
{
	enum engine_event_type why;
	struct apply_job *job = read_chunk(r, index, &list, payload, &why);

	if (job != NULL) {
		job->waits = true;
		prepare(r, job);
	}
	/* what is rubbish will be so again when the engine asks for it */
	read_ahead_came(r, index, request, job);
}

static void on_chunk(
	void *context, size_t index, uint32_t request, struct bytes payload)
{
	struct replicator *r = context;
	const struct list_id *ahead = read_ahead_list(r, index, request);
	enum engine_event_type why;
	struct apply_job *job;
	struct pull *pull;
	struct list_id list;

	if (repairs_answer(r->repairs, index, MESSAGE_CHUNK, request, payload)) {
		return;
	}
	if (ahead != NULL) {
		came_ahead(r, index, request, *ahead, payload);
		return;
	}
	pull = waiting_pull(r, index, request);
	if (pull == NULL) {
		return; /* void meanwhile: another source has been asked */
	}
	list = pull->list;
	job = read_chunk(r, index, &list, payload, &why);
	if (job == NULL) {
		refuse(r, index, &list, why);
		return;
	}
	prepare(r, job);
	read_ahead_more(r, job);
	replicator_go(job);
}

static void on_refused(
	void *context, size_t index, uint32_t request, int error, const char *text)
{
	struct replicator *r = context;
	struct engine_event event = { .type = ENGINE_REFUSED,
		.peer = index,
		.differs = error == CORDON_EMISMATCH };
	struct pull *pull;
	char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX];

	if (replicator_traced(r, index, request, NULL) ||
		repairs_refused(r->repairs, index, request, text)) {
		return;
	}
	if (read_ahead_list(r, index, request) != NULL) {
		read_ahead_came(r, index, request, NULL);
		return;
	}
	pull = waiting_pull(r, index, request);
	if (pull == NULL) {
		return;
	}
	ident_list_text(&pull->list, list);
	ident_uri_text(peer_identity(r->peers[index]), uri);
	log_info("%s: %s does not send it now: %s: %s", list, uri,
		cordon_error_name(error), text);
	event.list = pull->list;
	replicator_tell(r, &event);
}

static void on_heads_at(void *context, size_t index, uint32_t request,
	const Cordon__HeadsAtAnswer *answer)
{
	replicator_traced(context, index, request, answer);
}

static void on_repair(void *context, size_t index, uint16_t type, uint32_t request,
	struct bytes payload)
{
	struct replicator *r = context;

	repairs_answer(r->repairs, index, type, request, payload);
}

const struct peer_handler replicator_peer_handler = {
	.up = on_up,
	.down = on_down,
	.failed = on_failed,
	.heads = on_heads,
	.chunk = on_chunk,
	.heads_at = on_heads_at,
	.repair = on_repair,
	.refused = on_refused,
};
