/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/replicator_private.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/node/ack_out.h"
#include "daemon/node/complaint.h"
#include "daemon/node/signing.h"

/* Lines about what peers send that is none, in LOG_QUOTA_WINDOW_S. */
#define RUBBISH_LOGGED 20

static void on_wake(evutil_socket_t fd, short what, void *context)
{
	struct engine_event event = { .type = ENGINE_TICK };

	(void)fd;
	(void)what;
	replicator_tell(context, &event);
}

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
	int error = signing_load(r->node, msg);

	if (error != 0) {
		return error;
	}
	error = engine_create(&config->node.member, atomic_load(&r->node->signs),
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
	engine_repairs(r->engine);
	r->traces = calloc(ENGINE_LISTS_MAX, sizeof(*r->traces));
	error = preparer_create(r->node, &r->preparer, msg);
	if (error != 0) {
		return error;
	}
	r->wake = evtimer_new(r->node->base, on_wake, r);
	r->peers = calloc(config->peers_count + 1, sizeof(struct peer *));
	if (r->traces == NULL || r->wake == NULL || r->peers == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = replicator_repairs_create(r);
	if (error != 0) {
		return errmsg_set(msg, error, "repairs");
	}
	for (size_t i = 0; i < config->peers_count && error == 0; i++) {
		error = peer_create(
			r->node, i, &replicator_peer_handler, r, &r->peers[i], msg);
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
	log_quota_init(&r->rubbish, RUBBISH_LOGGED);
	log_quota_init(&r->complaints, COMPLAINT_QUOTA);
	error = create_parts(r, msg);
	if (error != 0) {
		replicator_destroy(r);
		return error;
	}
	replicator_tell(r, &tick); /* moves that a stop had cut */
	*replicator = r;
	return 0;
}

void replicator_stop(struct replicator *replicator)
{
	replicator->stopped = true;
	preparer_destroy(replicator->preparer);
	replicator->preparer = NULL;
	read_ahead_finish(replicator);
	opening_finish(&replicator->opening);
	event_del(replicator->wake);
	repairs_stop(replicator->repairs);
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
	repairs_destroy(replicator->repairs);
	free(replicator->peers);
	preparer_destroy(replicator->preparer);
	free(replicator->traces);
	opening_finish(&replicator->opening);
	if (replicator->wake != NULL) {
		event_free(replicator->wake);
	}
	if (replicator->txn != NULL) {
		store_read_end(replicator->txn);
	}
	head_check_destroy(replicator->check);
	ack_keep_finish(&replicator->keep);
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
	struct relayed_ack relayed;
	uint8_t data[];
};

static void deliver_forward(struct letter *letter)
{
	struct forward *forward = (struct forward *)letter;
	struct replicator *r = forward->replicator;

	if (!r->stopped && !replicator_pass_on(r, &forward->relayed)) {
		ack_keep_add(&r->keep, &forward->relayed);
	}
	free(forward);
}

void replicator_forward_ack(
	struct replicator *replicator, const struct relayed_ack *relayed)
{
	struct bytes packed = relayed->packed;
	struct forward *forward = malloc(sizeof(*forward) + packed.size);

	if (forward == NULL) {
		log_error("out of memory: an acknowledgement is left for the next");
		return;
	}
	forward->letter.deliver = deliver_forward;
	forward->replicator = replicator;
	forward->relayed = *relayed;
	forward->relayed.packed.data = forward->data;
	memcpy(forward->data, packed.data, packed.size);
	mailbox_post(replicator->node->mailbox, &forward->letter);
}

void replicator_complained(struct replicator *replicator, const struct identity *who)
{
	links_complained(&replicator->links, who);
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
