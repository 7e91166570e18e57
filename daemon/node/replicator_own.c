/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/replicator_private.h"

#include <stdlib.h>

#include "daemon/node/retire.h"

/* ---- who signs --------------------------------------------------------------------
 */

static int restore_own(struct replicator *r)
{
	struct list_id *lists;
	struct list_copy copy;
	struct arena arena;
	size_t count;
	bool found;
	int error = store_read_renew(r->txn);

	arena_init(&arena, 0);
	if (error == 0) {
		error = store_lists(r->txn, &arena, &lists, &count);
	}
	for (size_t i = 0; error == 0 && i < count; i++) {
		if (ident_state_equal(&lists[i].owner, &r->node->config->node.member)) {
			error = store_list_get(r->txn, &lists[i], &copy, &found);
			if (error == 0) {
				error = engine_restore(r->engine, &lists[i], &copy);
			}
		}
	}
	arena_finish(&arena);
	store_read_reset(r->txn);
	return error;
}

void replicator_own_changed(struct replicator *r)
{
	struct engine_event tick = { .type = ENGINE_TICK };
	bool signs = atomic_load(&r->node->signs);
	int error = restore_own(r);

	if (error != 0) {
		log_error("own lists: %s", cordon_error_text(error));
	}
	for (size_t i = 0; signs && i < r->pulls_count; i++) {
		if (ident_state_equal(
			    &r->pulls[i].list.owner, &r->node->config->node.member)) {
			r->pulls[i].waiting = false;
		}
	}
	engine_sign(r->engine, signs);
	replicator_tell(r, &tick);
}

struct role_letter {
	struct letter letter;
	struct replicator *replicator;
};

static void deliver_role(struct letter *base)
{
	struct role_letter *letter = (struct role_letter *)base;

	if (!letter->replicator->stopped) {
		replicator_own_changed(letter->replicator);
	}
	free(letter);
}

void replicator_role_changed(struct replicator *replicator)
{
	struct role_letter *letter = calloc(1, sizeof(*letter));

	if (letter == NULL) {
		log_error("out of memory: who signs is told at the next start");
		return;
	}
	letter->letter.deliver = deliver_role;
	letter->replicator = replicator;
	mailbox_post(replicator->node->mailbox, &letter->letter);
}

/* ---- giving way -------------------------------------------------------------------
 */

static void log_signing(const struct retire_job *job, const struct identity *peer)
{
	struct errmsg msg = { "" };
	char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX];

	ident_list_text(&job->head.list, list);
	ident_uri_text(peer, uri);
	signing_refuse(job->node, &msg);
	log_error("%s: %s holds this member's own head of epoch %llu, sequence %llu, "
		  "which this node did not sign or has lost: %s",
		list, uri, (unsigned long long)job->head.epoch.number,
		(unsigned long long)job->head.sequence, msg.text);
}

/* The head is told to the engine again, which may follow the list from now on. */
static void retired(struct retire_job *job)
{
	struct replicator *r = job->context;
	struct engine_event event = { .type = ENGINE_HEAD,
		.peer = job->peer,
		.list = job->head.list,
		.head = &job->head };

	r->retiring = false;
	if (!r->stopped) {
		if (job->error == 0 && job->signing != SIGNING_YES) {
			log_signing(job, peer_identity(r->peers[job->peer]));
		}
		replicator_own_changed(r);
		if (peer_is_up(r->peers[job->peer])) {
			replicator_step(r, &event, job->packed);
		}
	}
	free(job);
}

static void retire(
	struct replicator *r, size_t peer, const struct head *head, struct bytes packed)
{
	struct retire_job *job = retire_create(r->node, head, packed);

	atomic_store(&r->node->signs, false);
	if (job == NULL) {
		log_error("out of memory: own lists stay closed until a peer tells of "
			  "them again");
		return;
	}
	job->finished = retired;
	job->context = r;
	job->peer = peer;
	r->retiring = retire_post(job) == 0;
	if (!r->retiring) {
		free(job);
	}
}

static const struct state *member_of(const struct replicator *r, size_t peer)
{
	return &peer_identity(r->peers[peer])->member;
}

void replicator_own_head(
	struct replicator *r, size_t peer, const struct head *head, struct bytes packed)
{
	enum signing signing = signing_of(r->node);
	struct list_copy copy;
	enum own_news news;
	bool found;
	int error;

	if (!ident_state_equal(&head->list.owner, &r->node->config->node.member)) {
		return;
	}
	replicator_own_seen(r, peer, head);
	if (r->retiring) {
		return;
	}
	error = store_read_renew(r->txn);
	if (error == 0) {
		error = store_list_get(r->txn, &head->list, &copy, &found);
	}
	store_read_reset(r->txn);
	if (error != 0) {
		log_error("own lists: %s", cordon_error_text(error));
		return;
	}
	news = own_news(&copy, head);
	if (news == OWN_NEWS_LOST && !head_shared_with(head, member_of(r, peer))) {
		return; /* its sharing has ended: it holds no records */
	}
	if (retire_wanted(signing, news)) {
		if (atomic_load(&r->node->own_open)) {
			replicator_own_alive(r, peer, head);
		}
		retire(r, peer, head, packed);
	}
}
